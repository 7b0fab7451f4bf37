"""Ethernet converters: raw FT1.2 bytes on a TCP stream."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from iec102.errors import ConnectFailed
from iec102.transport.base import Receiver, StreamTransport, Transport

# Seconds without traffic before the first probe, between probes, and how many go unanswered.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


async def open_tcp(host: str, port: int, receiver: Receiver, *, within: float) -> Transport:
    """Connects within ``within`` seconds. Raises ConnectFailed with what to check."""
    loop = asyncio.get_running_loop()
    where = f"{host}:{port}"
    try:
        async with asyncio.timeout(within):
            transport, protocol = await loop.create_connection(lambda: StreamTransport(receiver), host, port)
    except TimeoutError:
        raise ConnectFailed(
            f"{where} did not answer within {within:g} s: check the address, the network and the converter's power"
        ) from None
    except socket.gaierror:
        raise ConnectFailed(f"the host name {host!r} is not known: check its spelling or give its address") from None
    except ConnectionRefusedError:
        raise ConnectFailed(
            f"{where} refused the connection: check the port number, and whether another program uses the converter"
        ) from None
    except OSError as error:
        raise ConnectFailed(f"{where} cannot be reached ({error.strerror or error}): check the network") from None
    _keep_alive(transport.get_extra_info("socket"))
    return protocol


def _keep_alive(connection: socket.socket) -> None:
    """Half-open connections are noticed; frames leave at once."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
