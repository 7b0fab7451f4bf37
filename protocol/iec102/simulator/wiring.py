"""How the simulated meter is wired to its site: right, or with one of the faults of an installation.

Each phase of the meter takes a voltage of the site and the current of one of its phases. A current that is another
phase's, or that flows backwards through its transformer, turns the power of that phase; a fault is therefore linear in
the powers of the site, and the registers stay the exact integral of what is measured (REE profile reference, 12).
"""

from __future__ import annotations

import cmath
import math
import re
from typing import NamedTuple

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

WIRINGS = {
    "ct-reversed=L2": "the current transformer of a phase is turned round",
    "ct-swapped=L1L2": "the current transformers of two phases are exchanged",
    "ct-rotated": "each phase has the current of the next one",
    "voltage-missing=L3": "a phase has no voltage, while its current flows",
    "ct-open=L1": "the current transformer of a phase is open",
    "ratio=40/5": "the meter says that its current transformers are of this ratio, and they are not",
}
"""What may be wrong, with the phase or the numbers as an example."""

_FORM = re.compile(
    r"(ct-reversed|voltage-missing|ct-open)=L([123])|(ct-swapped)=L([123])L([123])|(ct-rotated)|"
    r"(ratio)=([1-9]\d{0,4})/([1-9]\d{0,2})",
    re.ASCII,
)
_THIRD = 2 * math.pi / 3


class Input(NamedTuple):
    """One phase of the meter: whose current (0 to 2) it has, and how that turns its power; whether both are there."""

    source: int
    turn: complex = 1.0
    has_voltage: bool = True
    has_current: bool = True

    @property
    def weight(self) -> complex:
        """What the power of the source is multiplied with."""
        return self.turn if self.has_voltage and self.has_current else 0.0


class Wiring(NamedTuple):
    """One fault by its name, the phases (0 to 2) that it is in, and the ratio (amperes) that the meter claims."""

    fault: str = ""
    phases: tuple[int, ...] = ()
    ratio: tuple[int, int] | None = None

    @classmethod
    def parse(cls, text: str) -> Wiring:
        """From ``ct-reversed=L2`` and the like; empty: a right one. Raises InvalidSetting."""
        if not text:
            return cls()
        found = _FORM.fullmatch(text)
        if found is None or (found[3] and found[4] == found[5]):
            raise InvalidSetting(Sentence("simulator.wiring", text=text, known=", ".join(WIRINGS)))
        if found[7]:
            return cls("ratio", ratio=(int(found[8]), int(found[9])))
        numbers = tuple(int(number) - 1 for number in (found[2], found[4], found[5]) if number)
        return cls(found[1] or found[3] or found[6], numbers)

    @property
    def measures_right(self) -> bool:
        """The meter measures what the site takes."""
        return self.fault in ("", "ratio")

    @property
    def missing(self) -> frozenset[int]:
        """The phases (1 to 3) without a voltage."""
        return frozenset(at + 1 for at in self.phases) if self.fault == "voltage-missing" else frozenset()

    @property
    def inputs(self) -> tuple[Input, Input, Input]:
        """The three phases of the meter."""
        found = [Input(at) for at in range(3)]
        match self.fault:
            case "ct-reversed":
                found[self.phases[0]] = Input(self.phases[0], -1.0)
            case "voltage-missing":
                found[self.phases[0]] = Input(self.phases[0], has_voltage=False)
            case "ct-open":
                found[self.phases[0]] = Input(self.phases[0], has_current=False)
            case "ct-swapped":
                one, other = self.phases
                found[one], found[other] = _with_current_of(one, other), _with_current_of(other, one)
            case "ct-rotated":
                found = [_with_current_of(at, (at + 1) % 3) for at in range(3)]
        return found[0], found[1], found[2]


def _with_current_of(phase: int, source: int) -> Input:
    """L2 lags a third of a turn behind L1, L3 two thirds: so much does the voltage of ``phase`` lead the source's."""
    return Input(source, cmath.exp(1j * _THIRD * (source - phase)))
