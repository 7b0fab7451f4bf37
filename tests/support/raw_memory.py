"""The load profile of a ``RawMeter`` whose answers and refusals a test decides."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from support.raw_meter import caused, time_tag

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)

Refuses = Callable[[datetime, datetime], bool]


def tag(instant: datetime) -> bytes:
    """Time tag a of an instant, in civil time in Madrid."""
    local = instant.astimezone(MADRID)
    return time_tag(local, summer=bool(local.dst()))


def instant(five: bytes) -> datetime:
    """The instant of a time tag a in Madrid."""
    minute, hour, day = five[0] & 0x3F, five[1] & 0x1F, five[2] & 0x1F
    local = datetime(2000 + (five[4] & 0x7F), five[3] & 0x0F, day, hour, minute, tzinfo=UTC)
    return local - timedelta(hours=2 if five[1] & 0x80 else 1)


class RawMemory:
    """Hourly increments of object 1 by ranges (123), of 8 objects where they are asked for; no blocks.

    It holds the records of ``stored`` by the ends of their intervals and gives those with start < end <= end of a
    request, at most ``most`` at once. ``refuses`` a range, else it answers it, also without records. ``ended``: how
    many of its answers are ended with cause 10, all by default.
    """

    def __init__(
        self,
        stored: list[datetime],
        refuses: Refuses = lambda _start, _end: False,
        *,
        cause: int = 18,
        most: int = 1_000_000,
        start_included: bool = False,
        breaks_at: int | None = None,
        break_cause: int | None = None,
    ) -> None:
        self.stored = stored
        self.refuses = refuses
        self.cause = cause
        self.most = most
        self.start_included = start_included
        self.breaks_at = breaks_at
        self.break_cause = break_cause
        self.refused = 0
        self.questions: list[tuple[datetime, datetime]] = []

    def __call__(self, asdu: bytes) -> list[bytes]:
        if asdu[0] != 123:
            return [caused(asdu, 14)]
        start, end = instant(asdu[8:13]), instant(asdu[13:18])
        self.questions.append((start, end))
        if self.refuses(start, end):
            self.refused += 1
            return [caused(asdu, self.cause)]
        data = list(self._records(asdu, start, end))
        if self.breaks_at is not None:
            ending = [] if self.break_cause is None else [caused(asdu, self.break_cause)]
            return [caused(asdu, 7), *data[: self.breaks_at], *ending]
        return [caused(asdu, 7), *data[: self.most], caused(asdu, 10)]

    def _records(self, asdu: bytes, start: datetime, end: datetime) -> Iterator[bytes]:
        for at in self.stored:
            if (start <= at if self.start_included else start < at) and at <= end:
                yield _record(asdu[5], asdu[6], asdu[7], at)


@functools.lru_cache(maxsize=100_000)
def _record(register: int, first: int, last: int, at: datetime) -> bytes:
    """The same for every meter: it is asked for thousands of times."""
    hour = int(at.timestamp()) // 3600 % 1000
    values = b"".join(
        bytes((number,)) + (hour + number).to_bytes(4, "little") + b"\0" for number in range(first, last + 1)
    )
    return bytes((11, last - first + 1, 5, 1, 0, register)) + values + tag(at)


def hours(start: datetime, end: datetime) -> list[datetime]:
    """The ends of the hours in (``start``, ``end``], in UTC."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    return [first + (number + 1) * HOUR for number in range(round((last - first) / HOUR))]
