"""The closings of the simulated meter, and its registers by tariff period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest
from iec102.asdu import (
    Asdu,
    Cause,
    IntegratedTotals,
    TariffInformation,
    TariffPeriod,
    TimeTagA,
    TypeId,
    read_closings,
    read_totals,
)
from iec102.asdu.timetag import MADRID
from iec102.load_profile.intervals import Register
from iec102.simulator.closings import Contracts
from iec102.simulator.electrical import Site
from iec102.simulator.memory import Memory
from iec102.simulator.reading import Refused
from iec102.simulator.tariff import CONTRACTS as TARIFF
from iec102.simulator.tariff import day_type, period_at

NOW = datetime(2026, 11, 22, 10, tzinfo=MADRID)
CONTRACTS = Contracts(Site(1), MADRID)
MEMORY = Memory(Site(1))
IMPORT, EXPORT = 134, 135
NAMES = ("active", "inductive", "capacitive")
PERIODS = range(20, 27)
QUARTER = timedelta(minutes=15)


def month(number: int, year: int = 2026) -> datetime:
    return datetime(year, number, 1, tzinfo=MADRID)


def periods(answers: object) -> list[TariffPeriod]:
    assert answers is not None
    contents = [asdu.content for asdu in answers]  # type: ignore[attr-defined]
    assert all(isinstance(content, TariffInformation) and content.count == 1 for content in contents)
    return [content.periods[0] for content in contents]


def stored(
    start: datetime, end: datetime, record: int = IMPORT, contracts: Contracts = CONTRACTS
) -> list[dict[int, TariffPeriod]]:
    """The closings, each with its periods by their addresses."""
    request = read_closings(1, record, TimeTagA.of(start), TimeTagA.of(end))
    found = groupby(periods(contracts.answers(request, NOW)), lambda period: period.end)
    return [{period.address: period for period in closing} for _, closing in found]


def current(record: int = IMPORT, contracts: Contracts = CONTRACTS) -> dict[int, TariffPeriod]:
    request = Asdu(TypeId.READ_CURRENT_TARIFF, Cause.ACTIVATION, 1, record)
    return {period.address: period for period in periods(contracts.answers(request, NOW))}


def span(period: TariffPeriod) -> list[datetime | None]:
    return [period.start.local(), period.end.local()]


def test_a_month_is_closed_at_its_end_and_told_as_totals_and_six_periods() -> None:
    (closing,) = stored(month(10), month(11) - timedelta(minutes=1))
    assert list(closing) == list(PERIODS)
    assert all(span(period) == [month(9), month(10)] for period in closing.values())


@pytest.mark.parametrize("record", [IMPORT, EXPORT, 136])
def test_the_months_follow_each_other_and_their_periods_add_up(record: int) -> None:
    closings = stored(month(7), NOW, record)
    assert [closing[20].end.local() for closing in closings] == [month(number) for number in range(7, 12)]
    for closing in closings:
        for name in NAMES:
            total, *parts = (getattr(closing[address], name) for address in PERIODS)
            assert total.incremental == sum(part.incremental for part in parts)
            assert total.absolute == sum(part.absolute for part in parts)
    for earlier, later in pairwise(closings):
        for address, name in ((address, name) for address in PERIODS for name in NAMES):
            before, after = getattr(earlier[address], name), getattr(later[address], name)
            assert after.absolute - before.absolute == after.incremental


def intervals(register: Register, closing: TariffPeriod) -> Iterator[tuple[int, list[int]]]:
    """The address of the period and the increments of each interval of the load profile in a closing."""
    start, end = span(closing)
    assert start is not None
    assert end is not None
    for record in MEMORY.records(register, start, end, NOW, incremental=True):
        at = record.time.utc()
        assert at is not None
        yield 20 + period_at(at - QUARTER), [total.value for total in record.totals]


def test_24_months_are_the_sums_of_their_load_profile() -> None:
    """To the kWh, with two changes of clocks of either kind."""
    registers = TARIFF[0].registers
    closings = stored(month(12, 2024), month(11))
    assert len(closings) == 24
    for closing in closings:
        sums = Counter[tuple[int, int]]()
        for period, added in intervals(Register.HOURLY, closing[20]):
            sums.update({(address, register): added[register] for address in (20, period) for register in registers})
        for address, part in closing.items():
            energies = [getattr(part, name).incremental for name in NAMES]
            assert energies == [sums[address, register] for register in registers]


@pytest.mark.parametrize("closed", [(3, 2025), (11, 2025), (11, 2026)])
def test_a_maximum_is_the_highest_quarter_hour(closed: tuple[int, int]) -> None:
    (closing,) = stored(month(*closed), month(*closed))
    highest = Counter[int]()
    for period, added in intervals(Register.QUARTER_HOURLY, closing[20]):
        for address in (20, period):
            highest[address] = max(highest[address], 4 * added[0])
    for address, part in closing.items():
        assert part.maximum == highest[address]
        assert (part.maximum_time.utc() is not None) == (part.maximum > 0)


def test_a_maximum_lies_in_its_period_and_excess_is_what_was_above_the_contracted_power() -> None:
    closings = stored(month(1), month(11))
    used = [period for closing in closings for address, period in closing.items() if address > 20 and period.maximum]
    for period in used:
        at = period.maximum_time.utc()
        assert at is not None
        assert 20 + period_at(at - QUARTER) == period.address
        contracted = TARIFF[0].powers[period.address - 21]
        assert (period.excess > 0) == (period.maximum > contracted)
        assert period.excess_quality == 0
    assert any(period.excess for period in used)
    assert any(not period.excess for period in used)


def test_what_runs_is_told_up_to_now() -> None:
    totals = current()[20]
    assert span(totals) == [month(11), NOW]
    assert totals.active.absolute == MEMORY.registers(NOW)[0]


def test_a_contract_is_closed_by_command_in_between() -> None:
    at = datetime(2026, 11, 10, 12, tzinfo=MADRID)
    closed = Contracts(Site(1), MADRID, [(IMPORT, at.astimezone(UTC))])
    assert [span(closing[20]) for closing in stored(month(11), NOW, contracts=closed)] == [
        [month(10), month(11)],
        [month(11), at],
    ]
    assert span(current(contracts=closed)[20]) == [at, NOW]
    assert len(stored(month(11), NOW, EXPORT, closed)) == 1


def test_closings_older_than_the_load_profile_are_gone() -> None:
    assert stored(month(1, 2020), month(1, 2024)) == []
    assert len(stored(month(1, 2020), NOW)) == 26


def test_the_registers_by_period_are_those_of_the_closings() -> None:
    request = read_totals(
        1, 21, 20, 29, TimeTagA.of(month(11) - timedelta(days=1)), TimeTagA.of(month(11)), incremental=False
    )
    (asdu,) = CONTRACTS.answers(request, NOW) or ()
    assert isinstance(asdu.content, IntegratedTotals)
    (closing,) = stored(month(11), month(11))
    assert {total.address: total.value for total in asdu.content.totals} == {
        address: period.active.absolute for address, period in closing.items()
    }
    with pytest.raises(Refused):
        CONTRACTS.answers(read_totals(1, 21, 27, 29, TimeTagA.of(NOW), TimeTagA.of(NOW), incremental=False), NOW)


def test_a_contract_that_there_is_not_is_refused_and_other_types_are_not_its_business() -> None:
    with pytest.raises(Refused) as refused:
        stored(month(10), NOW, 137)
    assert refused.value.cause == Cause.UNKNOWN_RECORD
    assert CONTRACTS.answers(Asdu(TypeId.READ_IDENTITY, Cause.REQUEST, 1), NOW) is None
    totals = read_totals(1, 11, 1, 8, TimeTagA.of(NOW), TimeTagA.of(NOW), incremental=False)
    assert CONTRACTS.answers(totals, NOW) is None


@pytest.mark.parametrize(
    ("when", "period"),
    [
        ("2026-01-12T12:00", 1),
        ("2026-01-12T08:30", 2),
        ("2026-01-12T07:59", 6),
        ("2026-03-12T19:00", 2),
        ("2026-06-12T19:00", 3),
        ("2026-10-13T14:00", 5),
        ("2026-10-12T12:00", 6),
        ("2026-01-10T12:00", 6),
    ],
)
def test_the_calendar_is_that_of_the_spanish_tariff(when: str, period: int) -> None:
    assert period_at(datetime.fromisoformat(when).replace(tzinfo=MADRID)) == period


def test_all_seasons_and_holidays_have_their_day_types() -> None:
    days = [datetime(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    kinds = Counter(day_type(day.date()) for day in days)
    assert set(kinds) == {1, 2, 3, 4, 5}
    assert kinds[5] == 104 + 6  # three of the nine holidays are on a weekend in 2026
