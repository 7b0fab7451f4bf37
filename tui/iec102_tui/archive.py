"""The archive of load profiles: what has been downloaded, from every meter, in one SQLite file."""

from __future__ import annotations

import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from iec102.curve import LoadRecord, Way
from iec102.errors import RequestRefused, UnexpectedAnswer
from iec102.intervals import Register
from iec102.meter import Meter
from iec102.settings import Station

from iec102_tui import config
from iec102_tui.archive_file import ArchiveError, open_for_writing, reading, writing
from iec102_tui.archive_rows import NAMES, Extent, columns, extent, instant, keep, load_records, seconds

FILE_NAME = "archive.sqlite"

_NO_DEVICE = (0, 0xFFFF_FFFF)
_SECRET = re.compile(r"(?<=[?&])password=[^&]*&?")

_CURVE = (
    "SELECT curve.id, curve.way FROM curve JOIN meter ON meter.id = curve.meter "
    "WHERE identity = ? AND point_address = ? AND register = ? AND kind = ?"
)
_RECORDS = f'SELECT "end", {NAMES} FROM record WHERE curve = ? AND "end" > ? AND "end" <= ? ORDER BY "end"'
_DIFFERING = (
    f'SELECT "end", {NAMES}, stored FROM differing WHERE curve = ? AND "end" > ? AND "end" <= ? ORDER BY "end", stored'
)

_Job = Callable[[sqlite3.Connection], None]


def default_path() -> Path:
    """The archive in the user's data folder, or in the folder of the setting ``folders.archive``."""
    settings, _problems = config.load()
    return settings.folders.archive / FILE_NAME


@dataclass(frozen=True, slots=True)
class MeterKey:
    """Which meter: ``identity`` is what it says of itself, or its link address where it says nothing."""

    identity: str
    point_address: int

    def __str__(self) -> str:
        return f"{self.identity}, point {self.point_address}"


def key_of_address(station: Station) -> MeterKey:
    """The key of a meter that does not tell who it is."""
    return MeterKey(f"link {station.link_address}", station.point_address)


