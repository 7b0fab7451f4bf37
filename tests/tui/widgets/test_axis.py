"""Round ticks, each exactly on its row, and times that stand clear of one another."""

from __future__ import annotations

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.widgets.axis import axis, times

END = datetime(2026, 11, 22, 12, 30, 5, tzinfo=ZoneInfo("Europe/Madrid"))


@given(st.floats(-1e7, 1e7), st.floats(0, 1e7), st.integers(2, 60), st.sampled_from([0.0, 0.1, 1.0]))
def test_ticks_are_round_and_hold_all_values(low: float, span: float, rows: int, least: float) -> None:
    high = low + span
    found = axis(low, high, rows, least_step=least)
    first = f"{found.step:.0e}"[0]
    assert first in "125"
    assert found.step >= least
    assert found.low <= low + found.step * 1e-6
    assert found.high >= high - found.step * 1e-6
    ticks = list(found.ticks())
    assert ticks[0][0] == rows - 1
    for row, value in ticks:
        assert 0 <= row < rows
        assert found.y(value) == pytest.approx(row + 0.5, abs=1e-3)


def test_an_axis_is_as_fine_as_it_can_be() -> None:
    assert [value for _row, value in axis(0, 188, 5).ticks()] == [0, 50, 100, 150, 200]
    assert [value for _row, value in axis(-68, 0, 5).ticks()] == [-80, -60, -40, -20, 0]
    assert axis(207, 253, 9).low == 200
    assert axis(0.8, 1.0, 5, least_step=0.05).decimals == 2
    assert axis(0, 188, 5).decimals == 0


@pytest.mark.parametrize("seconds", [120.0, 300.0, 600.0, 900.0])
@pytest.mark.parametrize("width", [60, 68, 140, 230])
def test_times_are_round_and_apart(seconds: float, width: int) -> None:
    found = times(END, seconds, width)
    assert len(found) >= 3
    for column, label in found:
        assert 0 <= column <= width
        assert label[-1] in "05" or len(label) == 5
    for (one, label), (other, _label) in itertools.pairwise(found):
        assert other - one >= len(label) + 2


def test_a_time_stands_where_it_belongs() -> None:
    columns = {label: column for column, label in times(END, 600.0, 60)}
    assert columns["12:30"] == round(595 / 600 * 60)
