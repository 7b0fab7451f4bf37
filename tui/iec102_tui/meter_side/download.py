"""A download of a load profile into where it is kept: the same for the command and for the pane."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from iec102.errors import RegisterNotAvailable
from iec102.load_profile.download import Download, Progress
from iec102.load_profile.oldest import stored_since
from iec102.load_profile.reader import LoadProfileReader
from iec102.load_profile.records import REGISTER_WORDS, Gap
from iec102.meter.meter import Meter
from iec102.meter.same_meter import SameMeter

from iec102_tui.archive.load_profile_store import Destination, LoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _

# What is not bounded goes back so far at least.
_A_YEAR = timedelta(days=366)


class LoadProfileDownload:
    """One download of one meter.

    ``everything``: up to the end of what is wanted, from the oldest record that the meter has, once that is known.
    ``shared`` and ``share``: with others on the line, and how much of it, from 0 to 1. ``patience``: how many failures
    of the line in a row are waited out once the meter has answered; None: all.
    """

    def __init__(
        self,
        connection: Connection,
        wanted: Wanted,
        load_profiles: LoadProfileStore,
        *,
        everything: bool = False,
        shared: bool = False,
        share: float = 1.0,
        patience: int | None = None,
    ) -> None:
        self.wanted = wanted
        self.everything = everything
        self.locating = everything
        """The oldest record is being looked for."""
        self.share = share
        self.progress: Progress | None = None
        """None before it has begun."""
        self.destination: Destination | None = None
        """None before it is known which meter answers."""
        self.connection = connection
        self._load_profiles = load_profiles
        self._shared = shared
        self._patience = patience
        self._download: Download | None = None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The intervals that the meter did not give."""
        return () if self._download is None else self._download.gaps

    async def run(self, meter: Meter, news: Callable[[], None]) -> None:
        """Downloads; ``news`` is called when something has changed. Raises Iec102Error; what has come is kept."""
        meter = SameMeter.like(meter)
        destination = await self._load_profiles.place(meter, self.connection, self._reach())
        self.destination = destination
        await self.placed(meter)
        if self.locating:
            destination = await self._locate(meter, destination)
            news()

        def on_progress(progress: Progress) -> None:
            self.progress = progress
            news()

        wanted = self.wanted
        self._download = Download(
            meter,
            destination.store,
            wanted.register,
            wanted.start,
            wanted.end,
            wanted.incremental,
            shared=self._shared,
            share=self.share,
            patience=self._patience,
            way=destination.way,
            conversion=destination.conversion,
            on_progress=on_progress,
        )
        try:
            await self._download.run()
        finally:
            self.progress = self._download.progress
            await destination.finish(self.progress)

    async def placed(self, meter: Meter) -> None:
        """Do what comes before the first record is asked for."""

    def _reach(self) -> Wanted:
        """What is wanted, as far as it may go back."""
        wanted = self.wanted
        return wanted.over(wanted.end - _A_YEAR, wanted.end) if self.locating else wanted

    async def _locate(self, meter: Meter, destination: Destination) -> Destination:
        """Sets the start of what is wanted; gives the destination with the way that has found it."""
        wanted, store = self.wanted, destination.store
        reader = LoadProfileReader(
            meter,
            wanted.register,
            incremental=wanted.incremental,
            zone=meter.zone,
            method=destination.way,
            conversion=destination.conversion,
        )
        oldest = await stored_since(reader, wanted.end, has=store.has, put=store.put)
        if oldest is None:
            raise RegisterNotAvailable(
                _("the meter has stored no {values} yet", values=REGISTER_WORDS[wanted.register])
            )
        self.wanted = wanted.over(oldest, wanted.end, wanted.words)
        self.locating = False
        return destination._replace(way=reader.method)
