"""A quick start: the collector rests until the first paint, and what is not shown is not loaded."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
from iec102_tui import collector
from iec102_tui.app import MonitorApp
from iec102_tui.cli import cli
from iec102_tui.cli.run import carry_out
from support.still_meter import StillSession, reading, snapshot

LOADED = """
import sys
import iec102_tui.app
late = (
    "iec102.gateway.gateway",
    "iec102.search.search",
    "iec102_tui.captures.export",
    "iec102_tui.captures.json_lines",
    "iec102_tui.captures.pcapng",
    "iec102_tui.captures.record",
    "iec102_tui.meter_side.search",
)
print([name for name in sys.modules if name.startswith(late)])
"""


@pytest.fixture(autouse=True)
def _collector_works_again() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_gateway_search_and_captures_are_loaded_when_they_are_used() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_collector_works_again_when_the_monitor_has_painted() -> None:
    async def run() -> None:
        collector.rest()
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert gc.isenabled()

    asyncio.run(run())


def test_the_collector_works_in_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    collector.rest()
    assert not gc.isenabled()
    assert carry_out(cli, ["profiles", "path"]) == 0
    assert gc.isenabled()
    assert capsys.readouterr().out


def test_on_a_terminal_that_never_paints_it_works_again_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_LONGEST", 0.0)
    collector.rest()
    timer = collector.rest_until_painted()
    timer.join()
    assert gc.isenabled()
