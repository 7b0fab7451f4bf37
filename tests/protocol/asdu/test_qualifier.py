"""The words for the qualifier byte."""

from __future__ import annotations

import pytest
from iec102.asdu import qualifier_words


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        (0x00, ()),
        (0x10, ("the clock was changed a little inside the interval",)),
        (0x40, ("the clock was changed a lot inside the interval",)),
        (0x02, ("incomplete: power failure during the period",)),
        (0xA0, ("invalid", "overflow")),
    ],
)
def test_each_bit_says_what_it_means_to_a_person(quality: int, words: tuple[str, ...]) -> None:
    assert qualifier_words(quality) == words
