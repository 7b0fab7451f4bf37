"""Rows of text that scroll, each made only when it is drawn."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.strip import Strip

from iec102_tui.widgets.caption import Caption
from iec102_tui.widgets.roles import Roles
from iec102_tui.words.text import N_

_WHEEL = 3


class Lines(Roles, Caption, can_focus=True):
    """A window on ``row_count`` rows, from row ``top`` on, with a cursor on one of them.

    Not Textual's ScrollView: there each new row means a new layout of the whole screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("Up"), id="lines.up", show=False),
        Binding("down,j", "move(1)", N_("Down"), id="lines.down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="lines.page_up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="lines.page_down", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.top = 0
        self._height = 0
        self.plain = Style()
        """The widget's own style, found out once a painting: that is slow."""

    # What a kind of rows says

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def cursor_row(self) -> int | None:
        """The row of the cursor."""
        raise NotImplementedError

    def go_to_row(self, row: int, by: int) -> None:
        """The cursor goes to a row that exists; ``by``: the way it came."""
        raise NotImplementedError

    def line(self, row: int, width: int) -> Strip:
        """One row, as wide as the widget."""
        raise NotImplementedError

    # What all have in common

    def render_lines(self, crop: Region) -> list[Strip]:
        self.plain = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        row, width = self.top + y, self.size.width
        return self.line(row, width) if row < self.row_count else Strip.blank(width, self.plain)

    def bring_into_view(self, row: int) -> None:
        """Scrolls as little as possible."""
        self.scroll_rows(min(max(self.top, row - self.size.height + 1), row))

    def scroll_rows(self, top: int) -> None:
        """Makes ``top`` the first row on the screen, as far as there are rows."""
        top = max(0, min(top, self.row_count - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def refresh_row(self, row: int | None) -> None:
        """Draws one row again."""
        if row is not None and 0 <= row - self.top < self.size.height:
            self.refresh(Region(0, row - self.top, self.size.width, 1))

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        if (row := self.cursor_row) is not None:
            self.go_to_row(min(max(row + by, 0), self.row_count - 1), by)

    def action_page(self, direction: int) -> None:
        """Moves by what is visible."""
        self.action_move(direction * max(1, self.size.height - 1))

    def on_resize(self, _event: Resize) -> None:
        """The cursor stays in view, if it was."""
        row = self.cursor_row
        seen = row is not None and row - self.top in range(self._height)
        self._height = self.size.height
        self.scroll_rows(self.top)
        if row is not None and seen:
            self.bring_into_view(row)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.wheel(-_WHEEL)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.wheel(_WHEEL)

    def wheel(self, by: int) -> None:
        """The mouse wheel scrolls and leaves the cursor where it is."""
        self.scroll_rows(self.top + by)

    def on_click(self, event: Click) -> None:
        row = self.top + event.y
        if row < self.row_count:
            self.go_to_row(row, 0)
