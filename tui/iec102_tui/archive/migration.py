"""Archives of earlier versions: what is changed in a file that is written, and how one that is only read looks.

Version 1 had one curve for each register and kind, converted by the summer time bit. Since version 2 a curve belongs
to one way to convert its time tags as well, so that what the bit made of a meter that does not keep it stays where it
is and never stands beside the right values.
"""

from __future__ import annotations

import contextlib
import sqlite3

VERSION = 2
CURVE_TABLE = """CREATE TABLE curve (id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter,
    register INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('incremental', 'absolute')), way TEXT,
    summer_time TEXT NOT NULL DEFAULT 'bit' CHECK (summer_time IN ('bit', 'zone')),
    contradicts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (meter, register, kind, summer_time))"""

_OLD_COLUMNS = "id, meter, register, kind, way"
# A table whose constraints change is made anew (https://www.sqlite.org/lang_altertable.html, 7).
_FROM_1 = (
    "ALTER TABLE meter ADD COLUMN summer_time TEXT",
    CURVE_TABLE.replace("TABLE curve", "TABLE newer", 1),
    f"INSERT INTO newer ({_OLD_COLUMNS}) SELECT {_OLD_COLUMNS} FROM curve",
    "DROP TABLE curve",
    "ALTER TABLE newer RENAME TO curve",
    f"PRAGMA user_version = {VERSION}",
)
_SHOWN = (
    "CREATE TEMP VIEW meter AS SELECT *, NULL AS summer_time FROM main.meter",
    "CREATE TEMP VIEW curve AS SELECT *, 'bit' AS summer_time, 0 AS contradicts FROM main.curve",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a file to this version, all of it or nothing. Raises sqlite3.Error."""
    if _version(connection) >= VERSION:
        return
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < VERSION:  # no other program has done it meanwhile
            for statement in _FROM_1:
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def show_as_new(connection: sqlite3.Connection) -> None:
    """Lets a file of an earlier version that is only read look like one of this version."""
    if _version(connection) < VERSION:
        for statement in _SHOWN:
            connection.execute(statement)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
