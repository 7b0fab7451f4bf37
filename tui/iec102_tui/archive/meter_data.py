"""What a meter knows besides its values, in the archive: kept once, and read back as what is known.

An event is the same one by its record, time (milliseconds) and code; a closing by its contract, end and content. What
the meter tells of itself stays as it was told first until it tells something else, which is kept beside it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from iec102.meter.events import MeterEvent

from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import VOLATILE, Change, ClockPoint, Known, KnownEvent, Lack, Told, differences

HOUR = 3600
_ADD_EVENT = "INSERT OR IGNORE INTO event (meter, record, time, spa, spq, spi, invalid) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_CLOSING = 'INSERT OR IGNORE INTO closing (meter, contract, start, "end", document) VALUES (?, ?, ?, ?, ?)'
_EVENTS = (
    "SELECT record, time, spa, spq, spi, invalid, seen FROM event WHERE meter = ? ORDER BY time IS NULL, time DESC, id"
)
_CLOSINGS = 'SELECT contract, document FROM closing WHERE meter = ? ORDER BY contract, "end" IS NULL, "end", id'
_LATEST = "SELECT id, document FROM told WHERE meter = ? AND kind = ? ORDER BY id DESC LIMIT 1"
# One range a record: two that touch become one; of two with a hole between them the later one stays.
_WIDER = (
    "INSERT INTO event_range VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    "since = CASE WHEN excluded.since <= until THEN min(since, excluded.since) ELSE excluded.since END, "
    "until = max(until, excluded.until) WHERE excluded.until >= since"
)
_ANEW = "INSERT OR REPLACE INTO event_range VALUES (?, ?, ?, ?)"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def keep_events(connection: sqlite3.Connection, meter: int, events: Iterable[MeterEvent]) -> None:
    """Adds those that are not there yet."""
    connection.executemany(
        _ADD_EVENT,
        (
            (
                meter,
                event.record,
                None if event.time is None else milliseconds(event.time),
                event.address,
                event.qualifier,
                int(event.indication),
                int(event.is_invalid),
            )
            for event in events
        ),
    )


def note_range(
    connection: sqlite3.Connection, meter: int, record: int, start: datetime, end: datetime, *, anew: bool = False
) -> None:
    """All events of a record from ``start`` to ``end`` are there; ``anew``: what was noted before does not hold."""
    connection.execute(_ANEW if anew else _WIDER, (meter, record, _seconds(start), _seconds(end)))


def ranges(connection: sqlite3.Connection, meter: int) -> dict[int, tuple[datetime, datetime]]:
    """Of which time all events are there, by record."""
    rows = connection.execute("SELECT record, since, until FROM event_range WHERE meter = ?", (meter,))
    return {record: (_instant(since, UTC), _instant(until, UTC)) for record, since, until in rows}


def new_events(connection: sqlite3.Connection, meter: int, records: Sequence[int], zone: tzinfo) -> list[MeterEvent]:
    """Those of some records that nobody has seen yet, newest first."""
    wanted = set(records)
    rows = connection.execute(_EVENTS, (meter,))
    return [event_of(row, zone) for row in rows if not row[-1] and row[0] in wanted]


def visit(connection: sqlite3.Connection, meter: int, records: Sequence[int] | None = None) -> None:
    """All events that are there, or those of some records, have been seen."""
    if records is None:
        connection.execute("UPDATE event SET seen = 1 WHERE meter = ? AND seen = 0", (meter,))
        return
    connection.executemany(
        "UPDATE event SET seen = 1 WHERE meter = ? AND seen = 0 AND record = ?",
        ((meter, record) for record in records),
    )


def keep_closings(connection: sqlite3.Connection, meter: int, contract: int, closings: Iterable[Document]) -> None:
    """Adds those that are not there yet. ``direction`` is not kept with them: the contract's tariff tells it."""
    rows = (
        (meter, contract, _stamp(closing["start"]), _stamp(closing["end"]), _text(without_direction(closing)))
        for closing in closings
    )
    connection.executemany(_ADD_CLOSING, rows)


def without_direction(closing: Document) -> Document:
    """The part of a closing that the meter has stored."""
    return {name: value for name, value in closing.items() if name not in ("direction", "reactive_quadrants")}


def keep_told(
    connection: sqlite3.Connection, meter: int, kind: str, document: Document | list[Any], at: datetime
) -> None:
    """The meter tells this of itself now."""
    text, now = _text(document), _seconds(at)
    connection.execute("DELETE FROM lacking WHERE meter = ? AND kind = ?", (meter, kind))
    latest = connection.execute(_LATEST, (meter, kind)).fetchone()
    if latest is not None and latest[1] == text:
        connection.execute("UPDATE told SET until = max(until, ?) WHERE id = ?", (now, latest[0]))
        return
    if latest is not None and kind.partition("-")[0] in VOLATILE:
        connection.execute("DELETE FROM told WHERE id = ?", (latest[0],))
    connection.execute(
        "INSERT INTO told (meter, kind, document, since, until) VALUES (?, ?, ?, ?, ?)", (meter, kind, text, now, now)
    )


