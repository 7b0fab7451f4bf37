"""The way to a meter, walked over the main screen while one looks on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.panes.connection.check_run import CheckRun, CheckView
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _


class CheckScreen(ModalScreen[bool]):
    """Leaving the screen ends the check. Gives True where the user wants to save the meter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,enter,q", "dismiss(False)", N_("Close"), id="check.close", tooltip=N_("Stop, and back to the panes")
        ),
        Binding("s", "dismiss(True)", N_("Save"), id="check.save", tooltip=N_("Save the meter")),
    ]

    def __init__(self, run: CheckRun) -> None:
        super().__init__()
        self._run = run
        self._view = CheckView(id="check-lines")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(_(meters_text.CHECK_OF, name=printable(self._run.connection.name)))
            with VerticalScroll(classes="lines"):
                yield self._view
            yield Static(_(meters_text.CHECK_KEYS), classes="keys", markup=False)

    def on_mount(self) -> None:
        self._run.start()
        self._view.look_at(self._run)

    def on_unmount(self) -> None:
        """The line is given back."""
        self._run.stop()
