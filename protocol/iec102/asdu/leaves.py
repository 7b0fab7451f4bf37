"""The kinds of fields that layouts are made of: numbers, codes, text, time tags, keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from iec102.asdu.body import Bits
from iec102.asdu.layout import Leaf, fit
from iec102.asdu.names import named
from iec102.asdu.password import Password
from iec102.asdu.qualifier import qualifier_words
from iec102.asdu.timetag import CENTURY, EVERY_YEAR, TimeTagA, TimeTagB

_WEEKDAYS = ("not used", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def tenths(value: int) -> str:
    """A number whose last digit is a tenth."""
    return f"{value / 10:.1f}"


def number(size: int, unit: str = "", *, meaning: Callable[[int], str] = str) -> Leaf:
    """An unsigned integer."""
    return Leaf(size, unit=unit, meaning=meaning)


def code(names: Mapping[int, str]) -> Leaf:
    """One byte with a name for each value."""
    return Leaf(1, meaning=lambda value: named(value, names))


def constant(value: int) -> Leaf:
    """A value that no byte carries."""
    return Leaf(0, lambda _: value, lambda _: 0)


def packed(
    *widths: int,
    meaning: Callable[[Any], str],
    bits: Callable[[Any], Bits] = lambda _: (),
    unit: str = "",
    highest_first: bool = False,
) -> Leaf:
    """A tuple of numbers of so many bits, the lowest first or the highest; those of one bit are truth values."""
    shifts = [sum(widths[at + 1 :] if highest_first else widths[:at]) for at in range(len(widths))]
    places = tuple(zip(widths, shifts, strict=True))

    def value_of(integer: int) -> tuple[int, ...]:
        values = [(width, integer >> shift & (1 << width) - 1) for width, shift in places]
        return tuple([value != 0 if width == 1 else value for width, value in values])

    def integer_of(values: tuple[int, ...]) -> int:
        integer = 0
        for (width, shift), value in zip(places, values, strict=True):
            integer |= fit(value, width) << shift
        return integer

    return Leaf(sum(widths) // 8, value_of, integer_of, meaning, bits, unit)


def text(size: int) -> Leaf:
    """ASCII text, kept as bytes; what is not printable is shown escaped."""
    return Leaf(
        size,
        lambda integer: integer.to_bytes(size, "little"),
        lambda data: int.from_bytes(data, "little"),
        lambda data: repr(data.rstrip(b"\0 ").decode("ascii", "backslashreplace")),
    )


def minute(tag: TimeTagA) -> str:
    """A time tag a as a line of plain words has it."""
    return f"{tag.year:04}-{tag.month:02}-{tag.day:02} {tag.hour:02}:{tag.minute:02}" if tag.year else "no date"


def span(start: TimeTagA, end: TimeTagA) -> str:
    """From, to."""
    return f"{minute(start)} to {minute(end)}"


def many(count: int, noun: str) -> str:
    """``1 value``, ``2 values``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def validity(invalid: int) -> str:
    """What IV says."""
    return "invalid" if invalid else "valid"


def _civil(tag: TimeTagA, precise: str = "") -> str:
    if not tag.month and not tag.day:
        return "no date"
    year = "every year " if tag.year == EVERY_YEAR else f"{tag.year:04}-"
    return f"{year}{tag.month:02}-{tag.day:02} {tag.hour:02}:{tag.minute:02}{precise}"


def _flags(tag: TimeTagA) -> Bits:
    return (
        ("SU", "summer time" if tag.summer else "standard time"),
        ("IV", validity(tag.invalid)),
        ("day of week", _WEEKDAYS[tag.weekday]),
        ("TIS", str(int(tag.tariff_switch))),
        ("ETI", str(tag.energy_tariff)),
        ("PTI", str(tag.power_tariff)),
        ("RES1", str(tag.bits >> 13 & 3)),
        ("RES2", str(tag.bits >> 39)),
    )


_bits = attrgetter("bits")

TIME_A = Leaf(5, TimeTagA, _bits, _civil, _flags)
"""Time tag a (REE profile reference, 4.1)."""

TIME_B = Leaf(
    7,
    TimeTagB,
    _bits,
    lambda tag: _civil(tag.minutes, f":{tag.second:02}.{tag.millisecond:03}"),
    lambda tag: _flags(tag.minutes),
)
"""Time tag b: milliseconds and seconds, then a time tag a (4.2)."""

QUALIFIER = number(1, meaning=lambda quality: ", ".join(qualifier_words(quality)) or "good")
"""The byte after a total (6.1)."""

KEY = Leaf(4, Password, Password.reveal, str)
"""An access key, which is never named."""

STANDARD_DATE = Leaf(
    1,
    lambda byte: (CENTURY + (byte >> 4), byte & 0x0F),
    lambda date: fit(date[0] - CENTURY, 4) << 4 | fit(date[1], 4),
    lambda date: f"{date[1]}/{date[0]}",
)
"""Year and month: low nibble month, high nibble year - 2000."""
