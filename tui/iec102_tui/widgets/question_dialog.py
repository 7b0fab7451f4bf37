"""A line of text asked for over the main screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from iec102.errors import InvalidSetting
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from iec102_tui.words.text import N_, _, spoken


class QuestionScreen(ModalScreen[str | None]):
    """Gives the text, None when the user goes back. ``check`` raises InvalidSetting for a text that will not do.

    ``before_answer`` is called when a text is taken: keys can be held there until the answer has had its effect.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back"), id="question.back", tooltip=N_("Back without an answer")),
    ]

    def __init__(
        self,
        title: str,
        *,
        text: str = "",
        keys: str = "",
        check: Callable[[str], object],
        secret: bool = False,
        before_answer: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self._before_answer = before_answer
        self._title = title
        self._keys = keys or _("Enter takes it, Escape goes back")
        self._check = check
        self.input = Input(text, password=secret, max_length=200, compact=True)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)  # as a string it would be markup
            yield self.input
            yield Static("", classes="reason", markup=False)
            yield Static(self._keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        self.input.focus()

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        self.query_one(".reason", Static).update(self._reason(event.value) if event.value else "")

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        if reason := self._reason(event.value):
            self.query_one(".reason", Static).update(reason)
        else:
            self._before_answer()
            self.dismiss(event.value)

    def _reason(self, text: str) -> str:
        try:
            self._check(text)
        except InvalidSetting as error:
            return f"! {spoken(error)}"
        return ""
