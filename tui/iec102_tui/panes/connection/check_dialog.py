"""The way to a meter, walked over the main screen while one looks on."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.panes.connection.check_run import CheckRun, CheckView
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _


class CheckEnd(Enum):
    """What the user wants next, with the meter that was checked."""

    CLOSE = auto()
    SAVE = auto()
    JUDGE = auto()


class CheckScreen(ModalScreen[CheckEnd]):
    """Leaving the screen ends the check."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,enter,q", "end('CLOSE')", N_("Close"), id="check.close", tooltip=N_("Stop, and back to the panes")
        ),
        Binding("s", "end('SAVE')", N_("Save"), id="check.save", tooltip=N_("Save the meter")),
        Binding("V", "end('JUDGE')", N_("Verdict"), id="check.judge", tooltip=N_("Connect, and judge the meter")),
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

    def action_end(self, name: str) -> None:
        """Only a meter to which the way is good can be judged."""
        end = CheckEnd[name]
        if end is not CheckEnd.JUDGE or self._run.passed:
            self.dismiss(end)

    def on_unmount(self) -> None:
        """The line is given back."""
        self._run.stop()


def ask_again(app: App[Any], question: str, instead: str, then: Callable[[], object]) -> None:
    """Whether a password that the meter has refused goes out once more. ``instead``: the line that leaves it."""

    def answered(number: int | None) -> None:
        if number == 0:
            then()

    lines = [_(meters_text.SEND_AGAIN), instead]
    text = [_(sentence) for sentence in meters_text.WAS_REFUSED]
    app.push_screen(PickScreen(question, lines, text), answered)
