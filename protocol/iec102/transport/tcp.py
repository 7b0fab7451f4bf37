"""Ethernet converters: raw FT1.2 bytes on a TCP stream."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from iec102.errors import ConnectFailed, InvalidTarget
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport import names
from iec102.transport.base import Receiver, Transport
from iec102.transport.listen_address import HIGHEST_PORT
from iec102.transport.scheme import MakeOpener

# Seconds without traffic before the first probe, between probes, and how many go unanswered.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPALIVE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
# Milliseconds for the peer's machine to acknowledge sent bytes, where the system has this option.
_USER_TIMEOUT = 20_000

_CODES = {
    errno.EMFILE: "tcp.too_many",
    errno.ECONNREFUSED: "tcp.refused",
    errno.ECONNRESET: "tcp.refused",
    errno.EHOSTUNREACH: "tcp.no_route",
    errno.ENETUNREACH: "tcp.no_route",
    errno.ETIMEDOUT: "tcp.silent",
    errno.EACCES: "tcp.forbidden",
    errno.EPERM: "tcp.forbidden",
}

# Seconds for a connection: the request timeout within these bounds.
_SHORTEST_CONNECT, _LONGEST_CONNECT = 2.0, 10.0


def opener_of(text: str, rest: str) -> MakeOpener:
    """What opens ``tcp://HOST:PORT``. Raises InvalidTarget."""
    return opener_at(text, rest)


def opener_at(text: str, rest: str, scheme: str = "tcp") -> Callable[[LineSettings], TcpOpener]:
    """What connects to the host and port of such a target. Raises InvalidTarget."""
    if not rest.startswith("//"):
        raise InvalidTarget(Sentence("target.tcp", target=text, scheme=scheme))
    try:
        url = urllib.parse.urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        raise InvalidTarget(Sentence("target.tcp_port", target=text, high=HIGHEST_PORT)) from None
    if not host or url.path not in ("", "/") or url.query or url.username is not None:
        raise InvalidTarget(Sentence("target.tcp", target=text, scheme=scheme))
    if not port:
        raise InvalidTarget(Sentence("target.tcp_no_port", target=text, high=HIGHEST_PORT, scheme=scheme))

    def opener(settings: LineSettings) -> TcpOpener:
        within = min(max(settings.timeout_seconds, _SHORTEST_CONNECT), _LONGEST_CONNECT)
        return TcpOpener(host, port, within, scheme=scheme)

    return opener


@dataclass(frozen=True, slots=True)
class TcpOpener:
    """A host (name, IPv4 or IPv6) and a port. ``deadline`` in seconds, for the name and the connection together."""

    host: str
    port: int
    deadline: float = 5.0
    byte_time: float = 0.0
    scheme: str = "tcp"

    @property
    def name(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    async def open(self, receiver: Receiver) -> Transport:
        """Connects. Raises ConnectFailed."""
        silent = Sentence("line.fault", line=self.name, fault=names.silent(self.host))
        try:
            async with asyncio.timeout(self.deadline) as limit:
                addresses = await names.addresses(self.host)
                silent = Sentence("tcp.silent", line=self.name)
                transport = await self._connect(addresses, receiver, limit.when())
        except TimeoutError as error:
            raise ConnectFailed(silent) from error
        except (socket.gaierror, UnicodeError) as error:
            raise ConnectFailed(Sentence("line.fault", line=self.name, fault=names.unknown(self.host))) from error
        except OSError as error:
            raise ConnectFailed(_failed(self.name, error)) from error
        prepare_socket(transport)
        return TcpTransport(transport)

    async def _connect(self, addresses: list[str], receiver: Receiver, until: float | None) -> asyncio.Transport:
        """To the first address that answers. Raises OSError, that of the first.

        Each has its share of the time that is left: one that leads nowhere, such as an IPv6 address in a network
        without IPv6, must not use up what the next one needs.
        """
        loop = asyncio.get_running_loop()
        failure: OSError | None = None
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = None if left == 1 or until is None else (until - loop.time()) / left
            try:
                async with asyncio.timeout(share):
                    transport, _ = await loop.create_connection(lambda: ReceiverProtocol(receiver), address, self.port)
            except OSError as error:
                failure = failure or error
            else:
                return transport
        raise failure or OSError(errno.EADDRNOTAVAIL, Sentence("name.no_address"))


class ReceiverProtocol(asyncio.Protocol):
    """An asyncio protocol that hands everything to a receiver."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def data_received(self, data: bytes) -> None:
        self._receiver.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._receiver.connection_lost(exc)


class TcpTransport:
    """A connection."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        self._transport.abort()


def prepare_socket(transport: asyncio.BaseTransport) -> None:
    """Small frames leave at once; a peer that has vanished is noticed."""
    connection: socket.socket = transport.get_extra_info("socket")
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    for name, value in (*_KEEP_ALIVE.items(), ("TCP_USER_TIMEOUT", _USER_TIMEOUT)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    # A peer that has closed at once makes these fail; the receiver hears of it by itself.
    with contextlib.suppress(OSError):
        for option in options:
            connection.setsockopt(*option)


def _failed(name: str, error: OSError) -> Sentence:
    code = _CODES.get(error.errno or 0)
    if code is not None:
        return Sentence(code, line=name)
    return Sentence("tcp.failed", line=name, error=error.strerror or error)
