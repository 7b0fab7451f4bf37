"""What has happened on one link, in numbers; the median of its latest round trips at the cost of an insertion."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

_MOST = 500


class RecentTimes:
    """The latest 500 times, in seconds; ``sorted`` has them by length."""

    def __init__(self) -> None:
        self._in_order: deque[float] = deque()
        self.sorted: list[float] = []

    def add(self, seconds: float) -> None:
        """Take one more; the oldest goes when there are too many."""
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


@dataclass(slots=True)
class LinkCounters:
    """What has happened on one link; times in seconds."""

    requests: int = 0
    answers: int = 0
    repeats: int = 0
    timeouts: int = 0
    nacks: int = 0
    late: int = 0
    ignored_foreign: int = 0
    ignored_unmatched: int = 0
    round_trip_last: float | None = None
    round_trip_min: float | None = None
    round_trip_max: float | None = None
    round_trips: RecentTimes = field(default_factory=RecentTimes, compare=False, repr=False)

    def round_trip(self, seconds: float) -> None:
        """Take one round trip that is certain: answered at the first attempt."""
        self.round_trip_last = seconds
        self.round_trip_min = seconds if self.round_trip_min is None else min(seconds, self.round_trip_min)
        self.round_trip_max = seconds if self.round_trip_max is None else max(seconds, self.round_trip_max)
        self.round_trips.add(seconds)
