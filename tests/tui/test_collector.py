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

# What the first screen does not show is loaded when it is used: it would be a part of every start.
NOT_AT_THE_START = (
    "iec102.gateway.gateway",
    "iec102.gateway.key_attempts",
    "iec102.search.search",
    "iec102_tui.archive.archive",
    "iec102_tui.archive.contents",
    "iec102_tui.archive.findings",
    "iec102_tui.captures.reading",
    "iec102_tui.captures.pcapng",
    "iec102_tui.help_screen",
    "iec102_tui.meter_side.key_file",
    "iec102_tui.meter_side.search",
    "iec102_tui.panes.connection.find_dialog",
    "iec102_tui.panes.connection.gateway_dialog",
    "iec102_tui.panes.load_profile.dates_dialog",
    "iec102_tui.panes.live.plot_screen",
    "calendar",
    "csv",
    "hashlib",
    "json",
    "plotext",
    "secrets",
    "serial",
    "sqlite3",
    "tomli_w",
    "tomlkit",
)
LOADED = """
import sys
import iec102_tui.cli, iec102_tui.cli.monitor, iec102_tui.app
from iec102_tui.profiles.connection import demo
print(*sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


@pytest.fixture(autouse=True)
def _collector_works_again() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_the_first_screen_does_not_show_is_loaded_when_it_is_used() -> None:
    command = [sys.executable, "-c", LOADED, *NOT_AT_THE_START]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "\n"


def test_the_main_screen_is_arranged_before_its_widgets_are_there() -> None:
    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert app.screen.has_class("together")
            shown = {name: app.screen.query_one(name).display for name in ("#log-detail", "#log-state", "#curve")}
            assert shown == dict.fromkeys(shown, False)  # beside other panes there is no room for them
            await pilot.press("z")
            await pilot.pause()
            assert not app.screen.has_class("together")

    asyncio.run(run())


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
