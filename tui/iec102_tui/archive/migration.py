"""Archives of earlier versions: what is changed in a file that is written, and how one that is only read looks.

Version 1 had one curve for each register and kind, converted by the summer time bit. Since version 2 a curve belongs
to one way to convert its time tags as well, so that what the bit made of a meter that does not keep it stays where it
is and never stands beside the right values. Since version 3 what a meter knows besides its values is archived too.
"""

from __future__ import annotations

import contextlib
import sqlite3

VERSION = 3
CURVE_TABLE = """CREATE TABLE curve (id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter,
    register INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('incremental', 'absolute')), way TEXT,
    summer_time TEXT NOT NULL DEFAULT 'bit' CHECK (summer_time IN ('bit', 'zone')),
    contradicts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (meter, register, kind, summer_time))"""

_STORED = "INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))"
_METER = "meter INTEGER NOT NULL REFERENCES meter"
# Times are seconds since 1970 in UTC, but those of events milliseconds; a difference is milliseconds.
METER_DATA_TABLES = {
    "event": f"""(id INTEGER PRIMARY KEY, {_METER}, record INTEGER NOT NULL, time INTEGER, spa INTEGER NOT NULL,
    spq INTEGER NOT NULL, spi INTEGER NOT NULL, invalid INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    stored {_STORED})""",
    "event_range": f"""({_METER}, record INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (meter, record)) WITHOUT ROWID""",
    "closing": f"""(id INTEGER PRIMARY KEY, {_METER}, contract INTEGER NOT NULL, start INTEGER, "end" INTEGER,
    document TEXT NOT NULL, stored {_STORED})""",
    "told": f"""(id INTEGER PRIMARY KEY, {_METER}, kind TEXT NOT NULL, document TEXT NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL)""",
    "lacking": f"""({_METER}, kind TEXT NOT NULL, document TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (meter, kind)) WITHOUT ROWID""",
    "clock": f"""({_METER}, hour INTEGER NOT NULL, at INTEGER NOT NULL, difference INTEGER NOT NULL,
    PRIMARY KEY (meter, hour)) WITHOUT ROWID""",
}
"""Events, closings, what a meter said of itself and since when, what it does not tell, how far its clock was off."""

METER_DATA_INDEXES = (
    "CREATE UNIQUE INDEX event_once ON event (meter, record, coalesce(time, -1), spa, spq, spi, invalid)",
    'CREATE UNIQUE INDEX closing_once ON closing (meter, contract, coalesce("end", -1), document)',
    "CREATE INDEX told_of ON told (meter, kind)",
)
METER_DATA = (*(f"CREATE TABLE {name} {columns}" for name, columns in METER_DATA_TABLES.items()), *METER_DATA_INDEXES)

_OLD_COLUMNS = "id, meter, register, kind, way"
# A table whose constraints change is made anew (https://www.sqlite.org/lang_altertable.html, 7).
_FROM_1 = (
    "ALTER TABLE meter ADD COLUMN summer_time TEXT",
    CURVE_TABLE.replace("TABLE curve", "TABLE newer", 1),
    f"INSERT INTO newer ({_OLD_COLUMNS}) SELECT {_OLD_COLUMNS} FROM curve",
    "DROP TABLE curve",
    "ALTER TABLE newer RENAME TO curve",
)
_SHOWN_OF_1 = (
    "CREATE TEMP VIEW meter AS SELECT *, NULL AS summer_time FROM main.meter",
    "CREATE TEMP VIEW curve AS SELECT *, 'bit' AS summer_time, 0 AS contradicts FROM main.curve",
)
_SHOWN_OF_2 = tuple(f"CREATE TEMP TABLE {name} {columns}" for name, columns in METER_DATA_TABLES.items())


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a file to this version, all of it or nothing. Raises sqlite3.Error."""
    if _version(connection) >= VERSION:
        return
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another program may have done it meanwhile
        for before, statements in enumerate((_FROM_1, METER_DATA), 1):
            for statement in statements if version <= before else ():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def show_as_new(connection: sqlite3.Connection) -> None:
    """Lets a file of an earlier version that is only read look like one of this version."""
    version = _version(connection)
    for before, statements in enumerate((_SHOWN_OF_1, _SHOWN_OF_2), 1):
        for statement in statements if version <= before else ():
            connection.execute(statement)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
