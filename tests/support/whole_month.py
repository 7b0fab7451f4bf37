"""A month in which everything fits, made from a seed, and ways to spoil it: no meter, no archive."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from iec102.asdu import MADRID, Total
from iec102.asdu.tariff import Energy, Reserve
from iec102.load_profile.intervals import Register, before, expected_ends
from iec102.load_profile.records import LoadRecord
from iec102.meter.closings import Closing, ClosingPeriod
from iec102.meter.events import MeterEvent
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod, SeasonStart, SeasonTable
from iec102.verdict.month import Month

START, END = datetime(2026, 10, 1, tzinfo=MADRID), datetime(2026, 11, 1, tzinfo=MADRID)
_HOUR, _QUARTER = timedelta(hours=1), timedelta(minutes=15)
SEASONS = SeasonTable(
    1,
    2,
    (SeasonStart(CalendarDay(None, 1, 1), 1, 2),),
    ((6,) * 8 + (5,) + (4,) * 5 + (5,) * 4 + (4,) * 4 + (5,) * 2, (6,) * 24),
    None,
)
HOLIDAYS = HolidayCalendar(1, (CalendarDay(None, 10, 12),))
POWERS = PowersByPeriod(1, {4: 300, 5: 300, 6: 300}, None)
CHANNELS = range(1, 7)
Spoil = Callable[[Month], Month]


@functools.cache
def a_month(seed: int, *, most: int = 70) -> Month:
    """``most``: kWh of a quarter-hour."""
    chance = random.Random(seed)
    quarters: dict[datetime, list[int]] = {
        end: [chance.randint(1, most), 0, chance.randint(0, 15), 0, 0, chance.randint(0, 9)]
        for end in expected_ends(Register.QUARTER_HOURLY, START, END)
    }
    hours = {
        end: _added([quarters[end - number * _QUARTER] for number in range(4)])
        for end in expected_ends(Register.HOURLY, START, END)
    }
    days = {
        end: _added([hours[hour] for hour in expected_ends(Register.HOURLY, before(Register.DAILY, end), end)])
        for end in expected_ends(Register.DAILY, START, END)
    }
    found = {Register.QUARTER_HOURLY: quarters, Register.HOURLY: hours, Register.DAILY: days}
    records = {register: [_record(end, values) for end, values in each.items()] for register, each in found.items()}
    month = Month(START, END, MADRID, records, None, 1, SEASONS, HOLIDAYS, POWERS, events_known=True)
    return month._replace(closing=closing_of_hours(month))


def closing_of_hours(month: Month) -> Closing:
    """What a meter would have closed."""
    sums: dict[int, list[int]] = {}
    maxima: dict[int, int] = {}
    for record in month.of(Register.HOURLY):
        period = month.seasons.period_at((record.end - _HOUR).astimezone(MADRID), HOLIDAYS)  # type: ignore[union-attr]
        for key in (0, period):
            sums[key] = _added([sums.get(key, [0] * 6), [total.value for total in record.totals]])
    for record in month.of(Register.QUARTER_HOURLY):
        period = month.seasons.period_at((record.end - _QUARTER).astimezone(MADRID), HOLIDAYS)  # type: ignore[union-attr]
        for key in (0, period):
            maxima[key] = max(maxima.get(key, 0), record.totals[0].value * 4)
    periods = tuple(
        ClosingPeriod(
            period,
            Energy(0, values[0]),
            Energy(0, values[2]),
            Energy(0, values[5]),
            maxima[period],
            None,
            0,
            0,
            0x80,
            (Reserve(), Reserve()),
        )
        for period, values in sorted(sums.items())
    )
    return Closing(1, START, END, periods)


def _added(parts: list[list[int]]) -> list[int]:
    return [sum(values) for values in zip(*parts, strict=True)]


def _record(end: datetime, values: list[int]) -> LoadRecord:
    return LoadRecord(end, tuple(Total(address, value, 0) for address, value in zip(CHANNELS, values, strict=True)))


# Ways to spoil it


def without(register: Register, *places: int) -> Spoil:
    """Some intervals are missing."""

    def spoil(month: Month) -> Month:
        kept = [record for place, record in enumerate(month.of(register)) if place not in places]
        return month._replace(records={**month.records, register: kept})

    return spoil


def changed(register: Register, place: int, more: int, *, address: int = 1, quality: int = 0) -> Spoil:
    """A value of one interval is another one."""

    def spoil(month: Month) -> Month:
        records = list(month.of(register))
        totals = tuple(
            Total(total.address, total.value + more, quality) if total.address == address else total
            for total in records[place].totals
        )
        records[place] = LoadRecord(records[place].end, totals)
        return month._replace(records={**month.records, register: records})

    return spoil


def closed_otherwise(period: int, more: int, name: str = "active") -> Spoil:
    """The closing has another energy."""

    def spoil(month: Month) -> Month:
        assert month.closing is not None
        periods = tuple(
            each._replace(**{name: Energy(0, getattr(each, name).incremental + more)})
            if each.period == period
            else each
            for each in month.closing.periods
        )
        return month._replace(closing=month.closing._replace(periods=periods))

    return spoil


def maximum_otherwise(period: int, more: int) -> Spoil:
    """The closing has another maximum."""

    def spoil(month: Month) -> Month:
        assert month.closing is not None
        periods = tuple(
            each._replace(maximum=each.maximum + more) if each.period == period else each
            for each in month.closing.periods
        )
        return month._replace(closing=month.closing._replace(periods=periods))

    return spoil


def hour_before_and_after(month: Month) -> Month:
    """The doubled hour of autumn came once: the meter gave the second one under the time of the first."""
    hours = list(month.of(Register.HOURLY))
    place = 24 * 24 + 3  # the second hour that ends at 03:00 of 25 October
    first, second = hours[place - 1], hours[place]
    hours[place - 1 : place + 1] = [
        LoadRecord(
            first.end,
            tuple(
                one._replace(value=one.value + two.value) for one, two in zip(first.totals, second.totals, strict=True)
            ),
        )
    ]
    return month._replace(records={**month.records, Register.HOURLY: hours})


def clock_set(at: datetime, seconds: float) -> Spoil:
    """The meter's clock was set by so many seconds."""

    def spoil(month: Month) -> Month:
        events = (
            MeterEvent(53, at, 7, 9, indication=False),
            MeterEvent(53, at + timedelta(seconds=seconds), 7, 11, indication=False),
        )
        return month._replace(events=(*month.events, *events))

    return spoil


def supply_lost(start: datetime, end: datetime) -> Spoil:
    """No supply, as the meter tells it."""

    def spoil(month: Month) -> Month:
        events = MeterEvent(52, start, 3, 0, indication=False), MeterEvent(52, end, 1, 2, indication=False)
        return month._replace(events=(*month.events, *events))

    return spoil
