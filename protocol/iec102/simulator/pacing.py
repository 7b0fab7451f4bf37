"""Bytes take the time on the line that they take at its speed, in both directions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

# Seconds of line that one delivery covers; the last one ends exactly when the last byte has passed.
_DELIVERY = 0.01
# Seconds by which a loop that is not overloaded may be late for a timer.
_LATEST_WAKING = 0.01


class _Delayed(NamedTuple):
    """Bytes that are sent at a time of the loop, not before those in front of them."""

    earliest: float
    data: bytes
    deliver: Callable[[bytes], None]


class PacedLine:
    """A half-duplex line, on an absolute schedule: what starts when the line is still busy waits for it.

    Bytes never overtake each other, as on a serial line and in a TCP connection. ``byte_time`` is the seconds of one
    byte; 0 passes everything at once.
    """

    def __init__(self, byte_time: float) -> None:
        self.byte_time = byte_time
        self._loop = asyncio.get_running_loop()
        self._free_at = 0.0
        self._timers: set[asyncio.TimerHandle] = set()
        self._delayed: deque[_Delayed] = deque()

    def arrive(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Bytes that the other side has put on the line: they are here when the last one has passed."""
        if not self.byte_time:
            deliver(data)
            return
        self._occupy(len(data), self._loop.time())
        self._at(self._free_at, partial(deliver, data))

    def send(self, data: bytes, deliver: Callable[[bytes], None], delay: float = 0.0) -> None:
        """Put bytes on the line behind what is on it; they come out little by little.

        During a delay the line is free for the other side; what is sent meanwhile comes behind.
        """
        now = self._loop.time()
        # An answer starts when its request has passed, not when this program was woken for it.
        earliest = (self._free_at if now - self._free_at < _LATEST_WAKING else now) + delay
        if not delay and not self._delayed:
            self._transmit(data, deliver, earliest)
            return
        self._delayed.append(_Delayed(earliest, data, deliver))
        if len(self._delayed) == 1:
            self._at(earliest, self._end_delay)

    def cancel(self) -> None:
        """Drop all that is still on the line."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._delayed.clear()

    def _end_delay(self) -> None:
        first = self._delayed.popleft()
        if self._delayed:
            self._at(self._delayed[0].earliest, self._end_delay)
        self._transmit(first.data, first.deliver, first.earliest)

    def _transmit(self, data: bytes, deliver: Callable[[bytes], None], earliest: float) -> None:
        if not self.byte_time:
            deliver(data)
            return
        start = self._occupy(len(data), earliest)
        step = max(1, int(_DELIVERY / self.byte_time))
        # The short piece goes first, so that the last delivery is not a crumb.
        edge = len(data) % step or step
        begin = 0
        while begin < len(data):
            piece = data[begin:edge]
            self._at(start + edge * self.byte_time, partial(deliver, piece))
            begin, edge = edge, edge + step

    def _occupy(self, count: int, earliest: float) -> float:
        start = max(earliest, self._free_at)
        self._free_at = start + count * self.byte_time
        return start

    def _at(self, when: float, action: Callable[[], None]) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            action()

        timer = self._loop.call_at(when, fire)
        self._timers.add(timer)
