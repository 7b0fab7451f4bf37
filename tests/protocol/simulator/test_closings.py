"""The closings of the simulated meter."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from iec102.asdu import Asdu, Cause, TariffInformation, TariffPeriod, TimeTagA, TypeId, read_closings
from iec102.asdu.timetag import MADRID
from iec102.simulator.closings import Contracts
from iec102.simulator.electrical import Site
from iec102.simulator.reading import Refused

NOW = datetime(2026, 11, 22, 10, tzinfo=MADRID)
CONTRACTS = Contracts(Site(1), MADRID)
IMPORT, EXPORT = 134, 135


def month(number: int, year: int = 2026) -> datetime:
    return datetime(year, number, 1, tzinfo=MADRID)


def periods(answers: object) -> list[TariffPeriod]:
    assert answers is not None
    contents = [asdu.content for asdu in answers]  # type: ignore[attr-defined]
    assert all(isinstance(content, TariffInformation) and content.count == 1 for content in contents)
    return [content.periods[0] for content in contents]


def stored(start: datetime, end: datetime, record: int = IMPORT) -> list[TariffPeriod]:
    request = read_closings(1, record, TimeTagA.of(start), TimeTagA.of(end))
    return periods(CONTRACTS.answers(request, NOW))


def test_a_month_is_closed_at_its_end_and_told_as_totals_and_as_its_only_period() -> None:
    totals, period = stored(month(10), month(11) - timedelta(minutes=1))
    assert (totals.address, period.address) == (20, 21)
    assert [tag.local() for tag in (totals.start, totals.end)] == [month(9), month(10)]
    assert (totals.active, totals.maximum_time) == (period.active, period.maximum_time)


@pytest.mark.parametrize("record", [IMPORT, EXPORT])
def test_the_months_add_up_to_the_registers_and_the_maximum_lies_in_its_month(record: int) -> None:
    closings = stored(month(7), NOW, record)[::2]
    assert [closing.end.local() for closing in closings] == [month(number) for number in range(7, 12)]
    for earlier, later in pairwise(closings):
        for name in ("active", "inductive", "capacitive"):
            before, after = getattr(earlier, name), getattr(later, name)
            assert after.absolute - before.absolute == after.incremental
        start, at, end = (tag.local() for tag in (later.start, later.maximum_time, later.end))
        assert start is not None
        assert at is not None
        assert end is not None
        assert start <= at <= end
        assert at.minute % 15 == 0
        hours = (end - start) / timedelta(hours=1)
        assert later.active.incremental / hours <= later.maximum


def test_what_runs_is_told_up_to_now() -> None:
    totals, _period = periods(CONTRACTS.answers(Asdu(TypeId.READ_CURRENT_TARIFF, Cause.ACTIVATION, 1, IMPORT), NOW))
    assert [tag.local() for tag in (totals.start, totals.end)] == [month(11), NOW]


def test_closings_older_than_the_load_profile_are_gone() -> None:
    assert stored(month(1, 2020), month(1, 2025)) == []
    assert len(stored(month(1, 2020), NOW)) == 2 * 13


def test_a_contract_that_there_is_not_is_refused_and_other_types_are_not_its_business() -> None:
    with pytest.raises(Refused) as refused:
        stored(month(10), NOW, 136)
    assert refused.value.cause == Cause.UNKNOWN_RECORD
    assert CONTRACTS.answers(Asdu(TypeId.READ_IDENTITY, Cause.REQUEST, 1), NOW) is None
