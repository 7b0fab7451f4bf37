"""The readings of the last minute, and what they say of the wiring of the meter that is read."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from iec102.meter.reading import Reading

from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.ratio import Ratios

if TYPE_CHECKING:
    from iec102.verdict.judgement import Judgement

KEPT_SECONDS = 60.0
_LASTING = 32.0
"""Seconds that a fault must last: a little more than what the verdict needs at least."""
_STEP = 1.0
_AGAIN = 5.0
"""Seconds of readings between two judgements."""


class WiringState(NamedTuple):
    """``fault``: something does not fit; ``phases`` (1 to 3): where. ``judged``: there was enough to see that."""

    judged: bool = False
    fault: bool = False
    phases: frozenset[int] = frozenset()


class WiringWatch(Sink):
    """Given the readings on the meter's thread; the screen asks. A second of readings counts once."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque()
        self._judged_at: Reading | None = None
        self._ratios: Ratios | None = None
        self._seen = WiringState()

    def reading(self, reading: Reading) -> None:
        """A reading has come."""
        kept = self._readings
        if kept and not 0 <= (reading.time - kept[-1].time).total_seconds() < KEPT_SECONDS:
            kept.clear()  # the clock was set, or nothing was read for long
        if kept and (reading.time - kept[-1].time).total_seconds() < _STEP:
            return
        kept.append(reading)
        while (reading.time - kept[0].time).total_seconds() > KEPT_SECONDS:
            kept.popleft()

    @property
    def readings(self) -> list[Reading]:
        """Those of the last minute, the latest last."""
        return list(self._readings)

    def judge(self, ratios: Ratios | None) -> list[Judgement]:
        """All that the last minute says."""
        return judge_readings(self.readings, ratios)

    def seen(self, ratios: Ratios | None) -> WiringState:
        """Of the last half minute, judged again every few seconds of readings."""
        readings = self.readings
        if not readings:
            return WiringState()
        last, before = readings[-1], self._judged_at
        apart = _AGAIN if before is None else abs((last.time - before.time).total_seconds())
        if apart < _AGAIN and ratios == self._ratios:
            return self._seen
        self._judged_at, self._ratios = last, ratios
        lately = [each for each in readings if (last.time - each.time).total_seconds() <= _LASTING]
        self._seen = state_of(judge_readings(lately, ratios))
        return self._seen


def judge_readings(readings: list[Reading], ratios: Ratios | None) -> list[Judgement]:
    """With the ratios of the profile, else those that the meter tells."""
    from iec102.verdict.wiring import judge_wiring  # loaded when it is used

    if ratios is None:
        return judge_wiring(readings, None)
    return judge_wiring(readings, ratios.factor, rated_current=float(ratios.current.secondary))


def state_of(judgements: list[Judgement]) -> WiringState:
    """What a quiet line says of them."""
    from iec102.verdict.judgement import Result

    faults = [each for each in judgements if each.result is Result.FAULT]
    phases = frozenset(int(name[1]) for each in faults for name in each.subject.split())
    judged = bool(faults) or any(each.code == "wiring.phases" and each.result is Result.GOOD for each in judgements)
    return WiringState(judged, bool(faults), phases)
