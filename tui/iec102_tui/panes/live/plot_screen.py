"""The plot of a signal: the last minutes, live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from iec102.meter.signals import SIGNALS
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from iec102_tui.meter_side.session import Session
from iec102_tui.panes.live import trend
from iec102_tui.panes.live.layout import trend_mark
from iec102_tui.panes.live.signal_grid import CellGrid
from iec102_tui.panes.live.view import Cell, Mark, View
from iec102_tui.widgets.curves import Curves
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.words import live_text
from iec102_tui.words.ages import age_text
from iec102_tui.words.text import N_, _

WINDOWS = (120.0, 300.0, 900.0)
_MARGIN = 1
_LEAST_ROWS = 5
_MANY = (Mark.IMPORT, Mark.EXPORT, Mark.REACTIVE, Mark.L1, Mark.L2, Mark.L3)


class PlotScreen(Screen[None]):
    """One signal, or all of its unit together. ``view`` says which side of the transformers is shown, and how."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", N_("Back"), id="plot.close", tooltip=N_("Back to the panes")),
        Binding("up", "signal(-1)", N_("Previous"), id="plot.previous", show=False, tooltip=N_("Previous signal")),
        Binding("down", "signal(1)", N_("Next"), id="plot.next", show=False, tooltip=N_("Next signal")),
        Binding("o", "overlay", N_("Overlay"), id="plot.overlay", tooltip=N_("All signals of this unit together")),
        Binding("w", "window", N_("Minutes"), id="plot.window", tooltip=N_("2, 5 or 15 minutes")),
    ]

    def __init__(self, session: Session, key: str, view: View) -> None:
        super().__init__()
        self._session = session
        self._index = next(index for index, signal in enumerate(SIGNALS) if signal.key == key)
        self._view = view
        self._overlay = False
        self._window = 0
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Static("", id="plot-title", markup=False)
        yield CellGrid(id="plot")
        yield KeyFooter(id="plot-keys")

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
        words = _(live_text.PLOT_ALL) if self._overlay else _(signal.label)
        title = _(
            live_text.PLOT,
            what=words,
            unit=signal.unit or _(live_text.NO_UNIT),
            minutes=round(WINDOWS[self._window] / 60),
        )
        latest = session.latest
        age = None if latest is None or latest.read_at is None else session.clock.boottime() - latest.read_at
        stale = session.is_latest_stale()
        if stale and age is not None:
            title = _(live_text.PLOT_STALE, age=age_text(age), title=title)
        elif stale:
            title = _(live_text.PLOT_AGE_UNKNOWN, title=title)
        widget = self.query_one("#plot-title", Static)
        widget.set_class(stale, "stale")
        widget.update(f" {title}")

    def _signals(self) -> list[int]:
        if not self._overlay:
            return [self._index]
        chosen = SIGNALS[self._index]
        return [
            index for index, other in enumerate(SIGNALS) if (other.group, other.unit) == (chosen.group, chosen.unit)
        ]

    def _draw(self) -> None:
        """Draws where the data, the choice or the size has changed, and as time goes on."""
        session = self._session
        grid = self.query_one(CellGrid)
        self._say_title()
        window = WINDOWS[self._window]
        now = session.clock.boottime()
        columns = max(1, grid.size.width - 2 * _MARGIN - trend.LABEL)
        step = int(now / window * columns)  # what has not moved by a column looks the same
        latest = session.latest
        state = (session.history, latest and latest.reads, step, self._index, self._overlay, self._window, grid.size)
        if state == self._drawn:
            return
        self._drawn = state
        view = self._view._replace(
            history=session.history,
            trend_until=now,
            trend_seconds=window,
            trend_end=session.clock.wall().astimezone(session.zone),
            longest_gap=session.stale_after,
        )
        grid.put(self._cells(view, grid.size.width - 2 * _MARGIN, grid.size.height))

    def _cells(self, view: View, width: int, height: int) -> Iterator[Cell]:
        """What the curves are, and below it the curves themselves."""
        if height < _LEAST_ROWS or width <= trend.LABEL:
            return
        indices = self._signals()
        marks = self._marks(indices)
        curves = [trend.curve_of(view, index, mark) for index, mark in zip(indices, marks, strict=True)]
        yield from self._legend(view, curves, width)
        yield from _plot(view, curves, width, height - 1)

    def _marks(self, indices: Sequence[int]) -> list[Mark]:
        marks = [trend_mark(SIGNALS[index].key) for index in indices]
        return marks if len(set(marks)) == len(marks) else list(_MANY[: len(marks)])

    def _legend(self, view: View, curves: Sequence[trend.Curve], width: int) -> Iterator[Cell]:
        """One curve: its lowest, mean and highest value. Several: the sign at the end of each, and its name."""
        if len(curves) == 1:
            words = trend.figures_of(view, curves[0])
            yield Cell(_MARGIN, 0, words[:width], Mark.LABEL)
            return
        x = _MARGIN
        for curve in curves:
            words = f"{trend.SIGNS[curve.mark]} {_(curve.signal.label)}"
            if x + len(words) > width:
                return
            yield Cell(x, 0, words, curve.mark)
            x += len(words) + 3


def _plot(view: View, curves: Sequence[trend.Curve], width: int, height: int) -> Iterator[Cell]:
    """``height`` rows below the legend: the curves, and the axis of time in the last of them."""
    scale = trend.axis_of(view, curves, height - 1)
    begin = view.trend_until - view.trend_seconds
    plot: Curves[Mark] = Curves(
        width, height, trend.LABEL, (begin, view.trend_until), (scale.low, scale.high), plain=view.plain
    )
    labels = [text[: trend.LABEL - 1] for text in trend.tick_column(scale, curves[0].signal).texts]
    ticks = [(value, label) for (_row, value), label in zip(scale.ticks(), labels, strict=True)]
    plot.ticks(ticks, Mark.FAINT, Mark.FAINT)
    plot.foot(trend.times_row(view, plot.columns), Mark.FAINT)
    for curve in curves:
        for run in curve.runs:
            points = trend.reduced(run, plot.columns * 2, view.trend_seconds)
            plot.curve(points, curve.mark, trend.SIGNS[curve.mark])
    if len(curves) > 1:
        for before_last, curve in enumerate(reversed(curves)):
            if curve.runs:  # each in a column of its own: curves may end in one place
                at, value = curve.runs[-1][-1]
                column = plot.column(at) - 2 * before_last
                plot.text(trend.SIGNS[curve.mark], plot.at_column(column), value, curve.mark)
    if not any(curve.runs for curve in curves):
        middle = begin + view.trend_seconds / 2, (scale.low + scale.high) / 2
        plot.text(_(live_text.NO_TREND), *middle, Mark.LABEL, centred=True)
    for part in plot.runs():
        yield Cell(_MARGIN + part.x, 1 + part.y, part.text, part.mark)
