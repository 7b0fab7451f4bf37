"""Continuous reading of one meter."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from iec102.errors import AccessError, Iec102Error, InvalidSetting
from iec102.line.counters import LineCounters
from iec102.line.state import LineState
from iec102.meter.clock_difference import ClockVerdict
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.sentence import Sentence

# Seconds between two readings of the meter's clock.
CLOCK_PERIOD = 600.0
# After a failure it is asked for half as often, down to every ten hours or so.
_MOST_CLOCK_FAILURES = 6
# Seconds between two readings after one that failed at once, so that a refusing meter is not flooded.
_PAUSE_AFTER_ERROR = 0.5
# The rate is that of the readings of this many seconds, but of no fewer than this many readings.
_RATE_SECONDS = 10.0
_RATE_READINGS = 5


class Snapshot(NamedTuple):
    """All that a screen shows of a meter at one moment. Times are seconds of the age clock.

    ``serial`` grows by one with each. ``reading`` is the last good one, received at ``read_at``. ``clock_difference``:
    seconds that the meter is ahead of this machine, None until known. ``clock``: what that means, by the whole minutes
    of the values where the meter has no clock that can be read; None until known. ``reads`` counts readings, ``rate``
    is readings a second lately. ``error`` is one sentence, None when all is well; ``remark`` one on the meter's summer
    time bit, where that does not fit the zone.
    """

    serial: int
    state: LineState
    reading: Reading | None
    read_at: float | None
    clock_difference: float | None
    reads: int
    rate: float
    counters: LineCounters
    error: str | None
    clock: ClockVerdict | None = None
    remark: str | None = None


class Monitor:
    """Reads a meter again and again, and hands each change over as a snapshot.

    ``period``: seconds from the start of one reading to the start of the next, 0 for back to back. Readings never
    overlap; one that takes longer than the period is followed at once by the next. ``clock_period``: seconds between
    two readings of the meter's clock, None for never. Let the line ``watch`` the meter's station with
    ``state_changed``, or give it that as its ``on_state``, so that snapshots also tell of the attempts to connect.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        period: float,
        on_snapshot: Callable[[Snapshot], None],
        clock_period: float | None = CLOCK_PERIOD,
    ) -> None:
        if period < 0:
            raise InvalidSetting(Sentence("setting.poll_period", period=period))
        self.meter = meter
        self.period = period
        self._on_snapshot = on_snapshot
        self._clock_period = clock_period
        self._clock = meter.line.clock.boottime
        self._serial = 0
        self._reads = 0
        self._reading: Reading | None = None
        self._read_at: float | None = None
        self._times: deque[float] = deque()
        self._difference: float | None = None
        self._verdict: ClockVerdict | None = None
        self._difference_due = float("-inf")
        self._clock_failures = 0
        self._connection = self._now_on = 0
        self._error: str | None = None

    async def run(self) -> None:
        """Read until cancelled.

        Goes on through lost answers and refusals. Raises AccessError or InvalidSetting, after a last snapshot that
        says so, when only the user can help.
        """
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._read()
                await self._read_clock_when_due()
            except (AccessError, InvalidSetting) as error:
                self._failed(error)
                raise
            except Iec102Error as error:
                self._failed(error)
                await self._pause(began, max(self.period, _PAUSE_AFTER_ERROR))
            else:
                await self._pause(began, self.period)

    def state_changed(self, _state: LineState) -> None:
        """Hand over the state of the line, which has changed."""
        self.refresh()

    async def _read(self) -> None:
        self._reading = await self.meter.read_instantaneous()
        self._read_at = self._clock()
        self._reads += 1
        self._times.append(self._read_at)
        self._error = None
        self._now_on = self.meter.line.counters.connection_number
        if self._now_on != self._connection:  # another meter may answer now: its clock is not known yet
            self._difference = self._verdict = None
        if self._difference is None and self._clock_failures:
            self._verdict = self._reading.clock
        self.refresh()

    async def _read_clock_when_due(self) -> None:
        """Read the clock at each new connection and every ten minutes, after a reading, so that none is late for it."""
        if self._clock_period is None:
            return
        due = self._clock() >= self._difference_due
        if not due and (self._now_on == self._connection or self._clock_failures):
            return
        self._connection = self._now_on
        try:
            reading = await self.meter.read_clock()
        except (AccessError, InvalidSetting):
            raise
        except Iec102Error:
            # Not every meter has a clock that can be read, and an answer that never comes takes time from the values.
            self._difference_due = self._clock() + self._clock_period * 2**self._clock_failures
            self._clock_failures = min(self._clock_failures + 1, _MOST_CLOCK_FAILURES)
            return
        self._clock_failures = 0
        if reading.repeated:
            self._difference_due = self._clock()
            return
        self._difference, self._verdict = reading.difference, reading.verdict
        self._difference_due = self._clock() + self._clock_period
        self.refresh()

    def _failed(self, error: Iec102Error) -> None:
        self._error = error.sentence
        self.refresh()

    async def _pause(self, began: float, period: float) -> None:
        left = began + period - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)

    def refresh(self) -> None:
        """Hand over a snapshot of what is known now: the latest reading, and what the line counts by now."""
        self._serial += 1
        line = self.meter.line
        state = line.state_of(self.meter.station)
        self._on_snapshot(
            Snapshot(
                serial=self._serial,
                state=state,
                reading=self._reading,
                read_at=self._read_at,
                clock_difference=self._difference,
                reads=self._reads,
                rate=self._rate(),
                counters=line.counters,
                error=state.error or self._error,
                clock=self._verdict,
                remark=self.meter.summer_time.remark,
            )
        )

    def _rate(self) -> float:
        """Readings a second over the last ones; falls when none come any more."""
        now, times = self._clock(), self._times
        while len(times) > _RATE_READINGS and times[0] < now - _RATE_SECONDS:
            times.popleft()
        if len(times) < 2:
            return 0.0
        # Since the last reading it may already be longer than between two: then this wait counts too.
        usual = (times[-1] - times[0]) / (len(times) - 1)
        waited = now - times[-1]
        span = times[-1] - times[0] + (waited if waited > 2 * usual else 0.0)
        return (len(times) - 1) / span if span > 0 else 0.0
