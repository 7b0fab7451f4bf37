"""A meter made of bytes alone, which shares no code with the library: frames, requests and time tags by hand.

It stores hours of which each has a value of its own, and writes their times as meters of three kinds do.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Madrid")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def value_of(end: datetime) -> int:
    """What the meter has measured in the hour that ends at this instant."""
    return (end - _EPOCH) // HOUR % 100_000


class RawMeter:
    """``kind``: kept (the summer time bit is right), bare (civil time, never set), standard (never summer time).

    ``now`` gives its clock, as an instant; it stores the hours from ``since`` on. ``refused``: types that it refuses
    with cause 14. ``late_label``: the last hour of summer ends at 03:00, not at 02:00. ``asked`` are all requests.
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
        self.asked: list[int] = []
        self._waiting: list[bytes] = []
        self._last: bytes | None = None
        self._fcb: int | None = None

    # Frames

    def answers(self, data: bytes) -> Iterator[bytes]:
        """What it sends to bytes that hold whole frames."""
        while data:
            if data[0] == 0x10:
                frame, data = data[:6], data[6:]
                yield self._fixed(frame)
            else:
                length = data[1] + 6
                frame, data = data[:length], data[length:]
                yield self._user_data(frame)

    def _fixed(self, frame: bytes) -> bytes:
        function = frame[1] & 0x0F
        if function == 9:
            return _short(0x0B)
        if function == 0:
            self._waiting, self._fcb, self._last = [], None, None
            return _short(0x00)
        fcb = frame[1] & 0x20
        if fcb == self._fcb and self._last is not None:
            return self._last
        self._fcb = fcb
        self._last = _long(self._waiting.pop(0)) if self._waiting else _short(0x09)
        return self._last

    def _user_data(self, frame: bytes) -> bytes:
        fcb = frame[4] & 0x20
        if fcb == self._fcb and self._last is not None:
            return self._last
        self._fcb, self._last = fcb, _short(0x00)
        self._waiting = list(self._data(frame[7:-2]))
        return self._last

    # Requests

    def _data(self, asdu: bytes) -> Iterator[bytes]:
        kind = asdu[0]
        self.asked.append(kind)
        if kind in (183, 187):
            yield asdu[:2] + b"\x07" + asdu[3:]
        elif kind in self.refused:
            yield asdu[:2] + b"\x0e" + asdu[3:]
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
            yield asdu[:2] + b"\x0e" + asdu[3:]

    def _curve(self, asdu: bytes) -> Iterator[bytes]:
        first, last, start, end = asdu[6], asdu[7], _written(asdu[8:13]), _written(asdu[13:18])
        found = [when for when in self._hours() if start < self._civil(when) <= end]
        if not found:
            yield asdu[:2] + b"\x12" + asdu[3:]
            return
        yield asdu[:2] + b"\x07" + asdu[3:]
        for when in found:
            objects = b"".join(
                bytes((number,)) + (self.value(when) if number == 1 else 0).to_bytes(4, "little") + b"\x00"
                for number in range(first, last + 1)
            )
            yield bytes((11, last - first + 1, 5, 1, 0, 11)) + objects + self.tag(when, label=True)
        yield asdu[:2] + b"\x0a" + asdu[3:]

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
        return bytes(
            (
                civil.minute,
                civil.hour | summer << 7,
                civil.day | civil.isoweekday() << 5,
                civil.month,
                civil.year - 2000,
            )
        )


def _written(tag: bytes) -> datetime:
    """A bound as it stands there: these meters do not look at the bit."""
    return datetime(2000 + tag[4], tag[3], tag[2] & 0x1F, tag[1] & 0x1F, tag[0] & 0x3F)


def _short(control: int) -> bytes:
    return bytes((0x10, control, 1, 0, control + 1, 0x16))


def _long(asdu: bytes) -> bytes:
    body = bytes((0x08, 1, 0)) + asdu
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


class RawLine:
    """Opens a line in memory to it, for dialogues in virtual time."""

    name = "raw:"
    byte_time = 0.0

    def __init__(self, meter: RawMeter) -> None:
        self.meter = meter

    async def open(self, receiver: object) -> _RawEnd:
        return _RawEnd(self.meter, receiver)


class _RawEnd:
    def __init__(self, meter: RawMeter, receiver: object) -> None:
        self._meter = meter
        self._receiver: object | None = receiver

    def write(self, data: bytes) -> None:
        for answer in self._meter.answers(data):
            asyncio.get_running_loop().call_later(0.01, self._give, answer)

    def _give(self, data: bytes) -> None:
        if self._receiver is not None:
            self._receiver.data_received(data)  # type: ignore[attr-defined]

    def close(self) -> None:
        self._receiver = None


@contextlib.contextmanager
def serving(meter: RawMeter) -> Iterator[str]:
    """A TCP port of this machine with the meter behind it, one reader after another; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    reader, _ = server.accept()
                    with reader, contextlib.suppress(ConnectionError):
                        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        while data := reader.recv(4096):
                            for answer in meter.answers(data):
                                reader.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
