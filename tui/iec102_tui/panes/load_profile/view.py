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
from textual.message import Message
from textual.widgets import Static

from iec102_tui.closing import begin_work
from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.cells import LEGEND, heading, maximum_text, time_text, total_text
from iec102_tui.panes.load_profile.figures import interval
from iec102_tui.panes.load_profile.hours_page import HoursPage
from iec102_tui.panes.load_profile.plot import plot_lines
from iec102_tui.panes.load_profile.table import LoadProfileTable
from iec102_tui.panes.load_profile.window import Zoom, neighbour
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import N_, _

_ZOOMS = tuple(Zoom)
_NO_ROOM = N_(" No room for {channels}: Enter shows a row in words.")
_ZOOM_WORDS = {Zoom.DAY: N_("day"), Zoom.WEEK: N_("week"), Zoom.MONTH: N_("month"), Zoom.ALL: N_("all")}
_DAY_COLUMN = {Register.HOURLY: 24, Register.QUARTER_HOURLY: 96, Register.DAILY: 1}


class ViewMode(Enum):
    """How a load profile is shown."""

    MAP = auto()
    PLOT = auto()
    TABLE = auto()


class _Plot(NamedTuple):
    """All that a plot is drawn from."""

    load_profile: LoadProfile
    channel: int
    zoom: Zoom
    cursor: int
    size: Size


