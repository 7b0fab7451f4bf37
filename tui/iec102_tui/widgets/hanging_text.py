"""Lines with a sign or a key in front: the rest of a long one goes on below its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from iec102_tui.words.plain_text import wrapped


class HangingLine(NamedTuple):
    """``head`` is drawn in the style ``look``; behind its width the words are wrapped."""

    head: str
    words: str = ""
    look: str = ""


class HangingText(Static):
    """As high as its lines are when they are wrapped."""

    def __init__(self, lines: Sequence[HangingLine] = (), *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id, markup=False)
        self._lines: Sequence[HangingLine] = ()
        self.show(lines)

    @property
    def text(self) -> str:
        """What it says, a line each."""
        return "\n".join(f"{line.head}{line.words}" for line in self._lines)

    def show(self, lines: Sequence[HangingLine]) -> None:
        """Draws other lines."""
        if lines != self._lines:
            self._lines = lines
            self._draw()

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        drawn = Content("\n").join(_drawn(line, width) for line in self._lines)
        if drawn.plain != str(self.content):
            self.update(drawn)


def _drawn(line: HangingLine, width: int) -> Content:
    indent = len(line.head)
    words = wrapped(line.words, width - indent) if width > indent else [line.words]
    return Content.assemble((line.head, line.look), f"\n{' ' * indent}".join(words))
