"""The decode tree of one frame."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from iec102.transport.tap import TapRecord
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.strip import Strip

from iec102_tui.panes.frame_log.tree_rows import TreeRow, tree_rows
from iec102_tui.widgets.lines import Lines
from iec102_tui.words.plain_text import fitted, wrapped
from iec102_tui.words.text import N_


class Part(NamedTuple):
    """A line of the screen: of a field what has room in it."""

    field: int
    words: str
    first: bool


class FieldTree(Lines):
    """Its cursor chooses a field, whose bytes are marked elsewhere. What is folded stays so from frame to frame.

    What a field says goes on below itself where it is too long and all fields have room; else it is said in short, and
    whole only under the cursor.
    """

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
        self._parts: list[Part] = []
        self._row = 0
        self._turned: set[tuple[str, ...]] = set()

    def show(self, record: TapRecord | None) -> None:
        """Explains another frame; the cursor stays in its row."""
        before, cursor = self._drawn(), self._row
        self._record = record
        self._make()
        self._row = min(self._row, max(0, len(self._rows) - 1))
        self.scroll_rows(self.top)
        after = self._drawn()
        for number in range(max(len(before), len(after))):
            if before[number : number + 1] != after[number : number + 1]:
                self.refresh_row(number)
        if cursor != self._row:
            self._refresh_field(cursor)
            self._refresh_field(self._row)

    def _drawn(self) -> list[tuple[TreeRow, Part]]:
        return [(self._rows[part.field], part) for part in self._parts]

    def on_resize(self, _event: Resize) -> None:
        self._make_again()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._make_again()

    def _make_again(self) -> bool:
        """It may have been drawn as it was."""
        before = self._parts
        self._make()
        if self._parts == before:
            return False
        self.refresh()
        return True

    def choose_byte(self, offset: int) -> None:
        """The cursor goes to the innermost field that is shown and covers the byte at ``offset``."""
        covering = [number for number, row in enumerate(self._rows) if row.start <= offset < row.stop]
        if covering:
            innermost = min(covering, key=lambda number: self._rows[number].stop - self._rows[number].start)
            self._go(innermost)

    @property
    def row_count(self) -> int:
        return len(self._parts)

    @property
    def cursor_row(self) -> int | None:
        return next((line for line, part in enumerate(self._parts) if part.field == self._row), None)

    @property
    def chosen(self) -> TreeRow | None:
        """The row under the cursor."""
        return self._rows[self._row] if self._rows else None

    def go_to_row(self, row: int, by: int) -> None:
        field = self._parts[row].field
        if by > 0 and field == self._row:  # from its first line over the others
            field = min(field + 1, len(self._rows) - 1)
        self._choose(field)

    def _choose(self, field: int) -> None:
        self._go(field)
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
                self._choose(above)
                return

    def action_unfold(self) -> None:
        """Opens the field."""
        if self.chosen is not None and self.chosen.is_closed:
            self._turn(self.chosen)

    def line(self, row: int, width: int) -> Strip:
        part = self._parts[row]
        shown = self._rows[part.field]
        chosen = part.field == self._row
        ground = self.ground("field-tree--cursor") if chosen else self.plain
        label = (">" if chosen else " ") + shown.label if part.first else " " * (1 + len(shown.label))
        segments = [
            Segment(label, self.role_on(ground, "muted" if shown.depth else "accent")),
            Segment(fitted(part.words, max(0, width - len(label))), self.role_on(ground, shown.role)),
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    def _turn(self, row: TreeRow) -> None:
        """Opens what is closed, closes what is open; it stays so from frame to frame."""
        self._turned ^= {row.path}
        self._make()
        self.refresh()

    def _make(self) -> None:
        self._rows = [] if self._record is None else tree_rows(self._record, self._turned)
        texts = [*map(self._whole, self._rows)]
        if sum(map(len, texts)) > self.size.height:
            texts = [
                whole if self.has_focus and field == self._row else [self._short(row)]
                for field, (row, whole) in enumerate(zip(self._rows, texts, strict=True))
            ]
        self._parts = [
            Part(field, words, first=number == 0)
            for field, lines in enumerate(texts)
            for number, words in enumerate(lines)
        ]

    def _room(self, row: TreeRow) -> int:
        return self.size.width - 1 - len(row.label)

    def _whole(self, row: TreeRow) -> list[str]:
        return wrapped(row.words, self._room(row)) if self.size.width else [row.words]

    def _short(self, row: TreeRow) -> str:
        return row.short if row.short and len(row.words) > self._room(row) else row.words

    def _go(self, field: int) -> None:
        before, self._row = self._row, field
        if not self._make_again():
            self._refresh_field(before)
            self._refresh_field(field)
        lines = self._lines_of(field)
        self.bring_into_view(lines[-1])
        self.bring_into_view(lines[0])

    def _lines_of(self, field: int) -> list[int]:
        return [line for line, part in enumerate(self._parts) if part.field == field]

    def _refresh_field(self, field: int) -> None:
        for line in self._lines_of(field):
            self.refresh_row(line)
