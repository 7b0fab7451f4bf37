"""The plot of a signal: the last minutes, live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar

from iec102.meter.signals import SIGNALS, Signal
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual_plotext import PlotextPlot

from iec102_tui.meter_side.session import Session
from iec102_tui.words.ages import age_text

WINDOWS = (120.0, 300.0, 900.0)
_TICKS = 5
_LEAST_COLUMNS = 10
_MARKERS = ("braille", "hd", "dot", "fhd")
_PLAIN_MARKERS = ("*", "+", "o", "x")
_COLOURS = ("blue+", "green+", "red+", "cyan+")

Point = tuple[float, float]


def reduced(points: Sequence[Point], columns: int, span: float | None = None) -> list[Point]:
    """At most a lowest and a highest point a column, in the order of time: what can be seen, and no more.

    ``span``: what all columns stand for, where the points are only a part of it.
    """
    if len(points) <= 2:
        return list(points)
    start = points[0][0]
    span = span or points[-1][0] - start or 1.0
    slices: dict[int, list[Point]] = {}
    for point in points:
        slices.setdefault(int((point[0] - start) / span * columns), []).append(point)
    found: list[Point] = []
    for part in slices.values():
        low, high = min(part, key=_value), max(part, key=_value)
        found += sorted({low, high})
    return found


def _value(point: Point) -> float:
    return point[1]


class PlotScreen(Screen[None]):
    """One signal, or all of its unit together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "Back", id="plot.close", tooltip="Back to the panes"),
        Binding("up", "signal(-1)", "Previous", id="plot.previous", show=False, tooltip="Previous signal"),
        Binding("down", "signal(1)", "Next", id="plot.next", show=False, tooltip="Next signal"),
        Binding("o", "overlay", "Overlay", id="plot.overlay", tooltip="All signals of this unit together"),
        Binding("w", "window", "Minutes", id="plot.window", tooltip="2, 5 or 15 minutes"),
    ]

    def __init__(
        self, session: Session, key: str, scale: Callable[[Signal, float], float], *, plain: bool = False
    ) -> None:
        super().__init__()
        self._session = session
        self._index = next(index for index, signal in enumerate(SIGNALS) if signal.key == key)
        self._scale = scale
        self._plain = plain
        self._overlay = False
        self._window = 0
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Static("", id="plot-title", markup=False)
        yield PlotextPlot(id="plot")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.set_interval(1.0, self._draw)
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def action_signal(self, by: int) -> None:
        """Goes to another signal."""
        self._index = (self._index + by) % len(SIGNALS)
        self._draw()

    def action_overlay(self) -> None:
        """One signal, or all of its unit."""
        self._overlay = not self._overlay
        self._draw()

    def action_window(self) -> None:
        """Shows more or fewer minutes."""
        self._window = (self._window + 1) % len(WINDOWS)
        self._draw()

    def _say_title(self) -> None:
        """What is drawn, and first of all that it is no longer what the meter measures."""
        session, signal = self._session, SIGNALS[self._index]
        words = "all of this unit" if self._overlay else signal.label
        minutes = WINDOWS[self._window] / 60
        latest = session.latest
        age = None if latest is None or latest.read_at is None else session.clock.boottime() - latest.read_at
        stale = f" STALE, {age_text(age)} old: " if age is not None and age > session.stale_after else " "
        self.query_one("#plot-title", Static).update(
            f"{stale}{words}, {signal.unit or 'no unit'}, last {minutes:.0f} minutes"
        )

    def _signals(self) -> list[int]:
        if not self._overlay:
            return [self._index]
        chosen = SIGNALS[self._index]
        return [
            index for index, other in enumerate(SIGNALS) if (other.group, other.unit) == (chosen.group, chosen.unit)
        ]

    def _draw(self) -> None:
        """Draws where the data, the choice or the size has changed, and as time goes on."""
        history, latest = self._session.history, self._session.latest
        widget = self.query_one(PlotextPlot)
        self._say_title()
        now = self._session.clock.boottime()
        columns = max(_LEAST_COLUMNS, widget.size.width)
        step = int(now / WINDOWS[self._window] * columns)  # what has not moved by a column looks the same
        state = (history, latest and latest.reads, step, self._index, self._overlay, self._window, widget.size)
        if state == self._drawn:
            return
        self._drawn = state
        signal = SIGNALS[self._index]
        plot = widget.plt
        plot.clear_figure()
        window = WINDOWS[self._window]
        drawn = False
        for number, index in enumerate(self._signals()):
            runs = [] if history is None else history.runs(index, now - window, self._session.stale_after)
            label: str | None = SIGNALS[index].label
            for run in runs:
                points = reduced(run, columns, window)
                drawn = True
                markers = _PLAIN_MARKERS if self._plain else _MARKERS
                plot.plot(
                    [at - now for at, _value in points],
                    [self._scale(SIGNALS[index], value) for _at, value in points],
                    label=label,
                    color=_COLOURS[number % len(_COLOURS)],
                    marker=markers[number % len(markers)],
                )
                label = None  # one entry of the legend for all runs of a signal
        if drawn:
            plot.xlim(-WINDOWS[self._window], 0)
            ticks = [-WINDOWS[self._window] * part / (_TICKS - 1) for part in range(_TICKS - 1, -1, -1)]
            wall = self._session.clock.wall()
            zone = None if self._session.connection is None else self._session.connection.zone
            plot.xticks(ticks, [_clock_text(wall, tick, zone) for tick in ticks])
            plot.ylabel(signal.unit or "")
        else:
            plot.title("no valid values in these minutes")
        widget.refresh()


def _clock_text(wall: datetime, seconds: float, zone: tzinfo | None) -> str:
    moment = (wall + timedelta(seconds=seconds)).astimezone(zone)
    return f"{moment:%H:%M:%S}"
