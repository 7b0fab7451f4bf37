"""Meters that do not keep the summer time bit, and meters on standard time: the right rows, or a sentence.

The meters are raw bytes and know nothing of the library.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from iec102.asdu import MADRID
from iec102.asdu.summer_time import Keeping, SummerTime
from iec102.clock import Clock
from iec102.line import Line
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from support.dialogue import STATION
from support.raw_clock_memory import RawClockMemory, value_of
from support.raw_line import RawLine
from support.raw_meter import RawMeter
from support.virtual_time import run

JULY, NOVEMBER = datetime(2026, 7, 20, 10, 30, tzinfo=MADRID), datetime(2026, 11, 22, 10, 30, tzinfo=MADRID)
SUMMER_DAY = datetime(2026, 7, 6, tzinfo=MADRID), datetime(2026, 7, 7, tzinfo=MADRID)
DAY_OF_25 = datetime(2025, 10, 26, tzinfo=MADRID), datetime(2025, 10, 27, tzinfo=MADRID)
DAY_OF_23 = datetime(2026, 3, 29, tzinfo=MADRID), datetime(2026, 3, 30, tzinfo=MADRID)
WINTER_DAY = datetime(2026, 2, 1, tzinfo=MADRID), datetime(2026, 2, 2, tzinfo=MADRID)
SINCE = datetime(2025, 9, 1, tzinfo=MADRID)
KINDS = {"kept": Keeping.KEPT, "bare": Keeping.IGNORED, "standard": Keeping.STANDARD}


class Dialogue:
    """A meter of a kind whose clock and this machine's stand at ``now``."""

    def __init__(
        self,
        kind: str,
        now: datetime,
        since: datetime = SINCE,
        *,
        summer_time: SummerTime = SummerTime.AUTO,
        **options: Any,
    ) -> None:
        self.raw = RawMeter(RawClockMemory(kind, lambda: now, since, **options))
        clock = Clock(boottime=lambda: asyncio.get_running_loop().time(), wall=lambda: now.astimezone(UTC))
        self.line = Line(RawLine(self.raw), LineSettings(), clock=clock)
        self.meter = Meter(self.line, STATION, summer_time=summer_time)

    async def download(self, start: datetime, end: datetime) -> tuple[list[LoadRecord], Download]:
        store = MemoryStore()
        download = Download(self.meter, store, Register.HOURLY, start, end)
        await download.run()
        return store.records(), download


def right(start: datetime, end: datetime, value: Callable[[datetime], int] = value_of) -> list[tuple[datetime, int]]:
    return [(when, value(when)) for when in expected_ends(Register.HOURLY, start, end, MADRID)]


def rows(records: list[LoadRecord]) -> list[tuple[datetime, int]]:
    return [(record.end, record.totals[0].value) for record in records]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("now", [JULY, NOVEMBER], ids=["read in summer", "read in winter"])
@pytest.mark.parametrize(
    ("days", "hours"),
    [(SUMMER_DAY, 24), (DAY_OF_25, 25), (DAY_OF_23, 23), (WINTER_DAY, 24)],
    ids=["summer", "autumn", "spring", "winter"],
)
@pytest.mark.parametrize("late_label", [False, True])
def test_every_kind_of_meter_gives_the_right_rows(
    kind: str, now: datetime, days: tuple[datetime, datetime], hours: int, late_label: bool
) -> None:
    async def dialogue() -> None:
        meter = Dialogue(kind, now, late_label=late_label)
        records, download = await meter.download(*days)
        assert len(records) == hours
        assert rows(records) == right(*days)
        assert not download.gaps
        if days is not WINTER_DAY:
            assert meter.meter.summer_time.found is KINDS[kind]
            remark = meter.meter.summer_time.remark
            assert (remark is None) == (kind == "kept")

    run(dialogue())


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_year_in_one_download(kind: str) -> None:
    async def dialogue() -> None:
        bounds = datetime(2025, 10, 1, tzinfo=MADRID), datetime(2026, 11, 1, tzinfo=MADRID)
        records, download = await Dialogue(kind, NOVEMBER).download(*bounds)
        assert rows(records) == right(*bounds)
        assert not download.gaps

    run(dialogue())


def test_the_two_hours_of_autumn_may_have_the_same_value() -> None:
    async def dialogue() -> None:
        records, download = await Dialogue("bare", NOVEMBER, value=lambda _when: 0).download(*DAY_OF_25)
        assert rows(records) == right(*DAY_OF_25, lambda _when: 0)
        assert not download.gaps

    run(dialogue())


def test_the_library_gives_the_right_rows_too() -> None:
    async def dialogue() -> None:
        meter = Dialogue("bare", NOVEMBER).meter
        records = [record async for record in meter.read_load_profile(*DAY_OF_25)]
        assert rows(records) == right(*DAY_OF_25)

    run(dialogue())


