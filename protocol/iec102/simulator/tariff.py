"""The tariff of the simulated meter: a Spanish 6.xTD, with its seasons, day types, hours and holidays.

Six periods: P6 at night, on weekends and on holidays; the others by season, of which there are four. Import and export
contracts have the same calendar. (CNMC, Circular 3/2020, for the peninsula.)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from iec102.asdu import ContractedPowers, CurrentPeriods, Holidays, LatentActivation, Season, Seasons, TimeTagA
from iec102.asdu.tariff import ANNUAL
from iec102.asdu.timetag import EVERY_YEAR, MADRID
from iec102.simulator.electrical import COMMISSIONED

PERIODS = range(1, 7)
"""P1 to P6."""

_CHEAPEST = 6
_SATURDAY = 5
_DAY = timedelta(days=1)


def _working_day(peak: int, shoulder: int) -> tuple[int, ...]:
    """The periods of 24 hours: night, 8 to 9, 9 to 14, 14 to 18, 18 to 22, 22 to 24."""
    return (_CHEAPEST,) * 8 + (shoulder, *(peak,) * 5, *(shoulder,) * 4, *(peak,) * 4, *(shoulder,) * 2)


DAY_TYPES = (
    _working_day(1, 2),
    _working_day(2, 3),
    _working_day(3, 4),
    _working_day(4, 5),
    (_CHEAPEST,) * 24,
)
"""1 to 4: working days by season; 5: weekends and holidays."""

_HOLIDAY = 5
_HIGH, _MEDIUM_HIGH, _MEDIUM, _LOW = 1, 2, 3, 4
_SEASONS = {
    1: _HIGH,
    3: _MEDIUM_HIGH,
    4: _LOW,
    6: _MEDIUM,
    7: _HIGH,
    8: _MEDIUM,
    10: _LOW,
    11: _MEDIUM_HIGH,
    12: _HIGH,
}
# By the month in which a season begins.
_BY_MONTH = [_SEASONS[max(first for first in _SEASONS if first <= month)] for month in range(1, 13)]
_HOLIDAYS = ((1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25))
# From so many hours of a day a period holds, by day type: (first hour, last hour, period).
_RUNS = [
    [
        (hour, next((end for end in range(hour, 24) if hours[end] != hours[hour]), 24), hours[hour])
        for hour in range(24)
        if hour == 0 or hours[hour] != hours[hour - 1]
    ]
    for hours in DAY_TYPES
]


class Contract(NamedTuple):
    """Its registers (active, inductive, capacitive; of A+, A-, Q1 to Q4) and its contracted powers in kW, P1 to P6.

    ``direction``: 1 import, whose reactive pair is Q1 and Q4; 2 export, Q3 and Q2 (REE profile reference, 8.4).
    """

    direction: int
    registers: tuple[int, int, int]
    powers: tuple[int, int, int, int, int, int]


CONTRACTS = (
    Contract(1, (0, 2, 5), (240, 240, 250, 250, 250, 280)),
    Contract(2, (1, 4, 3), (150, 150, 150, 150, 150, 150)),
    Contract(1, (0, 2, 5), (300, 300, 300, 300, 300, 300)),
)
"""The contracts I, II and III: two that see what the site takes from the grid, and one that sees what it gives."""

_LATENT_GROWTH = 10  # kW more in the latent contracts


class Run(NamedTuple):
    """A time in which one period holds, from ``start`` to ``end`` (POSIX timestamps in seconds)."""

    start: float
    end: float
    period: int


def day_type(day: date) -> int:
    """1 to 5."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _HOLIDAYS:
        return _HOLIDAY
    return _BY_MONTH[day.month - 1]


def period_at(when: datetime, zone: tzinfo = MADRID) -> int:
    """The period that holds at an instant."""
    local = when.astimezone(zone)
    return DAY_TYPES[day_type(local.date()) - 1][local.hour]


def runs(start: datetime, end: datetime, zone: tzinfo = MADRID) -> Iterator[Run]:
    """From one instant to another, without a gap."""
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    first, stop = start.timestamp(), end.timestamp()
    while day <= last:
        for begin, until, period in _RUNS[day_type(day) - 1]:
            before, after = max(first, _instant(day, begin, zone)), min(stop, _instant(day, until, zone))
            if before < after:
                yield Run(before, after, period)
        day += _DAY


def _instant(day: date, hour: int, zone: tzinfo) -> float:
    if hour == 24:
        day, hour = day + _DAY, 0
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp()


# What it tells of them


def seasons(contract: Contract, zone: tzinfo) -> Seasons:
    """Object 193 of type 151."""
    starts = (Season(_every_year(month, 1), kind, _HOLIDAY) for month, kind in _SEASONS.items())
    return Seasons(contract.direction, ANNUAL, tuple(starts), DAY_TYPES, TimeTagA.of(COMMISSIONED, zone))


def current_periods(now: datetime, zone: tzinfo) -> CurrentPeriods:
    """Object 197: all contracts have the same calendar."""
    period = period_at(now, zone)
    return CurrentPeriods((period, period, period), TimeTagA.of(now, zone))


def latent_activation(now: datetime, zone: tzinfo) -> LatentActivation:
    """Object 196: the latent contracts come into force with the next year."""
    return LatentActivation(TimeTagA.of(_next_year(now, zone), zone))


def contracted_powers(contract: Contract, now: datetime, zone: tzinfo, *, latent: bool) -> ContractedPowers:
    """Type 145."""
    valid = _next_year(now, zone) if latent else COMMISSIONED
    more = _LATENT_GROWTH if latent else 0
    powers = tuple((20 + period, power + more) for period, power in zip(PERIODS, contract.powers, strict=True))
    return ContractedPowers(powers, TimeTagA.of(valid, zone))


def holidays() -> Holidays:
    """Type 148: those of every year."""
    return Holidays(tuple(_every_year(month, day) for month, day in _HOLIDAYS))


def _every_year(month: int, day: int) -> TimeTagA:
    """00:00 of a day in year 99, without a day of the week."""
    return TimeTagA(day << 16 | month << 24 | (EVERY_YEAR - 2000) << 32)


def _next_year(now: datetime, zone: tzinfo) -> datetime:
    return datetime(now.astimezone(zone).year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
