"""The meter's clock: 103 and 72, 181 (REE profile reference, 8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId
from iec102.application.timetag import TimeTagB

_LENGTH = 7


@dataclass(frozen=True, slots=True)
class ClockTime:
    """72 and 181: one time tag b, without an object address before it."""

    time: TimeTagB

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return self.time.encode()

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> ClockTime | None:
        """None where the body is not seven bytes: some meters echo 181 without the time."""
        return cls(TimeTagB.from_bytes(body)) if len(body) == _LENGTH else None


def read_clock(point_address: int) -> Asdu:
    """C_TI_NA_2."""
    return Asdu(TypeId.READ_CLOCK, Cause.REQUEST, point_address)
