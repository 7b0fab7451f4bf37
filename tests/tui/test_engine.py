"""The meter side on its own thread: it hands over, never waits for the screen, and always ends."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from iec102.link import Frame
from iec102.meter import Meter
from iec102.state import Phase
from iec102_tui.captures.reading import open_capture
from iec102_tui.engine import Engine
from iec102_tui.frames.capture import FrameRing
from iec102_tui.line.connection import demo
from iec102_tui.session import Session
from support.waiting import PATIENCE, until

FAST = replace(demo(), poll_period=0.0)


@contextmanager
def running(wake: Callable[[], None]) -> Iterator[Engine]:
    """An engine on the simulated meter, read back to back."""
    engine = Engine(FAST, FrameRing(), wake)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()
        engine.join()
        assert not engine._thread.is_alive()


def reads(engine: Engine) -> int:
    return 0 if engine.snapshot is None else engine.snapshot.reads


def test_a_screen_that_never_takes_the_news_is_woken_once_and_reading_goes_on() -> None:
    wakes: list[None] = []
    with running(lambda: wakes.append(None)) as engine:
        until(lambda: reads(engine) >= 5)
        assert len(wakes) == 1
        engine.taken()
        until(lambda: len(wakes) == 2)


def test_the_end_tells_the_meter_and_the_state() -> None:
    with running(lambda: None) as engine:
        until(lambda: reads(engine) >= 1)
    assert engine.snapshot is not None
    assert engine.snapshot.state.phase is Phase.CLOSED
    items = [record.item for _, record in engine.frames.latest(10)]
    types = [item.asdu[0] for item in items if isinstance(item, Frame) and item.asdu]
    assert 187 in types


def test_what_is_asked_again_is_counted_before_the_answer_comes() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    target = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
    settings = replace(FAST.settings, timeout=100, retries=100)
    engine = Engine(replace(FAST, target=target, settings=settings), FrameRing(), lambda: None)
    with silent:
        engine.start()
        try:
            until(lambda: engine.snapshot is not None and engine.snapshot.counters.repeats >= 2)
            assert engine.snapshot is not None
            assert engine.snapshot.state.phase is Phase.STARTING
        finally:
            engine.stop()
            engine.join()


def test_an_engine_that_has_ended_takes_no_harm_from_later_wishes() -> None:
    with running(lambda: None) as engine:
        until(lambda: reads(engine) >= 1)
    engine.hurry()
    engine.stop()


def test_an_engine_stopped_before_it_had_begun_never_speaks() -> None:
    engine = Engine(FAST, FrameRing(), lambda: None)
    engine.stop()
    engine.start()
    engine.join()
    assert engine.snapshot is None
    assert engine.frames.end == 0


def test_the_ratios_of_the_meter_are_asked_for_where_the_profile_has_none() -> None:
    engine = Engine(replace(FAST, voltage_ratio=None, current_ratio=None), FrameRing(), lambda: None)
    engine.start()
    try:
        until(lambda: engine.ratios is not None)
    finally:
        engine.stop()
        engine.join()


def test_one_meter_is_given_back_before_the_next_is_called() -> None:
    first = Engine(FAST, FrameRing(), lambda: None)
    first.start()
    until(lambda: reads(first) >= 1)
    first.stop()
    second = Engine(FAST, FrameRing(), lambda: None, after=[first])
    second.start()
    until(lambda: reads(second) >= 1)
    assert not first._thread.is_alive()
    second.stop()
    second.join()


def test_work_that_is_given_before_the_line_is_free_is_done_then() -> None:
    free, done = threading.Event(), threading.Event()

    class Leaving:
        def join(self) -> None:
            assert free.wait(PATIENCE)

    async def work(_meter: Meter) -> None:
        done.set()

    engine = Engine(FAST, FrameRing(), lambda: None, after=(Leaving(),))
    engine.start()
    try:
        engine.submit(work)
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
    engine = session.engine
    assert engine is not None
    before = reads(engine)
    engine.taken()
    until(lambda: reads(engine) > before + 2)
    session.close()
    assert not engine._thread.is_alive()


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
