"""Lines of coloured pieces that a function has made, of which only the rows that have changed are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from iec102_tui.themes import HEAT_STEPS, role_style

_SHADES = 4
"""Shades between two steps of the heat map, where the terminal's colours can be mixed."""


class Piece(NamedTuple):
    """Text in one style: ``role`` is a variable of the theme.

    ``heat`` and ``under`` are places in the colours of the heat map, 0 to 1: of the text instead of ``role``, and of
    the ground.
    """

    text: str
    role: str = "foreground"
    bold: bool = False
    heat: float | None = None
    under: float | None = None
    reverse: bool = False


Line = Sequence[Piece]


def text_of(line: Line) -> str:
    """What a line says."""
    return "".join(piece.text for piece in line)


class PictureView(Widget):
    """Shows what it is handed. Whoever makes the lines asks for its size, and makes them anew when it is Measured."""

    class Measured(Message):
        """It has another size."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._styles: dict[Piece, Style] = {}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def on_resize(self) -> None:
        self.post_message(self.Measured())

    def _theme_changed(self, _theme: Theme) -> None:
        self._styles.clear()
        self.refresh()

    @property
    def text(self) -> str:
        """What stands there."""
        return "\n".join(text_of(line).rstrip() for line in self._lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Draws the rows that differ from those that are shown."""
        before, self._lines = self._lines, [tuple(line) for line in lines]
        most = max(len(before), len(self._lines))
        changed = [y for y in range(most) if before[y : y + 1] != self._lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, max(1, self.size.width), 1) for y in changed if y < max(1, self.size.height)))

    def render_line(self, y: int) -> Strip:
        ground, width = self.rich_style, self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, ground)
        segments = [Segment(piece.text, ground + self._style(piece)) for piece in self._lines[y]]
        return Strip(segments).simplify().adjust_cell_length(width, ground)

    def _style(self, piece: Piece) -> Style:
        look = piece._replace(text="")
        if look not in self._styles:
            style = role_style(self.app, piece.role, bold=piece.bold)
            if piece.heat is not None:
                style += Style(color=self._heat(piece.heat).rich_color)
            if piece.under is not None:
                style += Style(bgcolor=self._heat(piece.under).rich_color)
            self._styles[look] = style + Style(reverse=True) if piece.reverse else style
        return self._styles[look]

    def _heat(self, share: float) -> Color:
        """A colour of the heat map; the terminal's own 16 cannot be mixed.

        Without colour it is a grey: that of the highest colour would be the one of a middle value.
        """
        share = min(max(share, 0.0), 1.0)
        place = share * (HEAT_STEPS - 1)
        colours = [Color.parse(self.app.theme_variables[f"heat-{step}"]) for step in range(HEAT_STEPS)]
        if any(colour.ansi is not None for colour in colours):
            return colours[round(place)]
        if self.app.no_color:
            return colours[0].blend(
                Color.parse(self.app.theme_variables["strong"]), round(place * _SHADES) / _SHADES / (HEAT_STEPS - 1)
            )
        step = min(int(place), HEAT_STEPS - 2)
        return colours[step].blend(colours[step + 1], round((place - step) * _SHADES) / _SHADES)
