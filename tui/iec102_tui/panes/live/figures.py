"""The big figures: active and reactive power with their directions, power factor, and how fresh all of it is."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from iec102.meter.signals import BY_KEY, SignalValue
from textual.renderables.digits import DIGITS, DIGITS3X3

from iec102_tui.panes.live.view import Cell, Mark, View, direction, mark_of, number, quadrant, value_of
from iec102_tui.words import live_text
from iec102_tui.words.ages import age_text
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _, ngettext

HEIGHT = 3
_ROOM = 5
_ACTIVE, _REACTIVE, _FACTOR = (BY_KEY[f"power.{name}_total"] for name in ("active", "reactive", "factor"))
_LEAST_DIGITS = 13  # four digits and a gap take as much as one: what stands beside them does not move
_ARROWS = {True: "\N{UPWARDS ARROW}", False: "\N{DOWNWARDS ARROW}"}
_USUAL = 76
_FACTOR_WIDTH = 12
_BAR = 22
_CORNER, _COUNTS = 20, 15


def figures(view: View, x: int, y: int, width: int) -> Iterator[Cell]:
    """Three rows from ``x`` on, ``width`` wide."""
    gap = 1 + (width >= _USUAL) + min(8, max(0, width - _USUAL) // 8)
    active, reactive = value_of(view, _ACTIVE), value_of(view, _REACTIVE)
    begin = x
    size = yield from _power(view, active, begin, y, Mark.STRONG)
    begin += size + 9 + gap
    size = yield from _power(view, reactive, begin, y, Mark.REACTIVE)
    begin += size + 5 + gap
    yield from _factor(view, begin, y)
    begin += _FACTOR_WIDTH + 1
    if view.contracted is not None:
        heading = _(live_text.CONTRACTED, period=view.contracted.period)
        # In a titled pane the corner has counts alone, in the row of the heading: they may stand above the bar.
        beside = max(_BAR, len(heading) + 1 + _COUNTS) if view.titled else _BAR + 1 + _CORNER
        place = min(begin + gap - 1, x + width - beside)
        if place >= begin:
            yield Cell(place, y, heading, Mark.LABEL)
            yield from _contracted_use(view, view.contracted.power, active, place, y + 1)
            begin = place + 1 + (len(heading) if view.titled else _BAR)
    yield from _corner(view, x + width, y, max(0, x + width - begin))


def _power(view: View, value: SignalValue | None, x: int, y: int, usual: Mark) -> Generator[Cell, None, int]:
    """Digits, and beside them unit and direction; gives how wide the digits are."""
    signal = _ACTIVE if usual is Mark.STRONG else _REACTIVE
    known = None if value is None else value.value
    if value is not None and known is not None:
        value = value._replace(value=abs(known))
    text, unit = number(view, signal, value, _ROOM)
    mark = mark_of(view, signal, value)
    mark = usual if mark in (Mark.VALUE, Mark.CHANGED, Mark.MISSING) else mark
    rows = _plain_rows(text) if view.plain else digit_rows(text)
    size = len(rows[0])
    for row, part in enumerate(rows):
        yield Cell(x, y + row, part, mark)
    yield Cell(x + size + 1, y, unit.ljust(5), Mark.LABEL)
    words, mark = _direction(view, known)
    if signal is _REACTIVE:
        words, mark = ("" if known is None else _quadrant(view, known), Mark.REACTIVE)
    yield Cell(x + size + 1, y + 2, words.ljust(8), mark)
    return max(_LEAST_DIGITS, size)


def _direction(view: View, active: float | None) -> tuple[str, Mark]:
    if active is None:
        return "", Mark.IMPORT
    words = direction(view, _ACTIVE, active)
    return f"{_ARROWS[active < 0]} {words}", Mark.EXPORT if active < 0 else Mark.IMPORT


def _quadrant(view: View, reactive: float) -> str:
    active = value_of(view, _ACTIVE)
    return quadrant(None if active is None else active.value, reactive)


def digit_rows(text: str) -> tuple[str, str, str]:
    """A number three rows high. A group gap and the point take one column, a digit three."""
    rows = ["", "", ""]
    for character in text:
        place = DIGITS.find(character)
        if character == " " or place < 0:
            parts: tuple[str, ...] = ("   " if character == "-" else " ", " ", "." if character in ".," else " ")
        else:
            parts = tuple(part.ljust(3) for part in DIGITS3X3[place * 3 : place * 3 + 3])
        rows = [before + part for before, part in zip(rows, parts, strict=True)]
    size = max(len(row) for row in rows)
    return rows[0].ljust(size), rows[1].ljust(size), rows[2].ljust(size)


def _plain_rows(text: str) -> tuple[str, str, str]:
    return text, " " * len(text), " " * len(text)


def _factor(view: View, x: int, y: int) -> Iterator[Cell]:
    value = value_of(view, _FACTOR)
    mark = mark_of(view, _FACTOR, value)
    yield Cell(x, y, _(live_text.POWER_FACTOR).ljust(_FACTOR_WIDTH)[:_FACTOR_WIDTH], Mark.LABEL)
    text, _unit = number(view, _FACTOR, value, _ROOM)
    yield Cell(x, y + 1, text.ljust(_FACTOR_WIDTH), Mark.STRONG if mark in (Mark.VALUE, Mark.CHANGED) else mark)
    yield Cell(x, y + 2, _kind(view).ljust(_FACTOR_WIDTH)[:_FACTOR_WIDTH], Mark.LABEL)


def _kind(view: View) -> str:
    """Of the load: Q1 and Q3 are inductive, Q2 and Q4 capacitive."""
    values = [value_of(view, signal) for signal in (_ACTIVE, _REACTIVE)]
    active, reactive = (None if value is None else value.value for value in values)
    if not active or not reactive:
        return ""
    return _(live_text.INDUCTIVE if (active < 0) == (reactive < 0) else live_text.CAPACITIVE)


def _contracted_use(view: View, most: float, active: SignalValue | None, x: int, y: int) -> Iterator[Cell]:
    """How much of the contracted power is used, in words and as a bar."""
    if active is None or active.value is None or not active.valid:
        return
    used = max(0.0, active.value)
    words = _(live_text.CONTRACTED_USE, power=grouped(used), contracted=grouped(most))
    share = used / most if most > 0 else 1.0
    full = min(_BAR, round(share * _BAR))
    yield Cell(x, y, words.ljust(_BAR), Mark.STALE if view.stale else Mark.STRONG)
    mark = Mark.OK if share <= 0.9 else Mark.WARN if share <= 1.0 else Mark.ALARM
    mark = Mark.STALE if view.stale else mark
    yield Cell(x, y + 1, ("=" if view.plain else "\N{BOX DRAWINGS HEAVY HORIZONTAL}") * full, mark)
    yield Cell(x + full, y + 1, ("-" if view.plain else "\N{BOX DRAWINGS LIGHT HORIZONTAL}") * (_BAR - full), Mark.RULE)


def _corner(view: View, right: int, y: int, room: int) -> Iterator[Cell]:
    """Side, age, and how many values are not as they should be, else the ratios that are used."""
    counts = _counts(view)
    lines = (counts,) if view.titled else ((side_words(view), Mark.LABEL), age_words(view), counts)
    size = min(room, max(len(words) for words, _mark in lines))
    for row, (words, mark) in enumerate(lines):
        yield Cell(right - size, y + row, words[:size].rjust(size), mark)


def side_words(view: View) -> str:
    """The side of the transformers that volts and amperes are of."""
    if not view.primary:
        return _(live_text.SECONDARY)
    if view.ratios is None:
        return _(live_text.RATIOS_UNKNOWN)
    return _(live_text.PRIMARY, source=_(view.ratios.source))


def age_words(view: View) -> tuple[str, Mark]:
    """How old all values are, and whether that is too old."""
    if view.age is None:
        return (_(live_text.STALE_AGE_UNKNOWN), Mark.WARN) if view.stale else ("", Mark.LABEL)
    age = age_text(view.age)
    if view.held:
        return _(live_text.HELD, age=age), Mark.WARN
    if view.stale:
        return _(live_text.STALE_FOR, age=age), Mark.WARN
    return _(live_text.AGO, age=age), Mark.LABEL


def _counts(view: View) -> tuple[str, Mark]:
    if view.reading is None:
        return "", Mark.LABEL
    values = view.reading.values.values()
    if invalid := sum(value.value is not None and not value.valid for value in values):
        return _(live_text.INVALID_COUNT, count=invalid), Mark.INVALID
    if view.alarms:
        return ngettext(*live_text.ALARM_COUNT, len(view.alarms)), Mark.ALARM
    if missing := sum(value.value is None for value in values):
        return _(live_text.MISSING_COUNT, count=missing), Mark.WARN
    if view.primary and view.ratios is not None:
        return f"{view.ratios.voltage} {view.ratios.current}", Mark.LABEL
    return "", Mark.LABEL
