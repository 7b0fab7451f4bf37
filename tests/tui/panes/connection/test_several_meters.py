"""F1 with several meters: each is shown, connected and left by its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from iec102.line.state import Phase
from iec102_tui.files.file_thread import PATIENCE, FileThread
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.connecting import same_reading
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.profiles.connection import connection_of, demo
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import ProfileStore
from support.connection_pane import Screen, drawn, drive
from support.still_meters import meters
from support.waiting import on_screen
from textual.widgets import Static

SOUTH = """
[profiles.south]
target = "simulated:?seed=2"
password = 1
"""
METERS = f"""
[profiles.north]
target = "simulated:?seed=1"
password = 1
autoconnect = true
{SOUTH}
[profiles.west]
target = "tcp://192.0.2.1:40001"
autoconnect = true
"""
CALLED = """
[profiles.east]
target = "modem:/dev/nowhere?dial=600123456"
password = 1
"""


def phase(screen: Screen, name: str) -> Phase | None:
    meter = screen.session.meters.find(name)
    return None if meter is None or meter.latest is None else meter.latest.state.phase


def notes(screen: Screen) -> str:
    return " ".join(note.message for note in screen.app._notifications)


def shown(screen: Screen) -> str:
    return "" if screen.session.connection is None else screen.session.connection.name


def test_each_meter_is_shown_connected_and_left_by_its_line(tmp_path: Path) -> None:
    session = Session()

    async def steps(screen: Screen) -> None:
        await screen.until(lambda: phase(screen, "north") is Phase.CONNECTED)  # its profile says so
        assert shown(screen) == "north"
        assert session.meters.find("west") is None
        assert "west: no password is saved; c asks for it." in notes(screen)
        session.meters.notices.append("north: no collector has the line any more.")
        await screen.until(lambda: "north: no collector has the line" in notes(screen))
        await screen.press("down", "c")
        await screen.until(lambda: phase(screen, "south") is Phase.CONNECTED)
        assert shown(screen) == "north"
        screen.app.screen._tick()  # type: ignore[attr-defined]
        await screen.until(lambda: "2 of 3 connected" in drawn(screen))
        await screen.press("enter")
        await screen.until(lambda: shown(screen) == "south" and not screen.app.screen.query_one(MeterList).has_focus)
        await screen.press("less_than_sign")
        await screen.until(lambda: shown(screen) == "north")
        assert session.meters.find("south") in session.meters.running
        await screen.press("1", "d")
        await screen.until(lambda: phase(screen, "south") is Phase.CLOSED)
        assert shown(screen) == "north"
        await screen.press("J")
        await screen.until(lambda: phase(screen, "south") is Phase.CONNECTED)
        assert screen.said.startswith("1 meter is being connected. west: no password is saved")

    path = tmp_path / "profiles.toml"
    drive(steps, path, METERS, session=session, size=(120, 40), notifications=True)


def test_all_are_connected_only_after_a_question_where_a_modem_would_call(tmp_path: Path) -> None:
    asked: list[str] = []
    session = Session()
    session.connect = lambda connection, **_how: asked.append(connection.name)  # type: ignore[method-assign]

    async def steps(screen: Screen) -> None:
        await screen.press("J")
        await screen.until(lambda: "A modem calls 1 of them (east)." in drawn(screen))
        assert asked == []
        await screen.press("down", "enter")
        await screen.until(lambda: asked == ["south"])
        await screen.press("J", "enter")
        await screen.until(lambda: asked == ["south", "south", "east"])

    drive(steps, tmp_path / "profiles.toml", SOUTH + CALLED, session=session)


WRONG = """
[profiles.north]
target = "simulated:?seed=1&password=42"
password = 7
[profiles.twin]
target = "simulated:?seed=1&password=42"
password = 7
"""


def test_a_refused_password_is_sent_again_by_c_and_not_by_connecting_all(tmp_path: Path) -> None:
    session = Session()

    def refused(name: str) -> bool:
        meter = session.meters.find(name)
        return meter is not None and meter.service.was_refused

    async def steps(screen: Screen) -> None:
        await screen.press("c")
        await screen.until(lambda: refused("north"))
        first = session.meters.find("north")
        said = "north, twin: the password was refused, or not answered; c sends it again."
        await screen.press("J")
        await screen.until(lambda: said in screen.said)
        await screen.press("1", "d")
        await screen.until(lambda: phase(screen, "north") is Phase.CLOSED)
        await screen.press("J")
        await screen.until(lambda: screen.said == f"0 meters are being connected. {said}")
        assert session.meters.find("north") is first
        assert session.meters.find("twin") is None
        await screen.press("c")
        await screen.until(lambda: session.meters.find("north") is not first and refused("north"))

    drive(steps, tmp_path / "profiles.toml", WRONG, session=session, size=(120, 40))


def test_a_disk_that_takes_its_time_at_the_start_does_not_end_the_monitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileThread.run

    async def slow(thread: FileThread, work: Callable[[], object], patience: float = PATIENCE) -> object:
        if patience <= PATIENCE:
            raise TimeoutError(None, "the disk does not answer")
        return await real(thread, work, patience)

    monkeypatch.setattr(FileThread, "run", slow)

    async def steps(screen: Screen) -> None:
        await screen.until(lambda: phase(screen, "north") is Phase.CONNECTED)

    drive(steps, tmp_path / "profiles.toml", METERS, session=Session(), size=(120, 40))


def test_a_meter_that_is_connected_at_the_start_is_not_where_its_password_was_refused(tmp_path: Path) -> None:
    text = WRONG.replace("password = 7", "password = 7\nautoconnect = true")
    path = tmp_path / "profiles.toml"
    path.write_text(text)
    session = Session()
    session.remember_refusal(connection_of("north", ProfileStore(path).load().profiles["north"]))

    async def steps(screen: Screen) -> None:
        await screen.until(lambda: "north, twin: the password was refused" in notes(screen))
        assert session.meters.running == []

    drive(steps, path, session=session, notifications=True)


def test_a_connection_would_change_nothing_where_only_what_no_reading_needs_differs() -> None:
    saved = connection_of("north", Profile(target="simulated:", autoconnect=True))
    assert same_reading(saved, connection_of("north", Profile(target="simulated:")))
    assert not same_reading(saved, connection_of("north", Profile(target="simulated:", timeout=500)))
    assert not same_reading(saved, demo())


@pytest.mark.asyncio
async def test_beside_other_panes_each_meter_that_is_read_has_its_row(tmp_path: Path) -> None:
    app = meters(tmp_path, 6).app
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("2")
        await on_screen(pilot, lambda: "Hospital" in str(app.screen.query_one("#connection-meter", Static).content))
        rows = str(app.screen.query_one("#connection-meter", Static).content).split("\n")
        assert [row.split("  ")[0] for row in rows] == [
            "● Polígono Norte",
            "● Depuradora Sur",
            "● FV La Muela 1",
            "● FV La Muela 2",
            "▲ Hospital",
            "✖ Puerto",
        ]
        assert "133 kW ↓" in rows[0]
        assert "871 kW ↑" in rows[2]
