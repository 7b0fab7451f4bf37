"""A load profile as a line: round ticks, gaps open, the cursor as an upright line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines, bars_of
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.widgets.axis import Axis, axis
from iec102_tui.widgets.canvas import Canvas
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

_DOTS_APART = 4
_LEAST_APART = 10
_HOURS, _DAYS, _YEARS = "%H:%M", "%d %b", "%d %b %y"
_CURVE, _CURSOR, _GRID, _WORDS = "curve", "accent", "line", "muted"


def plot_lines(
    curve: LoadProfile, channel: int, zoom: Zoom, cursor: int, size: tuple[int, int], *, plain: bool = False
) -> list[Line]:
    """``size`` in columns and rows. Bars for a day, and for a week where each has room; a line for longer.

    ``plain``: without Braille and blocks. Takes a tenth of a second for a year of quarter-hours: not in the loop.
    """
    shown = window(curve, cursor, zoom)
    width, height = size
    if width < 20 or height < 4:
        return []
    if not any(curve.value(index, channel) is not None for index in shown):
        return [[], [Piece(_(words.NOTHING_KNOWN).center(width), _WORDS)]]
    if zoom in (Zoom.DAY, Zoom.WEEK) and curve.wanted.incremental and len(shown) + 8 <= width:
        bars = bars_of(curve, channel, shown)
        return bar_lines(bars, cursor - shown.start, size, words.CHANNEL_ROLES[channel], plain=plain)
    return _line_lines(curve, channel, shown, cursor, size, plain=plain)


def _line_lines(
    curve: LoadProfile, channel: int, shown: range, cursor: int, size: tuple[int, int], *, plain: bool
) -> list[Line]:
    width, height = size
    runs = list(_runs(curve, channel, shown))
    values = [value for run in runs for _index, value in run]
    low = 0 if curve.wanted.incremental else min(values)
    rows = height - 1
    scale = axis(low, max(values), rows, least_step=1)
    labels = {row: grouped(value) for row, value in scale.ticks()}
    room = max(map(len, labels.values())) + 1
    columns = width - room
    canvas: Canvas[str] = Canvas(columns, rows, plain=plain, signs={_CURVE: "*"})
    for run in runs:
        before = None
        for index, value in reduced(run, max(1, 2 * columns)):
            here = ((index - shown.start + 0.5) / len(shown) * columns, scale.y(value))
            canvas.line(*(before or here), *here, _CURVE)
            before = here
    _ground(canvas, scale, (cursor - shown.start + 0.5) / len(shown) * columns, plain=plain)
    lines: list[list[Piece]] = [[Piece(f"{labels.get(row, ''):>{room - 1}} ", "faint")] for row in range(rows)]
    for part in canvas.runs():
        line = lines[part.y]
        blank = room + part.x - sum(len(piece.text) for piece in line)
        role = words.CHANNEL_ROLES[channel] if part.mark == _CURVE else part.mark
        line += [Piece(" " * blank), Piece(part.text, role)]
    return [*lines, [Piece(" " * room + _times(curve, shown, columns), "faint")]]


def _ground(canvas: Canvas[str], scale: Axis, cursor: float, *, plain: bool) -> None:
    """What stands behind the curve."""
    for row in range(canvas.height):
        canvas.text(int(cursor), row, "|" if plain else "\N{BOX DRAWINGS LIGHT VERTICAL}", _CURSOR, below=True)
    for row, _value in scale.ticks():
        for column in range(0, canvas.width, _DOTS_APART):
            canvas.text(column, row, "." if plain else "\N{MIDDLE DOT}", _GRID, below=True)


def reduced(run: list[tuple[int, int]], columns: int) -> list[tuple[int, int]]:
    """At most a lowest and a highest value a column: what can be seen, and no more."""
    step = max(1, 2 * len(run) // (2 * columns))
    found: list[tuple[int, int]] = []
    for start in range(0, len(run), step):
        part = run[start : start + step]
        low, high = min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])
        found += sorted({low, high})
    return found


def _runs(curve: LoadProfile, channel: int, shown: range) -> Iterator[list[tuple[int, int]]]:
    """The neighbours without a gap between them."""
    run: list[tuple[int, int]] = []
    for index in shown:
        value = curve.value(index, channel)
        if value is not None:
            run.append((index, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _times(curve: LoadProfile, shown: range, columns: int) -> str:
    """Hours within two days, else the days in which the intervals begin."""
    line = [" "] * columns
    span = curve.ends[shown[-1]] - curve.ends[shown[0]]
    form = _HOURS if span <= timedelta(days=2) else _DAYS if span < timedelta(days=300) else _YEARS
    free = 0
    for number, index in enumerate(shown):
        at = int(number / len(shown) * columns)
        if at < free:
            continue
        start = curve.ends[index] if form is _HOURS else curve.ends[index] - timedelta(seconds=1)
        local = start.astimezone(curve.zone)
        if form is not _HOURS and number and not _begins_a_day(curve, shown, number):
            continue
        text = local.strftime(form)
        if at + len(text) > columns:
            break
        line[at : at + len(text)] = text
        free = at + len(text) + max(3, _LEAST_APART - len(text))
    return "".join(line)


def _begins_a_day(curve: LoadProfile, shown: range, number: int) -> bool:
    """The first interval of its day."""
    before, here = (
        (curve.ends[shown[at]] - timedelta(seconds=1)).astimezone(curve.zone).date() for at in (number - 1, number)
    )
    return before != here
