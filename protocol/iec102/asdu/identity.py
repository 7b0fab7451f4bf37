"""Manufacturer and device: 100 and 71 (REE profile reference, 8.2)."""

from __future__ import annotations

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content, field, shared
from iec102.asdu.leaves import STANDARD_DATE, number


class Identity(Content):
    """71, six bytes: date of the standard, manufacturer, device.

    ``device_id`` is the four bytes as a number, little endian; compare its decimal form with the label.
    """

    year: int = field("date of the standard", STANDARD_DATE)
    month: int = shared()
    manufacturer: int = field("manufacturer code", number(1))
    device_id: int = field("device identifier", number(4))

    def brief(self) -> str:
        return f"manufacturer {self.manufacturer}, device {self.device_id}"


def read_identity(point_address: int) -> Asdu:
    """C_RD_NA_2."""
    return Asdu(TypeId.READ_IDENTITY, Cause.REQUEST, point_address)
