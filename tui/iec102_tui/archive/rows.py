"""The rows of the archive: records as columns, what is kept of a piece, and what is there."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import NamedTuple

from iec102.load_profile.intervals import Register

from iec102_tui.archive.file import TOTALS
from iec102_tui.load_profile.rows import instant

NAMES = ", ".join(TOTALS)

_PLACES = ", ".join("?" * len(TOTALS))
_WHERE = 'WHERE curve = ? AND "end" = ?'
_THERE = f"SELECT {NAMES} FROM record {_WHERE}"
_ADD = f'INSERT INTO record (curve, "end", {NAMES}) VALUES (?, ?, {_PLACES})'
_FILL = f"UPDATE record SET {', '.join(f'{name} = coalesce({name}, ?)' for name in TOTALS)} {_WHERE}"
_KNOWN = f"SELECT 1 FROM differing {_WHERE} AND {' AND '.join(f'{name} IS ?' for name in TOTALS)}"
_ADD_DIFFERING = f'INSERT INTO differing (curve, "end", {NAMES}) VALUES (?, ?, {_PLACES})'
_STEPS = {Register.HOURLY: 3600, Register.QUARTER_HOURLY: 900, Register.DAILY: 86_400}
_LONGER_DAY = 3600
_HOLES = """SELECT earlier, "end" FROM
    (SELECT "end", lag("end") OVER (ORDER BY "end") AS earlier FROM record WHERE curve = ?)
    WHERE "end" - earlier > ? ORDER BY "end" """


class Hole(NamedTuple):
    """``missing`` intervals in a row, the first behind the one that ends at ``after``, the last before ``before``."""

    after: datetime
    before: datetime
    missing: int


class Extent(NamedTuple):
    """What is there of a curve: ``first`` and ``last`` end in UTC, how many records, the holes between them."""

    first: datetime
    last: datetime
    records: int
    differing: int
    holes: tuple[Hole, ...]


def extent(connection: sqlite3.Connection, curve: int, register: Register) -> Extent | None:
    """None for a curve without records."""
    first, last, count = connection.execute(
        'SELECT min("end"), max("end"), count(*) FROM record WHERE curve = ?', (curve,)
    ).fetchone()
    if not count:
        return None
    step = _STEPS[register]
    rows = connection.execute(_HOLES, (curve, step + (_LONGER_DAY if register is Register.DAILY else 0)))
    holes = (Hole(instant(after), instant(before), round((before - after) / step) - 1) for after, before in rows)
    differing = connection.execute("SELECT count(*) FROM differing WHERE curve = ?", (curve,)).fetchone()[0]
    return Extent(instant(first), instant(last), count, differing, tuple(holes))


def keep(connection: sqlite3.Connection, curve: int, row: tuple[int | None, ...]) -> None:
    """Adds a record; beside the one that is there where it differs; channels that this one lacked are filled in."""
    end, *totals = row
    there = connection.execute(_THERE, (curve, end)).fetchone()
    if there is None:
        connection.execute(_ADD, (curve, end, *totals))
    elif any(new != old for old, new in zip(there, totals, strict=True) if old is not None and new is not None):
        if connection.execute(_KNOWN, (curve, end, *totals)).fetchone() is None:
            connection.execute(_ADD_DIFFERING, (curve, end, *totals))
    elif None in there:
        connection.execute(_FILL, (*totals, curve, end))
