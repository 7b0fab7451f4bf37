"""Instantaneous values: 162 and 163 (REE profile reference, 8.6).

163 is read by hand, and 162 written so, because they pass many times a second.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.body import Bits
from iec102.asdu.content import Content, field
from iec102.asdu.layout import Choice, Layout, Listed, Part, Several, maker
from iec102.asdu.leaves import TIME_A, code, many, minute, number, packed, tenths, validity
from iec102.asdu.names import INSTANTANEOUS_OBJECTS, named
from iec102.asdu.timetag import TimeTagA

ENERGIES = 192
POWERS = 193
VOLTAGES_CURRENTS = 194
ALL_OBJECTS = (ENERGIES, POWERS, VOLTAGES_CURRENTS)

_ENERGIES = struct.Struct("<6I")
_POWERS = struct.Struct("<4Q")
_PHASE_BYTES = 7
_TIME = TIME_A.size

_BITS_24 = 0xFF_FFFF
_BITS_30 = 0x3FFF_FFFF
_PHASE_BITS = (1 << 56) - 1


class ObjectList(Content):
    """150, 156 and 162: the objects that are asked for, one byte each."""

    objects: tuple[int, ...] = field("object", Listed(code(INSTANTANEOUS_OBJECTS)))

    def __init__(self, objects: tuple[int, ...]) -> None:
        self.__dict__.update(objects=objects)

    @property
    def count(self) -> int:
        return len(self.objects)

    def encode_body(self) -> bytes:
        """Encode by hand, because every poll sends one."""
        return bytes(self.objects)

    def brief(self) -> str:
        return "objects " + " ".join(map(str, self.objects))


def object_list(names: dict[int, str]) -> Layout:
    """The layout of a request for objects with other names than those of 162."""
    return Layout(ObjectList, Part("objects", "object", Listed(code(names))))


class Energy(NamedTuple):
    """A total of 30 bits in kWh or kVArh; bit 30 reserved, bit 31 IV."""

    value: int
    invalid: bool = False
    reserved: bool = False


_energy = maker(Energy)


class Energies(NamedTuple):
    """Object 192 (totalizadores): A+, A-, Q1, Q2, Q3, Q4, then a time tag a."""

    values: tuple[Energy, ...]
    time: TimeTagA


def _energies_by_hand(body: bytes, offset: int) -> Energies:
    words = _ENERGIES.unpack_from(body, offset)
    values = tuple([_energy((word & _BITS_30, word > 0x7FFF_FFFF, word & 0x4000_0000 != 0)) for word in words])
    return Energies(values, TimeTagA.from_bytes(body, offset + _ENERGIES.size))


def _energy_layout(name: str, unit: str) -> Layout:
    word = packed(30, 1, 1, meaning=lambda word: str(word[0]), bits=_word_bits, unit=unit)
    return Layout(Energy, Part("value reserved invalid", name, word))


def _word_bits(word: tuple[int, int, int]) -> Bits:
    return (("IV", validity(word[2])), ("reserved", str(int(word[1]))))


_ENERGIES_LAYOUT = Layout(
    Energies,
    Part(
        "values",
        "",
        Several(
            *[("", _energy_layout(name, "kWh")) for name in ("A+", "A-")],
            *[("", _energy_layout(name, "kVArh")) for name in ("Ri+", "Rc+", "Ri-", "Rc-")],
        ),
    ),
    Part("time", "time", TIME_A),
)


class Power(NamedTuple):
    """Eight bytes of object 193, little endian::

    0..23   active power, kW          24..47  reactive power, kVAr     (both unsigned)
    48..57  power factor x 1000       58  active: 0 import, 1 export   59  reactive: 0 Q1/Q2, 1 Q3/Q4
    60..62  reserved                  63  IV
    """

    active: int
    reactive: int
    factor: int
    exporting: bool = False
    reactive_negative: bool = False
    invalid: bool = False
    reserved: int = 0

    @property
    def signed_active(self) -> int:
        """kW, negative while energy is exported."""
        return -self.active if self.exporting else self.active

    @property
    def signed_reactive(self) -> int:
        """kVAr, negative in Q3 and Q4."""
        return -self.reactive if self.reactive_negative else self.reactive

    @property
    def quadrant(self) -> int:
        """1 to 4."""
        if self.exporting:
            return 3 if self.reactive_negative else 2
        return 4 if self.reactive_negative else 1


_power = maker(Power)


def _power_bits(flags: tuple[int, int, int, int, int]) -> Bits:
    _, exporting, negative, reserved, invalid = flags
    return (
        ("active direction", "export" if exporting else "import"),
        ("quadrant", ("Q1", "Q4", "Q2", "Q3")[exporting << 1 | negative]),
        ("reserved", str(reserved)),
        ("IV", validity(invalid)),
    )


_FLAGS = packed(10, 1, 1, 3, 1, meaning=lambda flags: f"{flags[0] / 1000:.3f}", bits=_power_bits)
_POWER_LAYOUT = Layout(
    Power,
    Part("active", "active power", number(3, "kW")),
    Part("reactive", "reactive power", number(3, "kVAr")),
    Part("factor exporting reactive_negative reserved invalid", "power factor and flags", _FLAGS),
)


class Powers(NamedTuple):
    """Object 193: total and three phases, then a time tag a. Primary side."""

    total: Power
    l1: Power
    l2: Power
    l3: Power
    time: TimeTagA


def _powers_by_hand(body: bytes, offset: int) -> Powers:
    total, l1, l2, l3 = [
        _power(
            (
                word & _BITS_24,
                word >> 24 & _BITS_24,
                word >> 48 & 0x3FF,
                word >> 58 & 1 != 0,
                word >> 59 & 1 != 0,
                word >> 63 != 0,
                word >> 60 & 7,
            )
        )
        for word in _POWERS.unpack_from(body, offset)
    ]
    return Powers(total, l1, l2, l3, TimeTagA.from_bytes(body, offset + _POWERS.size))


_POWERS_LAYOUT = Layout(
    Powers,
    Part("total", "total", _POWER_LAYOUT),
    *[Part(f"l{phase}", f"phase {phase}", _POWER_LAYOUT) for phase in (1, 2, 3)],
    Part("time", "time", TIME_A),
)


class VoltageCurrent(NamedTuple):
    """Seven bytes of object 194: current 0..23 in 0.1 A, voltage 24..53 in 0.1 V, reserved 54, IV 55."""

    current: int
    voltage: int
    invalid: bool = False
    reserved: bool = False


_voltage_current = maker(VoltageCurrent)


_VOLTAGE = packed(30, 1, 1, meaning=lambda word: tenths(word[0]), bits=lambda word: _word_bits(word)[::-1], unit="V")
_PHASE_LAYOUT = Layout(
    VoltageCurrent,
    Part("current", "current (secondary)", number(3, "A", meaning=tenths)),
    Part("voltage reserved invalid", "voltage (secondary)", _VOLTAGE),
)


class VoltagesCurrents(NamedTuple):
    """Object 194: three phases, then a time tag a. Secondary side of the transformers."""

    l1: VoltageCurrent
    l2: VoltageCurrent
    l3: VoltageCurrent
    time: TimeTagA


def _voltages_currents_by_hand(body: bytes, offset: int) -> VoltagesCurrents:
    bits = int.from_bytes(body[offset : offset + 3 * _PHASE_BYTES], "little")
    l1, l2, l3 = [
        _voltage_current((word & _BITS_24, word >> 24 & _BITS_30, word >> 55 != 0, word >> 54 & 1 != 0))
        for word in (bits & _PHASE_BITS, bits >> 56 & _PHASE_BITS, bits >> 112)
    ]
    return VoltagesCurrents(l1, l2, l3, TimeTagA.from_bytes(body, offset + 3 * _PHASE_BYTES))


_VOLTAGES_CURRENTS_LAYOUT = Layout(
    VoltagesCurrents,
    *[Part(f"l{phase}", f"phase {phase}", _PHASE_LAYOUT) for phase in (1, 2, 3)],
    Part("time", "time", TIME_A),
)


InstantaneousObject = Energies | Powers | VoltagesCurrents

_Object = TypeVar("_Object", Energies, Powers, VoltagesCurrents)

_BY_HAND: dict[int, tuple[int, Callable[[bytes, int], InstantaneousObject]]] = {
    ENERGIES: (1 + _ENERGIES.size + _TIME, _energies_by_hand),
    POWERS: (1 + _POWERS.size + _TIME, _powers_by_hand),
    VOLTAGES_CURRENTS: (1 + 3 * _PHASE_BYTES + _TIME, _voltages_currents_by_hand),
}


_ADDRESSES = {Energies: ENERGIES, Powers: POWERS, VoltagesCurrents: VOLTAGES_CURRENTS}
_LAYOUTS = {ENERGIES: _ENERGIES_LAYOUT, POWERS: _POWERS_LAYOUT, VOLTAGES_CURRENTS: _VOLTAGES_CURRENTS_LAYOUT}


class InstantaneousValues(Content):
    """163: the objects that the meter sent, in its order, each with its own time."""

    objects: tuple[InstantaneousObject, ...] = field(
        lambda address: named(address, INSTANTANEOUS_OBJECTS), Listed(Choice(INSTANTANEOUS_OBJECTS, _LAYOUTS))
    )

    def __init__(self, objects: tuple[InstantaneousObject, ...]) -> None:
        self.__dict__.update(objects=objects)

    @property
    def addresses(self) -> frozenset[int]:
        """Which of the objects 192, 193 and 194 these are."""
        return frozenset(_ADDRESSES[type(item)] for item in self.objects)

    @property
    def by_kind(self) -> dict[type[InstantaneousObject], InstantaneousObject]:
        """The objects by their class; of several of one kind the first."""
        return {type(item): item for item in reversed(self.objects)}

    @property
    def times(self) -> list[TimeTagA]:
        """The time tags of the objects: that of the powers first, then those of the energies and of the voltages."""
        there = self.by_kind
        return [there[kind].time for kind in (Powers, Energies, VoltagesCurrents) if kind in there]

    @property
    def energies(self) -> Energies | None:
        return self._first(Energies)

    @property
    def powers(self) -> Powers | None:
        return self._first(Powers)

    @property
    def voltages_currents(self) -> VoltagesCurrents | None:
        return self._first(VoltagesCurrents)

    def brief(self) -> str:
        objects = self.objects
        return f"{many(len(objects), 'object')} at {minute(objects[0].time)}" if objects else ""

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> InstantaneousValues | None:
        """Decode by hand."""
        objects: list[InstantaneousObject] = []
        position, end = 0, len(body)
        while position < end:
            length, read = _BY_HAND.get(body[position], (end, None))
            if read is None or position + length > end:
                return None
            objects.append(read(body, position + 1))
            position += length
        return cls(tuple(objects)) if len(objects) == count else None

    def _first(self, kind: type[_Object]) -> _Object | None:
        for item in self.objects:
            if isinstance(item, kind):
                return item
        return None


def read_instantaneous(point_address: int, objects: Iterable[int] = ALL_OBJECTS) -> Asdu:
    """Make a request for one or more of the objects 192, 193 and 194 (162)."""
    return Asdu(TypeId.READ_INSTANTANEOUS, Cause.REQUEST, point_address, content=ObjectList(tuple(objects)))
