"""Curves that plotext draws: exactly as large as asked for, on their ticks, and of each cell known what it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.widgets.axis import axis
from iec102_tui.widgets.canvas import Run
from iec102_tui.widgets.curves import Curves

LABEL = 6


def rows_of(runs: Iterable[Run[str]], mark: str) -> dict[int, str]:
    """What stands in each row of one mark, from the first column on."""
    rows: dict[int, str] = {}
    for run in runs:
        if run.mark == mark:
            rows[run.y] = rows.get(run.y, "").ljust(run.x) + run.text
    return rows


def test_a_figure_is_as_large_as_asked_for_also_beyond_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    figure: Curves[str] = Curves(240, 68, LABEL, (0.0, 10.0), (0.0, 10.0))
    figure.ticks([(0.0, "0"), (10.0, "10")], "tick", "dot")
    figure.foot("", "tick")
    figure.curve([(0.0, 0.0), (10.0, 10.0)], "curve", "*")
    runs = list(figure.runs())
    drawn = [run for run in runs if run.mark == "curve"]
    assert (max(run.x + len(run.text) for run in drawn), min(run.y for run in drawn)) == (240, 0)
    assert max(run.y for run in drawn) == 66  # the last row is that of the times
    assert rows_of(runs, "tick") == {0: "   10 ", 66: "    0 "}


@given(rows=st.integers(2, 40), low=st.integers(-50, 50), span=st.integers(1, 500))
def test_a_curve_stands_in_the_row_of_the_tick_that_it_is_at(rows: int, low: int, span: int) -> None:
    scale = axis(low, low + span, rows)
    figure: Curves[str] = Curves(30, rows + 1, 12, (0.0, 1.0), (scale.low, scale.high))
    ticks = list(scale.ticks())
    figure.ticks([(value, f"{value:g}") for _row, value in ticks], "tick", "dot")
    figure.foot("", "tick")
    for number, (_row, value) in enumerate(ticks):
        figure.curve([(0.0, value), (1.0, value)], f"curve {number}", "*")
    runs = list(figure.runs())
    labels = {row: float(text) for row, text in rows_of(runs, "tick").items()}
    assert labels == pytest.approx(dict(ticks))
    for number, (row, _value) in enumerate(ticks):
        assert list(rows_of(runs, f"curve {number}")) == [row]


@pytest.mark.parametrize("plain", [False, True])
def test_between_two_curves_of_a_mark_a_gap_stays_open(plain: bool) -> None:
    figure: Curves[str] = Curves(LABEL + 41, 6, LABEL, (0.0, 40.0), (0.0, 4.0), plain=plain)
    figure.ticks([(0.0, "0"), (4.0, "4")], "tick", "dot")
    figure.foot("12:00    12:10" + " " * 40, "tick")
    figure.curve([(0.0, 2.0), (10.0, 2.0)], "curve", "x")
    figure.curve([(30.0, 2.0), (40.0, 2.0)], "curve", "x")
    figure.upright(20.0, "cursor")
    figure.text("1", 40.0, 2.0, "end")
    runs = list(figure.runs())
    assert [(run.x - LABEL, len(run.text)) for run in runs if run.mark == "curve"] == [(0, 11), (30, 10)]
    assert [(run.x - LABEL, run.text) for run in runs if run.mark == "end"] == [(40, "1")]
    assert {run.x - LABEL for run in runs if run.mark == "cursor"} == {20}
    assert [(run.x - LABEL, run.text.rstrip()) for run in runs if run.y == 5] == [(0, "12:00    12:10")]
    assert not plain or all(run.text.isascii() for run in runs)
    assert all(one.x + len(one.text) <= two.x for one, two in itertools.pairwise(runs) if one.y == two.y)


def test_the_marks_of_one_figure_are_not_those_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    first: Curves[str] = Curves(30, 6, LABEL, (0.0, 1.0), (0.0, 1.0))
    second: Curves[str] = Curves(30, 6, LABEL, (0.0, 1.0), (0.0, 1.0))
    for figure, mark in ((first, "one"), (second, "other")):
        figure.curve([(0.0, 0.5), (1.0, 0.5)], mark, "*")
    assert {run.mark for run in first.runs()} == {"one"}
    assert {run.mark for run in second.runs()} == {"other"}
