"""The heat map of a month with what stands beside it: the day of the cursor in bars, the month in figures."""

from __future__ import annotations

from textwrap import wrap

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines, bars_of, hour_of, hours_of
from iec102_tui.panes.load_profile.figures import Figure, Interval, interval, month_figures, total_of
from iec102_tui.panes.load_profile.heat_cells import HeatMap, heat_map, place_of
from iec102_tui.panes.load_profile.heat_picture import legend, map_lines, rows_of, width_for
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.widgets.picture_view import Line, PictureView, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

ROOM = (110, 30)
"""Columns and rows from which on the day and the month have boxes of their own."""
_SIDE, _LEAST_BOX, _TWO_COLUMNS = 13, 42, 32
_BORDER = 4
_STATE_LINES = 3
_SCALE = 8


class HoursPage(Vertical):
    """Beside the map there is a narrow column where there is little room, with the day's bars below."""

    def __init__(self, *, id: str, plain: bool) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._plain = plain
        self._map = HeatMap((), {})
        self._shown: tuple[LoadProfile, int, int] | None = None
        self._room: list[Size] = []
        """Of each part, when it was drawn."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="hours"):
            with Vertical(id="map-box"):
                yield PictureView(id="load-profile-map")
                yield PictureView(id="map-legend")
            with Vertical(id="map-side"):
                yield PictureView(id="day-bars")
                yield PictureView(id="month-figures")
        yield PictureView(id="day-below")

    @property
    def signs(self) -> bool:
        """The map is drawn in signs: there are no blocks, or no colours to tell them apart."""
        return self._plain or (self.app.no_color and self.app.native_ansi_color)

    @property
    def roomy(self) -> bool:
        """Day and month have boxes."""
        return self.size.width >= ROOM[0] and self.size.height >= ROOM[1]

    def show(self, load_profile: LoadProfile, channel: int, cursor: int) -> None:
        """Draws all of it."""
        if not self.size or not load_profile.ends:
            return
        self._map = heat_map(load_profile, channel, cursor)
        self._shown = load_profile, channel, cursor
        self._arrange()
        self.call_after_refresh(self._draw)

    @on(PictureView.Measured)
    def _measured(self, event: PictureView.Measured) -> None:
        """A part may get its room later than it was drawn."""
        event.stop()
        if self._room != self._sizes():
            self._draw()

    def _sizes(self) -> list[Size]:
        return [part.size for part in self.query(PictureView)]

    def _arrange(self) -> None:
        """Gives each part its room."""
        roomy, size = self.roomy, self.size
        self.set_class(roomy, "roomy")
        self.query_one("#day-bars").display = roomy
        self.query_one("#day-below").display = not roomy
        box, side, hours = self.query_one("#map-box"), self.query_one("#map-side"), self.query_one("#hours")
        if roomy:
            cell = max(2, min(7, (size.width - _LEAST_BOX - _BORDER - width_for(0, half=False)) // 31))
            box.styles.width = width_for(cell, half=False) + _BORDER
            side.styles.width, hours.styles.height = "1fr", "1fr"
        else:
            cell = max(2, min(7, (size.width - _SIDE - width_for(0, half=not self.signs)) // 31))
            box.styles.width, side.styles.width = width_for(cell, half=not self.signs), "1fr"
            rows = rows_of(self._map, half=not self.signs) + 1
            hours.styles.height = rows if size.height - rows >= 3 else "1fr"

    def _draw(self) -> None:
        if self._shown is None:
            return
        load_profile, channel, cursor = self._shown
        if cursor >= len(load_profile.ends):
            return
        self._room = self._sizes()
        place, unit = place_of(load_profile, cursor), words.UNITS[channel]
        picture = self.query_one("#load-profile-map", PictureView)
        picture.show(map_lines(self._map, place, picture.size, signs=self.signs))
        below = self.query_one("#map-legend", PictureView)
        below.show([legend(self._map, unit, below.size.width, signs=self.signs)])
        self.query_one("#map-box").border_title = Content(words.map_title(grouped(self._map.highest), unit))
        here, day = interval(load_profile, channel, cursor), window(load_profile, cursor, Zoom.DAY)
        figures = month_figures(load_profile, channel, cursor)
        box, side = self.query_one("#day-bars", PictureView), self.query_one("#month-figures", PictureView)
        if self.roomy:
            total = total_of(load_profile, channel, day)
            said = "" if total is None else f"{grouped(total)} {unit}"
            box.border_title = Content(
                words.day_title(words.weekday(here.day.weekday()), here.day.day, words.month(here.day.month), said)
            )
            room = (box.size.width, max(2, box.size.height - 2))
            box.show([*self._day(load_profile, channel, day, cursor, room), [], _one_line(here)])
            side.border_title = Content(words.month_of_year(here.day.month, here.day.year))
            side.show(_two_columns(figures, side.size.width))
        else:
            side.show(beside(here, figures, side.size.width))
            bars = self.query_one("#day-below", PictureView)
            bars.show(self._day(load_profile, channel, day, cursor, bars.size))

    def _day(
        self, load_profile: LoadProfile, channel: int, day: range, cursor: int, size: tuple[int, int]
    ) -> list[Line]:
        """The intervals of the day, or its hours where there is no room for quarters."""
        bars, at = bars_of(load_profile, channel, day), cursor - day.start
        if len(bars) > size[0] - _SCALE:
            here = hour_of(bars[at])
            bars = hours_of(bars)
            at = next(number for number, bar in enumerate(bars) if hour_of(bar) == here)
        return bar_lines(bars, at, size, words.CHANNEL_ROLES[channel], plain=self._plain)


def _one_line(here: Interval) -> Line:
    return [
        Piece(f"{here.times}  ", "muted"),
        Piece(here.value, "strong", bold=True),
        Piece(f"  {here.state}", here.role),
    ]


def _two_columns(figures: list[Figure], room: int) -> list[Line]:
    """Names and values; where there is too little room for both, names without what stands in brackets."""
    values = max(len(figure.value) for figure in figures)
    if max(len(figure.name) for figure in figures) + 2 + values > room:
        figures = [figure._replace(name=figure.name.split(" (")[0]) for figure in figures]
    width = max(len(figure.name) for figure in figures) + 2
    lines: list[Line] = []
    for figure in figures:
        value = figure.value if width + len(figure.value) <= room else figure.value.partition(",")[0]
        fits = width + len(value) <= room
        whole = [Piece(f"{figure.name:{width}}", "muted"), Piece(value, figure.role)]
        lines.append(whole if fits else [Piece(figure.short(room), figure.role)])
    return lines


def beside(here: Interval, figures: list[Figure], width: int) -> list[Line]:
    """The interval, then the month; names and values in two columns where there is room."""
    day = f"{words.weekday(here.day.weekday())} {here.day.day} {words.month(here.day.month)[:3]}"
    lines: list[Line] = [
        [Piece(day, "strong", bold=True)],
        [Piece(here.times if len(here.times) <= width else here.times.partition("-")[0], "muted")],
        [Piece(here.value if len(here.value) <= width else here.value.rpartition(" ")[0], "strong", bold=True)],
        *([Piece(text, here.role)] for text in wrap(here.state, width)[:_STATE_LINES]),
        [],
        [Piece(_(words.MONTH), "muted")],
    ]
    if width >= _TWO_COLUMNS:
        return [*lines, *_two_columns(figures, width)]
    return [*lines, *([Piece(figure.short(width), figure.role)] for figure in figures)]
