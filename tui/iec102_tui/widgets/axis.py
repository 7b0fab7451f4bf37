"""Axes with round ticks: steps of 1, 2 or 5 and their tens, each tick exactly on a row of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

_ROUND = (1.0, 2.0, 5.0)
_SECONDS = (10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)


class Axis(NamedTuple):
    """``rows`` rows of which the lowest stands for ``low``; a tick every ``rows_a_tick`` rows and every ``step``."""

    low: float
    step: float
    rows: int
    rows_a_tick: int

    @property
    def high(self) -> float:
        """The value of the uppermost row."""
        return self.low + (self.rows - 1) * self.step / self.rows_a_tick

    @property
    def decimals(self) -> int:
        """How many decimals its ticks have."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))

    def y(self, value: float) -> float:
        """Where a value stands, in rows from the upper edge of the picture; 0.5 is the middle of the first row."""
        return (self.high - value) / self.step * self.rows_a_tick + 0.5

    def ticks(self) -> Iterator[tuple[int, float]]:
        """Row and value of each tick, from below."""
        for number in range((self.rows - 1) // self.rows_a_tick + 1):
            yield self.rows - 1 - number * self.rows_a_tick, self.low + number * self.step


def axis(low: float, high: float, rows: int, *, least_step: float = 0.0) -> Axis:
    """Make the finest axis of ``rows`` (2 or more) that holds ``low`` to ``high``; ``least_step``: none finer.

    The room that is left is above, or below where all is negative.
    """
    rows_a_tick = 1 if rows <= 6 else 2 if rows <= 14 else 3
    span = max(high - low, max(abs(low), abs(high)) * 1e-4, 1e-6)
    for step in _steps(max(span * rows_a_tick / (rows - 1) / 10, least_step)):
        found = Axis(math.floor(low / step + 1e-9) * step, step, rows, rows_a_tick)
        if found.high >= high - step * 1e-9 and step >= least_step:
            below = -((rows - 1) // rows_a_tick) * step
            return found._replace(low=below) if high <= 0 and below <= low else found
    raise AssertionError("steps have no end")


def _steps(least: float) -> Iterator[float]:
    power = math.floor(math.log10(least))
    while True:
        yield from (part * 10.0**power for part in _ROUND if part * 10.0**power >= least * (1 - 1e-9))
        power += 1


def times(end: datetime, seconds: float, width: int) -> list[tuple[int, str]]:
    """Columns and labels of a time axis of ``width`` columns that ends at ``end``, ``seconds`` long.

    Labels stand at round times, each clear of the next.
    """
    begin = end - timedelta(seconds=seconds)
    step = next((step for step in _SECONDS if seconds / step <= width // (len(_label(begin, step)) + 3)), _SECONDS[-1])
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for number in range(math.ceil((begin - midnight).total_seconds() / step), 10**6):
        moment = midnight + timedelta(seconds=number * step)
        if moment > end:
            break
        found.append((round((moment - begin).total_seconds() / seconds * width), _label(moment, step)))
    return found


def _label(moment: datetime, step: int) -> str:
    return f"{moment:%H:%M}" if step % 60 == 0 else f"{moment:%H:%M:%S}"
