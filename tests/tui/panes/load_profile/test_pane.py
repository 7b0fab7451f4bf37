"""The load-profile pane by its keys: choosing, downloading, looking, exporting."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from iec102.asdu import MADRID
from iec102.load_profile.download import Progress
from iec102.load_profile.records import LoadRecord
from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore, MemoryLoadProfileStore
from iec102_tui.config import Config, Folders
from iec102_tui.load_profile.csv_file import HEADER
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.load_profile.dates_dialog import DateInput, DatesScreen
from iec102_tui.panes.load_profile.pane import LoadProfilePane
from iec102_tui.panes.load_profile.table import LoadProfileTable
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.widgets.role_line import RoleLine
from iec102_tui.widgets.text_dialog import TextScreen
from support.curves import local, records_of, wanted, with_quality
from support.still_meter import WALL, StillSession, reading, snapshot
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]
NOVEMBER = wanted(local(2026, 11, 1), WALL)


def drive(steps: Steps, folder: Path, session: Session, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        app = MonitorApp(session, None, Config(folders=Folders(exports=folder)))
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.press("4")
            await settled(app, pilot)
            try:
                await steps(app, pilot)
            finally:
                session.close()

    asyncio.run(run())


async def settled(app: MonitorApp, pilot: Pilot[int]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def known(records: list[LoadRecord], choice: Wanted = NOVEMBER) -> StillSession:
    """A session that has downloaded this before."""
    session = StillSession(snapshot(reading()))
    assert session.connection is not None
    load_profiles = session.downloads.load_profiles
    assert isinstance(load_profiles, MemoryLoadProfileStore)
    load_profiles.store(session.connection, choice).put(records)
    return session


def text(app: MonitorApp, name: str) -> str:
    widget = app.screen.query_one(f"#{name}")
    return widget.text if isinstance(widget, PictureView | RoleLine) else str(cast("Static", widget).content)


def table(app: MonitorApp) -> list[str]:
    widget = app.screen.query_one(LoadProfileTable)
    return [widget.render_line(y).text for y in range(widget.size.height)]


def frozen(options: str = "", *, poll_period: float = 1.0) -> Connection:
    target = f"simulated:?clock=2026-11-22T10:00:00%2B01:00{options}"
    return demo().with_settings(target=target, poll_period=poll_period)


def live(connection: Connection) -> Session:
    session = Session()
    session.connect(connection)
    return session


def test_what_is_known_is_shown_before_anything_is_asked(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        assert "November 2026" in text(app, "load-profile-choice")
        assert text(app, "load-profile-choice").endswith("complete")
        await pilot.press("v", "v")
        await settled(app, pilot)
        assert table(app)[0].split()[:4] == [">2026-11-01", "01:00", "+01", "0"]
        assert "total" in text(app, "load-profile-foot")
        assert "grid -> site" in text(app, "load-profile-foot")

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_keys_choose_register_and_values(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("v", "v", "r")
        assert text(app, "load-profile-choice").startswith("quarter-hourly  ")
        await pilot.press("r", "a")
        assert text(app, "load-profile-choice").startswith("daily absolute ")
        await settled(app, pilot)
        assert "not downloaded" in table(app)[0]
        await pilot.press("r", "a")
        await settled(app, pilot)
        await pilot.press("home")
        assert table(app)[1].split()[3] == "1"

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_a_period_is_picked_by_keys(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("p")
        assert isinstance(app.screen, PickScreen)
        lines = app.screen.query_one(OptionList)
        assert lines.highlighted == 2  # it begins at what is chosen: this month
        await pilot.press("up", "enter")
        await pilot.pause()
        assert "2026-11-21 to 2026-11-22" in text(app, "load-profile-choice")

    drive(steps, tmp_path, known([]))


def test_dates_are_moved_by_arrows_and_typed(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("t")
        screen = app.screen
        assert isinstance(screen, DatesScreen)
        await pilot.press("pageup", "down", "right")
        assert screen.query_one("#date-from", DateInput).value == "2026-10-09"
        assert "[ 9]" in str(screen.query_one("#calendar", Static).content)
        await pilot.press("enter", "ctrl+u", *"2026-10-12")
        await pilot.press("enter")
        await pilot.pause()
        assert "2026-10-09 to 2026-10-12" in text(app, "load-profile-choice")

    drive(steps, tmp_path, known([]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("2026-13-01", "is no date"), ("2026-10-01", "must be after its start"), ("1999-01-01", "out of range")],
)
def test_a_wrong_date_is_said_as_it_is_typed_and_not_taken(tmp_path: Path, typed: str, words: str) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("t", "enter", "ctrl+u", *typed, "enter")
        await pilot.pause()
        assert isinstance(app.screen, DatesScreen)
        assert words in str(app.screen.query_one(".reason", Static).content)
        await pilot.press("escape")
        await pilot.pause()
        assert "November 2026" in text(app, "load-profile-choice")

    drive(steps, tmp_path, known([]))


def test_enter_says_an_interval_and_its_qualifiers_in_words(tmp_path: Path) -> None:
    records = records_of(NOVEMBER)
    records[1] = with_quality(records[1], 2, 0x80)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("down", "enter")
        assert isinstance(app.screen, TextScreen)
        said = "\n".join(str(part.content) for part in app.screen.query(Static))
        assert "A- exported active energy (site -> grid), kWh: 10 (invalid; qualifier 80)" in said
        await pilot.press("escape", "m")
        await pilot.pause()
        assert "Maximum of A+" in "\n".join(str(part.content) for part in app.screen.query(Static))

    drive(steps, tmp_path, known(records))


def test_the_views_share_one_cursor(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("down", "down", "v", "right", "c")
        await settled(app, pilot)
        foot = text(app, "load-profile-foot")
        assert "A- exported" in foot
        assert "2026-11-01 04:00 +01: 30 kWh valid" in foot
        assert "last 5 150 kWh, 2026-11-22 12:00 +01" in foot
        assert "\N{FULL BLOCK}" in text(app, "load-profile-plot")
        await pilot.press("v", "v", "right", "down")
        await settled(app, pilot)
        assert text(app, "month-figures").splitlines()[:4] == ["Mon 2 Nov", "04:00-05:00", "280 kWh", "valid"]
        await pilot.press("full_stop", "v", "v")
        await settled(app, pilot)
        assert table(app)[0].startswith(" 2026") or table(app)[0].startswith(">2026")
        assert app.screen.query_one(LoadProfileTable).cursor == 28

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_the_export_is_the_csv_of_the_command_line(tmp_path: Path) -> None:
    records = records_of(NOVEMBER)
    del records[3]

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("e", "enter")
        await on_screen(pilot, lambda: bool(list(tmp_path.glob("load-profile-*.csv"))))
        (path,) = tmp_path.glob("load-profile-*.csv")
        rows = list(csv.reader(path.read_text("utf-8").splitlines()))
        assert ",".join(rows[0]) == HEADER
        assert len(rows) == 1 + len(records)
        assert rows[1][:3] == ["2026-11-01T01:00:00+01:00", "0", "0"]
        assert rows[4][0] == "2026-11-01T05:00:00+01:00"

    drive(steps, tmp_path, known(records))


def test_the_export_for_other_programs_is_picked(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("e", "down", "down", "enter")
        await on_screen(pilot, lambda: bool(list(tmp_path.glob("load-profile-*.jsonl"))))
        (path,) = tmp_path.glob("load-profile-*.jsonl")
        first = json.loads(path.read_text("utf-8").splitlines()[0])
        assert (first["time"], first["A-"]) == ("2026-11-01T01:00:00+01:00", 0)

    drive(steps, tmp_path, known(records_of(NOVEMBER)))


def test_everything_that_the_meter_has_sets_the_range_by_itself(tmp_path: Path) -> None:
    session = live(frozen())

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("r", "r", "p", "end", "enter")
        await on_screen(pilot, lambda: "done: " in text(app, "load-profile-progress"))
        job = session.downloads.job
        assert job is not None
        assert job.progress is not None
        assert job.progress.records > 365
        # Its clock stands still in the past.
        assert all(gap.end > local(2026, 11, 22) for gap in job.gaps)
        assert f"{job.wanted.start.astimezone(MADRID):%Y-%m-%d}" in text(app, "load-profile-choice")

    drive(steps, tmp_path, session)


def test_what_differs_from_the_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    session = Session(downloads=Downloads(ArchiveLoadProfileStore(path)))
    session.connect(frozen())

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("g")
        await on_screen(pilot, lambda: "done: " in text(app, "load-profile-progress"))
        with sqlite3.connect(path) as file:
            file.execute(
                'INSERT INTO differing SELECT curve, "end", v1 + 1, v2, v3, v4, v5, v6, v7, v8, '
                "q1, q2, q3, q4, q5, q6, q7, q8, stored FROM record LIMIT 1"
            )
        await pilot.press("g")
        await on_screen(pilot, lambda: "1 does not fit (m)" in text(app, "load-profile-progress"))
        await pilot.press("m")
        await on_screen(pilot, lambda: isinstance(app.screen, TextScreen))
        said = "\n".join(str(part.content) for part in app.screen.query(Static))
        assert "A+ is archived as 105, the meter gave 106" in said
        assert "1 interval was given with other values at another time" in said  # nor is its month proven

    drive(steps, tmp_path, session)


def test_without_a_meter_and_without_records_the_keys_say_what_to_do(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("e")
        await pilot.press("g")
        await pilot.pause()
        said = [notice.message for notice in app._notifications]
        assert "g downloads this range" in said[0]
        assert "connect to one first (F1)" in said[1]

    drive(steps, tmp_path, known([]))


def test_a_download_fills_the_table_beside_live_reading(tmp_path: Path) -> None:
    session = live(frozen(poll_period=0.2))

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("t", "ctrl+u", *"2026-11-01", "enter", "ctrl+u", *"2026-11-08", "enter")
        await pilot.press("g")
        await on_screen(pilot, lambda: text(app, "load-profile-progress").startswith("done: 168 of 168"))
        assert text(app, "load-profile-bar").startswith("100 % \N{BOX DRAWINGS HEAVY HORIZONTAL}")
        await pilot.press("v", "v")
        await on_screen(pilot, lambda: "2026-11-01 01:00" in table(app)[0] and "not" not in table(app)[0])
        reads = session.latest.reads if session.latest else 0
        await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > reads)
        await pilot.press("g")
        await on_screen(pilot, lambda: "done: 168 of 168" in text(app, "load-profile-progress"))
        job = session.downloads.job
        assert job is not None
        assert job.progress is not None
        assert job.progress.fetched == 0

    drive(steps, tmp_path, session)


def test_a_download_is_paused_cancelled_and_goes_on(tmp_path: Path) -> None:
    session = live(frozen("&line=9600-8E1"))

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        def job_progress() -> int:
            job = session.downloads.job
            return 0 if job is None or job.progress is None else job.progress.records

        await pilot.press("g")
        await on_screen(pilot, lambda: job_progress() > 0)
        await pilot.press("space")
        await on_screen(pilot, lambda: "paused" in text(app, "load-profile-progress"))
        await pilot.press("space")
        await on_screen(pilot, lambda: "paused" not in text(app, "load-profile-progress"))
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, PickScreen)
        await pilot.press("down", "enter", "x")
        await on_screen(pilot, lambda: "then cancelled. g goes on" in text(app, "load-profile-progress"))
        had = job_progress()
        await pilot.press("g")
        await on_screen(pilot, lambda: job_progress() >= had and session.downloads.running)
        session.downloads.cancel()
        await on_screen(pilot, lambda: not session.downloads.running)

    drive(steps, tmp_path, session)


def test_quitting_asks_only_while_a_download_runs(tmp_path: Path) -> None:
    session = live(frozen("&line=9600-8E1"))

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("g")
        await on_screen(pilot, lambda: session.downloads.running)
        await pilot.press("q", "escape")
        assert app.return_code is None
        await pilot.press("q", "enter")
        await pilot.pause()
        assert app.return_code == 0

    drive(steps, tmp_path, session)


def test_a_register_that_the_meter_lacks_is_said_in_words(tmp_path: Path) -> None:
    session = live(frozen("&quirk=no-quarter-hours"))

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("r", "g")
        await on_screen(pilot, lambda: "this meter has no quarter-hourly values" in text(app, "load-profile-progress"))

    drive(steps, tmp_path, session)


def test_the_share_of_the_line_is_shown_and_set(tmp_path: Path) -> None:
    session = known([])

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("o")
        await pilot.pause()
        assert "at most 25% of the line's time" in next(notice.message for notice in app._notifications)
        assert session.downloads.share == 0.25

    drive(steps, tmp_path, session)


@pytest.mark.parametrize("size", [(160, 44), (200, 60)])
def test_beside_the_other_panes_it_is_a_summary(tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        pane = app.screen.query_one(LoadProfilePane)
        assert not pane.full
        assert "A+ imported (grid \N{RIGHTWARDS ARROW} site) 132 870 kWh" in text(app, "load-profile-summary")
        assert pane.aside.startswith("this month \N{MIDDLE DOT} complete")
        await pilot.press("z")
        await settled(app, pilot)
        assert pane.full
        await pilot.press("v", "v")
        await settled(app, pilot)
        assert "2026-11-01 01:00" in table(app)[0]

    drive(steps, tmp_path, known(records_of(NOVEMBER)), size)


def test_a_reading_that_the_meter_did_not_finish_is_not_done(tmp_path: Path) -> None:
    session = known([])

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        from iec102_tui.meter_side.download_job import DownloadJob

        job = DownloadJob(demo(), NOVEMBER, session.downloads.load_profiles)
        job.ended, job.progress = True, Progress(expected=30, records=14, gaps=7, refused=3, unfinished=4, to_come=9)
        session.downloads.job = job
        session._changed()
        await pilot.pause()
        assert not job.complete
        shown = text(app, "load-profile-progress")
        assert shown.startswith("! unfinished (g asks again): 14 of 30 records, 7 missing (3 refused), 9 still to come")
        job.progress = job.progress._replace(unfinished=0)
        session._changed()
        await pilot.pause()
        assert job.complete
        assert text(app, "load-profile-progress").startswith("done: 14 of 30 records")

    drive(steps, tmp_path, session)


def test_hostile_text_from_the_meter_is_text(tmp_path: Path) -> None:
    session = known([])

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        from iec102_tui.meter_side.download_job import DownloadJob

        job = DownloadJob(demo(), NOVEMBER, session.downloads.load_profiles)
        job.ended, job.error = True, "[bold]\x1b[31mno"
        session.downloads.job = job
        session._changed()
        await pilot.pause()
        assert text(app, "load-profile-progress") == "! [bold]\\x1b[31mno"

    drive(steps, tmp_path, session)
