"""Curves over ticks, drawn by plotext in cells that each have a mark, so that themes colour them and not plotext."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from rich.text import Text

from iec102_tui.widgets.canvas import Run

T = TypeVar("T")

_DOTS_APART = 4
_BRAILLE = "braille"
_GRID, _PLAIN_GRID = "\N{MIDDLE DOT}", "."
_UPRIGHT, _PLAIN_UPRIGHT = "\N{BOX DRAWINGS LIGHT VERTICAL}", "|"

Span = tuple[float, float]


class Curves(Generic[T]):
    """One figure of ``width`` x ``height`` cells: tick labels on the left, a foot below, curves in between.

    ``label``: cells of the tick labels with the blank after them. ``x`` and ``y``: what the first and the last column,
    and the lowest and the uppermost row, stand for. What is drawn last is on top. ``plain``: without Braille.
    A figure has no state outside itself; it may be made in a thread.
    """

    def __init__(self, width: int, height: int, label: int, x: Span, y: Span, *, plain: bool = False) -> None:
        from textual_plotext.plot import Plot  # takes its time to load: not before a plot is shown

        self.columns = width - label
        self._label = label
        self._rows = height - 1
        self._foot: Run[T] | None = None
        self._x, self._y = x, y
        self._plain = plain
        self._marks: list[T] = []
        self._plot = Plot()
        self._plot.theme("clear")
        # plotsize() would not go beyond what plotext takes the terminal for; textual_plotext's widget does the same.
        self._plot._set_size(width, self._rows)  # noqa: SLF001 - nothing public does it
        self._plot.xaxes(False, False)
        self._plot.yaxes(False, False)
        self._plot.xfrequency(0)
        self._plot.xlim(*x)
        self._plot.ylim(*y)

    def ticks(self, values: Sequence[tuple[float, str]], mark: T, dots: T) -> None:
        """Put the labels of these values on the left, and a line of dots behind the curves at each."""
        labels = [f"{text:>{self._label - 1}} " for _value, text in values]
        self._plot.yticks([value for value, _text in values], labels)
        self._plot.ticks_color(self._colour(mark))
        across = [self.at_column(column) for column in range(0, self.columns, _DOTS_APART)]
        self._plot.scatter(
            across * len(values),
            [value for value, _text in values for _column in across],
            marker=_PLAIN_GRID if self._plain else _GRID,
            color=self._colour(dots),
        )

    def foot(self, text: str, mark: T) -> None:
        """Put a row of text below the curves, from their first column on.

        Not plotext's own labels of x: it puts them in the order of a set and moves one that is near another, so that
        they would jump from one start of the program to the next.
        """
        self._foot = Run(self._label, self._rows, text, mark)

    def upright(self, x: float, mark: T) -> None:
        """Draw a line from the lowest row to the uppermost."""
        marker = _PLAIN_UPRIGHT if self._plain else _UPRIGHT
        self._plot.plot([x, x], list(self._y), marker=marker, color=self._colour(mark))

    def curve(self, points: Sequence[tuple[float, float]], mark: T, sign: str) -> None:
        """Draw a line through points without a gap between them; ``sign``: its character where Braille lacks."""
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        self._plot.plot(xs, ys, marker=sign if self._plain else _BRAILLE, color=self._colour(mark))

    def text(self, text: str, x: float, y: float, mark: T, *, centred: bool = False) -> None:
        """Write over all else, beginning at a point or around it."""
        self._plot.text(text, x, y, color=self._colour(mark), alignment="center" if centred else "left")

    def column(self, x: float) -> int:
        """The column in which a point stands."""
        first, last = self._x
        return int(0.5 + (self.columns - 1) * (x - first) / (last - first))

    def at_column(self, column: int) -> float:
        """What a column stands for."""
        first, last = self._x
        return first + column / max(1, self.columns - 1) * (last - first)

    def runs(self) -> Iterator[Run[T]]:
        """Draw, and give what is drawn row by row."""
        for y, line in enumerate(Text.from_ansi(str(self._plot.build())).split()):
            for span in line.spans:
                text = line.plain[span.start : span.end]
                colour = span.style.color if not isinstance(span.style, str) else None
                if colour is not None and colour.number is not None and text.strip():
                    yield Run(span.start, y, text, self._marks[colour.number])
        if self._foot is not None and self._foot.text.strip():
            yield self._foot

    def _colour(self, mark: T) -> int:
        """The number that stands for a mark among plotext's colours, until the cells are read back."""
        if mark not in self._marks:
            self._marks.append(mark)
        return self._marks.index(mark)
