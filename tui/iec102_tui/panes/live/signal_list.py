"""The list of the 24 signals with their full labels, notes and statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from iec102.meter.signals import SIGNALS, Signal, SignalValue

from iec102_tui.panes.live.energies import added_energies
from iec102_tui.panes.live.scales import range_of
from iec102_tui.panes.live.view import (
    Cell,
    Mark,
    View,
    cursor_of,
    decimals,
    mark_of,
    note,
    number,
    scaled,
    value_of,
)
from iec102_tui.widgets.sparkline import sparkline
from iec102_tui.words import live_text
from iec102_tui.words.ages import age_text
from iec102_tui.words.numbers import grouped, plain_number, typeset_column
from iec102_tui.words.text import _

FULL_HEIGHT = 29
TREND_CELLS = 12
_MOST_TREND = 120


class _Column(NamedTuple):
    """A column behind the note, with the width it needs in all."""

    name: str
    title: str
    width: int


_LABEL, _VALUE, _UNIT, _NOTE = 20, 13, 5, 7
_BASE = 1 + _LABEL + 1 + _VALUE + 1 + _UNIT + 1 + _NOTE
# In the order in which they are added where there is room; they are dropped the other way round.
_COLUMNS = (
    _Column("age", live_text.AGE, 8),
    _Column("trend", live_text.TREND_COLUMN, TREND_CELLS + 2),
    _Column("minimum", live_text.MINIMUM, 14),
    _Column("maximum", live_text.MAXIMUM, 14),
    _Column("mean", live_text.MEAN, 14),
)
_STATISTICS = ("minimum", "maximum", "mean")


def cells(view: View, width: int, height: int) -> list[Cell]:
    """One column of signals where the height allows it, else two blocks side by side (80 columns, 14 rows)."""
    if height >= FULL_HEIGHT - 1 or width < 2 * _HALF:
        return _one_column(view, width)
    return _two_blocks(view)


# One column: heading, three groups


def _one_column(view: View, width: int) -> list[Cell]:
    columns = _widened(_that_fit(width, view.statistics), width)
    found = [Cell(0, 0, _heading(columns).ljust(width)[:width], Mark.FAINT)]
    added = added_energies(view)
    y, group = 1, ""
    for index, signal in enumerate(SIGNALS):
        if signal.group != group:
            group = signal.group
            found.append(Cell(0, y, _group_title(view, group).ljust(width)[:width], Mark.HEAD))
            y += 1
        found += _row(view, signal, index, y, columns, added)
        y += 1
    return found


def _that_fit(width: int, statistics: bool) -> list[_Column]:
    found = []
    used = _BASE
    for column in _COLUMNS:
        if column.name in _STATISTICS and not statistics:
            break
        used += column.width
        if used > width:
            break
        found.append(column)
    return found


def _widened(columns: list[_Column], width: int) -> list[_Column]:
    """What is left goes to the trend."""
    left = min(_MOST_TREND - TREND_CELLS, width - 1 - _BASE - sum(column.width for column in columns))
    if left <= 0 or len(columns) < len(_COLUMNS):
        return columns
    return [column._replace(width=column.width + left) if column.name == "trend" else column for column in columns]


def _heading(columns: Sequence[_Column]) -> str:
    signal, value, unit, words = (_(title) for title in live_text.LIST_TITLES)
    text = f" {signal:{_LABEL}} {value:>{_VALUE}} {unit:{_UNIT}} {words:{_NOTE}}"
    return text + "".join(
        f"  {_(column.title):{column.width - 2}}" if column.name == "trend" else f"{_(column.title):>{column.width}}"
        for column in columns
    )


def _row(
    view: View, signal: Signal, index: int, y: int, columns: Sequence[_Column], added: dict[str, float]
) -> list[Cell]:
    value = value_of(view, signal)
    mark = mark_of(view, signal, value)
    texts, unit = _numbers(view, signal, value)
    found = [
        Cell(0, y, f"{cursor_of(view, signal)}{_(signal.label)[:_LABEL]:{_LABEL}} ", _label_mark(view, signal)),
        Cell(_LABEL + 2, y, f"{texts['value']:>{_VALUE}} ", mark),
        Cell(_LABEL + _VALUE + 3, y, f"{unit:{_UNIT}}", Mark.LABEL),
        Cell(_LABEL + _VALUE + _UNIT + 3, y, f" {note(view, signal, value):{_NOTE}}", _note_mark(mark)),
    ]
    x = _BASE
    for column in columns:
        if column.name == "age":
            known = view.age is not None and value is not None and value.value is not None
            text = f"{age_text(view.age or 0.0) if known else '':>{column.width}}"
        elif column.name == "trend":
            text = f"  {_trend(view, signal, index, added, column.width - 2):{column.width - 2}}"
        else:
            text = f"{texts[column.name]:>{column.width}}"
        found.append(Cell(x, y, text, Mark.DETAIL))
        x += column.width
    return found


def _label_mark(view: View, signal: Signal) -> Mark:
    return Mark.CURSOR if signal.key == view.cursor else Mark.LABEL


def _note_mark(mark: Mark) -> Mark:
    return Mark.LABEL if mark in (Mark.VALUE, Mark.CHANGED, Mark.MISSING) else mark


def _numbers(view: View, signal: Signal, value: SignalValue | None) -> tuple[dict[str, str], str]:
    """The value and its statistics, all in one unit."""
    known = None if value is None else value.value
    statistics = view.history.statistics[signal.key] if view.history is not None else None
    values: dict[str, float | None] = {"value": known, "minimum": None, "maximum": None, "mean": None}
    if statistics is not None and statistics.count:
        values |= {"minimum": statistics.minimum, "maximum": statistics.maximum, "mean": statistics.mean}
    shown = [None if one is None else scaled(view, signal, one) for one in values.values()]
    column = typeset_column(shown, signal.unit or "", decimals(view, signal), _VALUE, missing="")
    texts = dict(zip(values, column.texts, strict=True))
    return texts | {"value": texts["value"] or "-"}, column.unit


def _trend(view: View, signal: Signal, index: int, added: dict[str, float], width: int) -> str:
    """On the signal's own scale; of a counter what was added."""
    if view.history is None:
        return ""
    if signal.group == "Energy":
        return f"+{grouped(added[signal.key])}" if signal.key in added else ""
    begin = view.trend_until - view.trend_seconds
    points = view.history.series(index, begin)
    if not points:
        return ""
    values = [value for _at, value in points]
    low, high = range_of(signal, min(values), max(values))
    if high <= 0 and low < 0:  # exported: from 0 too, and more is higher
        points, low, high = [(at, -value) for at, value in points], -high, -low
    return sparkline(points, begin, view.trend_until, width, low=low, high=max(high, low + 1e-9), plain=view.plain)


