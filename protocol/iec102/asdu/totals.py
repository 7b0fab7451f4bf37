"""Integrated totals by range: 122 and 123, answered by 8 and 11 (REE profile reference, 8.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from iec102.application.asdu import Asdu, Cause, TypeId
from iec102.application.maker import maker
from iec102.application.timetag import TimeTagA

_TOTAL = struct.Struct("<BIB")
_TIME = 5
_RANGE_LENGTH = 2 + 2 * _TIME


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """122 and 123 and their echoes: first and last object, from, to (time tags a)."""

    first: int
    last: int
    start: TimeTagA
    end: TimeTagA

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return bytes((self.first, self.last)) + self.start.encode() + self.end.encode()

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> RangeRequest | None:
        """None where the body is not twelve bytes."""
        if len(body) != _RANGE_LENGTH:
            return None
        return cls(body[0], body[1], TimeTagA.from_bytes(body, 2), TimeTagA.from_bytes(body, 2 + _TIME))


class Total(NamedTuple):
    """Object address, value in whole kWh or kVArh (32 bits, primary side), qualifier byte.

    A named tuple, because a month of records makes six thousand of them: half the time of a frozen dataclass.
    """

    address: int
    value: int
    quality: int = 0


total_of = maker(Total)


@dataclass(frozen=True, slots=True)
class IntegratedTotals:
    """8 and 11: N totals of six bytes, then the time tag a that they share, the END of their interval."""

    totals: tuple[Total, ...]
    time: TimeTagA

    @property
    def count(self) -> int:
        return len(self.totals)

    def encode_body(self) -> bytes:
        return b"".join(starmap(_TOTAL.pack, self.totals)) + self.time.encode()

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> IntegratedTotals | None:
        """None where N totals and a time are not exactly the body."""
        end = len(body) - _TIME
        if end != count * _TOTAL.size:
            return None
        totals = tuple(map(total_of, _TOTAL.iter_unpack(body[:end])))
        return cls(totals, TimeTagA.from_bytes(body, end))


def read_totals(
    point_address: int, record: int, first: int, last: int, start: TimeTagA, end: TimeTagA, *, incremental: bool = True
) -> Asdu:
    """C_CI_NU_2 (incremental, 123) or C_CI_NT_2 (absolute, 122)."""
    type_ = TypeId.READ_INCREMENTAL_TOTALS if incremental else TypeId.READ_ABSOLUTE_TOTALS
    return Asdu(type_, Cause.ACTIVATION, point_address, record, RangeRequest(first, last, start, end))
