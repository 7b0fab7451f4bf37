"""How far back a load profile goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import iec102
import pytest
from iec102.asdu import MADRID, IntegratedTotals, TimeTagA, Total
from iec102.load_profile.download import MemoryStore
from iec102.load_profile.intervals import Register, expected_ends, midnight
from iec102.load_profile.oldest import stored_since
from iec102.load_profile.reader import LoadProfileReader, TimedTotals
from iec102.load_profile.records import LoadRecord
from support.virtual_time import run

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Memory:
    """A meter with some records, and a count of what it is asked."""

    def __init__(self, has: Callable[[datetime], bool], register: Register = Register.HOURLY) -> None:
        self.has = has
        self.register = register
        self.asked = 0

    async def timed_totals(self, start: datetime, end: datetime, **_options: object) -> TimedTotals:
        self.asked += 1
        ends = expected_ends(self.register, start, min(end, NOW))
        return TimedTotals([IntegratedTotals((Total(1, 1),), TimeTagA.of(at)) for at in ends if self.has(at)], 0.1)


def test_a_day_that_is_in_the_store_is_not_asked_for() -> None:
    first = midnight((NOW - 45 * DAY).astimezone(MADRID).date())
    memory = Memory(lambda at: at > first)
    store = MemoryStore()
    asked = []

    async def dialogue() -> None:
        for _ in range(2):
            memory.asked = 0
            reader = LoadProfileReader(memory, memory.register)
            assert await stored_since(reader, NOW, has=store.has, put=store.put) == first
            asked.append(memory.asked)

    run(dialogue())
    with_records = {record.end.astimezone(MADRID).date() for record in store.records() if record.end.hour == 12}
    assert asked[1] == asked[0] - len(with_records) - 1  # today has no noon yet


def oldest(memory: Memory) -> datetime | None:
    found: list[datetime | None] = []

    async def search() -> None:
        found.append(await stored_since(LoadProfileReader(memory, memory.register), NOW))

    run(search())
    return found[0]


@pytest.mark.parametrize("register", [Register.HOURLY, Register.DAILY])
@pytest.mark.parametrize("days", [1, 2, 3, 45, 64, 400, 4096, 5000])
def test_the_first_record_is_found_with_few_questions(days: int, register: Register) -> None:
    first = midnight((NOW - days * DAY).astimezone(MADRID).date())
    memory = Memory(lambda at: at > first, register)
    assert oldest(memory) == first
    assert memory.asked <= 14 + 13


def test_the_first_day_may_have_begun_late() -> None:
    first = datetime(2026, 10, 1, 15, tzinfo=UTC)
    assert oldest(Memory(lambda at: at > first)) == first
    assert oldest(Memory(lambda at: at > NOW - timedelta(hours=2))) == NOW - timedelta(hours=2)


def test_a_meter_without_records_has_no_oldest() -> None:
    assert oldest(Memory(lambda at: False)) is None


def test_a_power_cut_does_not_end_the_search() -> None:
    first = midnight((NOW - 300 * DAY).astimezone(MADRID).date())
    assert oldest(Memory(lambda at: first < at < NOW - 5 * DAY or at > NOW - DAY / 2)) == first


def test_what_comes_is_kept_and_is_all_there_is_of_these_days() -> None:
    kept: list[LoadRecord] = []

    async def dialogue() -> None:
        async with iec102.connect("simulated:?clock=2026-11-22T10:00:00%2B01:00", password=1) as meter:
            start = await stored_since(LoadProfileReader(meter, Register.QUARTER_HOURLY), NOW, put=kept.extend)
        assert start == NOW - 800 * DAY
        assert len({record.end for record in kept}) == len(kept) > 9 * 96

    run(dialogue())
