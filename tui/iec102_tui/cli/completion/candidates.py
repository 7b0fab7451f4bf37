"""What may stand in a parameter: values that the index holds, and those that are looked up when the shell asks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SOURCE = "source"
"""The type of the item that stands for values that are looked up."""

_MOST = 1000
"""Values that a shell is given: more help nobody."""
_SERIAL = "serial:"
_PATIENCE = 0.2
"""Seconds that another program's writing into the archive is waited for."""


class Candidate(NamedTuple):
    """A value and what it is, in words."""

    value: str
    help: str = ""


class Listed:
    """Values that are the same until the program changes: ``values()`` gives them, with words where they have any.

    It is called when the index is made, so that a command need not load what it lists.
    """

    def __init__(self, values: Callable[[], Iterable[str] | Mapping[str, str]]) -> None:
        self._values = values

    def __call__(
        self, _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem  # only where something is completed

        values = self._values()
        words = values if isinstance(values, Mapping) else dict.fromkeys(values, "")
        return [CompletionItem(value, help=words[value] or None) for value in words if value.startswith(incomplete)]


class Source:
    """Values that are looked up at each Tab, by the function of this name in SOURCES, and ``others`` behind them."""

    def __init__(self, name: str, others: Listed | None = None) -> None:
        self.name = name
        self._others = others

    def __call__(
        self, context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        others = [] if self._others is None else self._others(context, parameter, incomplete)
        return [CompletionItem(self.name, type=SOURCE), *others]


def _beginnings() -> list[str]:
    from iec102.open import SCHEMES

    return [scheme.prefix for scheme in SCHEMES.values()]


TARGETS = Source("targets", Listed(_beginnings))
PROFILES = Source("profiles")
METERS = Source("meters")


def look_up(name: str, given: Mapping[str, str], incomplete: str) -> list[Candidate]:
    """The values of a source that begin so; ``given`` are the options before, by their long name.

    What cannot be read gives none: at Tab nobody can be told.
    """
    found: list[Candidate] = []
    with contextlib.suppress(Exception):
        for candidate in SOURCES[name](given, incomplete):
            if candidate.value.startswith(incomplete) and candidate.value.isprintable():
                found.append(candidate)
            if len(found) == _MOST:
                break
    return found


def _profiles(given: Mapping[str, str], _incomplete: str) -> Iterator[Candidate]:
    import tomllib

    from iec102_tui.profiles.location import TABLE, default_path

    named = given.get("--profiles")
    tables: Any = tomllib.loads((Path(named).expanduser() if named else default_path()).read_text(encoding="utf-8"))
    for name, profile in tables.get(TABLE, {}).items():
        yield Candidate(name, str(profile.get("target", "")) if isinstance(profile, dict) else "")


def _targets(given: Mapping[str, str], incomplete: str) -> Iterator[Candidate]:
    """The saved meters; the serial ports only behind what begins their URL."""
    yield from look_up(PROFILES.name, given, incomplete)
    if incomplete.startswith(_SERIAL):
        from iec102_tui.profiles.serial_ports import serial_ports

        for port in serial_ports():
            yield Candidate(_SERIAL + port.path, port.label)


def _meters(given: Mapping[str, str], incomplete: str) -> Iterator[Candidate]:
    """The meters of the archive by their numbers, then the saved ones."""
    from iec102_tui import config
    from iec102_tui.archive import FILE_NAME

    named = given.get("--archive")
    path = Path(named).expanduser() if named else config.load()[0].folders.archive / FILE_NAME
    with contextlib.suppress(Exception):
        yield from _archived(path)
    yield from look_up(PROFILES.name, given, incomplete)


def _archived(path: Path) -> Iterator[Candidate]:
    import sqlite3

    with contextlib.closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
    ) as archive:
        for identity, point in archive.execute("SELECT identity, point_address FROM meter ORDER BY id"):
            number = identity.rpartition(" ")[2].rpartition("-")[2]
            yield Candidate(number, f"{identity}, point {point}")


SOURCES: Mapping[str, Callable[[Mapping[str, str], str], Iterator[Candidate]]] = {
    "targets": _targets,
    "profiles": _profiles,
    "meters": _meters,
}
