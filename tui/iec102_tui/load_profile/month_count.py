"""How complete the running month is: hours of which the load profile is missing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from iec102.load_profile.intervals import Register, expected_ends, midnight

_HOUR = timedelta(hours=1)
_SETTLING = timedelta(minutes=10)
"""An hour that has just ended is not counted yet: the meter may be behind, and is asked a little later."""
COUNTED = (Register.HOURLY, Register.QUARTER_HOURLY)
"""Load profiles by which hours can be counted."""


class MonthCount(NamedTuple):
    """``gaps``: hours that are missing from the start of the month to ``until``, the end of a full hour."""

    gaps: int
    until: datetime


def counted_time(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The start of the month that is counted, and the time to which that is done. ``now``: an instant."""
    last = (now - _SETTLING).astimezone(zone)
    until = expected_ends(Register.HOURLY, last - _HOUR, last)[-1].astimezone(zone)
    began = (until - timedelta(seconds=1)).astimezone(zone)  # an hour belongs to the month in which it began
    return midnight(began.date().replace(day=1), zone), until


def month_count(there: Collection[int], register: Register, start: datetime, until: datetime) -> MonthCount:
    """Counts the hours of which an interval is missing. ``there``: the ends that there are, in seconds since 1970."""
    missing = (int(end.timestamp()) for end in expected_ends(register, start, until))
    hours = {-(-end // 3600) for end in missing if end not in there}
    return MonthCount(len(hours), until)
