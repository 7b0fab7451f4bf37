"""A broker in memory, for a delivery in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from iec102_tui.publish.client import Connection, PublishFailed
from iec102_tui.publish.delivery import Will
from iec102_tui.publish.outbox import Outgoing
from iec102_tui.publish.settings import Host


class MemoryBroker:
    """A cluster in memory: its nodes take messages, or are away, or refuse."""

    def __init__(self) -> None:
        self.away: dict[str, PublishFailed] = {}
        self.attempts: list[tuple[float, str]] = []
        self.received: list[Outgoing] = []
        self.retained: dict[str, str] = {}
        self.takes: int | None = None
        """So many messages, and then the connection breaks; None: all."""
        self.keeps = True
        """What it is to retain; a cluster without a leader acknowledges all the same."""
        self.seconds = 0.01
        """That it takes for a message."""
        self._breaking: list[asyncio.Event] = []

    def stop(self, *names: str) -> None:
        for name in names:
            self.away[name] = PublishFailed(f"{name} is away")
        for event in self._breaking:
            event.set()

    @contextlib.asynccontextmanager
    async def connect(self, host: Host, will: Will) -> AsyncIterator[Connection]:
        self.attempts.append((asyncio.get_running_loop().time(), host.name))
        await asyncio.sleep(0)
        if host.name in self.away:
            raise self.away[host.name]
        broken = asyncio.Event()
        self._breaking.append(broken)
        try:
            yield _Connected(self, broken)
        finally:
            if broken.is_set():
                self.retained[will.topic] = will.payload


class _Connected:
    def __init__(self, broker: MemoryBroker, broken: asyncio.Event) -> None:
        self._broker = broker
        self._broken = broken

    async def publish(self, message: Outgoing) -> None:
        broker = self._broker
        if broker.takes == 0:
            self._broken.set()
        if self._broken.is_set():
            await asyncio.sleep(1000)
        if broker.takes is not None:
            broker.takes -= 1
        broker.received.append(message)
        if message.retain and broker.keeps:
            broker.retained[message.topic] = message.payload
        await asyncio.sleep(self._broker.seconds)
        if self._broken.is_set():
            await asyncio.sleep(1000)  # the broker has it, and the acknowledgement is lost

    async def lost(self) -> None:
        await self._broken.wait()
        raise PublishFailed("the connection was lost")
