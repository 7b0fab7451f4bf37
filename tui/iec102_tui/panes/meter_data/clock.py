"""The meter's clock: how far it is off, how much it drifts a day, and the differences as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from iec102.meter.clock_difference import DOUBTFUL, TOLD

from iec102_tui.meter_data.clock_drift import drift
from iec102_tui.meter_data.known import ClockPoint
from iec102_tui.panes.meter_data.view import View, day_or_time
from iec102_tui.widgets.axis import axis
from iec102_tui.widgets.canvas import Canvas
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.text import _, ngettext

_LABEL = 14
_LEAST_PICTURE = 4
_AXIS = 8


def clock_lines(view: View, width: int, height: int) -> list[Line]:
    """The figures, and below them the differences where there is room."""
    figures = [*_figures(view)]
    picture = clock_picture(view.known.clock, width, height - len(figures) - 1, plain=view.plain)
    return [*figures, *([[], *picture] if picture else [])]


def _figures(view: View) -> Iterator[Line]:
    difference = view.difference
    if difference is None:
        yield [Piece(_(words.NO_CLOCK), "muted")]
        return
    if view.is_live:
        meter = view.now + timedelta(seconds=difference)
        for label, when in ((words.METER_CLOCK, meter), (words.THIS_MACHINE, view.now)):
            season = _(words.SUMMER if when.dst() else words.WINTER)
            yield _row(
                _(label), f"{when:%Y-%m-%d %H:%M:%S} {season}", "strong" if label == words.METER_CLOCK else "foreground"
            )
    text, role = difference_words(difference)
    if not view.is_live and view.known.clock:
        text = f"{text}, {_(words.AS_OF, time=day_or_time(view.known.clock[-1].at, view.now))}"
    yield _row(_(words.DIFFERENCE), text, role)
    yield _row(_(words.DRIFT), drift_words(view.known.clock) or _(words.NO_DRIFT), "foreground")


def _row(label: str, value: str, role: str) -> Line:
    return [Piece(f"{label:{_LABEL}}", "faint"), Piece(value, role)]


def difference_words(seconds: float) -> tuple[str, str]:
    """How far it is off by the limits of the profile, and the role of that."""
    seconds = round(seconds, 1) + 0.0  # no negative zero
    if abs(seconds) <= TOLD:
        return _(words.WITHIN, seconds=seconds, limit=int(TOLD)), "ok"
    if abs(seconds) <= DOUBTFUL:
        return "▲ " + _(words.TOLD, seconds=seconds, limit=int(TOLD)), "warn"
    return "✖ " + _(words.DOUBTFUL, seconds=seconds, minutes=int(DOUBTFUL // 60)), "error"


def drift_words(points: Sequence[ClockPoint]) -> str:
    """Seconds a day; empty while it is not known."""
    found = drift(points)
    if found is None:
        return ""
    return ngettext(*words.DRIFT_A_DAY, int(found.days), drift=round(found.a_day, 2) + 0.0)


def clock_picture(points: Sequence[ClockPoint], width: int, height: int, *, plain: bool) -> list[Line]:
    """The differences over time, with a tick at 0 or what else is round; nothing below two differences."""
    rows = height - 1
    if rows < _LEAST_PICTURE or width < 3 * _AXIS or len(points) < 2:
        return []
    values = [point.difference for point in points]
    scale = axis(min(0.0, *values), max(0.0, *values), rows, least_step=0.1)
    first, last = points[0].at, points[-1].at
    span = max((last - first).total_seconds(), 1.0)
    canvas: Canvas[str] = Canvas(width - _AXIS, rows, plain=plain)
    for point in points:
        x = (point.at - first).total_seconds() / span * (width - _AXIS - 1)
        canvas.dot(x, scale.y(point.difference), "import" if abs(point.difference) <= TOLD else "warn")
    ticks = {row: f"{value:.{scale.decimals}f} s" for row, value in scale.ticks()}
    lines: list[list[Piece]] = [[Piece(f"{ticks.get(row, ''):>{_AXIS - 1}} ", "faint")] for row in range(rows)]
    at = [0] * rows
    for run in canvas.runs():
        lines[run.y] += [Piece(" " * (run.x - at[run.y])), Piece(run.text, run.mark)]
        at[run.y] = run.x + len(run.text)
    begin, end = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
    foot = begin + " " * max(1, width - _AXIS - len(begin) - len(end)) + end
    return [*lines, [Piece(" " * _AXIS), Piece(foot[: width - _AXIS], "faint")]]
