"""A download beside the continuous reading: run by the engine, watched by the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

from iec102.errors import RegisterNotAvailable
from iec102.load_profile.download import Download, Progress
from iec102.load_profile.oldest import stored_since
from iec102.load_profile.records import REGISTER_WORDS, Gap, LoadProfileReader
from iec102.meter.meter import Meter

from iec102_tui.archive.load_profile_store import Destination, LoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.profiles.connection import Connection

_A_YEAR = timedelta(days=366)

SHARES = (0.25, 0.5, 0.75, 1.0)
"""Parts of the line's time that a download may take."""


class DownloadJob:
    """One download. The screen reads its properties; what changes it is called on the engine's loop.

    All failures of the line are waited out, until it is cancelled or the meter is left.
    """

    def __init__(
        self,
        connection: Connection,
        wanted: Wanted,
        load_profiles: LoadProfileStore,
        *,
        share: float = 1.0,
        everything: bool = False,
    ) -> None:
        self.wanted = wanted
        """With ``everything``: up to its end, from the oldest record that the meter has, once that is known."""
        self.everything = everything
        self.locating = everything
        """The oldest record is being looked for."""
        self.share = share
        self.progress: Progress | None = None
        """None before it has begun."""
        self.error: str | None = None
        """Why it ended before its end, in one sentence."""
        self.findings: tuple[str, ...] = ()
        """What does not fit in the archive, known at the end: a sentence each."""
        self.ended = False
        self.paused = False
        self._connection = connection
        self._load_profiles = load_profiles
        self._download: Download | None = None
        self._task: asyncio.Task[None] | None = None

    def is_of(self, connection: Connection) -> bool:
        """It downloads from this meter, whatever password or time zone is given for it."""

        def meter(of: Connection) -> tuple[str, int, int]:
            return of.target, of.station.link_address, of.station.point_address

        return meter(connection) == meter(self._connection)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The intervals that the meter did not give."""
        return () if self._download is None else self._download.gaps

    @property
    def complete(self) -> bool:
        """It has come to its end, and so has the meter with its answers."""
        return self.ended and self.error is None and not (self.progress and self.progress.unfinished)

    # On the engine's loop

    async def run(self, meter: Meter, news: Callable[[], None]) -> None:
        """Downloads; ``news`` is called when something has changed. Who runs it calls ``fail`` with what it raises."""
        self._task = asyncio.current_task()

        def on_progress(progress: Progress) -> None:
            self.progress = progress
            news()

        own = Meter(meter.line, meter.station, zone=meter.zone, who="load profile", summer_time=meter.summer_time)
        place = await self._load_profiles.place(own, self._connection, self._reach())
        if self.locating:
            await self._locate(own, place)
            news()
        self._download = Download(
            own,
            place.store,
            self.wanted.register,
            self.wanted.start,
            self.wanted.end,
            self.wanted.incremental,
            shared=True,
            share=self.share,
            patience=None,
            way=place.way,
            conversion=place.conversion,
            on_progress=on_progress,
        )
        try:
            await self._download.run()
        finally:
            await place.finish(self._download.progress)
        found = await asyncio.to_thread(self._load_profiles.findings, self._connection, self.wanted)
        self.findings = (*self._remarks(own, found), *found)
        self.ended = True
        news()

    def fail(self, sentence: str) -> None:
        """It has ended before its end."""
        self.error = self.error or sentence
        self.ended = True

    def _reach(self) -> Wanted:
        """What is wanted, as far as it may go back."""
        wanted = self.wanted
        return wanted.over(wanted.end - _A_YEAR, wanted.end) if self.locating else wanted

    def _remarks(self, meter: Meter, found: tuple[str, ...]) -> Iterator[str]:
        """What is to be said of summer time, unless the archive says it."""
        state = meter.summer_time
        contradicting = self.progress is not None and self.progress.contradicting > 0
        words = state.remark if contradicting else state.unsettled
        if words is not None and words not in found:
            yield words

    async def _locate(self, meter: Meter, place: Destination) -> None:
        """Sets the start of what is wanted. Raises Iec102Error."""
        wanted = self.wanted
        reader = LoadProfileReader(
            meter,
            wanted.register,
            incremental=wanted.incremental,
            zone=meter.zone,
            way=place.way,
            conversion=place.conversion,
        )
        oldest = await stored_since(reader, wanted.end, has=place.store.has, put=place.store.put)
        if oldest is None:
            raise RegisterNotAvailable(f"the meter has no {REGISTER_WORDS[wanted.register]} yet")
        self.wanted = wanted.over(oldest, wanted.end, wanted.words)
        self.locating = False

    def pause(self) -> None:
        """Asks for nothing more, or goes on."""
        if self._download is not None and not self.ended:
            self.paused = not self.paused
            if self.paused:
                self._download.pause()
            else:
                self._download.resume()

    def cancel(self) -> None:
        """Ends it; what has come is kept."""
        if self._task is not None and not self.ended:
            self.error = "cancelled"
            self._task.cancel()

    def set_share(self, share: float) -> None:
        """Takes another part of the line's time from now on."""
        self.share = share
        if self._download is not None:
            self._download.share = share
