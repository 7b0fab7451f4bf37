"""A saved meter: what a table of `profiles.toml` may hold, and what is said about one that holds something else."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102.gateway import Address
from iec102.open import parse_target
from iec102.settings import BAUDRATES, RANGES, LineSettings, Station

from iec102_tui.files.misspelling import misspelt
from iec102_tui.profiles import ratio
from iec102_tui.profiles.gateway_options import lending_time, parse_addresses, parse_networks, parse_types
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.words.plain_text import quoted

LONGEST_PERIOD = 86_400.0
"""The longest time between two readings, s."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A meter and how to reach it; the units and ranges are those of LineSettings and Station.

    ``poll_period`` in seconds, 0 to 86,400 (0: back to back); no password: asked for when connecting; no ratio: taken
    from the meter; ``gateway`` and what follows as in GatewayOptions. Raises InvalidSetting. Its repr does not show the
    password.
    """

    target: str
    baudrate: int = 9600
    format: str = "8N1"
    link_address: int = 1
    point_address: int = 1
    password: Password | None = None
    timeout: int = 3000
    retries: int = 3
    delay: int = 0
    settle: int = 0
    poll_period: float = 1.0
    timezone: str = "Europe/Madrid"
    voltage_ratio: Ratio | None = None
    current_ratio: Ratio | None = None
    gateway: str | None = None
    gateway_allow: str | None = None
    gateway_types: str | None = None
    gateway_addresses: str | None = None
    gateway_lend: int | None = None
    gateway_lend_to: str | None = None

    def __post_init__(self) -> None:
        for key in KEYS:
            if (value := getattr(self, key)) is not None:
                check(key, value)


@dataclass(frozen=True, slots=True)
class Fault:
    """A key of a table, what is there and what may be there, as the end of a sentence."""

    key: str
    message: str


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Profile)}
KEYS = tuple(_TYPES)
"""The keys of a profile, in the order in which they are written."""


def zone(name: str) -> ZoneInfo:
    """The time zone of this name. Raises InvalidSetting."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a name with .. in it, no such zone
        raise InvalidSetting(f"the time zone must be {_WANTED['timezone']}, not {quoted(name)}") from None


def poll_period(seconds: float) -> float:
    """The time between two readings when it is one that can be used. Raises InvalidSetting."""
    if not (math.isfinite(seconds) and 0 <= seconds <= LONGEST_PERIOD):
        raise InvalidSetting(f"the poll period must be {_WANTED['poll_period']}, not {seconds}")
    return seconds


def _set_alone(kind: type[LineSettings] | type[Station], key: str, value: Any) -> None:
    kind(**{key: value})


_WANTED: Mapping[str, str] = {
    **{key: f"a whole number of {low} to {high}{unit}" for key, (low, high, unit) in RANGES.items()},
    "target": 'text such as "tcp://HOST:PORT", "serial:/dev/ttyUSB0" or "simulated:"',
    "baudrate": f"one of {', '.join(str(rate) for rate in BAUDRATES)}",
    "format": 'data bits (7 or 8), parity (N, E or O) and stop bits (1 or 2), such as "8N1"',
    "password": "a whole number of 0 to 4294967295",
    "poll_period": "a number of 0 to 86400 s",
    "timezone": 'the name of a time zone, such as "Europe/Madrid"',
    "voltage_ratio": ratio.WANTED,
    "current_ratio": ratio.WANTED,
    "gateway": 'HOST:PORT where the gateway listens, such as "127.0.0.1:40102"',
    "gateway_allow": 'networks that may connect, such as "192.0.2.0/24, 198.51.100.7"',
    "gateway_addresses": 'link addresses of further meters behind the line, such as "2, 3"',
    "gateway_lend": "a whole number of 1 to 3600 s",
    "gateway_lend_to": 'networks that get the line for themselves, such as "192.0.2.7"',
    "gateway_types": 'types of requests that pass besides reading, such as "181, 185", or "all"',
}
_CHECKS: Mapping[str, Callable[..., object]] = {
    **{
        key: functools.partial(_set_alone, LineSettings, key)
        for key in ("baudrate", "format", "timeout", "retries", "delay", "settle")
    },
    **{key: functools.partial(_set_alone, Station, key) for key in ("link_address", "point_address")},
    "target": parse_target,
    "poll_period": poll_period,
    "timezone": zone,
    "gateway": Address.parse,
    "gateway_allow": parse_networks,
    "gateway_types": parse_types,
    "gateway_addresses": parse_addresses,
    "gateway_lend": lending_time,
    "gateway_lend_to": parse_networks,
}


_IN_TOML: Mapping[str, type] = {
    "password": int,
    "gateway_lend": int,
    **dict.fromkeys(("voltage_ratio", "current_ratio"), str),
    **dict.fromkeys(("gateway", "gateway_allow", "gateway_types", "gateway_addresses", "gateway_lend_to"), str),
}
_MADE_OF: Mapping[str, Callable[[Any], object]] = {
    "password": Password,
    "voltage_ratio": Ratio.parse,
    "current_ratio": Ratio.parse,
}


def check(key: str, value: object) -> None:
    """Raises InvalidSetting when a profile's key cannot have this value (which has the type of the key)."""
    if key in _CHECKS:
        _CHECKS[key](value)


def wanted(key: str) -> str:
    """What may be the value of a key, in words."""
    return _WANTED[key]


def decode(table: Mapping[str, object]) -> tuple[Profile | None, list[Fault]]:
    """The profile that a TOML table holds, or everything that is wrong with it. Other keys are left alone."""
    values, faults = decode_values(table)
    faults += [Fault(key, f"is missing; it must be {_WANTED[key]}.") for key in ("target",) if key not in table]
    return (None, faults) if faults else (Profile(**values), [])


def decode_values(table: Mapping[str, object]) -> tuple[dict[str, Any], list[Fault]]:
    """The values of the keys that are there and right, and what is wrong with the others."""
    values: dict[str, Any] = {}
    faults = []
    for key in table.keys() & _TYPES.keys():
        try:
            plain = msgspec.convert(table[key], _IN_TOML.get(key, _TYPES[key]), strict=True)
            values[key] = _MADE_OF[key](plain) if key in _MADE_OF else plain
            check(key, values[key])
        except (msgspec.ValidationError, InvalidSetting) as error:
            faults.append(Fault(key, _complaint(key, table[key], error)))
    return values, sorted(faults, key=lambda fault: KEYS.index(fault.key))


def _complaint(key: str, value: object, error: Exception) -> str:
    if key == "password":  # what is there is near to the real one
        return f"must be {_WANTED[key]}."
    if key == "target" and isinstance(error, InvalidSetting):  # it knows which part of the target is wrong
        return f"is wrong: {str(error).rstrip('.')}."
    return f"is {quoted(value)}; it must be {_WANTED[key]}."


def encode(profile: Profile) -> dict[str, object]:
    """The table that holds the profile, the password in clear."""
    table: dict[str, object] = {}
    for key in KEYS:
        value = getattr(profile, key)
        if isinstance(value, Password):
            table[key] = value.reveal()
        elif value is not None:
            table[key] = str(value) if isinstance(value, Ratio) else value
    return table


def unknown_keys(table: Mapping[str, object]) -> list[Fault]:
    """Keys that no profile has, with the key that was perhaps meant."""
    return [Fault(key, misspelt(key, KEYS)) for key in table if key not in KEYS]
