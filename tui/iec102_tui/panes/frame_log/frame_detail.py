"""One frame explained: in words, as a tree of fields, as bytes; tree and bytes move together."""

from __future__ import annotations

from iec102.transport.tap import TapRecord
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import hex_bytes
from iec102_tui.panes.frame_log.field_tree import FieldTree
from iec102_tui.panes.frame_log.frame_title import frame_title
from iec102_tui.panes.frame_log.hex_view import HexView
from iec102_tui.words.text import N_, _
from iec102_tui.words.tree_text import count_of_bytes

_GONE = N_("This frame is no longer in memory.")


class FrameDetail(Vertical):
    """The field chosen in the tree is marked in the bytes; a byte chosen there takes the tree's cursor along.

    The frame's title and the count of its bytes stand in the borders, or above the tree where there are none.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._words = ""
        self._record: TapRecord | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="frame-about", markup=False)
        with Horizontal():
            yield FieldTree(id="frame-tree")
            yield HexView(id="frame-hex")

    def show(self, frames: FrameRing, number: int | None) -> None:
        """Explains a frame; None, or one that is no longer kept, empties it."""
        try:
            record = None if number is None else frames[number]
            words = "" if number is None else frame_title(frames, number)
        except LookupError:
            record, words = None, _(_GONE)
        tree, digits = self.query_one(FieldTree), self.query_one(HexView)
        if words != self._words:
            self._words = words
            self.query_one("#frame-about", Static).update(words, layout=False)
            tree.caption = words
        if record is self._record:
            return
        self._record = record
        found = [] if record is None else hex_bytes(record)
        tree.show(record)
        digits.show(found)
        digits.caption = count_of_bytes(len(found)) if found else ""
        self._mark()

    @on(FieldTree.Chosen)
    def _field_chosen(self, event: FieldTree.Chosen) -> None:
        event.stop()
        self._mark()

    @on(HexView.ByteChosen)
    def _byte_chosen(self, event: HexView.ByteChosen) -> None:
        event.stop()
        self.query_one(FieldTree).choose_byte(event.offset)
        self._mark()

    def _mark(self) -> None:
        row = self.query_one(FieldTree).chosen
        if row is not None:
            self.query_one(HexView).mark(row.start, row.stop)
