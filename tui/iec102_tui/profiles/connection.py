"""All that is needed to talk to one meter, from a profile or a target and the options that go before it."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from iec102.asdu.password import Password
from iec102.asdu.password import Password
from iec102.open import parse_target
from iec102.settings import LineSettings, Station

from iec102_tui.profiles.gateway_options import DEFAULT_LISTEN, GatewayOptions
from iec102_tui.profiles.profile import Profile, zone
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.profiles.store import ProfileStore

DEMO = "simulated:"


@dataclass(frozen=True, slots=True)
class Connection:
    """A meter, how to reach it and how often to read it. ``poll_period`` in seconds, 0: back to back.

    ``name`` is the profile's, or the target where there is none. A ratio is None when it is not known here.
    """

    name: str
    target: str
    settings: LineSettings
    station: Station
    zone: ZoneInfo
    poll_period: float = 1.0
    voltage_ratio: Ratio | None = None
    current_ratio: Ratio | None = None
    gateway: GatewayOptions = field(default_factory=GatewayOptions)

    def with_password(self, password: Password) -> Connection:
        """The same, with the password that the user was asked for."""
        return dataclasses.replace(self, station=dataclasses.replace(self.station, password=password))


def resolve(target: str, options: Mapping[str, Any], store: ProfileStore) -> Connection:
    """A profile's name or a URL, with the options that were given (by key of a profile; None: not given) before it.

    A URL needs no file of profiles. Raises InvalidSetting, of which UnknownProfile and InvalidProfile are kinds.
    """
    given = {key: value for key, value in options.items() if value is not None}
    if is_url(target):
        parse_target(target)
        return connection_of(target, Profile(**{"target": target, **_simulated(target), **given}))
    return connection_of(target, msgspec.structs.replace(store.find(target), **given))


def is_url(target: str) -> bool:
    """Whether it cannot be the name of a profile."""
    return "://" in target or target.lower().startswith(("tcp:", "serial:", DEMO))


def demo() -> Connection:
    """The built-in simulated meter, read once a second."""
    return connection_of("demo", Profile(target=DEMO, **_simulated(DEMO)))


def connection_of(name: str, profile: Profile) -> Connection:
    """What a saved profile means. Raises InvalidSetting."""
    password = profile.password or _simulated(profile.target).get("password")
    return Connection(
        name,
        profile.target,
        LineSettings(profile.baudrate, profile.format, profile.timeout, profile.retries, profile.delay, profile.settle),
        Station(profile.link_address, profile.point_address, password),
        zone(profile.timezone),
        profile.poll_period,
        profile.voltage_ratio,
        profile.current_ratio,
        GatewayOptions(
            profile.gateway or DEFAULT_LISTEN,
            profile.gateway_allow,
            profile.gateway_types,
            profile.gateway_addresses,
            profile.gateway_lend,
            profile.gateway_lend_to,
        ),
    )


def profile_of(connection: Connection) -> Profile:
    """What would be saved of a meter that was given as a URL."""
    settings, station = connection.settings, connection.station
    return Profile(
        target=connection.target,
        baudrate=settings.baudrate,
        format=settings.format,
        link_address=station.link_address,
        point_address=station.point_address,
        password=station.password,
        timeout=settings.timeout,
        retries=settings.retries,
        delay=settings.delay,
        settle=settings.settle,
        poll_period=connection.poll_period,
        timezone=connection.zone.key,
        voltage_ratio=connection.voltage_ratio,
        current_ratio=connection.current_ratio,
    )


def _simulated(target: str) -> dict[str, Any]:
    """What is known of the meter behind a target that makes its own: nobody has to type it."""
    url = urllib.parse.urlsplit(target)
    if url.scheme != "simulated":
        return {}
    query = dict(urllib.parse.parse_qsl(url.query))
    known: dict[str, Any] = {key: int(query[key]) for key in ("link_address", "point_address") if key in query}
    return known | {
        "password": Password(query.get("password", 1)),
        "voltage_ratio": Ratio.parse("1/1"),
        "current_ratio": Ratio.parse("500/5"),
    }
