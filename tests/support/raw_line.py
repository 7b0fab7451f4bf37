"""A line whose other end is a function: from the bytes that were sent to the bytes that come, each after a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from iec102.settings import LineSettings
from iec102.transport import Receiver

Answer = tuple[float, bytes]
Behaviour = Callable[[bytes], Iterable[Answer]]


class RawLine:
    """An opener, and the transport that it opens. ``settings`` are those of this side, ``sent`` is all that it sent."""

    name = "raw:"
    byte_time = 0.0

    def __init__(self, behaviour: Behaviour, *, tunable: bool = False) -> None:
        self.behaviour = behaviour
        self.settings: LineSettings | None = None
        self.sent: list[bytes] = []
        self.openings = 0
        self.receiver: Receiver | None = None
        if tunable:
            self.tune = self._tune

    def opener(self, settings: LineSettings) -> RawLine:
        self.settings = settings
        self.byte_time = settings.byte_time if hasattr(self, "tune") else 0.0
        return self

    async def open(self, receiver: Receiver) -> RawLine:
        self.openings += 1
        self.receiver = receiver
        return self

    async def _tune(self, settings: LineSettings) -> None:
        self.settings = settings

    def write(self, data: bytes) -> None:
        self.sent.append(data)
        for after, answer in self.behaviour(data):
            asyncio.get_running_loop().call_later(after, self.give, answer)

    def give(self, data: bytes) -> None:
        if self.receiver is not None:
            self.receiver.data_received(data)

    def lose(self) -> None:
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.connection_lost(None)

    def close(self) -> None:
        self.receiver = None
