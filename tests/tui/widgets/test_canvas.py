"""Dots and lines in cells, in Braille and without."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.widgets.canvas import Canvas, Run


def test_a_dot_is_one_of_eight_in_its_cell() -> None:
    canvas: Canvas[str] = Canvas(2, 1)
    canvas.dot(0.0, 0.0, "a")
    canvas.dot(1.9, 0.9, "b")
    assert list(canvas.runs()) == [Run(0, 0, "\u2801", "a"), Run(1, 0, "\u2880", "b")]


def test_what_is_outside_is_not_drawn() -> None:
    canvas: Canvas[str] = Canvas(2, 2)
    for x, y in ((-0.1, 0.0), (2.0, 0.0), (0.0, -0.1), (0.0, 2.0)):
        canvas.dot(x, y, "a")
        canvas.text(math.floor(x), math.floor(y), "x", "a")
    canvas.line(-5.0, -5.0, -1.0, -1.0, "a")
    assert not list(canvas.runs())


def test_a_line_has_both_ends_and_no_holes() -> None:
    canvas: Canvas[str] = Canvas(6, 1, plain=True)
    canvas.line(0.0, 0.5, 5.9, 0.5, "a")
    assert list(canvas.runs()) == [Run(0, 0, "******", "a")]


@pytest.mark.parametrize("ends", [(5, 2, 1e7, 3e6), (-1e7, 2, 5, 2), (3, -1e6, 3, 1e6), (-1e6, -1e6, -5, -5)])
def test_a_line_that_goes_far_outside_takes_only_the_steps_inside(
    ends: tuple[float, float, float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas: Canvas[str] = Canvas(10, 5)
    points: list[tuple[float, float]] = []
    monkeypatch.setattr(canvas, "dot", lambda x, y, _mark: points.append((x, y)))
    canvas.line(*ends, "a")
    assert len(points) <= 2 * 10 + 4 * 5 + 6


@given(st.tuples(*[st.floats(-40, 40)] * 4))
def test_a_line_is_the_same_whether_its_outside_is_left_out_or_not(ends: tuple[float, float, float, float]) -> None:
    (x0, y0, x1, y1), canvas, whole = ends, Canvas[str](10, 5), Canvas[str](10, 5)
    canvas.line(*ends, "a")
    steps = max(1, math.ceil(max(abs(x1 - x0) * 2, abs(y1 - y0) * 4)))
    for step in range(steps + 1):
        whole.dot(x0 + (x1 - x0) * (step / steps), y0 + (y1 - y0) * (step / steps), "a")
    assert [*canvas.runs()] == [*whole.runs()]


def test_plain_has_a_sign_for_each_mark_and_no_braille() -> None:
    canvas: Canvas[str] = Canvas(3, 1, plain=True, signs={"b": "+"})
    canvas.dot(0.5, 0.5, "a")
    canvas.dot(2.5, 0.5, "b")
    assert [(run.x, run.text) for run in canvas.runs()] == [(0, "*"), (2, "+")]


def test_text_below_leaves_what_is_drawn_and_cells_of_one_mark_are_one_run() -> None:
    canvas: Canvas[str] = Canvas(5, 1)
    canvas.dot(2.0, 0.0, "line")
    for x in range(0, 5, 2):
        canvas.text(x, 0, ".", "grid", below=True)
    assert list(canvas.runs()) == [Run(0, 0, ".", "grid"), Run(2, 0, "\u2801", "line"), Run(4, 0, ".", "grid")]
    canvas.text(2, 0, "x", "grid")
    assert list(canvas.runs()) == [Run(0, 0, ". x .", "grid")]
