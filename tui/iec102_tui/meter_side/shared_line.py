"""One line with the meters that are read behind it, and its gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.line import Line
from iec102.open import open_line, scheme_of, without_settings
from iec102.settings import LineSettings, Station
from iec102.transport.tap import TapRecord

from iec102_tui.diagnostics import log_gateway
from iec102_tui.meter_side.log_sink import LogSink
from iec102_tui.meter_side.way import GatewayOpener, Through
from iec102_tui.profiles.connection import Connection

if TYPE_CHECKING:
    from iec102.gateway import Gateway, GatewaySettings, GatewayStatus

    from iec102_tui.meter_side.gateway_file import GatewayFile

_MOST_NEWS = 20
_WITHOUT_A_PLACE = ("simulated", "listen")
"""Any number of lines have room there: each makes its meter, or they share who calls."""


class LineKey(NamedTuple):
    """Meters with the same key share a line. ``alone``: of one that has a line for itself, whoever else is there."""

    target: str
    settings: LineSettings
    alone: str = ""

    @classmethod
    def of(cls, connection: Connection, target: str | None = None, through: Through | None = None) -> LineKey:
        """That of a meter. Each simulated one is made with its line; meters that call in do so each by itself.

        ``target``: what is opened instead of its own; ``through``: the gateway that has its line already.
        """
        place, settings = target or connection.target, connection.settings
        if through is not None:  # who has the line there has called, and knows who calls in
            place, settings = through.url, replace(settings, dial=None, identification=None, settle=0)
        scheme = scheme_of(place)
        own = {"simulated": connection.name, "listen": str(connection.station.link_address)}
        return cls(place, settings, "" if scheme is None else own.get(scheme.name, ""))


class Login(NamedTuple):
    """A meter with its password, however its target is written and whichever line leads to it."""

    place: str
    dial: str | None
    identification: str | None
    station: Station

    @classmethod
    def of(cls, connection: Connection) -> Login:
        """Behind one modem are many meters, told apart by their number, and at one converter by who calls in."""
        target, settings = connection.target, connection.settings
        return cls(place_of(target) or target, settings.dial, settings.identification, connection.station)


def place_of(target: str) -> str:
    """What only one line can have at a time: a serial port, a converter's connection; empty where many have room."""
    scheme = scheme_of(target)
    if scheme is None or scheme.name in _WITHOUT_A_PLACE:
        return ""
    rest = without_settings(target, scheme.options).partition(":")[2]
    return rest.partition("?")[0].replace("///", "/").strip("/").lower()


class User(Protocol):
    """A meter that is read over the line; called on the loop, must not block."""

    @property
    def link_address(self) -> int:
        """Where it is on the line: applications reach it there through the gateway."""

    @property
    def leads_elsewhere(self) -> bool:
        """A collector has the line by now."""

    def heard(self, record: TapRecord) -> None:
        """A frame has passed."""

    def tell_news(self) -> None:
        """The gateway of the line has changed."""


