"""Several meters in one session: one is shown, the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from iec102.line.state import Phase
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.leaving import ended_recordings, work_of
from iec102_tui.meter_side.read_meter import ReadMeter
from iec102_tui.meter_side.session import Session
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import Connection, demo
from support.curves import local, wanted
from support.status_rows import status_lines
from support.still_meter import NOW, reading
from support.waiting import PATIENCE, until

FAST = demo().with_settings(poll_period=0.0)
NORTH, SOUTH = replace(FAST, name="north"), replace(FAST.with_settings(target="simulated:?seed=2"), name="south")
NOBODY = "tcp://127.0.0.1:1"


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


def meter(session: Session, name: str) -> ReadMeter:
    found = session.meters.find(name)
    assert found is not None
    return found


def reads(session: Session, name: str) -> int:
    latest = meter(session, name).latest
    return 0 if latest is None else latest.reads


def phase(session: Session, name: str) -> Phase | None:
    latest = meter(session, name).latest
    return None if latest is None else latest.state.phase


def test_the_meter_that_was_shown_is_read_on_and_can_be_shown_again(session: Session) -> None:
    session.connect(NORTH)
    until(lambda: reads(session, "north") >= 2)
    session.connect(SOUTH)
    assert session.connection is SOUTH
    before = reads(session, "north")
    until(lambda: reads(session, "north") > before + 2 and reads(session, "south") > 2)
    assert [each.name for each in session.others] == ["north"]
    assert session.show("north")
    assert session.connection is NORTH
    assert session.latest is not None
    assert session.latest.reads > before
    assert session.history is meter(session, "north").history
    assert not session.show("west")


def test_a_meter_that_is_connected_beside_leaves_the_shown_one_where_it_is(session: Session) -> None:
    session.connect(NORTH)
    session.connect_beside(SOUTH)
    assert session.connection is NORTH
    until(lambda: reads(session, "south") > 2)
    session.disconnect_other("south")
    until(lambda: phase(session, "south") is Phase.CLOSED)
    assert session.is_connected
    session.disconnect()
    until(lambda: phase(session, "north") is Phase.CLOSED)
    assert not session.is_connected


def test_a_dead_meter_is_a_state_of_its_own(session: Session) -> None:
    session.connect(NORTH)
    session.connect_beside(SOUTH.with_settings(target=NOBODY, timeout=100))
    until(lambda: phase(session, "south") is Phase.WAITING and reads(session, "north") > 2)
    assert phase(session, "north") is Phase.CONNECTED


def test_a_meter_on_the_same_port_with_other_settings_takes_the_place_of_the_first(session: Session) -> None:
    first = NORTH.with_settings(target=NOBODY)
    session.connect(first)
    same, other = SOUTH.with_settings(target=NOBODY), SOUTH.with_settings(target=NOBODY, timeout=500)
    assert session.ended_by(same) == []
    assert [each.name for each in session.ended_by(other)] == ["north"]
    assert [each.name for each in session.ended_by(first)] == ["north"]
    assert session.holds(NOBODY)
    session.connect(other)
    assert not meter(session, "north").is_running
    assert session.is_connected


def test_recordings_and_downloads_go_on_for_a_meter_that_is_not_shown(session: Session, tmp_path: Path) -> None:
    session.connect(NORTH)
    recorder = session.record_readings(tmp_path / "north.csv")
    assert recorder is not None
    assert session.service is not None
    session.downloads.start(session.service, NORTH, wanted(local(2026, 11, 1), local(2026, 11, 8)))
    session.connect(SOUTH)
    until(lambda: reads(session, "south") > 2)
    assert recorder.is_open
    assert session.downloads.job_of(SOUTH) is None
    assert not session.downloads.runs(SOUTH)
    assert work_of(session, names=["south"]) == []
    asked = work_of(session, names=["north"])
    assert asked[0].startswith("north: Readings are being recorded to ")
    assert ended_recordings(session, names=["north"])[0].startswith("north: Readings were recorded to ")
    job = session.downloads.job_of(NORTH)
    assert job is not None
    until(lambda: job.ended)
    assert job.complete


def test_downloads_of_two_meters_run_at_once_and_each_is_ended_by_itself(session: Session) -> None:
    whole = wanted(local(2026, 1, 1), local(2026, 11, 8))
    for each in (NORTH, SOUTH):
        session.connect(each)
        assert session.service is not None
        session.downloads.start(session.service, each, whole)
    north, south = session.downloads.job_of(NORTH), session.downloads.job_of(SOUTH)
    assert north is not None
    assert south is not None
    until(lambda: north.progress is not None and north.progress.records > 0)
    session.downloads.cancel(NORTH)
    until(lambda: north.ended)
    assert south.error is None
    session.downloads.cancel(SOUTH)
    until(lambda: south.ended)
    assert not session.downloads.running


def test_a_name_follows_its_profile_and_a_deleted_one_is_left(session: Session) -> None:
    session.connect(NORTH)
    session.connect_beside(SOUTH)
    session.rename("north", "west")
    assert session.connection is not None
    assert session.connection.name == "west"
    assert session.meters.find("north") is None
    session.drop("west")  # it is shown
    assert session.is_connected
    service = meter(session, "south").service
    session.drop("south")
    assert session.others == []
    until(lambda: service.has_ended)


def test_the_screen_is_told_of_others_only_when_their_state_changes() -> None:
    session = Session(refresh=0.0)
    told: list[str] = []

    async def screen() -> None:
        done = asyncio.Event()

        def changed() -> None:
            states = [phase(session, each.name) for each in session.others]
            told.append(str(states))
            if Phase.CONNECTED in states:
                done.set()

        session.attach(changed)
        session.connect_beside(SOUTH)
        await asyncio.wait_for(done.wait(), PATIENCE)

    asyncio.run(screen())
    session.close()
    assert len(told) <= 3


def test_what_was_pending_for_a_meter_is_told_when_it_is_shown() -> None:
    session = Session(refresh=0.0)

    async def screen() -> None:
        news: asyncio.Queue[Connection | None] = asyncio.Queue()
        session.attach(lambda: news.put_nowait(session.connection))
        session.connect(NORTH)
        session.connect_beside(SOUTH)
        while reads(session, "south") < 3:
            await asyncio.wait_for(news.get(), PATIENCE)
        session.show("south")
        for _ in range(5):  # and then it goes on to be told
            while await asyncio.wait_for(news.get(), PATIENCE) is NORTH:
                pass
        session.show("north")
        for _ in range(5):
            while await asyncio.wait_for(news.get(), PATIENCE) is not NORTH:
                pass

    asyncio.run(screen())
    session.close()


def test_little_is_kept_of_a_meter_that_is_not_shown(session: Session) -> None:
    session.connect(NORTH)
    session.connect_beside(SOUTH)
    until(lambda: meter(session, "south").service.frames.limit == 20_000)
    session.show("south")
    until(lambda: meter(session, "south").service.frames.limit == 100_000)
    until(lambda: meter(session, "north").service.frames.limit == 20_000)


def test_a_ring_of_another_size_has_the_latest_frames() -> None:
    ring = FrameRing(3)
    records = [object() for _ in range(5)]
    for record in records:
        ring.append(record)  # type: ignore[arg-type]
    for limit, kept in ((2, records[3:]), (10, records[2:])):
        other = ring.resized(limit)
        assert [record for _, record in other.latest(10)] == kept


def test_a_thin_history_has_fewer_points_and_the_same_statistics() -> None:
    thin, whole = History(3.0), History()
    for second in range(30):
        for each in (thin, whole):
            each.add(reading(), NOW + second)
    assert len(thin.series(0, 0.0)) == 10
    assert len(whole.series(0, 0.0)) == 30
    assert thin.statistics == whole.statistics
    assert thin.since == NOW


@pytest.mark.parametrize(
    ("by_collector", "words"), [(True, "through the collector"), (False, "through a gateway of this machine")]
)
def test_a_meter_whose_line_the_collector_has_is_read_through_its_gateway(by_collector: bool, words: str) -> None:
    gateway = Through("tcp://127.0.0.1:1", by_collector)
    session = Session(gateway_of=lambda connection: gateway if connection.name == "south" else None)
    try:
        called = SOUTH.with_settings(target="modem:/dev/nowhere?dial=600123456")
        session.connect(NORTH)
        assert session.through is None
        session.connect(called)
        assert session.through == gateway
        assert session.ended_by(called) == [meter(session, "south")]
        key = meter(session, "south").service.key
        assert (key.target, key.settings.dial) == (gateway.url, None)  # who has the line has called
        until(lambda: phase(session, "south") is Phase.WAITING)
        assert session.latest is not None
        assert "127.0.0.1:1" in str(session.latest.state.error)
        assert words in status_lines(session)[0]
    finally:
        session.close()
