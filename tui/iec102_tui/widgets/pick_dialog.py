"""One of several lines, chosen over the main screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from iec102_tui.widgets.paged_list import PagedList
from iec102_tui.words.text import N_, _


class PickScreen(ModalScreen[int | None]):
    """Gives the number of the line, None when the user goes back without one.

    ``text`` says what it is about; the list begins at ``chosen``. ``before_answer`` is called when a line is taken:
    keys can be held there until the answer has had its effect.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back"), id="pick.back", tooltip=N_("Back without a choice")),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        text: Sequence[str] = (),
        *,
        chosen: int | None = None,
        before_answer: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self._before_answer = before_answer
        self._chosen = chosen
        self._title = title
        self._text = text
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)  # as a string it would be markup
            if self._text:
                yield Static("\n".join(self._text), classes="text", markup=False)
            yield PagedList(*(Option(line) for line in self._lines), markup=False, compact=True)
            yield Static(_("Enter takes it, Escape goes back"), classes="keys", markup=False)

    def on_mount(self) -> None:
        if self._chosen is not None:
            self.query_one(PagedList).highlighted = self._chosen

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._before_answer()
        self.dismiss(event.option_index)
