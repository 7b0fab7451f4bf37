"""What the 24 signals have been since the connection: statistics of all readings, and the last minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS

MINUTES = 15
_KEPT_SECONDS = 60.0 * MINUTES + 10.0  # a little more, so that it spans all of them
_MOST_POINTS = 2_000


@dataclass(slots=True)
class Statistics:
    """Minimum, maximum and mean of the valid values of one signal."""

    count: int = 0
    minimum: float = 0.0
    maximum: float = 0.0
    total: float = 0.0

    def add(self, value: float) -> None:
        self.minimum = value if not self.count else min(value, self.minimum)
        self.maximum = value if not self.count else max(value, self.maximum)
        self.total += value
        self.count += 1

    @property
    def mean(self) -> float:
        return self.total / self.count


class History:
    """Fed with every reading on the meter side, read by the screen.

    One point at most every ``step`` seconds is kept of the last minutes, so that memory stays flat however fast the
    meter is read; the statistics count every reading.
    """

    def __init__(self) -> None:
        self._step = _KEPT_SECONDS / _MOST_POINTS
        self.statistics = {signal.key: Statistics() for signal in SIGNALS}
        self.points: deque[tuple[float, tuple[float | None, ...]]] = deque()

    def reset_statistics(self) -> None:
        """Minimum, maximum and mean start again."""
        self.statistics = {signal.key: Statistics() for signal in SIGNALS}

    def add(self, reading: Reading, at: float) -> None:
        """A reading that came at ``at`` seconds of the age clock; invalid values count as none."""
        values = tuple(value.value if value.valid else None for value in reading.values.values())
        statistics = self.statistics
        for signal, value in zip(SIGNALS, values, strict=True):
            if value is not None:
                statistics[signal.key].add(value)
        if self.points and at - self.points[-1][0] < self._step:
            return
        self.points.append((at, values))
        while self.points[0][0] < at - _KEPT_SECONDS:
            self.points.popleft()

    def runs(self, index: int, since: float, longest_gap: float) -> list[list[tuple[float, float]]]:
        """The same in parts: a line may go through each, but not from one to the next.

        Between them the value was invalid, or nothing was read for longer than ``longest_gap`` seconds.
        """
        found: list[list[tuple[float, float]]] = []
        before: float | None = None
        for at, values in list(self.points):
            value = values[index]
            if at < since or value is None:
                before = None
                continue
            if before is None or at - before > longest_gap:
                found.append([])
            found[-1].append((at, value))
            before = at
        return found

    def series(self, index: int, since: float) -> list[tuple[float, float]]:
        """Time and value of one signal, by its place in the catalogue; oldest first, without the invalid ones."""
        return [(at, value) for at, values in list(self.points) if at >= since and (value := values[index]) is not None]
