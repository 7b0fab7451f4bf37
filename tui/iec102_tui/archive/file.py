"""The file of the archive: its tables, opening it, and what is wrong with it in one sentence."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

from iec102.load_profile.records import CHANNELS

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.migration import CURVE_TABLE, METER_DATA, VERSION, migrate, show_as_new
from iec102_tui.files import modest
from iec102_tui.files.descriptors import check_descriptors
from iec102_tui.files.input_file import check_ordinary
from iec102_tui.words.system_text import why
from iec102_tui.words.text import N_, _, ngettext

APPLICATION_ID = 0x69313032
"""Stands in the head of the file: "i102"."""

WAIT = 5.0
"""Seconds that another program's writing is waited for."""

VALUES = tuple(f"v{number}" for number in range(1, len(CHANNELS) + 1))
QUALIFIERS = tuple(f"q{number}" for number in range(1, len(CHANNELS) + 1))
TOTALS = VALUES + QUALIFIERS
"""The columns of a record's totals: values and qualifiers of the objects 1 to 8, NULL where the meter gave none."""

_WHOLE_NUMBERS = {
    "event": ("record", "time", "spa", "spq", "spi", "invalid", "seen"),
    "event_range": ("record", "since", "until"),
    "closing": ("contract", "start", '"end"'),
    "told": ("since", "until"),
    "clock": ("hour", "at", "difference"),
}

_TOTALS_SQL = ", ".join(f"{name} INTEGER" for name in TOTALS)
_NOW = "INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))"

_METER_DATA = ";\n".join(METER_DATA)

