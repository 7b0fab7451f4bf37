"""The first seconds of the monitor on a terminal, also on a slow machine: which pane is shown, and where keys go."""

from __future__ import annotations

import asyncio
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.store import ProfileStore
from support.program import on_terminal
from textual.events import DescendantFocus

SMALL = {"columns": 80, "rows": 24}
SLOW, VERY_SLOW = 0.3, 0.15
PATIENCE = 90.0


def test_a_start_without_a_meter_opens_the_connection_pane(tmp_path: Path) -> None:
    with on_terminal(**SMALL, HOME=str(tmp_path)) as terminal:
        with terminal.slowed(VERY_SLOW):
            terminal.wait_for("F2  Live", PATIENCE)
        terminal.wait_for("Try the simulated meter", PATIENCE)
        assert "Welcome" in terminal.screen()
        assert "Active imported" not in terminal.screen()


def test_news_of_a_focus_that_has_moved_on_turns_no_pane(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Session(), None, store=ProfileStore(tmp_path / "profiles.toml"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            app.screen.post_message(DescendantFocus(app.screen.query_one("#live")))
            await pilot.pause()
            assert app.screen.query_one("#connection").display
            assert not app.screen.query_one("#live").display

    asyncio.run(run())


def test_the_keys_behind_the_first_f1_wait_for_what_they_are_for(tmp_path: Path) -> None:
    with on_terminal("--demo", **SMALL, HOME=str(tmp_path)) as terminal:
        terminal.wait_for("connected")
        with terminal.slowed(SLOW):
            terminal.type(b"1n")
            terminal.wait_for("Loading the saved meters", PATIENCE)
        terminal.wait_for("Left and Right choose: a serial port", PATIENCE)
        assert "Loading" not in terminal.screen()


def test_keys_that_are_typed_before_the_first_picture_are_not_lost(tmp_path: Path) -> None:
    with on_terminal("--demo", **SMALL, HOME=str(tmp_path)) as terminal:
        terminal.type(b"3")
        terminal.wait_for("following")
