"""How many answers of a reading in pieces are held back, so that they last until the next piece brings more."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from iec102.gateway.cutting import LONGEST_PIECE

# The last so many waits are looked at.
_WAITS = 8
# Seconds without data that need no reserve, and what one answer of a reserve is worth.
_SHORT = 0.9
_ONE = 0.8
# Reading on is more than a smooth flow.
_MOST = 8


class Traffic:
    """The readings in pieces that share a line."""

    def __init__(self) -> None:
        self._told: list[Callable[[], None]] = []

    @property
    def readings(self) -> int:
        """How many there are."""
        return len(self._told)

    @contextmanager
    def reading(self, changed: Callable[[], None]) -> Iterator[None]:
        """One more, as long as the block lasts; ``changed`` is called when others begin and end."""
        self._told.append(changed)
        self._tell()
        try:
            yield
        finally:
            self._told.remove(changed)
            self._tell()

    def _tell(self) -> None:
        for told in list(self._told):
            told()


class Reserve:
    """Judged by how long an application has lately waited for the line, and by who else reads in pieces."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._waits: deque[float] = deque(maxlen=_WAITS)

    def waited(self, seconds: float) -> None:
        """No data came for so long, because the line was others'."""
        self._waits.append(seconds)

    @property
    def answers(self) -> int:
        """How many to hold back while the application's own reading goes on: 0 for one that is alone."""
        longest = max(*self._waits, LONGEST_PIECE * (self._traffic.readings - 1), 0.0)
        return 0 if longest < _SHORT else min(_MOST, math.ceil(longest / _ONE))
