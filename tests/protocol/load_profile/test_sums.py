"""Hours against quarter-hours, days against hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from iec102.asdu import MADRID, Total
from iec102.load_profile.intervals import Register, expected_ends, midnight
from iec102.load_profile.records import LoadRecord
from iec102.load_profile.sums import Difference, differences

END = datetime(2026, 11, 1, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def record(end: datetime, *values: int, quality: int = 0) -> LoadRecord:
    return LoadRecord(end, tuple(Total(address, value, quality) for address, value in enumerate(values, start=1)))


def quarters(*values: int) -> list[LoadRecord]:
    return [record(END - (3 - index) * QUARTER, value, 2 * value) for index, value in enumerate(values)]


def hourly(whole: LoadRecord, parts: list[LoadRecord], *, incremental: bool = True) -> list[Difference]:
    return list(differences(Register.HOURLY, [whole], parts, incremental=incremental))


def test_what_adds_up_is_not_mentioned() -> None:
    assert hourly(record(END, 10, 20), quarters(1, 2, 3, 4)) == []


def test_what_does_not_add_up_is_named_by_channel() -> None:
    assert hourly(record(END, 10, 21), quarters(1, 2, 3, 4)) == [Difference(Register.HOURLY, END, 2, 21, 20)]


def test_what_cannot_be_compared_is_left_out() -> None:
    parts = quarters(1, 2, 3, 4)
    assert hourly(record(END, 99), parts[1:]) == []
    assert hourly(record(END + timedelta(hours=1), 99), parts) == []
    assert hourly(record(END, 99, quality=0x80), parts) == []
    assert hourly(record(END, 99), [record(part.end, 1, quality=0x80) for part in parts]) == []
    assert hourly(record(END, 10, 20, 99), parts) == []
    assert hourly(record(END, 99), [*parts[:3], LoadRecord(END, ())]) == []
    assert len(hourly(record(END, 99, quality=0x40), parts)) == 1


def test_absolute_values_are_those_of_the_same_moment() -> None:
    parts = quarters(1, 2, 3, 4)
    assert hourly(record(END, 4, 8), parts[3:], incremental=False) == []
    assert hourly(record(END, 5, 8), parts, incremental=False) == [Difference(Register.HOURLY, END, 1, 5, 4)]


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (30, 24)])
def test_a_day_has_as_many_hours_as_it_has(day: int, hours: int) -> None:
    start, end = (midnight(datetime(2026, 3, number).date()) for number in (day, day + 1))
    parts = [record(at, 1) for at in expected_ends(Register.HOURLY, start, end)]
    assert len(parts) == hours
    assert list(differences(Register.DAILY, [record(end, hours)], parts, zone=MADRID)) == []
    assert list(differences(Register.DAILY, [record(end, 0)], parts, zone=MADRID)) == [
        Difference(Register.DAILY, end, 1, 0, hours)
    ]
