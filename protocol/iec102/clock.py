"""The clocks of this machine, in one place, so that tests and captures can hand in others."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

# The monotonic clock stands still in suspend, so a stale value would look fresh; boot time goes on.
_AGE_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

boottime: Callable[[], float] = partial(time.clock_gettime, _AGE_CLOCK)
"""The age clock, in seconds: goes on while the machine sleeps, and never jumps with the wall clock."""


def wall() -> datetime:
    """The wall clock in UTC, for stamps only."""
    return datetime.now(UTC)


class Clock(NamedTuple):
    """The two clocks that a line and its users read."""

    boottime: Callable[[], float] = boottime
    wall: Callable[[], datetime] = wall


SYSTEM_CLOCK = Clock()
