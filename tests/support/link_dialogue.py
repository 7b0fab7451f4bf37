"""A primary and a secondary station on a line that loses, changes, doubles and delays frames, in handed-in time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from iec102.errors import LinkError
from iec102.link import (
    Confirmed,
    Data,
    Failed,
    Frame,
    FrameReader,
    Garbage,
    LinkEvent,
    NoData,
    PrimaryStation,
    SecondaryStation,
    Started,
    Transmit,
)

FLIGHT = 0.01
# Seconds of silence after which the meter looks again at the start of a frame.
GAP = 0.2
MOST_STEPS = 5_000
MOST_POLLS = 300


@dataclass(frozen=True)
class FaultOutcome:
    """What happens to one frame on its way: seconds under way, copies that arrive, place of a changed byte."""

    delay: float = FLIGHT
    copies: int = 1
    changed: int | None = None

    def arrives(self, data: bytes) -> bytes:
        if self.changed is not None:
            place = self.changed % len(data)
            data = data[:place] + bytes((data[place] ^ 0x08,)) + data[place + 1 :]
        return data * self.copies


LOST = FaultOutcome(copies=0)


class ScriptedMeter:
    """Answers each request with ``records`` ASDUs of its own, then with an end.

    ``pauses`` says how often the meter has no data yet before each of them; ``alike`` makes all records of a request
    the same bytes.
    """

    def __init__(self, records: int, pauses: tuple[int, ...] = (), *, alike: bool = False) -> None:
        self.records = records
        self.pauses = pauses
        self.alike = alike
        self.executed: list[bytes] = []
        self._waiting: list[bytes | None] = []

    def answers_to(self, asdu: bytes) -> list[bytes]:
        return [b"%s %d" % (asdu, 0 if self.alike else number) for number in range(self.records)] + [b"end " + asdu]

    def reset(self) -> None:
        self._waiting.clear()

    def user_data(self, asdu: bytes) -> bool:
        self.executed.append(asdu)
        self._waiting = []
        for answer, pauses in itertools.zip_longest(self.answers_to(asdu), self.pauses[: self.records + 1]):
            self._waiting += [None] * (pauses or 0) + [answer]
        return True

    def next_data(self) -> bytes | None:
        return self._waiting.pop(0) if self._waiting else None


class ReadingMeter:
    """Answers each request with one ASDU, its value then; ``values`` are taken in turn, with each request executed."""

    def __init__(self, values: Sequence[int], pauses: int = 0) -> None:
        self.executed: list[bytes] = []
        self._values = values
        self._pauses = pauses
        self._waiting: list[bytes | None] = []

    def reset(self) -> None:
        self._waiting.clear()

    def user_data(self, asdu: bytes) -> bool:
        self.executed.append(b"%s %d" % (asdu, self._values[len(self.executed) % len(self._values)]))
        self._waiting = [None] * self._pauses + [self.executed[-1]]
        return True

    def next_data(self) -> bytes | None:
        return self._waiting.pop(0) if self._waiting else None


class Dialogue:
    """Reads each request's answers to their end; ``fates`` holds what happens to the frames, by their number.

    The line keeps the order of the bytes, as every line does; with ``overtaking`` an answer may pass an older one.
    ``pause`` is the reader's time between two services.
    """

    def __init__(
        self,
        primary: PrimaryStation,
        meter: ScriptedMeter | ReadingMeter,
        fates: Mapping[int, FaultOutcome],
        *,
        overtaking: bool = False,
        pause: float = 0.0,
    ) -> None:
        self.now = 0.0
        self.primary = primary
        self.sent: list[Frame] = []
        self.answers: dict[bytes, list[bytes]] = {}
        self.failure: LinkError | None = None
        self._secondary = SecondaryStation(primary.address, meter)
        self._fates = fates
        self._overtaking = overtaking
        self._pause = pause
        self._frames = 0
        self._flying: list[tuple[float, int, bool, bytes]] = []
        self._latest = {True: 0.0, False: 0.0}
        self._heard = {True: FrameReader(), False: FrameReader()}
        self._meter_heard_at = 0.0
        self._results: list[LinkEvent] = []

    def read_all(self, requests: list[bytes]) -> None:
        """Starts the link, then one request after the other; stops at the first failure."""
        if not isinstance(self._serve(self.primary.start), Started):
            return
        for asdu in requests:
            self.answers[asdu] = []
            if not isinstance(self._serve(lambda now, asdu=asdu: self.primary.send(asdu, now)), Confirmed):
                return
            if not self._poll_to_the_end(asdu):
                return
            self._results.clear()

    def read_one(self, asdu: bytes) -> bytes | None:
        """One request and the first data that follow it, on a link that is started where needed; None if it fails."""
        self._results.clear()
        if not self.primary.started and not isinstance(self._serve(self.primary.start), Started):
            return None
        if not isinstance(self._serve(lambda now: self.primary.send(asdu, now)), Confirmed):
            return None
        for _ in range(MOST_POLLS):
            event = self._serve(self.primary.poll)
            if isinstance(event, Data):
                return event.asdu
            if not isinstance(event, NoData):
                return None
        self.primary.abort(self.now)  # a late ACK to a request that was lost: the meter has nothing to say
        return None

    def _poll_to_the_end(self, asdu: bytes) -> bool:
        for _ in range(MOST_POLLS):
            event = self._results.pop(0) if self._results else self._serve(self.primary.poll)
            if isinstance(event, Data):
                self.answers[asdu].append(event.asdu)
                if event.asdu == b"end " + asdu:
                    return True
            elif not isinstance(event, NoData):
                return False
        # The meter has confirmed a request that it has not got: a late ACK. It ends as "no data", never as wrong data.
        self.failure = LinkError("no data")
        return False

    def _serve(self, begin: Callable[[float], list[LinkEvent]]) -> LinkEvent:
        self._wait()
        if self._results:
            return self._results.pop(0)
        self._take(begin(self.now))
        for _ in range(MOST_STEPS):
            if self._results:
                return self._results.pop(0)
            self._step()
        raise AssertionError("the dialogue does not end")

    def _wait(self) -> None:
        until = self.now + self._pause
        while self._flying and self._flying[0][0] <= until:
            self._deliver()
        self.now = until

    def _step(self) -> None:
        deadline = self.primary.deadline
        if self._flying and (deadline is None or self._flying[0][0] <= deadline):
            self._deliver()
            return
        assert deadline is not None, "the primary waits for ever"
        self.now = max(self.now, deadline)
        self._primary_hears(self._heard[False].flush())
        self._take(self.primary.expire(self.now))

    def _deliver(self) -> None:
        when, _number, to_meter, data = heapq.heappop(self._flying)
        self.now = max(self.now, when)
        reader = self._heard[to_meter]
        if not to_meter:
            self._primary_hears(reader.feed(data))
            return
        rest = reader.flush() if self.now - self._meter_heard_at > GAP else []
        self._meter_heard_at = self.now
        for frame in rest + reader.feed(data):
            reply = self._secondary.receive(frame) if isinstance(frame, Frame) else None
            if reply is not None:
                self._fly(reply, to_meter=False)

    def _primary_hears(self, items: list[Frame | Garbage]) -> None:
        for item in items:
            if isinstance(item, Frame):
                self._take(self.primary.receive(item, self.now))

    def _take(self, events: list[LinkEvent]) -> None:
        for event in events:
            if isinstance(event, Transmit):
                self.sent.append(event.frame)
                self._fly(event.frame, to_meter=True)
                continue
            if isinstance(event, Failed):
                self.failure = event.error
            self._results.append(event)

    def _fly(self, frame: Frame, *, to_meter: bool) -> None:
        fate = self._fates.get(self._frames, FaultOutcome())
        self._frames += 1
        arrival = self.now + fate.delay
        if to_meter or not self._overtaking:
            arrival = self._latest[to_meter] = max(self._latest[to_meter], arrival)
        heapq.heappush(self._flying, (arrival, self._frames, to_meter, fate.arrives(frame.encode())))
