"""The service manager is told that the collector lives whatever its meters wait for. In real time, by events."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from iec102_tui.collect.gateways import Gateways
from support.collecting import Notes, Scene

PATIENCE = 120.0


class Pings(Notes):
    """``enough`` is set with the fifth."""

    def __init__(self) -> None:
        super().__init__(0.03)
        self.enough = asyncio.Event()

    def _tell(self, text: str) -> None:
        super()._tell(text)
        if [word for _at, word in self.told].count("WATCHDOG") == 5:
            self.enough.set()


def test_an_archive_that_holds_up_every_thread_does_not_have_the_collector_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meters wait in threads for an archive that is locked, six of them at once on two cores."""

    async def settle(_gateways: Gateways, _now: float) -> None:
        """What is known of wrong keys is read from a file."""

    async def story() -> None:
        free = threading.Event()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        held = loop.run_in_executor(None, free.wait)
        scene = Scene(tmp_path, broker=False)
        scene.notes = notes = Pings()
        scene.write_profiles(north={})
        try:
            async with scene.running(tick=0.01), asyncio.timeout(PATIENCE):
                await notes.enough.wait()
                assert scene.written
                free.set()
        finally:
            free.set()
            await held

    monkeypatch.setattr(Gateways, "settle", settle)
    asyncio.run(story())
