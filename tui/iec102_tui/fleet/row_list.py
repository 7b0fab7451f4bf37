"""The rows of the fleet: a line a meter, of which only the visible ones are made, and only what has changed is drawn.

Textual draws a row anew from the left edge of its widget on. So the row stands in several widgets side by side, each
with its own edge: an age that changes does not draw the name and the power again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from iec102_tui.fleet.cells import SIGNS, Moment, trend_text
from iec102_tui.fleet.columns import HEAD, Column, Placed, line, placed
from iec102_tui.fleet.meter import Key, Row
from iec102_tui.widgets.lines import Lines
from iec102_tui.words.text import N_

_EDGES = ("power", "what", "age", "hour", "heard")
"""Columns at which another widget begins."""
Points = Callable[[Key], Sequence[tuple[float, float]]]


class RowPart(Widget):
    """What stands from a column on; it is drawn by the list, whose rows it shows."""

    def __init__(self, number: int) -> None:
        super().__init__(id=f"fleet-part-{number}")
        self.number = number

    @property
    def rows(self) -> RowList:
        """The list at its left."""
        return self.screen.query_one(RowList)

    def render_line(self, y: int) -> Strip:
        return self.rows.part(self.number, y)

    async def on_click(self, event: Click) -> None:
        """As if it were the list."""
        self.rows.focus()
        self.rows.on_click(event)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.rows.on_mouse_scroll_up(event)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.rows.on_mouse_scroll_down(event)


class RowList(Lines):
    """The cursor stays on its meter when the rows change around it. ``trend``: the power of the last hour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "end(-1)", N_("First"), id="fleet.first", show=False, tooltip=N_("To the first meter")),
        Binding("end", "end(1)", N_("Last"), id="fleet.last", show=False, tooltip=N_("To the last meter")),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fleet-rows--cursor"}

    @dataclass
    class Moved(Message):
        """The cursor is on another meter, or other rows are in view."""

    def __init__(self, trend: Points, parts: Sequence[RowPart]) -> None:
        super().__init__(id="fleet-rows")
        self.marks: set[Key] = set()
        self.cursor: Key | None = None
        self.columns: Sequence[Placed] = ()
        self._all: Sequence[Column] = ()
        self._rows: Sequence[Row] = ()
        self._at: dict[Key, int] = {}
        self._trend = trend
        self._trends: dict[Key, tuple[object, str]] = {}
        self._parts = parts
        self._edges: Sequence[int] = (0,)
        self._chosen = False
        """The user has moved the cursor; until then it is on the first row, whichever that is."""
        self._now = Moment(0.0, 0.0)
        self._shown: dict[int, Strip] = {}
        """By row of the screen: what it shows, whole."""

    # What it shows

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in their order."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        row = self.cursor_row
        return None if row is None else self._rows[row]

    @property
    def whole_width(self) -> int:
        """Columns of all parts together."""
        return self.screen.size.width

    def show(self, rows: Sequence[Row], now: Moment) -> None:
        """Shows these rows, and draws what differs of those that are in view."""
        at, followed = self.cursor_row, self.cursor if self._chosen else None
        if rows is not self._rows:
            self._rows = rows
            self._at = {row.key: number for number, row in enumerate(rows)}
            if rows and followed not in self._at:
                self.cursor = rows[min(at or 0, len(rows) - 1) if self._chosen else 0].key
            elif followed is not None and at is not None and rows:
                self._keep_in_view(self._at[followed] - at)
        self._now = now
        self.top = max(0, min(self.top, len(rows) - self.size.height))
        self.redraw()

    def _keep_in_view(self, moved: int) -> None:
        """Where the meter under the cursor has another place, the rows move under it: it is what is looked at."""
        row = self.cursor_row
        if row is not None and moved and not self.top <= row < self.top + self.size.height:
            self.top = max(0, min(row - self.size.height // 2, len(self._rows) - self.size.height))

    def use(self, columns: Sequence[Column]) -> None:
        """Shows other columns."""
        self._all = columns
        self.lay_out()

    def lay_out(self) -> None:
        """Gives each part its width: by the columns that there is room for."""
        self.columns = placed(self._all, self.whole_width)
        edges = [0, *(each.x for each in self.columns if each.column.id in _EDGES)]
        self._edges = edges[: len(self._parts) + 1]
        ends = [*self._edges[1:], self.whole_width]
        for widget, begin, end in zip((self, *self._parts), self._edges, ends, strict=False):
            widget.display = True
            widget.styles.width = end - begin
        for part in self._parts[len(self._edges) - 1 :]:
            part.display = False
        self._shown.clear()
        self.refresh_all()

    def refresh_all(self) -> None:
        """Draws everything again."""
        self._shown.clear()
        for widget in (self, *self._parts):
            widget.refresh()

    def redraw(self) -> None:
        """Draws what has changed in the rows that are in view."""
        if not self.size.height:
            return
        self.plain = self.rich_style
        ends = [*self._edges[1:], self.whole_width]
        for y in range(self.size.height):
            before, after = self._shown.get(y), self._made(y)
            if before is None or before != after:
                self._shown[y] = after
                for widget, begin, end in zip((self, *self._parts), self._edges, ends, strict=False):
                    if before is None or before.crop(begin, end) != after.crop(begin, end):
                        widget.refresh(Region(0, y, end - begin, 1))

    def part(self, number: int, y: int) -> Strip:
        """What a widget shows in a row; 0 is the list itself."""
        if number >= len(self._edges):
            return Strip.blank(1)
        begin = self._edges[number]
        end = self._edges[number + 1] if number + 1 < len(self._edges) else self.whole_width
        if y not in self._shown:
            self.plain = self.rich_style
            self._shown[y] = self._made(y)
        return self._shown[y].crop(begin, end)

    # Rows

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        return None if self.cursor is None else self._at.get(self.cursor)

    def go_to_row(self, row: int, by: int) -> None:
        self._chosen = True
        self.cursor = self._rows[row].key
        self.bring_into_view(row)
        self.redraw()
        self.post_message(self.Moved())

    def scroll_rows(self, top: int) -> None:
        top = max(0, min(top, self.row_count - self.size.height))
        if top != self.top:
            self.top = top
            self.redraw()
            self.post_message(self.Moved())

    def refresh_row(self, row: int | None) -> None:
        self.redraw()

    def action_end(self, direction: int) -> None:
        """To the first row, or to the last."""
        if self.row_count:
            self.go_to_row(0 if direction < 0 else self.row_count - 1, direction)

    def toggle_mark(self) -> None:
        """Marks the meter at the cursor, or takes its mark away, and goes on to the next."""
        row = self.cursor_row
        if row is not None and self.cursor is not None:
            self.marks ^= {self.cursor}
            self.go_to_row(min(row + 1, self.row_count - 1), 1)

    # Drawing

    def render_line(self, y: int) -> Strip:
        return self.part(0, y)

    def line(self, row: int, width: int) -> Strip:
        return self._strip(self._rows[row]).crop(0, width)

    def _made(self, y: int) -> Strip:
        row = self.top + y
        return self._strip(self._rows[row]) if row < len(self._rows) else Strip.blank(self.whole_width, self.plain)

    def _strip(self, row: Row) -> Strip:
        selected = row.key == self.cursor
        ground = self.ground("fleet-rows--cursor") if selected else self.plain
        sign, role = SIGNS[row.status]
        style = partial(self.role_on, ground)
        segments = [
            Segment(">" if selected else " ", style("accent")),
            Segment("*" if row.key in self.marks else " ", style("warn")),
            Segment(f"{sign} ", style(role)),
        ]
        assert len(segments) + 1 == HEAD
        for text, name, bold, _short in line(row, self.columns, self._now, lambda width: self._trend_of(row, width)):
            segments.append(Segment(text, style(name) + _BOLD if bold else style(name)))
        return Strip(segments).adjust_cell_length(self.whole_width, ground).simplify()

    def _trend_of(self, row: Row, width: int) -> str:
        """Made again when a minute has passed: that is how fine it is."""
        state = (int(self._now.at // 60), width, row.power is None)
        kept = self._trends.get(row.key)
        if kept is None or kept[0] != state:
            text = trend_text(self._trend(row.key), self._now.at, width, plain=self._now.plain)
            kept = self._trends[row.key] = (state, text)
            if len(self._trends) > _TRENDS:
                del self._trends[next(iter(self._trends))]
        return kept[1]

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        self.refresh_all()


_TRENDS = 300
_BOLD = Style(bold=True)
