"""What is new in the archive is given to the queue once, whenever it is interrupted."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu import Total
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102_tui.archive import ArchiveError, news
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.news import NewClosing
from iec102_tui.collect.records import Meters, Published, RecordPublisher, messages
from iec102_tui.collect.stores import CollectorArchive
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.publish import payloads
from iec102_tui.publish.message import Kind, Message, Site
from support.virtual_time import run

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
METER = MeterKey("device 5-1", 1)
NORTH = Published(
    {METER}, connection_of("north", Profile(target="tcp://north:1")), Site("iec102", "box").meter("north")
)


class Queue:
    def __init__(self, *kept: bool) -> None:
        self.messages: list[Message] = []
        self._kept = list(kept)

    def publish(self, message: Message) -> None:
        self.messages.append(message)

    def keep(self) -> Future[bool]:
        future: Future[bool] = Future()
        future.set_result(self._kept.pop(0) if self._kept else True)
        return future


async def store(archive: CollectorArchive, count: int, *, incremental: bool = True) -> None:
    stores = await archive.open()
    records = [LoadRecord(NOON + timedelta(hours=hour), (Total(1, hour, 0),)) for hour in range(count)]
    stores.archive.curve(METER, Register.HOURLY, incremental).put(records)
    await archive.flush()


def given(*meters: Published) -> Meters:
    async def now() -> tuple[Published, ...]:
        return meters

    return now


async def passed_on(archive: CollectorArchive, queue: Queue, seconds: float, *meters: Published) -> None:
    task = asyncio.create_task(RecordPublisher(archive, queue, given(*meters)).run())
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("turns", range(12))
def test_an_end_at_any_moment_repeats_nothing(tmp_path: Path, turns: int) -> None:
    queue = Queue()

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 5)
        task = asyncio.create_task(RecordPublisher(archive, queue, given(NORTH)).run())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await passed_on(archive, queue, 5, NORTH)
        await archive.close()

    run(story())
    assert len(queue.messages) == len({message.payload for message in queue.messages}) == 5


def test_a_disk_that_is_full_is_waited_for_and_nothing_is_given_twice(tmp_path: Path) -> None:
    queue = Queue(False, False, True)

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 5)
        await passed_on(archive, queue, 60, NORTH)
        await archive.close()

    run(story())
    assert len(queue.messages) == 5


def test_an_archive_that_is_locked_behind_it_is_no_reason_to_give_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is another broker that comes meanwhile."""
    queue, forget, times = Queue(), news.forget, iter(range(100))

    def locked(archive: Archive, batch: news.Batch) -> None:
        if next(times) < 3:
            raise ArchiveError("the archive is in use by another program")
        forget(archive, batch)

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 5)
        monkeypatch.setattr(news, "forget", locked)
        await passed_on(archive, queue, 8, NORTH)
        assert archive.problem is not None
        await store(archive, 7)
        await passed_on(archive, queue, 100, NORTH)
        await passed_on(archive, queue, 100, NORTH)
        assert archive.problem is None
        await archive.close()

    run(story())
    assert len(queue.messages) == len({message.payload for message in queue.messages}) == 7


def test_what_was_passed_on_is_not_again_behind_an_end_that_comes_before_the_archive_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, forget = Queue(), news.forget

    def locked(_archive: Archive, _batch: news.Batch) -> None:
        raise ArchiveError("the archive is in use by another program")

    async def story() -> None:
        monkeypatch.setattr(news, "forget", locked)
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 5)
        await passed_on(archive, queue, 2, NORTH)
        monkeypatch.setattr(news, "forget", forget)
        await archive.close()
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await passed_on(archive, queue, 100, NORTH)
        await archive.close()

    run(story())
    assert len(queue.messages) == 5


def test_registers_of_energy_and_other_meters_are_not_published(tmp_path: Path) -> None:
    queue = Queue()

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 3, incremental=False)
        await passed_on(archive, queue, 5, NORTH)
        await store(archive, 3)
        await passed_on(archive, queue, 5)
        await archive.close()

    run(story())
    assert queue.messages == []


def test_what_may_be_of_a_meter_that_is_not_known_yet_waits_for_it(tmp_path: Path) -> None:
    """Also where that becomes known while the archive is being read."""
    queue = Queue()
    answers: list[list[Published] | None] = [None, None, [], None, [], [NORTH]]

    async def now() -> list[Published] | None:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 3)
        task = asyncio.create_task(RecordPublisher(archive, queue, now).run())
        await asyncio.sleep(60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await archive.close()

    run(story())
    assert len(queue.messages) == 3


def test_one_that_cannot_be_published_stands_in_the_way_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, profile = Queue(), payloads.profile

    def fails_once(*of_one: Any) -> Message:
        if not queue.messages:
            queue.messages.append(Message(Kind.STATUS, "", ""))
            raise KeyError("a fault")
        return profile(*of_one)

    async def story() -> None:
        archive = CollectorArchive(tmp_path)
        archive.notes_news = True
        await store(archive, 5)
        monkeypatch.setattr(payloads, "profile", fails_once)
        await passed_on(archive, queue, 600, NORTH)
        await archive.close()

    run(story())
    assert len(queue.messages) == 1 + 4


def closing(end: str | None) -> NewClosing:
    period = {"period": 0, "active_kwh": 7}
    document = {"contract": "I", "current": False, "start": "2026-11-01T00:00:00+01:00", "end": end}
    return NewClosing(METER, {**document, "direction": None, "periods": [period]})


def test_a_closing_is_published_once_it_has_an_end() -> None:
    assert list(messages(closing(None), NORTH)) == []
    (message,) = messages(closing("2026-11-20T00:00:00+01:00"), NORTH)
    assert "2026-11-20" in message.payload
