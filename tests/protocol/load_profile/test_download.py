"""Load profiles against the simulated meter, in virtual time: complete, fast, resumed, with their gaps named."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import iec102
import pytest
from iec102.asdu import MADRID, Asdu, Cause, IntegratedTotals, TimeTagA, Total
from iec102.errors import (
    Iec102Error,
    InvalidSetting,
    KeyNotAnswered,
    LineError,
    LinkError,
    RegisterNotAvailable,
    TypeNotAvailable,
)
from iec102.line import Line
from iec102.load_profile.download import SHARED_SECONDS, Download, MemoryStore, Progress
from iec102.load_profile.intervals import LONGEST_PIECE, Register, expected_ends
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.open import open_line
from iec102.settings import LineSettings
from support.dialogue import STATION, line_to
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

FROZEN = "simulated:?clock=2026-11-22T10:00:00%2B01:00"
HOUR = timedelta(hours=1)
NOVEMBER = datetime(2026, 11, 1, tzinfo=MADRID), datetime(2026, 11, 8, tzinfo=MADRID)
SUMMER_ENDS = datetime(2026, 10, 25, tzinfo=MADRID), datetime(2026, 10, 26, tzinfo=MADRID)
SUMMER_BEGINS = datetime(2026, 3, 29, tzinfo=MADRID), datetime(2026, 3, 30, tzinfo=MADRID)
BOUNDS = ["", "start-bound-excluded", "end-bound-excluded", "su-ignored", "late-change-label"]
ALL_BOUNDS = "&quirk=start-bound-excluded&quirk=end-bound-excluded&quirk=su-ignored&quirk=late-change-label"


def with_quirk(name: str) -> str:
    return f"{FROZEN}&quirk={name}" if name else FROZEN


async def downloaded(
    target: str,
    start: datetime,
    end: datetime,
    register: Register = Register.HOURLY,
    *,
    incremental: bool = True,
    shared: bool = False,
    store: MemoryStore | None = None,
) -> tuple[list[LoadRecord], Download]:
    store = store or MemoryStore()
    async with iec102.connect(target, password=1) as meter:
        download = Download(meter, store, register, start, end, incremental, shared=shared)
        await download.run()
    return store.records(), download


@pytest.mark.parametrize("quirk", BOUNDS)
@pytest.mark.parametrize("days", [NOVEMBER, SUMMER_BEGINS, SUMMER_ENDS], ids=["week", "spring", "autumn"])
@pytest.mark.parametrize("register", list(Register))
def test_however_a_meter_treats_bounds_the_records_are_the_same(
    quirk: str, days: tuple[datetime, datetime], register: Register
) -> None:
    async def dialogue() -> None:
        plain, _ = await downloaded(FROZEN, *days, register)
        records, download = await downloaded(with_quirk(quirk), *days, register)
        assert [record.end for record in records] == expected_ends(register, *days)
        assert records == plain
        assert not download.gaps

    run(dialogue())


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("register", [Register.HOURLY, Register.QUARTER_HOURLY])
def test_all_bad_habits_together_in_pieces_of_any_size_change_nothing(register: Register, shared: bool) -> None:
    async def dialogue() -> None:
        days = datetime(2026, 10, 24, tzinfo=MADRID), datetime(2026, 10, 27, tzinfo=MADRID)
        plain, _ = await downloaded(FROZEN, *days, register)
        records, download = await downloaded(FROZEN + ALL_BOUNDS + "&quirk=no-blocks", *days, register, shared=shared)
        assert records == plain
        assert not download.gaps
        assert len({record.end for record in records}) == len(records)

    run(dialogue())


@pytest.mark.parametrize(("days", "hours"), [(SUMMER_BEGINS, 23), (SUMMER_ENDS, 25)])
def test_the_days_of_the_clock_changes_have_as_many_records_as_hours(
    days: tuple[datetime, datetime], hours: int
) -> None:
    async def dialogue() -> None:
        assert len((await downloaded(FROZEN, *days))[0]) == hours
        assert len((await downloaded(FROZEN, *days, Register.QUARTER_HOURLY))[0]) == 4 * hours
        assert len((await downloaded(FROZEN, *days, Register.DAILY))[0]) == 1

    run(dialogue())


def test_hours_add_up_to_quarters_and_to_days() -> None:
    async def dialogue() -> None:
        sums = {}
        for register in Register:
            records, _ = await downloaded(FROZEN, *NOVEMBER, register)
            sums[register] = [sum(record.totals[index].value for record in records) for index in range(8)]
        assert sums[Register.HOURLY] == sums[Register.QUARTER_HOURLY] == sums[Register.DAILY]
        assert sums[Register.HOURLY][0] > 0

    run(dialogue())


@pytest.mark.parametrize(
    ("quirk", "incremental", "way"),
    [
        ("", True, ReadMethod.BLOCKS_8),
        ("", False, ReadMethod.BLOCKS_8),
        ("no-blocks", True, ReadMethod.RANGES_8),
        ("no-122", False, ReadMethod.BLOCKS_8),
    ],
)
def test_the_fastest_way_that_the_meter_offers_is_found(quirk: str, incremental: bool, way: ReadMethod) -> None:
    async def dialogue() -> None:
        plain, _ = await downloaded(FROZEN, *NOVEMBER, incremental=incremental)
        records, download = await downloaded(with_quirk(quirk), *NOVEMBER, incremental=incremental)
        assert download.progress.way is way
        assert records == plain

    run(dialogue())


def test_a_meter_that_offers_no_way_says_so() -> None:
    async def dialogue() -> None:
        with pytest.raises(TypeNotAvailable):
            await downloaded(with_quirk("no-blocks") + "&quirk=no-122", *NOVEMBER, incremental=False)

    run(dialogue())


def test_a_meter_without_quarter_hours_says_so_in_words() -> None:
    async def dialogue() -> None:
        with pytest.raises(RegisterNotAvailable, match="no quarter-hourly values"):
            await downloaded(with_quirk("no-quarter-hours"), *NOVEMBER, Register.QUARTER_HOURLY)

    run(dialogue())


def test_what_the_meter_has_not_stored_is_a_gap_with_its_reason() -> None:
    async def dialogue() -> None:
        start, end = datetime(2026, 11, 22, 8, tzinfo=MADRID), datetime(2026, 11, 22, 13, tzinfo=MADRID)
        records, download = await downloaded(FROZEN, start, end)
        assert [record.end for record in records] == [start + HOUR, start + 2 * HOUR]
        assert [gap.end for gap in download.gaps] == [start + count * HOUR for count in (3, 4, 5)]
        assert {gap.reason for gap in download.gaps} == {"the meter left it out of its answer"}
        assert download.progress.left == 0

        records, download = await downloaded(FROZEN, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC))
        assert not records
        assert len(download.gaps) == 24
        assert {gap.reason for gap in download.gaps} == {"the meter refused it (cause 18)"}

    run(dialogue())


def test_the_library_gives_the_records_one_by_one() -> None:
    async def dialogue() -> None:
        days = datetime(2026, 10, 20, tzinfo=MADRID), datetime(2026, 11, 5, tzinfo=MADRID)
        plain, _ = await downloaded(FROZEN, *days)
        async with iec102.connect(FROZEN, password=1) as meter:
            records = [record async for record in meter.read_load_profile(*days)]
            assert records == plain
            with pytest.raises(InvalidSetting, match="after its start"):
                await anext(meter.read_load_profile(days[1], days[0]))
            with pytest.raises(InvalidSetting, match="time zone"):
                await anext(meter.read_load_profile(datetime(2026, 1, 1), datetime(2026, 1, 2)))

    run(dialogue())


# Faults and resuming


class CountingStore(MemoryStore):
    """Notices what is put twice."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[datetime] = []

    def put(self, records: Sequence[LoadRecord]) -> None:
        self.ends.extend(record.end for record in records)
        super().put(records)


