"""Something done on a line of its own while one looks on."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import ClassVar, Generic, TypeVar

from iec102.errors import Iec102Error
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.plain_text import printable

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class ErrandScreen(ModalScreen[Result | None], Generic[Result]):
    """Runs ``errand`` on a thread and event loop of its own; leaving the screen ends it and gives the line back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", id="errand.close", tooltip="Stop, and back to the panes"),
    ]

    def __init__(self, title: str, keys: str) -> None:
        super().__init__()
        self._title = title
        self._keys = keys
        self._lines: list[str] = []
        self._latest = ""
        self._interface: asyncio.AbstractEventLoop | None = None
        self._errand_loop: asyncio.AbstractEventLoop | None = None
        self._errand: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(self._title)  # as a string it would be markup
            with VerticalScroll(classes="lines"):
                yield Static("", id="errand-lines", markup=False)
            yield Static(self._keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        self._interface = asyncio.get_running_loop()
        threading.Thread(target=self._run, name="errand", daemon=True).start()

    def on_unmount(self) -> None:
        """The line is given back."""
        loop, task = self._errand_loop, self._errand
        self._interface = None
        if loop is not None and task is not None and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    async def errand(self) -> None:
        """What is to be done. What it raises is said."""
        raise NotImplementedError

    def say(self, line: str) -> None:
        """Adds a line. Called on the errand's thread."""
        self._pass_on(line, "")

    def say_now(self, line: str) -> None:
        """Shows a line until the next one comes. Called on the errand's thread."""
        self._pass_on("", line)

    # On the errand's thread

    def _run(self) -> None:
        try:
            asyncio.run(self._go())
        except asyncio.CancelledError:
            return
        except Iec102Error as error:
            self.say(f"! {error}")
        except Exception:
            _log.exception("the errand failed")
            self.say("! this program has failed: its log says where")
        self.say("done")

    async def _go(self) -> None:
        self._errand_loop, self._errand = asyncio.get_running_loop(), asyncio.current_task()
        await self.errand()

    def _pass_on(self, line: str, latest: str) -> None:
        interface = self._interface
        if interface is not None:
            interface.call_soon_threadsafe(self._show, line, latest)

    # On the interface's loop

    def _show(self, line: str, latest: str) -> None:
        if self.is_mounted:
            if line:
                self._lines.append(printable(line))
            self.query_one("#errand-lines", Static).update("\n".join([*self._lines, printable(latest)]).rstrip())