class LoadProfileView(Vertical, can_focus=True):
    """Left and Right move the cursor of plot and map; the table moves its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "look", N_("View"), id="curve.look", tooltip=N_("Heat map of a month, plot, table")),
        Binding("c", "channel(1)", N_("Channel"), id="curve.channel", tooltip=N_("Show the next channel")),
        Binding("plus", "zoom(-1)", N_("Zoom in"), id="curve.zoom_in", show=False, tooltip=N_("All, month, week, day")),
        Binding(
            "minus", "zoom(1)", N_("Zoom out"), id="curve.zoom_out", show=False, tooltip=N_("Day, week, month, all")
        ),
        Binding(
            "left", "step(-1)", N_("Cursor left"), id="curve.left", show=False, tooltip=N_("Cursor of plot and map")
        ),
        Binding(
            "right", "step(1)", N_("Cursor right"), id="curve.right", show=False, tooltip=N_("Cursor of plot and map")
        ),
        Binding("up", "row(-1)", N_("Cursor up"), id="curve.row_up", show=False, tooltip=N_("Cursor of the map")),
        Binding("down", "row(1)", N_("Cursor down"), id="curve.row_down", show=False, tooltip=N_("Cursor of the map")),
        Binding(
            "comma",
            "turn(-1)",
            N_("Before"),
            id="curve.turn_back",
            show=False,
            key_display=",",
            tooltip=N_("The day, week or month before"),
        ),
        Binding(
            "full_stop",
            "turn(1)",
            N_("Next"),
            id="curve.turn_on",
            show=False,
            key_display=".",
            tooltip=N_("The next day, week or month"),
        ),
    ]

    class ChannelChosen(Message):
        """Another channel is shown."""

    def __init__(self, *, id: str, plain: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._plain = plain
        self._load_profile: LoadProfile | None = None
        self._mode = ViewMode.MAP
        self._zoom = Zoom.WEEK
        self._channel = 0
        self._asked: _Plot | None = None
        self._drawn: _Plot | None = None
        self._drawing = False
        self._empty = ""

    def compose(self) -> ComposeResult:
        yield Static("", id="load-profile-heading", markup=False)
        yield LoadProfileTable(id="load-profile-table")
        yield PictureView(id="load-profile-plot")
        yield HoursPage(id="load-profile-hours", plain=self._plain)
        yield Static("", id="load-profile-empty", markup=False)
        yield Static("", id="load-profile-foot", markup=False)

    def on_mount(self) -> None:
        self._arrange()

    @property
    def cursor(self) -> int:
        """The index of the interval under the cursor."""
        return self.query_one(LoadProfileTable).cursor

    def focus_content(self) -> None:
        """The keys go to what is shown."""
        (self.query_one(LoadProfileTable) if self._mode is ViewMode.TABLE else self).focus()

    @property
    def channel(self) -> int:
        """The channel that is shown, 0 to 7."""
        return self._channel

    @property
    def mode(self) -> ViewMode:
        """What is shown: there is no map of hours of daily values."""
        daily = self._load_profile is not None and self._load_profile.wanted.register is Register.DAILY
        return ViewMode.PLOT if daily and self._mode is ViewMode.MAP else self._mode

    @property
    def shows_map(self) -> bool:
        """The heat map of a month."""
        return self.mode is ViewMode.MAP

    @property
    def zoom(self) -> Zoom:
        """How much of it is shown at once."""
        if self._mode is ViewMode.MAP:
            return Zoom.MONTH
        return Zoom.ALL if self._mode is ViewMode.TABLE else self._zoom

    def show(self, load_profile: LoadProfile, empty: str = "") -> None:
        """Show another state or load profile; ``empty`` stands in place of map and plot while nothing is known."""
        self._load_profile = load_profile
        self._empty = empty if load_profile.empty else ""
        self.query_one(LoadProfileTable).show(load_profile)
        self._arrange()

    def on_resize(self) -> None:
        self.call_after_refresh(self._refresh)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("step", "channel", "turn"):
            return self._mode is not ViewMode.TABLE
        if action == "row":
            return self.mode is ViewMode.MAP
        return self.mode is ViewMode.PLOT if action == "zoom" else True

    def action_look(self) -> None:
        """Table, plot, heat map, and again."""
        modes = list(ViewMode)
        self._mode = modes[(modes.index(self.mode) + 1) % len(modes)]
        self._arrange()
        self.focus_content()
        self.refresh_bindings()

    def action_channel(self, by: int) -> None:
        """Plots another channel."""
        self._channel = (self._channel + by) % len(CHANNELS)
        self.post_message(self.ChannelChosen())
        self._refresh()

    def action_zoom(self, by: int) -> None:
        """Shows more or less at once."""
        at = _ZOOMS.index(self._zoom) + by
        self._zoom = _ZOOMS[min(max(at, 0), len(_ZOOMS) - 1)]
        self._refresh()

    def action_step(self, by: int) -> None:
        """One interval, on the map one day."""
        load_profile = self._load_profile
        days = (
            _DAY_COLUMN[load_profile.wanted.register] if load_profile is not None and self.mode is ViewMode.MAP else 1
        )
        self._go_to(self.cursor + by * days)

    def action_row(self, by: int) -> None:
        """One hour."""
        load_profile = self._load_profile
        if load_profile is not None:
            self._go_to(self.cursor + by * max(1, _DAY_COLUMN[load_profile.wanted.register] // 24))

    def action_turn(self, by: int) -> None:
        """The day, week or month before or behind."""
        if self._load_profile is not None:
            self._go_to(neighbour(self._load_profile, self.cursor, self.zoom, by))

    @on(LoadProfileTable.Moved)
    @on(LoadProfileTable.Measured)
    @on(PictureView.Measured)
    def _moved(self) -> None:
        self._refresh()

    def _go_to(self, index: int) -> None:
        self.query_one(LoadProfileTable).go_to(index)

    # Drawing

    def _arrange(self) -> None:
        mode, empty = self.mode, bool(self._empty) and self.mode is not ViewMode.TABLE
        shown = {
            "#load-profile-heading": mode is ViewMode.TABLE,
            "#load-profile-table": mode is ViewMode.TABLE,
            "#load-profile-plot": mode is ViewMode.PLOT and not empty,
            "#load-profile-hours": mode is ViewMode.MAP and not empty,
            "#load-profile-empty": empty,
            "#load-profile-foot": mode is not ViewMode.MAP and not empty,
        }
        for name, displayed in shown.items():
            self.query_one(name).display = displayed
        self.call_after_refresh(self._refresh)

    def _refresh(self) -> None:
        load_profile = self._load_profile
        if load_profile is None or not self.display:
            return
        foot = self.query_one("#load-profile-foot", Static)
        if self._empty and self.mode is not ViewMode.TABLE:
            self.query_one("#load-profile-empty", Static).update(self._empty)
        elif self.mode is ViewMode.TABLE:
            columns = self.query_one(LoadProfileTable).columns
            self.query_one("#load-profile-heading", Static).update(heading(columns))
            hidden = _(_NO_ROOM, channels=", ".join(columns.hidden)) if columns.hidden else ""
            lines = [total_text(load_profile, columns), maximum_text(load_profile, columns), f" {_(LEGEND)}"]
            foot.update("\n".join([*lines, hidden] if hidden else lines))
        elif self.mode is ViewMode.PLOT:
            foot.update(self._under(load_profile))
            begin_work(self, self._draw, group="plot")
        else:
            self.query_one(HoursPage).show(load_profile, self._channel, self.cursor)

    def _under(self, load_profile: LoadProfile) -> str:
        """The channel, its latest value, and the value under the cursor."""
        name = words.channel(self._channel)
        if not load_profile.ends:
            return f" {name}"
        unit = words.UNITS[self._channel]
        latest = next(
            (index for index in reversed(range(len(load_profile.ends))) if self._value(index) is not None), None
        )
        parts = [name, _(_ZOOM_WORDS[self._zoom])]
        if latest is not None:
            value, when = grouped(self._value(latest) or 0), time_text(load_profile.ends[latest], load_profile.zone)
            parts.append(words.last(value, unit, when))
        here, value_here = interval(load_profile, self._channel, self.cursor), self._value(self.cursor)
        said = here.state if value_here is None else f"{grouped(value_here)} {unit} {here.state}"
        joined = " \N{MIDDLE DOT} ".join(parts)
        return f" {joined}\n {time_text(load_profile.ends[self.cursor], load_profile.zone)}: {said}"

    def _value(self, index: int) -> int | None:
        return None if self._load_profile is None else self._load_profile.value(index, self._channel)

    async def _draw(self) -> None:
        """In a thread, one plot at a time; what has changed meanwhile is drawn after it."""
        plot = self.query_one("#load-profile-plot", PictureView)
        if self._load_profile is None or not plot.size:
            return
        zoom = self.zoom if self._mode is ViewMode.MAP else self._zoom
        self._asked = _Plot(self._load_profile, self._channel, zoom, self.cursor, plot.size)
        if self._drawing:
            return
        self._drawing = True
        while self._drawn != self._asked and self._asked is not None:
            asked = self._asked
            plot.show(await asyncio.to_thread(plot_lines, *asked, plain=self._plain))
            self._drawn = asked
        self._drawing = False
