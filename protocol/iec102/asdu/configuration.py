"""What a meter says of itself: 141 and 142, 156 and 157, 182 and 129, 185 and 131 (REE profile reference, 8.5)."""

from __future__ import annotations

import struct
from operator import attrgetter
from typing import Any, NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content
from iec102.asdu.instantaneous import ObjectList, object_list
from iec102.asdu.layout import Bits, Body, Choice, Kept, Layout, Leaf, Listed, Name, Part, Rest, Several
from iec102.asdu.leaves import KEY, STANDARD_DATE, TIME_A, code, minute, number, tenths, text
from iec102.asdu.names import NOT_IN_REFERENCE, RECORDER_OBJECTS, SERIAL_FORMATS, SERIAL_SPEEDS
from iec102.asdu.password import Password
from iec102.asdu.timetag import TimeTagA

RATIOS_OBJECT = 198

_RATIOS = struct.Struct("<4I")
# Where the ratios stand in type 142: as a real meter sends them, and as one source reads them.
_OFFSETS = (42, 61)
_HIGHEST_VOLTAGE = 10_000_000  # 0.1 V: 1 MV
_CONTRACTS = ("I", "II", "III")
_CONTRACT_STATES = ("not available", "inactive", "active", NOT_IN_REFERENCE)


class TransformerRatios(NamedTuple):
    """Primary and secondary voltage in 0.1 V, primary and secondary current in 0.1 A."""

    primary_voltage: int
    secondary_voltage: int
    primary_current: int
    secondary_current: int

    def encode(self) -> bytes:
        """Sixteen bytes."""
        return RATIOS.encode(self)

    @classmethod
    def decode(cls, body: bytes, offset: int) -> TransformerRatios | None:
        """None where the bytes are too few or make no sense as ratios."""
        if len(body) < offset + _RATIOS.size:
            return None
        values = _RATIOS.unpack_from(body, offset)
        if not all(values) or values[0] > _HIGHEST_VOLTAGE or values[1] > values[0] or values[3] > values[2]:
            return None
        return cls(*values)


RATIOS = Layout(
    TransformerRatios,
    Part("primary_voltage", "primary voltage", number(4, "V", meaning=tenths)),
    Part("secondary_voltage", "secondary voltage", number(4, "V", meaning=tenths)),
    Part("primary_current", "primary current", number(4, "A", meaning=tenths)),
    Part("secondary_current", "secondary current", number(4, "A", meaning=tenths)),
)


class Port(NamedTuple):
    """Codes of speed and format (reference, 8.5); start mode and start string (20 bytes) where the port has them."""

    speed: int
    format: int
    start_mode: int | None = None
    start_string: bytes = b""


_PORT = Layout(Port, Part("speed", "speed", code(SERIAL_SPEEDS)), Part("format", "format", code(SERIAL_FORMATS)))
_FULL_PORT = Layout(
    Port,
    *_PORT.parts,
    Part("start_mode", "start mode", number(1)),
    Part("start_string", "start string", text(20)),
)


