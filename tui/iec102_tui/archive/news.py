"""What is new in the archive, for who passes it on: noted by the file itself, with what is stored, or not at all.

Triggers note each record, event and closing in the transaction that adds it, whoever adds it: a download of the monitor
too. What is passed on is taken out afterwards. So a power cut between the two repeats it at worst, and nothing is lost
or passed on that was there before somebody asked for news.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from iec102.asdu.summer_time import SummerTime
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102.meter.events import MeterEvent

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, kind_of
from iec102_tui.archive.file import check_rows, reading
from iec102_tui.archive.meter_data import event_of
from iec102_tui.archive.rows import NAMES
from iec102_tui.load_profile.rows import load_records
from iec102_tui.meter_data.documents import DIRECTIONS, Document
from iec102_tui.meter_data.known import SEASONS, of_contract

_log = logging.getLogger(__name__)

_RECORD, _EVENT, _CLOSING = "record", "event", "closing"
_NOTED = {_RECORD: 'new.curve, new."end"', _EVENT: "new.id, NULL", _CLOSING: "new.id, NULL"}
_BEGIN = (
    'CREATE TABLE IF NOT EXISTS news (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, row INTEGER NOT NULL, "end" INTEGER)',
    *(
        f"CREATE TRIGGER IF NOT EXISTS news_of_{table} AFTER INSERT ON {table} "
        f"BEGIN INSERT INTO news (kind, row, \"end\") VALUES ('{table}', {values}); END"
        for table, values in _NOTED.items()
    ),
)
_END = (*(f"DROP TRIGGER IF EXISTS news_of_{table}" for table in _NOTED), "DROP TABLE IF EXISTS news")
_OLDEST = 'SELECT id, kind, row, "end" FROM news ORDER BY id LIMIT ?'
_CURVE = (
    "SELECT identity, point_address, register, kind, curve.summer_time FROM curve JOIN meter ON meter.id = meter "
    "WHERE curve.id = ?"
)
_TOTALS = f'SELECT "end", {NAMES} FROM record WHERE curve = ? AND "end" = ?'
_EVENT_OF = (
    "SELECT identity, point_address, record, time, spa, spq, spi, invalid, seen FROM event "
    "JOIN meter ON meter.id = meter WHERE event.id = ?"
)
_CLOSING_OF = (
    "SELECT identity, point_address, contract, document, meter FROM closing JOIN meter ON meter.id = meter "
    "WHERE closing.id = ?"
)
_TOLD = "SELECT document FROM told WHERE meter = ? AND kind = ? ORDER BY id DESC LIMIT 1"


class Curve(NamedTuple):
    """Which values of a meter a record has, and how their time tags were converted."""

    register: Register
    incremental: bool
    summer_time: SummerTime


class NewRecord(NamedTuple):
    """An interval of a load profile."""

    meter: MeterKey
    curve: Curve
    record: LoadRecord


class NewEvent(NamedTuple):
    """An event."""

    meter: MeterKey
    event: MeterEvent


class NewClosing(NamedTuple):
    """A closing as a document, with the direction of its contract where the meter has told it."""

    meter: MeterKey
    document: Document


class Batch(NamedTuple):
    """The oldest news, in order; ``numbers`` of all that were looked at, to be forgotten once they are passed on."""

    numbers: tuple[int, ...] = ()
    news: tuple[NewRecord | NewEvent | NewClosing, ...] = ()


def begin(archive: Archive) -> None:
    """Has it noted from now on, unless it is already. Waits for the disk; raises ArchiveError."""
    archive.carry_out(lambda connection: _run(connection, _BEGIN))


def end(archive: Archive) -> None:
    """Nobody asks any more: nothing is noted from now on, and what is noted is forgotten. As ``begin``."""
    archive.carry_out(lambda connection: _run(connection, _END))


def forget(archive: Archive, batch: Batch) -> None:
    """It was passed on. As ``begin``."""

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany("DELETE FROM news WHERE id = ?", [(number,) for number in batch.numbers])

    archive.carry_out(job)


def oldest(path: Path, count: int, zones: Iterable[tuple[MeterKey, tzinfo]]) -> Batch:
    """The next ``count``; those of a meter without a zone here, and damaged ones, are left out. Raises ArchiveError."""
    zone_of = dict(zones)
    with reading(path) as connection, _one_state(connection):
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'news'").fetchone():
            return Batch()
        noted = connection.execute(_OLDEST, (count,)).fetchall()
        found = (_readable(connection, path, kind, row, at, zone_of) for _number, kind, row, at in noted)
        return Batch(tuple(row[0] for row in noted), tuple(each for each in found if each is not None))


def _run(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


@contextlib.contextmanager
def _one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """All statements see the same moment of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _readable(
    connection: sqlite3.Connection, path: Path, kind: str, row: int, at: int, zones: dict[MeterKey, tzinfo]
) -> NewRecord | NewEvent | NewClosing | None:
    """As ``_read``; what is damaged is in the log, and stands in the way of nothing."""
    try:
        return _read(connection, path, kind, row, at, zones)
    except (ArchiveError, ValueError, LookupError, TypeError) as error:
        _log.error("what is new in %s cannot be read (%s, row %d): %s", path, kind, row, error)
        return None


def _read(
    connection: sqlite3.Connection, path: Path, kind: str, row: int, at: int, zones: dict[MeterKey, tzinfo]
) -> NewRecord | NewEvent | NewClosing | None:
    """None for what was taken out of the archive meanwhile, and for a meter that nobody asks for."""
    query = {_RECORD: _CURVE, _EVENT: _EVENT_OF, _CLOSING: _CLOSING_OF}[kind]
    found = connection.execute(query, (row,)).fetchone()
    meter = None if found is None else MeterKey(*found[:2])
    if meter is None or meter not in zones:
        return None
    if kind == _EVENT:
        return NewEvent(meter, event_of(found[2:], zones[meter]))
    if kind == _CLOSING:
        return NewClosing(meter, _closing(connection, *found[2:]))
    rows = check_rows(connection.execute(_TOTALS, (row, at)).fetchall(), path)
    register, values, mode = found[2:]
    curve = Curve(Register(register), values == kind_of(True), SummerTime(mode))
    return NewRecord(meter, curve, load_records(rows)[0]) if rows else None


def _closing(connection: sqlite3.Connection, contract: int, text: str, meter: int) -> Document:
    told = connection.execute(_TOLD, (meter, of_contract(SEASONS, contract))).fetchone()
    direction = 0 if told is None else json.loads(told[0]).get("direction")
    return {**json.loads(text), "direction": DIRECTIONS.get(direction)}