class SharedLine:
    """The line of some meters, its users, who hear all its frames. Raises InvalidTarget or InvalidSetting.

    ``is_there``: of the line to a collector's gateway, whether that is still the collector's; file work.
    """

    def __init__(
        self, key: LineKey, *, clock: Clock = SYSTEM_CLOCK, is_there: Callable[[], bool] | None = None
    ) -> None:
        self.key = key
        self._users: list[User] = []
        self.gateway: GatewayStatus | None = None
        """None while there is no gateway."""
        self.gateway_problem: str | None = None
        """Why the gateway does not listen, in one sentence."""
        self.gateway_news: tuple[tuple[datetime, str], ...] = ()
        """What the gateway has said lately: connections and refused requests."""
        self._gateway: Gateway | None = None
        self._announced: GatewayFile | None = None
        self._switching = asyncio.Lock()
        """Of its meters several may wish a gateway at the same time."""
        self._clock = clock
        self._log = LogSink()
        opened = open_line if is_there is None else partial(open_line, wrap=partial(GatewayOpener, is_there=is_there))
        self.line: Line = opened(
            key.target, key.settings, reconnect=True, tap=self._heard, on_state=self._log.state, clock=clock
        )

    @property
    def usage(self) -> Mapping[str, float]:
        """Seconds of the line by who has used it."""
        return self.line.usage

    @property
    def is_used(self) -> bool:
        """A meter is read over it."""
        return bool(self._users)

    @property
    def leads_elsewhere(self) -> bool:
        """A collector has it by now, for all meters that are read over it, and it has no gateway of its own."""
        return self._gateway is None and all(user.leads_elsewhere for user in self._users)

    @property
    def served(self) -> set[int]:
        """Link addresses of the meters that are read over it, which its gateway serves too."""
        return {user.link_address for user in self._users}

    def add(self, user: User) -> None:
        """A meter is read over it from now on, and reached through its gateway."""
        self._users.append(user)
        self._serve()

    def remove(self, user: User) -> None:
        """A meter is no longer read over it."""
        if user in self._users:
            self._users.remove(user)
            self._serve()

    async def close(self) -> None:
        """Ends the gateway and all sessions, in bounded time, and gives the line back."""
        try:
            await self.close_gateway()
        finally:
            await self.line.close()

    # The gateway

    async def open_gateway(self, settings: GatewaySettings, announced_for: Connection | None = None) -> None:
        """Lets other applications share the line, unless it has a gateway. Raises Iec102Error.

        ``announced_for``: the meter for which other monitors of this machine find it, unless its line leads to one.
        """
        async with self._switching:
            if self._gateway is None:
                await self._open_gateway(settings, announced_for)

    async def _open_gateway(self, settings: GatewaySettings, announced_for: Connection | None) -> None:
        from iec102.gateway import Gateway  # loaded when it is used

        from iec102_tui.meter_side.gateway_file import announced
        from iec102_tui.meter_side.key_file import KeyFile

        gateway = Gateway(
            self.line, settings, tell=self._gateway_told, tap=self._gateway_heard, clock=self._clock, store=KeyFile()
        )
        try:
            await gateway.start()
        except BaseException:
            await gateway.close()  # it asks about keys from when it is made
            raise
        self._gateway, self.gateway_problem = gateway, None
        if announced_for is not None and self.key.target == announced_for.target and place_of(self.key.target):
            self._announced = announced(announced_for, settings, gateway.status.url)
        self._serve()
        self._gateway_changed()

    async def close_gateway(self) -> None:
        """Disconnects the applications."""
        async with self._switching:
            gateway, self._gateway = self._gateway, None
            file, self._announced = self._announced, None
            if file is not None:
                file.close()
            if gateway is not None:
                await gateway.close()
                self._gateway_changed()

    def gateway_failed(self, sentence: str) -> None:
        """It could not be opened or closed."""
        self.gateway_problem = sentence
        self._gateway_changed()

    def reset_keys(self) -> None:
        """The gateway lets each wrong key be tried once more."""
        if self._gateway is not None:
            self._gateway.reset_keys()

    def another_answers(self, link_address: int) -> None:
        """Applications of the meter before have to begin anew: they would take this one for that."""
        if self._gateway is not None:
            self._gateway.another_meter_answers(link_address)

    def _serve(self) -> None:
        if self._gateway is not None:
            self._gateway.serve(self.served)

    def _gateway_told(self, text: str) -> None:
        log_gateway(text)
        self.gateway_news = (*self.gateway_news, (self._clock.wall(), text))[-_MOST_NEWS:]
        self._gateway_changed()

    def _gateway_heard(self, record: TapRecord) -> None:
        self._gateway_changed()
        self._tell(lambda user: user.heard(record))

    def _gateway_changed(self) -> None:
        self.gateway = None if self._gateway is None else self._gateway.status
        self._tell(lambda user: user.tell_news())

    # What the line tells

    def _heard(self, record: TapRecord) -> None:
        self._log.frame(record)
        self._tell(lambda user: user.heard(record))

    def _tell(self, tell: Callable[[User], None]) -> None:
        for user in list(self._users):
            tell(user)
