"""The trend of a signal: round ticks, an axis of time, and gaps that stay open."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from iec102.meter.signals import SIGNALS, Signal

from iec102_tui.panes.live.scales import least_step, range_of
from iec102_tui.panes.live.view import Cell, Mark, View, decimals, factor
from iec102_tui.widgets.axis import Axis, axis, times
from iec102_tui.widgets.canvas import Canvas
from iec102_tui.words import live_text
from iec102_tui.words.numbers import TypesetColumn, typeset, typeset_column
from iec102_tui.words.text import _

LEAST_HEIGHT = 4
LABEL = 8
_TICK_ROOM = 7
_DOTS_APART = 4
_LONGEST_LINE = 80
SIGNS: Mapping[Mark, str] = {
    Mark.IMPORT: "*",
    Mark.EXPORT: "+",
    Mark.REACTIVE: "x",
    Mark.L1: "1",
    Mark.L2: "2",
    Mark.L3: "3",
}
"""What a curve is drawn with where there is no Braille, and what stands at its end where there are several."""

Point = tuple[float, float]


class Curve(NamedTuple):
    """One signal: its points in parts between which no line is drawn, oldest first."""

    signal: Signal
    runs: Sequence[Sequence[Point]]
    mark: Mark

    @property
    def values(self) -> list[float]:
        """All values, in order."""
        return [value for run in self.runs for _at, value in run]


def curve_of(view: View, index: int, mark: Mark) -> Curve:
    """The curve of a signal by its place in the catalogue; of a counter what was added since the first point."""
    signal = SIGNALS[index]
    begin = view.trend_until - view.trend_seconds
    found = [] if view.history is None else view.history.runs(index, begin, view.longest_gap)
    times = factor(view, signal)
    base = found[0][0][1] if found and signal.group == "Energy" else 0.0
    runs = [[(at, (value - base) * times) for at, value in run if at < view.trend_until] for run in found]
    return Curve(signal, [run for run in runs if run], mark)


def title_of(view: View, signal: Signal, unit: str) -> str:
    """Which signal it is, and the unit of the ticks."""
    if signal.group == "Energy":
        return _(live_text.TREND_ADDED, label=_(signal.label), unit=unit, minutes=round(view.trend_seconds / 60))
    return _(live_text.TREND, label=_(signal.label), unit=unit) if unit else _(signal.label)


def figures_of(view: View, curve: Curve) -> str:
    """Lowest, mean and highest of what is drawn."""
    values = curve.values
    if not values:
        return ""
    signal = curve.signal
    parts = [
        typeset(value, signal.unit or "", decimals(view, signal), _TICK_ROOM)
        for value in (min(values), sum(values) / len(values), max(values))
    ]
    low, mean, high = (f"{text} {unit}" if unit != (signal.unit or "") else text for text, unit in parts)
    return _(live_text.TREND_FIGURES, low=low, mean=mean, high=high)


def axis_of(view: View, curves: Sequence[Curve], rows: int) -> Axis:
    """One axis that holds all of them."""
    signal = curves[0].signal
    values = [value for curve in curves for value in curve.values]
    if not values:
        values = [230.0 * factor(view, signal)] if signal.unit == "V" else [0.0, 1.0]
    low, high = range_of(signal, min(values), max(values), factor(view, signal))
    return axis(low, high, rows, least_step=least_step(signal, decimals(view, signal)))


def trend(view: View, curve: Curve, x: int, y: int, width: int, height: int) -> Iterator[Cell]:
    """``height`` rows: the plot, and the axis of time in the last of them."""
    rows, columns = height - 1, width - LABEL
    scale = axis_of(view, [curve], rows)
    canvas: Canvas[Mark] = Canvas(columns, rows, plain=view.plain, signs=SIGNS)
    begin = view.trend_until - view.trend_seconds

    def place(point: Point) -> tuple[float, float]:
        return (point[0] - begin) / view.trend_seconds * columns, scale.y(point[1])

    for run in curve.runs:
        before: tuple[float, float] | None = None
        for point in reduced(run, columns * 2, view.trend_seconds):
            here = place(point)
            canvas.line(*(before or here), *here, curve.mark)
            before = here
    labels = tick_column(scale, curve.signal)
    for (row, _value), text in zip(scale.ticks(), labels.texts, strict=True):
        yield Cell(x, y + row, text[: LABEL - 1].rjust(LABEL - 1) + " ", Mark.FAINT)
        for column in range(0, columns, _DOTS_APART):
            canvas.text(column, row, "." if view.plain else "\N{MIDDLE DOT}", Mark.FAINT, below=True)
    lines = [*_said(view, curve, columns)][:rows]
    for row, (words, mark) in enumerate(lines, (rows - len(lines)) // 2):
        for column, character in enumerate(words, max(0, (columns - len(words)) // 2)):
            canvas.text(column, row, character, mark)
    for part in canvas.runs():
        yield Cell(x + LABEL + part.x, y + part.y, part.text, part.mark)
    yield Cell(x, y + rows, times_row(view, columns).rjust(width), Mark.FAINT)


def _said(view: View, curve: Curve, columns: int) -> Iterator[tuple[str, Mark]]:
    """What stands in the plot: why there are no values, whole, or that there are none."""
    for number, sentence in enumerate(view.trouble, start=1):
        mark = Mark.LABEL if number == len(view.trouble) else Mark.ALARM
        yield from ((f" {line} ", mark) for line in textwrap.wrap(sentence, min(columns - 2, _LONGEST_LINE)))
    if not view.trouble and not curve.runs:
        yield _(live_text.NO_TREND if view.reading is not None else live_text.NO_VALUES), Mark.LABEL


def tick_column(scale: Axis, signal: Signal) -> TypesetColumn:
    """The values at the ticks, from below, in one unit."""
    unit, values = signal.unit or "", [value for _row, value in scale.ticks()]
    column = typeset_column(values, unit, scale.decimals, LABEL - 1)
    if column.unit == unit:
        return column
    return typeset_column(values, unit, scale.decimals, LABEL - 2)


def times_row(view: View, columns: int) -> str:
    """Round times below the plot, exactly ``columns`` wide."""
    line = [" "] * columns
    if view.trend_end is None:
        return "".join(line)
    for column, text in times(view.trend_end, view.trend_seconds, columns):
        begin = max(0, min(columns - len(text), column - len(text) // 2))
        line[begin : begin + len(text)] = text
    return "".join(line)


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
