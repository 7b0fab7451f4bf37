"""Contracts and tariffs: 133 to 136, 144 and 145, 147 and 148, 150 and 151 (REE profile reference, 8.4 and 8.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from iec102.application.asdu import Asdu, Cause, TypeId, fit
from iec102.application.events import TimeRange
from iec102.application.timetag import TimeTagA

SEASONS = 193
CURRENT_PERIODS = 197

_TIME = 5
_CLOSING = struct.Struct("<BIIBIIBIIBIBIBI5sBIB5s5s")
_POWER = struct.Struct("<BI")
_SEASON = struct.Struct("<5sB")
_HOURS = 24
_DAY_TYPE = _HOURS // 2
_SEASONS_HEAD = 4


class Energy(NamedTuple):
    """An energy of a tariff period in kWh or kVArh: the register, what the period added, and the qualifier byte."""

    absolute: int
    incremental: int
    quality: int = 0


class Reserve(NamedTuple):
    """A value without a meaning, and its qualifier byte."""

    value: int = 0
    quality: int = 0x80


@dataclass(frozen=True, slots=True)
class TariffPeriod:
    """135 and 136: a period of a closing (cierre), 63 bytes. Address 20 has the totals, 21 to 29 the periods 1 to 9.

    Maximum power in kW, at ``maximum_time``; excess power as the meter sends it.
    """

    address: int
    active: Energy
    inductive: Energy
    capacitive: Energy
    reserves: tuple[Reserve, Reserve]
    maximum: int
    maximum_time: TimeTagA
    maximum_quality: int
    excess: int
    excess_quality: int
    start: TimeTagA
    end: TimeTagA

    def encode(self) -> bytes:
        """63 bytes."""
        return _CLOSING.pack(
            self.address,
            *self.active,
            *self.inductive,
            *self.capacitive,
            *self.reserves[0],
            *self.reserves[1],
            self.maximum,
            self.maximum_time.encode(),
            self.maximum_quality,
            self.excess,
            self.excess_quality,
            self.start.encode(),
            self.end.encode(),
        )

    @classmethod
    def decode(cls, data: bytes, offset: int) -> TariffPeriod:
        """From 63 bytes."""
        fields = _CLOSING.unpack_from(data, offset)
        return cls(
            fields[0],
            Energy(*fields[1:4]),
            Energy(*fields[4:7]),
            Energy(*fields[7:10]),
            (Reserve(*fields[10:12]), Reserve(*fields[12:14])),
            fields[14],
            TimeTagA.from_bytes(fields[15]),
            fields[16],
            fields[17],
            fields[18],
            TimeTagA.from_bytes(fields[19]),
            TimeTagA.from_bytes(fields[20]),
        )


@dataclass(frozen=True, slots=True)
class TariffInformation:
    """135 (current) and 136 (stored closing): N periods; meters send one an ASDU."""

    periods: tuple[TariffPeriod, ...]

    @property
    def count(self) -> int:
        return len(self.periods)

    def encode_body(self) -> bytes:
        return b"".join(period.encode() for period in self.periods)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> TariffInformation | None:
        """None where N periods are not exactly the body."""
        if len(body) != count * _CLOSING.size:
            return None
        return cls(tuple(TariffPeriod.decode(body, at) for at in range(0, len(body), _CLOSING.size)))


@dataclass(frozen=True, slots=True)
class ContractedPowers:
    """145: N pairs of address (20 to 29) and power in kW, then the time from which they hold. No frame was seen."""

    powers: tuple[tuple[int, int], ...]
    valid_from: TimeTagA

    @property
    def count(self) -> int:
        return len(self.powers)

    def encode_body(self) -> bytes:
        return b"".join(_POWER.pack(*power) for power in self.powers) + self.valid_from.encode()

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> ContractedPowers | None:
        """None where N powers and a time are not exactly the body."""
        end = len(body) - _TIME
        if end != count * _POWER.size:
            return None
        powers = tuple((address, power) for address, power in _POWER.iter_unpack(body[:end]))
        return cls(powers, TimeTagA.from_bytes(body, end))


@dataclass(frozen=True, slots=True)
class Holidays:
    """148: N holidays (dias festivos), a time tag a each. No frame was seen."""

    days: tuple[TimeTagA, ...]

    @property
    def count(self) -> int:
        return len(self.days)

    def encode_body(self) -> bytes:
        return b"".join(day.encode() for day in self.days)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> Holidays | None:
        """None where N dates are not exactly the body."""
        if len(body) != count * _TIME:
            return None
        return cls(tuple(TimeTagA.from_bytes(body, at) for at in range(0, len(body), _TIME)))


@dataclass(frozen=True, slots=True)
class Season:
    """Its first day (year 2099: every year), and the day types of working days and of holidays, 0 to 15."""

    start: TimeTagA
    working_day: int
    holiday: int


@dataclass(frozen=True, slots=True)
class Seasons:
    """Object 193::

        0  193
        1  direction: 1 import, 2 export
        2  kind: 2 annual, else winter and summer
        3  n, then n times: start (time tag a), day types 1 (low nibble working day, high nibble holiday)
           m, then m times 12 bytes: the tariff period of each of 24 hours, low nibble the earlier hour
           time tag a: active since

    ``day_types`` has the 24 periods of each day type.
    """

    direction: int
    kind: int
    seasons: tuple[Season, ...]
    day_types: tuple[tuple[int, ...], ...]
    since: TimeTagA

    def encode(self) -> bytes:
        """The bytes from the object address on."""
        seasons = (
            _SEASON.pack(part.start.encode(), fit(part.working_day, 4) | fit(part.holiday, 4) << 4)
            for part in self.seasons
        )
        days = (bytes(map(_pair, periods[::2], periods[1::2])) for periods in self.day_types)
        head = bytes((SEASONS, self.direction, self.kind, len(self.seasons)))
        return b"".join((head, *seasons, bytes((len(self.day_types),)), *days, self.since.encode()))

    @classmethod
    def decode(cls, data: bytes, offset: int) -> tuple[Seasons, int] | None:
        """The object at ``offset`` and where it ends; None where the bytes are too few."""
        if offset + _SEASONS_HEAD > len(data):
            return None
        first = offset + _SEASONS_HEAD
        days = first + data[offset + 3] * _SEASON.size
        if days >= len(data):
            return None
        end = days + 1 + data[days] * _DAY_TYPE
        if end + _TIME > len(data):
            return None
        seasons = tuple(
            Season(TimeTagA.from_bytes(start), types & 0x0F, types >> 4)
            for start, types in _SEASON.iter_unpack(data[first:days])
        )
        day_types = tuple(_hours(data[at : at + _DAY_TYPE]) for at in range(days + 1, end, _DAY_TYPE))
        since = TimeTagA.from_bytes(data, end)
        return cls(data[offset + 1], data[offset + 2], seasons, day_types, since), end + _TIME


def _pair(earlier: int, later: int) -> int:
    return fit(earlier, 4) | fit(later, 4) << 4


def _hours(data: bytes) -> tuple[int, ...]:
    return tuple(nibble for byte in data for nibble in (byte & 0x0F, byte >> 4))


@dataclass(frozen=True, slots=True)
class CurrentPeriods:
    """Object 197: the tariff period that holds now of the contracts I, II and III, and the time."""

    periods: tuple[int, int, int]
    time: TimeTagA

    def encode(self) -> bytes:
        """Nine bytes from the object address on."""
        return bytes((CURRENT_PERIODS, *self.periods)) + self.time.encode()

    @classmethod
    def decode(cls, data: bytes, offset: int) -> tuple[CurrentPeriods, int] | None:
        """The object at ``offset`` and where it ends; None where the bytes are too few."""
        end = offset + 4 + _TIME
        if end > len(data):
            return None
        first, second, third = data[offset + 1 : offset + 4]
        return cls((first, second, third), TimeTagA.from_bytes(data, offset + 4)), end


@dataclass(frozen=True, slots=True)
class TariffExtension:
    """151: objects of the tariff extension whose layout is known, 193 and 197."""

    objects: tuple[Seasons | CurrentPeriods, ...]

    @property
    def count(self) -> int:
        return len(self.objects)

    def encode_body(self) -> bytes:
        return b"".join(part.encode() for part in self.objects)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> TariffExtension | None:
        """None where an object is of another kind or the lengths do not come out."""
        kinds: dict[int, type[Seasons | CurrentPeriods]] = {SEASONS: Seasons, CURRENT_PERIODS: CurrentPeriods}
        objects: list[Seasons | CurrentPeriods] = []
        at = 0
        while at < len(body):
            kind = kinds.get(body[at])
            found = None if kind is None else kind.decode(body, at)
            if found is None:
                return None
            part, at = found
            objects.append(part)
        return cls(tuple(objects)) if len(objects) == count else None


def read_closings(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_TA_VM_2, stored closings; record 134, 135 or 136 for the contracts I, II, III."""
    return Asdu(TypeId.READ_STORED_TARIFF, Cause.ACTIVATION, point_address, record, TimeRange(start, end, 1))
