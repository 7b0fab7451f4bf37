"""The load profiles of this run: what has been downloaded of each meter, and the download that runs."""

from __future__ import annotations

import logging
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
    """One download at a time. What has come stays when the meter is left."""

    def __init__(self, load_profiles: LoadProfileStore | None = None) -> None:
        self.load_profiles = load_profiles or MemoryLoadProfileStore()
        self.job: DownloadJob | None = None
        """The latest, also when it has ended."""
        self.share = SHARES[-1]
        self._service: MeterService | None = None

    @property
    def running(self) -> bool:
        """A download has begun and not ended."""
        return self.job is not None and not self.job.ended and self._service is not None and self._service.is_running

    def job_of(self, connection: Connection | None) -> DownloadJob | None:
        """The latest, where it is of this meter."""
        job = self.job
        return job if job is not None and connection is not None and job.is_of(connection) else None

    def rows(self, connection: Connection, wanted: Wanted) -> list[Row]:
        """What is known of a curve, oldest first. Takes its time: not in the interface's loop. Raises ArchiveError."""
        return self.load_profiles.rows(connection, wanted)

    def findings(self, connection: Connection, wanted: Wanted) -> tuple[str, ...]:
        """What does not fit: as ``rows``."""
        return self.load_profiles.findings(connection, wanted)

    def start(self, service: MeterService, connection: Connection, wanted: Wanted, *, everything: bool = False) -> None:
        """Downloads what is missing, unless a download runs; ``everything``: from the oldest record on."""
        if not self.running:
            from iec102_tui.meter_side.download_job import DownloadJob  # loaded when it is used

            self._service = service
            self.job = DownloadJob(connection, wanted, self.load_profiles, share=self.share, everything=everything)
            service.download(self.job)

    def pause(self) -> None:
        """Holds the download, or lets it go on."""
        if self._service is not None and self.job is not None:
            self._service.call(self.job.pause)

    def cancel(self) -> None:
        """Ends the download; what has come is kept."""
        if self._service is not None and self.job is not None:
            self._service.call(self.job.cancel)

    def next_share(self) -> float:
        """Takes another part of the line's time, round and round; gives it."""
        self.share = SHARES[(SHARES.index(self.share) + 1) % len(SHARES)]
        if self._service is not None and self.job is not None:
            self._service.call(self.job.set_share, self.share)
        return self.share

    def close(self) -> str:
        """The program ends: writes what waits, in bounded time; gives a sentence on what could not be written."""
        try:
            self.load_profiles.close()
        except ArchiveError as error:
            _log.warning("%s", error)
            return spoken(error)
        return ""
