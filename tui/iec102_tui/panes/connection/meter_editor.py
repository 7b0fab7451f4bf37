"""The saved meters and the form with all settings of one."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from iec102.errors import InvalidSetting
from iec102.settings import LineSettings
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.dom import DOMNode
from textual.events import DescendantFocus
from textual.message import Message
from textual.widgets import OptionList, Static

from iec102_tui.files.file_thread import FileThread
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.form_values import addresses_of, found_texts, line_of, preset_texts
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.profile_editor import NEW, Entry, Kind, ProfileEditorModel
from iec102_tui.panes.connection.search_field import SearchField
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import Conflict, ProfilesError, ProfileStore, Saved, check_name
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words.plain_text import printable, quoted

if TYPE_CHECKING:
    from iec102.search.search import Found

    from iec102_tui.meter_side.search import LineSearch

_HELP_LINES, _LEAST_WIDTH = 2, 20
_OF_SAVED = ("rename", "duplicate", "delete")


def _key(key: str, action: str, words: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(key, action, words, id=f"connection.{action}", show=show, tooltip=tooltip)


class MeterEditor(Vertical):
    """The form shows the meter under the list's cursor; what is changed there stays with it until it is saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("e", "edit", "Edit", "To the form"),
        _key("n", "new", "New meter", "Fill in the form for another meter"),
        _key("o", "ports", "Serial ports", "Choose from the serial ports of this machine"),
        _key("s", "save", "Save", "Save what is in the form", show=True),
        _key("a", "save_as", "Save as", "Save what is in the form under another name"),
        _key("S", "overwrite", "Overwrite", "Save over what another program has written"),
        _key("u", "undo", "Undo delete", "Put back what was deleted last"),
        _key("r", "rename", "Rename", "Give the saved meter another name"),
        _key("delete,x", "delete", "Delete", "Delete the saved meter"),
        _key("b", "revert", "Back to saved", "Take back what was changed in the form"),
        _key("slash", "search", "Search", "Search in the list"),
        _key("p", "preset", "Utility preset", "Fill the form with what a utility usually sets"),
        _key("y", "duplicate", "Duplicate", "Copy the saved meter"),
        _key("v", "reveal", "Show password", "Show or mask the password"),
    ]

    class Chosen(Message):
        """The user takes the meter in the form."""

    class Ready(Message):
        """It can be used."""

    def __init__(self, store: ProfileStore, connection: Connection | None, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
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

    def compose(self) -> ComposeResult:
        with Horizontal(id="connection-body"):
            with Vertical(id="meters"):
                yield self._search
                yield self._list
            yield self._form
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
            self._say_wrong("Not connected")
            return None
        try:
            return self._book.connection(self._entry, profile)
        except InvalidSetting as error:
            self.say(f"Not connected: {error}", holds=self.unchanged())
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
        self.say("Filled in as it answers; nothing is saved yet (s).")

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
        self.say(f"{what}. {sentence}", holds=lambda: self._form.wrong() == sentence)

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

    def on_resize(self) -> None:
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

    async def action_duplicate(self) -> None:
        """Copies the saved meter."""
        await self._change(lambda: self._book.duplicate(self._entry), "Copied to")

    def action_rename(self) -> None:
        """Asks for another name of the saved meter."""
        self._ask_name("Rename", self._entry.name, lambda name: self._book.rename(self._entry, name), "Renamed to")

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
        self.say(f"Deleted {quoted(deleted.name)}; u puts it back.", deleted.notice, holds=lambda: self._book.can_undo)

    async def action_undo(self) -> None:
        """Puts back what was deleted last."""
        await self._change(self._book.undo, "Put back")

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
        self.say("The form is as it was saved.", holds=self.unchanged())

    def action_preset(self) -> None:
        """Chooses what a utility usually sets."""
        names = list(self._book.presets)

        def picked(number: int | None) -> None:
            if number is not None:
                preset = self._book.presets[names[number]]
                self._form.change(preset_texts(preset, self._form.texts["meter_id"]))
                more = " The meter ID gives the link address." if preset.link_address_from_meter_id else ""
                self.say(f"Filled in as {names[number]} usually sets it; nothing is saved yet.{more}")

        self.app.push_screen(PickScreen("Utility preset", names), picked)

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
            self._say_wrong("Not saved")
            return
        entry = self._entry
        self._ask_name("Save as", "", lambda name: self._book.save_as(entry, name, profile), "Saved")

    async def _save(self, *, overwrite: bool) -> None:
        self._follow()
        if self._entry.kind is not Kind.SAVED:
            self.action_save_as()
            return
        profile = self._form.read().profile
        if profile is None:
            self._say_wrong("Not saved")
            return
        entry = self._entry
        await self._change(lambda: self._book.save(entry, profile, overwrite=overwrite), "Saved")

    # In common

    def _ask_name(self, title: str, text: str, change: Callable[[str], Awaitable[Saved]], done: str) -> None:
        async def answered(name: str | None) -> None:
            if name is not None:
                await self._change(lambda: change(name), done)

        self.app.push_screen(QuestionScreen(f"{title}: name of the meter", text=text, check=check_name), answered)

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
        self.say(f"{done} {quoted(saved.name)}.", saved.notice)

    def _failed(self, error: ProfilesError) -> None:
        if isinstance(error, Conflict):
            self._conflict = conflict = self._entry
            self.say(f"{error} S overwrites that, b takes it.", holds=lambda: self._conflict == conflict)
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
        self.say(self._book.problem(entry))

    def _settle(self, current: Entry | None = None) -> None:
        """List and form show what the book holds now."""
        self._show_list(current)
        there = self._book.entries()
        self._entry = self._list.current or (self._entry if self._entry in there else there[0])
        self._fill()

    def _fill(self) -> None:
        self._form.fill(self._book.draft(self._entry).texts)
        self.refresh_bindings()
        if self._list.has_focus:
            self._help_on_list()

    def _help_on_list(self) -> None:
        """The keys for which the footer has no room; the pane's first, which help where a meter does not answer."""
        found: dict[DOMNode | None, dict[str, str]] = {self.parent: {}, self._list: {}, self: {}}
        for node, binding, *_ in self.screen.active_bindings.values():
            if node in found and not binding.show and binding.id:
                words = f"{self.app.get_key_display(binding)} {binding.description}"
                found[node][binding.description] = words.replace(" ", "\N{NO-BREAK SPACE}")
        words = "  ".join(words for keys in found.values() for words in keys.values())
        self._help(
            textwrap.fill(words, max(_LEAST_WIDTH, self.size.width), max_lines=_HELP_LINES, placeholder="  ? more")
        )

    def _help(self, text: str) -> None:
        self.query_one("#connection-help", Static).update(text)

    def _show_list(self, current: Entry | None = None) -> None:
        entries = self._book.entries(self._search.value)
        self._list.show([(entry, self._book.label(entry)) for entry in entries], current)
