"""Text at the right end of a border's upper row, beside the title at its left end."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from iec102_tui.themes import role_style

_LEAST = 4
_DOT = " \N{MIDDLE DOT} "


class WithAside(Widget):
    """A widget with such a text: how old, how many. It is seen only where there is a border."""

    _aside = ""

    @property
    def aside(self) -> str:
        """The text. The title goes before it where there is no room for both."""
        return self._aside

    @aside.setter
    def aside(self, text: str) -> None:
        if text != self._aside:
            self._aside = text
            if self.styles.border_top[0]:
                self.refresh(Region(0, -1, self.size.width, 1))  # the border alone: a new title draws all of it

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if crop.y == 0 and strips and self._aside and self.styles.border_top[0]:
            strips[0] = self._with_aside(strips[0], crop)
        return strips

    def _with_aside(self, border: Strip, crop: Region) -> Strip:
        """The border with the text in it, unless the title needs the room."""
        width = self.outer_size.width
        room = width - cell_len(str(self.border_title or "")) - 10
        if room < _LEAST:
            return border
        text = that_fits(self._aside, room)
        start = width - cell_len(text) - 4 - crop.x
        end = start + cell_len(text) + 2
        if start < 0 or end > border.cell_length:
            return border
        words = on_border(self, f" {text} ", role_style(self.app, "muted", on="background"))
        return Strip.join([border.crop(0, start), words, border.crop(end)])


def on_border(widget: Widget, text: str, style: Style) -> Strip:
    """Text for a border that is drawn already: it passes what the border has passed (NO_COLOR, plain characters)."""
    strip = Strip([Segment(text, style)])
    for each in widget.get_line_filters():
        strip = strip.apply_filter(each, widget.background_colors[1])
    return strip


def that_fits(text: str, room: int) -> str:
    """As many of its parts as there is room for: half a word says nothing."""
    while cell_len(text) > room and _DOT in text:
        text = text.rpartition(_DOT)[0].rstrip()
    return text if cell_len(text) <= room else set_cell_size(text, room)


class Aside(Vertical, WithAside):
    """A container with such a text."""
