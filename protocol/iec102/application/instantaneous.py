"""Instantaneous values: 162 and 163 (REE profile reference, 8.6).

The values inside an object are named tuples, made many times a second: a frozen dataclass takes twice as long to make.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from iec102.application.asdu import Asdu, Cause, TypeId, fit
from iec102.application.maker import maker
from iec102.application.timetag import TimeTagA

ENERGIES = 192
POWERS = 193
VOLTAGES_CURRENTS = 194
ALL_OBJECTS = (ENERGIES, POWERS, VOLTAGES_CURRENTS)

_ENERGIES = struct.Struct("<6I")
_POWERS = struct.Struct("<4Q")
_TIME = 5
_PHASE_BYTES = 7

_BITS_24 = 0xFF_FFFF
_BITS_30 = 0x3FFF_FFFF
_PHASE_BITS = (1 << 56) - 1


@dataclass(frozen=True, slots=True)
class ObjectList:
    """162: the objects that are asked for, one byte each."""

    objects: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.objects)

    def encode_body(self) -> bytes:
        return bytes(self.objects)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> ObjectList | None:
        """None where N is not the number of bytes."""
        return cls(tuple(body)) if len(body) == count else None


class Energy(NamedTuple):
    """A total of 30 bits in kWh or kVArh; bit 30 reserved, bit 31 IV."""

    value: int
    invalid: bool = False
    reserved: bool = False


_energy = maker(Energy)


@dataclass(frozen=True, slots=True)
class Energies:
    """Object 192 (totalizadores): A+, A-, Q1, Q2, Q3, Q4, then a time tag a."""

    values: tuple[Energy, ...]
    time: TimeTagA

    def encode(self) -> bytes:
        words = (fit(total.value, 30) | total.reserved << 30 | total.invalid << 31 for total in self.values)
        return bytes((ENERGIES,)) + _ENERGIES.pack(*words) + self.time.encode()

    @classmethod
    def decode(cls, body: bytes, offset: int) -> Energies:
        words = _ENERGIES.unpack_from(body, offset)
        values = tuple([_energy((word & _BITS_30, word > 0x7FFF_FFFF, word & 0x4000_0000 != 0)) for word in words])
        return cls(values, TimeTagA.from_bytes(body, offset + _ENERGIES.size))


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

    def word(self) -> int:
        """The 64 bits."""
        flags = self.exporting | self.reactive_negative << 1 | fit(self.reserved, 3) << 2 | self.invalid << 5
        return fit(self.active, 24) | fit(self.reactive, 24) << 24 | fit(self.factor, 10) << 48 | flags << 58

    @classmethod
    def of(cls, word: int) -> Power:
        """From its 64 bits."""
        flags = word >> 58
        return cls(
            word & _BITS_24,
            word >> 24 & _BITS_24,
            word >> 48 & 0x3FF,
            flags & 1 != 0,
            flags & 2 != 0,
            flags & 32 != 0,
            flags >> 2 & 7,
        )


@dataclass(frozen=True, slots=True)
class Powers:
    """Object 193: total and three phases, then a time tag a. Primary side."""

    total: Power
    l1: Power
    l2: Power
    l3: Power
    time: TimeTagA

    def encode(self) -> bytes:
        words = (power.word() for power in (self.total, self.l1, self.l2, self.l3))
        return bytes((POWERS,)) + _POWERS.pack(*words) + self.time.encode()

    @classmethod
    def decode(cls, body: bytes, offset: int) -> Powers:
        total, l1, l2, l3 = _POWERS.unpack_from(body, offset)
        time = TimeTagA.from_bytes(body, offset + _POWERS.size)
        return cls(Power.of(total), Power.of(l1), Power.of(l2), Power.of(l3), time)


class VoltageCurrent(NamedTuple):
    """Seven bytes of object 194: current 0..23 in 0.1 A, voltage 24..53 in 0.1 V, reserved 54, IV 55."""

    current: int
    voltage: int
    invalid: bool = False
    reserved: bool = False

    def encode(self) -> bytes:
        word = fit(self.current, 24) | fit(self.voltage, 30) << 24 | self.reserved << 54 | self.invalid << 55
        return word.to_bytes(_PHASE_BYTES, "little")

    @classmethod
    def of(cls, word: int) -> VoltageCurrent:
        """From its 56 bits."""
        return cls(word & _BITS_24, word >> 24 & _BITS_30, word >> 55 != 0, word >> 54 & 1 != 0)


@dataclass(frozen=True, slots=True)
class VoltagesCurrents:
    """Object 194: three phases, then a time tag a. Secondary side of the transformers."""

    l1: VoltageCurrent
    l2: VoltageCurrent
    l3: VoltageCurrent
    time: TimeTagA

    def encode(self) -> bytes:
        return (
            bytes((VOLTAGES_CURRENTS,)) + b"".join(p.encode() for p in (self.l1, self.l2, self.l3)) + self.time.encode()
        )

    @classmethod
    def decode(cls, body: bytes, offset: int) -> VoltagesCurrents:
        bits = int.from_bytes(body[offset : offset + 3 * _PHASE_BYTES], "little")
        of = VoltageCurrent.of
        time = TimeTagA.from_bytes(body, offset + 3 * _PHASE_BYTES)
        return cls(of(bits & _PHASE_BITS), of(bits >> 56 & _PHASE_BITS), of(bits >> 112), time)


InstantaneousObject = Energies | Powers | VoltagesCurrents

_Object = TypeVar("_Object", Energies, Powers, VoltagesCurrents)

_LENGTHS = {
    ENERGIES: 1 + _ENERGIES.size + _TIME,
    POWERS: 1 + _POWERS.size + _TIME,
    VOLTAGES_CURRENTS: 1 + 3 * _PHASE_BYTES + _TIME,
}
_ADDRESSES: dict[type[InstantaneousObject], int] = {
    Energies: ENERGIES,
    Powers: POWERS,
    VoltagesCurrents: VOLTAGES_CURRENTS,
}
_DECODERS: dict[int, Callable[[bytes, int], InstantaneousObject]] = {
    ENERGIES: Energies.decode,
    POWERS: Powers.decode,
    VOLTAGES_CURRENTS: VoltagesCurrents.decode,
}


@dataclass(frozen=True, slots=True)
class InstantaneousValues:
    """163: the objects that the meter sent, in its order, each with its own time."""

    objects: tuple[InstantaneousObject, ...]

    @property
    def count(self) -> int:
        return len(self.objects)

    @property
    def addresses(self) -> frozenset[int]:
        """Which of the objects 192, 193 and 194 these are."""
        return frozenset(_ADDRESSES[type(item)] for item in self.objects)

    @property
    def energies(self) -> Energies | None:
        return self._first(Energies)

    @property
    def powers(self) -> Powers | None:
        return self._first(Powers)

    @property
    def voltages_currents(self) -> VoltagesCurrents | None:
        return self._first(VoltagesCurrents)

    def encode_body(self) -> bytes:
        return b"".join(item.encode() for item in self.objects)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> InstantaneousValues | None:
        """None where an object is unknown or the lengths do not come out."""
        objects: list[InstantaneousObject] = []
        position, end = 0, len(body)
        while position < end:
            length = _LENGTHS.get(body[position])
            if length is None or position + length > end:
                return None
            objects.append(_DECODERS[body[position]](body, position + 1))
            position += length
        return cls(tuple(objects)) if len(objects) == count else None

    def _first(self, kind: type[_Object]) -> _Object | None:
        for item in self.objects:
            if isinstance(item, kind):
                return item
        return None


def read_instantaneous(point_address: int, objects: Iterable[int] = ALL_OBJECTS) -> Asdu:
    """162: one or more of the objects 192, 193, 194."""
    return Asdu(TypeId.READ_INSTANTANEOUS, Cause.REQUEST, point_address, content=ObjectList(tuple(objects)))
