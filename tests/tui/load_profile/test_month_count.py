"""Hours of the running month that are missing: what is counted, and to when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from iec102.asdu import MADRID
from iec102.load_profile.intervals import Register, expected_ends
from iec102_tui.load_profile.month_count import counted_time, month_count


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        (at(11, 28, 18, 7), at(11, 1, 0), at(11, 28, 17)),  # the hour has just ended
        (at(11, 28, 18, 10), at(11, 1, 0), at(11, 28, 18)),
        (at(12, 1, 0, 30), at(11, 1, 0), at(12, 1, 0)),  # the last hour of the month before
        (at(12, 1, 1, 30), at(12, 1, 0), at(12, 1, 1)),
        (at(11, 1, 0, 5), at(10, 1, 0), at(10, 31, 23)),
    ],
)
def test_the_month_is_counted_to_the_last_hour_that_a_meter_must_have(
    now: datetime, start: datetime, until: datetime
) -> None:
    assert counted_time(now, MADRID) == counted_time(now.astimezone(UTC), MADRID) == (start, until)


@pytest.mark.parametrize("register", [Register.HOURLY, Register.QUARTER_HOURLY])
@pytest.mark.parametrize(("month", "hours"), [(3, 743), (10, 745), (11, 720)])
def test_hours_that_are_missing_are_counted_once(register: Register, month: int, hours: int) -> None:
    start, until = at(month, 1, 0), at(month + 1, 1, 0)
    ends = [int(end.timestamp()) for end in expected_ends(register, start, until)]
    assert month_count(set(ends), register, start, until) == (0, until)
    assert month_count(set(), register, start, until) == (hours, until)
    of_an_hour = len(ends) // hours
    gone = {*ends[:of_an_hour], *ends[-1:]}  # the first hour, and the end of the last
    assert month_count(set(ends) - gone, register, start, until) == (2, until)
    assert month_count(set(ends), register, start, until + timedelta(hours=3)).gaps == 3
