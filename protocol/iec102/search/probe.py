"""Link-status requests on an open line, one after another, and all that is heard after each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import Disconnected
from iec102.link import Frame, FrameReader, Function, Garbage, request
from iec102.link.frame import FIXED_LENGTH
from iec102.link.heard import TelnetWatch
from iec102.settings import LineSettings
from iec102.transport import Direction, Opener, Tap, TapRecord, Transport, Tunable
from iec102.transport.lost import disconnected

# A pause this long ends an answer: seconds where the speed is not known, else byte times, but not too few seconds.
_GAP = 0.5
_GAP_BYTES = 20
_SHORTEST_GAP = 0.05
# An answer that has begun is waited for as long as so many bytes take: it is a fixed frame, perhaps behind an echo.
_LONGEST = 3 * FIXED_LENGTH
_SLOWEST_BYTE = 11 / 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What was heard after one request: its bytes ``sent``, all ``data``, the good frames in them.

    ``seconds`` from the request to the end of its answer, or to the end of the wait where there was none.
    """

    address: int
    sent: bytes
    data: bytes
    frames: tuple[Frame, ...]
    seconds: float

    @property
    def answering(self) -> tuple[int, ...]:
        """The link addresses of the meters that were heard."""
        return tuple(dict.fromkeys(frame.address for frame in self.frames if not frame.request))


class Probe:
    """The line. It asks for link status and nothing else, which changes nothing in a meter and needs no key."""

    def __init__(self, *, tap: Tap | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        self._loop = asyncio.get_running_loop()
        self._tap = tap
        self._clock = clock
        self._telnet = TelnetWatch()
        self._name = ""
        self._transport: Transport | None = None
        self._lost: Disconnected | None = None
        self._byte_time = 0.0
        self._reader = FrameReader()
        self._data = bytearray()
        self._frames: list[Frame] = []
        self._heard_at = 0.0
        self._latest = 0.0
        self._address: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[None] | None = None

    @property
    def telnet(self) -> bytes:
        """The first command with which the other side negotiates it; empty where it does not."""
        return self._telnet.command

    async def open(self, opener: Opener) -> None:
        """Raises ConnectFailed, Disconnected or InvalidSetting."""
        self._name = opener.name
        self._lost = None
        self._telnet = TelnetWatch()
        self._byte_time = opener.byte_time
        self._reader = FrameReader()
        self._transport = await opener.open(self)

    async def tune(self, settings: LineSettings) -> bool:
        """Another speed and format on the open line; False where that takes another opening.

        Raises InvalidSetting where the port does not offer them, LineError where it is lost.
        """
        if self._lost is not None:
            raise self._lost
        if not isinstance(self._transport, Tunable):
            return False
        await self._transport.tune(settings)
        self._byte_time = settings.byte_time
        self._reader = FrameReader()
        return True

    async def ask(self, address: int, wait: float) -> Reply:
        """One link-status request. ``wait`` in seconds for the first byte of the answer. Raises Disconnected."""
        if self._lost is not None:
            raise self._lost
        assert self._transport is not None
        frame = request(Function.LINK_STATUS, address)
        sent = frame.encode()
        self._data.clear()
        self._frames.clear()
        self._address = address
        begin = self._loop.time()
        self._over = self._loop.create_future()
        deadline = begin + len(sent) * self._byte_time + wait
        self._latest = deadline + _LONGEST * (self._byte_time or _SLOWEST_BYTE)
        self._timer = self._loop.call_at(deadline, self._expire)
        self._record(Direction.SENT, frame)
        self._transport.write(sent)
        try:
            await self._over
        finally:
            self._over = self._address = None
            self._timer.cancel()
        return Reply(address, sent, bytes(self._data), tuple(self._frames), self._loop.time() - begin)

    def close(self) -> None:
        """Gives the line back."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    # The transport's side

    def data_received(self, data: bytes) -> None:
        """Bytes from the line."""
        self._heard_at = self._loop.time()
        self._data += data
        self._telnet.hear(data)
        self._take(self._reader.feed(data))

    def greeted(self, data: bytes) -> None:
        """What was dropped while the line settled."""
        self._telnet.hear(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        self._transport = None
        self._lost = disconnected(self._name, exc, bytes(self._data))
        if self._over is not None and not self._over.done():
            self._over.set_exception(self._lost)

    # Inside

    def _take(self, items: list[Frame | Garbage]) -> None:
        for item in items:
            self._record(Direction.RECEIVED, item)
            if isinstance(item, Frame):
                self._frames.append(item)
                if not item.request and item.address == self._address:
                    self._end()

    def _expire(self) -> None:
        """The wait is over, but an answer that has begun is heard to its end."""
        gap = max(_SHORTEST_GAP, _GAP_BYTES * self._byte_time) if self._byte_time else _GAP
        if self._data and (later := min(self._heard_at + gap, self._latest)) > self._loop.time():
            self._timer = self._loop.call_at(later, self._expire)
            return
        self._take(self._reader.flush())
        self._end()

    def _end(self) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(None)

    def _record(self, direction: Direction, item: Frame | Garbage) -> None:
        if self._tap is not None:
            self._tap(TapRecord(self._clock.boottime(), self._clock.wall(), direction, item))
