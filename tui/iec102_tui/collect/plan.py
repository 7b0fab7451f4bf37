"""Which reading of a meter is due when. Times are handed in; nothing here waits, and no clock is read.

Each kind of reading has a period. The time since 1970 is cut into slots of that length, so that a load profile is
asked for shortly behind the full hour in which the meter has stored it, and a box that was restarted does not begin
another count. The slots of a meter begin a little later than the hour, each meter by another part of a minute or
more: a hundred boxes do not ask, call and publish in the same second. A slot is done once; slots that have passed
while the meter was away or the box was off are made up for by one reading, since each reads all that is new.

What fails is tried again after a minute, then twice as long each time, up to its period: the next slot comes anyway.

The wall clock may jump. Forward: what has become due is due. Backward: nothing that was done is done again, and
nothing waits longer than its period.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

FIRST_RETRY = 60.0
"""Seconds after which what has failed is tried again; twice as long each time."""
OFFSET = 60.0
"""Seconds behind the full hour: the meter's clock may be behind, and it stores the hour when that has ended."""
_LONGEST_SPREAD = 300.0
_PARTS = 10_000


class Work(StrEnum):
    """What is read of a meter beside its live values, in the order in which it is read."""

    EVENTS = "events"
    CLOSINGS = "closings"
    PROFILE = "profile"


class WorkState(NamedTuple):
    """How one kind of work is doing: when it succeeded last and is tried next, in seconds since 1970.

    ``failures`` in a row since.
    """

    period: float
    done_at: float | None = None
    due_at: float = 0.0
    failures: int = 0
    problem: str | None = None


class Plan:
    """The readings of one meter. Every ``now`` is in seconds since 1970."""

    def __init__(self, periods: Mapping[Work, float | None], name: str) -> None:
        """``periods``: seconds, 60 and more; None: never. ``name``: the meter's, which spreads it. All is due."""
        self._spread = zlib.crc32(name.encode()) % _PARTS / _PARTS
        self._states = {work: WorkState(period) for work in Work if (period := periods.get(work)) is not None}

    @property
    def states(self) -> Mapping[Work, WorkState]:
        """How each kind is doing."""
        return dict(self._states)

    def change(self, periods: Mapping[Work, float | None]) -> None:
        """Other periods; what was done stays done where its period is the same, and is due where it is another."""
        before = self._states
        self._states = {
            work: before[work] if work in before and before[work].period == period else WorkState(period)
            for work in Work
            if (period := periods.get(work)) is not None
        }

    def due(self, now: float) -> Work | None:
        """What is to be read now, the first of its order; None: nothing."""
        for work, state in self._states.items():
            # Farther ahead than ever planned: the clock was set back.
            if state.due_at <= now or state.due_at > now + 2 * state.period + OFFSET + _LONGEST_SPREAD:
                return work
        return None

    def wait(self, now: float) -> float | None:
        """Seconds until something is due; None where nothing ever is."""
        if self.due(now) is not None:
            return 0.0
        return min((state.due_at - now for state in self._states.values()), default=None)

    def done(self, work: Work, now: float) -> None:
        """It was read: next in its next slot."""
        state = self._states.get(work)
        if state is not None:  # the settings may have changed while it was read
            self._states[work] = WorkState(state.period, now, self._next_slot(state.period, now))

    def failed(self, work: Work, now: float, problem: str) -> None:
        """It could not be read; ``problem`` says why in one sentence."""
        state = self._states.get(work)
        if state is not None:
            pause = min(FIRST_RETRY * 2.0 ** min(state.failures, 20), state.period)
            self._states[work] = state._replace(due_at=now + pause, failures=state.failures + 1, problem=problem)

    def _next_slot(self, period: float, now: float) -> float:
        behind = OFFSET + self._spread * min(_LONGEST_SPREAD, period / 4)
        return ((now - behind) // period + 1) * period + behind
