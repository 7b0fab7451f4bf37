"""Some lines to read, over the main screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.words.text import N_, _


class TextScreen(ModalScreen[None]):
    """Any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", N_("Close"), id="text.close", tooltip=N_("Back to the panes")),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(self._title)  # as a string it would be markup
            with VerticalScroll(classes="lines"):
                yield Static("\n".join(self._lines), markup=False)
            yield Static(_("Escape goes back"), classes="keys", markup=False)
