"""Files of the sector from the screen, and what a month proves by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102.asdu.timetag import MADRID
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.market_files.reading import read
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.text_dialog import TextScreen
from support.curves import records_of, with_quality
from support.still_meter import StillSession
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import OptionList, Static
from tui.panes.load_profile.test_pane import NOVEMBER, drive, known

CODES = {"cups": "ES0021000000000001RK", "distributor": "0021", "retailer": "0100"}


def with_codes(records: list[LoadRecord]) -> StillSession:
    session = known(records)
    assert session.connection is not None
    changed = session.connection.with_settings(**CODES)
    load_profiles = session.downloads.load_profiles
    assert isinstance(load_profiles, MemoryLoadProfileStore)
    load_profiles.store(changed, NOVEMBER).put(records)
    session.connection = changed
    return session


async def pick(app: MonitorApp, pilot: Pilot[int], beginning: str) -> None:
    """By the list of ``e``."""
    await pilot.press("e")
    await pilot.pause()
    options = app.screen.query_one(OptionList)
    names = [str(option.prompt) for option in options.options]
    options.highlighted = next(number for number, name in enumerate(names) if name.startswith(beginning))
    await pilot.press("enter")
    await pilot.pause()


def said(app: MonitorApp) -> str:
    return "\n".join(str(part.content) for part in app.screen.query(Static))


def notices(app: MonitorApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


def test_a_month_is_written_as_the_sector_names_it_and_again_as_its_next_version(tmp_path: Path) -> None:
    records = records_of(NOVEMBER)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        for version in (0, 1):
            await pick(app, pilot, "P1D")
            path = tmp_path / f"P1D_0021_0100_20261122.{version}"
            await on_screen(pilot, path.exists)
            (source,) = read(path.read_bytes(), MADRID, path.name)
            assert len(source.records) == len(records)

    drive(steps, tmp_path, with_codes(records))


@pytest.mark.parametrize("answer", ["write", "nothing"])
def test_gaps_are_asked_about_and_named(tmp_path: Path, answer: str) -> None:
    records = records_of(NOVEMBER)
    del records[3]

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pick(app, pilot, "P1D")
        assert isinstance(app.screen, PickScreen)
        assert f"1 of {len(records) + 1} intervals is missing." in said(app)
        assert "2026-11-01 04:00" in said(app)
        await pilot.press(*(["up"] if answer == "write" else []), "enter")
        path = tmp_path / "P1D_0021_0100_20261122.0"
        if answer == "write":
            await on_screen(pilot, path.exists)
            assert len(path.read_text().splitlines()) == len(records)
        else:
            await pilot.pause()
            assert not list(tmp_path.glob("P1D*"))

    drive(steps, tmp_path, with_codes(records))


def test_a_code_that_the_profile_lacks_is_named(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pick(app, pilot, "F5D")
        assert "set cups in the profile" in notices(app)

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_formats_are_those_of_the_register(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("e")
        await pilot.pause()
        names = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert "P1D, a file of the sector" in names
        assert not any(name.startswith(("P2D", "F1QH")) for name in names)

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_m_says_what_the_month_proves(tmp_path: Path) -> None:
    hours = records_of(NOVEMBER, lambda index: 4 * index)
    quarters = NOVEMBER._replace(register=Register.QUARTER_HOURLY)
    parts = records_of(quarters, lambda index: index // 4)
    hours[5] = with_quality(hours[5], 1, 0x80)
    del hours[8]
    session = known(hours)
    assert session.connection is not None
    load_profiles = session.downloads.load_profiles
    assert isinstance(load_profiles, MemoryLoadProfileStore)
    load_profiles.store(session.connection, quarters).put(parts)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("m")
        await on_screen(pilot, lambda: isinstance(app.screen, TextScreen))
        text = said(app)
        assert "November 2026" in text
        assert "is missing, the first ends at 2026-11-01 09:00" in text
        assert "1 interval is marked" in text
        assert "reconcile NAME --month 2026-11" in text
        assert "there are no daily" not in text.split("November 2026")[0]

    drive(steps, tmp_path, session)
