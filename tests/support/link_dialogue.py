"""A primary and a secondary station on a line that loses, changes and delays frames, in handed-in time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iec102.errors import LinkError
from iec102.link import (
    Confirmed,
    Data,
    Failed,
    Frame,
    LinkEvent,
    NoData,
    PrimaryStation,
    SecondaryStation,
    Started,
    Transmit,
)

FLIGHT = 0.01
MOST_STEPS = 5_000


@dataclass(frozen=True)
class Fate:
    """What happens to one frame; None as ``delay`` loses it."""

    delay: float | None = FLIGHT


class ScriptedMeter:
    """Answers request ``n`` with ``records`` ASDUs of its own, then with an end."""

    def __init__(self, records: int) -> None:
        self.records = records
        self.executed: list[bytes] = []
        self._waiting: list[bytes] = []

    def answers_to(self, asdu: bytes) -> list[bytes]:
        return [b"%s %d" % (asdu, number) for number in range(self.records)] + [b"end " + asdu]

    def reset(self) -> None:
        self._waiting.clear()

    def user_data(self, asdu: bytes) -> bool:
        self.executed.append(asdu)
        self._waiting = self.answers_to(asdu)
        return True

    def next_data(self) -> bytes | None:
        return self._waiting.pop(0) if self._waiting else None


class Dialogue:
    """Reads each request's answers to their end, over a line whose next frames have the given fates."""

    def __init__(self, primary: PrimaryStation, meter: ScriptedMeter, fates: Iterator[Fate]) -> None:
        self.now = 0.0
        self.primary = primary
        self.sent: list[Frame] = []
        self.answers: dict[bytes, list[bytes]] = {}
        self.failure: LinkError | None = None
        self._secondary = SecondaryStation(primary.address, meter)
        self._fates = fates
        self._flying: list[tuple[float, int, bool, Frame]] = []
        self._numbers = itertools.count()
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

    def _poll_to_the_end(self, asdu: bytes) -> bool:
        for _ in range(200):
            event = self._serve(self.primary.poll)
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
        self._take(begin(self.now))
        for _ in range(MOST_STEPS):
            if self._results:
                return self._results.pop(0)
            self._step()
        raise AssertionError("the dialogue does not end")

    def _step(self) -> None:
        deadline = self.primary.deadline
        if self._flying and (deadline is None or self._flying[0][0] <= deadline):
            self.now, _number, to_meter, frame = heapq.heappop(self._flying)
            if to_meter:
                reply = self._secondary.receive(frame)
                if reply is not None:
                    self._fly(reply, to_meter=False)
            else:
                self._take(self.primary.receive(frame, self.now))
            return
        assert deadline is not None, "the primary waits for ever"
        self.now = max(self.now, deadline)
        self._take(self.primary.expire(self.now))

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
        delay = next(self._fates, Fate()).delay
        if delay is not None:
            heapq.heappush(self._flying, (self.now + delay, next(self._numbers), to_meter, frame))
