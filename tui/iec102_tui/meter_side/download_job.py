"""A download beside the continuous reading: run by the engine, watched by the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from iec102.meter.meter import Meter

from iec102_tui.archive.load_profile_store import LoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _


class DownloadJob(LoadProfileDownload):
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
        super().__init__(connection, wanted, load_profiles, everything=everything, shared=True, share=share)
        self.error: str | None = None
        """Why it ended before its end, in one sentence."""
        self.findings: tuple[str, ...] = ()
        """What does not fit in the archive, known at the end: a sentence each."""
        self.ended = False
        self.paused = False
        self._task: asyncio.Task[None] | None = None

    def is_of(self, connection: Connection) -> bool:
        """It downloads from this meter, whatever password or time zone is given for it."""
        return connection.place == self.connection.place

    @property
    def complete(self) -> bool:
        """Whether it has ended without an error, and each answer of the meter had its end."""
        return self.ended and self.error is None and not (self.progress and self.progress.unfinished)

    # On the engine's loop

    async def run(self, meter: Meter, news: Callable[[], None]) -> None:
        """Downloads; ``news`` is called when something has changed. Who runs it calls ``fail`` with what it raises."""
        self._task = asyncio.current_task()
        own = Meter(meter.line, meter.station, zone=meter.zone, who=_("load profile"), summer_time=meter.summer_time)
        await super().run(own, news)
        found = await asyncio.to_thread(self._load_profiles.findings, self.connection, self.wanted)
        self.findings = (*self._remarks(own, found), *found)
        self.ended = True
        news()

    def fail(self, sentence: str) -> None:
        """It has ended before its end."""
        self.error = self.error or sentence
        self.ended = True

    def _remarks(self, meter: Meter, found: tuple[str, ...]) -> Iterator[str]:
        """What is to be said of summer time, unless the archive says it."""
        state = meter.summer_time
        contradicting = self.progress is not None and self.progress.contradicting > 0
        words = state.remark if contradicting else state.unsettled
        if words is not None and words not in found:
            yield words

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
            self.error = _("cancelled")
            self._task.cancel()

    def set_share(self, share: float) -> None:
        """Takes another part of the line's time from now on."""
        self.share = share
        if self._download is not None:
            self._download.share = share
