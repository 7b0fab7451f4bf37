"""Link-status requests on an open line, one after another, and all that is heard after each."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import LinkError
from iec102.line.connection import Connection
from iec102.line.counters import RunningCounters
from iec102.link import Frame, FrameReader, Function, PrimaryStation, request
from iec102.sentence import Sentence
from iec102.transport import Tap


@dataclass(frozen=True, slots=True)
class Reply:
    """What was heard after one request: its bytes ``sent`` and all ``data``.

    ``seconds`` from the request to the end of its answer, or to the end of the wait where there was none.
    """

    address: int
    sent: bytes
    data: bytes
    seconds: float

    @property
    def answering(self) -> tuple[int, ...]:
        """The link addresses of the meters that were heard."""
        frames = (item for item in FrameReader().feed(self.data) if isinstance(item, Frame))
        return tuple(dict.fromkeys(frame.address for frame in frames if not frame.request))


class Probe(Connection):
    """The line. It asks for link status and nothing else, which changes nothing in a meter and needs no key."""

    def __init__(
        self,
        byte_time: float,
        *,
        on_step: Callable[[Sentence], None] = lambda _step: None,
        tap: Tap | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(byte_time, RunningCounters(), clock, tap, lambda _lost: None, on_step)
        self._data = bytearray()

    async def ask(self, address: int, wait: float) -> Reply:
        """One link-status request. ``wait`` in seconds for the first byte of the answer. Raises Disconnected.

        By a station of its own: what it does not take was heard all the same.
        """
        self._data.clear()
        station = PrimaryStation(address, timeout=wait, retries=0, byte_time=self.byte_time)
        began = asyncio.get_running_loop().time()
        with contextlib.suppress(LinkError):
            await self.serve(station, station.request_status)
        seconds = asyncio.get_running_loop().time() - began
        return Reply(address, request(Function.LINK_STATUS, address).encode(), bytes(self._data), seconds)

    def data_received(self, data: bytes) -> None:
        self._data += data
        super().data_received(data)
