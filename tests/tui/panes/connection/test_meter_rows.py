"""The list of meters: state first, then what the meter draws now, and how that has been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from iec102.line.state import LineState, Phase
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.meter_rows import MeterRow, MeterState, content_of, detail_of, state_of
from iec102_tui.profiles.profile import Profile
from support.connection_pane import Screen, drawn, drive
from support.profile_files import TWO
from support.still_meter import NOW, StillSession, changed, reading, snapshot


def session_with(**changes: float) -> StillSession:
    values = {key: changed(key.replace("__", "."), value=value) for key, value in changes.items()}
    return StillSession(snapshot(reading(**values)))


@pytest.mark.parametrize(
    ("power", "number", "unit", "role"),
    [(133.0, "133", "kW ↓", "strong"), (-871.0, "871", "kW ↑", "export"), (1_234_567.0, "1.23", "GW ↓", "strong")],
)
def test_the_power_has_its_direction(power: float, number: str, unit: str, role: str) -> None:
    state = state_of(session_with(power__active_total=power), plain=False)
    assert (state.sign, state.role) == ("●", "ok")
    assert (state.unit, state.value_role) == (unit, role)
    assert state.number == number
    assert len(state.trend) == 8


def test_a_meter_that_does_not_reply_says_since_when() -> None:
    session = StillSession(snapshot(reading(), age=75, state=LineState(Phase.WAITING, attempt=2, since=NOW - 600)))
    state = state_of(session, plain=False)
    assert (state.sign, state.role) == ("✖", "error")
    assert state.words == "no reply since 12:20"
    assert not state.number


def test_an_invalid_power_is_no_number() -> None:
    session = StillSession(snapshot(reading(power__active_total=changed("power.active_total", value=3.0, valid=False))))
    state = state_of(session, plain=False)
    assert not state.number
    assert state.words == "connected"


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (Profile(target="serial:/dev/ttyUSB0", format="8E1", link_address=54321), "serial ttyUSB0  9600-8E1  54321"),
        (Profile(target="tcp://192.0.2.10:40001", link_address=12873), "tcp 192.0.2.10:40001  12873"),
        (Profile(target="modem:/dev/ttyUSB1", dial="600123456"), "modem ttyUSB1  600123456  9600-8N1  1"),
        (Profile(target="listen://0.0.0.0:40001?allow=192.0.2.0/24", link_address=7), "listen 0.0.0.0:40001  7"),
        (Profile(target="simulated:"), "simulated  1"),
    ],
)
def test_the_second_row_says_where_the_meter_is(profile: Profile, words: str) -> None:
    assert detail_of(profile) == words


@pytest.mark.parametrize("width", [20, 25, 34, 44, 60])
def test_a_row_fills_its_columns_whatever_stands_there(width: int) -> None:
    state = MeterState("●", "ok", "1 234", "kW ↓", trend="▁▂▃▄▅▆▇█", age="<2 s")
    first = content_of(MeterRow("a rather long name of a meter", "*", "tcp x", state), width).plain.splitlines()[0]
    assert len(first) == width
    assert "1 234 kW ↓" in first


@pytest.mark.parametrize("width", [27, 47])
def test_a_name_takes_what_is_empty_before_the_value(width: int) -> None:
    state = MeterState("●", "ok", "31", "kW ↓", trend="▁▂▃▄▅▆▇█", age="<2 s")
    first = content_of(MeterRow("Simulated meter", " ", "", state), width).plain.splitlines()[0]
    assert "Simulated meter " in first
    assert " 31 kW ↓" in first
    assert len(first) == width


def test_the_list_shows_the_meter_that_is_connected(tmp_path: Path) -> None:
    session = session_with(power__active_total=133.0)
    assert session.connection is not None
    session.connection = replace(session.connection, name="south")

    async def steps(screen: Screen) -> None:
        lines = screen.app.screen.query_one(MeterList).lines
        assert [line.row.state.number for line in lines] == ["", "133", "", ""]
        assert "● south" in drawn(screen)
        assert "○ north" in drawn(screen)

    drive(steps, tmp_path / "profiles.toml", TWO, session=session, size=(120, 40))
