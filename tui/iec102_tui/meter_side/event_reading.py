"""Events of a meter into where they are kept, each record from where it is known on: for the pane and the command."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from iec102.meter.events import MeterEvents
from iec102.meter.information import InformationReader
from iec102.meter.inquiry import NOT_GIVEN
from iec102.meter.meter import Meter

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey
    from iec102_tui.archive.meter_data_store import MeterDataStore

AT_FIRST, ALL = timedelta(days=30), timedelta(days=366)
_OVERLAP = timedelta(days=1)
"""A day that is known is asked for again: the meter's clock may have been behind."""


async def settle_tags(meter: Meter) -> None:
    """Finds out how time tags are converted; a meter that does not tell it is read by its summer time bit."""
    now = meter.line.clock.wall()
    try:
        await meter.settle_summer_time(now - ALL, now)
    except NOT_GIVEN:
        return


async def read_record(
    reader: InformationReader, store: MeterDataStore, key: MeterKey, record: int, *, thorough: bool = False
) -> MeterEvents:
    """The events of one record that are not known yet, which are kept; ``thorough``: a year, if that is not known.

    Raises Iec102Error.
    """
    now = reader.meter.line.clock.wall().astimezone(reader.meter.zone)
    known = (await asyncio.to_thread(store.ranges, key)).get(record)
    start = _start(known, now, thorough=thorough)
    found = await reader.read_events([record], start=start, end=now)
    store.keep_events(key, found.events)
    if not found.is_unfinished and all(absence.is_empty for absence in found.absences):
        store.note_range(key, record, start, now)
    return found


def _start(known: tuple[datetime, datetime] | None, now: datetime, *, thorough: bool) -> datetime:
    usual = now - (ALL if thorough else AT_FIRST)
    if known is None or (thorough and known[0] > usual + _OVERLAP):
        return usual
    return min(known[1] - _OVERLAP, now)