@pytest.mark.parametrize("seed", range(5))
def test_a_download_through_faults_equals_an_undisturbed_one(seed: int) -> None:
    async def dialogue() -> None:
        plain, _ = await downloaded(FROZEN, *NOVEMBER)
        store = CountingStore()
        faults = "&fault=drop=0.03&fault=corrupt=0.03&fault=noise=0.03&fault=disconnect=0.02"
        line = open_line(f"{FROZEN}{faults}", LineSettings(timeout=200 + seed, retries=0))
        failures = 0
        download = Download(Meter(line, STATION), store, Register.HOURLY, *NOVEMBER, shared=True)
        while True:
            try:
                await download.run()
                break
            except (LineError, LinkError):
                failures += 1
            except KeyNotAnswered:  # before the first login
                line.forget_refusal(STATION)
        await line.close()
        assert failures > 0
        assert [record._replace() for record in store.records()] == plain
        assert len(set(store.ends)) == len(store.ends)
        assert not download.gaps

    run(dialogue())


def test_a_new_download_asks_only_for_what_the_store_does_not_have() -> None:
    async def dialogue() -> None:
        store = CountingStore()
        day = timedelta(days=1)
        start, end = NOVEMBER
        await downloaded(FROZEN, start + 2 * day, start + 3 * day, store=store)
        records, download = await downloaded(FROZEN, start, end, store=store)
        assert len(records) == 7 * 24
        assert len(store.ends) == len(set(store.ends))
        assert (download.progress.records, download.progress.fetched) == (168, 144)
        async with iec102.connect("tcp://127.0.0.1:1", password=1) as nobody:
            assert (await Download(nobody, store, Register.HOURLY, start, end).run()).left == 0

    run(dialogue())


