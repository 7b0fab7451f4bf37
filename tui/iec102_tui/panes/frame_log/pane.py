"""The frame log: every frame of the line, one explained field by field."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from iec102_tui.captures.filter import completions, parse
from iec102_tui.captures.frame_text import hex_bytes
from iec102_tui.closing import begin_work
from iec102_tui.config import Folders
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.frame_log.colour_rules import colour_rules
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.panes.frame_log.log_files import choices_of, export, recording_words, toggle_recording
from iec102_tui.panes.frame_log.search import find
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.query_bar import QueryBar
from iec102_tui.words import log_text
from iec102_tui.words.numbers import grouped
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102_tui.panes.frame_log.frame_detail import FrameDetail

_SUMMARY_SECONDS = 1.0
_FILTER, _SEARCH = N_("Filter"), N_("Search")
_WIDE = 110
"""Columns from which twelve bytes a row leave enough room for the tree."""
ROOM = (100, 28)
"""Columns and rows from which the parts have borders with titles."""
_NO_COLOURS: Mapping[str, str] = MappingProxyType({})


class FrameLogPane(Pane):
    """The list; and, where there is room, the decode tree and the bytes of the frame under the cursor."""

    TITLE = N_("Frame log")
    KEY = "F3"
    ROOM = (100, 30)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", N_("Hold"), id="frames.pause", tooltip=N_("Hold the view; the frames go on")),
        # With priority the field has the focus before the next key is looked at, also where keys come in one go.
        Binding(
            "f",
            "filter",
            N_("Filter"),
            id="frames.filter",
            tooltip=N_("Show only some, such as type=163 or bad"),
            priority=True,
        ),
        Binding("x", "all", N_("All frames"), id="frames.all", show=False, tooltip=N_("No filter: all frames again")),
        Binding(
            "slash",
            "search",
            N_("Search"),
            id="frames.search",
            key_display="/",
            tooltip=N_("Go to a frame, as by a filter"),
            priority=True,
        ),
        Binding(
            "n", "next(1)", N_("Next"), id="frames.next", show=False, tooltip=N_("On to the next one that is found")
        ),
        Binding(
            "N",
            "next(-1)",
            N_("Previous"),
            id="frames.previous",
            show=False,
            tooltip=N_("Back to the one before"),
        ),
        Binding(
            "a",
            "quiet",
            N_("Polls"),
            id="frames.quiet",
            show=False,
            tooltip=N_("Show or hide ACK and polls with which nothing is wrong"),
        ),
        Binding("m", "mark", N_("Mark"), id="frames.mark", tooltip=N_("Mark it, or take the mark away")),
        Binding(
            "M", "next_mark", N_("Next mark"), id="frames.next_mark", show=False, tooltip=N_("To the next marked frame")
        ),
        Binding(
            "p", "partner", N_("Its answer"), id="frames.partner", show=False, tooltip=N_("Between request and answer")
        ),
        Binding(
            "c",
            "record",
            N_("Record"),
            id="frames.record",
            show=False,
            tooltip=N_("All to a file, until pressed again"),
        ),
        Binding(
            "e", "export", N_("Export"), id="frames.export", tooltip=N_("Frames to a file: all, filtered or marked")
        ),
        Binding(
            "y", "copy_hex", N_("Copy hex"), id="frames.copy_hex", show=False, tooltip=N_("The frame's bytes, as hex")
        ),
        Binding(
            "Y", "copy_text", N_("Copy text"), id="frames.copy_text", show=False, tooltip=N_("The frame, explained")
        ),
    ]

    def __init__(self, session: Session, folders: Folders, colours: Mapping[str, str] = _NO_COLOURS) -> None:
        super().__init__(session, id="log")
        self._rules, self._wrong_rules = colour_rules(colours)
        self._folders = folders
        self._source = session.frames
        self._paused = False
        self._updated = float("-inf")
        self._bar = QueryBar(parse, completions, id="log-query")
        self._bar.display = False
        self._complete = False
        """All parts are mounted."""
        self._filter = ""
        self._recording = ""
        self._queries = {_FILTER: "", _SEARCH: ""}

    @cached_property
    def _detail(self) -> FrameDetail:
        """Made when it is first shown, or behind the first picture of the program."""
        from iec102_tui.panes.frame_log.frame_detail import FrameDetail  # loaded when it is used

        return FrameDetail(id="log-detail")

    def compose(self) -> ComposeResult:
        state = Horizontal(id="log-state")
        state.display = self._complete = self.full
        with state:
            yield Static("", id="log-filter", markup=False)
            yield Static("", id="log-count", markup=False)
        if self.full:
            yield self._bar
        with Vertical(id="log-list") as box:
            box.border_title = _(N_("Frames"))
            yield Static("", id="log-heading", markup=False)
            yield FrameList(self.session.frames, id="frames")
        yield Static("", id="log-recording", markup=False)
        if self.full:
            yield self._detail

    async def mount_hidden(self) -> None:
        if not self._complete:
            self._detail.display = self.full
            await self.mount(self._bar, before="#log-list")
            await self.mount(self._detail)
            self._complete = True
            self._explain()

    def on_mount(self) -> None:
        self.frames.rules = self._rules
        for sentence in self._wrong_rules:
            self.notify(sentence, severity="warning", markup=False)
        self.watch(self.frames, "following", self._say, init=False)

    @property
    def frames(self) -> FrameList:
        """The list."""
        return self.query_one(FrameList)

    def focus_content(self) -> None:
        if self._bar.display:
            self._bar.focus_content()
        else:
            self.frames.focus()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "wide")
        self._arrange()

    def _arrange(self) -> None:
        self.set_class(self.full and self.size.width >= ROOM[0] and self.size.height >= ROOM[1], "roomy")

    def session_changed(self) -> None:
        frames = self.frames
        zone = self.session.zone
        from_the_start = False
        if self._source is not self.session.frames or frames.zone is not zone:
            self._source, self._paused = self.session.frames, False
            frames.use(self._source, zone)
            from_the_start = self.session.replayed is not None
        now = self.session.clock.boottime()
        # What was sent last is drawn with its answer: the list is painted once an exchange, not two or three times.
        is_due = now - self._updated >= _SUMMARY_SECONDS or (self.full and not frames.awaits_answer)
        if self._paused or not is_due:
            return
        self._updated = now
        self._update()
        if from_the_start:
            frames.action_oldest()
        if self.full:
            self._explain()  # now, and not when its message comes: one painting instead of two

    def tick(self) -> None:
        self._say_recording()

    def watch_full(self) -> None:
        if self.is_mounted:
            if self._complete:
                self._detail.display = self.full
            self.query_one("#log-state").display = self.full
            self._arrange()
            self._say()
            self._explain()

    def action_pause(self) -> None:
        """Holds the list, or lets it go on."""
        self._paused = not self._paused
        self.frames.view.use(self.session.frames.frozen() if self._paused else self.session.frames)
        self._update()

    # Filter and search

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key that writes a character in the field does nothing else there; a capture is not recorded again."""
        if action == "record":
            return self.session.replayed is None
        return action not in ("filter", "search") or not self._bar.has_focus_within

    def action_filter(self) -> None:
        """Asks for a filter; it works while it is typed."""
        self._bar.open(_FILTER, self._queries[_FILTER])
        self._say()

    def action_all(self) -> None:
        """Shows all frames again."""
        self._queries[_FILTER] = ""
        self._filter_by("", quiet=False)

    def action_quiet(self) -> None:
        """Hides ACK and polls, or shows them."""
        self._filter_by(self._filter, quiet=not self.frames.quiet)

    def action_search(self) -> None:
        """Asks what to search for."""
        self._bar.open(_SEARCH, self._queries[_SEARCH])

    def action_next(self, step: int) -> None:
        """Goes to another frame that the search finds."""
        if self._queries[_SEARCH]:
            begin_work(self, partial(self._find, step), group="search", exclusive=True)
        else:
            self.action_search()

    @on(QueryBar.Asked)
    def _asked(self, event: QueryBar.Asked) -> None:
        event.stop()
        if event.final:
            self._queries[event.kind] = event.text.strip()
            self.focus_content()
        if event.kind == _FILTER:
            self._filter_by(event.text, quiet=self.frames.quiet)
        elif event.final:
            self.action_next(1)

    @on(QueryBar.Left)
    def _left(self, event: QueryBar.Left) -> None:
        event.stop()
        if event.kind == _FILTER:
            self._filter_by(self._queries[_FILTER], quiet=self.frames.quiet)
        self.focus_content()

    def _filter_by(self, text: str, *, quiet: bool) -> None:
        self._filter = text.strip()
        self.frames.filter_by(parse(text) if self._filter else None, quiet=quiet)
        self._update()

    async def _find(self, step: int) -> None:
        frames = self.frames
        found = await find(frames.view, parse(self._queries[_SEARCH]), frames.cursor, step)
        if found is None:
            self.notify(_("No frame that is shown has {text}.", text=quoted(self._queries[_SEARCH])), markup=False)
        elif frames.view.shows(found):
            frames.go_to(found)

    def _update(self) -> None:
        """Takes over new frames; a filter with much to look at goes on by and by."""
        if not self.frames.update_frames():
            begin_work(self, self._go_on_filtering, group="filter", exclusive=True)
        self._say()

    async def _go_on_filtering(self) -> None:
        while not self.frames.update_frames():
            self._say()
            await asyncio.sleep(0)
        self._say()

    # Marks, copies

    def action_mark(self) -> None:
        """Marks the frame at the cursor."""
        self.frames.toggle_mark()
        self._say()

    def action_next_mark(self) -> None:
        """Goes to the next marked frame that is shown, the first one after the last."""
        if not self.frames.go_to_next_mark():
            self.notify(_("No frame that is shown is marked: m marks the one at the cursor."), markup=False)

    def action_partner(self) -> None:
        """Goes from a request to its answer, and back."""
        frames = self.frames
        if frames.partner is None:
            self.notify(_("No other frame belongs to this one."), markup=False)
        elif not frames.view.shows(frames.partner):
            self.notify(_("The filter hides the frame that belongs to this one."), markup=False)
        else:
            frames.go_to(frames.partner)

    async def action_record(self) -> None:
        """Begins or ends the recording of all frames."""
        await toggle_recording(self, self._folders.captures)
        self._say_recording()

    def action_export(self) -> None:
        """Writes frames to a file."""
        begin_work(self, self._export, group="export", exclusive=True)

    async def _export(self) -> None:
        await self._go_on_filtering()
        choices = choices_of(self.frames, self._filter, paused=self._paused)
        await export(self, self._folders.exports, choices)

    async def action_copy_hex(self) -> None:
        """Copies the bytes of the frame."""
        if (record := self.frames.record) is not None:
            await self.copy_out(" ".join(hex_bytes(record)), self._folders.exports, "frame")

    async def action_copy_text(self) -> None:
        """Copies the frame as it is explained."""
        if (text := self.frames.explained()) is not None:
            await self.copy_out(text, self._folders.exports, "frame")

    @on(FrameList.Selected)
    def _selected(self, event: FrameList.Selected) -> None:
        event.stop()
        self._explain()
        self._say()

    @on(FrameList.Measured)
    def _head(self, event: FrameList.Measured) -> None:
        event.stop()
        self.query_one("#log-heading", Static).update(self.frames.heading, layout=False)

    def _say(self) -> None:
        """What is shown on the left, where it stands on the right."""
        frames = self.frames
        if not frames.row_count:
            frames.say_empty(self._nothing)
        ring, shown = frames.frames, frames.row_count
        live = self.session.replayed is None
        seen = (grouped(shown), grouped(len(frames.view.looked_at)))
        if frames.filtered and self._bar.asks(_FILTER):
            self._bar.say(log_text.valid(*seen))
        self.query_one("#log-filter", Static).update(
            log_text.what_is_shown(self._filter if frames.filtered else "", *seen, quiet=frames.quiet), layout=False
        )
        row = 0 if frames.cursor_row is None else frames.cursor_row + 1
        parts = [log_text.marked(len(frames.marks))] if frames.marks else []
        parts.append(log_text.where(grouped(row), following=frames.following, paused=self._paused, live=live))
        count = ring.end - ring.start
        parts.append(log_text.frames(count, grouped(count), dropped=live and count >= ring.limit))
        self.aside = parts[-2]
        said, line = " \N{MIDDLE DOT} ".join(parts), self.query_one("#log-count", Static)
        line.update(said, layout=len(said) > line.size.width)

    def _say_recording(self) -> None:
        line = self.query_one("#log-recording", Static)
        words = recording_words(self.session)
        if words != self._recording:
            self._recording = words
            line.display = bool(words)
            line.update(words, layout=False)

    @property
    def _nothing(self) -> list[str]:
        frames, some = self.frames, bool(self.session.frames.end)
        has_meter = self.session.connection is not None
        return log_text.nothing(
            filtered=frames.filtered and some, quiet=frames.quiet and some, has_meter=has_meter, full=self.full
        )

    def _explain(self) -> None:
        if self.full and self._complete:
            self._detail.show(self.frames.frames, self.frames.cursor)
