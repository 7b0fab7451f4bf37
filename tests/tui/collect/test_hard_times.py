"""What must not be lost or doubled by a start, a reload, a clock that is wrong: the collector in virtual time."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.asdu import Total
from iec102.clock import Clock
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, contents
from iec102_tui.collect.meter import CollectedMeter
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from support.collecting import Scene, play
from support.living_meter import START

HOUR = 3600.0


def add_record(scene: Scene, key: MeterKey, day: datetime) -> None:
    """As another program does."""
    archive = Archive(scene.folder / "archive.sqlite")
    archive.curve(key, Register.HOURLY, True).put([LoadRecord(day, (Total(1, 7, 0),))])
    archive.close()


def archived_meter(scene: Scene) -> MeterKey:
    return contents(scene.folder / "archive.sqlite")[0].meter


@pytest.mark.parametrize("when", ["while it was down", "before its meter was known"])
def test_what_was_added_is_published_by_the_next_start(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes until the archive tells who is behind the line, where nobody answers."""
    day = START - timedelta(days=100)
    recall = CollectedMeter.recall

    async def slow(meter: CollectedMeter) -> None:
        await asyncio.sleep(0 if when == "while it was down" else HOUR / 8)
        await recall(meter)

    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(HOUR / 4)
        add_record(scene, archived_meter(scene), day)
        scene.lines["tcp://north:1"].off = True
        monkeypatch.setattr(CollectedMeter, "recall", slow)
        async with scene.running():
            await asyncio.sleep(HOUR / 4)

    scene = play(tmp_path, story)
    assert [key for key in map(datetime.fromisoformat, scene.keys("north/profile/hourly")) if key == day] == [day]


def test_what_is_new_of_a_meter_that_is_being_added_again_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = START - timedelta(days=100)
    remove = Meters.remove

    async def story(scene: Scene) -> None:
        async def slow(meters: Meters, service: MeterService) -> None:
            add_record(scene, archived_meter(scene), day)
            await asyncio.sleep(HOUR / 8)
            await remove(meters, service)

        scene.write_profiles(north={}, south={})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR / 4)
            monkeypatch.setattr(Meters, "remove", slow)
            scene.write_profiles(north={"retries": 1}, south={})
            collector.reload()
            await asyncio.sleep(HOUR / 4)

    scene = play(tmp_path, story)
    hours = [*scene.keys("north/profile/hourly"), *scene.keys("south/profile/hourly")]
    assert [key for key in map(datetime.fromisoformat, hours) if key == day] == [day]


def test_a_reading_that_ends_while_its_meter_is_being_left_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    remove = Meters.remove

    async def story(scene: Scene) -> None:
        leaving, ended = asyncio.Event(), asyncio.Event()

        async def slow(*_of_one: object) -> None:
            try:
                await leaving.wait()
            finally:
                ended.set()

        async def left(meters: Meters, service: MeterService) -> None:
            leaving.set()
            await ended.wait()
            await asyncio.sleep(0)
            await remove(meters, service)

        monkeypatch.setattr(CollectedMeter, "_do", slow)
        monkeypatch.setattr(Meters, "remove", left)
        scene.write_profiles(north={}, south={})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR / 4)
            scene.write_profiles(north={})
            collector.reload()
            await asyncio.sleep(HOUR / 4)
            assert ended.is_set()

    play(tmp_path, story)
    assert [record.message for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


@pytest.mark.parametrize("ahead", [timedelta(days=3650), timedelta(days=-3650)])
def test_a_clock_that_was_wrong_at_first_costs_no_records(ahead: timedelta, tmp_path: Path) -> None:
    """As that of a box without a battery, until it hears of the time."""

    async def story(scene: Scene) -> None:
        off, now = [ahead], asyncio.get_running_loop().time
        scene.clock = Clock(now, lambda: (START + timedelta(seconds=now())).astimezone(UTC) + off[0])
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(HOUR / 2)
            off[0] = timedelta(0)
            await asyncio.sleep(2 * HOUR)
            assert scene.meter("north").work["profile"].problem is None

    scene = play(tmp_path, story)
    hours = scene.keys("north/profile/hourly")
    assert len(hours) == len(set(hours)) >= 49
    events = scene.keys("north/event")
    assert len(events) == len(set(events)) > 0


def test_a_publisher_that_has_failed_is_begun_again_and_nothing_is_lost(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(HOUR / 4)
            scene.publishing[0].delivery.end(0)  # as if by a fault of its own
            await asyncio.sleep(2 * HOUR)
            assert len(scene.publishing) == 2
            assert scene.publishing[1].status.is_connected

    scene = play(tmp_path, story)
    hours = scene.keys("north/profile/hourly")
    assert len(hours) == len(set(hours)) >= 50


def test_load_profiles_are_read_from_where_they_end_however_long_ago_that_was(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.back = timedelta(hours=10)
        scene.write_profiles(north={"collect": {"events": "never", "closings": "never"}})
        for pause in (0, 30 * HOUR):
            await asyncio.sleep(pause)
            async with scene.running():
                await asyncio.sleep(HOUR / 2)

    scene = play(tmp_path, story)
    hours = [datetime.fromisoformat(key) for key in scene.keys("north/profile/hourly")]
    assert len(hours) == len(set(hours)) == 40
    assert {later - earlier for earlier, later in itertools.pairwise(hours)} == {timedelta(hours=1)}
