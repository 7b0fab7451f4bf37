"""The table that every benchmark prints: what was measured, its target, and the ratio of the two."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `target` is the most it may be, or with `at_least` the least; None: there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Measured over target: good up to 1, or from 1 on with `at_least`."""
        return None if self.target is None else self.value / self.target

    @property
    def met(self) -> bool:
        ratio = self.ratio
        return ratio is None or (ratio >= 1 if self.at_least else ratio <= 1)

    def cells(self) -> tuple[str, str, str, str]:
        if self.target is None:
            return self.name, f"{number(self.value)} {self.unit}".strip(), "", ""
        sign = ">=" if self.at_least else "<="
        verdict = "" if self.met else "  MISSED"
        return (
            self.name,
            f"{number(self.value)} {self.unit}".strip(),
            f"{sign} {number(self.target)} {self.unit}".strip(),
            f"{self.ratio:.2f}{verdict}",
        )


def number(value: float) -> str:
    """Three significant digits, or whole thousands: 0.0421, 1.04, 12.3, 1,497."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def table(title: str, rows: Iterable[Row]) -> None:
    """Prints the rows under their title, columns aligned."""
    lines = [("", "measured", "target", "ratio"), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    print(f"\n{title}")
    for line in lines:
        name, *figures = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  " + "  ".join((name, *figures)).rstrip())
