"""The store of saved meters: the user's `profiles.toml`, read tolerantly and saved so that nothing is lost."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from iec102.open import SCHEMES

from iec102_tui.files import toml_document, toml_edit, whole_file
from iec102_tui.files.toml_document import Document
from iec102_tui.profiles.listing import (
    Conflict,
    InvalidProfile,
    Loaded,
    NotSaved,
    Problem,
    ProfilesError,
    UnknownProfile,
    examine,
    file_problem,
    tables_of,
)
from iec102_tui.profiles.location import TABLE, default_path
from iec102_tui.profiles.profile import decode, encode
from iec102_tui.profiles.settings_table import DEFAULTS, EDITED, Profile
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import N_, _

__all__ = [
    "Conflict",
    "Deleted",
    "InvalidProfile",
    "Loaded",
    "NotSaved",
    "Problem",
    "Profile",
    "ProfileStore",
    "ProfilesError",
    "Saved",
    "UnknownProfile",
    "check_name",
    "default_path",
]

_ATTEMPTS = 5


class Saved(NamedTuple):
    """What there is to say after a change was written; None: nothing."""

    name: str
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A profile that was deleted, for `ProfileStore.undo`; ``before`` and ``after`` are the file's bytes."""

    name: str
    table: Any = field(repr=False)
    place: int = 0
    before: bytes | None = field(default=None, repr=False)
    after: bytes | None = field(default=None, repr=False)
    notice: str | None = None


def check_name(name: str) -> None:
    """Raises ProfilesError for a name that could not be typed or that a command would take for something else."""
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > 100:
        raise ProfilesError(_("The name of a profile must be 1 to 100 visible characters without spaces around them."))
    if name.startswith("-") or name.partition(":")[0] in SCHEMES:
        raise ProfilesError(
            _("{name} cannot be the name of a profile: a command would take it for something else.", name=quoted(name))
        )


