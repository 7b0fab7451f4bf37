"""What a meter says of itself: 141 and 142, 156 and 157, 182 and 129, 185 and 131 (REE profile reference, 8.5)."""

from __future__ import annotations

import struct
from operator import attrgetter
from typing import Any, NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.body import Bits, Body, Name
from iec102.asdu.content import Content, Struct, field, shared
from iec102.asdu.instantaneous import ObjectList, object_list
from iec102.asdu.layout import Choice, Kept, Layout, Leaf, Listed, Part, Rest, Several
from iec102.asdu.leaves import KEY, STANDARD_DATE, TIME_A, code, minute, number, tenths, text
from iec102.asdu.names import CONTRACT_NUMBERS, NOT_IN_REFERENCE, RECORDER_OBJECTS, SERIAL_FORMATS, SERIAL_SPEEDS
from iec102.asdu.password import Password
from iec102.asdu.timetag import TimeTagA

RATIOS_OBJECT = 198

_RATIOS = struct.Struct("<4I")
# Where the ratios stand in type 142: as a real meter sends them, and as one source reads them.
_OFFSETS = (42, 61)
_HIGHEST_VOLTAGE = 10_000_000  # 0.1 V: 1 MV
# What the source that reads it otherwise has elsewhere than the frame of a real meter.
_UNLIKE = ("ratios", "integration_periods", "contracts")
_CONTRACT_STATES = ("not available", "inactive", "active", NOT_IN_REFERENCE)


class TransformerRatios(Struct):
    """Primary and secondary voltage in 0.1 V, primary and secondary current in 0.1 A."""

    primary_voltage: int = field("primary voltage", number(4, "V", meaning=tenths))
    secondary_voltage: int = field("secondary voltage", number(4, "V", meaning=tenths))
    primary_current: int = field("primary current", number(4, "A", meaning=tenths))
    secondary_current: int = field("secondary current", number(4, "A", meaning=tenths))

    def encode(self) -> bytes:
        """Sixteen bytes."""
        return self.layout.encode(self)

    @classmethod
    def decode(cls, body: bytes, offset: int) -> TransformerRatios | None:
        """None where the bytes are too few or make no sense as ratios."""
        if len(body) < offset + _RATIOS.size:
            return None
        values = _RATIOS.unpack_from(body, offset)
        if not all(values) or values[0] > _HIGHEST_VOLTAGE or values[1] > values[0] or values[3] > values[2]:
            return None
        return cls(*values)


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


def _contract_states(contracts: int) -> Bits:
    return tuple(
        [(f"contract {name}", _CONTRACT_STATES[contracts >> 2 * at & 3]) for at, name in enumerate(CONTRACT_NUMBERS)]
    )


class Configuration(Content):
    """142, 246 bytes. ``ports``: one with a start string and two without, or two with it.

    ``model`` is ASCII; ``battery`` in %, ``integration_periods`` in minutes; ``contracts`` has two bits each, I lowest:
    0 not available, 1 inactive, 2 active.
    """

    manufacturer: int = field("manufacturer code", number(1))
    model: bytes = field("model", text(2))
    firmware: int = field("firmware version", number(1))
    serial_number: int = field("serial number", number(4))
    standard_year: int = field("date of the standard", STANDARD_DATE)
    standard_month: int = shared()
    protocol_date: TimeTagA = field("date of the protocol version", TIME_A)
    battery: int = field("battery", number(1, "%"))
    ports: tuple[Port, ...] = field("", Several(("port 1", _FULL_PORT), ("port 2", _PORT), ("optical port", _PORT)))
    ratios: TransformerRatios = field("", TransformerRatios.layout)
    integration_periods: tuple[int, int, int] = field(
        "", Several(*[(f"integration period {period}", number(1, "min")) for period in (1, 2, 3)])
    )
    contracts: int = field("contracts", Leaf(1, meaning="0x{:02X}".format, bits=_contract_states))
    reserve: bytes = field("reserve", Rest(), default=bytes(184))

    def brief(self) -> str:
        return f"manufacturer {self.manufacturer}, device {self.serial_number}"


