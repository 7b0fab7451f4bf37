"""A capture in the frame log: all frames, their times, and the tools; no meter, and nothing of the password."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.reading import open_capture
from iec102_tui.meter_side.replay import ReplaySession
from iec102_tui.panes.frame_log.field_tree import FieldTree
from iec102_tui.widgets.status_line import ErrorRow, StatusLine
from support.captures import HEADER, a_line
from support.log_pane import frame_list, rows, words
from support.program import on_terminal, run
from textual.pilot import Pilot

Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]


@pytest.fixture(params=list(FrameFormat))
def capture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"frames.{request.param}"
    export_frames(path, a_line(), request.param, HEADER)
    return path


def drive(path: Path, steps: Steps, size: tuple[int, int] = (80, 40)) -> None:
    async def play() -> None:
        app = MonitorApp(ReplaySession(path, open_capture(path)), None)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(play())


def test_all_frames_are_there_from_the_first_with_the_times_of_the_capture(capture: Path) -> None:
    async def steps(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert frame_list(app).cursor == 0
        shown = [row for row in rows(app) if row]
        assert len(shown) == len(a_line())
        assert "12:30:05.250" in shown[0]
        assert "link status?" in shown[0]
        assert " L 72   late: current date and time" in shown[12]
        text = "\n".join(app.screen.query_one(kind).text for kind in (StatusLine, ErrorRow))
        assert "17 frames" in text
        assert "north, substation" in text

    drive(capture, steps)


def test_filter_and_tree_work_and_what_is_masked_stays_so(capture: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f", *"type=183", "enter")
        await pilot.pause()
        assert "start session, access key" in next(row for row in rows(app) if row)
        assert frame_list(app).row_count == 2
        await pilot.press("home")
        await pilot.pause()
        assert any("access key  ***" in row for row in rows(app, FieldTree))
        assert "filter type=183" in words(app, "log-filter")

    drive(capture, steps, (120, 70))


def test_there_is_no_pane_of_a_meter(capture: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f1", "f2", "4", "z")
        await pilot.pause()
        assert [row for row in rows(app) if row]

    drive(capture, steps, (160, 50))


def test_a_capture_without_frames_and_one_that_was_cut_say_so(tmp_path: Path) -> None:
    path = tmp_path / "frames.jsonl"

    async def cut(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert "the last line is cut" in app.screen.query_one(ErrorRow).text

    async def empty(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert "no frames" in app.screen.query_one(StatusLine).text

    path.write_bytes(b'{"time":"2026-11-22T11:30:05Z","clock":1,"dir":"tx","hex":"10 49 01 00 4A 16"}\n{"time"')
    drive(path, cut)
    path.write_bytes(b"")
    drive(path, empty)


def test_the_installed_command_opens_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "frames.pcapng"
    export_frames(path, a_line(), FrameFormat.PCAPNG, HEADER)
    with on_terminal("replay", str(path)) as terminal:
        terminal.wait_for("link status?")
        terminal.type(b"q")
        assert terminal.end() == 0


@pytest.mark.parametrize(("name", "words_"), [("none.jsonl", "needs a terminal"), ("", "needs a terminal")])
def test_without_a_terminal_it_says_so(tmp_path: Path, name: str, words_: str) -> None:
    done = run("replay", str(tmp_path / name))
    assert done.returncode == 2
    assert words_ in done.stderr


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with on_terminal("replay", str(tmp_path / "none.jsonl")) as terminal:
        assert terminal.end() == 2
        shown = b"".join(data for _, data in terminal.chunks)
        assert b"cannot be read: No such file" in shown
        assert b"Traceback" not in shown
