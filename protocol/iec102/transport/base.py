"""What every way to a meter offers, and what it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, cast


class Receiver(Protocol):
    """Takes what the line gives."""

    def data_received(self, data: bytes) -> None:
        """Bytes, in whatever pieces they come."""

    def connection_lost(self, error: Exception | None) -> None:
        """The other side is gone. Called once, and not after ``close``."""


class Transport(Protocol):
    """An open line."""

    def write(self, data: bytes) -> None:
        """Puts bytes on the line; never blocks, and says nothing of their delivery."""

    def close(self) -> None:
        """Ends it at once; what is not sent yet is dropped."""


Opener = Callable[[Receiver], Awaitable[Transport]]


class StreamTransport(asyncio.Protocol):
    """An asyncio transport (TCP or serial) as a ``Transport``."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver: Receiver | None = receiver
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._receiver is not None:
            self._receiver.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(exc)

    def write(self, data: bytes) -> None:
        if self._transport is not None and self._receiver is not None:
            self._transport.write(data)

    def close(self) -> None:
        self._receiver = None
        if self._transport is not None:
            # Not close(): that drains the port first, at 300 baud for seconds.
            self._transport.abort()
