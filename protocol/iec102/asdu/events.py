"""Events: 101 and 102, answered by 1; the time range that 134 shares (REE profile reference, 8.3 and 8.7)."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId, fit
from iec102.application.timetag import TimeTagA, TimeTagB

_LENGTH = 9
_TIME_A = 5


@dataclass(frozen=True, slots=True)
class TimeRange:
    """102 and 134 and their echoes: from, to (time tags a). ``count`` is N: 0 in 102, 1 in 134."""

    start: TimeTagA
    end: TimeTagA
    count: int = 0

    def encode_body(self) -> bytes:
        return self.start.encode() + self.end.encode()

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> TimeRange | None:
        """None where the body is not ten bytes."""
        if len(body) != 2 * _TIME_A:
            return None
        return cls(TimeTagA.from_bytes(body), TimeTagA.from_bytes(body, _TIME_A), count)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: SPA, then SPQ (7 bits) over SPI (1 bit), time tag b.

    What SPI 0 and 1 mean is not settled: a real meter's order contradicts the sources (reference, 8.7).
    """

    address: int
    qualifier: int
    indication: bool
    time: TimeTagB

    def encode(self) -> bytes:
        """Nine bytes."""
        return bytes((self.address, fit(self.qualifier, 7) << 1 | self.indication)) + self.time.encode()


@dataclass(frozen=True, slots=True)
class Events:
    """1: N events, at most 27, in the order in which the meter sends them."""

    events: tuple[Event, ...]

    @property
    def count(self) -> int:
        return len(self.events)

    def encode_body(self) -> bytes:
        return b"".join(event.encode() for event in self.events)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> Events | None:
        """None where N events are not exactly the body."""
        if len(body) != count * _LENGTH:
            return None
        starts = range(0, len(body), _LENGTH)
        return cls(
            tuple(
                Event(body[at], body[at + 1] >> 1, bool(body[at + 1] & 1), TimeTagB.from_bytes(body, at + 2))
                for at in starts
            )
        )


def read_events(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_SP_NB_2."""
    return Asdu(TypeId.READ_EVENTS_BY_TIME, Cause.ACTIVATION, point_address, record, TimeRange(start, end))
