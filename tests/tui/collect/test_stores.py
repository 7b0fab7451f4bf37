"""The archive of the collector: nothing that went wrong looks as if it had gone well."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from iec102.asdu import Total
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102_tui.archive import ArchiveError, news
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey
from iec102_tui.collect.stores import CollectorArchive
from support.virtual_time import run

METER = MeterKey("device 5-1", 1)
LOCKED = ArchiveError("the archive is in use by another program")


@pytest.mark.parametrize("was_open", [False, True])
def test_nothing_is_stored_before_what_is_new_is_noted(
    was_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive may be locked right when a broker comes: what came into it until the next start would be lost."""
    locked = [LOCKED, LOCKED]
    begin = news.begin

    def sometimes(archive: Archive) -> None:
        if locked:
            raise locked.pop()
        begin(archive)

    async def story() -> int:
        archive = CollectorArchive(tmp_path)
        if was_open:
            await archive.open()
        monkeypatch.setattr(news, "begin", sometimes)
        archive.notes_news = True
        while locked:
            with pytest.raises(ArchiveError, match="in use"):
                await archive.open()
            assert archive.problem == str(LOCKED)
        stores = await archive.open()
        assert archive.problem is None
        noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        stores.archive.curve(METER, Register.HOURLY).put([LoadRecord(noon, (Total(1, 7, 0),))])
        await archive.flush()
        batch = news.oldest(archive.path, 10, [(METER, UTC)])
        await archive.close()
        return len(batch.numbers)

    assert run(story()) == 1


def test_what_another_user_was_told_of_fails_who_stored_it_too(tmp_path: Path) -> None:
    def fail(_connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    async def store(archive: CollectorArchive) -> None:
        async with archive.kept() as stores:
            stores.archive.later(fail)
            with suppress(ArchiveError):
                await asyncio.to_thread(stores.archive.flush)

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        with pytest.raises(ArchiveError, match="disk"):
            await store(archive)
        async with archive.kept():
            """The next one is not told again."""
        await archive.close()

    run(story())
