"""A reading of what a meter knows: what it refuses is named, asked once, and never the end of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest
from iec102.asdu import MADRID, Cause, Identity
from iec102.errors import AnotherMeter
from iec102.meter.meter import Meter
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_side.meter_data_job import MeterDataJob
from iec102_tui.profiles.connection import demo
from support.dialogue import STATION, line_to
from support.knowing_meter import KnowingMeter
from support.raw_meter import time_tag
from support.scripted_meter import ScriptedLine
from support.virtual_time import run


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is in memory: a thread would only hold up the virtual time at the end."""

    async def at_once(work: Callable[..., object], *arguments: object) -> object:
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", at_once)


async def reading(meter: KnowingMeter, store: MeterDataStore, times: int = 1) -> MeterDataJob:
    """The last of some readings in one connection."""
    line = line_to(ScriptedLine(meter))
    job: MeterDataJob | None = None
    told: list[str] = []
    try:
        for _ in range(times):
            reader = None if job is None else job.reader
            job = MeterDataJob(demo(), store, reader, lambda key: told.append(str(key)))
            await job.run(Meter(line, STATION), lambda: None)
    finally:
        await line.close()
    assert job is not None
    assert len(told) == times
    return job


@pytest.mark.parametrize("cause", [13, 14, 15, 16, 17, 18])
def test_a_meter_that_refuses_everything_is_read_to_the_end(cause: int) -> None:
    store, meter = MeterDataStore(), KnowingMeter()
    meter.refuses = dict.fromkeys(range(100, 191), cause)
    del meter.refuses[183], meter.refuses[187], meter.refuses[103]
    job = run(reading(meter, store))
    assert job.ended
    assert job.error is None
    assert job.done == job.steps
    known = store.known(MeterKey(f"link {STATION.link_address}", STATION.point_address), MADRID)
    lacking = {lack.kind for lack in known.lacks}
    assert {"identity", "configuration", "point", "summer_time"} <= lacking
    assert "recorder" in lacking or "recorder-192" in lacking  # by 17 each object is refused alone
    assert [lack.document["cause"] for lack in known.lacks if lack.kind == "configuration"] == [cause]
    assert set(known.told) <= {"clock", "closings-1", "closings-2", "closings-3"}


def test_what_a_meter_lacks_is_asked_for_once_however_often_it_is_read() -> None:
    meter = KnowingMeter()
    run(reading(meter, MeterDataStore(), times=2))
    asked = meter.asked()
    assert {kind: asked[kind] for kind in (141, 144, 147, 133, 134, 102, 101)} == dict.fromkeys(
        (141, 144, 147, 133, 134, 102, 101), 1
    )
    assert asked[103] >= 2


def test_another_meter_is_read_once_it_is_begun_again() -> None:
    async def steps() -> list[str]:
        first, other, keys = KnowingMeter(), KnowingMeter(), list[str]()
        other.knows = {100: [(1, Identity(2002, 4, 66, 7).encode_body())]}
        scripted = ScriptedLine(first)
        line, store = line_to(scripted, reconnect=True), MeterDataStore()
        job = MeterDataJob(demo(), store, None, lambda key: keys.append(key.identity))
        await job.run(Meter(line, STATION), lambda: None)
        scripted.meters = (other,)
        scripted.cut()
        before = job.reader
        job = MeterDataJob(demo(), store, before, lambda key: keys.append(key.identity))
        with pytest.raises(AnotherMeter):
            await job.run(Meter(line, STATION), lambda: None)
        job = MeterDataJob(demo(), store, job.reader, lambda key: keys.append(key.identity))
        await job.run(Meter(line, STATION), lambda: None)
        assert job.ended
        await line.close()
        return keys

    assert run(steps()) == ["link 1", "device 66-7"]


def test_a_refused_record_of_events_is_not_taken_as_known() -> None:
    store, meter = MeterDataStore(), KnowingMeter()
    meter.refuses = {(102, 53): Cause.RECORD_NOT_AVAILABLE, (102, 52): 15}
    meter.refuses |= {(102, record): Cause.RECORD_NOT_AVAILABLE for record in (54, 55, *range(128, 134))}
    run(reading(meter, store))
    ranges = store.ranges(MeterKey(f"link {STATION.link_address}", STATION.point_address))
    assert set(ranges) == {53, 54, 55, *range(128, 134)}  # nothing is stored of those; 52 was refused


def test_a_closing_whose_answer_did_not_end_is_not_kept() -> None:
    store, meter = MeterDataStore(), KnowingMeter()
    totals = bytes((20,)) + 3 * bytes(9) + 2 * (bytes(4) + b"\x80") + bytes(15)
    tags = [time_tag(datetime(2026, month, 1), summer=month < 11) for month in (10, 11)]
    meter.knows[134, 134] = [(1, totals + b"".join(tags))]
    meter.ends = False
    key = MeterKey(f"link {STATION.link_address}", STATION.point_address)
    assert run(reading(meter, store)).is_unfinished
    assert store.known(key, MADRID).closings == {}
    meter.ends = True
    assert not run(reading(meter, store)).is_unfinished
    assert len(store.known(key, MADRID).closings[1]) == 1
