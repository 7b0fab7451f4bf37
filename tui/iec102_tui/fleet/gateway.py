"""To a meter of the fleet by the gateway of its box, where the box says where that is."""

from __future__ import annotations

import re
from typing import Any, Protocol

from iec102.errors import InvalidSetting

from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.meter import Key, Meter
from iec102_tui.fleet.payloads import number, shown, text
from iec102_tui.profiles.connection import Connection, connection_of
from iec102_tui.profiles.settings_table import Profile, check
from iec102_tui.words import fleet_text as words
from iec102_tui.words.text import _, spoken

_ADDRESS = re.compile(r"(?:tcp://)?(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))[:]([0-9]{1,5})")
_LOOPBACK = re.compile(r"localhost|127\.[0-9.]*|\[::1\]", re.IGNORECASE)
_EVERYWHERE = ("0.0.0.0", "[::]")  # noqa: S104 - what a gateway listens on is nowhere to connect to


class Program(Protocol):
    """What connects."""

    def notify(self, message: str, *, markup: bool) -> None: ...
    def open_connection(self, connection: Connection) -> None:
        """Goes to a meter of this box."""


def target_of(gateway: str, box: str) -> str | None:
    """``tcp://HOST:PORT`` of what a box says; None where that is no address. ``box``: its name, for a port alone.

    Nothing else gets into a target: it comes from whoever may publish.
    """
    found = _ADDRESS.fullmatch(gateway.strip())
    if found is None or not 1 <= int(found[2]) <= 65535:
        return None
    host = found[1]
    if host in _EVERYWHERE:  # it listens on all of its addresses, and one of them has its name
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", box):
            return None
        host = box
    return f"tcp://{host}:{found[2]}"


def connection_through(meter: Meter, own_box: str = "") -> Connection:
    """How to reach it. ``own_box``: this machine in topics. Raises InvalidSetting with one sentence."""
    gateway = text(meter.info, "gateway")
    if not gateway:
        raise InvalidSetting(_(words.NO_GATEWAY, name=meter.name))
    target = target_of(gateway, meter.key[0])
    if target is None:
        raise InvalidSetting(_(words.BAD_GATEWAY, name=meter.name, address=gateway))
    if _LOOPBACK.fullmatch(target.removeprefix("tcp://").rpartition(":")[0]) and meter.key[0] != own_box:
        # Here this address is another gateway, or none.
        raise InvalidSetting(_(words.LOCAL_GATEWAY, name=meter.name, address=gateway))
    given: dict[str, Any] = {}
    for name in ("link_address", "point_address"):
        value = number(meter.info, name)
        try:
            if value is None or value != int(value):
                raise InvalidSetting(name)
            check(name, int(value))
        except InvalidSetting:
            raise InvalidSetting(_(words.NO_ADDRESS, name=meter.name)) from None
        given[name] = int(value)
    zone = text(meter.info, "timezone")
    try:
        check("timezone", zone)
        given["timezone"] = zone
    except (InvalidSetting, ValueError, OSError):
        pass  # that of the profile's default
    name = _(words.THROUGH, name=meter.name, address=target.removeprefix("tcp://"))
    return connection_of(name, Profile(target=target, **given))


def connect_through(program: Program, feed: Feed, key: Key) -> None:
    """Connects, or says why it cannot. The password is asked for: no box publishes it."""
    meter = feed.model.meter(key)
    if meter is None:
        program.notify(_(words.FORGOTTEN_NAME, name=shown(key[1])), markup=False)
        return
    try:
        connection = connection_through(meter, feed.settings.site.name)
    except InvalidSetting as error:
        program.notify(spoken(error), markup=False)
        return
    program.open_connection(connection)
