"""The live grid as text: which cell stands where, for a width, a height and what is known of the meter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS, Signal, SignalValue

from iec102_tui.meter_side.history import History
from iec102_tui.panes.live.sparkline import sparkline
from iec102_tui.profiles.ratio import Ratios
from iec102_tui.words.ages import age_text

FULL_HEIGHT = 29
TREND_CELLS = 12


class Mark(Enum):
    """What a cell is; the widget gives each a style, and none says anything that the text does not."""

    HEAD = "head"
    LABEL = "label"
    VALUE = "value"
    CHANGED = "changed"
    INVALID = "invalid"
    STALE = "stale"
    MISSING = "missing"
    DETAIL = "detail"


class Cell(NamedTuple):
    """Text at a place of the grid; ``text`` is exactly as wide as the cell."""

    x: int
    y: int
    text: str
    mark: Mark


class View(NamedTuple):
    """All that the grid shows. ``age`` in seconds; ``trend_until`` is the age clock's time that the trends end at.

    ``cursor`` is the key of the signal that is chosen.
    """

    reading: Reading | None = None
    age: float | None = None
    stale: bool = False
    changed: frozenset[str] = frozenset()
    primary: bool = False
    ratios: Ratios | None = None
    history: History | None = None
    trend_until: float = 0.0
    trend_seconds: float = 120.0
    statistics: bool = True
    plain: bool = False
    cursor: str | None = None


class _Column(NamedTuple):
    """A column behind the note, with the width it needs in all."""

    title: str
    width: int


_LABEL, _VALUE, _UNIT, _NOTE = 20, 11, 5, 7
_BASE = 1 + _LABEL + 1 + _VALUE + 1 + _UNIT + 1 + _NOTE
# In the order in which they are added where there is room; they are dropped the other way round.
_COLUMNS = (
    _Column("age", 8),
    _Column("trend", TREND_CELLS + 2),
    _Column("minimum", 12),
    _Column("maximum", 12),
    _Column("mean", 12),
)
_STATISTICS = ("minimum", "maximum", "mean")


def cells(view: View, width: int, height: int) -> list[Cell]:
    """One column of signals where the height allows it, else two blocks side by side (80 columns, 14 rows)."""
    if height >= FULL_HEIGHT - 1 or width < 80:
        return _one_column(view, width)
    return _two_blocks(view)


# One column: heading, three groups


def _one_column(view: View, width: int) -> list[Cell]:
    columns = _that_fit(width, view.statistics)
    found = [Cell(0, 0, _heading(columns).ljust(width)[:width], Mark.HEAD)]
    y, group = 1, ""
    for index, signal in enumerate(SIGNALS):
        if signal.group != group:
            group = signal.group
            found.append(Cell(0, y, _group_title(view, group).ljust(width)[:width], Mark.HEAD))
            y += 1
        found += _row(view, signal, index, y, columns)
        y += 1
    return found


def _that_fit(width: int, statistics: bool) -> list[_Column]:
    found = []
    used = _BASE
    for column in _COLUMNS:
        if column.title in _STATISTICS and not statistics:
            break
        used += column.width
        if used > width:
            break
        found.append(column)
    return found


def _heading(columns: Sequence[_Column]) -> str:
    text = f" {'signal':{_LABEL}} {'value':>{_VALUE}} {'unit':{_UNIT}} {'note':{_NOTE}}"
    return text + "".join(
        f"  {column.title:{column.width - 2}}" if column.title == "trend" else f"{column.title:>{column.width}}"
        for column in columns
    )


def _row(view: View, signal: Signal, index: int, y: int, columns: Sequence[_Column]) -> list[Cell]:
    value = _value_of(view, signal)
    mark = _mark(view, signal, value)
    found = [
        Cell(0, y, f"{_cursor(view, signal)}{signal.label:{_LABEL}} ", Mark.LABEL),
        Cell(_LABEL + 2, y, f"{_number(view, signal, value):>{_VALUE}} {signal.unit or '':{_UNIT}}", mark),
        Cell(_LABEL + _VALUE + _UNIT + 3, y, f" {note(view, signal, value):{_NOTE}}", mark),
    ]
    x = _BASE
    for column in columns:
        text = _detail(view, signal, index, value, column)
        found.append(Cell(x, y, text, Mark.DETAIL))
        x += column.width
    return found


def _detail(view: View, signal: Signal, index: int, value: SignalValue | None, column: _Column) -> str:
    if column.title == "age":
        known = view.age is not None and value is not None and value.value is not None
        return f"{age_text(view.age or 0.0) if known else '':>{column.width}}"
    if column.title == "trend":
        return "  " + _trend(view, index)
    statistics = view.history.statistics[signal.key] if view.history is not None else None
    if statistics is None or not statistics.count:
        return " " * column.width
    number = {"minimum": statistics.minimum, "maximum": statistics.maximum, "mean": statistics.mean}[column.title]
    decimals = signal.decimals + (column.title == "mean" and signal.decimals == 0)
    return f"{scaled(view, signal, number):>{column.width}.{decimals}f}"


def _trend(view: View, index: int) -> str:
    if view.history is None:
        return " " * TREND_CELLS
    points = view.history.series(index, view.trend_until - view.trend_seconds)
    return sparkline(points, view.trend_until - view.trend_seconds, view.trend_until, TREND_CELLS, plain=view.plain)


# Two blocks: Energy and V-I on the left, Power on the right

# Widths of label, number, unit and note. A longer number pushes the note, and is never cut.
_LEFT = (15, 9, 5, 7)
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
    value = _value_of(view, signal)
    label, number, unit, words = widths
    mark = _mark(view, signal, value)
    text = f"{_number(view, signal, value):>{number}} {signal.unit or '':{unit}} {note(view, signal, value):{words}}"
    room = _HALF - label - 1 - (x == 0)  # a column stays free between the blocks
    return [
        Cell(x, y, f"{signal.label:{label}}{_cursor(view, signal)}", Mark.LABEL),
        Cell(x + label + 1, y, text[:room].ljust(room), mark),
    ]


# Texts


def _cursor(view: View, signal: Signal) -> str:
    return ">" if signal.key == view.cursor else " "


def _group_title(view: View, group: str) -> str:
    if group != "V-I":
        return f"{group}"
    if not view.primary:
        return "V-I  secondary values"
    if view.ratios is None:
        return "V-I  SECONDARY: ratios not known"
    return f"V-I  primary, {view.ratios}"


def _value_of(view: View, signal: Signal) -> SignalValue | None:
    return None if view.reading is None else view.reading.values.get(signal.key)


def _mark(view: View, signal: Signal, value: SignalValue | None) -> Mark:
    if value is None or value.value is None:
        return Mark.MISSING
    if not value.valid:
        return Mark.INVALID
    if view.stale:
        return Mark.STALE
    return Mark.CHANGED if signal.key in view.changed else Mark.VALUE


def _number(view: View, signal: Signal, value: SignalValue | None) -> str:
    if value is None or value.value is None:
        return "-"
    return f"{scaled(view, signal, value.value):.{signal.decimals}f}"


def scaled(view: View, signal: Signal, value: float) -> float:
    """Volts and amperes on the side that is shown; anything else as it is."""
    if not view.primary or view.ratios is None or signal.group != "V-I":
        return value
    ratio = view.ratios.voltage if signal.unit == "V" else view.ratios.current
    return float(value * ratio.factor)


def note(view: View, signal: Signal, value: SignalValue | None) -> str:
    """One word: what is wrong with a value, else the direction of a power."""
    if value is None:
        return ""
    if value.value is None:
        return "no data"
    if not value.valid:
        return "INVALID"
    if view.stale:
        return "stale"
    return _direction(view, signal, value.value)


def _direction(view: View, signal: Signal, value: float) -> str:
    if signal.key.startswith("power.active_"):
        return "export" if value < 0 else "import"
    if signal.key.startswith("power.reactive_") and view.reading is not None:
        active = view.reading.values[signal.key.replace("reactive", "active")].value
        exporting = active is not None and active < 0
        if value < 0:
            return "Q3" if exporting else "Q4"
        return "Q2" if exporting else "Q1"
    return ""


def grid_text(view: View) -> str:
    """The grid as lines for the clipboard and for a file."""
    lines: dict[int, list[Cell]] = {}
    for cell in _one_column(view, _BASE + _COLUMNS[0].width):
        lines.setdefault(cell.y, []).append(cell)
    return "\n".join("".join(cell.text for cell in cells_of).rstrip() for _y, cells_of in sorted(lines.items()))


def value_text(view: View, value: SignalValue) -> str:
    """One value with its label, unit and note."""
    number = _number(view, value.signal, value)
    return " ".join(f"{value.label} {number} {value.unit or ''} {note(view, value.signal, value)}".split())
