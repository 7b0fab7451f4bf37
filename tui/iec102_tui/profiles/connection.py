"""All that is needed to talk to one meter, from a profile or a target and the options that go before it."""

from __future__ import annotations

import dataclasses
import functools
import urllib.parse
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from iec102.asdu.password import Password
from iec102.asdu.summer_time import SummerTime
from iec102.open import CALL_TIMEOUT, parse_target, scheme_of, with_settings, without_settings
from iec102.settings import LineSettings, Station

from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.profiles.gateway_options import DEFAULT_LISTEN, GatewayOptions
from iec102_tui.profiles.limits import Limits
from iec102_tui.profiles.ratio import Ratio, Ratios
from iec102_tui.profiles.settings_table import DEFAULTS, Profile, zone
from iec102_tui.profiles.store import ProfileStore

DEMO = "simulated:"

Place = tuple[str, int, int]
"""Where a meter answers: target, link address, point address."""


@dataclass(frozen=True)
class Connection:
    """A meter, how to reach it and how often to read it, as its profile says.

    ``name`` is the profile's, or the target where there is none. ``zone``: of the meter's clock.
    """

    name: str
    profile: Profile
    zone: ZoneInfo
    gateway: GatewayOptions

    @property
    def target(self) -> str:
        """Where the meter is."""
        return self.profile.target

    @property
    def place(self) -> Place:
        """Where it answers, whatever its name, its password and its settings are."""
        return self.target, self.station.link_address, self.station.point_address

    @property
    def is_saved(self) -> bool:
        """A profile names it; the built-in simulated meter has none."""
        return self.name != self.target and self.target != DEMO

    @property
    def poll_period(self) -> float:
        """Seconds from the start of a reading to the start of the next, 0: back to back."""
        return self.profile.poll_period

    @property
    def voltage_ratio(self) -> Ratio | None:
        """Of the voltage transformers; None when it is not known here."""
        return self.profile.voltage_ratio

    @property
    def current_ratio(self) -> Ratio | None:
        """Of the current transformers; None when it is not known here."""
        return self.profile.current_ratio

    @property
    def ratios(self) -> Ratios | None:
        """Both ratios of the profile; None where it does not have both."""
        if self.voltage_ratio is None or self.current_ratio is None:
            return None
        return Ratios(self.voltage_ratio, self.current_ratio, "profile")

    @property
    def supply_point(self) -> SupplyPoint:
        """What files of the sector say of the meter."""
        profile = self.profile
        return SupplyPoint(profile.cups or "", profile.distributor or "", profile.retailer or "", profile.cil or "")

    @property
    def limits(self) -> Limits:
        """What crosses them is an alarm."""
        return self.profile.limits or ()

    @property
    def summer_time(self) -> SummerTime:
        """How the meter's times are converted."""
        return SummerTime.parse(self.profile.summer_time)

    @functools.cached_property
    def settings(self) -> LineSettings:
        """How the line is used."""
        known = ((row.name, getattr(self.profile, row.name, None)) for row in dataclasses.fields(LineSettings))
        return LineSettings(**{name: value for name, value in known if value is not None})

    @functools.cached_property
    def station(self) -> Station:
        """Which measuring point is read, and its key."""
        return Station(self.profile.link_address, self.profile.point_address, self.profile.password)

    def with_password(self, password: Password) -> Connection:
        """The same, with the password that the user was asked for."""
        return dataclasses.replace(self, profile=dataclasses.replace(self.profile, password=password))

    def with_settings(self, **values: Any) -> Connection:
        """The same with other values of its profile. Raises InvalidSetting."""
        return connection_of(self.name, dataclasses.replace(self.profile, **values))


def resolve(target: str, options: Mapping[str, Any], store: ProfileStore) -> Connection:
    """A profile's name or a URL, with the options that were given (by key of a profile; None: not given) before it.

    Options go before the query of the URL, and that before the profile. A URL needs no file of profiles. Raises
    InvalidSetting, of which UnknownProfile and InvalidProfile are kinds.
    """
    given = {key: value for key, value in options.items() if value is not None}
    if is_url(target):
        parse_target(target)
        profile = Profile(**{"target": target, **_simulated(target), **given})
    else:
        profile = dataclasses.replace(store.find(target), **given)
    place = without_settings(profile.target, given)
    return connection_of(target, dataclasses.replace(profile, target=place), given)


def is_url(target: str) -> bool:
    """Whether it cannot be the name of a profile."""
    return "://" in target or scheme_of(target) is not None


def demo() -> Connection:
    """The built-in simulated meter, read once a second."""
    return connection_of("demo", Profile(target=DEMO, **_simulated(DEMO)))


def connection_of(name: str, profile: Profile, given: Container[str] = ()) -> Connection:
    """What a saved profile means; what the query of its target says goes before it. Raises InvalidSetting.

    A call needs a longer timeout than the usual one, unless a timeout was ``given``.
    """
    if "?" in profile.target and (said := parse_target(profile.target).settings):
        profile = dataclasses.replace(profile, **said)
    profile = dataclasses.replace(profile, target=with_settings(profile.target, _identity(profile)))
    if profile.timeout == DEFAULTS["timeout"] and "timeout" not in given and parse_target(profile.target).is_called:
        profile = dataclasses.replace(profile, timeout=CALL_TIMEOUT)
    if profile.password is None and (password := _simulated(profile.target).get("password")) is not None:
        profile = dataclasses.replace(profile, password=password)
    return Connection(name, profile, zone(profile.timezone), _gateway(profile))


def _identity(profile: Profile) -> dict[str, Any]:
    """What tells meters at one target apart: it belongs to the target of a connection, wherever it was written."""
    return {key: value for key in ("dial", "identification") if (value := getattr(profile, key)) is not None}


def _gateway(profile: Profile) -> GatewayOptions:
    return GatewayOptions(
        profile.gateway or DEFAULT_LISTEN,
        profile.gateway_allow,
        profile.gateway_types,
        profile.gateway_addresses,
        profile.gateway_lend,
        profile.gateway_lend_to,
    )


def paced(target: str, line: str) -> str:
    """The target of a simulated meter with the speed of a real line, where it has none; any other as it is.

    It answers in the process that draws the screen: as fast as it can it would leave no time for the keys.
    """
    url = urllib.parse.urlsplit(target)
    if url.scheme != "simulated" or any(key == "line" for key, _value in urllib.parse.parse_qsl(url.query)):
        return target
    return f"{target}{'&' if url.query else '' if target.endswith('?') else '?'}line={line}"


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
