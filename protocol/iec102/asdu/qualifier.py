"""The byte after each integrated total (cualificador; REE profile reference, 6.1)."""

from __future__ import annotations

from enum import IntFlag

from iec102.sentence import Sentence


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


_CODES = {
    Qualifier.IV: "qualifier.invalid",
    Qualifier.CA: "qualifier.clock_changed_much",
    Qualifier.CY: "qualifier.overflow",
    Qualifier.VH: "qualifier.clock_changed_little",
    Qualifier.MP: "qualifier.parameters",
    Qualifier.INT: "qualifier.intrusion",
    Qualifier.AL: "qualifier.incomplete",
    Qualifier.RES: "qualifier.reserved",
}


def qualifier_words(quality: int) -> tuple[Sentence, ...]:
    """The meaning of each bit that is set, the most important one first; empty for a good value."""
    return tuple(Sentence(code) for bit, code in _CODES.items() if quality & bit)
