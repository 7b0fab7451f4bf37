"""The table of the phases: voltage, current, powers and power factor of each, their total, and the trends of power."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from iec102.meter.signals import BY_KEY, SIGNALS, Signal

from iec102_tui.panes.live.view import (
    Cell,
    Mark,
    View,
    cursor_of,
    decimals,
    mark_of,
    scaled,
    sign_of,
    value_of,
)
from iec102_tui.widgets.sparkline import sparkline
from iec102_tui.words import live_text
from iec102_tui.words.numbers import typeset_column
from iec102_tui.words.text import _

HEIGHT = 5
_ROOM = 6
_ROWS = ("l1", "l2", "l3", "total")
_PREFIXES = ("vi.voltage_", "vi.current_", "power.active_", "power.reactive_", "power.factor_")
_WIDTHS = (10, 11, 11, 14, 14)
_LABEL = 5
_LEAST_TREND = 6
_SUM = "\N{GREEK CAPITAL LETTER SIGMA}"
_BAR = "\N{LEFT HALF BLOCK}"
_PHASE_MARKS = {"l1": Mark.L1, "l2": Mark.L2, "l3": Mark.L3, "total": Mark.STRONG}
_INDEX: Mapping[str, int] = {signal.key: index for index, signal in enumerate(SIGNALS)}


class _Column(NamedTuple):
    title: str
    texts: tuple[str, ...]
    signals: tuple[Signal | None, ...]


def phase_table(view: View, x: int, y: int, width: int) -> Iterator[Cell]:
    """Five rows from ``x`` on, ``width`` wide: the titles, three phases and the total."""
    spread = min(4, max(0, width - 76) // 14)
    yield Cell(x, y, _(live_text.PHASE).ljust(_LABEL)[:_LABEL], Mark.FAINT)
    for row, name in enumerate(_ROWS, y + 1):
        label = _SUM if name == "total" else name.upper()
        yield Cell(x, row, f"{' ' if view.plain else _BAR}{label}".ljust(_LABEL), _PHASE_MARKS[name])
    begin = x + _LABEL
    for prefix, title, size in zip(_PREFIXES, live_text.PHASE_TITLES, _WIDTHS, strict=True):
        column = _column(view, prefix, title)
        cells = size + spread
        yield Cell(begin, y, column.title[: cells - 1].rjust(cells), Mark.FAINT)
        for row, (text, signal) in enumerate(zip(column.texts, column.signals, strict=True), y + 1):
            if signal is not None:
                yield _value(view, signal, text, begin, row, cells)
        begin += cells


def trend_place(width: int) -> tuple[int, int]:
    """Where the trends of ``phase_table`` begin, counted from its own ``x``, and how many cells they have."""
    spread = min(4, max(0, width - 76) // 14)
    begin = _LABEL + sum(_WIDTHS) + 5 * spread + 2
    room = width - begin
    return begin, room if room >= _LEAST_TREND else 0


def _column(view: View, prefix: str, title: str) -> _Column:
    signals = tuple(BY_KEY.get(prefix + name) for name in _ROWS)
    first = signals[0]
    assert first is not None
    numbers: list[float | None] = []
    for signal in signals:
        value = None if signal is None else value_of(view, signal)
        known = None if value is None else value.value
        numbers.append(None if known is None or signal is None else scaled(view, signal, known))
    column = typeset_column(numbers, first.unit or "", decimals(view, first), _ROOM)
    return _Column(f"{_(title)} {column.unit}".rstrip(), column.texts, signals)


def _value(view: View, signal: Signal, text: str, x: int, y: int, size: int) -> Cell:
    value = value_of(view, signal)
    mark = mark_of(view, signal, value)
    if mark in (Mark.VALUE, Mark.CHANGED):
        mark = _usual(signal, value.value if value is not None else None)
    return Cell(x, y, f"{cursor_of(view, signal)}{sign_of(view, signal, value)}{text}".rjust(size), mark)


def _usual(signal: Signal, value: float | None) -> Mark:
    if signal.key.startswith("power.active") and value is not None and value < 0:
        return Mark.EXPORT
    if signal.key.startswith("power.reactive"):
        return Mark.REACTIVE
    return Mark.STRONG if signal.key.endswith("_total") else Mark.VALUE


def phase_trends(view: View, x: int, y: int, width: int) -> Iterator[Cell]:
    """The titles and the four trends of active power beside the table, from 0, the phases to one scale."""
    minutes = round(view.trend_seconds / 60)
    unit = BY_KEY["power.active_l1"].unit
    title = _(live_text.PHASE_TREND, unit=unit, minutes=minutes)
    if len(title) > width:
        title = _(live_text.MINUTES, minutes=minutes)
    yield Cell(x, y, title[:width].ljust(width), Mark.FAINT)
    if view.history is None:
        return
    begin = view.trend_until - view.trend_seconds
    series = {name: view.history.series(_INDEX[f"power.active_{name}"], begin) for name in _ROWS}
    most = {name: max((abs(value) for _at, value in points), default=0.0) for name, points in series.items()}
    phases = max(most[name] for name in _ROWS[:3])
    for row, name in enumerate(_ROWS, y + 1):
        top = most[name] if name == "total" else phases
        sizes = [(at, abs(value)) for at, value in series[name]]
        text = sparkline(sizes, begin, view.trend_until, width, high=max(top, 1.0), plain=view.plain)
        yield Cell(x, row, text, Mark.IMPORT if name == "total" else _PHASE_MARKS[name])
