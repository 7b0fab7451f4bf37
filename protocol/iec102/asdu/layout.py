"""A cursor over the bytes of a frame that turns them into fields, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from iec102.application.qualifier import qualifier_words
from iec102.application.timetag import TimeTagA, TimeTagB
from iec102.explain.field import NOT_IN_REFERENCE, Field
from iec102.explain.names import named

_EVERY_YEAR = 2099
_WEEKDAYS = ("not used", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class TooShort(Exception):
    """The layout wants more bytes than the frame has."""


class Body:
    """Reads ``data[start:stop]`` from the front; multi-byte integers are little endian."""

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        self._data = data
        self._stop = stop
        self.position = start
        self.fields: list[Field] = []

    @property
    def left(self) -> int:
        """Bytes that no field covers yet."""
        return self._stop - self.position

    @property
    def ahead(self) -> bytes:
        """What no field covers yet."""
        return self._data[self.position : self._stop]

    def peek(self, offset: int = 0) -> int:
        """The byte ``offset`` bytes ahead, without moving."""
        self._need(offset + 1)
        return self._data[self.position + offset]

    def integer(self, length: int) -> int:
        """The next ``length`` bytes as an unsigned integer, without moving."""
        self._need(length)
        return int.from_bytes(self._data[self.position : self.position + length], "little")

    def field(
        self,
        name: str,
        length: int,
        meaning: str = "",
        unit: str = "",
        *,
        bits: tuple[tuple[str, str], ...] = (),
        verified: bool = True,
    ) -> None:
        """Covers the next ``length`` bytes by one field."""
        self._need(length)
        end = self.position + length
        self.fields.append(Field(name, self.position, end, meaning, unit, verified, bits))
        self.position = end

    def number(self, name: str, length: int, unit: str = "", *, scale: int = 1, verified: bool = True) -> None:
        """An unsigned integer; ``scale`` 10 means that the last digit is a tenth."""
        value = self.integer(length)
        text = str(value) if scale == 1 else f"{value / scale:.{len(str(scale)) - 1}f}"
        self.field(name, length, text, unit, verified=verified)

    def code(self, name: str, names: dict[int, str], *, verified: bool = True) -> None:
        """One byte with a name for each value."""
        self.field(name, 1, named(self.integer(1), names), verified=verified)

    def text(self, name: str, length: int, *, verified: bool = True) -> None:
        """ASCII text; what is not printable is shown escaped."""
        self._need(length)
        raw = self._data[self.position : self.position + length]
        self.field(name, length, repr(raw.rstrip(b"\0 ").decode("ascii", "backslashreplace")), verified=verified)

    def qualifier(self, name: str = "qualifier") -> None:
        """The byte after a total (REE profile reference, 6.1)."""
        words = qualifier_words(self.integer(1))
        self.field(name, 1, ", ".join(words) if words else "good")

    def time_a(self, name: str = "time", *, verified: bool = True) -> None:
        """Time tag a, five bytes (REE profile reference, 4.1)."""
        tag = TimeTagA.from_bytes(self._bytes(5))
        self.field(name, 5, _date(tag) + _minute(tag), bits=_flags(tag), verified=verified)

    def time_b(self, name: str = "time") -> None:
        """Time tag b, seven bytes: milliseconds and seconds, then a time tag a (4.2)."""
        tag = TimeTagB.from_bytes(self._bytes(7))
        precise = f"{_minute(tag.minutes)}:{tag.second:02}.{tag.millisecond:03}"
        self.field(name, 7, _date(tag.minutes) + precise, bits=_flags(tag.minutes))

    def group(self, name: str, layout: Callable[[Body], None], meaning: str = "") -> None:
        """Covers what ``layout`` reads by one field with children; what it read before it ran short is kept."""
        inner = Body(self._data, self.position, self._stop)
        try:
            layout(inner)
        finally:
            if inner.fields:
                whole = Field(name, self.position, inner.position, meaning, children=tuple(inner.fields))
                self.fields.append(whole)
                self.position = inner.position

    def rest(self, name: str = "bytes", meaning: str = NOT_IN_REFERENCE) -> None:
        """Covers all that is left, if anything is."""
        if self.left:
            self.field(name, self.left, meaning)

    def _bytes(self, length: int) -> bytes:
        self._need(length)
        return self._data[self.position : self.position + length]

    def _need(self, length: int) -> None:
        if length > self.left:
            raise TooShort


def _date(tag: TimeTagA) -> str:
    if not tag.month and not tag.day:
        return "no date"
    if tag.year == _EVERY_YEAR:
        return f"every year {tag.month:02}-{tag.day:02} "
    return f"{tag.year:04}-{tag.month:02}-{tag.day:02} "


def _minute(tag: TimeTagA) -> str:
    if not tag.month and not tag.day:
        return ""
    return f"{tag.hour:02}:{tag.minute:02}"


def _flags(tag: TimeTagA) -> tuple[tuple[str, str], ...]:
    return (
        ("SU", "summer time" if tag.summer else "standard time"),
        ("IV", "invalid" if tag.invalid else "valid"),
        ("day of week", _WEEKDAYS[tag.weekday]),
        ("TIS", str(int(tag.tariff_switch))),
        ("ETI", str(tag.energy_tariff)),
        ("PTI", str(tag.power_tariff)),
        ("RES1", str(tag.bits >> 13 & 3)),
        ("RES2", str(tag.bits >> 39)),
    )
