"""Alarms: a signal that crosses a limit of its meter's profile is told once, and once more when it is back."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from iec102.meter.reading import Reading

from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.limits import Limit, Limits
from iec102_tui.words.alarm_text import alarm_line, alarm_words

_log = logging.getLogger("iec102_tui.alarms")

READINGS_BACK = 3
"""Readings in a row within the limits that end an alarm: a value that wavers about a limit is one alarm."""
MOST_KEPT = 500


class Alarm(NamedTuple):
    """A value that has crossed ``limit``, or one that is back (``limit`` is None)."""

    time: datetime
    meter: str
    key: str
    value: float
    limit: float | None

    @property
    def words(self) -> str:
        """What has happened, for the screen."""
        return alarm_words(self.key, self.value, self.limit)

    @property
    def line(self) -> str:
        """The line of the log of alarms."""
        return alarm_line(self.time, self.meter, alarm_words(self.key, self.value, self.limit, plain=True))


class AlarmWatch(Sink):
    """Compares each reading with the limits, on the meter's thread; ``log`` is called with each, and must not wait.

    Invalid values and those that the meter did not send neither begin an alarm nor end one.
    """

    def __init__(self, meter: str, limits: Limits, log: Callable[[Alarm], None] = lambda _alarm: None) -> None:
        self.alarms: deque[Alarm] = deque(maxlen=MOST_KEPT)
        """What has happened, the latest last."""
        self.begun = 0
        """How many alarms have begun."""
        self._meter = meter
        self._limits = limits
        self._log = log
        self._lasting: dict[str, int] = {}
        """Readings in a row within the limits, by the keys of the alarms that last."""

    def reading(self, reading: Reading) -> None:
        """A reading has come."""
        for limit in self._limits:
            value = reading.values[limit.key]
            if value.valid and value.value is not None:
                self._compare(reading.time, limit, value.value)

    def _compare(self, time: datetime, limit: Limit, value: float) -> None:
        crossed, key = limit.crossed(value), limit.key
        if crossed is not None:
            if key not in self._lasting:
                self.begun += 1
                self._tell(Alarm(time, self._meter, key, value, crossed))
            self._lasting[key] = 0
        elif key in self._lasting:
            self._lasting[key] += 1
            if self._lasting[key] >= READINGS_BACK:
                del self._lasting[key]
                self._tell(Alarm(time, self._meter, key, value, None))

    def _tell(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)
        self._log(alarm)


def crossings(limits: Limits, reading: Reading | None) -> dict[str, bool]:
    """The signals of a reading that are beyond a limit now: True for above, False for below."""
    found = {}
    for limit in limits if reading is not None else ():
        value = reading.values[limit.key] if reading is not None else None
        if value is not None and value.valid and value.value is not None:
            bound = limit.crossed(value.value)
            if bound is not None:
                found[limit.key] = value.value > bound
    return found


def log_alarm(alarm: Alarm) -> None:
    """Write a line to the log of alarms, which ``diagnostics.start_alarm_log`` begins."""
    _log.info("%s", alarm.line)
