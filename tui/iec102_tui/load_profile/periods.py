"""The range of a load profile: as dates that somebody types, and as the usual ones such as this month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType

from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import midnight

from iec102_tui.words.text import N_, _

FIRST_YEAR, LAST_YEAR = 2001, 2099
"""Time tags have two digits for the year, and one record more than asked for is on the way at both ends."""

PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "today": N_("today"),
        "yesterday": N_("yesterday"),
        "this-month": N_("this month"),
        "last-month": N_("last month"),
        "last-7-days": N_("last 7 days"),
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
        raise InvalidSetting(_("{text!r} is no date: write 2026-11-01 or 2026-11-01T10:15", text=words)) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InvalidSetting(
            _(
                "the year {year} is out of range: {low} to {high}",
                year=moment.year,
                low=FIRST_YEAR,
                high=LAST_YEAR,
            )
        )
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise InvalidSetting(
            _("{time} does not exist in {zone}: the clock is put forward there", time=words, zone=zone)
        )
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
            raise InvalidSetting(_("{name!r} is no period: {known}, last-N-days", name=name, known=", ".join(known)))
        start, end = known[name]
    return _local(start, zone), min(_local(end, zone), now.astimezone(zone))


def _checked_days(days: int, today: date) -> int:
    most = (today - date(FIRST_YEAR, 1, 1)).days
    if not 1 <= days <= most:
        raise InvalidSetting(_("the last {days} days are out of range: 1 to {most}", days=days, most=most))
    return days


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _local(day: date, zone: tzinfo) -> datetime:
    return midnight(day, zone).astimezone(zone)
