"""The intervals of a load profile as a table, each line made only when it is visible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.cells import Columns, column_ranges, columns_for, row_text
from iec102_tui.panes.load_profile.window import index_of
from iec102_tui.widgets.roles import Roles
from iec102_tui.words.load_profile_text import CHANNEL_ROLES
from iec102_tui.words.text import N_


class LoadProfileTable(Roles, ScrollView, can_focus=True):
    """Keeps its cursor on its interval, whatever comes or goes around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("Up"), id="curve.up", show=False, tooltip=N_("The interval before")),
        Binding("down,j", "move(1)", N_("Down"), id="curve.down", show=False, tooltip=N_("The interval behind")),
        Binding("pageup", "page(-1)", N_("Page up"), id="curve.page_up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="curve.page_down", show=False),
        Binding("home", "first", N_("First"), id="curve.first", show=False, tooltip=N_("The first interval")),
        Binding("end", "last", N_("Last"), id="curve.last", show=False, tooltip=N_("The last interval")),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"load-profile-table--gap", "load-profile-table--cursor"}

    @dataclass
    class Moved(Message):
        """The cursor is on another interval."""

        index: int

    class Measured(Message):
        """Other columns fit than before."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._load_profile: LoadProfile | None = None
        self.columns = Columns((0,), 0)
        self.cursor = 0

    def show(self, load_profile: LoadProfile) -> None:
        """Show another state, or another load profile."""
        kept: datetime | None = (
            self._load_profile.ends[self.cursor] if self._load_profile and self._load_profile.ends else None
        )
        self._load_profile = load_profile
        self.cursor = index_of(load_profile, kept)
        self._measure()
        self._show_cursor()
        self.refresh()

    def go_to(self, index: int) -> None:
        """Moves the cursor."""
        count = 0 if self._load_profile is None else len(self._load_profile.ends)
        target = min(max(index, 0), max(count - 1, 0))
        if target != self.cursor:
            self.cursor = target
            self._show_cursor()
            self.refresh()
            self.post_message(self.Moved(target))

    def action_move(self, by: int) -> None:
        """So many intervals up or down."""
        self.go_to(self.cursor + by)

    def action_page(self, direction: int) -> None:
        """By what is visible."""
        self.go_to(self.cursor + direction * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """To the first interval."""
        self.go_to(0)

    def action_last(self) -> None:
        """To the last interval."""
        self.go_to(0 if self._load_profile is None else len(self._load_profile.ends) - 1)

    def render_line(self, y: int) -> Strip:
        width, load_profile = self.size.width, self._load_profile
        index = self.scroll_offset.y + y
        if load_profile is None or index >= len(load_profile.ends):
            return Strip.blank(width, self.rich_style)
        chosen = index == self.cursor
        ground = self.get_component_rich_style("load-profile-table--cursor") if chosen else self.rich_style
        text = row_text(load_profile, index, self.columns, chosen=chosen)[:width].ljust(width)
        if load_profile.ends[index] not in load_profile.rows:
            style = ground + self.get_component_rich_style("load-profile-table--gap", partial=True)
            return Strip([Segment(text, style)], width)
        segments, at = [], 0
        for channel, columns in column_ranges(self.columns):
            segments.append(Segment(text[at : columns.start], self.role_on(ground, "warn" if at else "muted")))
            segments.append(Segment(text[columns], self.role_on(ground, CHANNEL_ROLES[channel])))
            at = columns.stop
        segments.append(Segment(text[at:], self.role_on(ground, "warn")))
        return Strip(segments, width)

    def on_resize(self) -> None:
        """Other columns may fit now."""
        self._measure()
        self._show_cursor()
        self.refresh()

    def _measure(self) -> None:
        if self._load_profile is not None:
            before, self.columns = self.columns, columns_for(self._load_profile, self.size.width)
            if self.columns != before:
                self.post_message(self.Measured())
            self.virtual_size = Size(self.size.width, len(self._load_profile.ends))

    def _show_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True)
