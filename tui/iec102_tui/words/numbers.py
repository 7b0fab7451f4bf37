"""Numbers as the screen typesets them: digits in groups of three, no decimals that were not measured, kV and MW.

In files, on standard output and on the clipboard numbers are plain instead: `plain_number`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

ROOM = 7
"""Characters a measured value may take before a greater unit is used: 99 999.9 V is shown in kV."""
_MOST_DECIMALS = 2
_LARGER = {
    "V": ("V", "kV", "MV"),
    "A": ("A", "kA", "MA"),
    "kW": ("kW", "MW", "GW"),
    "kVAr": ("kVAr", "MVAr", "GVAr"),
    "kWh": ("kWh", "MWh", "GWh"),
    "kVArh": ("kVArh", "MVArh", "GVArh"),
}


class NumberStyle(NamedTuple):
    """What stands before the decimals and between groups; a plain space takes one cell on every terminal."""

    point: str = "."
    group: str = " "


_style = NumberStyle()


def set_number_style(style: NumberStyle) -> None:
    """Typeset all numbers from now on in the style of a language."""
    global _style
    _style = style


class _Written(float):
    """A number that a template formats in the style of the language."""

    def __format__(self, form: str) -> str:
        return super().__format__(form).replace(".", _style.point)


def written(value: object) -> object:
    """A field of a sentence as the language writes it: only what has decimals is another."""
    return _Written(value) if type(value) is float and _style.point != "." else value


class Typeset(NamedTuple):
    """A number and the unit that it is in."""

    text: str
    unit: str


class TypesetColumn(NamedTuple):
    """Numbers that share a unit and the count of decimals, so that right-aligned they stand point below point."""

    texts: tuple[str, ...]
    unit: str


def grouped(value: float, decimals: int = 0) -> str:
    """Give a number in groups: ``30608026`` is ``30 608 026``. Nothing is rounded to a negative zero."""
    text = f"{value:,.{decimals}f}"
    if text[0] == "-" and not any(digit in "123456789" for digit in text):
        text = text[1:]
    whole, _, part = text.partition(".")
    whole = whole.replace(",", _style.group)
    return f"{whole}{_style.point}{part}" if part else whole


def plain_number(value: float, decimals: int = 0) -> str:
    """Give a number for files and the clipboard: a decimal point and no groups, in every language."""
    return f"{value:.{decimals}f}"


def typeset(value: float, unit: str, decimals: int = 0, room: int = ROOM) -> Typeset:
    """Give a measured value in its unit, or in kV, MW and the like where it would be longer than ``room`` characters.

    ``decimals``: what was measured, in ``unit``; never more are given.
    """
    column = typeset_column([value], unit, decimals, room)
    return Typeset(column.texts[0], column.unit)


def typeset_column(
    values: Sequence[float | None], unit: str, decimals: int = 0, room: int = ROOM, missing: str = "-"
) -> TypesetColumn:
    """Give values below one another in one unit, that of the longest; a value that is None is ``missing``."""
    units = _LARGER.get(unit, (unit,))
    step, left = 0, decimals
    while step + 1 < len(units) and _longest(values, step, left) > room:
        step += 1
        left = min(decimals + 3 * step, _MOST_DECIMALS)
    while step and left and _longest(values, step, left) > room:
        left -= 1
    texts = (missing if value is None else grouped(value / 1000**step, left) for value in values)
    return TypesetColumn(tuple(texts), units[step])


def _longest(values: Sequence[float | None], step: int, decimals: int) -> int:
    return max((len(grouped(value / 1000**step, decimals)) for value in values if value is not None), default=0)


def decimals_after(factor: float, decimals: int) -> int:
    """Count the decimals that a value measured with ``decimals`` of them has once it is multiplied by ``factor``.

    0.1 V at the secondary side of 66000/110 is 60 V at the primary: no decimal is left.
    """
    if factor <= 0:
        return decimals
    return max(0, math.ceil(decimals - math.log10(factor) - 1e-9))
