"""The saved meters and what is being changed in them: the connection pane without the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple, TypeVar

from iec102_tui.files.file_thread import FileThread
from iec102_tui.panes.connection.form_values import Texts, empty_texts, texts_of
from iec102_tui.panes.connection.meter_rows import MeterRow, MeterState, detail_of
from iec102_tui.profiles import last_meter
from iec102_tui.profiles.connection import Connection, connection_of, demo
from iec102_tui.profiles.presets import Preset
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import Deleted, Loaded, NotSaved, ProfileStore, Saved
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _

T = TypeVar("T")


_NO_STATE = MeterState()


class Kind(Enum):
    """What a line of the list stands for."""

    SAVED = auto()
    SIMULATED = auto()
    NEW = auto()


class Entry(NamedTuple):
    """A line of the list. ``name`` is that of a saved meter."""

    kind: Kind
    name: str = ""


SIMULATED = Entry(Kind.SIMULATED)
NEW = Entry(Kind.NEW)


@dataclass(slots=True)
class UnsavedEdit:
    """What the form shows of a meter. ``was`` is the profile that it was filled with, None where there was none."""

    texts: Texts = field(repr=False)
    was: Profile | None
    filled: Texts = field(repr=False)

    @property
    def edited(self) -> bool:
        """It is not what was saved. The meter ID alone is never saved."""
        return {**self.texts, "meter_id": ""} != self.filled


class ProfileEditorModel:
    """Reads the store again when its file has changed; what is being edited stays until it is saved or taken back.

    The store is used on the thread of ``files`` alone once the book is made; all else belongs to the interface.
    """

    def __init__(self, store: ProfileStore, files: FileThread) -> None:
        self._store = store
        self.files = files
        """Where the profiles are saved: another instance may hold their lock for a second."""
        self._edits: dict[Entry, UnsavedEdit] = {}
        self._deleted: list[Deleted] = []
        self.loaded: Loaded = store.load()
        self._last = last_meter.last()

    # What there is

    @property
    def is_empty(self) -> bool:
        """No meter is saved, and nothing is wrong with the file that says so."""
        return not self.loaded.names and not self.loaded.problems

    @property
    def presets(self) -> dict[str, Preset]:
        """The shipped presets by name."""
        return dict(self.loaded.presets)

    @property
    def can_undo(self) -> bool:
        """A profile was deleted here and is not back."""
        return bool(self._deleted)

    def entries(self, search: str = "") -> list[Entry]:
        """The lines of the list, those that have the search in their name or target; the meter of last time first."""
        names = sorted(self.loaded.names, key=lambda name: name != self._last)
        saved = [Entry(Kind.SAVED, name) for name in names]
        entries = [*saved, SIMULATED, NEW]
        wanted = search.casefold()
        return [entry for entry in entries if wanted in self._searched(entry).casefold()]

    def row(self, entry: Entry, state: MeterState = _NO_STATE, work: str = "") -> MeterRow:
        """How the list shows it, with what goes on there; a star marks one that is not saved as it is in the form."""
        mark = "*" if entry in self._edits and self._edits[entry].edited else " "
        if entry.kind is Kind.SAVED:
            profile = self.loaded.profiles.get(entry.name)
            name = printable(entry.name)
            if profile is None:
                wrong = MeterState("\N{HEAVY MULTIPLICATION X}", "error")
                return MeterRow(_(meters_text.WITH_ERROR, name=name), mark, _(meters_text.ERROR_IN_FILE), wrong)
            detail = detail_of(profile)
            return MeterRow(name, mark, f"{work}  {detail}" if work else detail, state)
        if entry.kind is Kind.SIMULATED:
            return MeterRow(_(meters_text.SIMULATED_METER), mark, _(meters_text.SIMULATED_DETAIL), state)
        return MeterRow(_(meters_text.NEW_METER), mark, _(meters_text.NEW_DETAIL), state)

    def is_of(self, entry: Entry, connection: Connection) -> bool:
        """The entry stands for this connection."""
        if entry.kind is Kind.SAVED:
            return connection.name == entry.name
        if entry.kind is Kind.NEW:
            return connection.name == connection.target
        return connection.name == demo().name

    def problem(self, entry: Entry) -> str:
        """What is wrong with this profile or with the file, in a sentence; empty when nothing is."""
        for problem in self.loaded.problems:
            if problem.profile is None or (entry.kind is Kind.SAVED and problem.profile == entry.name):
                return printable(str(problem))
        return ""

    def edit_of(self, entry: Entry) -> UnsavedEdit:
        """What the form shows of an entry."""
        if entry not in self._edits:
            profile = self._profile(entry)
            filled = empty_texts() if profile is None else texts_of(profile)
            self._edits[entry] = UnsavedEdit(dict(filled), profile if entry.kind is Kind.SAVED else None, filled)
        return self._edits[entry]

    def entry_of(self, connection: Connection | None) -> Entry:
        """Where the cursor begins: on the meter that is connected; one that was given as a URL is the new meter."""
        if connection is None:
            return self.entries()[0]
        if connection.name in self.loaded.names:
            return Entry(Kind.SAVED, connection.name)
        if connection.target == demo().target:
            return SIMULATED
        self.keep(NEW, texts_of(connection.profile))
        return NEW

    def keep(self, entry: Entry, texts: Texts) -> None:
        """What is in the form for an entry, where that is still there."""
        if self._there(entry):
            self.edit_of(entry).texts = dict(texts)

    def connection(self, entry: Entry, profile: Profile) -> Connection:
        """What is connected to. Raises InvalidSetting."""
        names = {Kind.SAVED: entry.name, Kind.SIMULATED: "demo", Kind.NEW: profile.target}
        return connection_of(names[entry.kind], profile)

    # What changes

    async def refresh(self) -> str:
        """Reads the file again when somebody else has written it; gives a sentence on that, empty when it is as it was.

        What is edited of a meter that is gone becomes a new meter, so that it is not lost.
        """
        store = self._store
        try:
            loaded = await self.files.run(lambda: store.load() if store.changed() else None)
        except TimeoutError:
            return ""  # the disk does not answer: what was read stands
        if loaded is None:
            return ""
        lost = self._take(loaded)
        if lost:
            return _(meters_text.GONE, name=quoted(lost))
        return _(meters_text.READ_AGAIN)

    def revert(self, entry: Entry) -> None:
        """Takes back what was changed in the form."""
        self._edits.pop(entry, None)

    async def save(self, entry: Entry, profile: Profile, *, overwrite: bool = False) -> Saved:
        """Raises Conflict, NotSaved."""
        edit = self.edit_of(entry)
        was, texts = edit.was, dict(edit.texts)
        return await self._change(
            lambda: self._store.save(entry.name, profile, was=was, overwrite=overwrite),
            lambda _saved: self._settle(entry, profile, texts),
        )

    async def save_as(self, entry: Entry, name: str, profile: Profile) -> Saved:
        """Under a name that is free. Raises ProfilesError."""
        texts = dict(self.edit_of(entry).texts)
        return await self._change(
            lambda: self._store.save(name, profile, new=True), lambda _saved: self._settle(entry, None, texts)
        )

    async def rename(self, entry: Entry, to: str) -> Saved:
        """What is being edited goes with the name. Raises ProfilesError."""

        def renamed(_saved: Saved) -> None:
            if entry in self._edits:
                self._edits[Entry(Kind.SAVED, to)] = self._edits.pop(entry)

        return await self._change(lambda: self._store.rename(entry.name, to), renamed)

    async def duplicate(self, entry: Entry) -> Saved:
        """As it is saved. Raises ProfilesError."""
        return await self._change(lambda: self._store.duplicate(entry.name))

    async def delete(self, entry: Entry) -> Deleted:
        """Raises ProfilesError."""

        def deleted(done: Deleted) -> None:
            self._deleted.append(done)
            self._edits.pop(entry, None)

        return await self._change(lambda: self._store.delete(entry.name), deleted)

    async def undo(self) -> Saved:
        """Puts the profile back that was deleted last. Raises NotSaved."""
        if not self._deleted:
            raise NotSaved(_(meters_text.NOTHING_DELETED))
        last = self._deleted[-1]
        return await self._change(lambda: self._store.undo(last), lambda _saved: self._deleted.remove(last))

    async def _change(self, change: Callable[[], T], then: Callable[[T], None] = lambda _done: None) -> T:
        """Changes the file and reads it again, on the files' thread; ``then`` follows on the interface's."""
        try:
            done, loaded = await self.files.run(lambda: (change(), self._store.load()))
        except TimeoutError as error:
            raise NotSaved(_(meters_text.FILE_NOT_SAVED, why=error.strerror)) from error
        then(done)
        self._take(loaded)
        return done

    def _settle(self, entry: Entry, profile: Profile | None, texts: Texts) -> None:
        """These texts were saved; what was changed in the form meanwhile is still being edited."""
        edit = self._edits.get(entry)
        if edit is None or edit.texts == texts or profile is None:
            self._edits.pop(entry, None)
        else:
            edit.was, edit.filled = profile, texts_of(profile)

    def _take(self, loaded: Loaded) -> str:
        """Gives the name of a meter that was being edited and is gone."""
        self.loaded = loaded
        edited = {entry: edit for entry, edit in self._edits.items() if edit.edited}
        lost = [entry for entry in edited if not self._there(entry)]
        for entry in lost:
            edited[NEW] = UnsavedEdit(edited.pop(entry).texts, None, empty_texts())
        self._edits = edited
        return lost[-1].name if lost else ""

    def _there(self, entry: Entry) -> bool:
        return entry.kind is not Kind.SAVED or entry.name in self.loaded.names

    def _profile(self, entry: Entry) -> Profile | None:
        if entry.kind is Kind.SAVED:
            return self.loaded.profiles.get(entry.name)
        return demo().profile if entry.kind is Kind.SIMULATED else None

    def _searched(self, entry: Entry) -> str:
        profile = self._profile(entry)
        return f"{self.row(entry).label} {profile.target if profile else ''}"
