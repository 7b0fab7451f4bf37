"""Ratios of measuring transformers, such as 500/5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, Self

from iec102.asdu import TransformerRatios
from iec102.errors import InvalidSetting

from iec102_tui.words.text import N_, _

WANTED = N_('primary/secondary, such as "66000/110" or "500/5", both above 0')
_FORM = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*/\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Primary and secondary side in the same unit (V or A), exact; both above 0.

    Equal when written the same way: 500/5 and 100/1 have the same factor but are different transformers.
    """

    primary: Decimal
    secondary: Decimal

    def __post_init__(self) -> None:
        if not (self.primary > 0 and self.secondary > 0):
            raise InvalidSetting(_("a ratio must be {wanted}", wanted=_(WANTED)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidSetting for anything but ``primary/secondary``."""
        found = _FORM.fullmatch(text)
        if not found:
            raise InvalidSetting(_("a ratio must be {wanted}", wanted=_(WANTED)))
        return cls(Decimal(found[1]), Decimal(found[2]))

    @property
    def factor(self) -> Fraction:
        """What a secondary value is multiplied with to give the primary one."""
        return Fraction(self.primary) / Fraction(self.secondary)

    def __str__(self) -> str:
        return f"{self.primary:f}/{self.secondary:f}"


class Ratios(NamedTuple):
    """Both ratios of a meter, and where they come from: "profile" or "meter"."""

    voltage: Ratio
    current: Ratio
    source: str

    @classmethod
    def of_meter(cls, told: TransformerRatios) -> Ratios:
        """From what a meter tells, in tenths of a volt and of an ampere."""
        return cls(
            _of_tenths(told.primary_voltage, told.secondary_voltage),
            _of_tenths(told.primary_current, told.secondary_current),
            "meter",
        )

    @property
    def factor(self) -> float:
        """What secondary volts times secondary amperes are multiplied with."""
        return float(self.voltage.factor * self.current.factor)

    def __str__(self) -> str:
        return f"{self.voltage} {self.current} ({self.source})"


def _of_tenths(primary: int, secondary: int) -> Ratio:
    return Ratio((Decimal(primary) / 10).normalize(), (Decimal(secondary) / 10).normalize())
