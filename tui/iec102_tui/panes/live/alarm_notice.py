"""Tells the user of alarms as they begin, whichever pane is on the screen."""

from __future__ import annotations

from typing import Any

from textual.app import App

from iec102_tui.meter_side.alarms import AlarmWatch
from iec102_tui.meter_side.session import Session
from iec102_tui.words import alarm_text
from iec102_tui.words.text import _

_MOST_AT_ONCE = 3


class AlarmNotice:
    """Each alarm is told once, by a notification and, where the user wants it, by the bell of the terminal."""

    def __init__(self, session: Session, *, bell: bool = False) -> None:
        self._session = session
        self.bell = bell
        self._watch: AlarmWatch | None = None
        self._told = 0

    def tell(self, app: App[Any]) -> None:
        """Called with each news from the meter."""
        watch = self._session.alarm_watch
        if watch is not self._watch:
            self._watch, self._told = watch, 0
        if watch is None or watch.begun == self._told:
            return
        new, self._told = watch.begun - self._told, watch.begun
        if new > _MOST_AT_ONCE:
            sentences = [_(alarm_text.MANY, count=new)]
        else:
            sentences = [alarm.words for alarm in list(watch.alarms) if alarm.limit is not None][-new:]
        for sentence in sentences:
            app.notify(sentence, severity="warning", markup=False)
        if self.bell:
            app.bell()


def alarm_lines(session: Session) -> list[str]:
    """All alarms of this connection, the latest first; without limits, how a profile gives some."""
    watch = session.alarm_watch
    if watch is None:
        example = ("", "[profiles.north.limits]", '"vi.voltage_l1" = [207, 253]', '"power.active_total" = [-inf, 450]')
        return [_(alarm_text.NO_LIMITS), _(alarm_text.EXAMPLE), *example]
    return [alarm.line for alarm in reversed(list(watch.alarms))] or [_(alarm_text.NONE_YET)]
