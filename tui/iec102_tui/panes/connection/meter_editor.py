"""The saved meters and the form with all settings of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from iec102.errors import InvalidSetting
from iec102.settings import LineSettings
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from iec102_tui.closing import begin_work
from iec102_tui.keys import KeysInOrder
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.form_values import addresses_of, found_texts, line_of, preset_texts
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.meter_view import MeterView
from iec102_tui.panes.connection.profile_editor import NEW, Entry, Kind, ProfileEditorModel
from iec102_tui.panes.connection.search_field import SearchField
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import Conflict, ProfilesError, Saved, check_name
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _, spoken

if TYPE_CHECKING:
    from iec102.search.search import Found

    from iec102_tui.meter_side.search import LineSearch

_OF_SAVED = ("rename", "duplicate", "delete")


def _key(key: str, action: str, words: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(key, action, words, id=f"connection.{action}", show=show, tooltip=tooltip)


class MeterEditor(MeterView):
    """What is changed in the form stays with its meter until it is saved."""

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

    def __init__(
        self,
        session: Session,
        model: ProfileEditorModel,
        connection: Connection | None,
        *,
        id: str,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(session, model, connection, id=id)
        self._reading = False
        self._conflict: Entry | None = None

    def on_mount(self) -> None:
        self._search.display = False
        self._settle(self._entry)
        self.say(self._model.problem(self._entry))
        self.call_after_refresh(self.post_message, self.Ready())

    @property
    def profiles(self) -> dict[str, Profile]:
        """The saved meters, as they are saved, in the order of the list."""
        saved = self._model.loaded.profiles
        return {each.name: saved[each.name] for each in self._model.entries() if each.name in saved}

    @property
    def name(self) -> str:
        """That of the line under the cursor."""
        return self._model.row(self._entry).name

    def read_name(self) -> str | None:
        """The name of the meter that is read for the line under the cursor; None while it is not."""
        self._follow()
        meter = self._reader(self._entry)
        return None if meter is None or meter.connection is None else meter.connection.name

    # What comes from outside

    def read_again(self) -> None:
        """Reads the file of profiles when somebody else has written it."""
        if not self._reading:
            self._reading = True
            begin_work(self, self._read_again, group="profiles")

    async def _read_again(self) -> None:
        try:
            news = await self._model.refresh()
        finally:
            self._reading = False
        if news:
            self._settle()
            self.say(self._model.problem(self._entry) or news)
        self._end_message()

    def connection(self) -> Connection | None:
        """What the form means; None when something is wrong with it, which is said."""
        self._follow()
        profile = self._form.read().profile
        if profile is None:
            self._say_wrong(meters_text.NOT_CONNECTED)
            return None
        try:
            return self._model.connection(self._entry, profile)
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _OF_SAVED:
            return self._entry.kind is Kind.SAVED and self._entry == self._list.current
        if action == "overwrite":
            return self._conflict == self._entry
        if action == "undo":
            return self._model.can_undo
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
        self._model.keep(self._entry, self._form.texts)
        self._show_list()
        self._end_message()

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
        names = list(self._model.presets)
        self._pick_preset(_(meters_text.NEW_METER_OF), names, [*names, _(meters_text.NO_UTILITY)])

    async def action_duplicate(self) -> None:
        """Copies the saved meter."""
        await self._change(lambda: self._model.duplicate(self._entry), meters_text.COPIED)

    def action_rename(self) -> None:
        """Asks for another name of the saved meter."""
        title = _(meters_text.RENAME)
        entry = self._entry

        async def rename(name: str) -> Saved:
            saved = await self._model.rename(entry, name)
            self._session.rename(entry.name, saved.name)
            return saved

        self._ask_name(title, entry.name, rename, meters_text.RENAMED)

    async def action_delete(self) -> None:
        """Deletes the saved meter, which undo puts back."""
        self._follow()
        if self._entry.kind is not Kind.SAVED:
            return
        try:
            deleted = await self._model.delete(self._entry)
        except ProfilesError as error:
            self._failed(error)
            return
        self._session.drop(deleted.name)
        self._settle()
        said = _(meters_text.DELETED, name=quoted(deleted.name))
        self.say(said, deleted.notice, holds=lambda: self._model.can_undo)

    async def action_undo(self) -> None:
        """Puts back what was deleted last."""
        await self._change(self._model.undo, meters_text.PUT_BACK)

    # The form

    def action_edit(self) -> None:
        """Goes to the form."""
        self._form.focus_first()

    def action_reveal(self) -> None:
        """Shows the password or masks it."""
        self._form.action_reveal()

    def action_revert(self) -> None:
        """Takes back what was changed."""
        self._model.revert(self._entry)
        self._conflict = None
        self._fill()
        self._show_list()
        self.say(_(meters_text.AS_SAVED), holds=self.unchanged())

    def action_preset(self) -> None:
        """Chooses what a utility usually sets."""
        names = list(self._model.presets)
        self._pick_preset(_(meters_text.UTILITY_PRESET), names, names)

    def _pick_preset(self, title: str, names: Sequence[str], lines: Sequence[str]) -> None:
        """The keys behind the answer wait until the form is filled in: they are meant for what has the focus then."""

        def picked(number: int | None) -> None:
            if number is not None and number < len(names):
                self._take_preset(names[number])
            self._release_keys()

        self.app.push_screen(PickScreen(title, lines, before_answer=self._hold_keys), picked)

    def _hold_keys(self) -> None:
        if isinstance(self.app, KeysInOrder):
            self.app.hold_keys(self)

    def _release_keys(self) -> None:
        """Behind the focus that has been asked for."""
        if isinstance(self.app, KeysInOrder):
            self.app.call_later(self.app.release_keys, self)

    def _take_preset(self, name: str) -> None:
        """Fills it in, and goes to what is still needed."""
        preset = self._model.presets[name]
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
        self._ask_name(title, "", lambda name: self._model.save_as(entry, name, profile), meters_text.WAS_SAVED)

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
        await self._change(lambda: self._model.save(entry, profile, overwrite=overwrite), meters_text.WAS_SAVED)

    # In common

    def _ask_name(self, title: str, text: str, change: Callable[[str], Awaitable[Saved]], done: str) -> None:
        async def answered(name: str | None) -> None:
            try:
                if name is not None:
                    await self._change(lambda: change(name), done)
            finally:
                self._release_keys()

        question = QuestionScreen(title, text=text, check=check_name, before_answer=self._hold_keys)
        self.app.push_screen(question, answered)

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
            self.say(spoken(error))
