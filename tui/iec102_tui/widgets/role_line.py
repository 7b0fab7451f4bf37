"""One row of text in the roles of the theme, of which only the cells that have changed are drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from iec102_tui.themes import role_style

_APART = 6
"""Changes that are nearer to each other than this are drawn in one: to go there costs as many bytes."""


class Span(NamedTuple):
    """Text in one style: ``role`` and ``on`` are variables of the theme. ``meaning``: what a click there does."""

    text: str
    role: str = "foreground"
    bold: bool = False
    on: str | None = None
    reverse: bool = False
    meaning: str = ""

    @property
    def width(self) -> int:
        """In cells."""
        return cell_len(self.text)


def width_of(spans: Sequence[Span]) -> int:
    """In cells."""
    return sum(span.width for span in spans)


def text_of(spans: Sequence[Span]) -> str:
    """What stands there."""
    return "".join(span.text for span in spans)


class RoleLine(Widget):
    """Spans at the left, and others at the right end. The left ones give way where there is no room."""

    GROUND: ClassVar[str] = "panel"

    DEFAULT_CSS = """
    RoleLine { height: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._spans: tuple[Span, ...] = ()
        self._cells: list[tuple[str, Span]] = []
        self._styles: dict[Span, Style] = {}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _theme: Theme) -> None:
        self._styles.clear()
        self.refresh()

    def on_resize(self, _event: Resize) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        """The width is another one; a kind of row shows its spans again here."""

    @property
    def text(self) -> str:
        """What the row says."""
        return text_of(self._spans).strip()

    def show(self, left: Sequence[Span], right: Sequence[Span] = ()) -> None:
        """Draw what differs from what is shown."""
        room = max(0, self.size.width - width_of(left) - width_of(right))
        spans = (*left, Span(" " * room), *right)
        if spans == self._spans:
            return
        before, self._spans = self._cells, spans
        self._cells = list(_cells(spans))
        if len(before) != len(self._cells):
            self.refresh()
            return
        changed = [x for x, (old, new) in enumerate(zip(before, self._cells, strict=True)) if old != new]
        self.refresh(*(Region(first, 0, last - first + 1, 1) for first, last in _runs(changed)))

    def render_line(self, y: int) -> Strip:
        segments = [Segment(span.text, self._style(span)) for span in self._spans if y == 0]
        return Strip(segments).adjust_cell_length(self.size.width, self._style(Span("")))

    def span_at(self, x: int) -> Span | None:
        """What stands in this column."""
        return self._cells[x][1] if 0 <= x < len(self._cells) else None

    def _style(self, span: Span) -> Style:
        look = span._replace(text="", meaning="")
        if look not in self._styles:
            style = role_style(self.app, span.role, on=span.on or self.GROUND, bold=span.bold)
            self._styles[look] = style + Style(reverse=True) if span.reverse else style
        return self._styles[look]


def _cells(spans: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    """Each cell with what is seen in it; the second of a wide character is empty."""
    for span in spans:
        look = span._replace(text="")
        for char in span.text:
            yield char, look
            for _ in range(cell_len(char) - 1):
                yield "", look


def _runs(columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of those that are near to each other."""
    if not columns:
        return
    breaks = [(one, other) for one, other in pairwise(columns) if other - one > _APART]
    yield from zip(
        [columns[0], *(other for _, other in breaks)], [*(one for one, _ in breaks), columns[-1]], strict=True
    )
