"""The gateway: applications connect to it as if it were the meter's Ethernet converter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from iec102.application import MADRID
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import ConnectFailed, InvalidSetting
from iec102.gateway.connection import ClientConnection
from iec102.gateway.key_attempts import MOST_OF_A_METER
from iec102.gateway.key_keeper import KeyKeeper, KeyStore
from iec102.gateway.policy import LOOPBACK, Policy
from iec102.gateway.service import Service
from iec102.gateway.status import GatewayStatus
from iec102.line import Line
from iec102.transport.listening import Address, why_not_listening
from iec102.transport.tap import Tap

LONGEST_LOAN = 3600
# Connections that may wait to be taken.
_BACKLOG = 64
# Seconds for the exchanges on the line to end when the gateway is closed.
_LONGEST_FAREWELL = 3.0


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where a gateway listens, and for whom. ``link_addresses`` are the meters behind the line, ``zone`` is theirs.

    ``max_clients`` 1 to 1000; ``idle``: seconds without a frame after which an application is disconnected, 1 or more.
    ``lend``: an application whose bytes are not of this protocol, or to which the policy lends it, may have the line
    for itself, until nothing has passed for so many seconds, 1 to 3600; None: it may not. ``most_wrong_keys``:
    different keys that a meter may refuse in 24 hours, 1 to 1000; then only those go to it that it has accepted before.
    """

    listen: Address
    link_addresses: frozenset[int] = frozenset((1,))
    policy: Policy = field(default_factory=Policy)
    max_clients: int = 64
    idle: float = 300.0
    zone: tzinfo = MADRID
    lend: float | None = None
    most_wrong_keys: int = MOST_OF_A_METER

    def __post_init__(self) -> None:
        if not 1 <= self.max_clients <= 1000:
            raise InvalidSetting(f"{self.max_clients} applications are out of range: 1 to 1000")
        if not 1 <= self.most_wrong_keys <= 1000:
            raise InvalidSetting(f"{self.most_wrong_keys} wrong passwords are out of range: 1 to 1000")
        if not self.idle >= 1:
            raise InvalidSetting(f"an idle time of {self.idle:g} s is too short: 1 s or more")
        if self.lend is not None and not 1 <= self.lend <= LONGEST_LOAN:
            raise InvalidSetting(
                f"a lent line comes back after 1 to {LONGEST_LOAN} s without traffic, not {self.lend:g} s"
            )
        if self.policy.lend_to and self.lend is None:
            raise InvalidSetting("the line is lent to some: say after how many seconds without traffic it comes back")
        if not self.listen.is_local and self.policy.networks == LOOPBACK and not self.policy.lend_to:
            raise InvalidSetting(
                f"{self.listen} can be reached from other machines: say which networks may connect, "
                "such as 192.0.2.0/24"
            )


class Gateway:
    """Shares a line among applications; its owner goes on using the line beside them, and closes it.

    ``tell`` takes each connection and each refused request as one line of text without any key, ``tap`` each frame on
    the applications' side; both are called on the loop and must not block. ``store`` keeps what is known of wrong keys;
    without one it is known until the end.
    """

    def __init__(
        self,
        line: Line,
        settings: GatewaySettings,
        *,
        tell: Callable[[str], None] = lambda _text: None,
        tap: Tap | None = None,
        clock: Clock = SYSTEM_CLOCK,
        store: KeyStore | None = None,
    ) -> None:
        self._settings = settings
        self._service = Service(
            line,
            settings.policy,
            settings.link_addresses,
            settings.zone,
            settings.idle,
            settings.lend,
            clock,
            KeyKeeper(line, store, most=settings.most_wrong_keys, clock=clock, tell=tell),
            tap,
            tell,
        )
        self._server: asyncio.Server | None = None
        self._clients: list[ClientConnection] = []

    @property
    def status(self) -> GatewayStatus:
        """Where it listens, who is connected, and the wrong keys."""
        return GatewayStatus(self._url(), tuple(client.status for client in self._clients), self._service.keys.wrong)

    def reset_keys(self) -> None:
        """Forgets the wrong keys, of every host and meter: each may be tried once more."""
        self._service.keys.reset()
        self._service.tell("the wrong passwords are forgotten: each may be tried once more")

    async def start(self) -> None:
        """Listens. Raises ConnectFailed."""
        await self._service.keys.refresh()
        listen = self._settings.listen
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._client, listen.host, listen.port, backlog=_BACKLOG
            )
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one of a host
            raise ConnectFailed(f"cannot listen on {listen}: {why_not_listening(error)}") from None
        self._service.tell(f"the gateway to {self._service.line.name} listens on {self._url()}")

    async def close(self) -> None:
        """Disconnects the applications and stops listening. What is on the line ends, in bounded time."""
        if self._server is not None:
            self._server.close()
            self._server = None
        clients = list(self._clients)
        for client in clients:
            client.close("the gateway ends")
        if clients:
            leaving = {asyncio.ensure_future(client.closed()) for client in clients}
            _, late = await asyncio.wait(leaving, timeout=_LONGEST_FAREWELL)
            for task in late:
                task.cancel()
        await self._service.keys.close()

    def _client(self) -> ClientConnection:
        return ClientConnection(
            self._service,
            admit=self._admit,
            gone=self._gone,
        )

    def _admit(self, client: ClientConnection) -> str | None:
        """Why an application may not connect; None when it may."""
        settings = self._settings
        if self._server is None:
            return "the gateway ends"
        if not settings.policy.admits(client.peer):
            return "its address is in none of the networks that may connect"
        if len(self._clients) >= settings.max_clients:
            return f"the limit of {settings.max_clients} connected applications is reached"
        self._clients.append(client)
        return None

    def _gone(self, client: ClientConnection) -> None:
        if client in self._clients:
            self._clients.remove(client)

    def _url(self) -> str:
        if self._server is None or not self._server.sockets:
            return ""
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"tcp://{Address(host, port)}"
