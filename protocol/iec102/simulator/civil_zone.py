"""A zone whose summer time no tag tells: civil time as it is, without the summer time bit."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache


class _CivilZone(tzinfo):
    """The offsets of another zone, none of which is called summer time."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        return None if when is None else when.replace(tzinfo=self._zone).utcoffset()

    def dst(self, _when: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, when: datetime | None) -> str | None:
        return None if when is None else when.replace(tzinfo=self._zone).tzname()

    def fromutc(self, when: datetime) -> datetime:
        return self._zone.fromutc(when.replace(tzinfo=self._zone)).replace(tzinfo=self)


@lru_cache(maxsize=8)
def civil_zone(zone: tzinfo) -> tzinfo:
    """The same one for the same zone."""
    return _CivilZone(zone)
