"""The file in which messages wait while the broker is away: SQLite, one program at a time.

Kept out of ``Outbox`` so that the order of things can be read there without SQL.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from iec102.errors import Iec102Error

from iec102_tui.files import modest
from iec102_tui.publish.message import Kind
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

APPLICATION_ID = 0x69313051
"""Stands in the head of the file: "i10Q"."""
VERSION = 1
_SCHEMA = (
    "CREATE TABLE message (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, late INTEGER NOT NULL, added REAL NOT NULL,"
    " topic TEXT NOT NULL, payload TEXT NOT NULL)",
    "CREATE INDEX newest ON message (topic) WHERE late = 0",
    "CREATE INDEX oldest_live ON message (id) WHERE kind = 1",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)
_WORTH_SHRINKING = 256  # pages of 4 kB
# The kind is named, so that the index is used.
_OLDEST_LIVE = "SELECT id, kind, topic, payload, added FROM message WHERE kind = 1 ORDER BY id LIMIT ?"


class QueueError(Iec102Error):
    """The file of what waits cannot be used; the text says which and why."""


class Waiting(NamedTuple):
    """A message that was not delivered yet. ``number`` is its place in the order, ``added`` in s since 1970."""

    number: int
    kind: Kind
    topic: str
    payload: str
    added: float

    @property
    def size(self) -> int:
        """Bytes that it takes, roughly: characters."""
        return len(self.topic) + len(self.payload)


class Store:
    """Used on one thread. Every method raises QueueError."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it with its folder. Raises QueueError, also where another program has it open."""
        self.path = path
        self._lock: int | None = None
        with self._said():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock_file()
            modest.make(path)
            self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            with self._said():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def _lock_file(self) -> None:
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, modest.MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise QueueError(
                _("another program publishes for this site already: end that one, or name another site in [broker]")
            ) from None
        self._lock = lock

    def _prepare(self) -> None:
        execute = self._connection.execute
        if not execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            execute("PRAGMA journal_mode = WAL")
            with self._transaction():
                for statement in _SCHEMA:
                    execute(statement)
        kind = (execute("PRAGMA application_id").fetchone()[0], execute("PRAGMA user_version").fetchone()[0])
        if kind != (APPLICATION_ID, VERSION):
            path = printable(str(self.path))
            raise QueueError(_("{path} is no queue of this version: move it away, a new one is made", path=path))
        # What one power cut may take is what the last second brought; a card lives longer.
        execute("PRAGMA synchronous = NORMAL")

    def close(self) -> None:
        """Closes the file, which another program may then use."""
        if hasattr(self, "_connection"):
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    @property
    def last(self) -> int:
        """The highest number, 0 without any."""
        return int(self._one("SELECT coalesce(max(id), 0) FROM message"))

    def totals(self) -> tuple[int, int]:
        """How many messages there are, and their size."""
        return int(self._one("SELECT count(*) FROM message")), int(
            self._one("SELECT coalesce(sum(length(topic) + length(payload)), 0) FROM message")
        )

    def newest(self) -> dict[str, int]:
        """The newest live reading of each topic, unless a newer one was given to the broker."""
        live = "SELECT topic, id FROM message WHERE late = 0 ORDER BY id"
        with self._said():
            return dict(self._connection.execute(live).fetchall())

    def add(self, messages: Iterable[Waiting], newest: Iterable[int], outdated: Iterable[str]) -> None:
        """Keeps messages, all or none of them. ``newest``: numbers of those that are the newest of their topic.

        ``outdated``: topics of which nothing that is stored already is the newest any more.
        """
        current = set(newest)
        found = [
            (each.number, each.kind.value, each.number not in current, each.added, each.topic, each.payload)
            for each in messages
        ]
        with self._said(), self._transaction():
            self._connection.executemany(
                "UPDATE message SET late = 1 WHERE topic = ? AND late = 0", [(topic,) for topic in outdated]
            )
            self._connection.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", found)

    def oldest(self, count: int, without: Iterable[int]) -> list[Waiting]:
        """The oldest ones, in order, leaving out some numbers."""
        left_out = set(without)
        rows = self._rows(
            "SELECT id, kind, topic, payload, added FROM message ORDER BY id LIMIT ?", count + len(left_out)
        )
        return [each for each in rows if each.number not in left_out][:count]

    def get(self, number: int) -> Waiting | None:
        """One of them, as long as it is there."""
        return next(iter(self._rows("SELECT id, kind, topic, payload, added FROM message WHERE id = ?", number)), None)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forgets those that were delivered or given up."""
        with self._said(), self._transaction():
            self._connection.executemany("DELETE FROM message WHERE id = ?", [(number,) for number in numbers])

    def oldest_live(self, count: int) -> list[Waiting]:
        """The oldest live readings, in order."""
        return self._rows(_OLDEST_LIVE, count)

    def sync(self) -> None:
        """Has all of it on the disk: what is written once a second may be lost in a power cut, records may not."""
        with self._said():
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def shrink(self) -> None:
        """Gives back the room that the file no longer needs, once nothing waits and it is worth it."""
        if self._one("PRAGMA freelist_count") > _WORTH_SHRINKING:
            with self._said():
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _rows(self, statement: str, *values: object) -> list[Waiting]:
        with self._said():
            rows = self._connection.execute(statement, values).fetchall()
        return [Waiting(number, Kind(kind), topic, payload, added) for number, kind, topic, payload, added in rows]

    def _one(self, statement: str) -> int | float:
        with self._said():
            value = self._connection.execute(statement).fetchone()[0]
        assert isinstance(value, int | float)
        return value

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise QueueError(
                _(
                    "{path} cannot be used ({why}): check the disk, or move the file away, a new one is made",
                    path=printable(str(self.path)),
                    why=why(error),
                )
            ) from error
