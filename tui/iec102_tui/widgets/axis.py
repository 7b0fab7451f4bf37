"""Axes with round ticks: steps of 1, 2 or 5 and their tens, each tick exactly on a row of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

_ROUND = (1.0, 2.0, 5.0)
_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60)


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
    span = max(high - low, 1e-9)
    for step in _steps(max(span * rows_a_tick / (rows - 1) / 10, least_step)):
        found = Axis(math.floor(low / step + 1e-9) * step, step, rows, rows_a_tick)
        if found.high >= high - step * 1e-9 and step >= least_step:
            return found._replace(low=-((rows - 1) // rows_a_tick) * step) if high <= 0 and low < 0 else found
    raise AssertionError("steps have no end")


def _steps(least: float) -> Iterator[float]:
    power = math.floor(math.log10(least))
    while True:
        yield from (part * 10.0**power for part in _ROUND if part * 10.0**power >= least * (1 - 1e-9))
        power += 1


def minutes(end: datetime, seconds: float, width: int, label_width: int = 5) -> list[tuple[int, datetime]]:
    """Columns and round times of a time axis of ``width`` columns that ends at ``end``, ``seconds`` long.

    Each label of ``label_width`` stands clear of the next.
    """
    room = max(1, width // (label_width + 3))
    step = next((step for step in _MINUTES if seconds / 60 / step <= room), _MINUTES[-1])
    begin = end - timedelta(seconds=seconds)
    moment = begin.replace(second=0, microsecond=0)
    found = []
    while moment <= end:
        column = round((moment - begin).total_seconds() / seconds * width)
        if moment >= begin and moment.minute % step == 0 and column <= width:
            found.append((column, moment))
        moment += timedelta(minutes=1)
    return found
