"""The simulated meter as a way in: ``simulated:?seed=7&line=9600-8E1``, in this process."""

from __future__ import annotations

import urllib.parse
from datetime import datetime
from typing import Any

from iec102.errors import InvalidSetting, InvalidTarget
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.simulator import LineSpeed, SimulatedMeter, SimulatorConfig, Wiring, connect_memory, parse_fault, parse_site
from iec102.transport import Opener, Receiver, Transport
from iec102.transport.scheme import MakeOpener


def opener_of(text: str, rest: str) -> MakeOpener:
    """What opens a simulated meter of these options. Raises InvalidTarget."""
    path, _, query = rest.partition("?")
    if path.strip("/"):
        raise InvalidTarget(Sentence("target.simulated", target=text))
    config = _config(text, query)

    def opener(settings: LineSettings) -> Opener:
        return SimulatedOpener(config, settings)

    return opener


class SimulatedOpener:
    """A simulated meter in this process; it is the same meter each time it is opened."""

    name = "simulated:"

    def __init__(self, config: SimulatorConfig, settings: LineSettings | None = None) -> None:
        self.meter = SimulatedMeter(config)
        self.settings = settings
        speed = settings if settings is not None and "strict-line" in config.quirks else config.line
        self.byte_time = speed.byte_time if speed is not None else 0.0

    async def open(self, receiver: Receiver) -> Transport:
        return connect_memory(self.meter, receiver, self.settings)


def _config(text: str, query: str) -> SimulatorConfig:
    """The options of the command ``simulate`` as a query: line, seed, clock, site, fault=NAME=RATE and the like."""
    options: dict[str, Any] = {}
    quirks: set[str] = set()
    faults: dict[str, float] = {}
    try:
        for key, value in urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
            if key in ("link_address", "point_address", "seed", "password"):
                options[key] = int(value)
            elif key in ("clock", "clock_start"):
                options[key] = datetime.fromisoformat(value.replace(" ", "+"))  # a plus in a query reads as a space
            elif key == "clock_drift":
                options[key] = float(value)
            elif key == "site":
                options[key] = parse_site(value)
            elif key == "wiring":
                options[key] = Wiring.parse(value)
            elif key == "line":
                options[key] = LineSpeed.parse(value)
            elif key == "quirk":
                quirks.add(value)
            elif key == "fault":
                faults.update([parse_fault(value)])
            else:
                raise InvalidTarget(Sentence("target.simulated_option", target=text, option=key))
        return SimulatorConfig(quirks=frozenset(quirks), faults=faults, **options)
    except InvalidTarget:
        raise
    except InvalidSetting as error:
        raise InvalidTarget(Sentence("target.simulated_setting", target=text, error=error)) from None
    except ValueError as error:
        raise InvalidTarget(Sentence("target.simulated_value", target=text, error=error)) from None
