"""A line that needs a moment after it was opened: modems and converters first say something of their own."""

from __future__ import annotations

import asyncio

from iec102.errors import ConnectFailed
from iec102.sentence import Sentence
from iec102.transport.base import (
    Calling,
    Expecting,
    Greeted,
    Informed,
    Opener,
    Overlapping,
    Parting,
    Pluggable,
    Receiver,
    Transport,
)

# Bytes of what is dropped that a receiver is told of.
_MOST_TOLD = 256


class SettlingOpener:
    """Opens as another opener does, then waits; what comes meanwhile is dropped. What else that one offers stays."""

    def __init__(self, opener: Opener, seconds: float) -> None:
        self._opener = opener
        self._seconds = seconds
        if isinstance(opener, Overlapping):
            self.deadline = opener.deadline
        if isinstance(opener, Pluggable):
            self.is_there = opener.is_there
        if isinstance(opener, Calling):
            self.redial_pauses = opener.redial_pauses
        if isinstance(opener, Parting):
            self.parted = opener.parted
        if isinstance(opener, Expecting):
            self.expect = opener.expect

    @property
    def name(self) -> str:
        return self._opener.name

    @property
    def byte_time(self) -> float:
        return self._opener.byte_time

    async def open(self, receiver: Receiver) -> Transport:
        """Open, and wait. Raises ConnectFailed or InvalidSetting."""
        gate = _Gate(receiver)
        transport = await self._opener.open(gate)
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            transport.close()
            raise
        if gate.lost:
            transport.close()
            raise ConnectFailed(Sentence("tcp.closed_at_once", line=self.name))
        gate.open()
        return transport


class _Gate:
    """Lets nothing through before it is open."""

    def __init__(self, receiver: Receiver) -> None:
        self.is_open = False
        self.lost = False
        self._receiver = receiver
        self._dropped = b""

    def open(self) -> None:
        self.is_open = True
        if self._dropped and isinstance(self._receiver, Greeted):
            self._receiver.greeted(self._dropped)

    def opening_step(self, step: Sentence) -> None:
        if isinstance(self._receiver, Informed):
            self._receiver.opening_step(step)

    def data_received(self, data: bytes) -> None:
        if self.is_open:
            self._receiver.data_received(data)
        else:
            self._dropped += data[: _MOST_TOLD - len(self._dropped)]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self.is_open:
            self._receiver.connection_lost(exc)
