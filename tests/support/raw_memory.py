"""A meter of raw bytes, which shares no code with the library nor with the simulated meter.

``RawMeter`` is the behaviour of a ``RawLine``: the link of address 1 and the login of any key by hand, and an answer to
every other ASDU by a function from bytes to lists of bytes. ``RawMemory`` is such a function: a load profile whose
answers and refusals a test decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)

Answer = Callable[[bytes], list[bytes]]
Refuses = Callable[[datetime, datetime], bool]


def fixed(control: int) -> bytes:
    return bytes((0x10, control, 1, 0, (control + 1) % 256, 0x16))


def variable(control: int, asdu: bytes) -> bytes:
    body = bytes((control, 1, 0)) + asdu
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) % 256, 0x16))


def caused(asdu: bytes, cause: int) -> bytes:
    """The same ASDU with another cause."""
    return asdu[:2] + bytes((cause,)) + asdu[3:]


def tag(instant: datetime) -> bytes:
    """Time tag a: civil time in Madrid, with the bit for summer time and the day of the week."""
    local = instant.astimezone(MADRID)
    summer = 0x80 if local.dst() else 0
    return bytes(
        (local.minute, local.hour | summer, local.day | local.isoweekday() << 5, local.month, local.year - 2000)
    )


def instant(five: bytes) -> datetime:
    """The instant of a time tag a in Madrid."""
    minute, hour, day = five[0] & 0x3F, five[1] & 0x1F, five[2] & 0x1F
    local = datetime(2000 + (five[4] & 0x7F), five[3] & 0x0F, day, hour, minute, tzinfo=UTC)
    return local - timedelta(hours=2 if five[1] & 0x80 else 1)


class RawMeter:
    """``asked`` keeps every ASDU but logins and farewells. Behind the last answer it has no data, or is ``mute``."""

    def __init__(self, answer: Answer, *, mute: bool = False) -> None:
        self.asked: list[bytes] = []
        self.logins = 0
        self._answer = answer
        self._mute = mute
        self._waiting: list[bytes] = []
        self._fcb: int | None = None
        self._last = b""

    def __call__(self, data: bytes) -> list[tuple[float, bytes]]:
        control = data[1] if data[0] == 0x10 else data[4]
        function = control & 0x0F
        if function == 0:
            self._fcb = None
            return [(0.01, fixed(0x00))]
        if function == 9:
            return [(0.01, fixed(0x0B))]
        fcb = control & 0x20
        if fcb != self._fcb:
            self._fcb = fcb
            self._last = self._take(data[7:-2]) if function == 3 else self._next()
        return [(0.01, self._last)] if self._last else []

    def _take(self, asdu: bytes) -> bytes:
        if asdu[0] in (183, 187):
            self.logins += asdu[0] == 183
            self._waiting = [caused(asdu, 7)]
        else:
            self.asked.append(asdu)
            self._waiting = self._answer(asdu)
        return fixed(0x00)

    def _next(self) -> bytes:
        if not self._waiting:
            return b"" if self._mute else fixed(0x09)
        return variable(0x08, self._waiting.pop(0))


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
                values = b"".join(
                    bytes((number,)) + (int(at.timestamp()) // 3600 % 1000 + number).to_bytes(4, "little") + b"\0"
                    for number in range(asdu[6], asdu[7] + 1)
                )
                yield bytes((11, asdu[7] - asdu[6] + 1, 5, 1, 0, asdu[5])) + values + tag(at)


def hours(start: datetime, end: datetime) -> list[datetime]:
    """The ends of the hours in (``start``, ``end``], in UTC."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    return [first + (number + 1) * HOUR for number in range(round((last - first) / HOUR))]
