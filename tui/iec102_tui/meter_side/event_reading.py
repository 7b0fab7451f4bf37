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
    known = await _known(store, key, record, now)
    start = _start(known, now, thorough=thorough)
    return await _read(reader, store, key, record, start, now, anew=known is None)


async def read_record_of(
    reader: InformationReader, store: MeterDataStore, key: MeterKey, record: int, start: datetime, end: datetime
) -> MeterEvents | None:
    """The events of one record of a time, and of what lies between it and what is known; None where all is known.

    Raises Iec102Error.
    """
    now = reader.meter.line.clock.wall()
    known = await _known(store, key, record, now)
    if known is not None:
        if known[0] <= start and end <= known[1]:
            return None
        if start < known[0] <= start + ALL:
            end = max(end, known[0] + _OVERLAP)
        elif known[1] < end and start - ALL <= known[1]:
            start = min(start, known[1] - _OVERLAP)
    return await _read(reader, store, key, record, start, min(end, now), anew=known is None)


async def _known(store: MeterDataStore, key: MeterKey, record: int, now: datetime) -> tuple[datetime, datetime] | None:
    """Of which time all events are there. What is known of the future was noted by a clock that was ahead: of none."""
    found = (await asyncio.to_thread(store.ranges, key)).get(record)
    return None if found is None or found[1] > now + _OVERLAP else found


async def _read(
    reader: InformationReader,
    store: MeterDataStore,
    key: MeterKey,
    record: int,
    start: datetime,
    end: datetime,
    *,
    anew: bool,
) -> MeterEvents:
    found = await reader.read_events([record], start=start, end=end)
    store.keep_events(key, found.events)
    if not found.is_unfinished and all(absence.is_empty for absence in found.absences):
        store.note_range(key, record, start, end, anew=anew)
    return found


def _start(known: tuple[datetime, datetime] | None, now: datetime, *, thorough: bool) -> datetime:
    usual = now - (ALL if thorough else AT_FIRST)
    if known is None or (thorough and known[0] > usual + _OVERLAP):
        return usual
    return min(known[1] - _OVERLAP, now)
