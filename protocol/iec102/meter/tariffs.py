"""Tariffs of a contract, typed: contracted powers (145), holidays (148), season tables and the rest of 151.

Seasons and the current period were seen in the bytes of one meter; the rest comes from sources without frames (REE
profile reference, 8.4 and 8.5).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from iec102.asdu import ContractedPowers, Holidays, Seasons, TimeTagA
from iec102.asdu.summer_time import TagConversion
from iec102.asdu.timetag import EVERY_YEAR
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import TOTAL_OBJECT

_SATURDAY = 5

SEASONS_OBJECT, LATENT_OBJECT, CURRENT_OBJECT = 193, 196, 197
UNKNOWN_OBJECTS = (192, 195)
"""Special days and monthly closings: their layouts are not known, their bytes are kept."""


class CalendarDay(NamedTuple):
    """A day of a calendar; ``year`` None: every year. A meter may send a month or a day that does not exist."""

    year: int | None
    month: int
    day: int

    def falls_on(self, when: date) -> bool:
        """Whether a date is this day."""
        return (self.month, self.day) == (when.month, when.day) and self.year in (None, when.year)


class PowersByPeriod(NamedTuple):
    """145: contracted power in kW by tariff period (1 to 9; 0: the totals), and from when it holds (None: no date).

    ``contract`` 1 to 3; ``latent``: of the contract that will take the place of the active one.
    """

    contract: int
    kilowatts: dict[int, int]
    valid_from: datetime | None
    latent: bool = False

    @property
    def in_force_since(self) -> datetime | None:
        """``valid_from``; None where they always held: without a date, or in year 99."""
        since = self.valid_from
        return None if since is None or since.year >= EVERY_YEAR else since


class HolidayCalendar(NamedTuple):
    """148: the holidays of a contract, in calendar order, those of every year first."""

    contract: int
    days: tuple[CalendarDay, ...]

    def tells(self, year: int) -> bool:
        """Whether it says which days of a year are holidays: not where all of its days are of other years."""
        return not self.days or any(day.year in (None, year) for day in self.days)


class SeasonStart(NamedTuple):
    """A season: its first day, and the day types (1 and up) of its working days and of its holidays."""

    first_day: CalendarDay
    working_day: int
    holiday: int


class SeasonTable(NamedTuple):
    """Object 193. ``direction``: 1 import, 2 export. ``kind``: 2 annual, else winter and summer.

    ``day_types``: for each day type the tariff period of each of its 24 hours, midnight first. ``since``: active since,
    in the meter's zone, None without a date.
    """

    direction: int
    kind: int
    seasons: tuple[SeasonStart, ...]
    day_types: tuple[tuple[int, ...], ...]
    since: datetime | None

    def day_type(self, when: date, *, holiday: bool) -> tuple[int, ...]:
        """The periods of the 24 hours of a date; empty where the table does not tell."""
        if not self.seasons:
            return ()
        begun = [season for season in self.seasons if season.first_day[1:] <= (when.month, when.day)]
        season = max(begun or self.seasons, key=lambda season: season.first_day[1:])
        number = season.holiday if holiday else season.working_day
        return self.day_types[number - 1] if 1 <= number <= len(self.day_types) else ()

    def periods_of(self, day: date, holidays: HolidayCalendar | None) -> tuple[int, ...]:
        """The periods of the 24 hours of a date that may be a holiday; empty where the table does not tell.

        Weekends are holidays, as in all Spanish tariffs by period.
        """
        holiday = day.weekday() >= _SATURDAY or any(each.falls_on(day) for each in (holidays.days if holidays else ()))
        return self.day_type(day, holiday=holiday)

    def period_at(self, when: datetime, holidays: HolidayCalendar | None) -> int | None:
        """The tariff period (1 to 9) at a local time; None where the table does not tell."""
        hours = self.periods_of(when.date(), holidays)
        return hours[when.hour] if when.hour < len(hours) else None


class TariffTables(NamedTuple):
    """151, all that a contract has. ``current_period`` (1 to 9) holds at ``current_time``, the meter's time.

    None is what was not given; ``absences`` say why, and ``kept`` has the objects whose layouts are not known (192
    special days, 195 monthly closings). ``latent_from``: when the latent contract takes the place of the active one.
    """

    contract: int
    seasons: SeasonTable | None = None
    latent_from: datetime | None = None
    current_period: int | None = None
    current_time: datetime | None = None
    absences: tuple[Absence, ...] = ()
    kept: tuple[KeptBytes, ...] = ()


def powers_by_period(
    contract: int, content: ContractedPowers, conversion: TagConversion, *, latent: bool
) -> PowersByPeriod:
    """The typed form of a 145. Sources disagree whether the addresses are 20 to 29 or 1 to 9: both are read."""
    powers = {
        address - TOTAL_OBJECT if address >= TOTAL_OBJECT else address: power for address, power in content.powers
    }
    return PowersByPeriod(contract, powers, conversion.local(content.valid_from), latent)


def holiday_calendar(contract: int, content: Holidays) -> HolidayCalendar:
    """The typed form of a 148; tags without a date are left out."""
    days = {calendar_day(tag) for tag in content.days if tag.month and tag.day}
    return HolidayCalendar(contract, tuple(sorted(days, key=lambda day: (day.year or 0, day.month, day.day))))


def season_table(content: Seasons, conversion: TagConversion) -> SeasonTable:
    """The typed form of an object 193."""
    seasons = tuple(
        SeasonStart(calendar_day(season.start), season.working_day, season.holiday) for season in content.seasons
    )
    return SeasonTable(content.direction, content.kind, seasons, content.day_types, conversion.local(content.since))


def calendar_day(tag: TimeTagA) -> CalendarDay:
    """The date of a tag, without its time."""
    return CalendarDay(None if tag.year == EVERY_YEAR else tag.year, tag.month, tag.day)