class _EitherLayout(Layout):
    """As a real meter sends a 142; or as one source reads it, where only that gives ratios that make sense."""

    def __init__(self, real: Layout) -> None:
        super().__init__(Configuration, *real.parts)
        second_port = Layout(Port, *_FULL_PORT.parts, verified=False)
        parts = [part._replace(verified=part.attribute not in _UNLIKE) for part in real.parts]
        at = [part.attribute for part in parts].index("ports")
        parts[at] = parts[at]._replace(shape=Several(("port 1", _FULL_PORT), ("port 2", second_port)))
        self._other = Layout(Configuration, *parts)

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        if ratios_offset(body.data[body.position : body.stop]) != _OFFSETS[0]:
            return self._other.read(body, name, verified)
        return super().read(body, name, verified)

    def encode(self, value: Configuration) -> bytes:
        return self._other.encode(value) if len(value.ports) == 2 else super().encode(value)


Configuration.layout = _EitherLayout(Configuration.layout)


def ratios_offset(body: bytes) -> int:
    """Where the ratios stand in the body of a 142: the second place only where it alone has some that make sense."""
    first, second = _OFFSETS
    return second if not _make_sense(body, first) and _make_sense(body, second) else first


def _make_sense(body: bytes, offset: int) -> bool:
    if len(body) < offset + _RATIOS.size:
        return False
    values = _RATIOS.unpack_from(body, offset)
    return all(values) and values[0] <= _HIGHEST_VOLTAGE and values[1] <= _HIGHEST_VOLTAGE


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
    RATIOS_OBJECT: Several(("", TransformerRatios.layout)),
    199: Several(("clock source", code({1: "network", 2: "quartz"}))),
    200: Several(("program identifier", text(25))),
    201: Several(("closing by push-button", code({2: "enabled"}))),
}
RECORDER_LENGTHS = {address: shape.size or 0 for address, shape in _RECORDER.items()}
"""Bytes behind the address of each object."""


_RECORDER_OBJECTS = {
    address: Layout(
        RecorderObject,
        Part("address", "object", code(RECORDER_OBJECTS)),
        Part("data", "", Kept(shown)),
        verified=False,
    )
    for address, shown in _RECORDER.items()
}


class Recorder(Content):
    """157: the objects that were asked for."""

    objects: tuple[RecorderObject, ...] = field(
        RECORDER_OBJECTS.__getitem__,
        Listed(Choice(RECORDER_OBJECTS, _RECORDER_OBJECTS, attrgetter("address"))),
    )

    def data(self, address: int) -> bytes | None:
        """The bytes of an object; None where the meter did not send it."""
        return next((part.data for part in self.objects if part.address == address), None)

    @property
    def addresses(self) -> frozenset[int]:
        """Which of the objects 192 to 201 these are."""
        return frozenset(part.address for part in self.objects)

    def brief(self) -> str:
        return "objects " + " ".join(str(part.address) for part in self.objects)


RECORDER_REQUEST = object_list(RECORDER_OBJECTS)


def read_recorder(point_address: int, objects: tuple[int, ...]) -> Asdu:
    """156 with some of the objects 192 to 201."""
    return Asdu(TypeId.READ_RECORDER, Cause.REQUEST, point_address, content=ObjectList(objects))


def read_recorder_ratios(point_address: int) -> Asdu:
    """156 with the object of the transformer ratios."""
    return read_recorder(point_address, (RATIOS_OBJECT,))


# Parameters of a measuring point and of summer time: from one source each, no frame was seen.


class PointParameters(Content, verified=False):
    """129: ``integration_period`` in minutes, ``depth`` of the records; the rest is reserve."""

    link_address: int = field("link address", number(2))
    points: int = field("measuring points", number(1))
    point_address: int = field("measuring point", number(2))
    key: Password = field("access key", KEY)
    integration_period: int = field("integration period", number(1, "min"))
    depth: int = field("record depth", number(2))
    reserve: bytes = field("reserve", Rest(), default=bytes(234))


class SummerTimeDates(Content, verified=False):
    """131: when summer time begins, and when it ends."""

    begins: TimeTagA = field("change to summer time", TIME_A)
    ends: TimeTagA = field("change to standard time", TIME_A)

    def brief(self) -> str:
        return f"{minute(self.begins)} and {minute(self.ends)}"


def read_point_parameters(point_address: int) -> Asdu:
    """C_PI_NA_2. The answer carries the access key."""
    return Asdu(TypeId.READ_POINT_PARAMETERS, Cause.REQUEST, point_address)


def read_summer_time_dates(point_address: int) -> Asdu:
    """185."""
    return Asdu(TypeId.READ_SUMMER_TIME, Cause.REQUEST, point_address)
