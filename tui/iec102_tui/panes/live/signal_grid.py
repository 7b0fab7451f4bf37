"""The 24 signals, as figures or as a list: one widget that repaints only the cells that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from iec102_tui.panes.live.layout import Memo, cells
from iec102_tui.panes.live.view import Cell, Mark, View

_COMPONENTS = {mark: f"signal-grid--{mark.value}" for mark in Mark}


class CellGrid(Widget):
    """Shows cells. All of it is text; styles only repeat what the text says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_COMPONENTS.values())

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: dict[int, list[Cell]] = {}

    def put(self, shown: Iterable[Cell]) -> None:
        """Shows other cells; only the rows that differ are drawn again, each as far as it differs."""
        before = self._lines
        self._lines = {}
        for cell in shown:
            self._lines.setdefault(cell.y, []).append(cell)
        for line in self._lines.values():
            line.sort(key=lambda cell: cell.x)
        if changed := _changed(before, self._lines):
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments: list[Segment] = []
        x = 0
        for cell in self._lines.get(y, ()):
            if cell.x < x:
                continue
            if cell.x > x:
                segments.append(Segment(" " * (cell.x - x), self.rich_style))
            style = self.rich_style + self.get_component_rich_style(_COMPONENTS[cell.mark], partial=True)
            segments.append(Segment(cell.text, style))
            x = cell.x + len(cell.text)
        # Cells of one style become one segment: a style costs more bytes than a cell.
        return Strip(segments, x).adjust_cell_length(width, self.rich_style).simplify()


class SignalGrid(CellGrid):
    """Shows a View."""

    DEFAULT_CSS = """
    SignalGrid { height: 29; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._view = View()
        self._memo = Memo()

    @property
    def view(self) -> View:
        """What is shown."""
        return self._view

    def show(self, view: View) -> None:
        """Shows another state."""
        self._view = view
        self.put(cells(view, self.size.width, self.size.height, self._memo))

    def on_resize(self) -> None:
        """Other parts may fit now."""
        self.show(self._view)
        self.refresh()


def _changed(before: Mapping[int, list[Cell]], after: Mapping[int, list[Cell]]) -> list[Region]:
    """One region a row: Textual draws a row from the widget's left edge to the end of each region, once for each."""
    found = []
    for y in sorted(before.keys() | after.keys()):
        one, other = before.get(y, []), after.get(y, [])
        if one != other:
            differing = set(one) ^ set(other)
            found.append(Region(0, y, max((cell.x + len(cell.text) for cell in differing), default=0), 1))
    return found
