"""Time tags a and b (etiquetas de tiempo; REE profile reference, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

MADRID = ZoneInfo("Europe/Madrid")
EVERY_YEAR = 2099
"""The year of a tag that stands for all years."""

CENTURY = 2000
_LAST_YEAR = 0x7F
SU = 1 << 15
_IV = 1 << 7
_NO_DATE_MASK = 0x1F << 16 | 0x0F << 24
_HOUR = timedelta(hours=1)


@lru_cache(maxsize=16)
def standard_offset(zone: tzinfo) -> timedelta:
    """The zone's offset from UTC outside summer time."""
    winter = datetime(2020, 1, 1, tzinfo=zone)
    return (winter.utcoffset() or timedelta()) - (winter.dst() or timedelta())


@lru_cache(maxsize=256)
def _instants(bits: int, zone: tzinfo) -> tuple[datetime, datetime] | tuple[None, None]:
    """The instant of a time tag a in UTC and in ``zone``. The objects of an answer share their minute, and the records
    of a piece are looked at more than once: made once.
    """
    try:
        civil = datetime(
            CENTURY + (bits >> 32 & _LAST_YEAR),
            bits >> 24 & 0x0F,
            bits >> 16 & 0x1F,
            bits >> 8 & 0x1F,
            bits & 0x3F,
            tzinfo=UTC,
        )
    except ValueError:
        return None, None
    offset = standard_offset(zone)
    instant = civil - (offset + _HOUR if bits & SU else offset)
    return instant, instant.astimezone(zone)


@dataclass(frozen=True, slots=True)
class TimeTagA:
    """Five bytes, to the minute::

        0  minute 5..0, TIS 6, IV 7
        1  hour 4..0, RES1 6..5, SU 7
        2  day of month 4..0, day of week 7..5 (1 Monday, 0 not used)
        3  month 3..0, ETI 5..4, PTI 7..6
        4  year - 2000 6..0, RES2 7

    ``bits`` is the whole tag, little endian, so that no flag is lost. Meters send local civil time, and
    SU tells which offset holds: UTC is the tag minus the standard offset, minus one hour where SU is set.
    """

    bits: int

    @classmethod
    def of(cls, when: datetime, zone: tzinfo = MADRID) -> TimeTagA:
        """Make the tag of an instant (aware), with SU and day of week; seconds are dropped.

        Raises InvalidSetting for a time without a zone and for years that a tag does not have.
        """
        if when.tzinfo is None:
            raise InvalidSetting(Sentence("setting.no_time_zone", time=when))
        # The calendar's first and last year cannot be converted.
        local = when if when.year in (MINYEAR, MAXYEAR) else when.astimezone(zone)
        if not 0 <= local.year - CENTURY <= _LAST_YEAR:
            raise InvalidSetting(Sentence("setting.year", time=local, first=CENTURY, last=CENTURY + _LAST_YEAR))
        return cls(
            local.minute
            | local.hour << 8
            | (SU if local.dst() else 0)
            | local.day << 16
            | local.isoweekday() << 21
            | local.month << 24
            | (local.year - CENTURY) << 32
        )

    @classmethod
    def from_bytes(cls, data: bytes, offset: int = 0) -> TimeTagA:
        """Read the tag at ``data[offset:offset + 5]``."""
        return cls(int.from_bytes(data[offset : offset + 5], "little"))

    def encode(self) -> bytes:
        """Encode the five bytes."""
        return self.bits.to_bytes(5, "little")

    @property
    def minute(self) -> int:
        return self.bits & 0x3F

    @property
    def tariff_switch(self) -> bool:
        """TIS, tariff information switch."""
        return bool(self.bits & 0x40)

    @property
    def invalid(self) -> bool:
        """IV: the meter says that this time is not valid."""
        return bool(self.bits & _IV)

    @property
    def hour(self) -> int:
        return self.bits >> 8 & 0x1F

    @property
    def summer(self) -> bool:
        """SU: the tag is in summer time."""
        return bool(self.bits & SU)

    @property
    def day(self) -> int:
        return self.bits >> 16 & 0x1F

    @property
    def weekday(self) -> int:
        """1 Monday to 7 Sunday, 0 not used."""
        return self.bits >> 21 & 7

    @property
    def month(self) -> int:
        return self.bits >> 24 & 0x0F

    @property
    def energy_tariff(self) -> int:
        """ETI."""
        return self.bits >> 28 & 3

    @property
    def power_tariff(self) -> int:
        """PTI."""
        return self.bits >> 30 & 3

    @property
    def year(self) -> int:
        """With the century: 2000 to 2127; 0 for "no date"."""
        return CENTURY + (self.bits >> 32 & _LAST_YEAR) if self.bits & _NO_DATE_MASK else 0

    def utc(self, zone: tzinfo = MADRID) -> datetime | None:
        """The instant in UTC by SU; None for "no date" (all-zero tags occur) and for impossible dates."""
        return _instants(self.bits, zone)[0]

    def local(self, zone: tzinfo = MADRID) -> datetime | None:
        """The same instant in ``zone``."""
        return _instants(self.bits, zone)[1]


@dataclass(frozen=True, slots=True)
class TimeTagB:
    """Seven bytes, to the millisecond::

        0, 1  little-endian word: milliseconds 9..0, seconds 15..10
        2..6  time tag a

    Sources disagree on the word; real clock answers and events settle it (REE profile reference, 4.2).
    """

    bits: int

    @classmethod
    def of(cls, when: datetime, zone: tzinfo = MADRID) -> TimeTagB:
        """Make the tag of an instant (aware), to the millisecond."""
        word = when.microsecond // 1000 | when.second << 10
        return cls(word | TimeTagA.of(when, zone).bits << 16)

    @classmethod
    def from_bytes(cls, data: bytes, offset: int = 0) -> TimeTagB:
        """Read the tag at ``data[offset:offset + 7]``."""
        return cls(int.from_bytes(data[offset : offset + 7], "little"))

    def encode(self) -> bytes:
        """Encode the seven bytes."""
        return self.bits.to_bytes(7, "little")

    @property
    def millisecond(self) -> int:
        """0 to 999; a meter may send up to 1023."""
        return self.bits & 0x3FF

    @property
    def second(self) -> int:
        return self.bits >> 10 & 0x3F

    @property
    def minutes(self) -> TimeTagA:
        """The time tag a inside."""
        return TimeTagA(self.bits >> 16)

    @property
    def summer(self) -> bool:
        """SU: the tag is in summer time."""
        return self.minutes.summer

    def utc(self, zone: tzinfo = MADRID) -> datetime | None:
        """The instant in UTC by SU; None for "no date" and for impossible times."""
        minute = self.minutes.utc(zone)
        if minute is None or self.second > 59:
            return None
        return minute + timedelta(seconds=self.second, milliseconds=self.millisecond)

    def local(self, zone: tzinfo = MADRID) -> datetime | None:
        """The same instant in ``zone``."""
        instant = self.utc(zone)
        return None if instant is None else instant.astimezone(zone)
