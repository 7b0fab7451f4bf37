"""What needs a meter says so once that was disconnected, and nothing is said to run that does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import demo
from support.waiting import on_screen


@pytest.mark.parametrize(("keys", "said"), [(("f4", "g"), "no meter to ask"), (("f2", "r"), "nothing to record")])
def test_work_with_a_meter_that_was_disconnected_is_not_begun(keys: tuple[str, ...], said: str) -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, demo())
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            session.disconnect()
            await pilot.press(*keys)
            await on_screen(pilot, lambda: any(said in toast.message for toast in app._notifications))
            assert not session.downloads.running
        session.close()

    asyncio.run(run())


def test_a_recording_of_frames_that_begins_now_begins_with_the_next_meter(tmp_path: Path) -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, demo())
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            session.disconnect()
            assert session.record_frames(tmp_path) is None
            session.connect(demo())
            await on_screen(pilot, lambda: session.frame_recorder is not None and session.frame_recorder.written > 0)
        session.close()

    asyncio.run(run())
