"""The codes of the sector."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import integers
from iec102.errors import InvalidSetting
from iec102_tui.market_files.point import check_cil, check_company, check_cups, check_invoice, check_letters


@pytest.mark.parametrize("cups", ["ES0021000000000001RK", "ES0021000000000001RK1P"])
def test_a_cups_with_its_letters(cups: str) -> None:
    assert check_cups(cups) == cups


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ES0021",
        "es0021000000000001rk",
        "FR0021000000000001RK",
        "ES002100000000000IRK",
        "ES0021000000000001RK1",
        "ES0021000000000001RK11",
        "ES0021000000000001RK1P;",
        "ES" + "\N{ARABIC-INDIC DIGIT ONE}" * 16 + "RK",
    ],
)
def test_what_is_no_cups_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="is no CUPS"):
        check_cups(text)


@given(integers(0, 10**16 - 1), integers(0, 15), integers(1, 9))
def test_one_wrong_digit_is_found(number: int, place: int, by: int) -> None:
    digits = f"{number:016d}"
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    with pytest.raises(InvalidSetting, match="look for a slip"):
        check_cups(f"ES{wrong}{check_letters(digits)}")


@pytest.mark.parametrize("text", ["21", "00211", "002A", ""])
def test_a_company_has_four_digits(text: str) -> None:
    assert check_company("0021") == "0021"
    with pytest.raises(InvalidSetting, match="four digits"):
        check_company(text)


def test_a_cil_has_25_characters() -> None:
    cil = "ES0021000000000001RK1F001"
    assert check_cil(cil) == cil
    with pytest.raises(InvalidSetting, match="25"):
        check_cil(cil[:-1])


@pytest.mark.parametrize("text", ["", "F;1", "F\n1", "x" * 31])
def test_an_invoice_can_stand_between_semicolons(text: str) -> None:
    assert check_invoice("F0001") == "F0001"
    with pytest.raises(InvalidSetting, match="invoice"):
        check_invoice(text)
