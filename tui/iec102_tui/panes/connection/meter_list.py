"""The list of saved meters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets.option_list import Option

from iec102_tui.panes.connection.profile_editor import Entry
from iec102_tui.widgets.paged_list import PagedList


class _Line(Option):
    """An entry as a line."""

    def __init__(self, entry: Entry, label: str) -> None:
        super().__init__(label)
        self.entry = entry


class MeterList(PagedList):
    """The cursor stays on its entry when the lines change around it. A click moves it, and only Enter chooses."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Connect", id="connection.choose", show=False, tooltip="Connect to this meter"),
    ]

    class Chosen(Message):
        """The user takes the entry under the cursor."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, compact=True)
        self._shown: list[tuple[Entry, str]] = []

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        if self.highlighted is None:
            return None
        option = self.get_option_at_index(self.highlighted)
        return option.entry if isinstance(option, _Line) else None

    def show(self, lines: Sequence[tuple[Entry, str]], current: Entry | None = None) -> None:
        """Shows these lines, with the cursor on ``current``, else where it was, else as near as there is a line."""
        wanted, at = current or self.current, self.highlighted or 0
        if list(lines) != self._shown:
            self._shown = list(lines)
            self.set_options([_Line(entry, label) for entry, label in lines])
        entries = [entry for entry, _ in lines]
        if entries:
            self.highlighted = entries.index(wanted) if wanted in entries else min(at, len(entries) - 1)

    def action_choose(self) -> None:
        """Takes the entry under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen())
