"""The first run: no meter is saved, and one key opens the simulated one on Live."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from iec102_tui.capture_screen import CaptureScreen
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.panes.connection.find_dialog import FindScreen
from iec102_tui.panes.connection.first_run import FirstRun
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.profiles.connection import demo
from iec102_tui.widgets.question_dialog import QuestionScreen
from support.captures import HEADER, a_line
from support.connection_pane import Meterless, Screen, drawn, drive
from support.profile_files import TWO


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.toml"


@pytest.mark.parametrize("size", [(80, 24), (160, 44), (200, 60)])
def test_enter_opens_the_simulated_meter_on_live_at_once(path: Path, size: tuple[int, int]) -> None:
    async def steps(screen: Screen) -> None:
        assert "Welcome. No meter is saved yet." in drawn(screen)
        assert isinstance(screen.session, Meterless)
        await screen.press("enter")
        assert screen.session.asked == [replace(demo(), name="demo")]
        assert not path.exists()
        live = screen.app.screen.query_one("#live")
        assert live.display
        assert live.has_focus_within or live.has_focus
        await screen.press("f1")
        assert not screen.app.screen.query(FirstRun)

    drive(steps, path, size=size, first_run=True)


def test_each_way_has_a_letter_and_the_cursor_says_enter(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert drawn(screen).count("⏎") == 2  # the way, and the footer
        first = next(line for line in drawn(screen).splitlines() if "⏎" in line)
        assert "Try the simulated meter" in first
        await screen.press("down")
        shown = drawn(screen).splitlines()
        assert any("⏎" in line and "Find a meter" in line for line in shown)
        assert any(line.split()[:2] == ["t", "Try"] for line in shown)
        assert "Iberdrola, Endesa or Naturgy" in drawn(screen)

    drive(steps, path, first_run=True)


def test_n_goes_to_the_form_of_a_new_meter(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n")
        await screen.until(lambda: bool(screen.app.screen_stack[1].query(MeterList)))
        await screen.until(lambda: screen.lines()[-1].strip() == "New meter")
        assert not screen.app.screen_stack[1].query(FirstRun)

    drive(steps, path, first_run=True)


def test_f_searches_all_serial_ports(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("f")
        assert isinstance(screen.app.screen, QuestionScreen)
        assert screen.app.screen.input.value == "1"
        await screen.press("enter")
        assert isinstance(screen.app.screen, FindScreen)
        await screen.press("escape")
        assert screen.app.screen.query(FirstRun)

    drive(steps, path, first_run=True)


def test_l_opens_a_capture_and_escape_leaves_it(path: Path, tmp_path: Path) -> None:
    capture = tmp_path / "frames.jsonl"
    export_frames(capture, a_line(), FrameFormat.JSON_LINES, HEADER)

    async def steps(screen: Screen) -> None:
        await screen.press("l")
        await screen.type(str(capture))
        await screen.press("enter")
        await screen.until(lambda: isinstance(screen.app.screen, CaptureScreen))
        await screen.until(lambda: "17 frames" in drawn(screen))
        await screen.press("escape")
        assert screen.app.screen.query(FirstRun)

    drive(steps, path, first_run=True)


def test_a_file_that_is_no_capture_is_said(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("l")
        await screen.type("/none/such")
        await screen.press("enter")
        await screen.until(lambda: any("was not opened" in notice.message for notice in screen.app._notifications))
        assert screen.app.screen.query(FirstRun)

    drive(steps, path, first_run=True, notifications=True)


def test_with_a_saved_meter_the_list_stands_there(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert not screen.app.screen.query(FirstRun)
        assert screen.lines()[0].strip() == "north"

    drive(steps, path, TWO, first_run=True)


def test_a_file_that_is_wrong_is_no_first_run(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert not screen.app.screen.query(FirstRun)
        assert screen.said

    drive(steps, path, "nonsense", first_run=True)
