"""Lines and curves drawn in the cells of a terminal: eight Braille dots a cell, or one character where those lack.

For what Live shows from its first values on, the small trend and the vector diagram: plotext, which draws the plots
(``curves``), takes 45 ms to load, which the first values would wait for, and 6 ms a trend where this takes 0.8 ms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_BRAILLE = 0x2800
# The bit of each dot, by column and row within a cell.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_PLAIN_DOT = "*"


class Run(NamedTuple, Generic[T]):
    """Cells of one mark beside one another; ``text`` begins and ends with something drawn."""

    x: int
    y: int
    text: str
    mark: T


class Canvas(Generic[T]):
    """``width`` x ``height`` cells. A point is given in cells: (0, 0) is the upper left corner of the first.

    What is drawn last gives a cell its mark. ``plain``: no Braille; ``signs`` are the characters then, by mark.
    """

    def __init__(self, width: int, height: int, *, plain: bool = False, signs: Mapping[T, str] | None = None) -> None:
        self.width = width
        self.height = height
        self._across, self._down = (1, 1) if plain else (2, 4)
        self._plain = plain
        self._signs = signs or {}
        self._bits: dict[tuple[int, int], int] = {}
        self._marks: dict[tuple[int, int], T] = {}
        self._texts: dict[tuple[int, int], str] = {}

    def dot(self, x: float, y: float, mark: T) -> None:
        """Set the dot at a point; outside nothing is drawn."""
        column, row = math.floor(x * self._across), math.floor(y * self._down)
        cell = (column // self._across, row // self._down)
        if 0 <= cell[0] < self.width and 0 <= cell[1] < self.height:
            bit = _BITS[column % self._across][row % self._down]
            self._bits[cell] = self._bits.get(cell, 0) | bit
            self._marks[cell] = mark

    def line(self, x0: float, y0: float, x1: float, y1: float, mark: T) -> None:
        """Draw a straight line with both its ends; what is outside costs nothing, however far it goes."""
        steps = max(1, math.ceil(max(abs(x1 - x0) * self._across, abs(y1 - y0) * self._down)))
        begin, end = 0.0, 1.0
        for first, last, size in ((x0, x1, self.width), (y0, y1, self.height)):
            if first != last:
                enters, leaves = sorted((-first / (last - first), (size - first) / (last - first)))
                begin, end = max(begin, enters), min(end, leaves)
        for step in range(max(0, math.floor(begin * steps) - 1), min(steps, math.ceil(end * steps) + 1) + 1):
            share = step / steps
            self.dot(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, mark)

    def text(self, x: int, y: int, character: str, mark: T, *, below: bool = False) -> None:
        """Put a character into a cell; ``below``: only where nothing is drawn."""
        cell = (x, y)
        if 0 <= x < self.width and 0 <= y < self.height and not (below and (cell in self._bits or cell in self._texts)):
            self._texts[cell] = character
            self._marks[cell] = mark

    def runs(self) -> Iterator[Run[T]]:
        """Give what is drawn, row by row. Blank cells between two of the same mark belong to their run."""
        drawn = sorted(self._marks, key=lambda cell: (cell[1], cell[0]))
        run: Run[T] | None = None
        for x, y in drawn:
            mark, character = self._marks[x, y], self._character((x, y))
            if run is not None and run.y == y and run.mark == mark:
                run = run._replace(text=run.text.ljust(x - run.x) + character)
                continue
            if run is not None:
                yield run
            run = Run(x, y, character, mark)
        if run is not None:
            yield run

    def _character(self, cell: tuple[int, int]) -> str:
        if cell in self._texts:
            return self._texts[cell]
        return self._signs.get(self._marks[cell], _PLAIN_DOT) if self._plain else chr(_BRAILLE + self._bits[cell])
