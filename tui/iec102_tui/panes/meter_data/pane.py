"""The meter-data pane: what a meter knows besides its values, read on demand."""

from __future__ import annotations

import asyncio
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from iec102.asdu import MADRID
from iec102.asdu.names import CONTRACT_NAMES
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus, Resize
from textual.widgets import Static

from iec102_tui.archive import ArchiveError
from iec102_tui.closing import begin_work
from iec102_tui.meter_data.event_filter import event_completions, event_condition
from iec102_tui.meter_data.known import CLOCK as CLOCK_KIND
from iec102_tui.meter_data.known import Known
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.meter_data.about import about_text, as_of
from iec102_tui.panes.meter_data.closings import closing_text, closing_title
from iec102_tui.panes.meter_data.events import EventList, event_details
from iec102_tui.panes.meter_data.parts import CLOSINGS, EVENTS, PARTS, Parts, PartTabs, PicturePart
from iec102_tui.panes.meter_data.summary import summary_lines
from iec102_tui.panes.meter_data.view import View, contracts_of, day_or_time, first_page, pages
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.query_bar import QueryBar
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102_tui.meter_side.meter_data_job import MeterDataJob

_BOXES = (110, 34)
"""Columns and rows of the pane from which on all parts stand beside one another."""
_RELOAD_SECONDS = 1.0


