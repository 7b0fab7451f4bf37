"""One open transport, from its opening to its loss."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from iec102.asdu.catalogue import SECRET_REQUESTS, SECRET_TYPES
from iec102.clock import Clock
from iec102.errors import Disconnected
from iec102.line.counters import RunningCounters
from iec102.line.exclusive import ExclusiveAccess
from iec102.link import (
    MAX_FRAME,
    Answer,
    Dropped,
    Failed,
    Frame,
    FrameReader,
    Garbage,
    LinkEvent,
    PrimaryStation,
    Reason,
    Transmit,
    answer,
)
from iec102.link.evidence import Evidence
from iec102.link.frame import FIXED_LENGTH, Function
from iec102.link.noise import SINGLE_ACK, is_damaged_echo
from iec102.link.primary import ACKNOWLEDGED, REQUESTS
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.base import Opener, Transport, Tunable
from iec102.transport.lost import disconnected
from iec102.transport.tap import Direction, Note, Tap, TapRecord

# Seconds a byte on the slowest line that meters have: 300 bit/s, 11 bits a byte.
_SLOWEST_BYTE = 11 / 300
# A pause this long inside an answer ends it: seconds, or byte times on a line of known speed.
_GAP = 0.5
_GAP_BYTES = 50
_SHORTEST_GAP = 0.1
# While a link is being started only fixed frames answer, perhaps after an echo: rubbish must not hold it up for long.
_STATUS_BYTES = 3 * FIXED_LENGTH
# So many of the latest requests may still come back as echoes.
_MOST_ECHOES = 8

Begin = Callable[[float], list[LinkEvent]]


class Connection:
    """Carries bytes between a transport and the link that is in service.

    The request timeout of the link holds for the first byte of an answer. While an answer is arriving, the line waits
    on, as long as the longest frame takes at its speed; only then does the link hear of the deadline.
    """

    def __init__(
        self,
        byte_time: float,
        counters: RunningCounters,
        clock: Clock,
        tap: Tap | None,
        on_lost: Callable[[Disconnected], None],
        on_step: Callable[[Sentence], None] = lambda _step: None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.frames_sent = 0
        self.sent_at = self._loop.time()
        self.lost: Disconnected | None = None
        self.on_behalf = ""  # of an application of a gateway, or of nobody else
        self._counters = counters
        self._clock = clock
        self._tap = tap
        self._on_lost = on_lost
        self._on_step = on_step
        self._name = ""
        self._reader = FrameReader()
        self._exclusive: ExclusiveAccess | None = None
        self._transport: Transport | None = None
        self._link: PrimaryStation | None = None
        self._result: asyncio.Future[LinkEvent | None] | None = None
        self._unclaimed: deque[LinkEvent] = deque()
        self._may_echo: deque[Frame] = deque(maxlen=_MOST_ECHOES)
        self._octets = 0  # since the latest service began, but for echoes
        self.evidence = Evidence()
        self._ack_frames: set[tuple[int, Function]] = set()  # what a link acknowledges with a frame
        self._timer: asyncio.TimerHandle | None = None
        self._last_garbage = b""  # no frame has come after it
        self._secret = False
        self._secret_ends = False
        self._last_received = 0.0
        self.byte_time = byte_time  # seconds; 0 where it is not known

    async def open(self, opener: Opener) -> None:
        """Open the transport, once. Raises ConnectFailed, Disconnected or InvalidSetting."""
        self._name = opener.name
        self._transport = await opener.open(self)
        if self.lost is not None:
            raise self.lost

    async def tune(self, settings: LineSettings) -> bool:
        """Change speed and format while it is open; False where that takes another opening.

        Raises InvalidSetting where the port does not offer them, LineError where it is lost.
        """
        if self.lost is not None:
            raise self.lost
        if not isinstance(self._transport, Tunable):
            return False
        await self._transport.tune(settings)
        self.byte_time = settings.byte_time
        self._reader = FrameReader()
        return True

    @property
    def received_something(self) -> bool:
        """Whether bytes came in the latest service that were not this program's own."""
        return self._octets > 0

    # Services

    async def serve(self, link: PrimaryStation, begin: Begin) -> LinkEvent:
        """Run one service of the link to its end. Raises LinkError, with what came instead, or Disconnected."""
        if self.lost is not None:
            raise self.lost
        if self._unclaimed and self._link is link and begin == link.poll:
            return self._unclaimed.popleft()
        self._unclaimed.clear()
        self._octets = 0
        self._link = link
        self._result = self._loop.create_future()
        began = self._counters.busy_since = self._clock.boottime()
        try:
            self._take(begin(self._loop.time()))
            self._arm()
            event = await self._result
        finally:
            self._result = None
            self._counters.busy_before += self._clock.boottime() - began
            self._counters.busy_since = None
        assert event is not None
        if isinstance(event, Failed):
            raise self.evidence.explained(event.error, link.address, secret=self._secret)
        return event

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until data come. Raises Disconnected."""
        if self.lost is not None:
            raise self.lost
        if self._unclaimed:
            return
        self._result = self._loop.create_future()
        timer = self._loop.call_later(seconds, _wake, self._result)
        try:
            event = await self._result
        finally:
            self._result = None
            timer.cancel()
        if event is not None:
            self._unclaimed.append(event)

    def grant(self, exclusive: ExclusiveAccess) -> None:
        """Hand all bytes to who has exclusive access from now on; the tap is shown them all the same."""
        self._exclusive = exclusive
        self._link = None
        self._unclaimed.clear()
        self._arm()
        exclusive.begin(self._send_granted)

    def take_back(self) -> None:
        """End exclusive access."""
        self._log_granted(self._reader.flush(), Direction.RECEIVED)
        self._exclusive = None

    def close(self) -> None:
        """Give the transport back; a service under way ends as disconnected."""
        self._lose(Disconnected(Sentence("line.closed", line=self._name)))
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    # The transport's side

    def data_received(self, data: bytes) -> None:
        """Take bytes from the line."""
        if self.lost is not None:
            return
        if self._exclusive is not None:
            self._counters.bytes_received += len(data)
            self._log_granted(self._reader.feed(data), Direction.RECEIVED)
            self._exclusive.received(data)
            return
        now = self._loop.time()
        self._octets += len(data)
        self._last_received = now
        self._counters.bytes_received += len(data)
        self.evidence.received(data)
        for item in self._reader.feed(data):
            self._item(item, now)
        if data.endswith(SINGLE_ACK) and self._reader.garbage == SINGLE_ACK and not self._reader.pending:
            self._single_ack(now)
        self._arm()

    def opening_step(self, step: Sentence) -> None:
        """Say how far the opening is."""
        self._on_step(step)

    def greeted(self, data: bytes) -> None:
        """Look at what was dropped while the line settled: telnet shows there."""
        self.evidence.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is under way, because the transport is gone."""
        self._transport = None
        if self.lost is None and self._exclusive is None:
            for item in self._reader.flush():
                self._item(item, self._loop.time())
        self._lose(disconnected(self._name, exc, self._last_garbage))

    # Inside

    def _lose(self, error: Disconnected) -> None:
        if self.lost is not None:
            return
        self.lost = error
        if self._timer is not None:
            self._timer.cancel()
        if self._result is not None and not self._result.done():
            self._result.set_exception(error)
        if self._exclusive is not None:
            self._exclusive.give_back()
        self._on_lost(error)

    def _item(self, item: Frame | Garbage, now: float) -> None:
        self._last_garbage = item.data if isinstance(item, Garbage) and not self._secret else b""
        if isinstance(item, Garbage):
            self._counters.garbage_bytes += len(item.data)
            self._counters.bad_frames[item.kind] = self._counters.bad_frames.get(item.kind, 0) + 1
            note = Note.DAMAGED_ECHO if self._is_damaged_echo(item.data) else ""
            self.evidence.garbage(item.data)
            self._record(Direction.RECEIVED, item, secret=self._secret, note=note)
            return
        if self._secret_ends:
            self._secret = False
        if item.request and item in self._may_echo:
            self._echo(item)
            return
        if self._link is None:
            self._counters.unasked += 1
            self._record(Direction.RECEIVED, item, note=Note.UNASKED)
            return
        state = self._link.state
        events = self._link.receive(item, now)
        dropped = (event for event in events if isinstance(event, Dropped) and event.frame is item)
        note = next((_NOTES[event.reason] for event in dropped), "")
        self._record(Direction.RECEIVED, item, note=note)
        if note:
            self.evidence.refused(item)
        else:
            self.evidence.answered(item.address)
            if item.asdu is None and item.function == Answer.ACK and state in REQUESTS:
                self._ack_frames.add((item.address, REQUESTS[state][0]))
        self._take(events)

    def _single_ack(self, now: float) -> None:
        """Take E5 alone for the acknowledgement of a reset or of user data (IEC 60870-5-1).

        A link that has acknowledged the same with a frame means nothing by it: it is noise.
        """
        link = self._link
        if (
            link is None
            or link.state not in ACKNOWLEDGED
            or (link.address, REQUESTS[link.state][0]) in self._ack_frames
        ):
            return
        (garbage,) = self._reader.flush()
        self._record(Direction.RECEIVED, garbage, note=Note.SINGLE_ACK)
        self._last_garbage = b""
        self.evidence.answered(link.address)
        self._take(link.receive(answer(Answer.ACK, link.address), now))

    def _echo(self, frame: Frame) -> None:
        """Count a request of this program that came back, as optical heads and two-wire converters do."""
        self._may_echo.remove(frame)
        self._octets -= min(self._octets, len(frame.encode()))
        self.evidence.echo(frame)
        self._counters.echoes += 1
        self._record(Direction.RECEIVED, frame, note=Note.ECHO)

    def _is_damaged_echo(self, data: bytes) -> bool:
        return any(is_damaged_echo(data, frame.encode()) for frame in self._may_echo)

    def _take(self, events: list[LinkEvent]) -> None:
        for event in events:
            if isinstance(event, Transmit):
                self._send(event)
            elif isinstance(event, Dropped):
                continue
            elif self._result is not None and not self._result.done():
                self._result.set_result(event)
            else:
                self._unclaimed.append(event)

    def _send(self, event: Transmit) -> None:
        data = event.frame.encode()
        self.frames_sent += 1
        self.sent_at = self._loop.time()
        self._counters.bytes_sent += len(data)
        self.evidence.sent(event.frame, repeat=event.repeat)
        self._may_echo.append(event.frame)
        if event.frame.asdu:
            # From here on garbage may hold the key, or no longer does once a good frame has followed it.
            is_secret = event.frame.asdu[0] in SECRET_REQUESTS
            self._secret = self._secret or is_secret
            self._secret_ends = not is_secret
        self._record(Direction.SENT, event.frame, repeat=event.repeat)
        if self._transport is not None:
            self._transport.write(data)

    def _arm(self) -> None:
        """Set the timer to the link's deadline."""
        deadline = self._link.deadline if self._link is not None else None
        if self._timer is not None:
            if self._timer.when() == deadline and not self._timer.cancelled():
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None and self.lost is None:
            self._timer = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        link, now = self._link, self._loop.time()
        if link is None or link.deadline is None:
            return
        if (later := self._answer_ends(link.deadline)) > now:
            self._timer = self._loop.call_at(later, self._expire)
            return
        for item in self._reader.flush():
            self._item(item, now)
        if link.deadline is not None and link.deadline <= now:
            self._take(link.expire(now))
        self._arm()

    def _answer_ends(self, deadline: float) -> float:
        """The time of the event loop until which the rest of an answer that has begun is waited for."""
        if not self._reader.pending:
            return deadline
        byte_time, started = self.byte_time, self._link is not None and self._link.started
        longest = (MAX_FRAME if started else _STATUS_BYTES) * (byte_time or _SLOWEST_BYTE)
        gap = max(_SHORTEST_GAP, _GAP_BYTES * byte_time) if byte_time else _GAP
        return max(deadline, min(self._last_received + gap, deadline + longest))

    def _send_granted(self, data: bytes) -> None:
        self._counters.bytes_sent += len(data)
        self._log_granted(self._reader.flush(), Direction.RECEIVED)
        reader = FrameReader()
        self._log_granted([*reader.feed(data), *reader.flush()], Direction.SENT)
        if self._transport is not None:
            self._transport.write(data)

    def _log_granted(self, items: list[Frame | Garbage], direction: Direction) -> None:
        for item in items:
            self._record(direction, item, secret=isinstance(item, Garbage))

    def _record(
        self, direction: Direction, item: Frame | Garbage, *, repeat: bool = False, secret: bool = False, note: str = ""
    ) -> None:
        if self._tap is None:
            return
        if isinstance(item, Frame) and item.asdu:
            secret = item.asdu[0] in SECRET_TYPES
        now, wall = self._clock.boottime(), self._clock.wall()
        self._tap(TapRecord(now, wall, direction, item, repeat, secret, note, on_behalf=self.on_behalf))


# Why the link did not take a frame.
_NOTES = {Reason.LATE: Note.LATE, Reason.FOREIGN: Note.OTHER_STATION, Reason.UNMATCHED: Note.OTHER_ANSWER}


def _wake(future: asyncio.Future[LinkEvent | None]) -> None:
    if not future.done():
        future.set_result(None)
