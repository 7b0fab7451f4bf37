"""The vector diagram of voltages and currents.

The protocol gives no angle between phases: voltages are drawn at 0, -120 and -240 degrees, which the picture says.
The angle of a current follows from the powers of its phase: it is behind its voltage by atan2(Q, P).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from iec102.meter.signals import BY_KEY

from iec102_tui.panes.live.scales import nominal_voltage
from iec102_tui.panes.live.view import Cell, Mark, View, value_of
from iec102_tui.widgets.canvas import Canvas
from iec102_tui.words import live_text
from iec102_tui.words.text import _

_TOP = 90.0
_APART = 120.0
_CIRCLE_STEP, _FINE_FROM = 4, 15
_SIGNS = {Mark.L1: "1", Mark.L2: "2", Mark.L3: "3", Mark.STRONG: "i", Mark.WARN: "!", Mark.FAINT: "."}
_MARKS = (Mark.L1, Mark.L2, Mark.L3)
_SAME_ANGLE, _SAME_SIZE = 2.0, 0.03


class Vector(NamedTuple):
    """One phase. ``voltage`` in parts of the nominal one, ``current`` of the greatest of the three; None: unknown.

    ``behind``: degrees that the current is behind its voltage.
    """

    voltage: float | None
    current: float | None
    behind: float | None


Vectors = tuple[Vector, Vector, Vector]


def vectors_of(view: View) -> Vectors:
    """What the diagram shows of a reading; invalid values are not in it."""
    voltages, currents, actives, reactives = (
        [_known(view, f"{prefix}l{phase}") for phase in (1, 2, 3)]
        for prefix in ("vi.voltage_", "vi.current_", "power.active_", "power.reactive_")
    )
    highest = max((value for value in voltages if value is not None), default=0.0)
    most = max((value for value in currents if value is not None), default=0.0)
    nominal = nominal_voltage(highest)
    first, second, third = (
        Vector(
            None if voltage is None else voltage / nominal,
            None if current is None or not most else current / most,
            math.degrees(math.atan2(reactive, active)) if active is not None and reactive is not None else None,
        )
        for voltage, current, active, reactive in zip(voltages, currents, actives, reactives, strict=True)
    )
    return first, second, third


def _known(view: View, key: str) -> float | None:
    value = value_of(view, BY_KEY[key])
    return value.value if value is not None and value.valid else None


def alike(one: Vectors, other: Vectors) -> bool:
    """The difference is not worth a new drawing."""
    return all(
        _near(a.voltage, b.voltage, _SAME_SIZE)
        and _near(a.current, b.current, _SAME_SIZE)
        and _near(a.behind, b.behind, _SAME_ANGLE)
        for a, b in zip(one, other, strict=True)
    )


def _near(one: float | None, other: float | None, apart: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= apart


def diagram(
    vectors: Vectors, x: int, y: int, height: int, *, plain: bool = False, suspect: frozenset[int] = frozenset()
) -> Iterator[Cell]:
    """A square of ``height`` rows and twice as many columns. ``suspect``: the phases (1 to 3) that stand out."""
    width = 2 * height
    canvas: Canvas[Mark] = Canvas(width, height, plain=plain, signs=_SIGNS)
    radius = height / 2 - 0.15

    def point(angle: float, size: float) -> tuple[float, float]:
        turned = math.radians(angle)
        return (height / 2 + radius * size * math.cos(turned)) * 2, height / 2 - radius * size * math.sin(turned)

    step = 2 * _CIRCLE_STEP if plain else _CIRCLE_STEP // 2 if height >= _FINE_FROM else _CIRCLE_STEP
    for degrees in range(0, 360, step):
        canvas.dot(*point(degrees, 1.0), Mark.FAINT)
    middle = point(0.0, 0.0)
    for number, vector in enumerate(vectors):
        if vector.current and vector.behind is not None:
            mark = Mark.WARN if number + 1 in suspect else Mark.STRONG
            canvas.line(*middle, *point(_TOP - number * _APART - vector.behind, 0.7 * vector.current), mark)
    for number, vector in enumerate(vectors):
        if vector.voltage:
            angle = _TOP - number * _APART
            canvas.line(*middle, *point(angle, min(1.0, 0.95 * vector.voltage)), _MARKS[number])
            column, row = point(angle, 0.98)
            canvas.text(int(column), int(row), str(number + 1), _MARKS[number])
    for phase in suspect:  # also where its voltage is missing
        column, row = point(_TOP - (phase - 1) * _APART, 0.98)
        canvas.text(int(column), int(row), str(phase), Mark.WARN)
        canvas.text(int(column) + 1, int(row), "!", Mark.WARN)
    for run in canvas.runs():
        yield Cell(x + run.x, y + run.y, run.text, run.mark)


def angles(vectors: Vectors, *, plain: bool = False) -> str:
    """The three angles in words."""
    sign = "" if plain else "\N{DEGREE SIGN}"
    first, second, third = ("-" if one.behind is None else f"{one.behind:.0f}{sign}" for one in vectors)
    return _(live_text.ANGLES, first=first, second=second, third=third)
