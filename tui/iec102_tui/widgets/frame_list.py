"""The frames of the line as a list that follows the newest one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from iec102.application import decode
from iec102.explain import summary
from iec102.link import Garbage
from iec102.transport.tap import Direction, TapRecord
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from iec102_tui.capture import FrameRing

_HEADING = "  time          gap    dir  bytes  fn  type cause  meaning"
_LONGEST_GAP = 999.999


class FrameList(ScrollView, can_focus=True):
    """One line a frame, made only when it is visible.

    Following keeps the newest frame in view; moving up detaches, End follows again. Frames come in all the
    same. The cursor stays on its frame, by the frame's number.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Previous frame", id="frames.up", show=False),
        Binding("down,j", "move(1)", "Next frame", id="frames.down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="frames.page_up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="frames.page_down", show=False),
        Binding("home", "oldest", "Oldest frame", id="frames.oldest", show=False),
        Binding("end", "follow", "Follow the newest", id="frames.follow", tooltip="Keep the newest frame in view"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "frame-list--sent",
        "frame-list--received",
        "frame-list--bad",
        "frame-list--cursor",
    }

    following: reactive[bool] = reactive(True)
    """The newest frame is kept in view and under the cursor."""

    @dataclass
    class Selected(Message):
        """The cursor has come to another frame; ``number`` is None while there is none."""

        number: int | None

    def __init__(self, frames: FrameRing, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.frames = frames
        self.zone: tzinfo | None = None
        self._start = 0
        self._end = 0
        self.cursor: int | None = None

    def use(self, frames: FrameRing, zone: tzinfo | None) -> None:
        """Shows another ring, from its newest frame, with the times of ``zone`` (None: this machine's)."""
        self.frames = frames
        self.zone = zone
        self._start = self._end = -1
        self.cursor = None
        self.following = True
        self.update_frames()

    def update_frames(self) -> None:
        """Takes over what the ring has got since the last time; redraws only if something visible changed."""
        start, end = self.frames.start, self.frames.end
        if (start, end) == (self._start, self._end):
            return
        dropped = start - self._start
        self._start, self._end = start, end
        self.virtual_size = Size(self.size.width, end - start)
        if self.cursor is not None and self.cursor < start:
            self._select(start)
        if self.following:
            self._to_newest()
        elif dropped > 0:
            self.scroll_to(y=self.scroll_offset.y - dropped, animate=False)
        self.refresh()

    # Actions

    def action_move(self, by: int) -> None:
        """Moves the cursor; up from the newest frame detaches."""
        if self.cursor is None:
            return
        target = min(max(self.cursor + by, self._start), self._end - 1)
        self.following = target == self._end - 1 and by > 0
        self._select(target)
        self._show_cursor()

    def action_page(self, direction: int) -> None:
        """Moves by what is visible."""
        self.action_move(direction * max(1, self.size.height - 1))

    def action_oldest(self) -> None:
        """Goes to the oldest frame that is kept."""
        if self._end > self._start:
            self.following = False
            self._select(self._start)
            self._show_cursor()

    def action_follow(self) -> None:
        """Goes to the newest frame and stays with it."""
        self.following = True
        self._to_newest()

    # Drawing

    def render_line(self, y: int) -> Strip:
        number = self._start + self.scroll_offset.y + y
        width = self.size.width
        if not self._start <= number < self._end:
            return Strip.blank(width, self.rich_style)
        try:
            record = self.frames[number]
        except LookupError:
            return Strip.blank(width, self.rich_style)
        selected = number == self.cursor
        text = (">" if selected else " ") + self._text(number, record)
        style = self.rich_style + self._style(record)
        if selected:
            style += self.get_component_rich_style("frame-list--cursor", partial=True)
        return Strip([Segment(text.ljust(width)[:width], style)], width)

    def on_resize(self) -> None:
        """Keeps the newest frame or the cursor in view."""
        self.virtual_size = Size(self.size.width, self._end - self._start)
        self._show_cursor()

    def _style(self, record: TapRecord) -> Style:
        if isinstance(record.item, Garbage):
            name = "frame-list--bad"
        else:
            name = "frame-list--sent" if record.direction is Direction.SENT else "frame-list--received"
        return self.get_component_rich_style(name, partial=True)

    def _text(self, number: int, record: TapRecord) -> str:
        return f"{record.wall.astimezone(self.zone):%H:%M:%S.%f}"[:-3] + self._gap(number, record) + _columns(record)

    def _gap(self, number: int, record: TapRecord) -> str:
        if number <= self._start:
            return " " * 9
        gap = record.time - self.frames[number - 1].time
        return f" +{min(gap, _LONGEST_GAP):7.3f}"

    def _to_newest(self) -> None:
        self._select(self._end - 1 if self._end > self._start else None)
        self._show_cursor()

    def _select(self, number: int | None) -> None:
        if number != self.cursor:
            self.cursor = number
            self.refresh()
            self.post_message(self.Selected(number))

    def _show_cursor(self) -> None:
        if self.cursor is not None:
            region = Region(0, self.cursor - self._start, 1, 1)
            self.scroll_to_region(region, animate=False, force=True, immediate=True)


def heading(width: int) -> str:
    """The column heads above the list."""
    return _HEADING[:width]


def _columns(record: TapRecord) -> str:
    item = record.item
    sign = "<<" if record.direction is Direction.RECEIVED else ">>"
    if isinstance(item, Garbage):
        return f" {sign}!{len(item.data):5}                  {summary(item)}"
    asdu = decode(item)
    length = 6 if item.asdu is None else 9 + len(item.asdu)
    mark = "r" if record.repeat else " "
    type_ = "   " if asdu is None else f"{asdu.type:3}"
    cause = "  " if asdu is None else f"{asdu.cause:2}"
    repeat = "REPEAT: " if record.repeat else ""
    return f" {sign}{mark}{length:5}  {item.function:2}   {type_}    {cause}  {repeat}{summary(item)}"
