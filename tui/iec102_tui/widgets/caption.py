"""A title in the upper border whose change draws the border alone: Textual's own draws the whole widget again."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from iec102_tui.themes import role_style
from iec102_tui.widgets.aside import on_border

_BEFORE, _AROUND = 2, 6


class Caption(Widget):
    """``caption`` stands in the upper border, where there is one."""

    _caption = ""

    @property
    def caption(self) -> str:
        """The title."""
        return self._caption

    @caption.setter
    def caption(self, text: str) -> None:
        if text != self._caption:
            self._caption = text
            if self.styles.border_top[0]:
                self.refresh(Region(0, -1, self.size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if crop.y == 0 and strips and self._caption and self.styles.border_top[0]:
            strips[0] = self._with_caption(strips[0], crop)
        return strips

    def _with_caption(self, border: Strip, crop: Region) -> Strip:
        """The border with the title in it, as much of it as there is room for."""
        room = self.outer_size.width - _AROUND
        if room < 1 or crop.x > _BEFORE:
            return border
        text = f" {self._caption if cell_len(self._caption) <= room else set_cell_size(self._caption, room)} "
        start = _BEFORE - crop.x
        role = "accent" if self.has_focus else "muted"
        words = on_border(self, text, role_style(self.app, role, on="background", bold=self.has_focus))
        return Strip.join([border.crop(0, start), words, border.crop(start + cell_len(text))]).crop(
            0, border.cell_length
        )
