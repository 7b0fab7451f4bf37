"""What the connection pane says: each message ends with its reason, and an error stands once on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102.line.state import LineState, Phase
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection import connection_form
from iec102_tui.profiles.serial_ports import SerialPort
from support.connection_pane import Screen, drawn, drive
from support.still_meter import StillSession, reading, snapshot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.toml"


def test_a_refusal_to_connect_ends_when_its_reason_is_gone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_form, "serial_ports", lambda: [SerialPort("/dev/ttyUSB0", "an adapter")])

    async def steps(screen: Screen) -> None:
        await screen.press("n", "escape", "escape", "c")
        assert screen.said == "Not connected. Port: choose a port: Down lists them."
        await screen.press("escape", "o")
        await screen.until(lambda: len(screen.app.screen_stack) == 3)
        assert screen.said.startswith("Not connected")
        await screen.press("enter")
        await screen.until(lambda: screen.said == "")

    drive(steps, path)


def test_a_search_that_was_not_begun_is_said_until_the_form_changes(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n", "escape", "right", "escape", "f")
        assert screen.said.startswith("Nothing to search")
        await screen.press("e", "tab", "a")
        assert screen.said == ""

    drive(steps, path)


def test_connecting_is_said_until_it_is_known_how_it_went(path: Path) -> None:
    session = StillSession(None)
    session.connection = None
    session.connect = lambda connection: setattr(session, "connection", connection)  # type: ignore[method-assign]

    async def steps(screen: Screen) -> None:
        await screen.press("c")
        assert screen.said.startswith("Connecting to")
        session.show(snapshot(reading()))
        screen.app.screen._tick()  # type: ignore[attr-defined]
        await screen.pilot.pause()
        assert screen.said == ""

    drive(steps, path, session=session)


@pytest.mark.parametrize("order", ["ID first", "preset first"])
def test_a_preset_and_a_meter_id_go_together_in_both_orders(path: Path, order: str) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n", "escape", "escape")
        steps = [type_the_id, take_endesa]
        for step in steps if order == "ID first" else reversed(steps):
            await step(screen)
        assert screen.form.texts["link_address"] == "54321"
        assert screen.form.texts["format"] == "8E1"

    async def type_the_id(screen: Screen) -> None:
        screen.field("meter-id").control.focus()
        await screen.type("90054321")
        await screen.press("escape")

    async def take_endesa(screen: Screen) -> None:
        await screen.press("p", "down", "enter")

    drive(steps, path)


ERROR = "127.0.0.1:40001 refused the connection: check the port number"
FAILED = snapshot(reading(), age=75, state=LineState(Phase.WAITING, error=ERROR, attempt=1, next_attempt=5_010.0))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_an_error_stands_once(path: Path, size: tuple[int, int]) -> None:
    async def steps(screen: Screen) -> None:
        assert drawn(screen).count("refused") == 1
        await screen.press("z")
        assert drawn(screen).count("refused") == 1

    drive(steps, path, session=StillSession(FAILED), size=size)


def test_no_meter_is_said_only_while_there_is_none(path: Path) -> None:
    session = Session()

    async def steps(screen: Screen) -> None:
        await screen.press("d")
        assert screen.said == "No meter is connected."
        await screen.press("c")
        await screen.until(lambda: session.is_connected and "No meter" not in screen.said)
        session.close()

    drive(steps, path, session=session)
