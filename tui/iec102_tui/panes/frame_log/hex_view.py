"""The bytes of one frame in hex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from iec102_tui.widgets.lines import Lines
from iec102_tui.words.text import N_

_OFFSET_WIDTH = 5
_CELL = 3
_COUNTS = (16, 12, 8)
"""Bytes a row, of which as many are taken as there is room for."""


class HexView(Lines):
    """Brackets mark the bytes of the chosen field; the cursor chooses a byte. Rows of 8 to 16, in halves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", N_("Previous byte"), id="hex.left", show=False),
        Binding("right,l", "step(1)", N_("Next byte"), id="hex.right", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hex-view--marked", "hex-view--cursor"}

    @dataclass
    class ByteChosen(Message):
        """The cursor has come to another byte."""

        offset: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._digits: Sequence[str] = ()
        self._marked = range(0)
        self._offset = 0

    def show(self, digits: Sequence[str]) -> None:
        """Other bytes: two characters each."""
        before, self._digits = self._digits, digits
        self._offset = min(self._offset, max(0, len(digits) - 1))
        self.scroll_rows(self.top)
        self._refresh_changed(before, self._marked)

    def mark(self, start: int, stop: int) -> None:
        """Puts brackets around the bytes of a field, and brings its first one into view."""
        before, self._marked = self._marked, range(start, stop)
        if self._offset not in self._marked:
            self._offset = min(start, max(0, len(self._digits) - 1))
        self._refresh_changed(self._digits, before)
        if self._digits:
            self.bring_into_view(self._offset // self._bytes_a_row)

    def _refresh_changed(self, digits: Sequence[str], marked: range) -> None:
        """Draws the rows again that differ from those with these bytes and marks."""
        count = self._bytes_a_row
        for row in range(-(-max(len(digits), len(self._digits)) // count)):
            part = range(row * count, (row + 1) * count)
            same = digits[part.start : part.stop] == self._digits[part.start : part.stop]
            if not (same and _within(marked, part) == _within(self._marked, part)):
                self.refresh_row(row)

    @property
    def _bytes_a_row(self) -> int:
        fitting = (count for count in _COUNTS if self.size.width >= _OFFSET_WIDTH + count * _CELL + 2)
        return next(fitting, _COUNTS[-1])

    @property
    def row_count(self) -> int:
        return -(-len(self._digits) // self._bytes_a_row)

    @property
    def cursor_row(self) -> int | None:
        return self._offset // self._bytes_a_row if self._digits else None

    def go_to_row(self, row: int, by: int) -> None:
        column = self._offset % self._bytes_a_row
        self._choose(row * self._bytes_a_row + column)

    def action_step(self, by: int) -> None:
        """Moves the cursor along the bytes."""
        self._choose(self._offset + by)

    def on_click(self, event: Click) -> None:
        half = _OFFSET_WIDTH + self._bytes_a_row // 2 * _CELL
        column = (event.x - _OFFSET_WIDTH - (event.x > half)) // _CELL
        offset = (self.top + event.y) * self._bytes_a_row + column
        if 0 <= column < self._bytes_a_row and offset < len(self._digits):
            self._choose(offset)

    def _choose(self, offset: int) -> None:
        if self._digits:
            self._offset = min(max(offset, 0), len(self._digits) - 1)
            self.post_message(self.ByteChosen(self._offset))
            self.refresh()
            self.bring_into_view(self._offset // self._bytes_a_row)

    def line(self, row: int, width: int) -> Strip:
        plain, count = self.plain + self.role("foreground"), self._bytes_a_row
        marked = self.plain + self.get_component_rich_style("hex-view--marked", partial=True)
        cursor = self.plain + self.get_component_rich_style("hex-view--cursor", partial=True)
        start, stop = row * count, min((row + 1) * count, len(self._digits))
        parts = [Segment(f"{start:4} ", self.plain + self.role("faint"))]
        for offset in range(start, stop):
            inside = offset in self._marked
            parts.append(Segment(self._before(offset, start, half=offset == start + count // 2), plain))
            style = cursor if inside and self.has_focus and offset == self._offset else marked if inside else plain
            parts.append(Segment(self._digits[offset], style))
        if stop - 1 in self._marked:
            parts.append(Segment("]", plain))
        return Strip(parts).adjust_cell_length(width, self.plain).simplify()

    def _before(self, offset: int, start: int, *, half: bool) -> str:
        """What stands in front of a byte: brackets are around the marked ones of a row."""
        if offset in self._marked and offset in (self._marked.start, start):
            return " [" if half else "["
        closing = offset > start and offset == self._marked.stop > self._marked.start
        return ("] " if half else "]") if closing else "  " if half else " "


def _within(marked: range, part: range) -> tuple[int, int] | None:
    """What of a row is marked, with its ends one further: a bracket stands there."""
    start, stop = max(marked.start, part.start), min(marked.stop, part.stop)
    return None if stop < start or not marked else (start, stop)
