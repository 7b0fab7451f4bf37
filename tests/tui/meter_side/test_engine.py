"""The meter side on its own thread: it hands over, never waits for the screen, and always ends."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from iec102.line.state import Phase
from iec102.link import Frame
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102_tui.archive.load_profile_store import Destination, MemoryLoadProfileStore
from iec102_tui.captures.reading import open_capture
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.engine import Engine
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.reading_recorder import Recorder
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.profiles.gateway_options import GatewayOptions
from support.curves import local, wanted
from support.status_rows import status_lines
from support.waiting import PATIENCE, until

FAST = demo().with_settings(poll_period=0.0)


@contextmanager
def running(
    wake: Callable[[], None] = lambda: None, connection: Connection = FAST, faults: list[str] | None = None
) -> Iterator[MeterService]:
    """The simulated meter, read back to back by an engine."""
    engine = Engine(on_fault=[].append if faults is None else faults.append)
    try:
        yield engine.add(connection, wake=wake)
    finally:
        engine.stop()
        engine.join()
        assert engine.has_ended


def reads(service: MeterService) -> int:
    return 0 if service.snapshot is None else service.snapshot.reads


def test_a_screen_that_never_takes_the_news_is_woken_once_and_reading_goes_on() -> None:
    wakes: list[None] = []
    with running(lambda: wakes.append(None)) as service:
        until(lambda: reads(service) >= 5)
        assert len(wakes) == 1
        service.taken()
        until(lambda: len(wakes) == 2)


def test_the_end_tells_the_meter_and_the_state() -> None:
    with running() as service:
        until(lambda: reads(service) >= 1)
    assert service.snapshot is not None
    assert service.snapshot.state.phase is Phase.CLOSED
    items = [record.item for _, record in service.frames.latest(10)]
    types = [item.asdu[0] for item in items if isinstance(item, Frame) and item.asdu]
    assert 187 in types


def test_what_is_asked_again_is_counted_before_the_answer_comes() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    target = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
    slow = FAST.with_settings(target=target, timeout=100, retries=100)
    with silent, running(connection=slow) as service:
        until(lambda: service.snapshot is not None and service.snapshot.counters.repeats >= 2)
        assert service.snapshot is not None
        assert service.snapshot.state.phase is Phase.STARTING


def test_a_meter_that_was_left_takes_no_harm_from_later_wishes() -> None:
    engine = Engine()
    service = engine.add(FAST)
    until(lambda: reads(service) >= 1)
    engine.stop()
    engine.join()
    service.hurry()
    engine.remove(service).join()
    engine.stop()


def test_an_engine_stopped_before_it_had_begun_never_speaks() -> None:
    engine = Engine()
    engine.stop()
    service = engine.add(FAST)
    engine.join()
    assert service.snapshot is None
    assert service.has_ended
    assert service.frames.end == 0


def test_the_ratios_of_the_meter_are_asked_for_where_the_profile_has_none() -> None:
    with running(connection=FAST.with_settings(voltage_ratio=None, current_ratio=None)) as service:
        until(lambda: service.meeting.ratios is not None)


def test_one_meter_is_given_back_before_the_next_is_called() -> None:
    engine = Engine()
    first = engine.add(FAST)
    until(lambda: reads(first) >= 1)
    second = engine.add(FAST, after=[engine.remove(first)])
    until(lambda: reads(second) >= 1)
    assert first.has_ended
    engine.stop()
    engine.join()


def test_work_that_is_given_before_the_line_is_free_is_done_then() -> None:
    free, done = threading.Event(), threading.Event()

    class Leaving:
        def join(self) -> None:
            assert free.wait(PATIENCE)

    async def work(_meter: Meter) -> None:
        done.set()

    engine = Engine()
    try:
        engine.add(FAST, after=(Leaving(),)).submit(work)
        assert not done.is_set()
        free.set()
        assert done.wait(PATIENCE)
    finally:
        engine.stop()
        engine.join()


def test_the_session_tells_the_screen_and_outlives_its_loop() -> None:
    session = Session(refresh=0.0)

    async def screen() -> None:
        told = asyncio.Event()
        session.attach(lambda: told.set() if session.age() is not None else None)
        session.connect(FAST)
        await asyncio.wait_for(told.wait(), PATIENCE)

    asyncio.run(screen())
    service = session.service
    assert service is not None
    before = reads(service)
    service.taken()
    until(lambda: reads(service) > before + 2)
    session.close()
    assert service.has_ended


def test_frames_are_recorded_also_those_of_the_next_meter_until_the_session_ends(tmp_path: Path) -> None:
    session = Session()
    try:
        session.connect(FAST)
        first = session.record_frames(tmp_path)
        assert first is not None
        until(lambda: first.written > 20)
        session.connect(FAST)
        second = session.frame_recorder
        assert second is not None
        assert second is not first
        until(lambda: second.written > 20)
        session.end_recording_frames()
        assert session.frame_recorder is None
    finally:
        session.close()
    for recorder, path in zip((first, second), sorted(tmp_path.iterdir()), strict=True):
        capture = open_capture(path)
        assert recorder.path == path
        assert len(capture.records) == recorder.written
        assert capture.header is not None
        assert capture.header.profile == "demo"


# A fault of the program never looks like success


class Broken(MemoryLoadProfileStore):
    """Its store fails with the third piece of a download."""

    async def place(self, meter: Meter, connection: Connection, wanted: Wanted) -> Destination:
        store = self.store(connection, wanted)
        put, count = store.put, iter(range(100))

        def fails(records: Sequence[LoadRecord]) -> None:
            if next(count) == 2:
                raise ZeroDivisionError("secret")
            put(records)

        store.put = fails  # type: ignore[method-assign]
        return Destination(store, meter.summer_time.conversion)


def test_a_download_whose_store_raises_says_so_and_is_not_done(caplog: pytest.LogCaptureFixture) -> None:
    faults: list[str] = []
    with running(faults=faults) as service:
        job = DownloadJob(FAST, wanted(local(2026, 9, 1), local(2026, 11, 8)), Broken())
        service.download(job)
        until(lambda: job.ended)
        assert not job.complete
        assert job.error is not None
        assert job.error.startswith("The download has failed (ZeroDivisionError): the log ")
        until(lambda: faults == [job.error])
        before = reads(service)
        until(lambda: reads(service) > before)  # and reading goes on
    assert service.failure is None
    assert any(record.exc_info for record in caplog.records)


def test_a_gateway_whose_start_raises_is_no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_gateway: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("iec102.gateway.gateway.Gateway.start", fail)
    session = Session()
    session.connect(replace(FAST, gateway=GatewayOptions("127.0.0.1:0")))
    try:
        assert session.switch_gateway()
        until(lambda: session.gateway_problem is not None)
        assert "has failed (ZeroDivisionError): the log " in str(session.gateway_problem)
        assert session.gateway is None
        assert session.faults == [session.gateway_problem]
        assert session.fault == session.gateway_problem
    finally:
        session.close()


def test_any_other_work_that_raises_is_a_fault_that_is_told() -> None:
    faults: list[str] = []
    engine = Engine(on_fault=faults.append)

    async def work(_meter: Meter) -> None:
        raise ZeroDivisionError("secret")

    async def left_alone(_meter: Meter) -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)

    service = engine.add(FAST)
    service.submit(work, what="The work")
    service.submit(left_alone)
    try:
        until(lambda: len(faults) == 2)
        assert sorted(fault.partition(":")[0] for fault in faults) == [
            "Reading has failed (ZeroDivisionError)",
            "The work has failed (ZeroDivisionError)",
        ]
        assert engine.fault in faults
        assert service.fault in faults
        until(lambda: reads(service) >= 1)
    finally:
        engine.stop()
        engine.join()


def test_a_reading_that_raises_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_history: object, _reading: object, _at: float) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(History, "add", fail)
    session = Session()
    session.connect(FAST)
    try:
        until(lambda: session.failure is not None)
        assert str(session.failure).startswith("Reading has failed (ZeroDivisionError): the log ")
        assert session.faults == [session.failure]
        assert "stopped" in status_lines(session)[0]
    finally:
        session.close()


def test_a_sink_that_raises_gets_nothing_more_and_reading_goes_on(tmp_path: Path) -> None:
    session = Session()
    session.connect(FAST)
    given: list[object] = []

    class Mistaken(Recorder):
        def reading(self, reading: Reading) -> None:
            given.append(reading)
            raise ZeroDivisionError("secret")

    service = session.service
    assert service is not None
    recorder = Mistaken(tmp_path / "readings.csv", 0.0)
    service.record(recorder)
    try:
        until(lambda: bool(session.faults))
        before = reads(service)
        until(lambda: reads(service) > before + 2)
        assert len(given) == 1
        assert session.faults[0].startswith("The Mistaken has failed (ZeroDivisionError): the log ")
        assert status_lines(session)[1].startswith(" ✖ The Mistaken has failed")
    finally:
        session.close()
        recorder.close()


def test_work_for_an_engine_that_ends_or_never_began_is_not_left_waiting() -> None:
    told: list[str] = []

    async def work(_meter: Meter) -> None:
        await asyncio.Event().wait()

    engine = Engine()
    engine.stop()
    service = engine.add(FAST)
    service.submit(work, failed=told.append)
    engine.join()
    service.submit(work, failed=told.append)
    assert told == ["the meter was left"] * 2
    with running() as other:
        other.submit(work, failed=told.append)
        until(lambda: reads(other) >= 1)
    assert told == ["the meter was left"] * 3


def test_without_a_free_descriptor_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    session = Session()
    with monkeypatch.context() as few:
        few.setattr("iec102_tui.files.descriptors.os.open", full)
        session.connect(FAST)
        until(lambda: session.failure is not None)
    assert session.failure == "this process may not open enough files: allow it more (ulimit -n 64)"
    session.close()
