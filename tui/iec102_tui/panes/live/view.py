"""What the live pane shows, cell by cell: the state it is made from, and what a value is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from iec102.meter.reading import Reading
from iec102.meter.signals import Signal, SignalValue

from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.shown_meter import ContractedPower
from iec102_tui.meter_side.wiring_watch import WiringState
from iec102_tui.profiles.ratio import Ratios
from iec102_tui.words import live_text
from iec102_tui.words.numbers import decimals_after, typeset
from iec102_tui.words.text import _

LOW, HIGH = "\N{BLACK DOWN-POINTING TRIANGLE}", "\N{BLACK UP-POINTING TRIANGLE}"
WRONG = "\N{HEAVY MULTIPLICATION X}"


class Mark(Enum):
    """What a cell is; the widget gives each a style, and none says anything that the text does not."""

    HEAD = "head"
    LABEL = "label"
    FAINT = "faint"
    RULE = "rule"
    VALUE = "value"
    STRONG = "strong"
    CHANGED = "changed"
    INVALID = "invalid"
    STALE = "stale"
    MISSING = "missing"
    ALARM = "alarm"
    DETAIL = "detail"
    CURSOR = "cursor"
    L1 = "l1"
    L2 = "l2"
    L3 = "l3"
    IMPORT = "import"
    EXPORT = "export"
    REACTIVE = "reactive"
    OK = "ok"
    WARN = "warn"


class Cell(NamedTuple):
    """Text at a place of the pane; ``text`` is exactly as wide as the cell."""

    x: int
    y: int
    text: str
    mark: Mark


class View(NamedTuple):
    """All that the pane shows. ``age`` in seconds; ``trend_until`` is the age clock's time that the trends end at.

    ``trend_end`` is the same moment by the wall clock, in the meter's zone. ``cursor`` is the key of the chosen signal.
    ``empty``: no meter was chosen. ``titled``: side and age stand in the pane's border. ``longest_gap``: seconds
    between two readings over which no line is drawn. ``alarms``: HIGH or LOW by key. ``wiring``: None where nobody
    watches it. ``trouble``: what is wrong and which key helps, where there are no values or they are old.
    """

    reading: Reading | None = None
    age: float | None = None
    stale: bool = False
    held: bool = False
    changed: frozenset[str] = frozenset()
    primary: bool = False
    ratios: Ratios | None = None
    history: History | None = None
    trend_until: float = 0.0
    trend_seconds: float = 600.0
    trend_end: datetime | None = None
    longest_gap: float = 4.0
    statistics: bool = True
    plain: bool = False
    cursor: str | None = None
    listed: bool = False
    titled: bool = False
    empty: bool = False
    alarms: Mapping[str, str] = {}
    contracted: ContractedPower | None = None
    wiring: WiringState | None = None
    trouble: tuple[str, ...] = ()


def value_of(view: View, signal: Signal) -> SignalValue | None:
    """What the meter has sent for a signal; None before there is a reading."""
    return None if view.reading is None else view.reading.values.get(signal.key)


def factor(view: View, signal: Signal) -> float:
    """What volts and amperes are multiplied with on the side that is shown; 1 for anything else."""
    if not view.primary or view.ratios is None or signal.group != "V-I":
        return 1.0
    ratio = view.ratios.voltage if signal.unit == "V" else view.ratios.current
    return float(ratio.factor)


def scaled(view: View, signal: Signal, value: float) -> float:
    """Volts and amperes on the side that is shown; anything else as it is."""
    return value * factor(view, signal)


def decimals(view: View, signal: Signal) -> int:
    """The decimals that the meter has sent, on the side that is shown."""
    return decimals_after(factor(view, signal), signal.decimals)


def number(view: View, signal: Signal, value: SignalValue | None, room: int) -> tuple[str, str]:
    """A value typeset with its unit; a counter is never rounded, whatever its length."""
    unit = signal.unit or ""
    if value is None or value.value is None:
        return "-", unit
    longest = room if signal.group != "Energy" else 99
    return typeset(scaled(view, signal, value.value), unit, decimals(view, signal), longest)


def mark_of(view: View, signal: Signal, value: SignalValue | None) -> Mark:
    """How sure a value is."""
    if value is None or value.value is None:
        return Mark.MISSING
    if not value.valid:
        return Mark.INVALID
    if view.stale:
        return Mark.STALE
    if signal.key in view.alarms:
        return Mark.ALARM
    return Mark.CHANGED if signal.key in view.changed else Mark.VALUE


def sign_of(view: View, signal: Signal, value: SignalValue | None) -> str:
    """One character for what is wrong with a value."""
    if value is None or value.value is None:
        return ""
    return view.alarms.get(signal.key, "") if value.valid else WRONG


def note(view: View, signal: Signal, value: SignalValue | None) -> str:
    """One word: what is wrong with a value, else the direction of a power."""
    if value is None:
        return ""
    if value.value is None:
        return _(live_text.NO_DATA)
    if not value.valid:
        return _(live_text.INVALID)
    if view.stale:
        return _(live_text.STALE)
    if signal.key in view.alarms:
        sign = view.alarms[signal.key]
        return f"{sign} {_(live_text.ABOVE if sign == HIGH else live_text.BELOW)}"
    return direction(view, signal, value.value)


def direction(view: View, signal: Signal, value: float) -> str:
    """Import or export of an active power, the quadrant of a reactive one."""
    if signal.key.startswith("power.active_"):
        return _(live_text.EXPORT if value < 0 else live_text.IMPORT)
    if signal.key.startswith("power.reactive_") and view.reading is not None:
        active = view.reading.values[signal.key.replace("reactive", "active")].value
        return quadrant(active, value)
    return ""


def quadrant(active: float | None, reactive: float) -> str:
    """Q1 to Q4 by the signs of both powers."""
    exporting = active is not None and active < 0
    if reactive < 0:
        return "Q3" if exporting else "Q4"
    return "Q2" if exporting else "Q1"


def cursor_of(view: View, signal: Signal) -> str:
    """What stands before or behind the chosen signal."""
    return ">" if signal.key == view.cursor else " "
