"""The key is a number that nothing prints."""

from __future__ import annotations

import pytest
from iec102.asdu import Password
from iec102.errors import InvalidSetting


@pytest.mark.parametrize("value", [0, 1, 4_294_967_295, "7", "00000007", " 7 "])
def test_a_key_is_a_number_of_32_bits(value: int | str) -> None:
    assert Password(value).reveal() == int(value)


@pytest.mark.parametrize(
    "value", [-1, 4_294_967_296, "", "seven", "4242424242424242", "1.5", "1_000", "-0", "\u0667", "9" * 9999, 4.2, True]
)
def test_anything_else_is_refused_without_being_shown(value: int | str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Password(value)
    assert not str(value) or str(value) not in str(refused.value)


def test_it_shows_as_stars_and_compares_by_value() -> None:
    assert f"{Password(42)!r} {Password(42)} {[Password(42)]}" == "*** *** [***]"
    assert Password(42) == Password("42")
    assert Password(42) != 42
    assert len({Password(42), Password("42"), Password(43)}) == 2
