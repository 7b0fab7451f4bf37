"""How much a meter's clock gains a day, from the differences that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from iec102_tui.meter_data.known import ClockPoint

_DAY = timedelta(days=1)
_JUMP, _JUMP_A_DAY = 2.0, 5.0
"""Seconds: a good clock drifts less than 0.5 s a day (REE profile reference, 6.1); what jumps further was set."""


class Drift(NamedTuple):
    """Seconds a day that the clock gains, over so many days."""

    a_day: float
    days: float


def since_set(points: Sequence[ClockPoint]) -> Sequence[ClockPoint]:
    """The differences since the clock was set last, oldest first as they are given."""
    first = 0
    for number, (before, after) in enumerate(pairwise(points), 1):
        allowed = _JUMP + _JUMP_A_DAY * ((after.at - before.at) / _DAY)
        if abs(after.difference - before.difference) > allowed:
            first = number
    return points[first:]


def drift(points: Sequence[ClockPoint]) -> Drift | None:
    """The straight line through the differences since the clock was set; None below a day."""
    run = since_set(points)
    if len(run) < 2 or (days := (run[-1].at - run[0].at) / _DAY) < 1:
        return None
    times = [(point.at - run[0].at) / _DAY for point in run]
    mean_time, mean = sum(times) / len(run), sum(point.difference for point in run) / len(run)
    spread = sum((time - mean_time) ** 2 for time in times)
    slope = sum((time - mean_time) * (point.difference - mean) for time, point in zip(times, run, strict=True))
    return Drift(slope / spread, days)
