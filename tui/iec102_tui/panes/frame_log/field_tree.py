"""The decode tree of one frame."""

from __future__ import annotations

from typing import ClassVar

from iec102.transport.tap import TapRecord
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from iec102_tui.panes.frame_log.row import fitted
from iec102_tui.panes.frame_log.tree_rows import TreeRow, tree_rows
from iec102_tui.widgets.lines import Lines
from iec102_tui.words.text import N_


class FieldTree(Lines):
    """Its cursor chooses a field, whose bytes are marked elsewhere. What is folded stays so from frame to frame."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "fold",
            N_("Fold"),
            id="tree.fold",
            show=False,
            tooltip=N_("Close the field, or go to the one around it"),
        ),
        Binding("right", "unfold", N_("Unfold"), id="tree.unfold", show=False, tooltip=N_("Open the field")),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"field-tree--cursor"}

    class Chosen(Message):
        """The cursor has come to another field."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._record: TapRecord | None = None
        self._rows: list[TreeRow] = []
        self._row = 0
        self._turned: set[tuple[str, ...]] = set()

    def show(self, record: TapRecord | None) -> None:
        """Explains another frame; the cursor stays in its row."""
        before, row = self._rows, self._row
        self._record = record
        self._make()
        self._row = min(self._row, max(0, len(self._rows) - 1))
        self.scroll_rows(self.top)
        for number in range(max(len(before), len(self._rows))):
            if before[number : number + 1] != self._rows[number : number + 1]:
                self.refresh_row(number)
        if row != self._row:
            self.refresh_row(row)
            self.refresh_row(self._row)

    def choose_byte(self, offset: int) -> None:
        """The cursor goes to the innermost field that is shown and covers the byte at ``offset``."""
        covering = [number for number, row in enumerate(self._rows) if row.start <= offset < row.stop]
        if covering:
            innermost = min(covering, key=lambda number: self._rows[number].stop - self._rows[number].start)
            self._go(innermost)

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        return self._row if self._rows else None

    @property
    def chosen(self) -> TreeRow | None:
        """The row under the cursor."""
        return self._rows[self._row] if self._rows else None

    def go_to_row(self, row: int, by: int) -> None:
        self._go(row)
        self.post_message(self.Chosen())

    def action_fold(self) -> None:
        """Closes the field; a closed one, or one without parts, gives the cursor to the field around it."""
        row = self.chosen
        if row is None:
            return
        if row.parent and not row.is_closed:
            self._turn(row)
            return
        for above in range(self._row - 1, -1, -1):
            if self._rows[above].depth < row.depth:
                self.go_to_row(above, -1)
                return

    def action_unfold(self) -> None:
        """Opens the field."""
        if self.chosen is not None and self.chosen.is_closed:
            self._turn(self.chosen)

    def line(self, row: int, width: int) -> Strip:
        shown = self._rows[row]
        chosen = row == self._row
        ground = self.ground("field-tree--cursor") if chosen else self.plain
        segments = [
            Segment((">" if chosen else " ") + shown.label, ground + self.role("muted" if shown.depth else "accent")),
            Segment(fitted(shown.words, max(0, width - 1 - len(shown.label))), ground + self.role(shown.role)),
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    def _turn(self, row: TreeRow) -> None:
        """Opens what is closed, closes what is open; it stays so from frame to frame."""
        self._turned ^= {row.path}
        self._make()
        self.refresh()

    def _make(self) -> None:
        self._rows = [] if self._record is None else tree_rows(self._record, self._turned)

    def _go(self, row: int) -> None:
        before, self._row = self._row, row
        self.refresh_row(before)
        self.refresh_row(row)
        self.bring_into_view(row)
