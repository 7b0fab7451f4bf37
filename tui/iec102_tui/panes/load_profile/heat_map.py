"""The map of a month: days from left to right, hours from top to bottom."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from iec102_tui.panes.load_profile.heat_cells import HeatMap, Hour

_LABEL = 7


class HeatMapView(ScrollView):
    """Signs first, so that it can be read without colours. The cell of the cursor is reversed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"heat-map-view--cursor", "heat-map-view--head"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._map = HeatMap((), {})
        self._hours = self._map.hours
        self._cursor: tuple[date, Hour] | None = None

    def show(self, shown: HeatMap, cursor: tuple[date, Hour] | None) -> None:
        """Shows another month or another cell."""
        self._map = shown
        self._hours = shown.hours
        self._cursor = cursor
        self.virtual_size = Size(_LABEL + 2 * len(shown.days) + 1, len(self._hours) + 1)
        if cursor is not None:
            # The days above stay in view as long as there is room for them.
            self.scroll_to_region(
                Region(0, self._hours.index(cursor[1]), 1, 2), animate=False, force=True, immediate=True
            )
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row, width = self.scroll_offset.y + y, self.size.width
        if y == 0:
            segments = [Segment(f"{'hour':{_LABEL}}" + "".join(f"{day.day:2}" for day in self._map.days), self._head())]
        elif row <= len(self._hours):
            segments = self._hour(self._hours[row - 1])
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.rich_style).simplify()

    def _hour(self, hour: Hour) -> list[Segment]:
        segments = [Segment(hour.label.ljust(_LABEL), self._head())]
        for day in self._map.days:
            style = self.rich_style
            if (day, hour) == self._cursor:
                style += self.get_component_rich_style("heat-map-view--cursor", partial=True)
            segments.append(Segment(self._map.sign(day, hour), style))
        return segments

    def _head(self) -> Style:
        return self.rich_style + self.get_component_rich_style("heat-map-view--head", partial=True)