# Times are seconds since 1970 in UTC; "end" is the END of a record's interval.
_SCHEMA = f"""
CREATE TABLE meter (id INTEGER PRIMARY KEY, identity TEXT NOT NULL, point_address INTEGER NOT NULL, summer_time TEXT,
    UNIQUE (identity, point_address));
CREATE TABLE seen (target TEXT NOT NULL, link_address INTEGER NOT NULL, point_address INTEGER NOT NULL,
    meter INTEGER NOT NULL REFERENCES meter, PRIMARY KEY (target, link_address, point_address)) WITHOUT ROWID;
{CURVE_TABLE};
CREATE TABLE record (curve INTEGER NOT NULL REFERENCES curve, "end" INTEGER NOT NULL, {_TOTALS_SQL}, stored {_NOW},
    PRIMARY KEY (curve, "end")) WITHOUT ROWID;
CREATE TABLE differing (curve INTEGER NOT NULL, "end" INTEGER NOT NULL, {_TOTALS_SQL}, stored {_NOW},
    FOREIGN KEY (curve, "end") REFERENCES record);
CREATE INDEX differing_of ON differing (curve, "end");
{_METER_DATA};
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The archive, made with its folder where there is none. Raises ArchiveError."""
    with _said(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            check_ordinary(path)
        for part in (path, *_beside(path)):
            modest.make(part)
        connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        with _closed_on_error(connection):
            if _is_bare(connection):
                connection.execute("PRAGMA journal_mode = WAL")
                with transaction(connection):
                    make_tables(connection)
            _check_kind(connection, path)
            migrate(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _try_to_write(connection)
    return connection


def _beside(path: Path) -> list[Path]:
    """What SQLite keeps beside the file and has made with its mode."""
    return [part for part in (path.with_name(path.name + end) for end in ("-wal", "-shm")) if part.exists()]


def open_for_reading(path: Path) -> sqlite3.Connection:
    """The archive as it is on the disk, for one thread. Raises ArchiveError."""
    with _said(path):
        # Never opened but by SQLite: closing the file again would take away the locks of the whole process.
        check_ordinary(path)
        try:
            return _open_as(path, "mode=ro")
        except sqlite3.OperationalError as error:
            if _unmerged(path) or not error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
                raise
            return _open_as(path, "immutable=1")  # where nothing can be written, nobody else writes


def _open_as(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=WAIT, isolation_level=None)
    with _closed_on_error(connection):
        if _is_bare(connection):  # there is nothing in it, and nobody to make its tables while it is only read
            connection.close()
            connection = sqlite3.connect(":memory:", isolation_level=None)
            make_tables(connection)
            return connection
        _check_kind(connection, path)
        show_as_new(connection)
    return connection


def _is_bare(connection: sqlite3.Connection) -> bool:
    """Its tables were never made: the disk was full by then, or another program is about to."""
    objects = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not objects and not _number(connection, "application_id")


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of reading, closed behind it. Raises ArchiveError."""
    connection = open_for_reading(path)
    try:
        with _said(path):
            yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def writing(path: Path, connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction: all of it is kept, or nothing. Raises ArchiveError."""
    with _said(path), transaction(connection):
        yield


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """As ``writing``, but raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def faults(path: Path) -> list[str]:
    """What SQLite finds wrong in the file, one sentence each. Raises ArchiveError where it cannot even be read."""
    with reading(path) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        found += [
            _("a row of {row} refers to nothing", row=row[0]) for row in connection.execute("PRAGMA foreign_key_check")
        ]
        found += _of_wrong_type(connection)
        found += _unreadable(connection)
        if not connection.execute("PRAGMA database_list").fetchone()[2]:  # an empty one in memory stands for it
            found.append(
                _("there is nothing in it, not even its tables: the disk was full when it was made, or it was cut off")
            )
    return [sentence for sentence in found if sentence != "ok"]


def _of_wrong_type(connection: sqlite3.Connection) -> Iterator[str]:
    """Columns that hold text, a broken number or bytes instead of a whole number, which SQLite takes."""
    for table, columns in _WHOLE_NUMBERS.items():
        for column in columns:
            wrong = f"SELECT count(*) FROM {table} WHERE typeof({column}) NOT IN ('integer', 'null')"
            if count := connection.execute(wrong).fetchone()[0]:
                yield ngettext(
                    "{count} value is no whole number in column {column} of {table}",
                    "{count} values are no whole number in column {column} of {table}",
                    count,
                    column=column.strip('"'),
                    table=table,
                )
    for table in ("record", "differing"):
        for column in ('"end"', *TOTALS):
            wrong = f"SELECT count(*), min(curve) FROM {table} WHERE typeof({column}) NOT IN ('integer', 'null')"
            count, curve = connection.execute(wrong).fetchone()
            if count:
                yield ngettext(
                    "{count} value is no whole number in column {column} of {table}, the first in curve {curve}",
                    "{count} values are no whole number in column {column} of {table}, the first in curve {curve}",
                    count,
                    column=column.strip('"'),
                    table=table,
                    curve=curve,
                )


def _unreadable(connection: sqlite3.Connection) -> Iterator[str]:
    """Documents that are none."""
    for table in ("closing", "told", "lacking"):
        for document, meter in connection.execute(f"SELECT document, meter FROM {table}"):
            try:
                readable = isinstance(json.loads(document), dict | list)
            except (TypeError, ValueError):
                readable = False
            if not readable:
                yield _("a document of {table} of meter {meter} cannot be read", table=table, meter=meter)


def check_rows(rows: list[Any], path: Path) -> list[Any]:
    """Rows of whole numbers or NULL, as they are. Raises ArchiveError where there is anything else."""
    if {type(value) for row in rows for value in row} <= {int, NoneType}:
        return rows
    raise ArchiveError(
        _("the archive {path} holds a value that is no whole number: archive verify says where", path=path)
    )


def vacuum(path: Path) -> None:
    """Gives back what the file no longer needs. Raises ArchiveError."""
    connection = open_for_writing(path)
    try:
        with _said(path):
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def make_tables(connection: sqlite3.Connection) -> None:
    """Inside a transaction, unless another program has made them meanwhile."""
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    for statement in _SCHEMA.split(";\n"):
        connection.execute(statement)


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Finds out now, not with the first piece of a download, that nothing can be written there."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        connection.execute("ROLLBACK")


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    if _number(connection, "application_id") != APPLICATION_ID:
        raise ArchiveError(_("{path} is no archive of this program: name another file with --archive", path=path))
    if _number(connection, "user_version") > VERSION:
        raise ArchiveError(_("the archive {path} was made by a newer version of this program: use that one", path=path))


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _unmerged(path: Path) -> bool:
    """There are transactions beside the file, which reading the file alone would miss."""
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


_WORDS = {
    "SQLITE_BUSY": N_(
        "the archive {path} is in use by another program: wait until that has written, or use --no-archive"
    ),
    "SQLITE_READONLY": N_(
        "the archive {path} cannot be written: check its permissions, or name another with --archive"
    ),
    "SQLITE_FULL": N_(
        "the disk is full, the archive {path} takes nothing more: make room, or name another with --archive"
    ),
    "SQLITE_NOTADB": N_("{path} is no archive of this program: name another file with --archive"),
    "SQLITE_CORRUPT": N_(
        "the archive {path} is damaged: move it away, a new one is made; or name another with --archive"
    ),
    "SQLITE_CANTOPEN": N_("the archive {path} cannot be opened: check the permissions of the file and of its folder"),
    "SQLITE_IOERR": N_("the archive {path} cannot be read or written: check the disk"),
}


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the operating system as an ArchiveError that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_CANTOPEN"):
            check_descriptors()
        for code, words in _WORDS.items():
            if name.startswith(code) or (name == "SQLITE_LOCKED" and code == "SQLITE_BUSY"):
                raise ArchiveError(_(words, path=path)) from error
        raise ArchiveError(
            _("the archive {path} cannot be used ({error}): name another with --archive", path=path, error=error)
        ) from error
    except OSError as error:
        raise ArchiveError(_("the archive {path} cannot be used: {why}", path=path, why=why(error))) from error
