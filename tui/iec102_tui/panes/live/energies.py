"""The six counters, with what was added to each in the last minutes."""

from __future__ import annotations

from collections.abc import Iterator

from iec102.meter.signals import BY_KEY, SIGNALS, Signal

from iec102_tui.meter_side.history import MINUTES
from iec102_tui.panes.live.view import Cell, Mark, View, cursor_of, mark_of, number, sign_of, value_of
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

HEIGHT = 3
_ROWS = (
    ("active_imported", "active_exported"),
    ("reactive_q1", "reactive_q4"),
    ("reactive_q2", "reactive_q3"),
)
_LABEL = 15
_LEAST_NUMBER = 12
_UNIT = 5


def energies(view: View, x: int, y: int, width: int, added: dict[str, float]) -> Iterator[Cell]:
    """Three rows of two. ``added`` by key, see ``added_energies``."""
    half = min(58, (width + 2) // 2)
    for row, names in enumerate(_ROWS, y):
        for begin, name in zip((x, x + half), names, strict=True):
            yield from _counter(view, BY_KEY[f"energy.{name}"], begin, row, half - 2, added)


def _counter(view: View, signal: Signal, x: int, y: int, width: int, added: dict[str, float]) -> Iterator[Cell]:
    value = value_of(view, signal)
    mark = mark_of(view, signal, value)
    if mark in (Mark.VALUE, Mark.CHANGED):
        mark = _usual(signal)
    text, unit = number(view, signal, value, _LEAST_NUMBER)
    shown = f"{cursor_of(view, signal)}{sign_of(view, signal, value)}{text}"
    room = max(len(shown), _LEAST_NUMBER)
    yield Cell(x, y, _(signal.label).ljust(_LABEL)[:_LABEL], Mark.LABEL)
    yield Cell(x + _LABEL, y, shown.rjust(room), mark)
    begin = _LABEL + room + 1
    yield Cell(x + begin, y, unit.ljust(_UNIT), Mark.LABEL)
    more = f"+{grouped(added[signal.key])}" if signal.key in added else ""
    room = width - begin - _UNIT - 1
    if 0 < len(more) <= room:
        yield Cell(x + begin + _UNIT + 1, y, more.ljust(min(room, 8)), Mark.OK if added[signal.key] else Mark.FAINT)


def _usual(signal: Signal) -> Mark:
    if signal.key == "energy.active_exported":
        return Mark.EXPORT
    return Mark.STRONG if signal.key == "energy.active_imported" else Mark.REACTIVE


def added_energies(view: View) -> dict[str, float]:
    """What was added to each counter in the minutes of ``minutes_read``; none where one went back."""
    found: dict[str, float] = {}
    minutes = minutes_read(view)
    if view.history is None or not minutes:
        return found
    begin = view.trend_until - 60.0 * minutes
    for index, signal in enumerate(SIGNALS):
        if signal.group == "Energy":
            points = [point for point in view.history.series(index, 0.0) if point[0] < view.trend_until]
            first = max((at for at, _value in points if at <= begin), default=begin)  # it stands until the next one
            values = [value for at, value in points if at >= first]
            if len(values) > 1 and values[-1] >= values[0]:
                found[signal.key] = values[-1] - values[0]
    return found


def minutes_read(view: View) -> int:
    """The whole minutes that ``added_energies`` stands for, 15 at most; 0 before one is over."""
    since = None if view.history is None else view.history.since
    if since is None:
        return 0
    return min(MINUTES, int((view.trend_until - since) / 60))
