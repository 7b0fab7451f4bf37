"""Parameters of a measuring point and of summer time: 182 and 129, 185 and 131 (REE profile reference, 8.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId
from iec102.application.password import Password
from iec102.application.timetag import TimeTagA

_POINT = struct.Struct("<HBHIBH")
_TIME = 5


@dataclass(frozen=True, slots=True)
class PointParameters:
    """129: link address, number of points, measuring point, access key, integration period (minutes), record depth;
    the rest is reserve. From one source: no frame was seen."""

    link_address: int
    points: int
    point_address: int
    key: Password
    integration_period: int
    depth: int
    reserve: bytes = bytes(234)

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        key = self.key.reveal()
        return (
            _POINT.pack(self.link_address, self.points, self.point_address, key, self.integration_period, self.depth)
            + self.reserve
        )

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> PointParameters | None:
        """None where the bytes are too few."""
        if len(body) < _POINT.size:
            return None
        link, points, point, key, period, depth = _POINT.unpack_from(body)
        return cls(link, points, point, Password(key), period, depth, body[_POINT.size :])


@dataclass(frozen=True, slots=True)
class SummerTimeDates:
    """131: when summer time begins, and when it ends. From one source: no frame was seen."""

    begins: TimeTagA
    ends: TimeTagA

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return self.begins.encode() + self.ends.encode()

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> SummerTimeDates | None:
        """None where the body is not ten bytes."""
        if len(body) != 2 * _TIME:
            return None
        return cls(TimeTagA.from_bytes(body), TimeTagA.from_bytes(body, _TIME))


def read_point_parameters(point_address: int) -> Asdu:
    """C_PI_NA_2. The answer carries the access key."""
    return Asdu(TypeId.READ_POINT_PARAMETERS, Cause.REQUEST, point_address)


def read_summer_time_dates(point_address: int) -> Asdu:
    """185."""
    return Asdu(TypeId.READ_SUMMER_TIME, Cause.REQUEST, point_address)
