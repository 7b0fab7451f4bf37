"""The gateways of the lines that a collector reads: one each, for all meters behind it.

A profile says where its gateway listens. A line of which no profile says it has one for the programs of this machine
alone, at a port that is free: by it the monitor gets to a meter whose serial port is taken. The port stays the same for
as long as the collector runs, so that who is connected finds the line again when its meters are added anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from iec102.errors import Iec102Error
from iec102.gateway import GatewaySettings
from iec102.transport.listen_address import Address

from iec102_tui.meter_side.meters import Meters
from iec102_tui.meter_side.shared_line import SharedLine
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import spoken

_ANY_PORT = "127.0.0.1:0"
RETRY = 60.0
"""Seconds after which one that could not listen tries again."""


class Gateways:
    """Used on the loop. Times in seconds of any clock that does not jump."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._open: dict[SharedLine, GatewaySettings] = {}
        self._ports: dict[tuple[str, str], int] = {}
        """Which free port each line had, also one that is closed now."""
        self._next: dict[SharedLine, float] = {}

    async def settle(self, now: float) -> None:
        """Opens what is to be open, and what has changed anew; called again and again."""
        behind = self._behind()
        self._open = {line: settings for line, settings in self._open.items() if line in behind}
        self._next = {line: at for line, at in self._next.items() if line in behind}
        for line, connections in behind.items():
            if now >= self._next.get(line, now):
                try:
                    await self._settle(line, connections)
                    self._next.pop(line, None)
                except Iec102Error as error:
                    line.gateway_failed(spoken(error))
                    self._next[line] = now + RETRY

    async def _settle(self, line: SharedLine, connections: list[Connection]) -> None:
        settings = settings_of(connections)
        if _does(self._open.get(line), settings, {each.station.link_address for each in connections}):
            return
        self._open.pop(line, None)
        await line.close_gateway()
        await self._listen(line, settings)
        self._open[line] = settings

    async def _listen(self, line: SharedLine, settings: GatewaySettings) -> None:
        if settings.listen.port:
            await line.open_gateway(settings)
            return
        place = line.key.target, line.key.alone
        with suppress(Iec102Error):  # somebody else may have it by now
            listen = replace(settings.listen, port=self._ports.get(place, 0))
            await line.open_gateway(replace(settings, listen=listen))
        await line.open_gateway(settings)
        if line.gateway is not None:
            self._ports[place] = Address.parse(line.gateway.url.partition("://")[2]).port

    @property
    def are_settled(self) -> bool:
        """Each meter has its line, and each line was looked at."""
        running = [service for service in self._meters.services if service.is_running]
        lines = map(self._meters.line_of, running)
        return all(line in self._open or line in self._next for line in lines)

    def _behind(self) -> Mapping[SharedLine, list[Connection]]:
        behind: dict[SharedLine, list[Connection]] = {}
        for service in self._meters.services:
            if (line := self._meters.line_of(service)) is not None and service.is_running:
                behind.setdefault(line, []).append(service.connection)
        return behind


def _does(opened: GatewaySettings | None, wanted: GatewaySettings, meters: set[int]) -> bool:
    """Whether the gateway may stay as it is: the line has it serve the meters that were added since."""
    if opened is None or replace(wanted, link_addresses=opened.link_addresses) != opened:
        return False
    return opened.link_addresses <= wanted.link_addresses <= opened.link_addresses | meters


def settings_of(connections: Iterable[Connection]) -> GatewaySettings:
    """Of one line, by the first of its profiles that says where to listen; all its meters are behind it.

    Raises InvalidSetting.
    """
    all_of_them = list(connections)
    first = next((each for each in all_of_them if each.profile.gateway is not None), None)
    chosen = all_of_them[0] if first is None else first
    options = chosen.gateway if first is not None else chosen.gateway._replace(listen=_ANY_PORT)
    addresses = {str(each.station.link_address) for each in all_of_them}
    addresses |= {part.strip() for part in (options.addresses or "").split(",") if part.strip()}
    return options._replace(addresses=",".join(sorted(addresses))).settings(chosen.station.link_address, chosen.zone)


def url_of(line: SharedLine | None) -> str | None:
    """Where it listens; None while it does not."""
    return None if line is None or line.gateway is None else line.gateway.url or None
