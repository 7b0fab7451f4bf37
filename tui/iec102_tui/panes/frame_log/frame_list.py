"""The frames of the line as a list that follows the newest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from iec102.transport.tap import Direction, TapRecord
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import hex_lines, tree_lines
from iec102_tui.captures.pairs import NEAR, about, partner
from iec102_tui.panes.frame_log.row import Row, heading, is_quiet, row_parts
from iec102_tui.panes.frame_log.view import FrameView
from iec102_tui.widgets.lines import Lines
from iec102_tui.words.text import N_

_SIGNS = 3
"""Cursor, mark, a blank."""


class FrameList(Lines):
    """One line a frame.

    Following keeps the newest frame in view; moving up detaches, End follows again. Frames come in all the
    same. The cursor stays on its frame, by the frame's number.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "oldest", N_("Oldest frame"), id="frames.oldest", show=False),
        Binding(
            "end", "follow", N_("Follow"), id="frames.follow", show=False, tooltip=N_("Keep the newest frame in view")
        ),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"frame-list--cursor"}

    following: reactive[bool] = reactive(True)
    """The newest frame is kept in view and under the cursor."""

    @dataclass
    class Selected(Message):
        """The cursor has come to another frame; ``number`` is None while there is none."""

        number: int | None

    class Measured(Message):
        """It has another width."""

    def __init__(self, frames: FrameRing, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.view = FrameView(frames)
        self.zone: tzinfo | None = None
        self.cursor: int | None = None
        self.marks: set[int] = set()
        self.rules: Sequence[tuple[Callable[[TapRecord], bool], str]] = ()
        """The user's colours: the role of the first filter that a frame passes is that of its kind and words."""
        self._empty: Sequence[str] = ()
        self._wanted: int | None = None  # where the user left the cursor; a filter may hide that frame
        self._out_of_view = False  # another filter may have put the cursor's frame anywhere
        self.partner: int | None = None
        """The request or the answer of the frame at the cursor."""

    # What it shows

    @property
    def frames(self) -> FrameRing:
        """Where the frames are."""
        return self.view.frames

    def use(self, frames: FrameRing, zone: tzinfo | None) -> None:
        """Shows another ring, from its newest frame, with the times of ``zone`` (None: this machine's)."""
        self.zone = zone
        self.marks.clear()
        self.view.use(frames)
        self.following = True
        self._wanted = None
        self._select(None)
        self.view.start_again(self.view.accepts, self.view.hides)

    @property
    def filtered(self) -> bool:
        """Not all frames are shown."""
        return self.view.accepts is not None

    @property
    def quiet(self) -> bool:
        """ACK and polls are not shown."""
        return self.view.hides is not None

    @property
    def awaits_answer(self) -> bool:
        """The newest frame, which it follows, is a request."""
        ring = self.frames
        return self.following and ring.end > ring.start and ring[ring.end - 1].direction is Direction.SENT

    @property
    def record(self) -> TapRecord | None:
        """The frame at the cursor."""
        try:
            return None if self.cursor is None else self.frames[self.cursor]
        except LookupError:
            return None

    def explained(self) -> str | None:
        """The frame at the cursor in words; None while there is none."""
        number, record = self.cursor, self.record
        if number is None or record is None:
            return None
        when = record.wall.astimezone(self.zone).isoformat(timespec="milliseconds")
        return "\n".join((when, about(self.frames, number), *hex_lines(record), *tree_lines(record)))

    def filter_by(self, accepts: Callable[[TapRecord], bool] | None, *, quiet: bool) -> None:
        """Shows only what a filter lets through, None: all. Frames come with the next ``update_frames``.

        ``quiet``: without ACK and polls with which nothing is wrong.
        """
        self.view.start_again(accepts, is_quiet if quiet else None)
        self.top = 0
        self._out_of_view = True
        self.refresh()

    def update_frames(self) -> bool:
        """Takes over what the ring has got; False: there is more to filter, and it wants to be called again soon."""
        view, height = self.view, self.size.height
        before, count = view.looked_at, self.row_count
        first = view.numbers[self.top] if self.top < count else None
        seen = view.numbers[self.top + height - 1] if height and self.top + height <= count else None
        complete = view.catch_up()
        if first is not None:
            self.top = view.row(first)
        if self.marks and min(self.marks) < view.looked_at.start:
            self.marks = {number for number in self.marks if number >= view.looked_at.start}
        if complete:
            self._settle()
            self._tie()
        same = (view.looked_at, self.row_count) == (before, count)
        past = (
            not self.following
            and seen is not None
            and seen + NEAR < before.stop
            and before.start == view.looked_at.start
        )
        if not (same or past):
            self.refresh()
        return complete

    def _settle(self) -> None:
        """The cursor is on a frame that is shown, following on the newest."""
        numbers = self.view.numbers
        if not numbers:
            self._select(None)
        elif self.following or self._wanted is None:
            self._wanted = numbers[-1]
            self._select(self._wanted)
            self.bring_into_view(len(numbers) - 1)
        else:
            row = min(self.view.row(self._wanted), len(numbers) - 1)
            if numbers[row] != self.cursor or self._out_of_view:
                self._select(numbers[row])
                self.bring_into_view(row)
        self._out_of_view = False

    # Rows

    @property
    def row_count(self) -> int:
        return len(self.view.numbers)

    @property
    def cursor_row(self) -> int | None:
        if self.cursor is None or not self.row_count:
            return None
        return min(self.view.row(self.cursor), self.row_count - 1)

    def go_to_row(self, row: int, by: int) -> None:
        self.following = row == self.row_count - 1 and by > 0
        self._wanted = self.view.numbers[row]
        self._select(self._wanted)
        self.bring_into_view(row)

    def go_to(self, number: int) -> None:
        """The cursor goes to a frame that is shown, and stays there."""
        self.go_to_row(self.view.row(number), 0)

    def wheel(self, by: int) -> None:
        """Scrolling back detaches."""
        if by < 0:
            self.following = False
        super().wheel(by)

    # Actions

    def action_oldest(self) -> None:
        """Goes to the oldest frame that is kept."""
        if self.row_count:
            self.go_to_row(0, -1)

    def action_follow(self) -> None:
        """Goes to the newest frame and stays with it."""
        self.following = True
        self._settle()

    def toggle_mark(self) -> None:
        """Marks the frame at the cursor, or takes its mark away."""
        if self.cursor is not None:
            self.marks ^= {self.cursor}
            self.refresh_row(self.cursor_row)

    def go_to_next_mark(self) -> bool:
        """Goes to the next marked frame that is shown, the first one after the last; False where there is none."""
        shown = sorted(number for number in self.marks if self.view.shows(number))
        if shown:
            after = (number for number in shown if self.cursor is not None and number > self.cursor)
            self.go_to(next(after, shown[0]))
        return bool(shown)

    # Drawing

    def say_empty(self, words: Sequence[str]) -> None:
        """What stands in an empty list."""
        if words != self._empty:
            self._empty = words
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if self.row_count:
            return super().render_line(y)
        width, at = self.size.width, y - max(0, (self.size.height - len(self._empty)) // 2)
        text = self._empty[at] if 0 <= at < len(self._empty) else ""
        return Strip([Segment(text.center(width)[:width], self.plain + self.role("muted"))], width)

    @property
    def heading(self) -> str:
        """The heads of the columns, for the width that it has."""
        return " " * _SIGNS + heading(max(0, self.size.width - _SIGNS))

    def line(self, row: int, width: int) -> Strip:
        number = self.view.numbers[row]
        try:
            record = self.frames[number]
            previous = self.frames[number - 1] if number > self.frames.start else None
        except LookupError:
            return Strip.blank(width, self.plain)
        selected = number == self.cursor
        place = ">" if selected else "=" if number == self.partner else " "
        ground = self.ground("frame-list--cursor") if selected else self.plain
        mark = "*" if number in self.marks else " "
        segments = [Segment(f"{place}{mark} "[:width], self.role_on(ground, "accent"))]
        whole = Row(self.frames, number, record, previous, self.zone)
        ruled = next((role for accepts, role in self.rules if accepts(record)), None)
        for text, role, telling in row_parts(whole, max(0, width - _SIGNS)):
            segments.append(Segment(text, self.role_on(ground, ruled if telling and ruled else role)))
        return Strip(segments, width).simplify()

    def on_resize(self, event: Resize) -> None:
        """Where it follows, the newest frame stays in view; otherwise what was there."""
        self.post_message(self.Measured())
        if self.following:
            self._settle()
        else:
            super().on_resize(event)

    def _select(self, number: int | None) -> None:
        if number == self.cursor:
            return
        self.refresh_row(self.cursor_row)
        self.cursor = number
        self.refresh_row(self.cursor_row)
        self._tie()
        self.post_message(self.Selected(number))

    def _tie(self) -> None:
        """Marks the request or the answer of the frame at the cursor."""
        try:
            other = None if self.cursor is None else partner(self.frames, self.cursor)
        except LookupError:
            other = None
        if other != self.partner:
            for number in (self.partner, other):
                if number is not None:
                    self.refresh_row(self.view.row(number))
            self.partner = other
