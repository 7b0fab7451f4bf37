"""The list of meters, the form and the check beside it, as they are shown; what is done with them is in MeterEditor."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.events import DescendantFocus, Resize
from textual.geometry import Size
from textual.widgets import Static

from iec102_tui.meter_side.read_meter import ReadMeter
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.check_run import CheckRun, CheckView
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.meter_rows import MeterState, state_of
from iec102_tui.panes.connection.profile_editor import Entry, Kind, ProfileEditorModel
from iec102_tui.panes.connection.search_field import SearchField
from iec102_tui.profiles.connection import Connection
from iec102_tui.widgets.aside import Aside
from iec102_tui.widgets.in_rows import in_rows
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.state_text import through_words
from iec102_tui.words.text import _

_HELP_LINES, _LEAST_WIDTH, _INDENT = 2, 20, 2
_KEY = "bold $accent"
_BOXED, _CHECKING, _TALL = 98, 32, 40
"""Columns from which list and form have borders, rows from which the check stands under the form, and grows."""
_AROUND = Size(0, 4)
"""Rows of the screen around it."""


class MeterView(Vertical):
    """The form shows the meter under the list's cursor."""

    def __init__(
        self,
        session: Session,
        model: ProfileEditorModel,
        connection: Connection | None,
        *,
        id: str,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._session = session
        self._model = model
        self.files = model.files
        self._entry = self._model.entry_of(connection)
        self._holds: Callable[[], bool] = lambda: True
        self._list = MeterList(id="meter-list")
        self._form = ConnectionForm(id="connection-form")
        self._search = SearchField(id="meter-search")
        self._checks: dict[Entry, CheckRun] = {}
        self._check = CheckView(_(meters_text.CHECK_EMPTY), id="check-beside")
        self._meters_box = Aside(id="meters")
        self._form_box = Aside(id="meter-form")
        self._named = ""
        self._check_box = Aside(id="meter-check")
        # Kept, not looked for: what was begun here may end when the monitor has begun to close.
        self._help_line = Static("", id="connection-help", markup=False)
        self._message = Static("", id="connection-message", markup=False)

    def compose(self) -> ComposeResult:
        self._suit(self.app.size - _AROUND)  # a guess, before there is much to style
        self._meters_box.border_title = _(meters_text.METERS)
        self._check_box.border_title = _(meters_text.CHECK)
        with Horizontal(id="connection-body"):
            with self._meters_box:
                yield self._search
                yield self._list
            with Vertical(id="meter-side"):
                with self._form_box:
                    yield self._form
                with self._check_box, VerticalScroll(can_focus=False):
                    yield self._check
        yield self._help_line
        yield self._message

    def focus_list(self) -> None:
        """Goes to the list."""
        self._list.focus()

    def show_states(self) -> None:
        """What the meter that is connected measures now."""
        self._show_list()

    @property
    def shows_checks(self) -> bool:
        """There is room for a check beside the form."""
        return self._check_box.display and self._check_box.size.height > 0

    def take_check(self, run: CheckRun) -> None:
        """The check of the meter in the form, which is kept until the next."""
        self.stop_check()
        self._checks[self._entry] = run
        self._show_check()

    @property
    def passed_check(self) -> CheckRun | None:
        """The check of the meter in the form, where it is over and good."""
        run = self._checks.get(self._entry)
        return run if run is not None and run.passed else None

    def stop_check(self) -> None:
        """The line is given back."""
        for run in self._checks.values():
            run.stop()

    def on_unmount(self) -> None:
        self.stop_check()

    def _show_check(self) -> None:
        run = self._checks.get(self._entry)
        self._check.look_at(run)
        self._check_box.aside = "" if run is None else f"{run.began:%Y-%m-%d %H:%M}"

    def unchanged(self) -> Callable[[], bool]:
        """Whether the form still holds what it holds now: as long as a message about that is true."""
        before = self._form.texts
        return lambda: self._form.texts == before

    def say(self, sentence: str, more: str | None = None, *, holds: Callable[[], bool] = lambda: True) -> None:
        """Says what has happened, below the form, for as long as that ``holds``."""
        self._holds = holds
        self._message.update(printable(f"{sentence} {more}" if more else sentence))

    def _say_wrong(self, what: str) -> None:
        sentence = self._form.focus_wrong()
        self.say(_(what, why=sentence), holds=lambda: self._form.wrong() == sentence)

    def _end_message(self) -> None:
        """A message ends with its reason."""
        if not self._holds():
            self.say("")

    @on(ConnectionForm.Hint)
    def _hinted(self, event: ConnectionForm.Hint) -> None:
        event.stop()
        self._help(event.text)

    def on_resize(self, event: Resize) -> None:
        self._suit(event.size)
        if self._list.has_focus:
            self._help_on_list()

    def _suit(self, size: Size) -> None:
        boxed, rows = size.width >= _BOXED, size.height
        self.update_classes({"boxed": boxed, "checking": boxed and rows >= _CHECKING, "tall": boxed and rows >= _TALL})

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        if event.widget is self._list:
            self._help_on_list()

    def _follow(self) -> None:
        """The form shows the entry under the cursor."""
        entry = self._list.current
        if entry is None or entry == self._entry:
            return
        self._model.keep(self._entry, self._form.texts)
        self._entry = entry
        self._fill()
        self._show_list()
        self.say(self._model.problem(entry))

    def _settle(self, current: Entry | None = None) -> None:
        """List and form show what the book holds now."""
        self._show_list(current)
        there = self._model.entries()
        self._entry = self._list.current or (self._entry if self._entry in there else there[0])
        self._fill()

    def _fill(self) -> None:
        self._show_title()
        self._show_check()
        self._form.fill(self._model.edit_of(self._entry).texts)
        self.refresh_bindings()
        if self._list.has_focus:
            self._help_on_list()

    def _show_title(self) -> None:
        row = self._model.row(self._entry)
        if row.name != self._named:  # a title draws the whole form again
            self._named = row.name
            self._form_box.border_title = Content(row.name)
        self._form_box.aside = _(
            meters_text.SAVED if self._entry.kind is Kind.SAVED and row.mark != "*" else meters_text.NOT_SAVED
        )

    def _help_on_list(self) -> None:
        """The keys for which the footer has no room; the pane's first, which help where a meter does not answer."""
        found: dict[DOMNode | None, dict[str, Content]] = {self.parent: {}, self._list: {}, self: {}}
        for node, binding, *_rest in self.screen.active_bindings.values():
            if node in found and not binding.show and binding.id:
                key, words = self.app.get_key_display(binding), _(binding.description)
                found[node][binding.description] = Content.assemble((key, _KEY), " ", words)
        pieces = [piece for keys in found.values() for piece in keys.values()]
        more = Content.assemble(("?", _KEY), " ", _("more"))
        self._help(in_rows(pieces, max(_LEAST_WIDTH, self.size.width - _INDENT), _HELP_LINES, more))

    def _help(self, text: str | Content) -> None:
        self._help_line.update(text)

    def _show_list(self, current: Entry | None = None) -> None:
        if not self.is_attached:  # its screen was left meanwhile
            return
        plain = self.screen.has_class("plain")
        rows = []
        for entry in self._model.entries(self._search.value):
            meter = self._reader(entry)
            state = MeterState() if meter is None else state_of(meter, plain=plain)
            rows.append((entry, self._model.row(entry, state, "" if meter is None else self._work(meter))))
        self._list.show(rows, current)
        saved = len(self._model.loaded.names)
        words = _(meters_text.CONNECTED_OF, connected=self._connected(), count=saved)
        self._meters_box.aside = words if saved else ""
        self._show_title()

    def _reader(self, entry: Entry) -> Session | ReadMeter | None:
        """What reads the meter of a line; None while nothing does."""
        session = self._session
        if session.connection is not None and self._model.is_of(entry, session.connection):
            return session
        return next((meter for meter in session.others if self._model.is_of(entry, meter.connection)), None)

    def _work(self, meter: Session | ReadMeter) -> str:
        """What goes on with it beside live reading."""
        service = meter.service
        words = []
        if service is not None and service.through is not None:
            words.append(through_words(by_collector=service.through.by_collector))
        if service is not None and any(
            each is not None and each.is_open for each in (service.recorder, service.frame_recorder)
        ):
            words.append(_(meters_text.RECORDED))
        downloads, connection = self._session.downloads, meter.connection
        job = downloads.job_of(connection) if downloads.runs(connection) else None
        if job is not None and job.progress is not None and job.progress.expected:
            percent = 100 * job.progress.records / job.progress.expected
            words.append(_(meters_text.DOWNLOADING, percent=percent))
        return "  ".join(words)

    def _connected(self) -> int:
        """Saved meters that answer."""
        session, names = self._session, self._model.loaded.names
        shown, latest = session.connection, session.latest
        answers = session.is_connected and latest is not None and latest.state.connected
        here = int(shown is not None and answers and shown.name in names)
        return here + sum(meter.is_answering and meter.name in names for meter in session.others)
