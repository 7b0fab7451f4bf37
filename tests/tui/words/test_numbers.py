"""Numbers on the screen: groups, units that keep them short, and no decimals that nobody measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iec102_tui.words.numbers import (
    NumberStyle,
    decimals_after,
    grouped,
    plain_number,
    set_number_style,
    typeset,
    typeset_column,
)


@pytest.fixture
def _spanish() -> Iterator[None]:
    set_number_style(NumberStyle(point=",", group="."))
    yield
    set_number_style(NumberStyle())


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, "1 000"),
        (30608026, 0, "30 608 026"),
        (-16777215, 0, "-16 777 215"),
        (229.44, 1, "229.4"),
        (66137.4, 1, "66 137.4"),
        (-0.04, 1, "0.0"),
        (-0.4, 0, "0"),
    ],
)
def test_digits_stand_in_groups_of_three(value: float, decimals: int, text: str) -> None:
    assert grouped(value, decimals) == text


@pytest.mark.usefixtures("_spanish")
def test_a_language_has_signs_of_its_own_on_the_screen_and_none_in_files() -> None:
    assert grouped(66137.4, 1) == "66.137,4"
    assert plain_number(66137.4, 1) == "66137.4"


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (133, "kW", 0, ("133", "kW")),
        (-99999, "kW", 0, ("-99 999", "kW")),
        (-133412, "kW", 0, ("-133.41", "MW")),
        (16777215, "kW", 0, ("16.78", "GW")),
        (230.1, "V", 1, ("230.1", "V")),
        (66137.4, "V", 1, ("66.14", "kV")),
        (0.929, "", 3, ("0.929", "")),
    ],
)
def test_a_number_that_would_be_longer_is_in_a_greater_unit(
    value: float, unit: str, decimals: int, shown: tuple[str, str]
) -> None:
    assert typeset(value, unit, decimals) == shown


def test_a_column_has_one_unit_and_one_count_of_decimals() -> None:
    assert typeset_column([4.0, None, -133412.0], "kW") == (("0.00", "-", "-133.41"), "MW")
    assert typeset_column([], "kW") == ((), "kW")
    assert typeset_column([None], "V", 1) == (("-",), "V")


@pytest.mark.parametrize(("factor", "left"), [(1, 1), (10, 0), (600, 0), (0.1, 2), (1.5, 1), (0, 1)])
def test_a_ratio_invents_no_decimals(factor: float, left: int) -> None:
    assert decimals_after(factor, 1) == left
