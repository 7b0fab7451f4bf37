"""The events of a time are read together with what lies between it and what is known, so that one range stays whole."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from iec102.asdu import MADRID
from iec102.meter.absence import Absence
from iec102.meter.events import MeterEvents
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_side.event_reading import read_record, read_record_of

METER = MeterKey("device 5-50112873", 1)
NOW = datetime(2026, 11, 28, 12, tzinfo=MADRID)
DAY = timedelta(days=1)


class Reader:
    """A meter without events, and the times that it was asked for."""

    def __init__(self, answer: MeterEvents) -> None:
        self.meter = SimpleNamespace(line=SimpleNamespace(clock=SimpleNamespace(wall=lambda: NOW)))
        self.asked: list[tuple[datetime, datetime]] = []
        self._answer = answer

    async def read_events(self, _records: list[int], *, start: datetime, end: datetime) -> MeterEvents:
        self.asked.append((start, end))
        return self._answer


def days(first: float, last: float) -> tuple[datetime, datetime]:
    """So many days ago."""
    return NOW - first * DAY, NOW - last * DAY


def read(known: tuple[datetime, datetime] | None, wanted: tuple[datetime, datetime], **answer: Any) -> tuple[Any, Any]:
    """What was asked for, and what is known then."""
    store, reader = MeterDataStore(None), Reader(MeterEvents(**answer))
    if known is not None:
        store.note_range(METER, 52, *known)
    asyncio.run(read_record_of(reader, store, METER, 52, *wanted))  # type: ignore[arg-type]
    return reader.asked, store.ranges(METER).get(52)


@pytest.mark.parametrize(
    ("known", "wanted", "asked", "then"),
    [
        (None, days(60, 30), days(60, 30), days(60, 30)),
        (days(90, 10), days(60, 30), None, days(90, 10)),
        (days(20, 10), days(60, 30), days(60, 19), days(60, 10)),  # the hole between is read too
        (days(40, 10), days(60, 30), days(60, 30), days(60, 10)),
        (days(90, 60), days(50, 20), days(61, 20), days(90, 20)),
        (days(90, 40), days(60, 30), days(60, 30), days(90, 30)),
        (days(900, 800), days(50, 20), days(50, 20), days(50, 20)),  # a hole of years is none to read
        (days(20, 10), days(900, 870), days(900, 870), days(20, 10)),
        (days(60, 30), days(10, -3), days(31, 0), days(60, 0)),  # never beyond now
        (days(60, -900), days(10, 0), days(10, 0), days(10, 0)),  # noted by a clock that was ahead
    ],
)
def test_one_range_stays_whole(known: Any, wanted: Any, asked: Any, then: Any) -> None:
    assert read(known, wanted) == ([] if asked is None else [asked], then)


@pytest.mark.parametrize("answer", [{"absences": (Absence(102, 52, 14, "refused"),)}, {"is_unfinished": True}])
def test_what_was_refused_or_did_not_end_is_not_known(answer: dict[str, Any]) -> None:
    assert read(None, days(60, 30), **answer) == ([days(60, 30)], None)


def test_what_was_noted_by_a_clock_that_was_ahead_is_read_again() -> None:
    """Else no event would be read until then."""
    store, reader = MeterDataStore(None), Reader(MeterEvents())
    reader.meter.zone = MADRID
    store.note_range(METER, 52, *days(60, -900))
    for _ in range(2):
        asyncio.run(read_record(reader, store, METER, 52))  # type: ignore[arg-type]
    assert reader.asked == [days(30, 0), days(1, 0)]
    assert store.ranges(METER)[52] == days(30, 0)
