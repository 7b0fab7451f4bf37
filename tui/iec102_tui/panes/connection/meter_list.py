"""The list of meters: the saved ones, the simulated one, and the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.widgets.option_list import Option

from iec102_tui.panes.connection.meter_rows import MeterRow, content_of
from iec102_tui.panes.connection.profile_editor import Entry
from iec102_tui.widgets.paged_list import PagedList
from iec102_tui.words.text import N_

_FIRST_WIDTH = 27
"""Columns until it is known how many there are."""


class _Line(Option):
    """An entry as a line."""

    def __init__(self, entry: Entry, row: MeterRow, width: int) -> None:
        super().__init__(content_of(row, width))
        self.entry = entry
        self.row = row

    def draw(self, width: int) -> None:
        """Its text anew."""
        self._set_prompt(content_of(self.row, width))


class MeterList(PagedList):
    """The cursor stays on its entry when the lines change around it. A click moves it, and only Enter chooses."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            N_("Show"),
            id="connection.choose",
            tooltip=N_("Go to Live with this meter, connected where it is not"),
        ),
    ]

    class Chosen(Message):
        """The user takes the entry under the cursor."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, compact=True)
        self._width = _FIRST_WIDTH

    @property
    def lines(self) -> list[_Line]:
        """The lines that there are."""
        return [option for option in self.options if isinstance(option, _Line)]

    @property
    def labels(self) -> list[str]:
        """Mark and name of each line."""
        return [line.row.label for line in self.lines]

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return None if self.highlighted is None else self.lines[self.highlighted].entry

    def show(self, rows: Sequence[tuple[Entry, MeterRow]], current: Entry | None = None) -> None:
        """Shows these lines, with the cursor on ``current``, else where it was, else as near as there is a line."""
        wanted, at = current or self.current, self.highlighted or 0
        entries = [entry for entry, _row in rows]
        if entries != [line.entry for line in self.lines]:
            self.set_options([_Line(entry, row, self._width) for entry, row in rows])
        else:
            self._update(rows)
        if entries:
            self.highlighted = entries.index(wanted) if wanted in entries else min(at, len(entries) - 1)

    def _update(self, rows: Sequence[tuple[Entry, MeterRow]]) -> None:
        for number, (line, (_entry, row)) in enumerate(zip(self.lines, rows, strict=True)):
            if row != line.row:
                line.row = row
                line.draw(self._width)
                self._draw_again(number, line)

    def _draw_again(self, index: int, option: Option) -> None:
        """This line alone; Textual 8.2 would draw the whole list."""
        if index not in self._index_to_line:
            self._clear_caches()
            return
        for key in [key for key in self._option_render_cache.keys() if key[0] is option]:  # noqa: SIM118 - no mapping
            self._option_render_cache.discard(key)
        top = self._index_to_line[index] - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, self._heights.get(index, 1)))

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            for line in self.lines:
                line.draw(self._width)
            self._clear_caches()

    def action_choose(self) -> None:
        """Takes the entry under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen())
