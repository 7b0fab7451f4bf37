"""What a file of profiles held when it was read: the profiles, the presets, and what is wrong with the file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.files.misspelling import misspelt
from iec102_tui.files.toml_document import Document
from iec102_tui.profiles.location import TABLE
from iec102_tui.profiles.presets import Preset, read_presets, shipped_file
from iec102_tui.profiles.profile import Fault, decode, unknown_keys
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _

_SHIPPED = "presets"


class ProfilesError(InvalidSetting):
    """Root of what the store refuses; the message is for the user."""


class UnknownProfile(ProfilesError):
    """No profile has this name."""


class InvalidProfile(ProfilesError):
    """The profile, or the file that should hold it, has an error."""


class NotSaved(ProfilesError):
    """Nothing was written; the file is as it was."""


class Conflict(NotSaved):
    """Somebody else changed the same profile since it was read. ``name`` is that profile."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


class Problem(NamedTuple):
    """Something in a file that the user should know; ``profile`` is None when it concerns the whole file."""

    profile: str | None
    sentence: str

    def __str__(self) -> str:
        return self.sentence


class Loaded(NamedTuple):
    """What the files held at one moment. A profile with a problem is in ``names`` and not in ``profiles``.

    ``warnings`` are keys that mean nothing; ``unusable`` is why the whole file cannot be used, None when it can.
    """

    path: Path
    exists: bool
    profiles: Mapping[str, Profile]
    names: tuple[str, ...]
    presets: Mapping[str, Preset]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unusable: str | None

    def find(self, name: str) -> Profile:
        """The profile of this name. Raises UnknownProfile or InvalidProfile."""
        if name in self.profiles:
            return self.profiles[name]
        found = [problem for problem in self.problems if name in self.names and problem.profile == name]
        if found:
            if len(found) == 1:
                raise InvalidProfile(str(found[0]))
            more = _("And {count} more: see `iec102-tui profiles check`.", count=len(found) - 1)
            raise InvalidProfile(f"{found[0]} {more}")
        if self.unusable:
            raise InvalidProfile(self.unusable)
        raise UnknownProfile(self._unknown(name))

    def _unknown(self, name: str) -> str:
        path, quoted_name = printable(str(self.path)), quoted(name)
        if not self.exists:
            return _("There is no profile {name}: the file {path} does not exist.", name=quoted_name, path=path)
        if not self.names:
            return _("There is no profile {name}: {path} has no profiles.", name=quoted_name, path=path)
        near = difflib.get_close_matches(name, self.names, 3) or list(self.names[:3])
        known = ", ".join(quoted(other) for other in near) + (", ..." if len(self.names) > len(near) else "")
        return _("There is no profile {name} in {path}, which has {known}.", name=quoted_name, path=path, known=known)


def examine(path: Path, document: Document) -> Loaded:
    """Decodes each profile alone, so that an error in one leaves the others working."""
    profiles: dict[str, Profile] = {}
    unusable = file_problem(path, document)
    problems = [Problem(None, unusable)] if unusable else []
    warnings = [
        _problem(path, None, Fault(key, misspelt(key, (TABLE,))))
        for key in document.tables
        if key not in (TABLE, _SHIPPED)
    ]
    tables = tables_of(document)
    for name, table in tables.items():
        if not isinstance(table, dict):
            problems.append(_problem(path, name, Fault("", _("is {value}; it must be a table.", value=quoted(table)))))
            continue
        profile, faults = decode(table)
        problems += [_problem(path, name, fault) for fault in faults]
        warnings += [_problem(path, name, fault) for fault in unknown_keys(table)]
        if profile:
            profiles[name] = profile
    presets, damaged = _presets()
    return Loaded(
        path=path,
        exists=document.data is not None,
        profiles=profiles,
        names=tuple(tables),
        presets=presets,
        problems=(*problems, *damaged),
        warnings=tuple(warnings),
        unusable=unusable,
    )


def tables_of(document: Document) -> dict[str, Any]:
    """The tables of the profiles by name; none when `profiles` is something else than a table."""
    profiles = document.tables.get(TABLE, {})
    return profiles if isinstance(profiles, dict) else {}


def file_problem(path: Path, document: Document) -> str | None:
    """Why the file as a whole cannot be used, as a sentence."""
    if document.problem or isinstance(document.tables.get(TABLE, {}), dict):
        return document.problem
    there = quoted(document.tables[TABLE])
    return _(
        "{path}: {table} is {there}; it must be a table of profiles, [{table}.NAME].",
        path=printable(str(path)),
        table=TABLE,
        there=there,
    )


def _problem(path: Path, name: str | None, fault: Fault) -> Problem:
    parts = [TABLE, name, fault.key] if name is not None else [fault.key]
    where = ".".join(_key(part) for part in parts if part or part is name)
    return Problem(name, f"{printable(str(path))}: {where} {fault.message}")


def _presets() -> tuple[dict[str, Preset], list[Problem]]:
    try:
        return read_presets(), []
    except (OSError, ValueError, LookupError) as error:
        return {}, [
            Problem(
                None,
                _(
                    "The shipped presets in {path} cannot be read: {error}.",
                    path=shipped_file(),
                    error=error,
                ),
            )
        ]


def _key(name: str) -> str:
    """A name as a TOML key."""
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else quoted(name)
