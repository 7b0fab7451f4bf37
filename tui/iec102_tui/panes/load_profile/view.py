"""A load profile as a table, a plot or a heat map, with one cursor for all three."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import ClassVar, NamedTuple

from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.widgets import Static

from iec102_tui.load_profile.load_profile import LONG_NAMES, LoadProfile
from iec102_tui.panes.load_profile.cells import LEGEND, heading, maximum_text, time_text, total_text
from iec102_tui.panes.load_profile.heat_cells import heat_map, place_of
from iec102_tui.panes.load_profile.heat_map import HeatMapView
from iec102_tui.panes.load_profile.plot import plot_text
from iec102_tui.panes.load_profile.table import LoadProfileTable
from iec102_tui.panes.load_profile.window import Zoom, neighbour

_ZOOMS = tuple(Zoom)
_DAY_COLUMN = {Register.HOURLY: 24, Register.QUARTER_HOURLY: 96, Register.DAILY: 1}


class Look(Enum):
    """How a curve is shown."""

    TABLE = auto()
    PLOT = auto()
    MAP = auto()


_ZOOM_WORDS = {Zoom.DAY: "day", Zoom.WEEK: "week", Zoom.MONTH: "month", Zoom.ALL: "all"}


class _Plot(NamedTuple):
    """All that a plot is drawn from."""

    curve: LoadProfile
    channel: int
    zoom: Zoom
    cursor: int
    size: Size


class LoadProfileView(Vertical, can_focus=True):
    """Left and Right move the cursor of plot and map; the table moves its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "look", "View", id="curve.look", tooltip="Table, plot, heat map of a month"),
        Binding("c", "channel(1)", "Channel", id="curve.channel", show=False, tooltip="Plot the next channel"),
        Binding("C", "channel(-1)", "Channel before", id="curve.channel_before", show=False),
        Binding("plus", "zoom(-1)", "Zoom in", id="curve.zoom_in", show=False, tooltip="All, month, week, day"),
        Binding("minus", "zoom(1)", "Zoom out", id="curve.zoom_out", show=False, tooltip="Day, week, month, all"),
        Binding("left", "step(-1)", "Cursor left", id="curve.left", show=False, tooltip="Cursor of plot and map"),
        Binding("right", "step(1)", "Cursor right", id="curve.right", show=False, tooltip="Cursor of plot and map"),
        Binding("up", "row(-1)", "Cursor up", id="curve.row_up", show=False, tooltip="Cursor of the map"),
        Binding("down", "row(1)", "Cursor down", id="curve.row_down", show=False, tooltip="Cursor of the map"),
        Binding(
            "left_square_bracket",
            "turn(-1)",
            "Before",
            id="curve.turn_back",
            show=False,
            tooltip="The day, week or month before",
        ),
        Binding(
            "right_square_bracket",
            "turn(1)",
            "Behind",
            id="curve.turn_on",
            show=False,
            tooltip="The next day, week or month",
        ),
    ]

    def __init__(self, *, id: str, plain: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._plain = plain
        self._curve: LoadProfile | None = None
        self._look = Look.TABLE
        self._zoom = Zoom.WEEK
        self._channel = 0
        self._asked: _Plot | None = None
        self._drawn: _Plot | None = None
        self._drawing = False

    def compose(self) -> ComposeResult:
        yield Static("", id="curve-heading", markup=False)
        yield LoadProfileTable(id="curve-table")
        yield Static("", id="curve-plot", markup=False)
        yield HeatMapView(id="curve-map")
        yield Static("", id="curve-foot", markup=False)

    def on_mount(self) -> None:
        self._arrange()

    @property
    def cursor(self) -> int:
        """The index of the interval under the cursor."""
        return self.query_one(LoadProfileTable).cursor

    def focus_content(self) -> None:
        """The keys go to what is shown."""
        (self.query_one(LoadProfileTable) if self._look is Look.TABLE else self).focus()

    def show(self, curve: LoadProfile) -> None:
        """Shows another state or another curve."""
        self._curve = curve
        self.query_one(LoadProfileTable).show(curve)
        self._refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self._refresh)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("step", "channel"):
            return self._look is not Look.TABLE
        if action == "row":
            return self._look is Look.MAP
        if action in ("zoom", "turn"):
            return self._look is Look.PLOT or (action == "turn" and self._look is Look.MAP)
        return True

    def action_look(self) -> None:
        """Table, plot, heat map, and again."""
        looks = list(Look)
        self._look = looks[(looks.index(self._look) + 1) % len(looks)]
        self._arrange()
        self.focus_content()
        self.refresh_bindings()

    def action_channel(self, by: int) -> None:
        """Plots another channel."""
        self._channel = (self._channel + by) % len(CHANNELS)
        self._refresh()

    def action_zoom(self, by: int) -> None:
        """Shows more or less at once."""
        at = _ZOOMS.index(self._zoom) + by
        self._zoom = _ZOOMS[min(max(at, 0), len(_ZOOMS) - 1)]
        self._refresh()

    def action_step(self, by: int) -> None:
        """One interval, on the map one day."""
        curve = self._curve
        days = _DAY_COLUMN[curve.wanted.register] if curve is not None and self._look is Look.MAP else 1
        self._go_to(self.cursor + by * days)

    def action_row(self, by: int) -> None:
        """One hour."""
        curve = self._curve
        if curve is not None:
            self._go_to(self.cursor + by * max(1, _DAY_COLUMN[curve.wanted.register] // 24))

    def action_turn(self, by: int) -> None:
        """The day, week or month before or behind."""
        if self._curve is not None:
            zoom = Zoom.MONTH if self._look is Look.MAP else self._zoom
            self._go_to(neighbour(self._curve, self.cursor, zoom, by))

    @on(LoadProfileTable.Moved)
    @on(LoadProfileTable.Measured)
    def _moved(self) -> None:
        self._refresh()

    def _go_to(self, index: int) -> None:
        self.query_one(LoadProfileTable).go_to(index)

    # Drawing

    def _arrange(self) -> None:
        shown = {
            "#curve-heading": (Look.TABLE,),
            "#curve-table": (Look.TABLE,),
            "#curve-plot": (Look.PLOT,),
            "#curve-map": (Look.MAP,),
        }
        for name, looks in shown.items():
            self.query_one(name).display = self._look in looks
        self.call_after_refresh(self._refresh)

    def _refresh(self) -> None:
        curve = self._curve
        if curve is None or not self.display:
            return
        foot = self.query_one("#curve-foot", Static)
        if self._look is Look.TABLE:
            columns = self.query_one(LoadProfileTable).columns
            self.query_one("#curve-heading", Static).update(heading(columns))
            hidden = f" No room for {', '.join(columns.hidden)}: Enter shows a row in words." if columns.hidden else ""
            lines = [total_text(curve, columns), maximum_text(curve, columns), f" {LEGEND}"]
            foot.update("\n".join([*lines, hidden] if hidden else lines))
            return
        foot.update(self._under())
        if self._look is Look.PLOT:
            self.run_worker(self._draw(), group="plot")
        elif curve.wanted.register is not Register.DAILY:
            place = place_of(curve, self.cursor) if curve.ends else None
            self.query_one(HeatMapView).show(heat_map(curve, self._channel, self.cursor), place)

    def _under(self) -> str:
        """The channel, and the value under the cursor."""
        curve, name = self._curve, LONG_NAMES[self._channel]
        if curve is None or not curve.ends:
            return f" {name}"
        if self._look is Look.MAP and curve.wanted.register is Register.DAILY:
            return " A map of hours needs hourly or quarter-hourly values: r takes another register."
        value = curve.value(self.cursor, self._channel)
        end = curve.ends[self.cursor]
        words = "no valid value" if value is None else str(value)
        zoom = f", {_ZOOM_WORDS[self._zoom]}" if self._look is Look.PLOT else ", a month; ? is a gap"
        return f" {name}{zoom}\n {time_text(end, curve.zone)}: {words}"

    async def _draw(self) -> None:
        """In a thread, one plot at a time; what has changed meanwhile is drawn after it."""
        plot = self.query_one("#curve-plot", Static)
        if self._curve is None or not plot.size:
            return
        self._asked = _Plot(self._curve, self._channel, self._zoom, self.cursor, plot.size)
        if self._drawing:
            return
        self._drawing = True
        while self._drawn != self._asked and self._asked is not None:
            asked = self._asked
            plot.update(await asyncio.to_thread(plot_text, *asked, plain=self._plain))
            self._drawn = asked
        self._drawing = False
