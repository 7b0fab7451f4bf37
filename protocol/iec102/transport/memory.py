"""Two ends in one process, for tests and for parts that speak to each other without a socket."""

from __future__ import annotations

import asyncio

from iec102.transport.base import Receiver


class MemoryTransport:
    """One end of a pair. What is written arrives at the other end in the loop's next turn, in order."""

    def __init__(self, receiver: Receiver) -> None:
        self.peer: MemoryTransport | None = None
        self._receiver = receiver

    def write(self, data: bytes) -> None:
        if self.peer is not None:
            asyncio.get_running_loop().call_soon(self.peer.deliver, bytes(data))

    def close(self) -> None:
        peer, self.peer = self.peer, None
        if peer is not None:
            asyncio.get_running_loop().call_soon(peer.lose)

    def deliver(self, data: bytes) -> None:
        """Bytes of the other end."""
        if self.peer is not None:
            self._receiver.data_received(data)

    def lose(self) -> None:
        """The other end was closed."""
        if self.peer is not None:
            self.peer = None
            self._receiver.connection_lost(None)


def memory_pair(one: Receiver, other: Receiver) -> tuple[MemoryTransport, MemoryTransport]:
    """Transports for both ends: what the first writes, ``other`` receives."""
    first, second = MemoryTransport(one), MemoryTransport(other)
    first.peer, second.peer = second, first
    return first, second
