"""The intervals of a load profile: which records are expected, and in which pieces they are asked for.

A record is known by the END of its interval, in UTC: then a repeated hour is two hours, and a day of 23 or 25
hours has as many records as it has hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum
from typing import NamedTuple

from iec102.asdu.timetag import MADRID
from iec102.errors import InvalidSetting
from iec102.sentence import Sentence


class Register(IntEnum):
    """The records of the load profile (curva de carga), by record address."""

    HOURLY = 11
    QUARTER_HOURLY = 12
    DAILY = 21


LONGEST_PIECE = 168
"""Intervals that one request asks for at most: a week of hours. With one too many at both ends they fill 34 blocks."""

_STEPS = {Register.HOURLY: timedelta(hours=1), Register.QUARTER_HOURLY: timedelta(minutes=15)}


def checked_range(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The bounds of a load profile as they are. Raises InvalidSetting where they are no instants in their order."""
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidSetting(Sentence("load_profile.no_time_zone"))
    if end <= start:
        raise InvalidSetting(Sentence("load_profile.end", end=end))
    return start, end


def expected_ends(register: Register, start: datetime, end: datetime, zone: tzinfo = MADRID) -> list[datetime]:
    """The ends of all intervals in (start, end], in UTC and ascending; both bounds are aware instants.

    Daily records end at 00:00 in ``zone``.
    """
    step = _STEPS.get(register)
    if step is None:
        return list(_midnights(start, end, zone))
    seconds = int(step.total_seconds())
    first = int(start.timestamp()) // seconds + 1
    last = int(end.timestamp()) // seconds
    return [datetime.fromtimestamp(index * seconds, UTC) for index in range(first, last + 1)]


def _midnights(start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    day = start.astimezone(zone).date() + timedelta(days=1)
    last = end.astimezone(zone).date()
    while day <= last:
        yield midnight(day, zone)
        day += timedelta(days=1)


def midnight(day: date, zone: tzinfo = MADRID) -> datetime:
    """The start of a day in ``zone``, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def before(register: Register, instant: datetime, zone: tzinfo = MADRID) -> datetime:
    """The end of the interval before the one that ends at ``instant``."""
    step = _STEPS.get(register)
    if step is not None:
        return instant - step
    return midnight(instant.astimezone(zone).date() - timedelta(days=1), zone)


def after(register: Register, instant: datetime, zone: tzinfo = MADRID) -> datetime:
    """The end of the interval behind the one that ends at ``instant``."""
    step = _STEPS.get(register)
    if step is not None:
        return instant + step
    return midnight(instant.astimezone(zone).date() + timedelta(days=1), zone)


class Piece(NamedTuple):
    """Consecutive intervals, by their ends, that one request asks for."""

    ends: tuple[datetime, ...]

    @property
    def first(self) -> datetime:
        return self.ends[0]

    @property
    def last(self) -> datetime:
        return self.ends[-1]

    def cut(self, size: int) -> tuple[Piece, Piece | None]:
        """The first ``size`` intervals, and the rest where there is one."""
        rest = self.ends[size:]
        return Piece(self.ends[:size]), Piece(rest) if rest else None


def pieces(expected: Sequence[datetime], missing: Iterable[datetime], size: int) -> Iterator[Piece]:
    """Cut what is missing into runs of neighbours, each of at most ``size`` intervals, oldest first."""
    wanted = set(missing)
    run: list[datetime] = []
    for end in expected:
        if end in wanted:
            run.append(end)
        if run and (end not in wanted or len(run) == size):
            yield Piece(tuple(run))
            run = []
    if run:
        yield Piece(tuple(run))
