"""Asks a meter whether it keeps the summer time bit: its clock, its stored hours, its settings, in this order.

A clock in summer tells with one question, and a meter that keeps the bit with one more in winter. What is asked for
reads only, and a meter that refuses it is asked for the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from iec102.asdu.summer_time import Keeping, SummerTimeState, judge_hours, latest_changes
from iec102.errors import RegisterNotAvailable, RequestRefused, UnexpectedAnswer
from iec102.load_profile.intervals import Register
from iec102.load_profile.reader import LoadProfileReader, TotalsSource

# Hours on both sides of a change: enough for a meter that takes a bound for an hour earlier or later.
_AROUND = timedelta(hours=4)
_CHANNELS = 3


class TimedMeter(TotalsSource, Protocol):
    """What a meter does here."""

    @property
    def zone(self) -> tzinfo:
        """The zone of its clock."""

    async def note_clock(self) -> datetime:
        """Ask for the meter's time, which tells the meter's SummerTimeState; gives this machine's."""

    async def automatic_change(self) -> bool | None:
        """Whether the meter changes its clock by itself (156 object 193, else 185); None where it does not tell."""


async def settle(meter: TimedMeter, state: SummerTimeState) -> None:
    """Find out, unless it is known or was tried. Raises Iec102Error, but not where the meter does not tell."""
    if state.settled or state.asked:
        return
    now = await meter.note_clock()
    if state.found is None:
        state.found = await _by_hours(meter, now) or await _by_settings(meter)
    state.asked = True


async def _by_hours(meter: TimedMeter, now: datetime) -> Keeping | None:
    """The records around the latest two changes of clocks: an autumn may need the spring beside it."""
    reader = LoadProfileReader(meter, Register.HOURLY, zone=meter.zone, channels=_CHANNELS)
    standard: Keeping | None = None
    for change in latest_changes(now, meter.zone):
        if change + _AROUND > now:
            continue
        try:
            keeping = await _around(reader, change)
        except (RequestRefused, RegisterNotAvailable, UnexpectedAnswer):
            continue
        if keeping is Keeping.STANDARD and standard is None:
            standard = keeping
        elif keeping is not None:
            return keeping
    return standard


async def _around(reader: LoadProfileReader, change: datetime) -> Keeping | None:
    """What the records around a change tell; asked twice where a copy of a frame may look like a second hour."""
    found: set[Keeping | None] = set()
    for _time in range(2):
        totals = await reader.totals(change - _AROUND, change + _AROUND)
        found.add(judge_hours([record.time for record in totals.records], change, reader.zone))
        if not totals.repeated:
            break
    return found.pop() if len(found) == 1 else None


async def _by_settings(meter: TimedMeter) -> Keeping | None:
    """A clock that changes by itself is civil time, which is right by the zone whether or not SU is kept."""
    automatic = await meter.automatic_change()
    if automatic is None:
        return None
    return Keeping.IGNORED if automatic else Keeping.STANDARD
