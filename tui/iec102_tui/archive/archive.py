"""The archive of load profiles: what has been downloaded, from every meter, in one SQLite file."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from iec102.asdu.summer_time import Keeping, SummerTime, TagConversion
from iec102.load_profile.intervals import Register
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import Station

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.contents import ArchivedLoadProfile, MeterKey, default_path, keeping_of, place, recall
from iec102_tui.archive.file import open_for_writing, reading, writing
from iec102_tui.archive.rows import keep
from iec102_tui.load_profile.rows import columns, seconds
from iec102_tui.words.text import _

_Job = Callable[[sqlite3.Connection], None]
_Then = Callable[[ArchiveError | None], None]

MOST_WAITING = 1_000
"""Transactions that may wait for the disk: minutes of a download."""
_LOOK = 1.0
"""Seconds between two looks at whether what is waited for can still come."""


class Archive:
    """One file. Make one a program, on a worker thread, and use it from any thread.

    Nothing that a download does with it waits for the disk: ``LoadProfileWriter.put``,
    ``LoadProfileWriter.remember`` and ``remember`` leave their work to a writer thread, one transaction each. What
    that could not write is raised as ArchiveError, once, by the next ``put``, ``flush`` or ``close``, and so is
    that MOST_WAITING transactions wait for the disk. All that reads takes a moment (0.2 s for a year of quarter-
    hours): a screen calls it on a worker thread.

    With a meter: ``key = await ask_who(meter)``, ``remember(target, station, key)``, and ``curve(key, ...)`` is the
    store of the Download. Before it answers ``recall(target, station)`` gives the key of who was there last.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file, and makes it where there is none. Raises ArchiveError."""
        self.path = path or default_path()
        self._connection = open_for_writing(self.path)
        self.latest_failure: ArchiveError | None = None
        """Of the last transaction that could not be written; who has seen one knows a new one by its identity."""
        self._jobs: queue.SimpleQueue[tuple[_Job, _Then] | Callable[[], None] | None]
        self._jobs = queue.SimpleQueue()
        self._failure: ArchiveError | None = None
        self._flushes: set[threading.Event] = set()
        self._given_up: ArchiveError | None = None
        self._thread = threading.Thread(target=self._write, name="archive", daemon=True)
        self._thread.start()

    def curve(
        self,
        meter: MeterKey,
        register: Register,
        incremental: bool = True,
        summer_time: SummerTime = SummerTime.BIT,
        *,
        again: bool = False,
    ) -> LoadProfileWriter:
        """The records of a meter in one register, converted in one way; it need not have any yet.

        ``again``: it says that it has none, so that a download asks for all, and what differs is kept.
        """
        return LoadProfileWriter(self, meter, register, incremental, summer_time, again=again)

    def remember(self, target: str, station: Station, meter: MeterKey) -> None:
        """That this meter answers there. Does not wait."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                (*place(target, station), meter_id(connection, meter)),
            )

        self.later(job)

    def remember_keeping(self, meter: MeterKey, keeping: Keeping | None) -> None:
        """What was found out of the meter's summer time bit; None changes nothing. Does not wait."""
        if keeping is None:
            return

        def job(connection: sqlite3.Connection) -> None:
            values = keeping.value, meter_id(connection, meter)
            connection.execute("UPDATE meter SET summer_time = ? WHERE id = ?", values)

        self.later(job)

    async def settle(self, meter: Meter, key: MeterKey, start: datetime, end: datetime) -> TagConversion:
        """How the time tags of a meter are converted for records of this time: as it is set, known, or found out now.

        ``meter`` was asked who it is, as ``key`` says. Raises Iec102Error.
        """
        state = meter.summer_time
        known = await asyncio.to_thread(keeping_of, self.path, key)
        state.found = state.found or known
        await meter.settle_summer_time(start, end)
        if state.found is not known:
            self.remember_keeping(key, state.found)
        return state.conversion

    def recall(self, target: str, station: Station) -> MeterKey | None:
        """Who answered there last. Raises ArchiveError."""
        return recall(self.path, target, station)

    def flush(self) -> None:
        """Waits until all is on the disk. Raises ArchiveError for what could not be written since it was last said."""
        done = threading.Event()
        self._wait(done, done.set)
        self.raise_failure()

    def carry_out(self, job: _Job) -> None:
        """Has a transaction written, and waits for it. Raises ArchiveError for this one alone."""
        done, failures = threading.Event(), list[ArchiveError]()

        def written(failure: ArchiveError | None) -> None:
            if failure is not None:
                failures.append(failure)
            done.set()

        self._wait(done, (job, written))
        if failures:
            raise failures[0]

    def _wait(self, done: threading.Event, item: tuple[_Job, _Then] | Callable[[], None]) -> None:
        self._flushes.add(done)
        self._jobs.put(item)
        try:
            while self._given_up is None and not done.wait(_LOOK):
                if not self._thread.is_alive():
                    raise ArchiveError(
                        _("the archive {path} was closed: what is missing there is asked for again", path=self.path)
                    )
        finally:
            self._flushes.discard(done)
        if self._given_up is not None:
            raise self._given_up

    def close(self, patience: float | None = None) -> None:
        """Writes what waits, and ends. Raises ArchiveError as ``flush`` does, and after ``patience`` seconds."""
        self._jobs.put(None)
        self._thread.join(patience)
        if self._thread.is_alive():
            self._given_up = ArchiveError(
                _(
                    "the archive {path} has not taken all that was downloaded: check the disk, and whether another "
                    "program writes to it; what is missing is asked for again",
                    path=self.path,
                )
            )
            for done in list(self._flushes):
                done.set()
            raise self._given_up
        self.raise_failure()

    def raise_failure(self) -> None:
        """Says what went wrong in the writer thread, once."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def later(self, job: _Job, then: Callable[[], None] = lambda: None) -> None:
        """Leaves a transaction to the writer thread; ``then`` follows it there, done or failed.

        Raises ArchiveError where too many wait already.
        """
        if self._jobs.qsize() >= MOST_WAITING:
            then()
            raise ArchiveError(
                _(
                    "the archive {path} does not keep up ({count} pieces wait): check the disk, and whether "
                    "another program writes to it",
                    path=self.path,
                    count=MOST_WAITING,
                )
            )

        def written(failure: ArchiveError | None) -> None:
            if failure is not None:
                self._failure = self.latest_failure = failure
            then()

        self._jobs.put((job, written))

    def _write(self) -> None:
        while (item := self._jobs.get()) is not None:
            if callable(item):
                item()
                continue
            job, written = item
            try:
                with writing(self.path, self._connection):
                    job(self._connection)
            except ArchiveError as error:
                written(error)
            else:
                written(None)
        self._connection.close()


class LoadProfileWriter(ArchivedLoadProfile):
    """The records of one meter in one register: the Store of a download. May be used on two threads at once."""

    def __init__(
        self,
        archive: Archive,
        meter: MeterKey,
        register: Register,
        incremental: bool = True,
        summer_time: SummerTime = SummerTime.BIT,
        *,
        again: bool = False,
    ) -> None:
        super().__init__(archive.path, meter, register, incremental, summer_time)
        self.archive = archive
        self._again = again
        self._pending: set[int] = set()
        self._lock = threading.Lock()

    def has(self, ends: Sequence[datetime]) -> Iterable[datetime]:
        """Which of these are archived or on their way to the disk. Raises ArchiveError."""
        if not ends or self._again:
            return []
        with self._lock:  # before the disk is looked at: what is written meanwhile is found there
            there = set(self._pending)
        with reading(self.path) as connection:
            curve, _way = self.find(connection)
            rows = connection.execute(
                'SELECT "end" FROM record WHERE curve = ? AND "end" BETWEEN ? AND ?',
                (curve, seconds(min(ends)), seconds(max(ends))),
            )
            there.update(row[0] for row in rows)
        return [end for end in ends if seconds(end) in there]

    def put(self, records: Sequence[LoadRecord]) -> None:
        """Keeps the records of a piece in one transaction of the writer thread. Does not wait for it.

        A record that is there already stays as it is; one that differs from it is kept beside it. Raises ArchiveError
        for what could not be written before.
        """
        self.archive.raise_failure()
        rows = [columns(record) for record in records]
        ends = {seconds(record.end) for record in records}
        with self._lock:
            self._pending |= ends

        def job(connection: sqlite3.Connection) -> None:
            curve = self._make(connection)
            for row in rows:
                keep(connection, curve, row)

        self.archive.later(job, lambda: self._forget(ends))

    def remember(self, way: ReadMethod | None) -> None:
        """The way that a download has found; None changes nothing. Does not wait."""
        if way is None:
            return

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE curve SET way = ? WHERE id = ?", (way.name, self._make(connection)))

        self.archive.later(job)

    def note_contradictions(self, count: int) -> None:
        """So many records have come whose summer time bit does not fit the zone. Does not wait."""
        if not count:
            return

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE curve SET contradicts = 1 WHERE id = ?", (self._make(connection),))

        self.archive.later(job)

    def _make(self, connection: sqlite3.Connection) -> int:
        curve, _way = self.find(connection)
        if curve is not None:
            return curve
        meter = meter_id(connection, self.meter)
        connection.execute(
            "INSERT INTO curve (meter, register, kind, summer_time) VALUES (?, ?, ?, ?)", (meter, *self.key[2:])
        )
        return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def _forget(self, ends: set[int]) -> None:
        with self._lock:
            self._pending -= ends


def meter_id(connection: sqlite3.Connection, meter: MeterKey) -> int:
    """The number of a meter in the file, which it gets where it has none."""
    row = (meter.identity, meter.point_address)
    connection.execute("INSERT OR IGNORE INTO meter (identity, point_address) VALUES (?, ?)", row)
    found = connection.execute("SELECT id FROM meter WHERE identity = ? AND point_address = ?", row).fetchone()
    return int(found[0])
