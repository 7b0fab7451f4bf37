"""The memory of the simulated meter: complete, adding up, right at both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from iec102.asdu import IntegratedTotals
from iec102.asdu.timetag import MADRID, TimeTagA
from iec102.load_profile.intervals import Register, midnight
from iec102.simulator.electrical import Site
from iec102.simulator.memory import DEPTH, Memory

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MEMORY = Memory(Site(1))


def records(register: Register, start: datetime, end: datetime, *, incremental: bool = True) -> list[IntegratedTotals]:
    return list(MEMORY.records(register, start, end, NOW, incremental=incremental))


def sums(found: list[IntegratedTotals]) -> list[int]:
    return [sum(values) for values in zip(*([total.value for total in record.totals] for record in found), strict=True)]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 11, 1), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2025, 10, 26), 25)],
)
def test_quarters_add_up_to_hours_and_hours_to_the_day(day: date, hours: int) -> None:
    start, end = midnight(day), midnight(day + timedelta(days=1))
    by_hour, by_quarter = records(Register.HOURLY, start, end), records(Register.QUARTER_HOURLY, start, end)
    (of_day,) = records(Register.DAILY, start, end)
    assert (len(by_hour), len(by_quarter)) == (hours, 4 * hours)
    assert sums(by_hour) == sums(by_quarter) == [total.value for total in of_day.totals]


def test_increments_are_the_differences_of_the_absolute_values() -> None:
    start = midnight(date(2026, 10, 24))
    end = midnight(date(2026, 10, 27))
    absolute = records(Register.HOURLY, start, end, incremental=False)
    incremental = records(Register.HOURLY, start, end)
    for earlier, later, grown in zip(absolute, absolute[1:], incremental[1:], strict=False):
        differences = [late.value - early.value for early, late in zip(earlier.totals, later.totals, strict=True)]
        assert differences == [total.value for total in grown.totals]


def test_labels_are_the_ends_with_the_right_summer_time_bit() -> None:
    day = date(2026, 10, 25)
    labels = [
        (record.time.hour, record.time.summer)
        for record in records(Register.HOURLY, midnight(day), midnight(day + timedelta(days=1)))
    ]
    assert labels[:4] == [(1, True), (2, True), (2, False), (3, False)]
    assert labels[-1] == (0, False)
    spring = date(2026, 3, 29)
    labels = [
        (record.time.hour, record.time.summer)
        for record in records(Register.HOURLY, midnight(spring), midnight(spring + timedelta(days=1)))
    ]
    assert labels[:3] == [(1, False), (3, True), (4, True)]


def test_the_end_of_summer_may_be_labelled_in_summer_time() -> None:
    day = date(2026, 10, 25)
    late = Memory(Site(1), late_change_label=True)
    for register, count in ((Register.HOURLY, 25), (Register.QUARTER_HOURLY, 100)):
        bounds = midnight(day), midnight(day + timedelta(days=1))
        found = list(late.records(register, *bounds, NOW, incremental=True))
        usual = records(register, *bounds)
        differing = [(one.time, other.time) for one, other in zip(found, usual, strict=True) if one != other]
        assert [(one.hour, one.summer, one.weekday) for one, _other in differing] == [(3, True, 7)]
        assert [one.time.utc() for one in found] == [other.time.utc() for other in usual]
        assert len({one.time for one in found}) == count


def test_a_meter_remembers_nothing_from_before_it_was_installed() -> None:
    now = datetime(2000, 1, 3, 5, tzinfo=UTC)
    found = list(MEMORY.records(Register.HOURLY, now - timedelta(days=300), now, now, incremental=True))
    assert found[0].time == TimeTagA.of(datetime(2000, 1, 1, tzinfo=UTC))
    assert len(found) == 54
    assert all(total.value >= 0 for record in found for total in record.totals)


@pytest.mark.parametrize("register", [Register.HOURLY, Register.QUARTER_HOURLY])
def test_the_increments_of_a_year_are_the_growth_of_the_registers(register: Register) -> None:
    start, end = datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    growth = [late - early for early, late in zip(MEMORY.registers(start), MEMORY.registers(end), strict=True)]
    assert sums(records(register, start, end))[:6] == growth


def test_weekdays_are_right_on_every_label() -> None:
    for record in records(Register.DAILY, NOW - timedelta(days=400), NOW):
        local = record.time.local()
        assert local is not None
        assert (local.hour, local.minute, local.isoweekday()) == (0, 0, record.time.weekday)


def test_reserve_channels_are_zero_and_invalid() -> None:
    (record,) = records(Register.HOURLY, NOW - timedelta(hours=1), NOW)
    assert [(total.address, total.value, total.quality) for total in record.totals[6:]] == [(7, 0, 0x80), (8, 0, 0x80)]


def test_only_the_last_800_days_up_to_now_are_kept() -> None:
    found = records(Register.DAILY, NOW - timedelta(days=1000), NOW + timedelta(days=10))
    assert len(found) == DEPTH.days
    last = found[-1].time.utc()
    assert last == midnight(NOW.astimezone(MADRID).date())
