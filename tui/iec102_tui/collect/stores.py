"""The archive of a collector: opened when it is needed, and again later where it could not be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
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
        self.notes_news = False
        """What is new is to be noted, from when the archive is opened next: ``open`` sees to it."""
        self.passed_on = news.Batch()
        """News that were passed on, and must not be again, but may be noted still."""
        self._is_noting: bool | None = None
        self._stores: Stores | None = None
        self._opening: asyncio.Task[None] | None = None
        self._forgetting: asyncio.Task[None] | None = None

    @property
    def stores(self) -> Stores | None:
        """The archive where it is open."""
        return self._stores

    async def open(self) -> Stores:
        """The archive, which notes what is new or not, as it should. Raises ArchiveError; the next one tries again."""
        while self._stores is None or self._is_noting != self.notes_news:
            if self._opening is None or self._opening.done():
                self._opening = asyncio.create_task(self._open())
            await asyncio.shield(self._opening)  # others may wait for it, and it is to be closed again
        return self._stores

    async def _open(self) -> None:
        try:
            if self._stores is None:
                archive = await asyncio.to_thread(Archive, self.path)
                profiles = ArchiveLoadProfileStore(self.path, archive)
                self._stores = Stores(archive, profiles, MeterDataStore(self.path, archive))
            await self._note_news(self._stores.archive)  # before anything is stored
        except ArchiveError as error:
            self.problem = spoken(error)
            raise
        self.problem = None

    async def _note_news(self, archive: Archive) -> None:
        wanted = self.notes_news
        await asyncio.to_thread(news.begin if wanted else news.end, archive)
        self._is_noting = wanted
        if not wanted:
            self.passed_on = news.Batch()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[Stores]:
        """What is stored meanwhile is on the disk behind it. Raises ArchiveError where not all of it is."""
        stores = await self.open()
        failure = stores.archive.latest_failure
        yield stores
        await self.flush()
        if (latest := stores.archive.latest_failure) is not None and latest is not failure:
            raise latest  # whoever stored it: others may have been told of it

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

    async def forget_passed_on(self) -> None:
        """Has the notes taken out of what was passed on. Raises ArchiveError; the next one tries again."""
        if self._forgetting is None or self._forgetting.done():
            if not self.passed_on.numbers:
                return
            self._forgetting = asyncio.create_task(self._forget_passed_on())
        await asyncio.shield(self._forgetting)  # in full, and once: the archive uses numbers again

    async def _forget_passed_on(self) -> None:
        stores = await self.open()
        await asyncio.to_thread(news.forget, stores.archive, self.passed_on)
        self.passed_on = news.Batch()

    async def close(self) -> None:
        """Writes what waits, in bounded time. Raises ArchiveError."""
        if self._stores is not None and self.passed_on.numbers:  # or the next start passes it on again
            with suppress(ArchiveError, TimeoutError):
                async with asyncio.timeout(_FAREWELL):
                    await self.forget_passed_on()
        if under_way := [task for task in (self._opening, self._forgetting) if task is not None]:
            await asyncio.wait(under_way, timeout=_FAREWELL)
        stores, self._stores = self._stores, None
        if stores is not None:
            await asyncio.to_thread(stores.archive.close, _FAREWELL)
