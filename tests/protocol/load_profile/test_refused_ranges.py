"""Meters that refuse some ranges, cut their answers or do not end them, as raw bytes: what they have comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest
from iec102.asdu.summer_time import SummerTime
from iec102.errors import ContentTimeout, Iec102Error, NoAnswer, ReadingUnfinished
from iec102.line import Line
from iec102.load_profile.download import Download, MemoryStore, Progress
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.oldest import stored_since
from iec102.load_profile.reader import LoadProfileReader
from iec102.load_profile.records import Gap, GapKind, LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from support.dialogue import STATION
from support.raw_line import RawLine
from support.raw_memory import HOUR, MADRID, RawMemory, hours, instant
from support.raw_meter import RawMeter, caused
from support.scripted_meter import NOW, virtual_clock
from support.virtual_time import run

DAY = timedelta(days=1)
BEGINS = datetime(2026, 10, 10, tzinfo=MADRID)
STORED = hours(BEGINS, NOW)
Refuses = Callable[[datetime, datetime], bool]


def meter_on(line: Line) -> Meter:
    """Its summer time is settled, so that nothing but the range is asked for."""
    return Meter(line, STATION, summer_time=SummerTime.BIT)


def at(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=MADRID)


@dataclass
class Outcome:
    records: list[LoadRecord]
    gaps: tuple[Gap, ...]
    progress: Progress
    questions: int

    @property
    def ends(self) -> list[datetime]:
        return [record.end for record in self.records]


def line_to(memory: RawMemory, *, mute: bool = False) -> Line:
    return Line(RawLine(RawMeter(memory, mute=mute)), LineSettings(timeout=500, retries=1), clock=virtual_clock())


def downloaded(memory: RawMemory, start: datetime, end: datetime, *, shared: bool = False) -> Outcome:
    async def dialogue() -> Outcome:
        line, store = line_to(memory), MemoryStore()
        download = Download(meter_on(line), store, Register.HOURLY, start, end, shared=shared)
        try:
            progress = await download.run()
        finally:
            await line.close()
        assert progress.left == 0
        assert len(download.gaps) == progress.gaps
        assert progress.records == len(store.records())
        return Outcome(store.records(), download.gaps, progress, len(memory.questions))

    return run(dialogue())


def before_memory(start: datetime, _end: datetime) -> bool:
    return start < BEGINS


def in_the_future(_start: datetime, end: datetime) -> bool:
    return end > NOW


def longer_than(span: timedelta) -> Refuses:
    return lambda start, end: end - start > span


def any_of(*predicates: Refuses) -> Refuses:
    return lambda start, end: any(refuses(start, end) for refuses in predicates)


def touches_unstored(*missing: datetime) -> Refuses:
    """Refuses a range that has an hour without a record in it."""
    holes = set(missing)
    return lambda start, end: any(hour in holes for hour in hours(start, end))


@pytest.mark.parametrize("cause", [13, 18])
@pytest.mark.parametrize(
    ("start", "end"),
    [(at(10, 8), at(10, 12)), (at(10, 1), at(10, 25)), (at(10, 9, 23), at(10, 10, 1)), (at(1, 1), at(11, 1))],
)
def test_a_range_that_begins_before_the_memory_gives_what_is_behind(cause: int, start: datetime, end: datetime) -> None:
    found = downloaded(RawMemory(STORED, before_memory, cause=cause), start, end)
    assert found.ends == hours(BEGINS, end)
    assert [gap.end for gap in found.gaps] == hours(start, BEGINS)
    assert {(gap.reason, gap.kind) for gap in found.gaps} == {
        (f"the meter refused it (cause {cause})", GapKind.REFUSED)
    }
    assert found.progress.refused == found.progress.gaps
    assert found.questions <= 24 + len(hours(start, end)) // 168


@pytest.mark.parametrize("cause", [13, 18])
@pytest.mark.parametrize("end", [at(11, 22, 11), at(11, 23), at(12, 1), at(1, 1, year=2028)])
def test_a_range_that_ends_in_the_future_gives_what_is_past_and_the_rest_is_still_to_come(
    cause: int, end: datetime
) -> None:
    start = at(11, 10)
    found = downloaded(RawMemory(STORED, in_the_future, cause=cause), start, end)
    assert found.ends == hours(start, NOW)
    assert not found.gaps
    assert found.progress.to_come == len(hours(NOW, end))
    assert found.questions <= 24


def test_hours_still_to_come_are_no_gaps_where_the_meter_gives_what_it_has() -> None:
    found = downloaded(RawMemory(STORED), at(11, 22), at(11, 23))
    assert found.ends == hours(at(11, 22), NOW)
    assert (found.gaps, found.progress.to_come, found.progress.left) == ((), 14, 0)


def test_an_hour_that_is_over_and_not_given_is_a_gap() -> None:
    found = downloaded(RawMemory(STORED[:-2]), at(11, 22), at(11, 23))
    assert [gap.end for gap in found.gaps] == hours(at(11, 22, 8), NOW)
    assert found.progress.to_come == 14


def test_what_is_missing_before_a_record_is_a_gap_whatever_this_machine_takes_for_the_time() -> None:
    stored = hours(BEGINS, at(11, 22, 20))
    hole = at(11, 22, 15)
    found = downloaded(RawMemory([end for end in stored if end != hole]), at(11, 22), at(11, 23))
    assert [gap.end for gap in found.gaps] == [hole]
    assert found.progress.to_come == 4


@pytest.mark.parametrize("span", [1, 2, 5, 24, 25, 26, 100, 168, 169])
@pytest.mark.parametrize("shared", [False, True])
def test_a_range_that_is_longer_than_the_meter_gives_at_once(span: int, shared: bool) -> None:
    start, end = at(10, 20), at(11, 3)
    memory = RawMemory(STORED, longer_than(span * HOUR))
    found = downloaded(memory, start, end, shared=shared)
    assert found.ends == hours(start, end)
    assert not found.gaps
    # It learns the length, and that one record too many is too much.
    assert memory.refused <= 34


def test_a_length_that_is_found_is_kept() -> None:
    memory = RawMemory(STORED, longer_than(30 * HOUR))
    downloaded(memory, at(10, 20), at(11, 20))
    assert memory.refused <= 16
    assert len(memory.questions) <= 24 + 31 * 24 // 21


@pytest.mark.parametrize("start_included", [False, True])
@pytest.mark.parametrize("most", [1, 2, 3, 5, 38, 119, 120])
@pytest.mark.parametrize("shared", [False, True])
def test_a_meter_that_gives_few_records_an_answer_is_asked_on(most: int, start_included: bool, shared: bool) -> None:
    start, end = at(11, 2), at(11, 7)
    memory = RawMemory(STORED, most=most, start_included=start_included)
    found = downloaded(memory, start, end, shared=shared)
    assert (len(found.records), found.gaps) == (120, ())
    assert found.ends == hours(start, end)
    if most == 38 and not shared:
        assert found.questions <= 4


@pytest.mark.parametrize("cause", [13, 18])
@pytest.mark.parametrize("years", [0, 1, 11])
def test_what_is_refused_at_both_ends_and_in_the_middle_is_refused_whole(cause: int, years: int) -> None:
    start, end = at(1, 1, year=2026 - years), at(3, 1)
    found = downloaded(RawMemory(STORED, lambda _start, _end: True, cause=cause), start, end)
    assert not found.records
    assert [gap.end for gap in found.gaps] == hours(start, end)
    assert {gap.kind for gap in found.gaps} == {GapKind.REFUSED}
    assert found.questions <= 6


@pytest.mark.parametrize("hole", [range(1), range(5), range(30), range(24 * 9)])
def test_a_meter_that_refuses_what_has_a_hole_gives_both_sides(hole: range) -> None:
    start, end = at(10, 20), at(11, 10)
    missing = hours(at(10, 25, 7), at(10, 25, 7) + len(hole) * HOUR)
    stored = [end for end in STORED if end not in missing]
    memory = RawMemory(stored, touches_unstored(*missing))
    found = downloaded(memory, start, end)
    assert [gap.end for gap in found.gaps] == missing
    assert found.ends == [end for end in hours(start, end) if end not in missing]
    assert memory.refused <= 40
    assert found.questions <= 70


@pytest.mark.parametrize("seed", range(4))
def test_a_meter_that_gives_nothing_and_refuses_by_chance_is_not_asked_for_ever(seed: int) -> None:
    """A single hour is answered without a record or refused, a longer range is refused."""

    def by_chance(first: datetime, last: datetime) -> bool:
        return last - first > HOUR or Random(f"{seed} {first}").random() < 0.3

    memory = RawMemory([], by_chance)
    found = downloaded(memory, at(9, 1), at(11, 1))
    assert [gap.end for gap in found.gaps] == hours(at(9, 1), at(11, 1))
    # What is answered is settled, with what a careful reader asks twice; what is refused is bounded.
    assert memory.refused <= 240


@pytest.mark.parametrize("most", [7, 1000])
def test_all_of_it_together(most: int) -> None:
    hole = at(11, 3, 14)
    refuses = any_of(before_memory, in_the_future, longer_than(50 * HOUR), touches_unstored(hole))
    memory = RawMemory([end for end in STORED if end != hole], refuses, most=most)
    start, end = at(9, 1), at(12, 24)
    found = downloaded(memory, start, end)
    assert found.ends == [end for end in STORED if end != hole]
    assert [gap.end for gap in found.gaps] == [*hours(start, BEGINS), hole]
    assert found.progress.to_come == len(hours(NOW, end))
    assert memory.refused <= 60


def test_a_newest_hour_that_is_not_there_yet_does_not_hide_the_rest() -> None:
    newest = STORED[-3]
    refuses = any_of(before_memory, lambda _start, end: end > newest)
    found = downloaded(RawMemory(STORED[:-2], refuses), at(1, 1, year=2024), NOW)
    assert found.ends == STORED[:-2]


def test_a_meter_that_wants_a_record_at_the_start_of_a_range_gives_its_oldest() -> None:
    memory = RawMemory(STORED, lambda start, _end: start < STORED[0], start_included=True)
    found = downloaded(memory, at(10, 9), at(10, 12))
    assert found.ends == hours(BEGINS, at(10, 12))


def test_the_question_that_a_real_meter_refused_for_its_end() -> None:
    """REE profile reference, 3.1: cause 18 for a month of which the end alone was not stored."""
    refused = bytes.fromhex("7B 01 06 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11")
    impossible = caused(refused, 18)
    assert impossible == bytes.fromhex("7B 01 12 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11")
    stored = hours(datetime(2017, 3, 1, tzinfo=MADRID), datetime(2017, 3, 31, tzinfo=MADRID))
    memory = RawMemory(stored, lambda _start, end: end > stored[-1])
    found = downloaded(memory, datetime(2017, 3, 1, tzinfo=MADRID), datetime(2017, 4, 1, tzinfo=MADRID))
    assert found.ends == stored
    assert len(found.gaps) == 24


def test_bounds_that_were_found_are_not_looked_for_again() -> None:
    async def dialogue() -> None:
        memory = RawMemory(STORED, any_of(before_memory, longer_than(30 * HOUR)))
        line, store = line_to(memory), MemoryStore()
        download = Download(meter_on(line), store, Register.HOURLY, at(10, 1), at(11, 1))
        await download.run()
        asked = len(memory.questions)
        await download.run()
        assert len(memory.questions) == asked
        assert len(download.gaps) == 9 * 24
        # Another download with the same store: the newest interval that is missing stands beside the oldest record.
        await Download(meter_on(line), store, Register.HOURLY, at(10, 1), at(11, 1)).run()
        assert len(memory.questions) <= asked + 6
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", ["hole", "length", "chance", "odd"])
def test_every_interval_is_a_record_or_a_gap_with_a_bounded_number_of_questions(kind: str, seed: int) -> None:
    chance = Random(seed)
    missing = [chance.randrange(400) for _ in range(chance.randrange(6))]
    span, most = chance.randint(1, 300), chance.choice([1, 2, 3, 10, 50, 1000])
    start = at(10, 20)
    ends = hours(start, at(11, 5, 15))
    assert len(ends) == 400
    holes = [ends[number % 400] for number in missing]

    def by_chance(first: datetime, last: datetime) -> bool:
        return Random(f"{seed} {first} {last}").random() < 0.7

    predicates: dict[str, Refuses] = {
        "hole": touches_unstored(*holes),
        "length": longer_than(span * HOUR),
        "chance": by_chance,
        "odd": touches_unstored(*ends[::2]),
    }
    memory = RawMemory([end for end in ends if end not in holes], predicates[kind], most=most)
    found = downloaded(memory, start, ends[-1])
    assert sorted((*found.ends, *(gap.end for gap in found.gaps))) == ends
    # Of a wide question that is refused the second half is the same to the letter.
    assert memory.refused <= 2 * (64 + len(found.records) + 2)
    if kind in ("hole", "length"):
        assert len(found.records) == 400 - len(set(holes))


# For users of the library


def test_the_library_gives_them_oldest_first() -> None:
    async def dialogue(refuses: Refuses) -> list[datetime]:
        line = line_to(RawMemory(STORED, refuses))
        records = [record.end async for record in meter_on(line).read_load_profile(at(10, 1), at(12, 1))]
        await line.close()
        return records

    assert run(dialogue(before_memory)) == STORED
    assert run(dialogue(in_the_future)) == STORED
    assert run(dialogue(longer_than(30 * HOUR))) == STORED


@pytest.mark.parametrize("first", [BEGINS, at(10, 10, 7)])
def test_the_oldest_record_is_found_where_the_meter_refuses_what_is_before(first: datetime) -> None:
    async def dialogue() -> datetime | None:
        line = line_to(memory)
        reader = LoadProfileReader(meter_on(line), Register.HOURLY)
        found = await stored_since(reader, NOW)
        await line.close()
        return found

    memory = RawMemory(hours(first, NOW), any_of(lambda start, _end: start < first, in_the_future))
    assert run(dialogue()) == first
    assert len(memory.questions) <= 64


# Readings that do not end


@pytest.mark.parametrize("break_cause", [None, 18, 13])
def test_what_came_of_a_reading_that_does_not_end_is_kept_and_said(break_cause: int | None) -> None:
    """Each answer ends behind ten records, the first of which is one too many; behind 20:00 nothing comes any more."""
    stored = hours(at(11, 1), at(11, 2, 20))
    memory = RawMemory(stored, breaks_at=10, break_cause=break_cause)
    found = downloaded(memory, at(11, 2), at(11, 3))
    assert found.ends == hours(at(11, 2), at(11, 2, 20))
    assert [gap.end for gap in found.gaps] == hours(at(11, 2, 20), at(11, 3))
    assert {gap.kind for gap in found.gaps} == {GapKind.UNFINISHED}
    assert found.progress.unfinished == 4
    assert found.progress.unended >= 2


def test_a_meter_that_gives_all_and_does_not_say_that_it_is_over() -> None:
    found = downloaded(RawMemory(STORED, breaks_at=1000), at(11, 2), at(11, 3))
    assert found.ends == hours(at(11, 2), at(11, 3))
    assert (found.progress.gaps, found.progress.unfinished, found.progress.unended) == (0, 0, 1)


def test_a_line_that_falls_silent_in_the_middle_loses_nothing_that_came() -> None:
    async def dialogue() -> None:
        memory = RawMemory(STORED, breaks_at=10)
        line, store = line_to(memory, mute=True), MemoryStore()
        download = Download(meter_on(line), store, Register.HOURLY, at(11, 2), at(11, 3))
        with pytest.raises(NoAnswer):
            await download.run()
        came = [record.end for record in store.records()]
        assert came == hours(at(11, 2), at(11, 2, 9))
        assert not download.gaps
        memory.breaks_at = None
        await line.close()
        line = line_to(memory)
        assert (await Download(meter_on(line), store, Register.HOURLY, at(11, 2), at(11, 3)).run()).fetched == 15
        await line.close()

    run(dialogue())


def test_the_library_raises_behind_what_came_and_gives_it() -> None:
    async def dialogue() -> None:
        line = line_to(RawMemory(STORED, breaks_at=10), mute=True)
        meter = meter_on(line)
        came: list[datetime] = []

        async def take() -> None:
            async for record in meter.read_load_profile(at(11, 2), at(11, 3)):
                came.append(record.end)  # noqa: PERF401

        with pytest.raises(NoAnswer):
            await take()
        assert came == hours(at(11, 2), at(11, 2, 9))
        await line.close()
        line = line_to(RawMemory(STORED, breaks_at=10))
        with pytest.raises(ReadingUnfinished, match="10 parts") as raised:
            await meter_on(line).read_totals(at(11, 2), at(11, 3))
        assert len(raised.value.answers) == 10
        assert isinstance(raised.value.reason, ContentTimeout)
        await line.close()

    run(dialogue())


def test_a_download_that_is_cancelled_in_the_middle_of_an_answer_ends_at_once() -> None:
    async def dialogue() -> None:
        line = line_to(RawMemory(STORED, breaks_at=10))
        task = asyncio.create_task(Download(meter_on(line), MemoryStore(), Register.HOURLY, at(11, 2), at(11, 3)).run())
        await asyncio.sleep(5)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Iec102Error)):
            await task
        await line.close()

    run(dialogue())


def test_the_expected_hours_are_those_of_the_program() -> None:
    assert hours(at(10, 24), at(10, 27)) == expected_ends(Register.HOURLY, at(10, 24), at(10, 27))
    assert hours(at(10, 24), at(10, 25, 12))[-1] == at(10, 25, 12)


def test_a_record_whose_time_the_meter_calls_invalid_is_no_record() -> None:
    doubtful = at(10, 12, 5)

    class Doubtful(RawMemory):
        def _records(self, asdu: bytes, start: datetime, end: datetime) -> Iterator[bytes]:
            for record in super()._records(asdu, start, end):
                iv = 0x80 if instant(record[-5:]) == doubtful else 0
                yield record[:-5] + bytes((record[-5] | iv,)) + record[-4:]

    found = downloaded(Doubtful(STORED), at(10, 12), at(10, 13))
    assert found.ends == [hour for hour in hours(at(10, 12), at(10, 13)) if hour != doubtful]
    assert [gap.end for gap in found.gaps] == [doubtful]
    assert found.progress.foreign > 0