async def ask_who(meter: Meter) -> MeterKey:
    """The key of the meter that answers now (100). Raises Iec102Error, but not where the meter does not tell."""
    try:
        identity = await meter.read_identity()
    except (RequestRefused, UnexpectedAnswer):
        return key_of_address(meter.station)
    if identity.device_id in _NO_DEVICE:
        return key_of_address(meter.station)
    return MeterKey(f"device {identity.manufacturer}-{identity.device_id}", meter.station.point_address)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is there of one curve of one meter."""

    meter: MeterKey
    register: Register
    incremental: bool
    extent: Extent


@dataclass(frozen=True, slots=True)
class Differing:
    """A record that the meter gave otherwise than it is ``archived``, and when (``received``, UTC)."""

    archived: LoadRecord
    other: LoadRecord
    received: datetime


class Archive:
    """One file. Make one a program, on a worker thread, and use it from any thread.

    Nothing that a download does with it waits for the disk: ``Curve.put``, ``Curve.remember`` and ``remember`` leave
    their work to a writer thread, one transaction each. What that could not write is raised as ArchiveError, once, by
    the next ``put``, ``flush`` or ``close``. All that reads takes a moment (0.2 s for a year of quarter-hours): a
    screen calls it on a worker thread.

    With a meter: ``key = await ask_who(meter)``, ``remember(target, station, key)``, and ``curve(key, ...)`` is the
    store of the Download. Before it answers ``recall(target, station)`` gives the key of who was there last.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file, and makes it where there is none. Raises ArchiveError."""
        self.path = path or default_path()
        self._connection = open_for_writing(self.path)
        self._jobs: queue.SimpleQueue[tuple[_Job, Callable[[], None]] | Callable[[], None] | None]
        self._jobs = queue.SimpleQueue()
        self._failure: ArchiveError | None = None
        self._thread = threading.Thread(target=self._write, name="archive", daemon=True)
        self._thread.start()

    def curve(self, meter: MeterKey, register: Register, incremental: bool = True) -> Curve:
        """The records of a meter in one register; it need not have any yet."""
        return Curve(self, meter, register, incremental)

    def remember(self, target: str, station: Station, meter: MeterKey) -> None:
        """That this meter answers there. Does not wait."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                (*_place(target, station), _meter_id(connection, meter)),
            )

        self.later(job)

    def recall(self, target: str, station: Station) -> MeterKey | None:
        """Who answered there last. Raises ArchiveError."""
        with reading(self.path) as connection:
            found = connection.execute(
                "SELECT identity, meter.point_address FROM seen JOIN meter ON meter.id = seen.meter "
                "WHERE target = ? AND link_address = ? AND seen.point_address = ?",
                _place(target, station),
            ).fetchone()
        return MeterKey(*found) if found else None

    def flush(self) -> None:
        """Waits until all is on the disk. Raises ArchiveError for what could not be written since it was last said."""
        done = threading.Event()
        self._jobs.put(done.set)
        done.wait()
        self.raise_failure()

    def close(self) -> None:
        """Writes what waits, and ends. Raises ArchiveError as ``flush`` does."""
        self._jobs.put(None)
        self._thread.join()
        self.raise_failure()

    def raise_failure(self) -> None:
        """Says what went wrong in the writer thread, once."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def later(self, job: _Job, then: Callable[[], None] = lambda: None) -> None:
        """Leaves a transaction to the writer thread; ``then`` follows it there, done or failed."""
        self._jobs.put((job, then))

    def _write(self) -> None:
        while (item := self._jobs.get()) is not None:
            if callable(item):
                item()
                continue
            job, then = item
            try:
                with writing(self.path, self._connection):
                    job(self._connection)
            except ArchiveError as error:
                self._failure = error
            then()
        self._connection.close()


class Curve:
    """The records of one meter in one register: the Store of a download. May be used on two threads at once."""

    def __init__(self, archive: Archive, meter: MeterKey, register: Register, incremental: bool) -> None:
        self.archive = archive
        self.meter = meter
        self.register = register
        self.incremental = incremental
        self._pending: set[int] = set()
        self._key = (meter.identity, meter.point_address, int(register), kind_of(incremental))

    def has(self, ends: Sequence[datetime]) -> Iterable[datetime]:
        """Which of these are archived or on their way to the disk. Raises ArchiveError."""
        if not ends:
            return []
        there = set(self._pending)  # before the disk is looked at: what is written meanwhile is found there
        with reading(self.archive.path) as connection:
            curve, _way = self._find(connection)
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
        self._pending = self._pending | ends  # a new set: the other thread may be looking at the old one

        def job(connection: sqlite3.Connection) -> None:
            curve = self._make(connection)
            for row in rows:
                keep(connection, curve, row)

        self.archive.later(job, lambda: self._forget(ends))

    @property
    def way(self) -> Way | None:
        """The way that its last download has found. Raises ArchiveError."""
        with reading(self.archive.path) as connection:
            _curve, way = self._find(connection)
        return Way.__members__.get(way or "")

    def remember(self, way: Way | None) -> None:
        """The way that a download has found; None changes nothing. Does not wait."""
        if way is None:
            return

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE curve SET way = ? WHERE id = ?", (way.name, self._make(connection)))

        self.archive.later(job)

    def records(self, start: datetime, end: datetime) -> list[LoadRecord]:
        """Those that end in (``start``, ``end``], oldest first, as far as they are on the disk. Raises ArchiveError."""
        with reading(self.archive.path) as connection:
            return self._records(connection, start, end)

    def differing(self, start: datetime, end: datetime) -> list[Differing]:
        """What the meter gave otherwise at another time, in (``start``, ``end``]. Raises ArchiveError."""
        with reading(self.archive.path) as connection:
            curve, _way = self._find(connection)
            rows = connection.execute(_DIFFERING, (curve, seconds(start), seconds(end))).fetchall()
            archived = {record.end: record for record in self._records(connection, start, end)} if rows else {}
        others = zip(load_records(row[:-1] for row in rows), (instant(row[-1]) for row in rows), strict=True)
        return [Differing(archived[other.end], other, received) for other, received in others]

    def _records(self, connection: sqlite3.Connection, start: datetime, end: datetime) -> list[LoadRecord]:
        curve, _way = self._find(connection)
        return load_records(connection.execute(_RECORDS, (curve, seconds(start), seconds(end))))

    def _find(self, connection: sqlite3.Connection) -> tuple[int | None, str | None]:
        found: tuple[int, str | None] | None = connection.execute(_CURVE, self._key).fetchone()
        return found or (None, None)

    def _make(self, connection: sqlite3.Connection) -> int:
        curve, _way = self._find(connection)
        if curve is not None:
            return curve
        meter = _meter_id(connection, self.meter)
        connection.execute("INSERT INTO curve (meter, register, kind) VALUES (?, ?, ?)", (meter, *self._key[2:]))
        return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def _forget(self, ends: set[int]) -> None:
        self._pending = self._pending - ends


def contents(path: Path) -> list[Contents]:
    """What the file holds, by meter, register and kind. Raises ArchiveError."""
    with reading(path) as connection:
        curves = connection.execute(
            "SELECT curve.id, identity, point_address, register, kind FROM curve JOIN meter ON meter.id = curve.meter "
            "ORDER BY identity, point_address, register, kind DESC"
        ).fetchall()
        return [
            Contents(MeterKey(identity, point_address), Register(register), kind == kind_of(True), found)
            for curve, identity, point_address, register, kind in curves
            if (found := extent(connection, curve, Register(register))) is not None
        ]


def kind_of(incremental: bool) -> str:
    """The kind of values, as it stands in the archive and on the command line."""
    return "incremental" if incremental else "absolute"


def _place(target: str, station: Station) -> tuple[str, int, int]:
    """Where a meter answers. The target of a simulated meter may hold its password, which is nobody's business."""
    return _SECRET.sub("", target), station.link_address, station.point_address


def _meter_id(connection: sqlite3.Connection, meter: MeterKey) -> int:
    row = (meter.identity, meter.point_address)
    connection.execute("INSERT OR IGNORE INTO meter (identity, point_address) VALUES (?, ?)", row)
    found = connection.execute("SELECT id FROM meter WHERE identity = ? AND point_address = ?", row).fetchone()
    return int(found[0])
