"""The byte after each integrated total (cualificador; REE profile reference, 6.1)."""

from __future__ import annotations

from enum import IntFlag


class Qualifier(IntFlag):
    """What the meter says of a value. IV means "do not use"; the others are warnings."""

    RES = 1 << 0
    AL = 1 << 1
    INT = 1 << 2
    MP = 1 << 3
    VH = 1 << 4
    CY = 1 << 5
    CA = 1 << 6
    IV = 1 << 7


_WORDS = {
    Qualifier.IV: "invalid",
    Qualifier.CA: "the clock was changed a lot inside the interval",
    Qualifier.CY: "overflow",
    Qualifier.VH: "the clock was changed a little inside the interval",
    Qualifier.MP: "parameters changed during the period",
    Qualifier.INT: "intrusion during the period",
    Qualifier.AL: "incomplete: power failure during the period",
    Qualifier.RES: "reserved bit set",
}


def qualifier_words(quality: int) -> tuple[str, ...]:
    """The meaning of each bit that is set, the most important one first; empty for a good value."""
    return tuple(words for bit, words in _WORDS.items() if quality & bit)
