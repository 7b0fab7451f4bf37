"""The connection pane in front, on a file of profiles."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.first_run import FirstRun
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.panes.connection.meter_editor import MeterEditor
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.pane import ConnectionPane
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import ProfileStore
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import Static


class Meterless(Session):
    """Notes what it is asked to connect to, and never does."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Connection] = []
        self.ended = 0

    def connect(self, connection: Connection, *, asked: bool = True) -> None:
        self.asked.append(connection)
        self.connection = connection

    def disconnect(self) -> None:
        self.ended += 1


@dataclass
class Screen:
    """The monitor in a test, and what it shows."""

    app: MonitorApp
    pilot: Pilot[int]
    session: Session

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        await self.saved()

    async def saved(self) -> None:
        """Until the files' thread has nothing more to do, and the screen says so."""
        for editor in self.app.screen_stack[1].query(MeterEditor) if len(self.app.screen_stack) > 1 else ():
            if not editor.files.idle:
                await self.until(partial(_is_idle, editor))
                await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*({"/": "slash", ":": "colon", " ": "space"}.get(char, char) for char in text))

    async def until(self, condition: Callable[[], bool]) -> None:
        await on_screen(self.pilot, condition)

    @property
    def form(self) -> ConnectionForm:
        return self.app.screen_stack[1].query_one(ConnectionForm)

    def field(self, name: str) -> FormField:
        return self.form.query_one(f"#field-{name}", FormField)

    def reason(self, name: str) -> str:
        return self.field(name).reason

    def lines(self) -> list[str]:
        return self.app.screen_stack[1].query_one(MeterList).labels

    @property
    def said(self) -> str:
        return str(self.app.screen_stack[1].query_one("#connection-message", Static).render())

    @property
    def state(self) -> str:
        return str(self.app.screen_stack[1].query_one("#connection-meter", Static).render())


def _is_idle(editor: MeterEditor) -> bool:
    return editor.files.idle


Steps = Callable[[Screen], Awaitable[None]]


def drive(
    steps: Steps,
    path: Path,
    text: str = "",
    *,
    session: Session | None = None,
    size: tuple[int, int] = (80, 24),
    first_run: bool = False,
    notifications: bool = False,
) -> None:
    """Runs the monitor without a terminal on a file of profiles.

    ``first_run``: its page stays where no meter is saved.
    """
    if text:
        path.write_text(text)

    async def run() -> None:
        shown = session or Meterless()
        app = MonitorApp(shown, None, store=ProfileStore(path))
        async with app.run_test(size=size, notifications=notifications) as pilot:
            await pilot.pause()
            await pilot.press("f1")
            await pilot.pause()
            screen = Screen(app, pilot, shown)
            if not first_run and app.screen.query(FirstRun):
                app.screen.query_one(ConnectionPane).open_editor()
                await screen.until(lambda: isinstance(app.focused, MeterList))
            try:
                await steps(screen)
            finally:
                shown.close()

    asyncio.run(run())


def drawn(screen: Screen) -> str:
    """All that is on the screen."""
    shown = screen.app.screen
    return "\n".join(strip.text for strip in shown._compositor.render_strips(shown.size))
