"""The archive of a collector: opened when it is needed, and again later where it could not be."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from iec102_tui.archive import FILE_NAME, ArchiveError, news
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.words.text import spoken

_FAREWELL = 6.0


class Stores(NamedTuple):
    """One archive, as its users see it. Only what takes no time is called on the loop."""

    archive: Archive
    profiles: ArchiveLoadProfileStore
    data: MeterDataStore


class CollectorArchive:
    """Used on the loop. ``problem``: why it cannot be written, in one sentence, None while it can."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.problem: str | None = None
        self.has_news = asyncio.Event()
        """Something may have been added."""
        self._notes_news = False
        self._stores: Stores | None = None
        self._opening: asyncio.Task[Stores] | None = None

    @property
    def stores(self) -> Stores | None:
        """The archive where it is open."""
        return self._stores

    async def open(self) -> Stores:
        """The archive. Raises ArchiveError; the next one tries again."""
        if self._stores is not None:
            return self._stores
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)  # others may wait for it, and it is to be closed again

    async def _open(self) -> Stores:
        try:
            archive = await asyncio.to_thread(Archive, self.path)
        except ArchiveError as error:
            self.problem = spoken(error)
            raise
        self._note_news(archive)  # before anything is stored
        profiles = ArchiveLoadProfileStore(self.path, archive)
        self._stores = stores = Stores(archive, profiles, MeterDataStore(self.path, archive))
        return stores

    def note_news(self, wanted: bool) -> None:
        """Has what is new noted from now on, or no longer. Raises ArchiveError for what went wrong before."""
        if wanted != self._notes_news:
            self._notes_news = wanted
            if self._stores is not None:
                self._note_news(self._stores.archive)

    async def flush(self) -> None:
        """Waits until all is on the disk. Raises ArchiveError for what could not be written."""
        stores = await self.open()
        try:
            await asyncio.to_thread(stores.archive.flush)
        except ArchiveError as error:
            self.problem = spoken(error)
            raise
        self.problem = None
        self.has_news.set()

    async def close(self) -> None:
        """Writes what waits, in bounded time. Raises ArchiveError."""
        if self._opening is not None:
            await asyncio.wait((self._opening,))
        stores, self._stores = self._stores, None
        if stores is not None:
            await asyncio.to_thread(stores.archive.close, _FAREWELL)

    def _note_news(self, archive: Archive) -> None:
        (news.begin if self._notes_news else news.end)(archive)
