"""What the 24 signals have been since the connection: statistics of all readings, and the last minutes."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS

MINUTES = 15
_KEPT_SECONDS = 60.0 * MINUTES + 10.0  # a little more, so that it spans all of them
_MOST_POINTS = 2_000
_WIDTH = 1 + len(SIGNALS)


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
    meter is read; the statistics count every reading. Points are packed: a thousand meters have one each.
    """

    def __init__(self, step: float | None = None) -> None:
        self.set_step(step)
        self.statistics = {signal.key: Statistics() for signal in SIGNALS}
        self._packed = array("d")
        """Time and values of each point, one after the other; a value that is not there is no number."""

    def set_step(self, step: float | None) -> None:
        """So far apart are the points from now on; None: as close as there is room for."""
        self._step = _KEPT_SECONDS / _MOST_POINTS if step is None else step

    def reset_statistics(self) -> None:
        """Minimum, maximum and mean start again."""
        self.statistics = {signal.key: Statistics() for signal in SIGNALS}

    @property
    def since(self) -> float | None:
        """The time of the oldest point; None before there is any."""
        oldest = self._packed[:1]
        return oldest[0] if oldest else None

    def add(self, reading: Reading, at: float) -> None:
        """A reading that came at ``at`` seconds of the age clock; invalid values count as none."""
        values = [value.value if value.valid else None for value in reading.values.values()]
        statistics = self.statistics
        for signal, value in zip(SIGNALS, values, strict=True):
            if value is not None:
                statistics[signal.key].add(value)
        packed = self._packed
        if packed and at - packed[-_WIDTH] < self._step:
            return
        packed.extend(array("d", (at, *(math.nan if value is None else value for value in values))))
        old = 0
        while packed[old] < at - _KEPT_SECONDS:
            old += _WIDTH
        del packed[:old]

    def runs(self, index: int, since: float, longest_gap: float) -> list[list[tuple[float, float]]]:
        """The same in parts: a line may go through each, but not from one to the next.

        Between them the value was invalid, or nothing was read for longer than ``longest_gap`` seconds.
        """
        found: list[list[tuple[float, float]]] = []
        before: float | None = None
        for at, value in self._points(index):
            if at < since or math.isnan(value):
                before = None
                continue
            if before is None or at - before > longest_gap:
                found.append([])
            found[-1].append((at, value))
            before = at
        return found

    def series(self, index: int, since: float) -> list[tuple[float, float]]:
        """Time and value of one signal, by its place in the catalogue; oldest first, without the invalid ones."""
        return [(at, value) for at, value in self._points(index) if at >= since and not math.isnan(value)]

    def together(self, places: Sequence[int]) -> list[tuple[float, list[float]]]:
        """Time and values of several signals, oldest first, where all of them were valid."""
        packed = self._packed[:]
        rows = zip(packed[::_WIDTH], *(packed[place + 1 :: _WIDTH] for place in places), strict=True)
        return [(at, values) for at, *values in rows if not any(map(math.isnan, values))]

    def _points(self, index: int) -> Iterator[tuple[float, float]]:
        packed = self._packed[:]  # in one step: the other thread adds and removes
        return zip(packed[::_WIDTH], packed[index + 1 :: _WIDTH], strict=True)
