"""The median of the latest times, at any moment, at the cost of an insertion."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from itertools import chain

_MOST = 500


class RecentTimes:
    """The latest 500 times, in seconds; ``sorted`` has them by length."""

    def __init__(self) -> None:
        self._in_order: deque[float] = deque()
        self.sorted: list[float] = []

    def add(self, seconds: float) -> None:
        """Takes one more; the oldest goes when there are too many."""
        if len(self._in_order) == _MOST:
            del self.sorted[bisect_left(self.sorted, self._in_order.popleft())]
        self._in_order.append(seconds)
        insort(self.sorted, seconds)

    def longest(self) -> float | None:
        """The longest but for one in twenty, of which some are mistaken; None where there is no time."""
        return self.sorted[len(self.sorted) * 19 // 20] if self.sorted else None

    @staticmethod
    def median(several: Iterable[RecentTimes]) -> float | None:
        """The median over all of them; None where there is no time."""
        filled = [times.sorted for times in several if times.sorted]
        if not filled:
            return None
        times = filled[0] if len(filled) == 1 else sorted(chain.from_iterable(filled))
        middle = len(times) // 2
        return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2
