"""Where the load profiles of the monitor are kept: in the archive, or in memory where there is none."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from iec102.asdu.summer_time import Keeping, SummerTime, TagConversion
from iec102.load_profile.download import MemoryStore, Progress, Store
from iec102.load_profile.read_method import ReadMethod
from iec102.meter.meter import Meter

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.visit import Visit
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.rows import Row, columns
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _, spoken

if TYPE_CHECKING:
    from iec102_tui.archive.archive import Archive
    from iec102_tui.archive.contents import ArchivedLoadProfile

_FAREWELL = 6.0
"""Seconds that the disk is given when the program ends: more than another program may hold the archive."""


class Destination(NamedTuple):
    """Where a download puts its records, the way that an earlier one has found, and how time tags are converted."""

    store: Store
    conversion: TagConversion
    way: ReadMethod | None = None

    async def finish(self, progress: Progress) -> None:
        """After the download: nothing is left to be written. Raises ArchiveError."""
        from iec102_tui.archive.archive import (
            LoadProfileWriter,  # loads SQLite, which a monitor without downloads does not need
        )

        if isinstance(self.store, LoadProfileWriter):
            self.store.remember(progress.way)
            self.store.note_contradictions(progress.contradicting)
            await asyncio.to_thread(self.store.archive.flush)


class LoadProfileStore(Protocol):
    """Keeps the curves of all meters."""

    @property
    def words(self) -> str:
        """Where that is, for the user."""

    def rows(self, connection: Connection, wanted: Wanted) -> list[Row]:
        """What is known, oldest first. Takes its time: not in the interface's loop. Raises ArchiveError."""

    async def place(self, meter: Meter, connection: Connection, wanted: Wanted) -> Destination:
        """For a download, on the engine's loop. Raises Iec102Error."""

    async def meet(self, meter: Meter, connection: Connection) -> Visit:
        """Asks who answers, on the engine's loop; the first meter of a profile is remembered. Raises Iec102Error."""

    def findings(self, connection: Connection, wanted: Wanted) -> tuple[str, ...]:
        """What does not fit, a sentence each: as ``rows``, not in the interface's loop. Raises ArchiveError."""

    def differing(self, connection: Connection, wanted: Wanted) -> int:
        """How many intervals were given otherwise at another time: as ``rows``. Raises ArchiveError."""

    def close(self) -> None:
        """Writes what waits. Raises ArchiveError."""


class MemoryLoadProfileStore:
    """Ends with the program."""

    def __init__(self) -> None:
        self._stores: dict[tuple[object, ...], MemoryStore] = {}
        self._found: dict[tuple[object, ...], Keeping | None] = {}
        self._met: dict[tuple[object, ...], str] = {}
        """Who answered first at each place."""
        self._latest: dict[tuple[object, ...], str] = {}
        """Whose records came last from there."""

    @property
    def words(self) -> str:
        """That it is no longer."""
        return _("kept until the program ends")

    def store(self, connection: Connection, wanted: Wanted) -> MemoryStore:
        """The records of one curve of one meter."""
        meter = self._meter_of(connection)
        mode = _mode(connection, self._found.get(meter))
        return self._stores.setdefault((*meter, wanted.register, wanted.incremental, mode), MemoryStore())

    def rows(self, connection: Connection, wanted: Wanted) -> list[Row]:
        """What is known, oldest first."""
        return [columns(record) for record in self.store(connection, wanted).records()]

    async def place(self, meter: Meter, connection: Connection, wanted: Wanted) -> Destination:
        """Asks the meter who it is first, so that no other one is taken for it."""
        from iec102_tui.archive.contents import ask_who

        place, identity = connection.place, (await ask_who(meter)).identity
        self._met.setdefault(place, identity)
        self._latest[place] = identity
        state, key = meter.summer_time, self._meter_of(connection)
        state.found = state.found or self._found.get(key)
        await meter.settle_summer_time(wanted.start, wanted.end)
        self._found[key] = state.found
        return Destination(self.store(connection, wanted), state.conversion)

    async def meet(self, meter: Meter, connection: Connection) -> Visit:
        """Remembers the first one until the program ends."""
        from iec102_tui.archive.contents import ask_who

        key = await ask_who(meter)
        place = connection.place
        known = self._met.get(place)
        self._met.setdefault(place, key.identity)
        return Visit(key.identity, known)

    def _meter_of(self, connection: Connection) -> tuple[object, ...]:
        """That whose records came last; what is there before anybody has said who it is, is of the first."""
        place = connection.place
        identity = self._latest.get(place)
        return place if identity in (None, self._met.get(place)) else (*place, identity)

    def findings(self, connection: Connection, wanted: Wanted) -> tuple[str, ...]:
        """What differs is not kept in memory."""
        return ()

    def differing(self, connection: Connection, wanted: Wanted) -> int:
        """What differs is not kept in memory."""
        return 0

    def close(self) -> None:
        """There is nothing to do."""


