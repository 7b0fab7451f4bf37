"""A target, as a user writes it, becomes a line. This module alone knows both the transports and the simulator."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting, InvalidTarget
from iec102.line import Line
from iec102.line.state import LineState
from iec102.settings import LineSettings
from iec102.transport import Opener, Receiver, Tap, Transport
from iec102.transport.settling import SettlingOpener
from iec102.transport.tcp import TcpOpener

if TYPE_CHECKING:
    from iec102.simulator import SimulatorConfig

_KINDS = "tcp://HOST:PORT, serial:/dev/ttyUSB0 or simulated:"
_HIGHEST_PORT = 65_535
# Seconds for a TCP connection: the request timeout within these bounds.
_SHORTEST_CONNECT, _LONGEST_CONNECT = 2.0, 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """A place that can be opened, with the settings that the line needs.

    ``has_format``: speed and format of the line are chosen on this side of it.
    """

    text: str
    opener: Callable[[LineSettings], Opener]
    has_format: bool = False


def parse_target(text: str) -> Target:
    """Raises InvalidTarget with what is wrong and how a target looks."""
    scheme, colon, rest = text.partition(":")
    parse = {"tcp": _tcp, "serial": _serial, "simulated": _simulated}.get(scheme.lower() if colon else "")
    if parse is None:
        raise InvalidTarget(f"{text!r} is no target of a known kind: write {_KINDS}")
    has_format = parse is _serial or (parse is _simulated and "strict-line" in rest)
    opener = parse(text, rest)
    return Target(text, lambda settings: _settling(opener(settings), settings), has_format)


def open_line(
    target: str,
    settings: LineSettings | None = None,
    *,
    reconnect: bool = False,
    tap: Tap | None = None,
    on_state: Callable[[LineState], None] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Line:
    """A line to a target; nothing is opened before its first exchange. Raises InvalidTarget."""
    settings = settings or LineSettings()
    opener = parse_target(target).opener(settings)
    return Line(opener, settings, reconnect=reconnect, tap=tap, on_state=on_state, clock=clock)


def _settling(opener: Opener, settings: LineSettings) -> Opener:
    return SettlingOpener(opener, settings.settle_seconds) if settings.settle else opener


def _tcp(text: str, rest: str) -> Callable[[LineSettings], Opener]:
    if not rest.startswith("//"):
        raise InvalidTarget(f"{text!r}: write tcp://HOST:PORT")
    try:
        url = urllib.parse.urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        raise InvalidTarget(f"{text!r}: the port must be a whole number of 1 to {_HIGHEST_PORT}") from None
    if not host or url.path not in ("", "/") or url.query or url.username is not None:
        raise InvalidTarget(f"{text!r}: write tcp://HOST:PORT")
    if not port:
        raise InvalidTarget(f"{text!r} needs the port of the converter, 1 to {_HIGHEST_PORT}: write tcp://HOST:PORT")

    def opener(settings: LineSettings) -> Opener:
        within = min(max(settings.timeout_seconds, _SHORTEST_CONNECT), _LONGEST_CONNECT)
        return TcpOpener(host, port, within)

    return opener


def _serial(text: str, rest: str) -> Callable[[LineSettings], Opener]:
    port = rest.removeprefix("//")
    if not port:
        raise InvalidTarget(f"{text!r} needs a port: write serial:/dev/ttyUSB0")

    def opener(settings: LineSettings) -> Opener:
        from iec102.transport.serial import SerialOpener  # slow to import, and only serial lines need it

        return SerialOpener(port, settings)

    return opener


def _simulated(text: str, rest: str) -> Callable[[LineSettings], Opener]:
    path, _, query = rest.partition("?")
    if path.strip("/"):
        raise InvalidTarget(f"{text!r}: write simulated: or simulated:?seed=7&line=9600-8E1")
    config = _simulator_config(text, query)

    def opener(settings: LineSettings) -> Opener:
        return SimulatedOpener(config, settings)

    return opener


class SimulatedOpener:
    """A simulated meter in this process; it is the same meter each time it is opened."""

    name = "simulated:"

    def __init__(self, config: SimulatorConfig, settings: LineSettings | None = None) -> None:
        from iec102.simulator import SimulatedMeter

        self.meter = SimulatedMeter(config)
        self.settings = settings
        speed = settings if settings is not None and "strict-line" in config.quirks else config.line
        self.byte_time = speed.byte_time if speed is not None else 0.0

    async def open(self, receiver: Receiver) -> Transport:
        from iec102.simulator import connect_memory

        return connect_memory(self.meter, receiver, self.settings)


def _simulator_config(text: str, query: str) -> SimulatorConfig:
    """The options of the command ``simulate`` as a query: line, seed, clock, quirk, fault=NAME=RATE and the like."""
    from iec102.simulator import LineSpeed, SimulatorConfig, parse_fault

    options: dict[str, Any] = {}
    quirks: set[str] = set()
    faults: dict[str, float] = {}
    try:
        for key, value in urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
            if key in ("link_address", "point_address", "seed", "password"):
                options[key] = int(value)
            elif key == "clock":
                options[key] = datetime.fromisoformat(value.replace(" ", "+"))  # a plus in a query reads as a space
            elif key == "line":
                options[key] = LineSpeed.parse(value)
            elif key == "quirk":
                quirks.add(value)
            elif key == "fault":
                faults.update([parse_fault(value)])
            else:
                raise InvalidTarget(f"{text!r}: the simulated meter has no option {key!r}")
        return SimulatorConfig(quirks=frozenset(quirks), faults=faults, **options)
    except InvalidTarget:
        raise
    except InvalidSetting as error:
        raise InvalidTarget(f"{text!r}: {error}") from None
    except ValueError as error:
        raise InvalidTarget(f"{text!r}: an option of the simulated meter has no valid value ({error})") from None
