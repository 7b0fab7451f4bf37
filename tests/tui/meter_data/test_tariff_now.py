"""The contracted power of the tariff period that it is now."""

from __future__ import annotations

from datetime import datetime

import pytest
from iec102.asdu import MADRID
from iec102_tui.meter_data.known import Known, Told
from iec102_tui.meter_data.tariff_now import contracted_now
from support.known_meter import powers, seasons

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=MADRID)  # a Friday


def known(*, told: int = 1, direction: int = 1, contract: int = 1, **kilowatts: int) -> Known:
    documents = {
        "seasons": seasons(direction),
        "powers": powers(**(kilowatts or {"P1": 450, "P2": 460, "P6": 500})),
        "now": {"current_period": told, "current_time": NOW.isoformat()},
        "holidays": {"days": [{"year": None, "month": 12, "day": 8}, {"year": 2026, "month": 11, "day": 23}]},
    }
    return Known({f"{kind}-{contract}": Told(document, NOW, NOW) for kind, document in documents.items()})


@pytest.mark.parametrize(
    ("when", "period", "power"),
    [
        ((2026, 11, 20, 12, 30), 1, 450.0),
        ((2026, 11, 20, 17, 59), 2, 460.0),
        ((2026, 11, 20, 7, 59), 6, 500.0),
        ((2026, 11, 21, 12, 30), 6, 500.0),  # a Saturday
        ((2026, 11, 23, 12, 30), 6, 500.0),  # a holiday of this year
        ((2027, 11, 23, 12, 30), 1, 450.0),
        ((2026, 12, 8, 12, 30), 6, 500.0),  # a holiday of every year
    ],
)
def test_the_period_follows_the_tables(when: tuple[int, int, int, int, int], period: int, power: float) -> None:
    assert contracted_now(known(), datetime(*when, tzinfo=MADRID), MADRID) == (1, period, power)


def test_tables_that_the_meter_itself_contradicts_are_not_believed() -> None:
    assert contracted_now(known(told=3), NOW, MADRID) is None


def test_an_exporting_contract_and_one_without_powers_are_passed_over() -> None:
    assert contracted_now(known(direction=2), NOW, MADRID) is None
    assert contracted_now(known(P1=0, P2=0), NOW, MADRID) is None
    assert contracted_now(known(contract=3), NOW, MADRID) == (3, 1, 450.0)
    assert contracted_now(Known(), NOW, MADRID) is None


def test_a_period_without_a_power_has_none() -> None:
    assert contracted_now(known(P2=460), NOW, MADRID) is None
