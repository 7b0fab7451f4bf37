"""What a meter says of itself, 141 and 142; its transformer ratios, also 156 and 157 (REE profile reference, 8.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId, fit
from iec102.application.instantaneous import ObjectList
from iec102.application.timetag import TimeTagA

RATIOS_OBJECT = 198

_LAYOUT = struct.Struct("<4I")
# Where the ratios stand in type 142: as a real meter sends them, and as one source reads them.
_OFFSETS = (42, 61)
_HIGHEST_VOLTAGE = 10_000_000  # 0.1 V: 1 MV
_HEAD = struct.Struct("<B2sBIB5sB")
_FULL_PORT = struct.Struct("<BBB20s")
_PORT = struct.Struct("<BB")
_TAIL = 4
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class TransformerRatios:
    """Primary and secondary voltage in 0.1 V, primary and secondary current in 0.1 A."""

    primary_voltage: int
    secondary_voltage: int
    primary_current: int
    secondary_current: int

    def encode(self) -> bytes:
        """Sixteen bytes."""
        return _LAYOUT.pack(self.primary_voltage, self.secondary_voltage, self.primary_current, self.secondary_current)

    @classmethod
    def decode(cls, body: bytes, offset: int) -> TransformerRatios | None:
        """None where the bytes are too few or make no sense as ratios."""
        if len(body) < offset + _LAYOUT.size:
            return None
        values = _LAYOUT.unpack_from(body, offset)
        if not all(values) or values[0] > _HIGHEST_VOLTAGE or values[1] > values[0] or values[3] > values[2]:
            return None
        return cls(*values)


@dataclass(frozen=True, slots=True)
class Port:
    """Codes of speed and format (reference, 8.5); start mode and start string (20 bytes) where the port has them."""

    speed: int
    format: int
    start_mode: int | None = None
    start_string: bytes = b""

    def encode(self) -> bytes:
        """Two bytes, or 23 with a start mode."""
        if self.start_mode is None:
            return _PORT.pack(self.speed, self.format)
        return _FULL_PORT.pack(self.speed, self.format, self.start_mode, self.start_string)


@dataclass(frozen=True, slots=True)
class Configuration:
    """142, 246 bytes::

         0  manufacturer, model (2, ASCII), firmware version, serial number (4)
         8  date of the standard (low nibble month, high nibble year - 2000), date of the protocol version (5)
        14  battery, %
        15  port 1: speed, format, start mode, start string (20); port 2: speed, format; optical port: speed, format
        42  primary and secondary voltage (0.1 V), primary and secondary current (0.1 A), four bytes each
        58  integration periods 1 to 3, minutes
        61  contracts, two bits each (I lowest): 0 not available, 1 inactive, 2 active
        62  reserve

    One source has two ports of 23 bytes, no optical port, and the rest from offset 61 on: it is read so where only that
    gives ratios that make sense.
    """

    manufacturer: int
    model: bytes
    firmware: int
    serial_number: int
    standard_year: int
    standard_month: int
    protocol_date: TimeTagA
    battery: int
    ports: tuple[Port, ...]
    ratios: TransformerRatios
    integration_periods: tuple[int, int, int]
    contracts: int
    reserve: bytes = bytes(184)

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        date = fit(self.standard_month, 4) | fit(self.standard_year - _CENTURY, 4) << 4
        day = self.protocol_date.encode()
        head = _HEAD.pack(self.manufacturer, self.model, self.firmware, self.serial_number, date, day, self.battery)
        ports = b"".join(port.encode() for port in self.ports)
        tail = bytes((*self.integration_periods, self.contracts))
        return head + ports + self.ratios.encode() + tail + self.reserve

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> Configuration | None:
        """None where the bytes are too few."""
        offset = ratios_offset(body)
        end = offset + _LAYOUT.size + _TAIL
        if len(body) < end:
            return None
        manufacturer, model, firmware, serial, date, day, battery = _HEAD.unpack_from(body)
        first, second, third, contracts = body[end - _TAIL : end]
        return cls(
            manufacturer,
            model,
            firmware,
            serial,
            _CENTURY + (date >> 4),
            date & 0x0F,
            TimeTagA.from_bytes(day),
            battery,
            _ports(body, offset),
            TransformerRatios(*_LAYOUT.unpack_from(body, offset)),
            (first, second, third),
            contracts,
            body[end:],
        )


def ratios_offset(body: bytes) -> int:
    """Where the ratios stand in the body of a 142: the second place only where it alone has some that make sense."""
    first, second = _OFFSETS
    return second if not _make_sense(body, first) and _make_sense(body, second) else first


def _make_sense(body: bytes, offset: int) -> bool:
    if len(body) < offset + _LAYOUT.size:
        return False
    values = _LAYOUT.unpack_from(body, offset)
    return all(values) and values[0] <= _HIGHEST_VOLTAGE and values[1] <= _HIGHEST_VOLTAGE


def _ports(body: bytes, end: int) -> tuple[Port, ...]:
    """Those between the head and the ratios."""
    at = _HEAD.size
    ports = [Port(*_FULL_PORT.unpack_from(body, at))]
    at += _FULL_PORT.size
    layout = _FULL_PORT if end - at == _FULL_PORT.size else _PORT
    while at < end:
        ports.append(Port(*layout.unpack_from(body, at)))
        at += layout.size
    return tuple(ports)


def ratios_of(asdu: Asdu) -> TransformerRatios | None:
    """The ratios in an answer of type 142 or 157; None where it has none that make sense."""
    body = asdu.content.encode_body()
    if asdu.type == TypeId.CONFIGURATION:
        found = (TransformerRatios.decode(body, offset) for offset in _OFFSETS)
        return next((ratios for ratios in found if ratios is not None), None)
    if asdu.type == TypeId.RECORDER and body[:1] == bytes((RATIOS_OBJECT,)):
        return TransformerRatios.decode(body, 1)
    return None


def read_configuration(point_address: int) -> Asdu:
    """C_RM_NA_2."""
    return Asdu(TypeId.READ_CONFIGURATION, Cause.REQUEST, point_address)


def read_recorder_ratios(point_address: int) -> Asdu:
    """156 with the object of the transformer ratios."""
    return Asdu(TypeId.READ_RECORDER, Cause.REQUEST, point_address, content=ObjectList((RATIOS_OBJECT,)))
