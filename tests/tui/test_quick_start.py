"""A quick start: the garbage collector rests until the first paint, and what is not shown is not loaded."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from iec102_tui import garbage
from iec102_tui.app import MonitorApp
from iec102_tui.cli import cli
from iec102_tui.cli.run import carry_out
from iec102_tui.main_screen import MainScreen
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.panes.pane import Pane
from support.still_meter import StillSession, reading, snapshot
from support.waiting import on_screen
from textual.css import stylesheet
from textual.css.model import RuleSet

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
    "iec102_tui.meter_side.download_job",
    "iec102_tui.meter_side.meter_data_job",
    "iec102_tui.panes.connection.find_dialog",
    "iec102_tui.panes.connection.first_run",
    "iec102_tui.panes.connection.gateway_dialog",
    "iec102_tui.panes.connection.meter_editor",
    "iec102_tui.panes.frame_log.frame_detail",
    "iec102_tui.panes.load_profile.dates_dialog",
    "iec102_tui.panes.load_profile.view",
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
NOT_ON_THE_FIRST_PICTURE = (
    "#connection",
    "#meter-data",
    "#log-query",
    "#log-detail",
    "#load-profile-choice",
    "#load-profile-view",
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
    gc.collect()
    gc.freeze()
    gc.enable()


def test_what_the_first_screen_does_not_show_is_loaded_when_it_is_used() -> None:
    command = [sys.executable, "-c", LOADED, *NOT_AT_THE_START]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "\n"


def test_the_form_is_made_when_it_is_first_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str | None] = []
    begin = FormField.__init__

    def noted(field: FormField, *arguments: Any, **options: Any) -> None:
        begin(field, *arguments, **options)
        made.append(field.id)

    monkeypatch.setattr(FormField, "__init__", noted)

    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert made == []
            await pilot.press("1")
            await on_screen(pilot, lambda: made)

    asyncio.run(run())


def test_the_main_screen_is_arranged_before_its_widgets_are_there() -> None:
    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert app.screen.has_class("together")
            shown = {
                name: app.screen.query_one(name).display for name in ("#log-detail", "#log-state", "#load-profile-view")
            }
            assert shown == dict.fromkeys(shown, False)  # beside other panes there is no room for them
            await pilot.press("z")
            await pilot.pause()
            assert not app.screen.has_class("together")

    asyncio.run(run())


def test_the_first_picture_waits_for_nothing_that_is_not_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    display, mount_hidden = MonitorApp._display, MainScreen.mount_hidden

    def displayed(app: MonitorApp, *arguments: Any) -> None:
        if not app._batch_count:
            seen.append("picture")
        display(app, *arguments)

    async def mounted(screen: MainScreen) -> None:
        seen.extend(name for name in NOT_ON_THE_FIRST_PICTURE if screen.query(name))
        seen.append("begun")
        await mount_hidden(screen)

    monkeypatch.setattr(MonitorApp, "_display", displayed)
    monkeypatch.setattr(MainScreen, "mount_hidden", mounted)

    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(120, 40)):
            assert seen[: seen.index("begun")] == ["picture"] * seen.index("begun")
            assert seen[0] == "picture"
            assert all(app.screen.query(name) for name in NOT_ON_THE_FIRST_PICTURE)

    asyncio.run(run())


@pytest.mark.parametrize("pane", ["connection", "meter-data", "load-profile", "log"])
def test_a_pane_that_is_wanted_before_it_is_there_is_shown_when_it_is(
    pane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount_hidden = MainScreen.mount_hidden

    async def mounted(screen: MainScreen) -> None:
        screen.action_pane(pane)  # a click on its tab; keys wait
        screen.session_changed()
        await mount_hidden(screen)

    monkeypatch.setattr(MainScreen, "mount_hidden", mounted)

    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert [each.id for each in app.screen.query(Pane) if each.display] == [pane]
            while app.focused is None or pane not in (node.id for node in app.focused.ancestors_with_self):
                await pilot.pause()

    asyncio.run(run())


def test_the_style_sheets_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = stylesheet.parse

    def parsed(scope: str, css: str, read_from: tuple[str, str], **options: Any) -> Iterable[RuleSet]:
        read.append(read_from[0])
        return parse(scope, css, read_from, **options)

    monkeypatch.setattr(stylesheet, "parse", parsed)

    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)):
            assert app.theme == "dark"

    asyncio.run(run())
    ours = [path for path in read if path.endswith(".tcss")]
    assert ours
    assert sorted(ours) == sorted(set(ours))


def test_the_collector_works_again_when_the_monitor_has_painted() -> None:
    async def run() -> None:
        garbage.rest()
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert gc.isenabled()

    asyncio.run(run())


def test_the_collector_works_in_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    garbage.rest()
    assert not gc.isenabled()
    assert carry_out(cli, ["profiles", "path"]) == 0
    assert gc.isenabled()
    assert capsys.readouterr().out


def test_on_a_terminal_that_never_paints_it_works_again_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_LONGEST", 0.0)
    garbage.rest()
    timer = garbage.rest_until_painted()
    timer.join()
    assert gc.isenabled()


def test_what_became_garbage_since_is_looked_through() -> None:
    garbage.rest()
    garbage.resume()
    before = gc.get_freeze_count()
    made_since: list[object] = []
    made_since.append(made_since)
    garbage.resume()  # by the thread that waits for the first picture
    assert gc.get_freeze_count() <= before
    assert gc.is_tracked(made_since)
