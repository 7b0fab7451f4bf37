"""Manufacturer and device: 100 and 71 (REE profile reference, 8.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId, fit

_LAYOUT = struct.Struct("<BBI")
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Identity:
    """71, six bytes: date of the standard (low nibble month, high nibble year - 2000), manufacturer, device.

    ``device_id`` is the four bytes as a number, little endian; compare its decimal form with the label.
    """

    year: int
    month: int
    manufacturer: int
    device_id: int

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return _LAYOUT.pack(fit(self.month, 4) | fit(self.year - _CENTURY, 4) << 4, self.manufacturer, self.device_id)

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> Identity | None:
        """None where the body is not six bytes."""
        if len(body) != _LAYOUT.size:
            return None
        date, manufacturer, device = _LAYOUT.unpack(body)
        return cls(_CENTURY + (date >> 4), date & 0x0F, manufacturer, device)


def read_identity(point_address: int) -> Asdu:
    """C_RD_NA_2."""
    return Asdu(TypeId.READ_IDENTITY, Cause.REQUEST, point_address)