# Two blocks: Energy and V-I on the left, Power on the right

# Widths of label, number, unit and note. A longer number pushes the note, and is never cut.
_LEFT = (15, 10, 5, 7)
_RIGHT = (20, 6, 4, 7)
_HALF = 40


def _two_blocks(view: View) -> list[Cell]:
    found: list[Cell] = []
    y = {0: 0, _HALF: 0}
    group = ""
    for signal in SIGNALS:
        x = _HALF if signal.group == "Power" else 0
        if signal.group != group:
            group = signal.group
            found.append(Cell(x, y[x], _group_title(view, group).ljust(_HALF)[:_HALF], Mark.HEAD))
            y[x] += 1
        found += _short_row(view, signal, x, y[x], _RIGHT if x else _LEFT)
        y[x] += 1
    return found


def _short_row(view: View, signal: Signal, x: int, y: int, widths: tuple[int, int, int, int]) -> list[Cell]:
    value = value_of(view, signal)
    label, size, unit_size, words_size = widths
    room = _HALF - label - 1 - (x == 0)  # a column stays free between the blocks
    text, unit = number(view, signal, value, size)
    words = note(view, signal, value)
    ways = (
        f"{text:>{size}} {unit:{unit_size}} {words:{words_size}}",
        f"{text:>{size}} {unit} {words}",
        f"{text.replace(grouped(1000)[1], '')} {unit} {words}",
    )
    shown = next((way for way in ways if len(way.rstrip()) <= room), f"{text} {words}")
    return [
        Cell(x, y, f"{_(signal.label)[:label]:{label}}{cursor_of(view, signal)}", _label_mark(view, signal)),
        Cell(x + label + 1, y, shown[:room].ljust(room), mark_of(view, signal, value)),
    ]


# Texts


def _group_title(view: View, group: str) -> str:
    if group != "V-I":
        return _(group)
    if not view.primary:
        words = _(live_text.SECONDARY)
    elif view.ratios is None:
        words = _(live_text.RATIOS_UNKNOWN)
    else:
        words = _(live_text.PRIMARY_RATIOS, ratios=view.ratios)
    return f"{_(group)}  {words}"


def grid_text(view: View) -> str:
    """All signals as lines for the clipboard and for a file; numbers are plain there."""
    signal, value, unit, words = (_(title) for title in live_text.LIST_TITLES)
    lines = [f" {signal:{_LABEL}} {value:>{_VALUE}} {unit:{_UNIT}} {words}"]
    group = ""
    for one in SIGNALS:
        if one.group != group:
            group = one.group
            lines.append(_group_title(view, group))
        known = value_of(view, one)
        text = f"{_plain(view, one, known):>{_VALUE}} {one.unit or '':{_UNIT}} {note(view, one, known)}"
        lines.append(f"{cursor_of(view, one)}{_(one.label):{_LABEL}} {text}".rstrip())
    return "\n".join(lines)


def value_text(view: View, value: SignalValue) -> str:
    """One value with its label, unit and note, the number plain."""
    signal = value.signal
    text = _plain(view, signal, value)
    return " ".join(f"{_(value.label)} {text} {value.unit or ''} {note(view, signal, value)}".split())


def _plain(view: View, signal: Signal, value: SignalValue | None) -> str:
    if value is None or value.value is None:
        return "-"
    return plain_number(scaled(view, signal, value.value), decimals(view, signal))