def test_failures_are_waited_out_once_the_meter_has_answered() -> None:
    async def dialogue() -> None:
        told: list[Progress] = []
        meter = f"{FROZEN}&quirk=start-bound-excluded&fault=drop=0.03"
        line = open_line(meter, LineSettings(timeout=200, retries=0))
        store = MemoryStore()
        download = Download(
            Meter(line, STATION),
            store,
            Register.HOURLY,
            *NOVEMBER,
            shared=True,
            patience=None,
            on_progress=told.append,
        )
        await download.run()
        await line.close()
        assert any(progress.problem for progress in told)
        assert told[-1].problem is None
        assert len(store.records()) == 168
        async with iec102.connect("tcp://127.0.0.1:1", password=1) as nobody:
            with pytest.raises(LineError):
                await Download(nobody, MemoryStore(), Register.HOURLY, *NOVEMBER, patience=3).run()

    run(dialogue())


# A meter with its own ideas


class Curve(ScriptedMeter):
    """Answers ranges with what ``records`` makes of the asked bounds; blocks are refused."""

    def __init__(self, records: Callable[[list[IntegratedTotals]], list[IntegratedTotals]] = lambda all_: all_) -> None:
        super().__init__()
        self.records = records
        self.refusal: int | None = None
        self.objects = 8

    def answer(self, request: Asdu) -> list[Asdu]:
        content = request.content
        if request.type in (189, 190):
            return [echo(request, Cause.TYPE_NOT_AVAILABLE)]
        if request.type != 123:
            return super().answer(request)
        if self.refusal is not None:
            return [echo(request, self.refusal)]
        assert isinstance(content, iec102.asdu.RangeRequest)
        if content.last > self.objects:
            return [echo(request, Cause.OBJECT_NOT_AVAILABLE)]
        start, end = content.start.utc(), content.end.utc()
        assert start is not None
        assert end is not None
        stored = [
            IntegratedTotals(
                tuple(Total(number, 100 + number) for number in range(1, content.last + 1)), TimeTagA.of(at)
            )
            for at in expected_ends(Register.HOURLY, start, end)
        ]
        data = [Asdu(11, Cause.REQUEST, 1, request.record, item) for item in self.records(stored)]
        return [echo(request, Cause.CONFIRMATION), *data, echo(request, Cause.TERMINATION)]


