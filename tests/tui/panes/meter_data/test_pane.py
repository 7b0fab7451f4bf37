"""The meter-data pane on a meter that is known, on one that is not, and on the simulated one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config, Folders
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.meter_data.events import EventList, event_line, event_pieces
from iec102_tui.panes.meter_data.pane import MeterDataPane
from iec102_tui.panes.meter_data.parts import PARTS, Parts, PartTabs
from iec102_tui.profiles.connection import demo
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.widgets.text_dialog import TextScreen
from support.known_meter import events, known_session
from support.screen_states import MONITOR
from support.still_meter import StillSession
from textual.pilot import Pilot
from textual.widgets import Input, Static

pytestmark = pytest.mark.asyncio
SMALL, LARGE, ALL = (80, 24), (120, 40), (160, 50)


@asynccontextmanager
async def opened(
    session: Session | None = None, size: tuple[int, int] = SMALL, folder: Path | None = None
) -> AsyncIterator[Pilot[int]]:
    config = Config() if folder is None else Config(folders=Folders(exports=folder))
    app = MonitorApp(session or known_session(), None, config)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f5")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        yield pilot


def pane(pilot: Pilot[int]) -> MeterDataPane:
    return pilot.app.screen.query_one(MeterDataPane)


def shown(pilot: Pilot[int]) -> list[str]:
    """The parts that are on the screen."""
    return [name for name in PARTS if pilot.app.screen.query_one(f"#{name}").display]


def text(pilot: Pilot[int], part: str) -> str:
    return pilot.app.screen.query_one(f"#{part}", PictureView).text


def listed(pilot: Pilot[int]) -> list[str]:
    return [event_line(each) for each in pane(pilot).query_one(Parts).events]


def state(pilot: Pilot[int]) -> str:
    return str(pilot.app.screen.query_one("#data-state", Static).content)


async def test_on_a_small_terminal_tab_goes_from_part_to_part_and_back() -> None:
    async with opened() as pilot:
        for part in (*PARTS, PARTS[0]):
            assert shown(pilot) == [part]
            assert pilot.app.focused is not None
            assert pilot.app.focused.id == part
            await pilot.press("tab")
        await pilot.press("shift+tab")
        assert shown(pilot) == [PARTS[0]]


async def test_on_a_small_terminal_nothing_that_is_said_is_cut() -> None:
    async with opened() as pilot:
        about = " ".join(text(pilot, PARTS[0]).split())
        assert "speed was 4800 bit/s, is 9600 bit/s since 2026-11-14 12:05" in about
        meanings = [event_pieces(known, SMALL[0] - 2)[-1][0] for known in pane(pilot).query_one(Parts).events]
        assert not [meaning for meaning in meanings if meaning.endswith(">")]


async def test_on_a_large_terminal_all_parts_stand_beside_one_another() -> None:
    async with opened(size=LARGE) as pilot:
        assert shown(pilot) == [*PARTS]
        await pilot.press("tab", "tab")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "data-closings"


async def test_what_the_meter_says_of_itself_a_change_of_it_and_what_it_does_not_say() -> None:
    async with opened(size=(100, 30)) as pilot:
        about = text(pilot, "data-about")
        assert "50112873, model SM, firmware 1" in about
        assert "V 66 000/110   I 500/5" in about
        assert "serial port 1     9600-8N1" in about
        assert "ports 1 speed was 4800 bit/s, is 9600 bit/s since 2026-11-14 12:05" in about
        assert "1 kind of data (Enter)" in about
        await pilot.press("enter")
        said = str(pilot.app.screen.query_one(".lines Static", Static).content)
        assert "dates of summer time: the meter does not have it (type 185, asked 12:05)" in said
        assert "Not verified in frames of a real meter" in said


async def test_the_clock_has_its_drift_and_a_picture_of_all_differences() -> None:
    async with opened() as pilot:
        await pilot.press("tab")
        clock = text(pilot, "data-clock")
        assert "+3.2 s: within 30 s" in clock
        assert "+0.20 s a day over 33 days" in clock
        assert "2026-10-19" in clock
        assert "2026-11-22" in clock


async def test_closings_by_contract_with_what_was_added_maximum_and_use() -> None:
    async with opened(size=LARGE) as pilot:
        table = text(pilot, "data-closings")
        head, first, *_others = table.splitlines()
        assert head.split() == [
            *("period", "A+", "kWh", "since", "last", "Q1", "kVArh", "Q4", "kVArh", "max", "kW"),
            *("at", "contracted", "use"),
        ]
        assert first.split()[:3] == ["P1", "812", "311"]  # the register, in groups
        assert "4 120" in first
        assert "388 2026-10-15 00:00" in first
        assert "450 kW" in first
        assert first.endswith("86%")
        assert "10 stored · closed 2026-11-01" in pilot.app.screen.query_one("#data-closings").aside  # type: ignore[attr-defined]


async def test_comma_and_full_stop_turn_closings_up_to_the_period_that_runs() -> None:
    async with opened(size=LARGE) as pilot:
        closings = pilot.app.screen.query_one("#data-closings")
        await pilot.press("comma")
        assert "closed 2026-10-01" in closings.aside  # type: ignore[attr-defined]
        await pilot.press("full_stop", "full_stop", "full_stop")
        assert "RUNNING since 2026-11-01, read 12:05" in closings.aside  # type: ignore[attr-defined]
        await pilot.press(*["comma"] * 20)
        assert "closed 2026-02-01" in closings.aside  # type: ignore[attr-defined]


async def test_another_contract_exports_and_so_has_other_quadrants() -> None:
    async with opened(size=LARGE) as pilot:
        await pilot.press("right")
        table = text(pilot, "data-closings")
        assert "A- kWh" in table
        assert "Q3 kVArh" in table
        assert "Q2 kVArh" in table
        assert pilot.app.screen.query_one("#data-closings").border_title == "Closings (cierres), contract II"
        await pilot.press("left")
        assert "A+ kWh" in text(pilot, "data-closings")


async def test_events_are_newest_first_with_their_sign_and_new_ones_marked() -> None:
    async with opened(size=LARGE) as pilot:
        rows = listed(pilot)
        assert rows[0].startswith(
            "* 2026-11-21 16:12:04   52 power          ✖ measuring voltage failure, phase 2, SPI 0"
        )
        assert [row[0] for row in rows] == ["*", "*", *[" "] * 7]
        assert rows[-1].split()[:3] == ["no", "valid", "time"]
        events_part = pilot.app.screen.query_one(EventList)
        assert "2 new" in events_part.aside


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("record=52", 2),
        ("after=2026-11-01 not voltage", 3),
        ("new or intrusion", 3),
        ("before=2026-10-02 spa=7", 1),
        ("nothing like this", 0),
    ],
)
async def test_a_filter_in_the_language_of_the_frame_log(query: str, count: int) -> None:
    async with opened() as pilot:
        await pilot.press("tab", "tab", "tab", "f")
        pilot.app.screen.query_one("#data-query Input", Input).value = query
        await pilot.press("enter")
        await pilot.pause()
        assert len(listed(pilot)) == count
        await pilot.press("x")
        assert len(listed(pilot)) == len(events())


async def test_beside_a_long_filter_no_half_word_stands_above_the_events() -> None:
    async with opened() as pilot:
        await pilot.press("tab", "tab", "tab", "f")
        said = pane(pilot).query_one(PartTabs)
        assert said.text.endswith(" new")
        pilot.app.screen.query_one("#data-query Input", Input).value = "record=52 or record=53"
        await pilot.press("enter")
        await pilot.pause()
        assert said.text.endswith("record=52 or record=53")


async def test_a_wrong_filter_says_what_is_wrong() -> None:
    async with opened() as pilot:
        await pilot.press("tab", "tab", "tab", "f", *"after=noon")
        verdict = str(pilot.app.screen.query_one("#data-query .verdict", Static).content)
        assert verdict == '! after is a date or a time, such as after=2026-11-01, not "noon"'
        await pilot.press("escape")
        assert len(listed(pilot)) == len(events())


async def test_an_event_in_words_has_the_raw_bit() -> None:
    async with opened() as pilot:
        await pilot.press("tab", "tab", "tab", "down", "enter")
        assert isinstance(pilot.app.screen, TextScreen)
        said = str(pilot.app.screen.query_one(".lines Static", Static).content)
        assert "2026-11-21 16:09:51.000+01:00" in said
        assert "SPI          1" in said
        assert "not there at the visit before" in said


async def test_a_closing_in_words_has_every_field() -> None:
    async with opened() as pilot:
        await pilot.press("tab", "tab", "enter")
        said = str(pilot.app.screen.query_one(".lines Static", Static).content)
        assert "Q1 kVArh" in said
        assert "max 412 kW at 2026-10-09" in said


@pytest.mark.parametrize(("choice", "ending"), [(0, "csv"), (1, "csv"), (2, "json")])
async def test_exports(tmp_path: Path, choice: int, ending: str) -> None:
    async with opened(folder=tmp_path) as pilot:
        await pilot.press("e", *["down"] * choice, "enter")
        await pilot.app.workers.wait_for_complete()
        (path,) = tmp_path.iterdir()
        assert path.suffix == f".{ending}"
        written = path.read_text()
    if ending == "json":
        document = json.loads(written)
        assert len(document["closings"]) == 12
        assert document["changes"][-1]["after"] == "9600 bit/s"
        assert "***" in written
    else:
        assert written.splitlines()[0].startswith(("contract,start,end", "record,time"))


async def test_a_meter_that_was_never_read_says_what_the_pane_is_for() -> None:
    async with opened(StillSession(MONITOR["live"])) as pilot:
        empty = pilot.app.screen.query_one("#data-empty", Static)
        assert empty.display
        assert "Nothing is known of this meter besides its values" in str(empty.content)
        assert shown(pilot) != [] or not pilot.app.screen.query_one("#data-parts").display
        await pilot.press("g")
        assert any("connect to one first" in str(each.message) for each in pilot.app._notifications)


async def test_beside_other_panes_it_is_a_summary() -> None:
    async with opened(size=ALL) as pilot:
        summary = text(pilot, "data-summary")
        assert "clock +3.2 s, +0.20 s a day" in summary
        assert "contract I closed 2026-11-01: 17 879 kWh, max 412 kW" in summary
        assert "now P6: 500 kW contracted" in summary  # a Sunday
        assert "9 events, 2 new" in summary
        await pilot.press("z")
        assert shown(pilot) == [*PARTS]


async def test_live_knows_the_contracted_power_of_this_period() -> None:
    session = known_session()
    assert session.contracted is not None
    assert session.contracted == ("P6", 500.0)


async def test_the_first_visit_reads_by_itself_and_once() -> None:
    session = Session()
    app = MonitorApp(session, demo(), Config())
    async with app.run_test(size=SMALL) as pilot, asyncio.timeout(120):
        await pilot.press("f5")
        while (job := session.meter_data.job) is None or not job.ended:
            await pilot.pause(0.02)
        assert job.error is None
        assert not job.thorough
        while "g reads all again" not in state(pilot) or not listed(pilot):
            await pilot.pause(0.02)
        while "48304838" not in text(pilot, "data-about"):
            await pilot.pause(0.02)
        await pilot.press("f2", "f5")
        assert session.meter_data.job is job
        await pilot.press("g")
        assert session.meter_data.job is not job
        session.detach()  # as when the monitor ends: what is still read finds no widgets
    session.close()
    assert not session.faults
