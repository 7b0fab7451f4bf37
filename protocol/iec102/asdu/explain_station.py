"""Layouts of what a meter says of itself: identity, clock, configuration, parameters (reference, 8.2 and 8.5)."""

from __future__ import annotations

from functools import partial

from iec102.application.configuration import ratios_offset
from iec102.explain.body import Body
from iec102.explain.names import (
    RECORDER_OBJECTS,
    SERIAL_FORMATS,
    SERIAL_SPEEDS,
)

_RATIOS = 42
"""Where the ratios stand in a 142 of a real meter."""
_CONTRACT_STATES = ("not available", "inactive", "active", "not in the reference")


def access_key(body: Body) -> None:
    """183: the key. The value is never named: whoever shows the frame masks these bytes."""
    body.field("access key", 4, "***")


def identity(body: Body) -> None:
    """71: standard date, manufacturer, device."""
    standard_date(body)
    body.number("manufacturer code", 1)
    body.number("device identifier", 4)


def standard_date(body: Body) -> None:
    """Low nibble month, high nibble year - 2000."""
    packed = body.peek()
    body.field("date of the standard", 1, f"{packed & 0x0F}/{2000 + (packed >> 4)}")


def clock(body: Body) -> None:
    """72, and 181 both ways; some meters answer 181 without the time."""
    if body.left:
        body.time_b("date and time")


def summer_time_dates(body: Body) -> None:
    """131: winter to summer, then summer to winter; seen in one source only."""
    body.time_a("change to summer time", verified=False)
    body.time_a("change to standard time", verified=False)


def point_parameters(body: Body) -> None:
    """129: seen in one source only. It carries the access key."""
    body.number("link address", 2, verified=False)
    body.number("measuring points", 1, verified=False)
    body.number("measuring point", 2, verified=False)
    body.field("access key", 4, "***", verified=False)
    body.number("integration period", 1, "min", verified=False)
    body.number("record depth", 2, verified=False)
    body.rest("reserve", "")


def configuration(body: Body) -> None:
    """142: offsets as a real meter sends them; or those of another source, where only they give ratios."""
    others = ratios_offset(body.ahead) != _RATIOS
    body.number("manufacturer code", 1)
    body.text("model", 2)
    body.number("firmware version", 1)
    body.number("serial number", 4)
    standard_date(body)
    body.time_a("date of the protocol version")
    body.number("battery", 1, "%")
    body.group("port 1", _full_port)
    if others:
        body.group("port 2", partial(_full_port, verified=False))
    else:
        body.group("port 2", _port)
        body.group("optical port", _port)
    ratios(body, verified=not others)
    for period in (1, 2, 3):
        body.number(f"integration period {period}", 1, "min", verified=not others)
    contracts = body.integer(1)
    states = (
        (f"contract {name}", _CONTRACT_STATES[contracts >> 2 * i & 3]) for i, name in enumerate(("I", "II", "III"))
    )
    body.field("contracts", 1, f"0x{contracts:02X}", bits=tuple(states), verified=not others)
    body.rest("reserve", "")


def _full_port(body: Body, *, verified: bool = True) -> None:
    _port(body, verified=verified)
    body.number("start mode", 1, verified=verified)
    body.text("start string", 20, verified=verified)


def _port(body: Body, *, verified: bool = True) -> None:
    body.code("speed", SERIAL_SPEEDS, verified=verified)
    body.code("format", SERIAL_FORMATS, verified=verified)


def ratios(body: Body, *, verified: bool = True) -> None:
    """Transformer ratios: 0.1 V and 0.1 A, four bytes each."""
    body.number("primary voltage", 4, "V", scale=10, verified=verified)
    body.number("secondary voltage", 4, "V", scale=10, verified=verified)
    body.number("primary current", 4, "A", scale=10, verified=verified)
    body.number("secondary current", 4, "A", scale=10, verified=verified)


def recorder_request(body: Body, count: int) -> None:
    """156: the objects that are asked for."""
    for _ in range(count):
        body.code("object", RECORDER_OBJECTS)


def recorder(body: Body, count: int) -> None:
    """157: objects with their address, of fixed lengths; from one source, no frame seen."""
    for _ in range(count):
        name = RECORDER_OBJECTS.get(body.peek())
        if name is None:
            return
        body.group(name, _recorder_object)


def _recorder_object(body: Body) -> None:
    address = body.peek()
    body.code("object", RECORDER_OBJECTS, verified=False)
    match address:
        case 192:
            body.number("battery", 1, "%", verified=False)
        case 193:
            automatic = {1: "no", 2: "automatic"}.get(body.peek() & 3, "not in the reference")
            body.field("summer time", 1, automatic, verified=False)
        case 194:
            body.number("shortest time between closings", 1, "min", verified=False)
        case 195:
            for name in ("critical alarm", "non-critical alarm"):
                body.code(name, {1: "off", 2: "on"}, verified=False)
        case 196:
            for phase in (1, 2, 3):
                body.code(f"voltage fault, phase {phase}", {1: "off", 2: "on"}, verified=False)
        case 197:
            for period in (1, 2):
                body.number(f"curve period {period}", 1, "min", verified=False)
        case 198:
            ratios(body, verified=False)
        case 199:
            body.code("clock source", {1: "network", 2: "quartz"}, verified=False)
        case 200:
            body.text("program identifier", 25, verified=False)
        case 201:
            body.code("closing by push-button", {2: "enabled"}, verified=False)