class MeterDataPane(Pane):
    """Beside other panes a summary; alone the four parts, one at a time where there is little room."""

    TITLE = N_("Meter data")
    KEY = "F5"
    ROOM = (160, 44)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g",
            "read",
            N_("Read all"),
            id="data.read",
            tooltip=N_("Read all again: two years of closings, a year of events"),
        ),
        Binding("tab", "part(1)", N_("Next part"), id="data.next", tooltip=N_("Identity, clock, closings, events")),
        Binding(
            "shift+tab", "part(-1)", N_("Part before"), id="data.before", show=False, tooltip=N_("The part before")
        ),
        Binding(
            "left",
            "contract(-1)",
            N_("Contract before"),
            id="data.contract_before",
            show=False,
            tooltip=N_("Closings of the contract before"),
        ),
        Binding(
            "right", "contract(1)", N_("Contract"), id="data.contract", tooltip=N_("Closings of the next contract")
        ),
        Binding(
            "comma", "closing(1)", N_("Earlier"), id="data.earlier", key_display=",", tooltip=N_("The closing before")
        ),
        Binding(
            "full_stop",
            "closing(-1)",
            N_("Later"),
            id="data.later",
            key_display=".",
            tooltip=N_("The next closing, and the running period"),
        ),
        Binding("f", "filter", N_("Filter"), id="data.filter", tooltip=N_("Events by record, time, text")),
        Binding("x", "clear", N_("All events"), id="data.clear", show=False, tooltip=N_("Show all events again")),
        Binding(
            "enter",
            "details",
            N_("In words"),
            id="data.details",
            show=False,
            tooltip=N_("This part in full, and what is not told"),
        ),
        Binding("e", "export", N_("Export"), id="data.export", tooltip=N_("Closings, events or all of it to a file")),
    ]

    def __init__(self, session: Session, exports: Path, *, plain: bool = False) -> None:
        super().__init__(session, id="meter-data")
        self._exports = exports
        self._plain = plain
        self._part = 0
        self._contract = 1
        self._back: int | None = None
        self._query = ""
        self._known_at: object = None
        self._reload_at = float("-inf")
        self._loading = False
        self._problem = ""
        self._place: object = None

    def compose(self) -> ComposeResult:
        yield PartTabs(id="data-tabs")
        yield Parts(id="data-parts")
        yield Static("", id="data-empty", markup=False)
        summary = PicturePart(id="data-summary")
        summary.can_focus = False
        yield summary
        yield QueryBar(self._check, event_completions, id="data-query")
        yield Static("", id="data-state", markup=False)

    @property
    def zone(self) -> tzinfo:
        """The meter's."""
        return self.session.zone or MADRID

    @property
    def known(self) -> Known:
        """What was loaded last of the meter that is shown."""
        return self.session.meter_data.known(self.session.connection)

    @property
    def _job(self) -> MeterDataJob | None:
        return self.session.meter_data.job_of(self.session.connection)

    @property
    def _boxes(self) -> bool:
        return self.size.width >= _BOXES[0] and self.size.height >= _BOXES[1]

    def focus_content(self) -> None:
        if self.full and not self.known.is_empty:
            self.query_one(f"#{PARTS[self._part]}").focus()
        else:
            self.focus()

    def session_changed(self) -> None:
        self._show()

    def set_plain(self, plain: bool) -> None:
        self._plain = plain
        self._show()

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._show)

    def watch_full(self) -> None:
        if self.is_mounted:
            focused = self.has_focus_within or self.has_focus
            self._show()
            if focused:
                self.focus_content()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A click on a part goes there."""
        if event.widget.id in PARTS and PARTS.index(event.widget.id) != self._part:
            self._part = PARTS.index(event.widget.id)
            self._show()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "read":
            return not self.session.meter_data.reads(self.session.connection)
        if action in ("part", "details"):
            return self.full and not self.known.is_empty
        if action in ("filter", "clear"):
            return self._is_seen(EVENTS)
        if action == "contract":
            return self._is_seen(CLOSINGS) and len(contracts_of(self.known)) > 1
        return action != "closing" or (self._is_seen(CLOSINGS) and bool(pages(self.known, self._contract)))

    def _is_seen(self, part: str) -> bool:
        return self.full and not self.known.is_empty and (self._boxes or PARTS[self._part] == part)

    def action_read(self) -> None:
        """Reads everything that the meter has."""
        self._start(thorough=True)

    def _start(self, *, thorough: bool) -> None:
        session = self.session
        if session.service is None or session.connection is None:
            self.notify(_(words.NO_METER), markup=False)
            return
        session.meter_data.start(session.service, session.connection, thorough=thorough)
        self._show()
        self.refresh_bindings()

    def action_part(self, by: int) -> None:
        """Goes to the next part."""
        self._part = (self._part + by) % len(PARTS)
        self._show()
        self.focus_content()
        self.refresh_bindings()

    def action_contract(self, by: int) -> None:
        """Shows the closings of another contract."""
        contracts = contracts_of(self.known)
        place = contracts.index(self._contract) if self._contract in contracts else 0
        self._contract, self._back = contracts[(place + by) % len(contracts)], None
        self._show()

    def action_closing(self, by: int) -> None:
        """Shows an earlier closing, or a later one."""
        known = self.known
        closing = first_page(known, self._contract) if self._back is None else self._back
        self._back = min(max(closing + by, 0), max(0, len(pages(known, self._contract)) - 1))
        self._show()

    def action_details(self) -> None:
        """Shows the part that has the focus in words."""
        from iec102_tui.widgets.text_dialog import TextScreen  # dialogs are loaded when they are used

        view, part = self._view(), PARTS[self._part]
        current = self.query_one(EventList).current
        if part == CLOSINGS:
            self.app.push_screen(TextScreen(closing_title(view), closing_text(view)))
        elif part == EVENTS and current is not None:
            self.app.push_screen(TextScreen(_(words.EVENTS), event_details(current)))
        else:
            self.app.push_screen(TextScreen(_(words.ABOUT), about_text(view)))

    def action_filter(self) -> None:
        """Asks which events to show."""
        self._part = PARTS.index(EVENTS)
        self._show()
        self.query_one(QueryBar).open(words.FILTER, self._query)

    def action_clear(self) -> None:
        """Shows all events again."""
        self._query = ""
        self._show()

    def action_export(self) -> None:
        """Asks what to write, and writes it."""
        known = self.known
        if known.is_empty:
            self.notify(_(words.NOTHING_TO_EXPORT), markup=False)
            return

        from iec102_tui.panes.meter_data.exports import Export  # loaded when it is used

        Export(self, self._exports, known, self.query_one(Parts).events, self.zone).ask()

    def _check(self, text: str) -> None:
        event_condition(text, self.zone)

    @on(QueryBar.Asked)
    def _asked(self, event: QueryBar.Asked) -> None:
        event.stop()
        self._query = event.text.strip()
        self._show()
        if event.final:
            self.focus_content()

    @on(QueryBar.Left)
    def _left(self, event: QueryBar.Left) -> None:
        event.stop()
        self.action_clear()
        self.focus_content()

    # What is shown

    @on(PicturePart.Measured)
    def _part_measured(self, event: PicturePart.Measured) -> None:
        event.stop()
        self._show()

    def _view(self) -> View:
        known, snapshot = self.known, self.session.latest
        live = None if snapshot is None or self.session.is_stale() else snapshot.clock_difference
        kept = known.clock[-1].difference if known.clock else None
        contract = self._contract if self._contract in contracts_of(known) else contracts_of(known)[0]
        return View(
            known,
            self.session.clock.wall().astimezone(self.zone),
            self.zone,
            difference=kept if live is None else live,
            is_live=live is not None,
            contract=contract,
            closing=first_page(known, contract) if self._back is None else self._back,
            plain=self._plain,
        )

    def _show(self) -> None:
        if not self.display or not self.is_mounted:
            return
        self._read_at_first()
        self._load_when_due()
        view, empty = self._view(), self.known.is_empty
        boxes = self.full and self._boxes
        self.set_class(boxes, "boxes")
        self.query_one("#data-summary").display = not self.full
        parts = self.full and not empty
        self.query_one("#data-parts").display = parts
        self.query_one("#data-tabs").display = parts and not boxes
        nothing = self.query_one("#data-empty", Static)
        nothing.display = self.full and empty
        self.can_focus = not parts
        if not self.full:
            self._show_summary(view)
        elif empty:
            self._say(nothing, "{}\n\n{}\n\n{}\n{}".format(*map(_, words.EMPTY)))
        else:
            shown = self.query_one(Parts)
            shown.show(view, self._query, None if boxes else self._part)
            names = [_(each, contract=CONTRACT_NAMES[view.contract]) for each in words.TABS]
            self.query_one(PartTabs).name_parts(names, self._part, shown.asides[self._part])
        state = self.query_one("#data-state", Static)
        state.display = self.full
        text = self._state_words(view)
        state.set_class("!" in text[:1], "bad")
        self._say(state, text)

    def _show_summary(self, view: View) -> None:
        picture = self.query_one("#data-summary", PicturePart)
        picture.show(summary_lines(view, picture.size.width, picture.size.height))
        self.aside = as_of(view)

    @staticmethod
    def _say(part: Static, text: str) -> None:
        if part.content != text:
            part.update(text)

    def _state_words(self, view: View) -> str:
        """How the reading goes, or as of when all is known."""
        job = self._job
        if self._problem:
            return self._problem
        if job is not None and job.error is not None:
            return _(words.FAILED, why=printable(job.error))
        if job is not None and not job.ended:
            if not job.step:
                return _(words.WAITING)
            return _(words.READING, what=job.step, done=job.done + 1, steps=job.steps)
        if self.session.meter_data.problem:
            return _(words.NOT_KEPT, why=printable(self.session.meter_data.problem))
        at = view.known.at(CLOCK_KIND) or view.known.events_until
        if at is None:
            return ""
        template = words.UNFINISHED if job is not None and job.is_unfinished else words.READ_ALL
        return _(template, time=day_or_time(at, view.now))

    # Loading

    def _read_at_first(self) -> None:
        """The first visit on a connection reads the latest by itself, behind the first values."""
        session = self.session
        snapshot = session.latest
        if not (self.full or self.has_focus) or session.service is None or session.connection is None:
            return
        if snapshot is None or snapshot.reading is None or session.meter_data.was_read(session.service):
            return
        session.meter_data.start(session.service, session.connection)

    def _load_when_due(self) -> None:
        session = self.session
        connection, job = session.connection, self._job
        if connection is None:
            return
        if connection != self._place:
            self._place, self._contract, self._back, self._reload_at = connection, 1, None, float("-inf")
        now = session.clock.boottime()
        ended = job is None or job.ended
        state = (connection, None if job is None else job.done, ended)
        if state != self._known_at and (ended or now >= self._reload_at) and not self._loading:
            self._known_at, self._reload_at = state, now + _RELOAD_SECONDS
            begin_work(self, self._load, group="meter-data")

    async def _load(self) -> None:
        """In a thread; what has come meanwhile is loaded after it."""
        connection = self.session.connection
        if connection is None:
            return
        self._loading = True
        had_focus, empty = self.has_focus, self.known.is_empty
        visited = self.full or self.has_focus
        try:
            await asyncio.to_thread(self.session.meter_data.load, connection, visited=visited)
            self._problem = ""
        except ArchiveError as error:
            self._problem = f"! {printable(error.sentence)}"
        finally:
            self._loading = False
        self._show()
        if had_focus and empty and not self.known.is_empty:
            self.focus_content()
        self.refresh_bindings()
