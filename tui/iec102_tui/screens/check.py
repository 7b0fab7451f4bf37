"""The way to a meter, walked while one looks on."""

from __future__ import annotations

import asyncio
import threading
from typing import ClassVar

from iec102.checking import Check, Outcome
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.check_text import outcome_words
from iec102_tui.connection import Connection
from iec102_tui.plain_text import printable


class CheckScreen(ModalScreen[None]):
    """The check runs on a thread and event loop of its own; leaving the screen ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", "Close", id="check.close", tooltip="Stop, and back to the panes"),
    ]

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._lines: list[str] = []
        self._interface: asyncio.AbstractEventLoop | None = None
        self._check_loop: asyncio.AbstractEventLoop | None = None
        self._check_task: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(f"Check of {printable(self._connection.name)}")
            yield Static("trying", id="check-lines", markup=False)
            yield Static("Escape stops and goes back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._interface = asyncio.get_running_loop()
        threading.Thread(target=self._run, name="check", daemon=True).start()

    def on_unmount(self) -> None:
        """The line is given back."""
        loop, task = self._check_loop, self._check_task
        self._interface = None
        if loop is not None and task is not None and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    # On the check's thread

    def _run(self) -> None:
        try:
            asyncio.run(self._check())
        except asyncio.CancelledError:
            return
        self._say("done")

    async def _check(self) -> None:
        self._check_loop, self._check_task = asyncio.get_running_loop(), asyncio.current_task()
        connection = self._connection
        check = Check(connection.target, connection.settings, connection.station, on_outcome=self._told)
        await check.run()

    def _told(self, outcome: Outcome) -> None:
        self._say(outcome_words(outcome))
        if outcome.error is not None:
            self._say(f"! {printable(outcome.error)}")

    def _say(self, line: str) -> None:
        interface = self._interface
        if interface is not None:
            interface.call_soon_threadsafe(self._show, line)

    # On the interface's loop

    def _show(self, line: str) -> None:
        if self.is_mounted:
            self._lines.append(line)
            self.query_one("#check-lines", Static).update("\n".join(self._lines))
