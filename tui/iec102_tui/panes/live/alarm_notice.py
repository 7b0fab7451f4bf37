"""Tells the user of alarms as they begin, whichever pane is on the screen."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App

from iec102_tui.meter_side.alarms import AlarmWatch
from iec102_tui.meter_side.session import Session
from iec102_tui.words import alarm_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

_MOST_AT_ONCE = 3


class AlarmNotice:
    """Each alarm is told once, by a notification and, where the user wants it, by the bell of the terminal."""

    def __init__(self, session: Session, *, bell: bool = False) -> None:
        self._session = session
        self.bell = bell
        self._told: WeakKeyDictionary[AlarmWatch, int] = WeakKeyDictionary()

    def tell(self, app: App[Any]) -> None:
        """Called with each news from a meter."""
        shown = self._session.alarm_watch
        told = shown is not None and self._tell(app, shown, "")
        for meter in self._session.others:
            if meter.alarm_watch is not None and meter.is_running:
                told |= self._tell(app, meter.alarm_watch, printable(meter.name))
        if told and self.bell:
            app.bell()

    def _tell(self, app: App[Any], watch: AlarmWatch, name: str) -> bool:
        """``name``: of a meter that is not shown. Gives whether there was something new."""
        new, self._told[watch] = watch.begun - self._told.get(watch, 0), watch.begun
        if not new:
            return False
        if new > _MOST_AT_ONCE:
            sentences = [_(alarm_text.MANY, count=new)]
        else:
            sentences = [alarm.words for alarm in list(watch.alarms) if alarm.limit is not None][-new:]
        for sentence in sentences:
            app.notify(
                _(alarm_text.OF_METER, name=name, alarm=sentence) if name else sentence,
                severity="warning",
                markup=False,
            )
        return True


def alarm_lines(session: Session) -> list[str]:
    """All alarms of this connection, the latest first; without limits, how a profile gives some."""
    watch = session.alarm_watch
    if watch is None:
        example = ("", "[profiles.north.limits]", '"vi.voltage_l1" = [207, 253]', '"power.active_total" = [-inf, 450]')
        return [_(alarm_text.NO_LIMITS), _(alarm_text.EXAMPLE), *example]
    return [alarm.line for alarm in reversed(list(watch.alarms))] or [_(alarm_text.NONE_YET)]
