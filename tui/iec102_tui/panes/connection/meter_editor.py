"""The saved meters and the form with all settings of one."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from iec102.errors import InvalidSetting
from iec102.settings import LineSettings
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.events import DescendantFocus, Resize
from textual.message import Message
from textual.widgets import OptionList, Static

from iec102_tui.files.file_thread import FileThread
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.check_run import CheckRun, CheckView
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.form_values import addresses_of, found_texts, line_of, preset_texts
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.meter_rows import MeterState, state_of
from iec102_tui.panes.connection.profile_editor import NEW, Entry, Kind, ProfileEditorModel
from iec102_tui.panes.connection.search_field import SearchField
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import Conflict, ProfilesError, ProfileStore, Saved, check_name
from iec102_tui.widgets.aside import Aside
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102.search.search import Found

    from iec102_tui.meter_side.search import LineSearch

_HELP_LINES, _LEAST_WIDTH = 2, 20
_BOXED, _CHECKING, _TALL = 98, 32, 40
"""Columns from which list and form have borders, rows from which the check stands under the form, and grows."""
_OF_SAVED = ("rename", "duplicate", "delete")


def _key(key: str, action: str, words: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(key, action, words, id=f"connection.{action}", show=show, tooltip=tooltip)


class MeterEditor(Vertical):
    """The form shows the meter under the list's cursor; what is changed there stays with it until it is saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("e", "edit", N_("Edit"), N_("To the form")),
        _key("n", "new", N_("New meter"), N_("Fill in the form for another meter")),
        _key("o", "ports", N_("Serial ports"), N_("Choose from the serial ports of this machine")),
        _key("s", "save", N_("Save"), N_("Save what is in the form"), show=True),
        _key("a", "save_as", N_("Save as"), N_("Save what is in the form under another name")),
        _key("S", "overwrite", N_("Overwrite"), N_("Save over what another program has written")),
        _key("u", "undo", N_("Undo delete"), N_("Put back what was deleted last")),
        _key("r", "rename", N_("Rename"), N_("Give the saved meter another name")),
        _key("delete,x", "delete", N_("Delete"), N_("Delete the saved meter")),
        _key("b", "revert", N_("Discard changes"), N_("The form as it was saved")),
        _key("slash", "search", N_("Search"), N_("Search in the list")),
        _key("p", "preset", N_("Utility defaults"), N_("Fill the form with what a utility usually sets")),
        _key("y", "duplicate", N_("Duplicate"), N_("Copy the saved meter")),
        _key("v", "reveal", N_("Show password"), N_("Show or mask the password")),
    ]

    class Chosen(Message):
        """The user takes the meter in the form."""

    class Ready(Message):
        """It can be used."""

    def __init__(self, session: Session, store: ProfileStore, connection: Connection | None, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._session = session
        self._plain = False
        self.files = FileThread("profiles")
        """Where the profiles are saved: another instance may hold their lock for a second."""
        self._reading = False
        self._book = ProfileEditorModel(store, self.files)
        self._entry = self._book.entry_of(connection)
        self._conflict: Entry | None = None
        self._holds: Callable[[], bool] = lambda: True
        self._list = MeterList(id="meter-list")
        self._form = ConnectionForm(id="connection-form")
        self._search = SearchField(id="meter-search")
        self._checks: dict[Entry, CheckRun] = {}
        self._check = CheckView(_(meters_text.CHECK_EMPTY), id="check-beside")
        self._meters_box = Aside(id="meters")
        self._form_box = Aside(id="meter-form")
        self._check_box = Aside(id="meter-check")

    def compose(self) -> ComposeResult:
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
        yield Static("", id="connection-help", markup=False)
        yield Static("", id="connection-message", markup=False)

    def on_mount(self) -> None:
        self._search.display = False
        self._settle(self._entry)
        self.say(self._book.problem(self._entry))
        self.call_after_refresh(self.post_message, self.Ready())

    @property
    def is_empty(self) -> bool:
        """No meter is saved, and nothing is wrong with the file that says so."""
        return not self._book.loaded.names and not self._book.loaded.problems

    @property
    def utilities(self) -> tuple[str, ...]:
        """Those whose usual settings are known."""
        return tuple(self._book.presets)

    def focus_list(self) -> None:
        """Goes to the list."""
        self._list.focus()

    # What comes from outside

    def set_plain(self, plain: bool) -> None:
        """Whether block characters are avoided."""
        self._plain = plain

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

    def read_again(self) -> None:
        """Reads the file of profiles when somebody else has written it."""
        if not self._reading:
            self._reading = True
            self.run_worker(self._read_again(), group="profiles")

    async def _read_again(self) -> None:
        try:
            news = await self._book.refresh()
        finally:
            self._reading = False
        if news:
            self._settle()
            self.say(self._book.problem(self._entry) or news)
        self._end_message()

    def connection(self) -> Connection | None:
        """What the form means; None when something is wrong with it, which is said."""
        self._follow()
        profile = self._form.read().profile
        if profile is None:
            self._say_wrong(meters_text.NOT_CONNECTED)
            return None
        try:
            return self._book.connection(self._entry, profile)
        except InvalidSetting as error:
            self.say(_(meters_text.NOT_CONNECTED_WHY, why=error), holds=self.unchanged())
            return None

    def line(self) -> tuple[str | None, LineSettings]:
        """Target and settings of the line in the form, of which the rest may be wrong; no target: any serial port.

        Raises InvalidSetting.
        """
        self._follow()
        return line_of(self._form.texts)

    def addresses(self) -> str:
        """The link addresses that the form gives reason to try."""
        return addresses_of(self._form.texts)

    def take_found(self, place: LineSearch, found: Found) -> None:
        """Fills in what answers."""
        self._form.change(found_texts(place.target, found.address, found.settings if place.has_format else None))
        self.say(_(meters_text.FOUND_FILLED))

    def unchanged(self) -> Callable[[], bool]:
        """Whether the form still holds what it holds now: as long as a message about that is true."""
        before = self._form.texts
        return lambda: self._form.texts == before

    def say(self, sentence: str, more: str | None = None, *, holds: Callable[[], bool] = lambda: True) -> None:
        """Says what has happened, below the form, for as long as that ``holds``."""
        self._holds = holds
        self.query_one("#connection-message", Static).update(printable(f"{sentence} {more}" if more else sentence))

    def _say_wrong(self, what: str) -> None:
        sentence = self._form.focus_wrong()
        self.say(_(what, why=sentence), holds=lambda: self._form.wrong() == sentence)

    def _end_message(self) -> None:
        """A message ends with its reason."""
        if not self._holds():
            self.say("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _OF_SAVED:
            return self._entry.kind is Kind.SAVED and self._entry == self._list.current
        if action == "overwrite":
            return self._conflict == self._entry
        if action == "undo":
            return self._book.can_undo
        return True

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._follow()

    @on(MeterList.Chosen)
    def _chosen(self, event: MeterList.Chosen) -> None:
        event.stop()
        self.post_message(self.Chosen())

    @on(ConnectionForm.Edited)
    def _edited(self, event: ConnectionForm.Edited) -> None:
        event.stop()
        self._book.keep(self._entry, self._form.texts)
        self._show_list()
        self._end_message()

    @on(ConnectionForm.Hint)
    def _hinted(self, event: ConnectionForm.Hint) -> None:
        event.stop()
        self._help(event.text)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _BOXED, "boxed")
        self.set_class(event.size.width >= _BOXED and event.size.height >= _CHECKING, "checking")
        self.set_class(event.size.width >= _BOXED and event.size.height >= _TALL, "tall")
        if self._list.has_focus:
            self._help_on_list()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        if event.widget is self._list:
            self._help_on_list()

    @on(SearchField.Changed, "#meter-search")
    def _searched(self, event: SearchField.Changed) -> None:
        event.stop()
        self._show_list()
        self._follow()

    @on(SearchField.Left)
    def _search_left(self, event: SearchField.Left) -> None:
        event.stop()
        self._search.display = bool(self._search.value)
        self._list.focus()

    # The list

    def action_search(self) -> None:
        """Goes to the search."""
        self._search.display = True
        self._search.focus()

    def action_new(self) -> None:
        """Goes to the form for another meter."""
        self._search.value = ""
        self._search.display = False
        self._show_list(NEW)
        self._follow()
        self._form.focus_first()
        names = list(self._book.presets)

        def picked(number: int | None) -> None:
            if number is not None and number < len(names):
                self._take_preset(names[number])

        lines = [*names, _(meters_text.NO_UTILITY)]
        self.app.push_screen(PickScreen(_(meters_text.NEW_METER_OF), lines), picked)

    async def action_duplicate(self) -> None:
        """Copies the saved meter."""
        await self._change(lambda: self._book.duplicate(self._entry), meters_text.COPIED)

    def action_rename(self) -> None:
        """Asks for another name of the saved meter."""
        title = _(meters_text.RENAME)
        rename = partial(self._book.rename, self._entry)
        self._ask_name(title, self._entry.name, rename, meters_text.RENAMED)

    async def action_delete(self) -> None:
        """Deletes the saved meter, which undo puts back."""
        self._follow()
        if self._entry.kind is not Kind.SAVED:
            return
        try:
            deleted = await self._book.delete(self._entry)
        except ProfilesError as error:
            self._failed(error)
            return
        self._settle()
        said = _(meters_text.DELETED, name=quoted(deleted.name))
        self.say(said, deleted.notice, holds=lambda: self._book.can_undo)

    async def action_undo(self) -> None:
        """Puts back what was deleted last."""
        await self._change(self._book.undo, meters_text.PUT_BACK)

    # The form

    def action_edit(self) -> None:
        """Goes to the form."""
        self._form.focus_first()

    def action_reveal(self) -> None:
        """Shows the password or masks it."""
        self._form.action_reveal()

    def action_revert(self) -> None:
        """Takes back what was changed."""
        self._book.revert(self._entry)
        self._conflict = None
        self._fill()
        self._show_list()
        self.say(_(meters_text.AS_SAVED), holds=self.unchanged())

    def action_preset(self) -> None:
        """Chooses what a utility usually sets."""
        names = list(self._book.presets)

        def picked(number: int | None) -> None:
            if number is not None:
                self._take_preset(names[number])

        self.app.push_screen(PickScreen(_(meters_text.UTILITY_PRESET), names), picked)

    def _take_preset(self, name: str) -> None:
        """Fills it in, and goes to what is still needed."""
        preset = self._book.presets[name]
        self._form.change(preset_texts(preset, self._form.texts["meter_id"]))
        said = meters_text.PRESET_AND_ID if preset.link_address_from_meter_id else meters_text.PRESET
        self.say(_(said, utility=name))
        self._form.focus_needed()

    def action_ports(self) -> None:
        """Chooses from the serial ports."""
        self._form.action_list_ports()

    async def action_save(self) -> None:
        """Saves what is in the form."""
        await self._save(overwrite=False)

    async def action_overwrite(self) -> None:
        """Saves it over what another program has written."""
        await self._save(overwrite=True)

    def action_save_as(self) -> None:
        """Asks for a name and saves what is in the form under it."""
        self._follow()
        profile = self._form.read().profile
        if profile is None:
            self._say_wrong(meters_text.NOT_SAVED_WHY)
            return
        entry = self._entry
        title = _(meters_text.SAVE_AS)
        self._ask_name(title, "", lambda name: self._book.save_as(entry, name, profile), meters_text.WAS_SAVED)

    async def _save(self, *, overwrite: bool) -> None:
        self._follow()
        if self._entry.kind is not Kind.SAVED:
            self.action_save_as()
            return
        profile = self._form.read().profile
        if profile is None:
            self._say_wrong(meters_text.NOT_SAVED_WHY)
            return
        entry = self._entry
        await self._change(lambda: self._book.save(entry, profile, overwrite=overwrite), meters_text.WAS_SAVED)

    # In common

    def _ask_name(self, title: str, text: str, change: Callable[[str], Awaitable[Saved]], done: str) -> None:
        async def answered(name: str | None) -> None:
            if name is not None:
                await self._change(lambda: change(name), done)

        self.app.push_screen(QuestionScreen(title, text=text, check=check_name), answered)

    async def _change(self, change: Callable[[], Awaitable[Saved]], done: str) -> None:
        """Changes the store and says how that went; the next key waits for it."""
        try:
            saved = await change()
        except ProfilesError as error:
            self._failed(error)
            return
        self._conflict = None
        self._search.value = ""
        self._search.display = False
        self._settle(Entry(Kind.SAVED, saved.name))
        self.say(_(done, name=quoted(saved.name)), saved.notice)

    def _failed(self, error: ProfilesError) -> None:
        if isinstance(error, Conflict):
            self._conflict = conflict = self._entry
            self.say(_(meters_text.CONFLICT, what=error), holds=lambda: self._conflict == conflict)
        else:
            self.say(str(error))

    def _follow(self) -> None:
        """The form shows the entry under the cursor."""
        entry = self._list.current
        if entry is None or entry == self._entry:
            return
        self._book.keep(self._entry, self._form.texts)
        self._entry = entry
        self._fill()
        self._show_list()
        self.say(self._book.problem(entry))

    def _settle(self, current: Entry | None = None) -> None:
        """List and form show what the book holds now."""
        self._show_list(current)
        there = self._book.entries()
        self._entry = self._list.current or (self._entry if self._entry in there else there[0])
        self._fill()

    def _fill(self) -> None:
        self._show_check()
        self._form.fill(self._book.draft(self._entry).texts)
        self.refresh_bindings()
        if self._list.has_focus:
            self._help_on_list()

    def _help_on_list(self) -> None:
        """The keys for which the footer has no room; the pane's first, which help where a meter does not answer."""
        found: dict[DOMNode | None, dict[str, str]] = {self.parent: {}, self._list: {}, self: {}}
        for node, binding, *_rest in self.screen.active_bindings.values():
            if node in found and not binding.show and binding.id:
                words = f"{self.app.get_key_display(binding)} {_(binding.description)}"
                found[node][binding.description] = words.replace(" ", "\N{NO-BREAK SPACE}")
        words = "  ".join(words for keys in found.values() for words in keys.values())
        self._help(
            textwrap.fill(words, max(_LEAST_WIDTH, self.size.width), max_lines=_HELP_LINES, placeholder=_("  ? more"))
        )

    def _help(self, text: str) -> None:
        self.query_one("#connection-help", Static).update(text)

    def _show_list(self, current: Entry | None = None) -> None:
        connection, session = self._session.connection, self._session
        rows = []
        for entry in self._book.entries(self._search.value):
            here = connection is not None and self._book.is_of(entry, connection)
            state = state_of(session, plain=self._plain) if here else MeterState()
            rows.append((entry, self._book.row(entry, state)))
        self._list.show(rows, current)
        saved = len(self._book.loaded.names)
        connected = int(connection is not None and session.is_connected and connection.name in self._book.loaded.names)
        self._meters_box.aside = _(meters_text.CONNECTED_OF, connected=connected, count=saved) if saved else ""
        row = self._book.row(self._entry)
        self._form_box.border_title = Content(row.name)
        self._form_box.aside = _(
            meters_text.SAVED if self._entry.kind is Kind.SAVED and row.mark != "*" else meters_text.NOT_SAVED
        )
