"""What is known of a month, and what each interval of it is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from iec102.load_profile.intervals import Register, before, expected_ends
from iec102.load_profile.records import LoadRecord
from iec102.load_profile.sums import NOT_VALID
from iec102.meter.closings import EXPORT, Closing, reactive_quadrants
from iec102.meter.events import MeterEvent
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod, SeasonTable
from iec102.sentence import Sentence

A_PLUS, A_MINUS, Q1, Q2, Q3, Q4 = range(1, 7)
"""Addresses of the channels."""
MEASURED = (A_PLUS, A_MINUS, Q1, Q2, Q3, Q4)

_ROUNDING = 1.2


class Contract(NamedTuple):
    """What is known of a contract (``contract`` 1 to 3) in a month, as in ``Month``."""

    contract: int
    closing: Closing | None = None
    direction: int | None = None
    seasons: SeasonTable | None = None
    holidays: HolidayCalendar | None = None
    powers: PowersByPeriod | None = None
    closing_ways: int = 1
    closing_parts: int = 1
    closed_partly: bool = False


class Month(NamedTuple):
    """What is known of a month, (``start``, ``end``] in ``zone``.

    ``records`` by register; ``closing`` is the one of the month, None where there is none, added up of
    ``closing_parts`` that follow on each other; ``closed_partly``: there are some that do not make up the month.
    ``direction`` of its contract (1 import, 2 export). ``seasons``, ``holidays`` and ``powers`` are None where they are
    not known. ``events_known``: ``events`` are all of the month; else some may be missing. ``differing``: intervals
    that were given twice with other values; ``closing_ways``: in how many ways the closing was. ``others``: the hours
    and quarter-hours of other sources, by their names. ``further``: the contracts beside that which comes first.
    """

    start: datetime
    end: datetime
    zone: tzinfo
    records: Mapping[Register, Sequence[LoadRecord]]
    closing: Closing | None = None
    direction: int | None = None
    seasons: SeasonTable | None = None
    holidays: HolidayCalendar | None = None
    powers: PowersByPeriod | None = None
    events: Sequence[MeterEvent] = ()
    events_known: bool = False
    differing: int = 0
    closing_ways: int = 1
    others: Mapping[str, Mapping[Register, Sequence[LoadRecord]]] = {}
    contract: int = 1
    closing_parts: int = 1
    closed_partly: bool = False
    further: Sequence[Contract] = ()

    @property
    def contracts(self) -> list[Month]:
        """The month as each of its contracts has it."""
        return [self._replace(**each._asdict(), further=()) for each in (self.own, *self.further)]

    @property
    def own(self) -> Contract:
        """The contract that comes first."""
        return Contract(*(getattr(self, name) for name in Contract._fields))

    def of(self, register: Register) -> Sequence[LoadRecord]:
        """The records of a register."""
        return self.records.get(register, ())

    def expected(self, register: Register) -> list[datetime]:
        """The ends of its intervals."""
        return expected_ends(register, self.start, self.end, self.zone)

    def local(self, when: datetime) -> datetime:
        """A time as the meter's clock has it."""
        return when.astimezone(self.zone)

    @property
    def has_ended(self) -> bool:
        """It ends with the last day of a month, and not in between."""
        end = self.local(self.end)
        return (end.day, end.hour, end.minute) == (1, 0, 0)

    @property
    def active(self) -> int:
        """The channel of the active energy that the contract bills."""
        return A_MINUS if self.direction == EXPORT else A_PLUS

    @property
    def reactive_pair(self) -> tuple[int, ...]:
        """The channels of a closing's inductive and capacitive energy; none where the direction is not known."""
        pair = reactive_quadrants(self.direction)
        return () if pair is None else (A_MINUS + pair[0], A_MINUS + pair[1])

    @property
    def lacks_calendar(self) -> Sentence | None:
        """Why no interval has a tariff period; None where all have one."""
        if self.seasons is None:
            return Sentence("reconcile.why_no_calendar")
        if self.holidays is None:
            return Sentence("reconcile.why_no_holidays")
        year = self.local(self.start).year
        return None if self.holidays.tells(year) else Sentence("reconcile.why_other_holidays", year=year)

    @property
    def lacks_direction(self) -> Sentence | None:
        """Why it is not known which active energy is billed; None where it is, or where the site never exports."""
        if self.reactive_pair:
            return None
        exports = any(value_of(record, A_MINUS) for record in self.of(Register.HOURLY))
        return Sentence("reconcile.why_no_direction") if exports else None


class Periods:
    """The tariff period of each interval of a month."""

    def __init__(self, month: Month) -> None:
        self._month = month
        self._days: dict[date, tuple[int, ...]] = {}
        self._intervals: dict[Register, list[tuple[datetime, int | None]]] = {}

    def intervals(self, register: Register) -> list[tuple[datetime, int | None]]:
        """The ends of all intervals of the month, each with its period; None where the calendar does not tell."""
        if (found := self._intervals.get(register)) is None:
            ends = self._month.expected(register)
            found = self._intervals[register] = [(end, self._at(end, register)) for end in ends]
        return found

    def _at(self, end: datetime, register: Register) -> int | None:
        """The period (1 to 9) of an interval by its end; None where the calendar does not tell."""
        month = self._month
        if month.seasons is None:
            return None
        start = before(register, end, month.zone).astimezone(month.zone)
        day = start.date()
        if (hours := self._days.get(day)) is None:
            hours = self._days[day] = month.seasons.periods_of(day, month.holidays)
        return hours[start.hour] if start.hour < len(hours) else None

    def lack(self, register: Register) -> Sentence | None:
        """Why not every interval of the month has a period; None where each has one."""
        if all(period for _end, period in self.intervals(register)):
            return None
        return Sentence("reconcile.why_holes")


def most_rounding(count: int) -> float:
    """What so many roundings make together at most: four standard deviations of them."""
    return _ROUNDING * math.sqrt(count)


def unit_of(address: int) -> str:
    """Of a channel."""
    return "kWh" if address in (A_PLUS, A_MINUS) else "kVArh"


def value_of(record: LoadRecord, address: int) -> int | None:
    """The valid value of a channel, None where there is none."""
    total = record.total(address)
    return None if total is None or total.quality & NOT_VALID else total.value