async def from_curve(meter: Curve, days: tuple[datetime, datetime] = NOVEMBER) -> tuple[list[LoadRecord], Download]:
    line = line_to(ScriptedLine(meter))
    store = MemoryStore()
    download = Download(Meter(line, STATION), store, Register.HOURLY, *days)
    try:
        await download.run()
    finally:
        await line.close()
    return store.records(), download


def test_doubled_disordered_and_foreign_records_are_sorted_out_and_counted() -> None:
    def muddled(all_: list[IntegratedTotals]) -> list[IntegratedTotals]:
        odd = IntegratedTotals(all_[3].totals, TimeTagA.of(NOVEMBER[0] + timedelta(minutes=200)))
        return [*all_[:5], all_[2], all_[6], all_[5], odd, IntegratedTotals(all_[0].totals, TimeTagA(0)), *all_[7:]]

    async def dialogue() -> None:
        records, download = await from_curve(Curve(muddled))
        assert [record.end for record in records] == expected_ends(Register.HOURLY, *NOVEMBER)
        progress = download.progress
        assert (progress.doubled, progress.disordered, progress.foreign) == (1, 1, 2)

    run(dialogue())


def test_a_hole_in_the_answer_is_a_gap() -> None:
    holes = [NOVEMBER[0] + 10 * HOUR, NOVEMBER[0] + 11 * HOUR]

    async def dialogue() -> None:
        meter = Curve(lambda all_: [record for record in all_ if record.time.utc() not in holes])
        records, download = await from_curve(meter)
        assert len(records) == 166
        assert [gap.end for gap in download.gaps] == holes

    run(dialogue())


def test_what_an_answer_leaves_out_once_is_asked_for_again_and_no_gap() -> None:
    async def dialogue() -> None:
        asked = []

        def leaves_out_once(all_: list[IntegratedTotals]) -> list[IntegratedTotals]:
            asked.append(len(all_))
            return all_ if len(asked) > 1 else all_[:10] + all_[12:30] + all_[40:]

        records, download = await from_curve(Curve(leaves_out_once))
        assert [record.end for record in records] == expected_ends(Register.HOURLY, *NOVEMBER)
        assert not download.gaps
        assert len(asked) == 2

    run(dialogue())


def test_a_meter_with_one_channel_only_is_asked_for_that() -> None:
    async def dialogue() -> None:
        meter = Curve()
        meter.objects = 1
        records, download = await from_curve(meter)
        assert download.progress.way is ReadMethod.RANGES_1
        assert len(records) == 168
        assert {tuple(total.address for total in record.totals) for record in records} == {(1,)}
        assert records[0].total(1) == Total(1, 101)
        assert records[0].total(2) is None

    run(dialogue())


@pytest.mark.parametrize(("cause", "words"), [(13, "cause 13"), (18, "cause 18")])
def test_the_reason_of_a_gap_is_the_one_that_the_meter_gave(cause: int, words: str) -> None:
    async def dialogue() -> None:
        meter = Curve()
        meter.refusal = cause
        records, download = await from_curve(meter)
        assert not records
        assert all(words in gap.reason for gap in download.gaps)
        assert len(download.gaps) == 168

    run(dialogue())


@pytest.mark.parametrize("cause", [15, 19])
def test_other_refusals_end_the_download(cause: int) -> None:
    async def dialogue() -> None:
        meter = Curve()
        meter.refusal = cause
        with pytest.raises(Iec102Error, match=str(cause)):
            await from_curve(meter)

    run(dialogue())