def _mode(connection: Connection, found: Keeping | None) -> SummerTime:
    """How the time tags of what is shown were converted."""
    if connection.summer_time is not SummerTime.AUTO:
        return connection.summer_time
    return SummerTime.BIT if found is None else found.mode


class ArchiveLoadProfileStore:
    """An archive file, opened when it is first needed: for a download, or for the first meter of a saved profile.

    Where it cannot be written, downloads are kept in memory, and ``words`` say why. One that is open already may be
    given; ``again``: what it has is asked for all the same, to compare.
    """

    def __init__(self, path: Path, archive: Archive | None = None, *, again: bool = False) -> None:
        self._path = path
        self._archive = archive
        self._again = again
        self._memory = MemoryLoadProfileStore()
        self._problem: str | None = None

    @property
    def words(self) -> str:
        """The file, or why it is not used."""
        if self._problem is None:
            return _("kept in {path}", path=self._path)
        return f"{self._problem}; {self._memory.words}"

    def rows(self, connection: Connection, wanted: Wanted) -> list[Row]:
        """What is archived of the meter that answered there last."""
        if self._problem is not None:
            return self._memory.rows(connection, wanted)
        curve = self._archived(connection, wanted)
        return [] if curve is None else curve.rows(wanted.start, wanted.end)

    def latest(self, connection: Connection, wanted: Wanted) -> datetime | None:
        """The end of the last archived interval until the end of what is wanted. Raises ArchiveError."""
        curve = None if self._problem is not None else self._archived(connection, wanted)
        return None if curve is None else curve.latest(wanted.end)

    def findings(self, connection: Connection, wanted: Wanted) -> tuple[str, ...]:
        """Values that the meter gave twice, sums that do not add up."""
        from iec102_tui.archive.findings import findings

        curve = None if self._problem is not None else self._archived(connection, wanted)
        return () if curve is None else tuple(findings(curve, wanted.start, wanted.end, connection.zone))

    def differing(self, connection: Connection, wanted: Wanted) -> int:
        """Of the meter that answered there last."""
        curve = None if self._problem is not None else self._archived(connection, wanted)
        return 0 if curve is None else len(curve.differing(wanted.start, wanted.end))

    async def place(self, meter: Meter, connection: Connection, wanted: Wanted) -> Destination:
        """Asks the meter who it is first."""
        from iec102_tui.archive.archive import Archive
        from iec102_tui.archive.contents import ask_who

        try:
            if self._archive is None:
                self._archive = await asyncio.to_thread(Archive, self._path)
            self._problem = None
        except ArchiveError as error:
            self._problem = spoken(error)
            return await self._memory.place(meter, connection, wanted)
        key = await ask_who(meter)
        self._archive.remember(connection.target, connection.station, key)
        conversion = await self._archive.settle(meter, key, wanted.start, wanted.end)
        curve = self._archive.curve(key, wanted.register, wanted.incremental, conversion.mode, again=self._again)
        return Destination(curve, conversion, await asyncio.to_thread(lambda: curve.way))

    async def meet(self, meter: Meter, connection: Connection) -> Visit:
        """A meter that no profile names is not remembered; nor is any where the archive cannot be used."""
        from iec102_tui.archive.archive import Archive
        from iec102_tui.archive.contents import ask_who

        key = await ask_who(meter)
        try:
            known = await asyncio.to_thread(self._known, connection)
            if known is None and connection.is_saved:
                if self._archive is None:
                    self._archive = await asyncio.to_thread(Archive, self._path)
                self._archive.remember(connection.target, connection.station, key)
        except ArchiveError:
            return Visit(key.identity, None)
        return Visit(key.identity, known)

    def _known(self, connection: Connection) -> str | None:
        """Who answered there last. Not on an event loop; raises ArchiveError."""
        from iec102_tui.archive.contents import recall

        key = recall(self._path, connection.target, connection.station) if self._path.exists() else None
        return None if key is None else key.identity

    def _archived(self, connection: Connection, wanted: Wanted) -> ArchivedLoadProfile | None:
        if not self._path.exists():
            return None
        from iec102_tui.archive.contents import ArchivedLoadProfile, keeping_of, recall

        key = recall(self._path, connection.target, connection.station)
        if key is None:
            return None
        mode = _mode(connection, keeping_of(self._path, key))
        return ArchivedLoadProfile(self._path, key, wanted.register, wanted.incremental, mode)

    def close(self) -> None:
        """Writes what waits, in bounded time."""
        if self._archive is not None:
            self._archive.close(_FAREWELL)
