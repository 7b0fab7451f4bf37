"""The main screen through changes of the terminal's size, and where the keys go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.panes.load_profile.table import LoadProfileTable
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import ProfileStore
from support.still_meter import StillSession, add_frames, reading, snapshot
from textual.pilot import Pilot
from textual.widgets import Static

SMALL, LARGE = (80, 24), (120, 40)
Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]


class Meterless(StillSession):
    """No meter is chosen yet."""

    def __init__(self) -> None:
        super().__init__(None)
        self.connection: Connection | None = None


def drive(steps: Steps, session: StillSession, folder: Path, size: tuple[int, int]) -> None:
    async def run() -> None:
        app = MonitorApp(session, None, store=ProfileStore(folder / "profiles.toml"))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


def shown(app: MonitorApp) -> list[str | None]:
    return [pane.id for pane in app.screen.query(Pane) if pane.display]


async def resized(pilot: Pilot[int], size: tuple[int, int]) -> None:
    await pilot.resize_terminal(*size)
    await pilot.pause()
    await pilot.pause()


def test_a_terminal_that_was_small_at_the_start_shows_all_panes_once_it_is_large_enough(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        assert shown(app) == ["connection"]
        await resized(pilot, LARGE)
        assert len(shown(app)) == 4
        await pilot.press("z")
        await resized(pilot, SMALL)
        await resized(pilot, LARGE)
        assert shown(app) == ["connection"]

    drive(steps, Meterless(), tmp_path, SMALL)


def test_a_large_terminal_begins_with_the_meters_alone(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert shown(app) == ["connection"]

    drive(steps, Meterless(), tmp_path, LARGE)


def test_where_there_is_room_for_one_pane_the_key_for_all_says_so_and_changes_nothing(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("z")
        (note,) = app._notifications
        assert note.message == "All panes need 120 columns and 40 rows: this terminal has fewer."
        await resized(pilot, LARGE)
        assert len(shown(app)) == 4

    drive(steps, StillSession(snapshot(reading())), tmp_path, SMALL)


def test_the_keys_do_not_stay_with_what_is_no_longer_shown(tmp_path: Path) -> None:
    session = StillSession(snapshot(reading()))
    add_frames(session)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("3", "z", "tab", "tab")
        assert not isinstance(app.focused, FrameList)
        await pilot.press("z")
        await pilot.pause()
        assert isinstance(app.focused, FrameList)

    drive(steps, session, tmp_path, LARGE)


def test_the_head_and_the_totals_of_the_load_profile_follow_a_new_size(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("4", "v", "v")
        await pilot.pause()
        await resized(pilot, (160, 30))
        await pilot.press("v")
        await pilot.pause()
        await pilot.pause()
        assert len(app.screen.query_one(LoadProfileTable).columns.channels) == 8
        head = str(app.screen.query_one("#curve-heading", Static).content)
        foot = str(app.screen.query_one("#curve-foot", Static).content)
        assert "Res2" in head
        assert "No room for" not in foot
        assert len(foot.splitlines()[0]) == len(head)

    drive(steps, StillSession(snapshot(reading())), tmp_path, SMALL)
