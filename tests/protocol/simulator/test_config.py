"""What a simulated meter can be told, and what is said about the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from iec102.asdu.timetag import MADRID
from iec102.errors import InvalidSetting
from iec102.simulator import SimulatorConfig

CLOCK = datetime(2026, 11, 22, 10)


def test_a_clock_without_an_offset_is_in_the_meters_zone() -> None:
    assert SimulatorConfig(clock=CLOCK).clock == CLOCK.replace(tzinfo=MADRID)
    assert SimulatorConfig(clock=CLOCK.replace(tzinfo=UTC)).clock == CLOCK.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"link_address": 65_536}, "link address"),
        ({"link_address": -1}, "link address"),
        ({"point_address": 65_536}, "point address"),
        ({"password": 1 << 32}, "password"),
        ({"password": -1}, "password"),
        ({"clock": datetime(1999, 12, 31, 23)}, "2000"),
        ({"clock": datetime(1999, 12, 31, 22, tzinfo=UTC)}, "2000"),
        ({"clock": datetime(2100, 1, 1)}, "2099"),
        ({"clock": datetime.min}, "2000"),
        ({"clock": datetime.max}, "2099"),
        ({"quirks": frozenset(["slow"])}, "slow"),
        ({"quirks": frozenset(["slow-MS"])}, "slow-200"),
        ({"quirks": frozenset(["slow--1"])}, "slow"),
        ({"faults": {"drop": float("nan")}}, "0 to 1"),
        ({"faults": {"drop": -0.1}}, "0 to 1"),
    ],
)
def test_what_no_meter_can_have_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        SimulatorConfig(**settings)


def test_a_refused_password_is_not_told() -> None:
    with pytest.raises(InvalidSetting) as caught:
        SimulatorConfig(password=123_456_789_012)
    assert "123456" not in str(caught.value)
    assert "4242" not in repr(SimulatorConfig(password=4242))


def test_the_first_and_the_last_moment_are_clocks() -> None:
    for clock in (datetime(2000, 1, 1), datetime(2100, 1, 1) - timedelta(seconds=1)):
        assert SimulatorConfig(clock=clock).clock is not None


def test_quirks_carry_numbers() -> None:
    config = SimulatorConfig(quirks=frozenset(["slow-200", "no-122"]))
    assert config.count("slow-MS") == 200
    assert config.count("session-timeout-S") is None
