"""A meter is looked for from the connection pane."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection import find_dialog as find
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.find_dialog import FindScreen
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.question_dialog import QuestionScreen
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

STRICT = "simulated:?line=9600-8E1&quirk=strict-line&link_address=12345"
Steps = Callable[[MonitorApp, Pilot[int], Session], Awaitable[None]]


def shown(app: MonitorApp, where: str) -> str:
    return str(app.screen.query_one(f"#find-{where}", Static).content)


def drive(folder: Path, target: str, steps: Steps) -> None:
    path = folder / "profiles.toml"
    path.write_text(f'[profiles.north]\ntarget = "{target}"\npassword = 1\nlink_address = 12345\n')

    async def run() -> None:
        session = Session()
        app = MonitorApp(session, None, store=ProfileStore(path))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.2)
            try:
                await steps(app, pilot, session)
            finally:
                session.close()

    asyncio.run(run())


async def begin(app: MonitorApp, pilot: Pilot[int]) -> str:
    """Presses the key and takes the addresses; gives those."""
    await pilot.press("f")
    await on_screen(pilot, lambda: isinstance(app.screen, QuestionScreen))
    assert isinstance(app.screen, QuestionScreen)
    addresses = app.screen.input.value
    await pilot.press("enter")
    await on_screen(pilot, lambda: isinstance(app.screen, FindScreen))
    return addresses


def test_what_is_found_goes_into_the_form_and_is_saved_by_the_user(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        assert await begin(app, pilot) == "12345,1"
        await on_screen(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        assert "9600-8N1, 9600-8E1" in shown(app, "plan")
        assert "at 9600-8E1" in str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
        await on_screen(pilot, lambda: app.screen.query_one(OptionList).has_focus)
        await pilot.press("enter")
        await on_screen(pilot, lambda: not isinstance(app.screen, FindScreen))
        await pilot.pause()
        form = app.screen.query_one(ConnectionForm)
        assert (form.texts["baudrate"], form.texts["format"], form.texts["link_address"]) == ("9600", "8E1", "12345")
        assert "nothing is saved yet" in str(app.screen.query_one("#connection-message", Static).render())
        await pilot.press("s")
        await pilot.pause()
        assert 'format = "8E1"' in (tmp_path / "profiles.toml").read_text()

    drive(tmp_path, STRICT, steps)


def test_escape_stops_the_search_and_gives_the_line_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errands = []
    run_work = Session.run_work

    def noted(session: Session, work: object) -> object:
        errands.append(run_work(session, work))  # type: ignore[arg-type]
        return errands[-1]

    monkeypatch.setattr(Session, "run_work", noted)

    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        await begin(app, pilot)
        await on_screen(pilot, lambda: "left on simulated" in shown(app, "progress"))
        await pilot.press("escape")
        await on_screen(pilot, lambda: not isinstance(app.screen, FindScreen))
        await on_screen(pilot, lambda: errands[0].over)
        assert errands[0].failure == ""

    drive(tmp_path, "simulated:?link_address=9&line=300-8E1&quirk=strict-line", steps)


def test_a_port_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        await begin(app, pilot)
        await on_screen(pilot, lambda: "there is no such port" in shown(app, "end"))
        assert shown(app, "progress") == ""

    drive(tmp_path, "serial:/dev/ttyNONE", steps)


def test_without_a_port_all_of_them_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "serial_ports", list)

    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        await pilot.press("n", "escape", "escape")
        await pilot.pause()
        assert await begin(app, pilot) == "1"
        await on_screen(pilot, lambda: "shows no serial port" in shown(app, "end"))

    drive(tmp_path, "simulated:", steps)


def test_addresses_that_are_none_are_refused_before_the_search(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        await pilot.press("f")
        await on_screen(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("end", "minus", "enter")
        await pilot.pause()
        assert "1,5,100-200" in str(app.screen.query_one(".reason", Static).content)
        await pilot.press("escape")
        await on_screen(pilot, lambda: not isinstance(app.screen, QuestionScreen))

    drive(tmp_path, STRICT, steps)


def test_the_line_of_the_meter_that_is_connected_is_not_taken_away(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: Session) -> None:
        await pilot.press("c")
        await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
        await pilot.press("f")
        await pilot.pause()
        assert any("disconnect first (d)" in notice.message for notice in app._notifications)
        await pilot.press("d")
        await begin(app, pilot)
        await on_screen(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)

    drive(tmp_path, "simulated:?link_address=12345", steps)
