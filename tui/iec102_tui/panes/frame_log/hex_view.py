"""The bytes of one frame in hex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from iec102_tui.widgets.lines import Lines

_OFFSET_WIDTH = 5
_CELL = 3
_WIDE = 16
_NARROW = 8


class HexView(Lines):
    """Brackets mark the bytes of the chosen field; the cursor chooses a byte. Sixteen bytes a row, eight if narrow."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous byte", id="hex.left", show=False),
        Binding("right,l", "step(1)", "Next byte", id="hex.right", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hex-view--offset", "hex-view--marked", "hex-view--cursor"}

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
        self._digits = digits
        self._marked = range(0)
        self._offset = min(self._offset, max(0, len(digits) - 1))
        self.scroll_rows(self.top)
        self.refresh()

    def mark(self, start: int, stop: int) -> None:
        """Puts brackets around the bytes of a field, and brings its first one into view."""
        self._marked = range(start, stop)
        if self._offset not in self._marked:
            self._offset = min(start, max(0, len(self._digits) - 1))
        self.refresh()
        if self._digits:
            self.bring_into_view(self._offset // self._bytes_a_row)

    @property
    def _bytes_a_row(self) -> int:
        return _WIDE if self.size.width >= _OFFSET_WIDTH + _WIDE * _CELL + 1 else _NARROW

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
        column = (event.x - _OFFSET_WIDTH) // _CELL
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
        plain = self.plain
        marked = plain + self.get_component_rich_style("hex-view--marked", partial=True)
        start = row * self._bytes_a_row
        stop = min(start + self._bytes_a_row, len(self._digits))
        first, last = max(start, self._marked.start), min(stop, self._marked.stop)
        if first >= last:  # no marked byte in this row
            first = last = stop
        parts = [
            Segment(f"{start:4} ", plain + self.get_component_rich_style("hex-view--offset", partial=True)),
            Segment(self._joined(start, first), plain),
            *self._with_cursor(first, last, marked),
            Segment(self._joined(last, stop, "]" if first < last else " "), plain),
        ]
        return Strip(parts).adjust_cell_length(width, plain)

    def _joined(self, start: int, stop: int, before: str = " ") -> str:
        """Bytes, each with a blank in front, the first one with ``before``."""
        return before + " ".join(self._digits[start:stop]) if start < stop else before if before != " " else ""

    def _with_cursor(self, start: int, stop: int, marked: Style) -> Iterator[Segment]:
        """The marked bytes; where this has the focus, the byte at the cursor stands out."""
        if not self.has_focus or not start <= self._offset < stop:
            yield Segment(self._joined(start, stop, "[") if start < stop else "", marked)
            return
        yield Segment(self._joined(start, self._offset, "[") if start < self._offset else "", marked)
        yield Segment("[" if start == self._offset else " ", marked)
        cursor = marked + self.get_component_rich_style("hex-view--cursor", partial=True)
        yield Segment(self._digits[self._offset], cursor)
        yield Segment(self._joined(self._offset + 1, stop), marked)
