"""Layouts of contracts and tariffs: closings, contracted powers, holidays, seasons (reference, 8.4 and 8.5)."""

from __future__ import annotations

from iec102.explain.body import Body
from iec102.explain.names import OBJECTS, TARIFF_OBJECTS

_DIRECTIONS = {1: "import", 2: "export"}
_NIBBLES_A_DAY = 24


def closing(body: Body) -> None:
    """135, 136: one tariff period (cierre), 63 bytes."""
    body.code("period", OBJECTS)
    for name, unit in (("active", "kWh"), ("reactive inductive", "kVArh"), ("reactive capacitive", "kVArh")):
        body.number(f"{name}, absolute", 4, unit)
        body.number(f"{name}, in the period", 4, unit)
        body.qualifier(f"{name}, qualifier")
    for reserve in (7, 8):
        body.number(f"reserve {reserve}", 4)
        body.qualifier(f"reserve {reserve}, qualifier")
    body.number("maximum power", 4, "kW")
    body.time_a("time of the maximum")
    body.qualifier("maximum power, qualifier")
    body.number("excess power", 4)
    body.qualifier("excess power, qualifier")
    body.time_a("start of the period")
    body.time_a("end of the period")


def closings(body: Body, count: int) -> None:
    """135, 136: as many periods as N says; meters send one an ASDU."""
    for _ in range(count):
        body.group("tariff period", closing)


def contracted_powers(body: Body, count: int) -> None:
    """145: powers by period, then the start of their validity; 146 is taken to be the same."""
    for _ in range(count):
        body.code("period", OBJECTS, verified=False)
        body.number("contracted power", 4, "kW", verified=False)
    body.time_a("valid from", verified=False)


def holidays(body: Body, count: int) -> None:
    """148: one date a holiday; 149 is taken to be the same."""
    for number in range(1, count + 1):
        body.time_a(f"holiday {number}", verified=False)


def extension_request(body: Body, count: int) -> None:
    """150: the objects that are asked for."""
    for _ in range(count):
        body.code("object", TARIFF_OBJECTS)


def extension(body: Body, count: int) -> None:
    """151: objects 193 and 197 have a known layout; what follows another object stays bytes."""
    layouts = {193: _seasons, 197: _current_period}
    for _ in range(count):
        layout = layouts.get(body.peek())
        if layout is None:
            body.code("object", TARIFF_OBJECTS)
            return
        body.group(TARIFF_OBJECTS[body.peek()], layout)


def _current_period(body: Body) -> None:
    body.code("object", TARIFF_OBJECTS)
    for contract in ("I", "II", "III"):
        body.number(f"current period, contract {contract}", 1)
    body.time_a()


def _seasons(body: Body) -> None:
    body.code("object", TARIFF_OBJECTS)
    body.code("direction", _DIRECTIONS)
    kind = body.peek()
    body.field("kind", 1, f"{kind}: {'annual' if kind == 2 else 'winter and summer'}")
    seasons = body.peek()
    body.number("seasons", 1)
    for number in range(1, seasons + 1):
        body.time_a(f"season {number} starts")
        days = body.peek()
        body.field("day types", 1, f"working day {days & 15}, holiday {days >> 4}")
    types = body.peek()
    body.number("day types", 1)
    for number in range(1, types + 1):
        packed = body.integer(12)
        hours = "".join(f"{packed >> 4 * hour & 15:X}" for hour in range(_NIBBLES_A_DAY))
        body.field(f"day type {number}", 12, f"periods of the hours {hours}")
    body.time_a("active since")
