"""What is known of meters besides their values, and the reading that runs."""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from iec102.meter.events import MeterEvent
from iec102.meter.meter import Meter

from iec102_tui.archive import ArchiveError
from iec102_tui.meter_data.known import ClockPoint, Known, KnownEvent
from iec102_tui.meter_data.tariff_now import ContractedNow, contracted_now
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.profiles.connection import Connection, Place
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.text import _, spoken

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey
    from iec102_tui.archive.meter_data_store import MeterDataStore
    from iec102_tui.meter_side.meter_data_job import MeterDataJob

_log = logging.getLogger(__name__)

_HOUR = 3600
_QUARTER = 900


class MeterData:
    """One reading at a time of each meter.

    What has come stays when the meter is left; kept in the archive at ``path``, if any.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.job: MeterDataJob | None = None
        """The latest, also when it has ended."""
        self._path = path
        self._made: MeterDataStore | None = None
        self._jobs: dict[Place, tuple[MeterDataJob, MeterService]] = {}
        """The latest of each meter."""
        self._known: dict[Place, Known] = {}
        self._answers: dict[Place, MeterKey] = {}
        self._first: dict[MeterKey, bool] = {}
        """Whether nobody has ever seen an event of this meter: then none is new."""
        self._new: dict[MeterKey, set[MeterEvent]] = {}
        self._waiting: dict[Place, dict[str, list[ClockPoint]]] = {}
        """By who answers there."""
        self._lock = threading.Lock()
        self._contracted: tuple[Known | None, int, ContractedNow | None] = (None, 0, None)

    @property
    def store(self) -> MeterDataStore:
        """Made when it is first needed: a monitor that reads nothing of this does not load SQLite."""
        with self._lock:
            if self._made is None:
                from iec102_tui.archive.meter_data_store import MeterDataStore

                self._made = MeterDataStore(self._path)
            return self._made

    @property
    def problem(self) -> str:
        """Why nothing is kept beyond the end of the program; empty where it is."""
        return "" if self._made is None else self._made.problem

    @property
    def running(self) -> bool:
        """A reading has begun and not ended."""
        return any(not job.ended and service.is_running for job, service in self._jobs.values())

    def reads(self, connection: Connection | None) -> bool:
        """A reading of this meter has begun and not ended."""
        job, service = self._jobs.get(connection.place, (None, None)) if connection is not None else (None, None)
        return job is not None and service is not None and not job.ended and service.is_running

    def job_of(self, connection: Connection | None) -> MeterDataJob | None:
        """The latest of this meter."""
        if connection is None:
            return None
        if self.job is not None and self.job.connection.place == connection.place:
            return self.job
        found = self._jobs.get(connection.place)
        return None if found is None else found[0]

    def was_read(self, service: MeterService) -> bool:
        """It was asked for on this connection already."""
        return any(each is service for _job, each in self._jobs.values())

    def start(self, service: MeterService, connection: Connection, *, thorough: bool = False) -> None:
        """Reads from the meter, unless a reading of it runs."""
        if self.reads(connection):
            return
        from iec102_tui.meter_side.meter_data_job import MeterDataJob  # loaded when it is used

        place = connection.place
        before = self._jobs.get(place)
        reader = before[0].reader if before is not None and before[1] is service else None
        job = MeterDataJob(connection, self.store, reader, lambda key: self._placed(place, key), thorough=thorough)
        self.job = job
        self._jobs[place] = job, service
        service.submit(lambda meter: job.run(meter, service.tell_news), what=_(words.THE_READING), failed=job.fail)

    # What is known

    def recall(self, service: MeterService, connection: Connection) -> None:
        """Loads what is archived of the meter that answered there last, beside its first reading."""
        if self._path is None or not self._path.exists():
            return

        async def load(_meter: Meter) -> None:
            await asyncio.to_thread(self.load, connection)
            service.tell_news()

        service.submit(load, what=_(words.THE_READING))

    def known(self, connection: Connection | None) -> Known:
        """What was loaded last of this meter; on any thread."""
        return Known() if connection is None else self._known.get(connection.place, Known())

    def load(self, connection: Connection, *, visited: bool = False) -> Known:
        """All that is known of the meter; ``visited``: the user sees its events now.

        Takes its time: not in the interface's loop. Raises ArchiveError.
        """
        place, key = connection.place, self._key(connection)
        found = Known() if key is None else self._with_news(key, self.store.known(key, connection.zone), visited)
        by_meter = self._waiting.get(place, {})
        waiting = by_meter.get(next(reversed(by_meter), "") if key is None else key.identity)
        if waiting:
            found = found._replace(clock=(*found.clock, *waiting))
        self._known[place] = found
        return found

    def stored(self, connection: Connection) -> Known:
        """The same as it is kept, without a word on what is new. Raises ArchiveError."""
        key = self._key(connection)
        return Known() if key is None else self.store.known(key, connection.zone)

    def _key(self, connection: Connection) -> MeterKey | None:
        """Who answers there, or answered last."""
        key = self._answers.get(connection.place)
        if key is None and (self._path is None or self._path.exists()):
            key = self.store.recall(connection.target, connection.station)
        return key

    def _with_news(self, key: MeterKey, found: Known, visited: bool) -> Known:
        """What was new once stays new until the program ends; of a first visit nothing is."""
        new = self._new.setdefault(key, set())
        unseen = {each.event for each in found.events if each.is_new}
        if len(unseen) == len(found.events) and key not in self._first:
            self._first[key] = True
        if self._first.setdefault(key, False):
            if visited and unseen:
                self.store.visit(key)
            if found.events and not self.running:
                self._first[key] = False
            return found._replace(events=tuple(KnownEvent(each.event) for each in found.events))
        if visited and unseen:
            new |= unseen
            self.store.visit(key)
        marked = new | unseen
        return found._replace(events=tuple(KnownEvent(each.event, each.event in marked) for each in found.events))

    def contracted(self, connection: Connection | None, now: datetime) -> ContractedNow | None:
        """The contracted power of the tariff period that it is; None while it is not known."""
        if connection is None:
            return None
        known = self.known(connection)
        quarter = int(now.timestamp()) // _QUARTER
        before, at, found = self._contracted
        if before is not known or at != quarter:
            found = contracted_now(known, now, connection.zone)
            self._contracted = known, quarter, found
        return found

    def note_clock(self, connection: Connection, at: datetime, difference: float, identity: str) -> None:
        """The clock of the meter that answers was read: one an hour is kept, as soon as it is known as that meter."""
        place = connection.place
        waiting = self._waiting.setdefault(place, {}).setdefault(identity, [])
        if waiting and int(waiting[-1].at.timestamp()) // _HOUR == int(at.timestamp()) // _HOUR:
            return
        waiting.append(ClockPoint(at, difference))
        if (key := self._answers.get(place)) is not None and key.identity == identity:
            self._placed(place, key)

    def _placed(self, place: Place, key: MeterKey) -> None:
        """It is known which meter answers: what waited for that is kept."""
        self._answers[place] = key
        waiting = self._waiting.get(place, {}).get(key.identity, [])
        try:
            while waiting:
                point = waiting.pop(0)
                self.store.keep_clock(key, *point)
        except ArchiveError as error:
            _log.warning("%s", error)

    def close(self) -> str:
        """The program ends: writes what waits; gives a sentence on what could not be written."""
        if self._made is None:
            return ""
        try:
            self._made.close()
        except ArchiveError as error:
            _log.warning("%s", error)
            return spoken(error)
        return ""