class ProfileStore:
    """The profiles of one file. Not for two threads at once.

    Every change compares the file with what was read last: changes of others to other profiles are kept, a change to
    the same profile is a Conflict. Nothing is written and no folder made before the first change.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or default_path()).absolute()  # as it is named in sentences
        self._base: Document | None = None
        self._replaced: bytes | None = None
        self._signature: object = None
        self._comments_told = False

    # Reading

    def load(self) -> Loaded:
        """Reads the file again; errors in it become problems, and the profiles without one work."""
        self._signature = self._look()
        self._base = toml_document.read(self.path)
        return examine(self.path, self._base)

    def changed(self) -> bool:
        """Whether the file was written since it was read or saved here; costs one look at the folder."""
        return self._look() != self._signature

    def find(self, name: str) -> Profile:
        """The profile of this name, read now. Raises UnknownProfile or InvalidProfile."""
        return self.load().find(name)

    def _look(self) -> object:
        try:
            status = os.stat(self.path)
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns

    def _known(self) -> dict[str, Any]:
        """The tables of the profiles as they were read last."""
        if self._base is None:
            self._signature = self._look()
            self._base = toml_document.read(self.path)
        return tables_of(self._base)

    # Changing

    def save(
        self, name: str, profile: Profile, *, was: Profile | None = None, new: bool = False, overwrite: bool = False
    ) -> Saved:
        """Writes a profile; keys that the program does not know stay. ``new``: the name must be free (save as).

        ``was`` is what a form was filled with, where the file may have been read again since. ``overwrite`` replaces
        what somebody else made of this profile meanwhile. Raises NotSaved.
        """

        def change(profiles: dict[str, Any]) -> None:
            if new:
                _must_be_free(name, profiles)
            if was and not overwrite and decode(profiles.get(name, {}))[0] != was:
                raise self._conflict(name, profiles)
            profiles[name] = _merged(profiles.get(name), encode(profile))

        if new or name not in self._known():
            check_name(name)
        return Saved(name, self._change([name], change, overwrite=overwrite))

    def rename(self, name: str, to: str) -> Saved:
        """Gives a profile another name in the same place. Raises UnknownProfile, NotSaved."""

        def change(profiles: dict[str, Any]) -> None:
            _must_be_free(to, profiles)
            items = list(profiles.items())
            profiles.clear()
            profiles.update((to if other == name else other, table) for other, table in items)

        def edit(data: bytes, tables: dict[str, Any]) -> bytes | None:
            return toml_edit.renamed(data, TABLE, name, to, tables)

        check_name(to)
        self._must_exist(name)
        return Saved(to, self._change([name], change, edit=edit))

    def duplicate(self, name: str, to: str | None = None) -> Saved:
        """A copy of a profile with all its keys, under ``to`` or `NAME copy`. Raises UnknownProfile, NotSaved."""
        self._must_exist(name)
        target = _free_copy_name(name, self._known()) if to is None else to

        def change(profiles: dict[str, Any]) -> None:
            _must_be_free(target, profiles)
            profiles[target] = copy.deepcopy(profiles[name])

        check_name(target)
        return Saved(target, self._change([name], change))

    def delete(self, name: str) -> Deleted:
        """Takes a profile out; what it gives puts it back. Raises UnknownProfile, NotSaved."""

        def edit(data: bytes, tables: dict[str, Any]) -> bytes | None:
            return toml_edit.removed(data, TABLE, name, tables)

        self._must_exist(name)
        table, place = self._known()[name], list(self._known()).index(name)
        notice = self._change([name], lambda profiles: profiles.pop(name), edit=edit)
        return Deleted(name, table, place, self._replaced, self._base.data if self._base else None, notice)

    def undo(self, deleted: Deleted) -> Saved:
        """Puts a deleted profile back where it was. Raises NotSaved when its name is taken by now.

        A file that nobody has changed since gets the bytes back that it had.
        """

        def change(profiles: dict[str, Any]) -> None:
            _must_be_free(deleted.name, profiles)
            items = list(profiles.items())
            items.insert(deleted.place, (deleted.name, deleted.table))
            profiles.clear()
            profiles.update(items)

        def edit(data: bytes, tables: dict[str, Any]) -> bytes | None:
            if data == deleted.after:
                return deleted.before
            commented = toml_document.parse(self.path, data).has_comments
            return toml_edit.edited(data, tables) if commented else None  # only a file written anew has it in its place

        return Saved(deleted.name, self._change([], change, edit=edit))

    def _must_exist(self, name: str) -> None:
        if name not in self._known():
            raise UnknownProfile(
                _("There is no profile {name} in {path}.", name=quoted(name), path=printable(str(self.path)))
            )

    def _change(
        self,
        touched: Sequence[str],
        change: Callable[[dict[str, Any]], object],
        *,
        edit: Callable[[bytes, dict[str, Any]], bytes | None] = toml_edit.edited,
        overwrite: bool = False,
    ) -> str | None:
        """Applies a change to what the file holds now, unless a touched profile is not what was read, and saves it.

        ``edit`` makes the file that holds the changed tables of the one that there is; where it cannot, the file is
        written anew. Gives what there is to tell about it.
        """
        try:
            with whole_file.locked(self.path):
                for _attempt in range(_ATTEMPTS):
                    now = toml_document.read(self.path)
                    self._may_be_replaced(now, touched, overwrite=overwrite)
                    tables = copy.deepcopy(now.tables)
                    change(tables.setdefault(TABLE, {}))
                    data = None if now.data is None else edit(now.data, tables)
                    anew = data is None
                    after = Document(_written_anew(tables) if data is None else data, tables)
                    try:
                        whole_file.replace(self.path, after.data or b"", now.data)
                    except whole_file.Changed:
                        continue
                    self._base, self._replaced, self._signature = after, now.data, self._look()
                    return self._notice(now) if anew else None
        except OSError as error:
            raise NotSaved(f"{self._not_saved()}: {toml_document.reason(error)}.") from error
        why = _("another program keeps writing it")
        raise NotSaved(f"{self._not_saved()}: {why}.")

    def _may_be_replaced(self, now: Document, touched: Sequence[str], *, overwrite: bool) -> None:
        if problem := file_problem(self.path, now):
            raise NotSaved(
                _("Not saved, since an error in the file must be put right first. {problem}", problem=problem)
            )
        was, there = self._known(), tables_of(now)
        for name in () if overwrite else touched:
            if was.get(name) != there.get(name):
                raise self._conflict(name, there)

    def _conflict(self, name: str, there: Mapping[str, Any]) -> Conflict:
        template = N_("Not saved: another program has deleted {name} in {path} meanwhile.")
        if name in there:
            template = N_("Not saved: another program has changed {name} in {path} meanwhile.")
        return Conflict(name, _(template, name=quoted(name), path=printable(str(self.path))))

    def _not_saved(self) -> str:
        return _("{path} could not be saved and is as it was", path=printable(str(self.path)))

    def _notice(self, before: Document) -> str | None:
        if self._comments_told or not before.has_comments:
            return None
        self._comments_told = True
        path = printable(os.path.realpath(self.path))
        return _("The comments in {path} could not be kept; {path}.bak still has them.", path=path)


def _merged(table: object, values: Mapping[str, Any]) -> dict[str, Any]:
    """A table with new values. Keys that no form shows stay, and a default that it left out stays left out."""
    if not isinstance(table, dict):
        return dict(values)
    merged = {key: value for key, value in table.items() if key in values or key not in EDITED}
    for key, value in values.items():
        if key not in table and value == DEFAULTS.get(key):
            continue
        if key not in table or isinstance(table[key], bool) or table[key] != value:  # 1 for 1.0 stays as it was written
            merged[key] = value
    return merged


def _must_be_free(name: str, profiles: Mapping[str, Any]) -> None:
    if name in profiles:
        raise NotSaved(_("Not saved: there is a profile {name} already.", name=quoted(name)))


def _free_copy_name(name: str, profiles: Mapping[str, Any]) -> str:
    candidate, number = _("{name} copy", name=name), 1
    while candidate in profiles:
        number += 1
        candidate = _("{name} copy {number}", name=name, number=number)
    return candidate


def _written_anew(tables: Mapping[str, Any]) -> bytes:
    import tomli_w  # loaded when something is saved

    return tomli_w.dumps(tables).encode()
