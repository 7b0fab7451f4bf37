"""The row of a download fills the room that it has, whenever it gets it."""

from __future__ import annotations

import asyncio

from iec102.load_profile.download import Progress
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.panes.load_profile.progress_row import ProgressRow
from iec102_tui.profiles.connection import demo
from iec102_tui.themes import shipped
from iec102_tui.widgets.picture_view import PictureView
from support.curves import local, wanted
from support.waiting import on_screen
from textual.app import App, ComposeResult
from textual.widgets import Static


class Rows(App[None]):
    """The row alone."""

    CSS = "#load-profile-bar { width: 24; height: 1; display: none; } #load-profile-progress { width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(shipped("dark").theme)
        self.theme = shipped("dark").theme.name

    def compose(self) -> ComposeResult:
        yield ProgressRow()


def test_it_is_told_once_and_drawn_in_each_room_that_it_gets() -> None:
    async def run() -> None:
        app = Rows()
        async with app.run_test(size=(120, 10)) as pilot:
            bar, words = app.query_one(PictureView), app.query_one("#load-profile-progress", Static)
            job = DownloadJob(demo(), wanted(local(2026, 11, 1), local(2026, 11, 3)), MemoryLoadProfileStore())
            job.progress = Progress(expected=48, records=24)
            app.query_one(ProgressRow).show(job, None, "")
            await on_screen(pilot, lambda: len(bar.text) == bar.size.width == 24)
            whole = str(words.content)
            await pilot.resize_terminal(40, 10)
            await on_screen(pilot, lambda: len(str(words.content)) <= 40 - 25 < len(whole))
            await pilot.resize_terminal(120, 10)
            await on_screen(pilot, lambda: str(words.content) == whole)

    asyncio.run(run())