class Configuration(Content):
    """142, 246 bytes. ``ports``: one with a start string and two without, or two with it.

    ``model`` is ASCII; ``battery`` in %, ``integration_periods`` in minutes; ``contracts`` has two bits each, I lowest:
    0 not available, 1 inactive, 2 active.
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


def _contract_states(contracts: int) -> Bits:
    return tuple(
        [(f"contract {name}", _CONTRACT_STATES[contracts >> 2 * at & 3]) for at, name in enumerate(_CONTRACTS)]
    )


def _parts(ports: Several, *, verified: bool) -> tuple[Part, ...]:
    periods = Several(*[(f"integration period {period}", number(1, "min")) for period in (1, 2, 3)])
    return (
        Part("manufacturer", "manufacturer code", number(1)),
        Part("model", "model", text(2)),
        Part("firmware", "firmware version", number(1)),
        Part("serial_number", "serial number", number(4)),
        Part("standard_month standard_year", "date of the standard", STANDARD_DATE),
        Part("protocol_date", "date of the protocol version", TIME_A),
        Part("battery", "battery", number(1, "%")),
        Part("ports", "", ports),
        Part("ratios", "", RATIOS, verified),
        Part("integration_periods", "", periods, verified),
        Part("contracts", "contracts", Leaf(1, meaning="0x{:02X}".format, bits=_contract_states), verified),
        Part("reserve", "reserve", Rest()),
    )


class _ConfigurationLayout(Layout):
    """As a real meter sends it; or as one source reads it, where only that gives ratios that make sense."""

    def __init__(self) -> None:
        ports = Several(("port 1", _FULL_PORT), ("port 2", _PORT), ("optical port", _PORT))
        super().__init__(
            Configuration,
            *_parts(ports, verified=True),
            brief=lambda found: f"manufacturer {found.manufacturer}, device {found.serial_number}",
        )
        second = Layout(Port, *_FULL_PORT.parts, verified=False)
        ports = Several(("port 1", _FULL_PORT), ("port 2", second))
        self._other = Layout(Configuration, *_parts(ports, verified=False))

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        if ratios_offset(body.data[body.position : body.stop]) != _OFFSETS[0]:
            return self._other.read(body, name, verified)
        return super().read(body, name, verified)

    def encode(self, value: Configuration) -> bytes:
        return self._other.encode(value) if len(value.ports) == 2 else super().encode(value)


def ratios_offset(body: bytes) -> int:
    """Where the ratios stand in the body of a 142: the second place only where it alone has some that make sense."""
    first, second = _OFFSETS
    return second if not _make_sense(body, first) and _make_sense(body, second) else first


def _make_sense(body: bytes, offset: int) -> bool:
    if len(body) < offset + _RATIOS.size:
        return False
    values = _RATIOS.unpack_from(body, offset)
    return all(values) and values[0] <= _HIGHEST_VOLTAGE and values[1] <= _HIGHEST_VOLTAGE


CONFIGURATION = _ConfigurationLayout()


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


# The recorder's own configuration, object by object: from one source, no frame was seen.


class RecorderObject(NamedTuple):
    """Address 192 to 201, and its bytes."""

    address: int
    data: bytes


_OFF_ON = code({1: "off", 2: "on"})
_RECORDER = {
    192: Several(("battery", number(1, "%"))),
    193: Several(("summer time", number(1, meaning=lambda v: {1: "no", 2: "automatic"}.get(v & 3, NOT_IN_REFERENCE)))),
    194: Several(("shortest time between closings", number(1, "min"))),
    195: Several(("critical alarm", _OFF_ON), ("non-critical alarm", _OFF_ON)),
    196: Several(*[(f"voltage fault, phase {phase}", _OFF_ON) for phase in (1, 2, 3)]),
    197: Several(*[(f"curve period {period}", number(1, "min")) for period in (1, 2)]),
    RATIOS_OBJECT: Several(("", RATIOS)),
    199: Several(("clock source", code({1: "network", 2: "quartz"}))),
    200: Several(("program identifier", text(25))),
    201: Several(("closing by push-button", code({2: "enabled"}))),
}
RECORDER_LENGTHS = {address: shape.size or 0 for address, shape in _RECORDER.items()}
"""Bytes behind the address of each object."""


class Recorder(Content):
    """157: the objects that were asked for."""

    objects: tuple[RecorderObject, ...]

    def data(self, address: int) -> bytes | None:
        """The bytes of an object; None where the meter did not send it."""
        return next((part.data for part in self.objects if part.address == address), None)


_RECORDER_OBJECTS = {
    address: Layout(
        RecorderObject,
        Part("address", "object", code(RECORDER_OBJECTS)),
        Part("data", "", Kept(shown)),
        verified=False,
    )
    for address, shown in _RECORDER.items()
}
RECORDER = Layout(
    Recorder,
    Part(
        "objects",
        RECORDER_OBJECTS.__getitem__,
        Listed(Choice(RECORDER_OBJECTS, _RECORDER_OBJECTS, attrgetter("address"))),
    ),
    brief=lambda found: "objects " + " ".join(str(part.address) for part in found.objects),
)
RECORDER_REQUEST = object_list(RECORDER_OBJECTS)


def read_recorder_ratios(point_address: int) -> Asdu:
    """156 with the object of the transformer ratios."""
    return Asdu(TypeId.READ_RECORDER, Cause.REQUEST, point_address, content=ObjectList((RATIOS_OBJECT,)))


# Parameters of a measuring point and of summer time: from one source each, no frame was seen.


class PointParameters(Content):
    """129: ``integration_period`` in minutes, ``depth`` of the records; the rest is reserve."""

    link_address: int
    points: int
    point_address: int
    key: Password
    integration_period: int
    depth: int
    reserve: bytes = bytes(234)


POINT_PARAMETERS = Layout(
    PointParameters,
    Part("link_address", "link address", number(2)),
    Part("points", "measuring points", number(1)),
    Part("point_address", "measuring point", number(2)),
    Part("key", "access key", KEY),
    Part("integration_period", "integration period", number(1, "min")),
    Part("depth", "record depth", number(2)),
    Part("reserve", "reserve", Rest()),
    verified=False,
)


class SummerTimeDates(Content):
    """131: when summer time begins, and when it ends."""

    begins: TimeTagA
    ends: TimeTagA


SUMMER_TIME_DATES = Layout(
    SummerTimeDates,
    Part("begins", "change to summer time", TIME_A),
    Part("ends", "change to standard time", TIME_A),
    verified=False,
    brief=lambda dates: f"{minute(dates.begins)} and {minute(dates.ends)}",
)


def read_point_parameters(point_address: int) -> Asdu:
    """C_PI_NA_2. The answer carries the access key."""
    return Asdu(TypeId.READ_POINT_PARAMETERS, Cause.REQUEST, point_address)


def read_summer_time_dates(point_address: int) -> Asdu:
    """185."""
    return Asdu(TypeId.READ_SUMMER_TIME, Cause.REQUEST, point_address)
