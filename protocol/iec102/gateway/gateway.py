"""The gateway: applications connect to it as if it were the meter's Ethernet converter."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterable

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import ConnectFailed
from iec102.gateway.client import ClientConnection
from iec102.gateway.context import GatewayContext, GatewaySettings
from iec102.gateway.key_keeper import KeyKeeper, KeyStore
from iec102.gateway.status import GatewayStatus
from iec102.line import Line
from iec102.sentence import Sentence
from iec102.transport.listen_address import Address, why_not_listening
from iec102.transport.tap import Tap

# Connections that may wait to be taken.
_BACKLOG = 64
# Seconds for the exchanges on the line to end when the gateway is closed.
_LONGEST_FAREWELL = 3.0


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
        keys = KeyKeeper(line, store, most=settings.most_wrong_keys, clock=clock, tell=tell)
        self._context = GatewayContext(line, settings, keys, clock, tap, tell)
        self._server: asyncio.Server | None = None
        self._clients: list[ClientConnection] = []

    @property
    def status(self) -> GatewayStatus:
        """Where it listens, who is connected, and the wrong keys."""
        return GatewayStatus(self._url(), tuple(client.status for client in self._clients), self._context.keys.wrong)

    def serve(self, further: Iterable[int]) -> None:
        """Serve these link addresses from now on, besides those of its settings and instead of others."""
        self._context.further.clear()
        self._context.further.update(further)

    def another_meter_answers(self, link_address: int) -> None:
        """Disconnect the applications that have asked the meter there before; they may connect again."""
        for client in list(self._clients):
            if client.has_asked(link_address):
                client.close(Sentence("gateway.another_meter", address=link_address))

    def reset_keys(self) -> None:
        """Forget the wrong keys, of every host and meter: each may be tried once more."""
        self._context.keys.reset()
        self._context.tell(Sentence("gateway.keys_forgotten"))

    async def start(self) -> None:
        """Listen. Raises ConnectFailed."""
        await self._context.keys.refresh()
        listen = self._settings.listen
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._client, listen.host, listen.port, backlog=_BACKLOG
            )
            if not self._server.sockets:  # asyncio takes a socket that cannot be made for a family that is not there
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one of a host
            raise ConnectFailed(Sentence("listen.failed", address=listen, why=why_not_listening(error))) from None
        self._context.tell(Sentence("gateway.listens", line=self._context.line.name, url=self._url()))

    async def close(self) -> None:
        """Disconnect the applications and stop listening. What is on the line ends, in bounded time."""
        if self._server is not None:
            self._server.close()
            self._server = None
        clients = list(self._clients)
        for client in clients:
            client.close(Sentence("gateway.ends"))
        if clients:
            leaving = {asyncio.ensure_future(client.closed()) for client in clients}
            _, late = await asyncio.wait(leaving, timeout=_LONGEST_FAREWELL)
            for task in late:
                task.cancel()
        await self._context.keys.close()

    def _client(self) -> ClientConnection:
        return ClientConnection(self._context, admit=self._admit, gone=self._gone)

    def _admit(self, client: ClientConnection) -> str | None:
        """Why an application may not connect; None when it may."""
        settings = self._settings
        if self._server is None:
            return Sentence("gateway.ends")
        if not settings.policy.admits(client.peer):
            return Sentence("gateway.no_network")
        if len(self._clients) >= settings.max_clients:
            return Sentence("gateway.full", count=settings.max_clients)
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
