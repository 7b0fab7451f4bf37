"""Layouts of the readings: totals, blocks, instantaneous values and events (REE profile reference, 8.3, 8.6, 8.7)."""

from __future__ import annotations

from iec102.explain.body import Body
from iec102.explain.names import INSTANTANEOUS_OBJECTS, OBJECTS, event_name, event_sense, named

_BLOCK_VALUES = {9: (1, 2, 3, 4, 5, 6, 7, 8), 10: (1, 2, 3, 4, 5, 6), 11: (1, 3, 6)}
_ACTIVE = {1, 2}
_ENERGY_NAMES = ("A+", "A-", "Ri+", "Rc+", "Ri-", "Rc-")
_PHASES = ("total", "phase 1", "phase 2", "phase 3")
_QUADRANTS = {(0, 0): "Q1", (1, 0): "Q2", (1, 1): "Q3", (0, 1): "Q4"}
_EVENT_LENGTH = 9


def unit_of(address: int) -> str:
    """The unit of an integrated total by its object address; empty for reserves."""
    if address in _ACTIVE:
        return "kWh"
    return "kVArh" if 3 <= address <= 6 else ""


def totals_range(body: Body) -> None:
    """122, 123: first and last object, from, to."""
    body.code("first object", OBJECTS)
    body.code("last object", OBJECTS)
    time_range(body)


def blocks_range(body: Body) -> None:
    """189, 190: object, from, to."""
    body.code("object", OBJECTS)
    time_range(body)


def time_range(body: Body) -> None:
    """102, 134 and the tail of 122, 123, 189, 190: from, to."""
    body.time_a("from")
    body.time_a("to")


def totals(body: Body, count: int) -> None:
    """8, 11: ``count`` totals, then the time that they share."""
    for _ in range(count):
        body.group(named(body.peek(), OBJECTS), _total)
    body.time_a("end of the interval")


def _total(body: Body) -> None:
    unit = unit_of(body.peek())
    body.code("object", OBJECTS)
    body.number("value", 4, unit)
    body.qualifier()


def blocks(body: Body, count: int) -> None:
    """139, 140: ``count`` blocks of eight, six or three values, each with its time."""
    for number in range(1, count + 1):
        body.group(f"block {number}", _block)


def _block(body: Body) -> None:
    addresses = _BLOCK_VALUES.get(body.peek(), ())
    body.code("object", OBJECTS)
    for address in addresses:
        body.number(OBJECTS[address], 4, unit_of(address))
        body.qualifier()
    body.time_a("end of the interval")


def object_list(body: Body, count: int) -> None:
    """162: the objects that are asked for."""
    for _ in range(count):
        body.code("object", INSTANTANEOUS_OBJECTS)


def instantaneous(body: Body, count: int) -> None:
    """163: the objects in order, each with its own time."""
    layouts = {192: _energies, 193: _powers, 194: _voltages_currents}
    for _ in range(count):
        layout = layouts.get(body.peek())
        if layout is None:
            return
        body.group(named(body.peek(), INSTANTANEOUS_OBJECTS), layout)


def _energies(body: Body) -> None:
    body.code("object", INSTANTANEOUS_OBJECTS)
    for index, name in enumerate(_ENERGY_NAMES):
        word = body.integer(4)
        validity = (("IV", _validity(word >> 31)), ("reserved", str(word >> 30 & 1)))
        body.field(name, 4, str(word & 0x3FFFFFFF), "kWh" if index < 2 else "kVArh", bits=validity)
    body.time_a()


def _powers(body: Body) -> None:
    body.code("object", INSTANTANEOUS_OBJECTS)
    for phase in _PHASES:
        body.group(phase, _power)
    body.time_a()


def _power(body: Body) -> None:
    flags = body.integer(8) >> 48
    exporting, negative = flags >> 10 & 1, flags >> 11 & 1
    body.number("active power", 3, "kW")
    body.number("reactive power", 3, "kVAr")
    body.field(
        "power factor and flags",
        2,
        f"{(flags & 0x3FF) / 1000:.3f}",
        bits=(
            ("active direction", "export" if exporting else "import"),
            ("quadrant", _QUADRANTS[exporting, negative]),
            ("reserved", str(flags >> 12 & 7)),
            ("IV", _validity(flags >> 15)),
        ),
    )


def _voltages_currents(body: Body) -> None:
    body.code("object", INSTANTANEOUS_OBJECTS)
    for phase in _PHASES[1:]:
        body.group(phase, _voltage_current)
    body.time_a()


def _voltage_current(body: Body) -> None:
    body.number("current (secondary)", 3, "A", scale=10)
    word = body.integer(4)
    body.field(
        "voltage (secondary)",
        4,
        f"{(word & 0x3FFFFFFF) / 10:.1f}",
        "V",
        bits=(("reserved", str(word >> 30 & 1)), ("IV", _validity(word >> 31))),
    )


def _validity(bit: int) -> str:
    return "invalid" if bit else "valid"


def events(body: Body, count: int) -> None:
    """1: ``count`` events of nine bytes; the sense of the last bit of an event is not settled."""
    for number in range(1, count + 1):
        body.group(f"event {number}", _event)


def _event(body: Body) -> None:
    address, packed = body.peek(), body.peek(1)
    meaning = event_name(address, packed >> 1)
    body.field("SPA", 1, meaning)
    sense = event_sense(address, packed >> 1, packed & 1)
    body.field("SPQ and SPI", 1, f"SPQ {packed >> 1}", bits=(("SPI (unverified)", sense),))
    body.time_b()
