"""The range of a load profile: as dates that somebody types, and as the usual ones such as this month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType

from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import midnight

FIRST_YEAR, LAST_YEAR = 2001, 2099
"""Time tags have two digits for the year, and one record more than asked for is on the way at both ends."""

PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "today": "today",
        "yesterday": "yesterday",
        "this-month": "this month",
        "last-month": "last month",
        "last-7-days": "last 7 days",
    }
)


_LAST_DAYS = re.compile(r"last-(\d{1,5})-days", re.ASCII)


def parse_time(text: str, zone: tzinfo) -> datetime:
    """An instant from ``2026-11-01`` (00:00 in ``zone``), ``2026-11-01 10:15`` or the same with an offset.

    Raises InvalidSetting.
    """
    words = text.strip()
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise InvalidSetting(f"{words!r} is no date: write 2026-11-01 or 2026-11-01T10:15") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InvalidSetting(f"the year {moment.year} is out of range: {FIRST_YEAR} to {LAST_YEAR}")
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise InvalidSetting(f"{words} does not exist in {zone}: the clock is put forward there")
    return local


def period(name: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The range of one of PERIODS at an instant, with any number of last days; what lies after it is left out.

    Raises InvalidSetting.
    """
    today = now.astimezone(zone).date()
    first = today.replace(day=1)
    if last := _LAST_DAYS.fullmatch(name):
        start, end = today - timedelta(days=_checked_days(int(last[1]), today)), today
    else:
        known = {
            "today": (today, today + timedelta(days=1)),
            "yesterday": (today - timedelta(days=1), today),
            "this-month": (first, _next_month(first)),
            "last-month": ((first - timedelta(days=1)).replace(day=1), first),
        }
        if name not in known:
            raise InvalidSetting(f"{name!r} is no period: {', '.join(known)}, last-N-days")
        start, end = known[name]
    return _local(start, zone), min(_local(end, zone), now.astimezone(zone))


def _checked_days(days: int, today: date) -> int:
    most = (today - date(FIRST_YEAR, 1, 1)).days
    if not 1 <= days <= most:
        raise InvalidSetting(f"the last {days} days are out of range: 1 to {most}")
    return days


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _local(day: date, zone: tzinfo) -> datetime:
    return midnight(day, zone).astimezone(zone)
