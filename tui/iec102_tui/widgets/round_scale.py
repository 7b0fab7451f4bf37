"""Scales from 0 with round ticks: steps of 1, 2 or 5 and their tens."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple


class Scale(NamedTuple):
    """From 0 to ``high``, a tick every ``step``."""

    step: int
    high: int

    @property
    def ticks(self) -> range:
        """From below."""
        return range(0, self.high + 1, self.step)


def scale(highest: int, most_ticks: int) -> Scale:
    """The finest scale with at most so many ticks (2 or more) above 0 that holds 0 to ``highest``, whole numbers."""
    step = next(step for step in _steps() if math.ceil(max(highest, 1) / step) <= max(1, most_ticks))
    return Scale(step, max(1, math.ceil(highest / step)) * step)


def _steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
