"""The frame log: every frame of the line, one explained field by field."""

from __future__ import annotations

from typing import ClassVar

from iec102.link import Garbage
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from iec102_tui.frame_text import hex_lines, tree_lines
from iec102_tui.panes.pane import Pane
from iec102_tui.session import Session
from iec102_tui.widgets.frame_list import FrameList, heading

_SUMMARY_SECONDS = 1.0


class FrameLogPane(Pane):
    """The list; and, where there is room, the decode tree and the bytes of the frame under the cursor."""

    TITLE = "Frame log"
    KEY = "F3"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause", id="frames.pause", tooltip="Hold the list; frames are kept all the same"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session, id="log")
        self._paused = False
        self._updated = float("-inf")

    def compose(self) -> ComposeResult:
        yield Static(heading(200), id="log-heading", markup=False)
        yield FrameList(self.session.frames, id="frames")
        yield Static("", id="log-count", markup=False)
        yield Static("", id="log-detail", markup=False)

    def focus_content(self) -> None:
        self.query_one(FrameList).focus()

    def session_changed(self) -> None:
        frames = self.query_one(FrameList)
        connection = self.session.connection
        zone = None if connection is None else connection.zone
        if frames.frames is not self.session.frames or frames.zone is not zone:
            frames.use(self.session.frames, zone)
        now = self.session.clock.boottime()
        if self._paused or (not self.full and now - self._updated < _SUMMARY_SECONDS):
            return
        self._updated = now
        frames.update_frames()
        if self.full:
            self._say()

    def watch_full(self) -> None:
        if self.is_mounted:
            self.query_one("#log-detail").display = self.full
            self.query_one("#log-count").display = self.full
            self._say()
            self._explain()

    def action_pause(self) -> None:
        """Holds the list, or lets it go on."""
        self._paused = not self._paused
        self._say()
        self.session_changed()

    @on(FrameList.Selected)
    def _selected(self, event: FrameList.Selected) -> None:
        event.stop()
        self._explain()

    def _say(self) -> None:
        frames = self.query_one(FrameList)
        kept = self.session.frames.end - self.session.frames.start
        words = "PAUSED" if self._paused else "following" if frames.following else "End follows"
        # A line of its own, and not in the border: a changed border draws the whole pane again.
        self.query_one("#log-count", Static).update(f" {kept} of {self.session.frames.limit} frames, {words}")

    def _explain(self) -> None:
        if not self.full:
            return
        number = self.query_one(FrameList).cursor
        detail = self.query_one("#log-detail", Static)
        try:
            record = None if number is None else self.session.frames[number]
        except LookupError:
            record = None
        if record is None:
            detail.update("")
        elif isinstance(record.item, Garbage):
            detail.update("\n".join([f"Garbage: {record.item.reason}", *hex_lines(record)]))
        else:
            detail.update("\n".join([*hex_lines(record), *tree_lines(record)]))
