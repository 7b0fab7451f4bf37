"""The clock and the load profile of a ``RawMeter`` that writes its times as meters of three kinds do.

It stores hours of which each has a value of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from support.raw_meter import caused, time_tag

HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Madrid")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def value_of(end: datetime) -> int:
    """What the meter has measured in the hour that ends at this instant."""
    return (end - _EPOCH) // HOUR % 100_000


class RawClockMemory:
    """``kind``: kept (the summer time bit is right), bare (civil time, never set), standard (never summer time).

    ``now`` gives its clock, as an instant; it stores the hours from ``since`` on. ``refused``: types that it refuses
    with cause 14. ``late_label``: the last hour of summer ends at 03:00, not at 02:00.
    """

    def __init__(
        self,
        kind: str,
        now: Callable[[], datetime],
        since: datetime,
        *,
        refused: tuple[int, ...] = (156, 185, 189, 190),
        value: Callable[[datetime], int] = value_of,
        late_label: bool = False,
        clock_wrong_by: timedelta = timedelta(),
        automatic: int | None = None,
    ) -> None:
        self.kind = kind
        self.now = now
        self.since = since
        self.refused = refused
        self.value = value
        self.late_label = late_label
        self.clock_wrong_by = clock_wrong_by
        self.automatic = automatic

    def __call__(self, asdu: bytes) -> Iterator[bytes]:
        kind = asdu[0]
        if kind in self.refused:
            yield caused(asdu, 14)
        elif kind == 100:
            yield bytes.fromhex("47 01 05 01 00 00 24 42 C6 12 E1 02")
        elif kind == 103:
            shown = self.now() + self.clock_wrong_by
            yield bytes.fromhex("48 01 05 01 00 00") + (shown.second << 10).to_bytes(2, "little") + self.tag(shown)
        elif kind == 156 and self.automatic is not None:
            yield bytes.fromhex("9D 01 05 01 00 00 C1") + bytes((self.automatic,))
        elif kind == 162:
            yield bytes.fromhex("A3 01 05 01 00 00 C0") + bytes(24) + self.tag(self.now())
        elif kind == 123 and asdu[5] == 11:
            yield from self._curve(asdu)
        else:
            yield caused(asdu, 14)

    def _curve(self, asdu: bytes) -> Iterator[bytes]:
        first, last, start, end = asdu[6], asdu[7], _written(asdu[8:13]), _written(asdu[13:18])
        found = [when for when in self._hours() if start < self._civil(when) <= end]
        if not found:
            yield caused(asdu, 18)
            return
        yield caused(asdu, 7)
        for when in found:
            objects = b"".join(
                bytes((number,)) + (self.value(when) if number == 1 else 0).to_bytes(4, "little") + b"\x00"
                for number in range(first, last + 1)
            )
            yield bytes((11, last - first + 1, 5, 1, 0, 11)) + objects + self.tag(when, label=True)
        yield caused(asdu, 10)

    def _hours(self) -> Iterator[datetime]:
        when = self.since.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
        while when <= self.now():
            yield when
            when += HOUR

    # Times

    def _civil(self, when: datetime) -> datetime:
        if self.kind == "standard":
            return (when.astimezone(UTC) + HOUR).replace(tzinfo=None)
        return when.astimezone(ZONE).replace(tzinfo=None)

    def tag(self, when: datetime, *, label: bool = False) -> bytes:
        """Five bytes: minute, hour with SU, day with day of week, month, year."""
        civil = self._civil(when)
        summer = self.kind == "kept" and bool(when.astimezone(ZONE).dst())
        if label and self.late_label:
            before = self._civil(when - timedelta(microseconds=1)) + timedelta(microseconds=1)
            if before > civil:
                civil, summer = before, self.kind == "kept"
        return time_tag(civil, summer=summer)


def _written(tag: bytes) -> datetime:
    """A bound as it stands there: these meters do not look at the bit."""
    return datetime(2000 + tag[4], tag[3], tag[2] & 0x1F, tag[1] & 0x1F, tag[0] & 0x3F)
