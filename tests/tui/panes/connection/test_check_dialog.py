"""A check from the connection pane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu.password import Password
from iec102.line.state import Phase
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.background_task import BackgroundTask
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.check_dialog import CheckScreen
from iec102_tui.panes.connection.check_run import CheckRun
from iec102_tui.profiles.connection import connection_of, demo
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.verdict_screen import VerdictScreen
from support.waiting import on_screen, until
from textual.widgets import Static


def shown(app: MonitorApp) -> str:
    return str(app.screen.query_one("#check-lines", Static).content)


class Unhurried(Session):
    """Begins no work."""

    def run_work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> BackgroundTask:
        return BackgroundTask(work)


def store(folder: Path, target: str) -> ProfileStore:
    path = folder / "profiles.toml"
    path.write_text(f'[profiles.north]\ntarget = "{target}"\npassword = 1\ntimeout = 300\nretries = 0\n')
    return ProfileStore(path)


def test_the_steps_are_shown_as_they_are_walked(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Session(), None, store=store(tmp_path, "simulated:"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.2)
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
            await on_screen(pilot, lambda: "The way to this meter is good: all 6 steps passed." in shown(app))
            assert "✓ values read" in shown(app)
            await pilot.press("escape")
            await on_screen(pilot, lambda: not isinstance(app.screen, CheckScreen))

    asyncio.run(run())


def test_the_step_that_is_being_walked_is_named(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Unhurried(), None, store=store(tmp_path, "tcp://127.0.0.1:9"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.2)
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
            await on_screen(pilot, lambda: shown(app) == "○ trying name resolved")

    asyncio.run(run())


def test_what_fails_says_what_to_check(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Session(), None, store=store(tmp_path, "serial:/dev/ttyNONE"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.2)
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
            await on_screen(pilot, lambda: "✖ port open" in shown(app) and "check the cable" in shown(app))

    asyncio.run(run())


def test_a_line_in_use_is_not_taken_away() -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, demo())
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            await pilot.press("f1")
            await pilot.pause(0.2)
            await pilot.press("k")
            await pilot.pause()
            assert "disconnect first (d)" in next(notice.message for notice in app._notifications)
            await pilot.press("d")
            await on_screen(pilot, lambda: not session.is_connected)
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
        session.close()

    asyncio.run(run())


def test_a_check_that_fails_ends_with_a_verdict(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Session(), None, store=store(tmp_path, "serial:/dev/ttyNONE"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
            await on_screen(
                pilot, lambda: shown(app).endswith('Failed at "port open": the sentence above says what to check.')
            )

    asyncio.run(run())


@pytest.mark.parametrize("first", ["check", "connection"])
def test_a_refused_password_is_checked_again_only_when_the_user_says_so(first: str, tmp_path: Path) -> None:
    session = Session(refresh=0.01)

    def refused() -> bool:
        return session.latest is not None and session.latest.state.phase is Phase.REFUSED

    async def run() -> None:
        app = MonitorApp(session, None, store=store(tmp_path, "simulated:?password=42"))
        async with app.run_test(size=(80, 24)) as pilot:
            if first == "check":
                await pilot.press("k")
                await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
                await on_screen(pilot, lambda: 'Failed at "key accepted"' in shown(app))
                await pilot.press("escape")
            else:
                await pilot.press("c")
                await on_screen(pilot, refused)
                await pilot.press("d")
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, PickScreen))
            await pilot.press("down", "enter")
            await on_screen(pilot, lambda: not isinstance(app.screen, PickScreen))
            assert not isinstance(app.screen, CheckScreen)
            await pilot.press("k", "enter")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen))
        session.close()

    asyncio.run(run())


def test_a_refusal_is_remembered_where_nobody_looks_and_forgotten_once_the_password_is_accepted() -> None:
    session = Session()

    def checked(target: str) -> None:
        run = CheckRun(session, connection_of("north", Profile(target=target, password=Password(7))))
        run.start()
        until(lambda: run.over)

    checked("simulated:?password=42")
    refused = connection_of("twin", Profile(target="simulated:?password=42", password=Password(7)))
    assert session.was_refused(refused)
    session.meters.remember_refusal(connection_of("north", Profile(target="simulated:?password=7")))
    checked("simulated:?password=7")
    assert not session.was_refused(connection_of("north", Profile(target="simulated:?password=7")))
    session.close()


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_a_meter_that_was_checked_is_connected_and_judged(tmp_path: Path, size: tuple[int, int]) -> None:
    session = Session(refresh=0.01)

    def told(app: MonitorApp) -> str:
        where = app.screen.query("#check-lines") or app.screen.query("#check-beside")
        return str(where.first(Static).content)

    async def run() -> None:
        app = MonitorApp(session, None, store=store(tmp_path, "simulated:"))
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.2)
            await pilot.press("k")
            await on_screen(pilot, lambda: "The way to this meter is good" in told(app))
            await pilot.press("V")
            await on_screen(pilot, lambda: isinstance(app.screen, VerdictScreen))
            assert session.connection is not None
            assert session.connection.name == "north"
            await on_screen(pilot, lambda: "right meter" in text(app) or "nothing says yet" in text(app))
        session.close()

    def text(app: MonitorApp) -> str:
        return str(app.screen.query_one("#verdict-lines", Static).content)

    asyncio.run(run())


def test_a_meter_to_which_no_way_leads_is_not_judged(tmp_path: Path) -> None:
    async def run() -> None:
        app = MonitorApp(Session(), None, store=store(tmp_path, "serial:/dev/ttyNONE"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("k")
            await on_screen(pilot, lambda: isinstance(app.screen, CheckScreen) and "Failed at" in shown(app))
            await pilot.press("V")
            await pilot.pause()
            assert isinstance(app.screen, CheckScreen)

    asyncio.run(run())
