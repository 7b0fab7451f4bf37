"""A field for a search in a list."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from iec102_tui.words.text import N_, _


class SearchField(Input):
    """Enter and Down go to what was found, Escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave", N_("To the list"), id="search.to_list", tooltip=N_("To what was found")),
        Binding("escape", "end_search", N_("End search"), id="search.end", tooltip=N_("All lines again")),
    ]

    class Left(Message):
        """The user goes to the list."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, placeholder=_("search"), compact=True, max_length=100)
        self.cursor_blink = False

    def action_leave(self) -> None:
        """Goes to the list as it is now."""
        self.post_message(self.Left())

    def action_end_search(self) -> None:
        """Empties the field and goes to the list."""
        self.value = ""
        self.post_message(self.Left())
