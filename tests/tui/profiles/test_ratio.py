from fractions import Fraction

import pytest
from iec102.errors import InvalidSetting
from iec102_tui.profiles.ratio import Ratio


def test_a_ratio_is_exact() -> None:
    ratio = Ratio.parse("110000/110")
    assert ratio.factor == 1000
    assert Ratio.parse("1/3").factor == Fraction(1, 3)
    assert Ratio.parse("63508.53/63.5").factor * Fraction("63.5") == Fraction("63508.53")


@pytest.mark.parametrize("text", ["66000/110", "500/5", "1/1", "0.5/0.001", "007/1"])
def test_a_ratio_is_written_as_it_was_read(text: str) -> None:
    assert str(Ratio.parse(text)) == text.removeprefix("00")
    assert Ratio.parse(str(Ratio.parse(text))) == Ratio.parse(text)


def test_spaces_in_a_ratio_mean_nothing() -> None:
    assert Ratio.parse(" 500 / 5 ") == Ratio.parse("500/5")


HALVES = ["/", "500", "500/", "/5", "500/0", "0/5", "-500/5", "500/-5", "66000:110", "500/5/1"]
NUMBERS = ["1e3/1", "nan/1", "inf/1", "\u0665/\u0665", "1_000/1", "123456789012/1", "9" * 5000 + "/1"]


@pytest.mark.parametrize("text", ["", "500/5\n500/5", *HALVES, *NUMBERS])
def test_anything_else_is_no_ratio(text: str) -> None:
    with pytest.raises(InvalidSetting, match=r"66000/110"):
        Ratio.parse(text)
