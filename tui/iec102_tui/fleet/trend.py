"""The last hour of a value, a mean a minute: 60 numbers, however often it comes."""

from __future__ import annotations

import math
from array import array

MINUTES = 60
_MINUTE = 60.0


class HourTrend:
    """Fed with times of the age clock."""

    __slots__ = ("_count", "_means", "_newest")

    def __init__(self) -> None:
        self._means = array("f")
        self._newest = 0
        self._count = 0

    def add(self, at: float, value: float) -> None:
        """A value at ``at`` seconds. One of a minute that has passed is kept only where there is none yet."""
        minute = int(at // _MINUTE)
        means = self._means
        if not means:
            means.extend([math.nan] * MINUTES)
            self._newest, self._count = minute, 0
        if minute > self._newest:
            gap = min(minute - self._newest, MINUTES)
            del means[:gap]
            means.extend([math.nan] * gap)
            self._newest, self._count = minute, 0
        place = MINUTES - 1 - (self._newest - minute)
        if place == MINUTES - 1:
            mean = means[place] if self._count else 0.0
            self._count += 1
            means[place] = mean + (value - mean) / self._count
        elif place >= 0 and math.isnan(means[place]):
            means[place] = value

    def points(self) -> list[tuple[float, float]]:
        """Time and mean of each minute in which there was a value, oldest first."""
        first = self._newest - MINUTES + 1
        return [
            ((first + place) * _MINUTE + _MINUTE / 2, mean)
            for place, mean in enumerate(self._means)
            if not math.isnan(mean)
        ]
