"""A load profile as a line drawn by plotext: round ticks, gaps open, the cursor as an upright line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines, bars_of
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.widgets.axis import axis
from iec102_tui.widgets.curves import Curves
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

_LEAST_APART = 10
_MONTH = "~"
_HOURS, _DAYS, _YEARS = "%H:%M", f"%d {_MONTH}", f"%d {_MONTH} %y"
_SIGN = "*"
_CURSOR, _TICKS, _GRID, _WORDS = "accent", "faint", "line", "muted"


def plot_lines(
    load_profile: LoadProfile, channel: int, zoom: Zoom, cursor: int, size: tuple[int, int], *, plain: bool = False
) -> list[Line]:
    """``size`` in columns and rows. Bars for a day, and for a week where each has room; a line for longer.

    ``plain``: without Braille and blocks. Takes a tenth of a second for a year of quarter-hours: not in the loop.
    """
    shown = window(load_profile, cursor, zoom)
    width, height = size
    if width < 20 or height < 4:
        return []
    if not any(load_profile.value(index, channel) is not None for index in shown):
        return [[], [Piece(_(words.NOTHING_KNOWN).center(width), _WORDS)]]
    if zoom in (Zoom.DAY, Zoom.WEEK) and load_profile.wanted.incremental and len(shown) + 8 <= width:
        bars = bars_of(load_profile, channel, shown)
        return bar_lines(bars, cursor - shown.start, size, words.CHANNEL_ROLES[channel], plain=plain)
    return _line_lines(load_profile, channel, shown, cursor, size, plain=plain)


def _line_lines(
    load_profile: LoadProfile, channel: int, shown: range, cursor: int, size: tuple[int, int], *, plain: bool
) -> list[Line]:
    width, height = size
    runs = list(_runs(load_profile, channel, shown))
    values = [value for run in runs for _index, value in run]
    low = 0 if load_profile.wanted.incremental else min(values)
    scale = axis(low, max(values), height - 1, least_step=1)
    ticks = [(value, grouped(value)) for _row, value in scale.ticks()]
    room = max(len(text) for _value, text in ticks) + 1
    plot: Curves[str] = Curves(
        width, height, room, (shown.start - 0.5, shown.stop - 0.5), (scale.low, scale.high), plain=plain
    )
    plot.ticks(ticks, _TICKS, _GRID)
    plot.foot(_times(load_profile, shown, plot.columns), _TICKS)
    plot.upright(cursor, _CURSOR)
    for run in runs:
        plot.curve(reduced(run, max(1, 2 * plot.columns)), words.CHANNEL_ROLES[channel], _SIGN)
    lines: list[list[Piece]] = [[] for _row in range(height)]
    for part in plot.runs():
        line = lines[part.y]
        blank = part.x - sum(len(piece.text) for piece in line)
        line += [Piece(" " * blank), Piece(part.text, part.mark)]
    return list(lines)


def reduced(run: list[tuple[int, int]], columns: int) -> list[tuple[int, int]]:
    """At most a lowest and a highest value a column: what can be seen, and no more."""
    step = max(1, 2 * len(run) // (2 * columns))
    found: list[tuple[int, int]] = []
    for start in range(0, len(run), step):
        part = run[start : start + step]
        low, high = min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])
        found += sorted({low, high})
    return found


def _runs(load_profile: LoadProfile, channel: int, shown: range) -> Iterator[list[tuple[int, int]]]:
    """The neighbours without a gap between them."""
    run: list[tuple[int, int]] = []
    for index in shown:
        value = load_profile.value(index, channel)
        if value is not None:
            run.append((index, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _times(load_profile: LoadProfile, shown: range, columns: int) -> str:
    """Hours within two days, else the days in which the intervals begin."""
    line = [" "] * columns
    span = load_profile.ends[shown[-1]] - load_profile.ends[shown[0]]
    form = _HOURS if span <= timedelta(days=2) else _DAYS if span < timedelta(days=300) else _YEARS
    free = 0
    for number, index in enumerate(shown):
        at = int(number / len(shown) * columns)
        if at < free:
            continue
        start = load_profile.ends[index] if form is _HOURS else load_profile.ends[index] - timedelta(seconds=1)
        local = start.astimezone(load_profile.zone)
        if form is not _HOURS and number and not _begins_a_day(load_profile, shown, number):
            continue
        text = local.strftime(form).replace(_MONTH, words.short_month(local.month))
        if at + len(text) > columns:
            break
        line[at : at + len(text)] = text
        free = at + len(text) + max(3, _LEAST_APART - len(text))
    return "".join(line)


def _begins_a_day(load_profile: LoadProfile, shown: range, number: int) -> bool:
    """The first interval of its day."""
    before, here = (
        (load_profile.ends[shown[at]] - timedelta(seconds=1)).astimezone(load_profile.zone).date()
        for at in (number - 1, number)
    )
    return before != here