def keep_lack(connection: sqlite3.Connection, meter: int, kind: str, absence: Document, at: datetime) -> None:
    """The meter does not tell this now; what it told before stays."""
    connection.execute(
        "INSERT OR REPLACE INTO lacking VALUES (?, ?, ?, ?)", (meter, kind, _text(absence), _seconds(at))
    )


def keep_clock(connection: sqlite3.Connection, meter: int, at: datetime, difference: float) -> None:
    """The first of each hour stays: seconds that the clock was ahead."""
    row = (meter, _seconds(at) // HOUR, _seconds(at), round(difference * 1000))
    connection.execute("INSERT OR IGNORE INTO clock VALUES (?, ?, ?, ?)", row)


def known(connection: sqlite3.Connection, meter: int, zone: tzinfo) -> Known:
    """All that is there of a meter, times in ``zone``."""
    told: dict[str, Told] = {}
    earlier: dict[str, tuple[Told, ...]] = {}
    changes: list[Change] = []
    rows = connection.execute("SELECT kind, document, since, until FROM told WHERE meter = ? ORDER BY id", (meter,))
    for kind, text, since, until in rows:
        latest = Told(json.loads(text), _instant(since, zone), _instant(until, zone))
        if (before := told.get(kind)) is not None:
            changes += [Change(kind, *found, latest.since) for found in differences(before.document, latest.document)]
            earlier[kind] = (*earlier.get(kind, ()), before)
        told[kind] = latest
    closings: dict[int, list[Document]] = {}
    for contract, text in connection.execute(_CLOSINGS, (meter,)):
        closings.setdefault(contract, []).append(json.loads(text))
    found = ranges(connection, meter)
    lacking = connection.execute("SELECT kind, document, at FROM lacking WHERE meter = ? ORDER BY kind", (meter,))
    points = connection.execute("SELECT at, difference FROM clock WHERE meter = ? ORDER BY at", (meter,))
    return Known(
        told,
        tuple(sorted(changes, key=lambda change: change.since, reverse=True)),
        tuple(Lack(kind, json.loads(text), _instant(at, zone)) for kind, text, at in lacking),
        {contract: tuple(documents) for contract, documents in closings.items()},
        tuple(KnownEvent(event_of(row, zone), not row[-1]) for row in connection.execute(_EVENTS, (meter,))),
        tuple(ClockPoint(_instant(at, zone), difference / 1000) for at, difference in points),
        max((since for since, _until in found.values()), default=None),
        min((until for _since, until in found.values()), default=None),
        found,
        earlier,
    )


def differing_closings(connection: sqlite3.Connection) -> list[tuple[int, int, int | None, int]]:
    """Meter, contract, end and how many, of closings that the meter gave in more than one way."""
    return connection.execute(
        'SELECT meter, contract, "end", count(*) FROM closing WHERE "end" IS NOT NULL '
        'GROUP BY meter, contract, "end" HAVING count(*) > 1'
    ).fetchall()


def counts(connection: sqlite3.Connection, meter: int) -> Mapping[str, tuple[int, int | None, int | None]]:
    """How many closings, events, documents and clock differences there are, with the first time and the last (s)."""
    found = {}
    for name, column in _TIMES.items():
        query = f"SELECT count(*), min({column}), max({column}) FROM {name} WHERE meter = ?"
        count, first, last = connection.execute(query, (meter,)).fetchone()
        if count:
            found[name] = (count, first, last)
    return found


_TIMES = {"closing": '"end"', "event": "time / 1000", "told": "since", "clock": "at"}


def milliseconds(when: datetime) -> int:
    """Since 1970."""
    return (when - _EPOCH) // _MILLISECOND


def event_of(row: tuple[int, ...], zone: tzinfo) -> MeterEvent:
    """The event of a row: record, time, spa, spq, spi, invalid, seen."""
    record, time, spa, spq, spi, invalid, _seen = row
    when = None if time is None else (_EPOCH + time * _MILLISECOND).astimezone(zone)
    return MeterEvent(record, when, spa, spq, bool(spi), bool(invalid))


def _text(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _stamp(moment: str | None) -> int | None:
    return None if moment is None else _seconds(datetime.fromisoformat(moment))


def _seconds(when: datetime) -> int:
    return int(when.timestamp())


def _instant(seconds: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
