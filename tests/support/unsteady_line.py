"""A line to the simulated meter that breaks, or a meter that restarts, after numbers of bytes that a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from iec102.simulator import SimulatedMeter, SimulatorConfig, connect_memory
from iec102.transport.base import Receiver, Transport


class UnsteadyLine:
    """Opens one transport after another. ``mishaps``: after how many bytes of answers, and "loss" or "restart"."""

    name = "simulated:"
    byte_time = 0.0

    def __init__(self, config: SimulatorConfig, mishaps: Iterator[tuple[int, str]]) -> None:
        self.config = config
        self.happened = 0
        self._mishaps = mishaps
        self._next()

    def _next(self) -> None:
        self.left, self.kind = next(self._mishaps)

    def next_mishap(self) -> str:
        """What happens now; the count begins anew."""
        kind = self.kind
        self.happened += 1
        self._next()
        return kind

    async def open(self, receiver: Receiver) -> Transport:
        return _End(self, receiver)


class _End:
    """Between the meter's end of a line in memory and its reader."""

    def __init__(self, line: UnsteadyLine, receiver: Receiver) -> None:
        self._line = line
        self._receiver = receiver
        self._meter: Transport | None = None
        self._start()

    def _start(self) -> None:
        """A meter that has just been switched on: no link, no session."""
        self._meter = connect_memory(SimulatedMeter(self._line.config), self)

    def write(self, data: bytes) -> None:
        if self._meter is not None:
            self._meter.write(data)

    def close(self) -> None:
        if self._meter is not None:
            self._meter.close()
            self._meter = None

    def data_received(self, data: bytes) -> None:
        if self._meter is None:
            return
        if len(data) < self._line.left:
            self._line.left -= len(data)
            self._receiver.data_received(data)
            return
        part = data[: self._line.left]
        self.close()
        if part:
            self._receiver.data_received(part)
        if self._line.next_mishap() == "restart":
            self._start()
        else:
            asyncio.get_running_loop().call_soon(self._receiver.connection_lost, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The line in memory ends only where it was closed here."""
