"""Dots and lines in cells, in Braille and without."""

from __future__ import annotations

import math

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
