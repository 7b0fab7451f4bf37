"""The load profiles of this run: what has been downloaded of each meter, and the download that runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.load_profile_store import LoadProfileStore, MemoryLoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.rows import Row
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import spoken

if TYPE_CHECKING:
    from iec102_tui.meter_side.download_job import DownloadJob
    from iec102_tui.meter_side.meter_service import MeterService

_log = logging.getLogger(__name__)

SHARES = (0.25, 0.5, 0.75, 1.0)
"""Parts of the line's time that a download may take."""


class Downloads:
    """One download at a time of each meter. What has come stays when the meter is left."""

    def __init__(self, load_profiles: LoadProfileStore | None = None) -> None:
        self.load_profiles = load_profiles or MemoryLoadProfileStore()
        self.job: DownloadJob | None = None
        """The latest, also when it has ended."""
        self.share = SHARES[-1]
        self._jobs: list[tuple[DownloadJob, MeterService]] = []
        """The latest of each meter."""

    @property
    def running(self) -> bool:
        """A download has begun and not ended."""
        return any(not job.ended and service.is_running for job, service in self._jobs)

    def runs(self, connection: Connection | None) -> bool:
        """A download of this meter has begun and not ended."""
        found = self._found(connection)
        return found is not None and not found[0].ended and found[1].is_running

    def job_of(self, connection: Connection | None) -> DownloadJob | None:
        """The latest of this meter."""
        if (job := self.job) is not None and connection is not None and job.is_of(connection):
            return job
        found = self._found(connection)
        return None if found is None else found[0]

    def _found(self, connection: Connection | None) -> tuple[DownloadJob, MeterService] | None:
        if connection is None:
            return None
        return next((each for each in self._jobs if each[0].is_of(connection)), None)

    def rows(self, connection: Connection, wanted: Wanted) -> list[Row]:
        """What is known of a curve, oldest first. Takes its time: not in the interface's loop. Raises ArchiveError."""
        return self.load_profiles.rows(connection, wanted)

    def findings(self, connection: Connection, wanted: Wanted) -> tuple[str, ...]:
        """What does not fit: as ``rows``."""
        return self.load_profiles.findings(connection, wanted)

    def differing(self, connection: Connection, wanted: Wanted) -> int:
        """How many intervals were given otherwise at another time: as ``rows``."""
        return self.load_profiles.differing(connection, wanted)

    def start(self, service: MeterService, connection: Connection, wanted: Wanted, *, everything: bool = False) -> None:
        """Downloads what is missing, unless a download of this meter runs; ``everything``: from the oldest record."""
        if self.runs(connection):
            return
        from iec102_tui.meter_side.download_job import DownloadJob  # loaded when it is used

        self.job = DownloadJob(connection, wanted, self.load_profiles, share=self.share, everything=everything)
        self._jobs = [each for each in self._jobs if not each[0].is_of(connection)]
        self._jobs.append((self.job, service))
        service.download(self.job)

    def pause(self, connection: Connection | None = None) -> None:
        """Holds the download of this meter, None: the latest, or lets it go on."""
        self._call(connection, lambda job: job.pause())

    def cancel(self, connection: Connection | None = None) -> None:
        """Ends the download of this meter, None: the latest; what has come is kept."""
        self._call(connection, lambda job: job.cancel())

    def next_share(self) -> float:
        """All downloads take another part of their line's time, round and round; gives it."""
        self.share = SHARES[(SHARES.index(self.share) + 1) % len(SHARES)]
        for job, service in self._jobs:
            service.call(job.set_share, self.share)
        return self.share

    def _call(self, connection: Connection | None, action: Callable[[DownloadJob], None]) -> None:
        found = next(reversed(self._jobs), None) if connection is None else self._found(connection)
        if found is not None:
            found[1].call(action, found[0])

    def close(self) -> str:
        """The program ends: writes what waits, in bounded time; gives a sentence on what could not be written."""
        try:
            self.load_profiles.close()
        except ArchiveError as error:
            _log.warning("%s", error)
            return spoken(error)
        return ""
