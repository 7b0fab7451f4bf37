"""How many answers to one application are held back, so that they last until more come. Sans-IO.

Problem. Some applications take "no data" between two records for an error. A reading in pieces leaves the line to the
others between two pieces, for longer than such an application waits.

Rule. While it reads in pieces beside others, some answers are held back: what arrives beyond them goes out at once, the
held ones are handed out, one to each poll that has waited (link.py), until the next piece brings more. How many: as
many as bridge the longest of the last waits, or two seconds for each other reading in pieces; none for one that is
alone.

Why that is safe. Nothing is lost or put in another order: answers wait in a queue, of which only the end is delayed.
Once the reading is over, or was given up, nothing is held back.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from iec102.gateway.splitter import LONGEST_PIECE

# The last so many waits are looked at.
_WAITS = 8
# Seconds without data that need nothing held back, and what one answer is worth.
_SHORT = 0.9
_ONE = 0.8
# Reading on is more than a smooth flow.
_MOST = 8


class Traffic:
    """The readings in pieces that share a line."""

    def __init__(self) -> None:
        self._changed: list[Callable[[], None]] = []

    @property
    def readings(self) -> int:
        """How many there are."""
        return len(self._changed)

    @contextmanager
    def reading(self, changed: Callable[[], None]) -> Iterator[None]:
        """Count one more as long as the block lasts; ``changed`` is called when it or another begins or ends."""
        self._changed.append(changed)
        self._notify()
        try:
            yield
        finally:
            self._changed.remove(changed)
            self._notify()

    def _notify(self) -> None:
        for changed in list(self._changed):
            changed()


class AnswerBuffer:
    """How large the buffer of one application is to be, judged by its waits and by who else reads in pieces."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._waits: deque[float] = deque(maxlen=_WAITS)

    def waited(self, seconds: float) -> None:
        """Note that no data came for so many seconds, because the line was others'."""
        self._waits.append(seconds)

    @property
    def size(self) -> int:
        """How many answers to hold back while the application's own reading goes on: 0 for one that is alone."""
        longest = max(*self._waits, LONGEST_PIECE * (self._traffic.readings - 1), 0.0)
        return 0 if longest < _SHORT else min(_MOST, math.ceil(longest / _ONE))