@pytest.mark.parametrize(
    ("kind", "now", "asked"),
    [
        ("kept", JULY, [103]),
        ("bare", JULY, [103]),
        ("standard", JULY, [103]),
        ("kept", NOVEMBER, [103, 123]),
        ("bare", NOVEMBER, [103, 123]),
        ("standard", NOVEMBER, [103, 123, 123]),  # an autumn may need the spring beside it
    ],
)
def test_it_costs_one_question_in_summer_and_one_or_two_more_in_winter(
    kind: str, now: datetime, asked: list[int]
) -> None:
    async def dialogue() -> None:
        meter = Dialogue(kind, now)
        for _time in range(2):
            await meter.meter.settle_summer_time(*SUMMER_DAY)
            # Without logins, and what tells the way to read.
            assert [type_ for type_ in meter.raw.types if type_ not in (183, 190)] == asked

    run(dialogue())


def test_records_of_winter_need_no_question() -> None:
    async def dialogue() -> None:
        meter = Dialogue("bare", NOVEMBER)
        records, _ = await meter.download(*WINTER_DAY)
        assert rows(records) == right(*WINTER_DAY)
        assert 103 not in meter.raw.types

    run(dialogue())


def test_what_nothing_tells_is_converted_by_the_bit_and_said() -> None:
    async def dialogue() -> None:
        since = datetime(2026, 4, 10, tzinfo=MADRID)  # behind the change of spring
        now = datetime(2026, 7, 20, 10, 30, tzinfo=MADRID)
        meter = Dialogue("bare", now, since, clock_wrong_by=timedelta(days=-1))
        records, _ = await meter.download(*SUMMER_DAY)
        found = dict(rows(records))
        assert all(found[when] == value_of(when - timedelta(hours=1)) for when in found)
        state = meter.meter.summer_time
        assert state.found is None
        assert state.remark is not None
        assert "summer time not settled" in state.remark
        assert "--summer-time" in state.remark
        asked = list(meter.raw.types)
        await meter.download(*SUMMER_DAY)
        assert 103 not in meter.raw.types[len(asked) :]  # not asked again in vain

    run(dialogue())


@pytest.mark.parametrize(("automatic", "found"), [(1, Keeping.STANDARD), (2, Keeping.IGNORED)])
def test_without_clock_and_hours_the_settings_tell(automatic: int, found: Keeping) -> None:
    async def dialogue() -> None:
        since = datetime(2026, 11, 1, tzinfo=MADRID)
        meter = Dialogue("bare", NOVEMBER, since, automatic=automatic, refused=(103, 185, 189, 190))
        await meter.meter.settle_summer_time(*SUMMER_DAY)
        assert meter.meter.summer_time.found is found

    run(dialogue())


@pytest.mark.parametrize("mode", [SummerTime.BIT, SummerTime.ZONE])
def test_a_mode_that_is_set_asks_nothing_and_is_kept(mode: SummerTime) -> None:
    async def dialogue() -> None:
        meter = Dialogue("bare", JULY, summer_time=mode)
        records, _ = await meter.download(*SUMMER_DAY)
        assert (rows(records) == right(*SUMMER_DAY)) == (mode is SummerTime.ZONE)
        assert 103 not in meter.raw.types
        assert meter.meter.summer_time.remark is not None

    run(dialogue())


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("now", [JULY, NOVEMBER], ids=["summer", "winter"])
def test_clock_and_values_tell_the_right_time_at_once(kind: str, now: datetime) -> None:
    async def dialogue() -> None:
        meter = Dialogue(kind, now, clock_wrong_by=timedelta(seconds=40)).meter
        assert (await meter.read_instantaneous()).meter_time == now
        assert 39 < (await meter.read_clock()).difference < 41

    run(dialogue())


def test_in_the_hour_that_comes_twice_the_clock_is_the_one_that_is_near() -> None:
    async def dialogue() -> None:
        for now in (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
            meter = Dialogue("bare", now, summer_time=SummerTime.ZONE).meter
            assert abs((await meter.read_clock()).difference) < 1
            shown = (await meter.read_instantaneous()).meter_time
            assert shown is not None
            assert shown.astimezone(UTC) == now

    run(dialogue())


def test_the_clock_difference_over_a_change_of_clocks_is_that_of_the_instants() -> None:
    async def dialogue() -> None:
        for change in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)):
            meter = Dialogue("kept", change - timedelta(seconds=10), clock_wrong_by=timedelta(seconds=20)).meter
            assert 19 < (await meter.read_clock()).difference < 21

    run(dialogue())


def test_a_store_of_one_mode_never_gets_records_of_the_other() -> None:
    class ByBit(MemoryStore):
        summer_time = SummerTime.BIT

    async def dialogue() -> None:
        meter, store = Dialogue("bare", JULY), ByBit()
        await Download(meter.meter, store, Register.HOURLY, *SUMMER_DAY).run()
        assert all(value == value_of(end - timedelta(hours=1)) for end, value in rows(store.records()))
        assert meter.meter.summer_time.remark is not None

    run(dialogue())
