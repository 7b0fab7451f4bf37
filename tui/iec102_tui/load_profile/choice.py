"""Which load profile the user looks at: register, values and range."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from iec102.load_profile.intervals import Register

from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.periods import PERIODS, period
from iec102_tui.words.text import N_, _

EVERYTHING = "everything"
CHOICES = {
    **PERIODS,
    **{f"last-{days}-days": N_("last {count} days", count=days) for days in (30, 90, 365)},
    EVERYTHING: N_("everything that the meter has"),
}
"""The ranges that can be picked, with their words. How far EVERYTHING goes back is for the meter to say."""

_REGISTERS = tuple(Register)
_NO_TIME = timedelta(minutes=1)


class LoadProfileChoice:
    """A period moves on with the time; dates stay."""

    def __init__(self) -> None:
        self._register = Register.HOURLY
        self._incremental = True
        self._period = "this-month"
        self._range: tuple[datetime, datetime] | None = None

    def next_register(self) -> None:
        """Hourly, quarter-hourly, daily, and again."""
        self._register = _REGISTERS[(_REGISTERS.index(self._register) + 1) % len(_REGISTERS)]

    def other_values(self) -> None:
        """Incremental or absolute values."""
        self._incremental = not self._incremental

    @property
    def number(self) -> int | None:
        """Which of CHOICES it is; None for a range of dates."""
        return None if self._range else list(CHOICES).index(self._period)

    def take_period(self, name: str) -> None:
        """One of CHOICES but EVERYTHING."""
        self._range, self._period = None, name

    def take_range(self, start: datetime, end: datetime) -> None:
        """Two instants."""
        self._range = start, end

    def wanted(self, now: datetime, zone: tzinfo) -> Wanted:
        """What that is at a moment."""
        now = now.replace(second=0, microsecond=0)
        start, end = self._range or period(self._period, now, zone)
        words = "" if self._range else _(CHOICES[self._period])
        # A month that has just begun has no interval yet.
        return Wanted(start, max(end, start + _NO_TIME), words, self._register, self._incremental)

    def everything(self, now: datetime, zone: tzinfo) -> Wanted:
        """Up to a moment; the start is not known yet."""
        now = now.replace(second=0, microsecond=0)
        return self.wanted(now, zone).over(now - _NO_TIME, now, _(CHOICES[EVERYTHING]))
