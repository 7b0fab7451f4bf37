"""Where what meters know besides their values is kept: in the archive, or in memory where there is none."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

from iec102.meter.events import MeterEvent
from iec102.settings import Station

from iec102_tui.archive import ArchiveError, meter_data
from iec102_tui.archive.archive import Archive, meter_id
from iec102_tui.archive.contents import MeterKey, last_seen, place
from iec102_tui.archive.file import make_tables, reading
from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import Known
from iec102_tui.words.text import spoken

T = TypeVar("T")
_FAREWELL = 6.0


class MeterDataStore:
    """Kept in the archive at ``path``; in memory without one, or where it cannot be opened: then ``problem`` says why.

    An archive that is open already may be given.
    Used from any thread. What is kept does not wait for the disk; what is read takes a moment (0.1 s for 10,000 events)
    and is called on a worker thread. Raises ArchiveError where the archive fails later on.
    """

    def __init__(self, path: Path | None = None, archive: Archive | None = None) -> None:
        self.problem = ""
        self._path = path
        self._archive = archive
        self._memory: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    # What is kept

    def remember(self, target: str, station: Station, meter: MeterKey) -> None:
        """That this meter answers there."""
        row = place(target, station)
        self._keep(
            meter,
            lambda connection, number: connection.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (*row, number)
            ),
        )

    def keep_told(self, meter: MeterKey, kind: str, document: Document | list[Any], at: datetime) -> None:
        """The meter tells this of itself."""
        self._keep(meter, lambda connection, number: meter_data.keep_told(connection, number, kind, document, at))

    def keep_lack(self, meter: MeterKey, kind: str, absence: Document, at: datetime) -> None:
        """The meter does not tell this."""
        self._keep(meter, lambda connection, number: meter_data.keep_lack(connection, number, kind, absence, at))

    def keep_closings(self, meter: MeterKey, contract: int, closings: Sequence[Document]) -> None:
        """Closings of one contract."""
        self._keep(meter, lambda connection, number: meter_data.keep_closings(connection, number, contract, closings))

    def keep_events(self, meter: MeterKey, events: Sequence[MeterEvent]) -> None:
        """Events of any records."""
        self._keep(meter, lambda connection, number: meter_data.keep_events(connection, number, events))

    def note_range(self, meter: MeterKey, record: int, start: datetime, end: datetime, *, anew: bool = False) -> None:
        """All events of a record from ``start`` to ``end`` have been read; ``anew``: forgets what was noted before."""
        self._keep(
            meter,
            lambda connection, number: meter_data.note_range(connection, number, record, start, end, anew=anew),
        )

    def keep_clock(self, meter: MeterKey, at: datetime, difference: float) -> None:
        """How far the meter's clock was ahead, in seconds."""
        self._keep(meter, lambda connection, number: meter_data.keep_clock(connection, number, at, difference))

    def visit(self, meter: MeterKey, records: Iterable[int] | None = None) -> None:
        """The events that are there, or those of some records, have been seen."""
        wanted = None if records is None else list(records)
        self._keep(meter, lambda connection, number: meter_data.visit(connection, number, wanted))

    # What is read

    def recall(self, target: str, station: Station) -> MeterKey | None:
        """Who answered there last."""
        return self._read(lambda connection: last_seen(connection, target, station), None)

    def known(self, meter: MeterKey, zone: tzinfo) -> Known:
        """All of a meter, times in ``zone``."""
        return self._read_of(meter, lambda connection, number: meter_data.known(connection, number, zone), Known())

    def ranges(self, meter: MeterKey) -> dict[int, tuple[datetime, datetime]]:
        """Of which time all events are there, by record."""
        return self._read_of(meter, meter_data.ranges, {})

    def new_events(self, meter: MeterKey, records: Sequence[int], zone: tzinfo) -> list[MeterEvent]:
        """Those that nobody has seen yet, newest first."""
        return self._read_of(
            meter, lambda connection, number: meter_data.new_events(connection, number, records, zone), []
        )

    def close(self) -> None:
        """Writes what waits, in bounded time. Raises ArchiveError."""
        archive, self._archive = self._archive, None
        if archive is not None:
            archive.close(_FAREWELL)

    # The file or the memory

    def _keep(self, meter: MeterKey, keep: Callable[[sqlite3.Connection, int], object]) -> None:
        def job(connection: sqlite3.Connection) -> None:
            keep(connection, meter_id(connection, meter))

        with self._lock:
            archive = self._opened()
            if archive is None:
                job(self._in_memory())
                return
        archive.later(job)
        archive.raise_failure()

    def _read(self, read: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        with self._lock:
            archive, path = self._archive, self._path
            if path is None or self.problem:
                return read(self._in_memory())
        if archive is not None:
            archive.flush()
        if not path.exists():
            return nothing
        with reading(path) as connection:
            return read(connection)

    def _read_of(self, meter: MeterKey, read: Callable[[sqlite3.Connection, int], T], nothing: T) -> T:
        def of_meter(connection: sqlite3.Connection) -> T:
            found = connection.execute(
                "SELECT id FROM meter WHERE identity = ? AND point_address = ?", (meter.identity, meter.point_address)
            ).fetchone()
            return nothing if found is None else read(connection, found[0])

        return self._read(of_meter, nothing)

    def _opened(self) -> Archive | None:
        if self._archive is None and self._path is not None and not self.problem:
            try:
                self._archive = Archive(self._path)
            except ArchiveError as error:
                self.problem = spoken(error)
        return self._archive

    def _in_memory(self) -> sqlite3.Connection:
        if self._memory is None:
            self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            make_tables(self._memory)
        return self._memory
