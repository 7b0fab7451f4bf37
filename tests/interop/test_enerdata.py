"""The tariff calendar that ships gives the periods of enerdata (GISCE, MIT), hour by hour of several years.

enerdata stands on pandas, so it is no dependency of the tests: ENERDATA_PYTHON names an interpreter that has it
(`pip install enerdata` in an environment of its own). Without it this is skipped; the same calendar is held against a
table of the circular itself in tests/tui/meter_data/test_tariff_file.py.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from iec102_tui.meter_data.tariff_file import read_calendar
from support.environments import works

WRITER = Path(__file__).with_name("enerdata_periods.py")
SHIPPED = Path(__file__).parents[2] / "docs" / "tariffs" / "peninsula-6-periods.toml"


@pytest.fixture(scope="module")
def enerdata_python() -> str:
    """The interpreter that ENERDATA_PYTHON names."""
    python = os.environ.get("ENERDATA_PYTHON")
    if python is None:
        pytest.skip("enerdata is not here: ENERDATA_PYTHON names an interpreter that has it")
    assert works(python, "enerdata.contracts.tariff"), f"ENERDATA_PYTHON={python} cannot import enerdata"
    return python


@pytest.mark.parametrize("tariff", ["3.0TD", "6.1TD"])
@pytest.mark.parametrize("year", [2024, 2026, 2027])
def test_each_hour_of_a_year_has_the_period_of_enerdata(enerdata_python: str, tariff: str, year: int) -> None:
    told = subprocess.run(
        [enerdata_python, "-I", WRITER, tariff, str(year)], capture_output=True, text=True, timeout=120, check=True
    )
    theirs = json.loads(told.stdout)
    calendar = read_calendar(SHIPPED)
    hours = [datetime(year, 1, 1) + timedelta(hours=number) for number in range(len(theirs))]
    ours = [f"P{calendar.seasons.period_at(hour, calendar.holidays)}" for hour in hours]
    assert len(hours) in (8760, 8784)
    assert [(hour, own, their) for hour, own, their in zip(hours, ours, theirs, strict=True) if own != their] == []