def test_a_bound_in_the_future_that_is_refused_is_asked_again_to_the_letter() -> None:
    class Strict(Curve):
        def answer(self, request: Asdu) -> list[Asdu]:
            content = request.content
            if isinstance(content, iec102.asdu.RangeRequest):
                end = content.end.utc()
                self.refusal = 18 if end is not None and end > NOVEMBER[1] else None
            return super().answer(request)

    async def dialogue() -> None:
        records, download = await from_curve(Strict())
        assert len(records) == 168
        assert not download.gaps

    run(dialogue())


# Sharing the line


async def longest_exchange(target: str, *, live: bool) -> tuple[float, int, int]:
    """A download beside live readings: the longest time between two of them, how many, and how many records came."""
    line: Line = open_line(target, LineSettings())
    store = MemoryStore()
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def read() -> None:
        meter = Meter(line, STATION, who="live")
        while True:
            await meter.read_instantaneous()
            times.append(loop.time())
            await asyncio.sleep(0.5)

    task = asyncio.create_task(read()) if live else None
    await Download(Meter(line, STATION, who="load profile"), store, Register.HOURLY, *NOVEMBER, shared=live).run()
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await line.close()
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    return max(waits, default=0.0), len(times), len(store.records())


@pytest.mark.parametrize(
    "line",
    [
        "&line=9600-8E1",
        "&line=1200-8E1&quirk=start-bound-excluded",
        "&quirk=slow-200",
        "&quirk=no-blocks&line=9600-8E1",
    ],
)
def test_live_reading_goes_on_beside_a_download(line: str) -> None:
    async def dialogue() -> None:
        longest, reads, records = await longest_exchange(FROZEN + line, live=True)
        assert records == 168
        assert reads > 3
        reading = 2.0 if "1200" in line else 0.7
        assert longest <= SHARED_SECONDS + 0.5 + reading

    run(dialogue())


def test_alone_a_week_of_hours_is_one_request() -> None:
    async def dialogue() -> None:
        meter = Curve()
        await from_curve(meter)
        assert meter.types().count(123) == 1
        assert LONGEST_PIECE >= 168

    run(dialogue())


def test_a_pause_lasts_until_it_is_ended_and_does_not_count_as_time() -> None:
    async def dialogue() -> None:
        loop = asyncio.get_running_loop()
        store = MemoryStore()
        async with iec102.connect(f"{FROZEN}&line=9600-8E1", password=1) as meter:
            download = Download(meter, store, Register.HOURLY, *NOVEMBER, shared=True)
            task = asyncio.create_task(download.run())
            await asyncio.sleep(2)
            download.pause()
            await asyncio.sleep(1000)
            held = len(store.records())
            assert 0 < held < 168
            assert download.progress.paused
            download.resume()
            progress = await task
        assert len(store.records()) == 168
        assert progress.elapsed < loop.time() - 900
        assert progress.seconds_left == 0

    run(dialogue())


def test_a_share_of_the_line_leaves_the_rest_to_others() -> None:
    async def seconds(share: float) -> float:
        loop = asyncio.get_running_loop()
        async with iec102.connect(FROZEN + "&line=9600-8E1", password=1) as meter:
            began = loop.time()
            await Download(meter, MemoryStore(), Register.HOURLY, *NOVEMBER, shared=True, share=share).run()
            return loop.time() - began

    async def dialogue() -> None:
        whole, quarter = await seconds(1.0), await seconds(0.25)
        assert 3.4 < quarter / whole < 4.1

    run(dialogue())


def test_the_bytes_of_the_answers_are_counted() -> None:
    async def dialogue() -> None:
        heard = []
        line = open_line(FROZEN, LineSettings(), tap=heard.append)
        download = Download(Meter(line, STATION), MemoryStore(), Register.HOURLY, *NOVEMBER)
        progress = await download.run()
        await line.close()
        blocks = [len(record.item.encode()) for record in heard if (record.item.asdu or b"\0")[0] == 140]
        assert progress.octets == sum(blocks)

    run(dialogue())
