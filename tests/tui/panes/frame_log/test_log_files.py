"""Recording and exporting from the frame log."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.captures.frame_text import masked
from iec102_tui.captures.reading import open_capture
from support.log_pane import drive, rows, words
from support.still_meter import StillSession
from textual.pilot import Pilot

KINDS = ["jsonl", "txt", "pcapng"]


def only(folder: Path, pattern: str = "frames-*") -> Path:
    (path,) = folder.glob(pattern)
    return path


async def written(app: MonitorApp, pilot: Pilot[int]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def told(app: MonitorApp) -> list[str]:
    return [note.message for note in app._notifications]


@pytest.mark.parametrize("kind", KINDS)
def test_all_frames_are_exported_with_the_password_masked(kind: str, tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("e", "enter", *["down"] * KINDS.index(kind), "enter")
        await pilot.pause()
        await pilot.press("enter")  # the password stays masked
        await written(app, pilot)
        path = only(tmp_path)
        assert path.suffix == f".{kind}"
        assert told(app) == [f"8 frames written to {path}"]
        capture = open_capture(path)
        assert len(capture.records) == 8
        assert masked(capture.records[2]) == masked(session.frames[2])
        assert b"39 30" not in path.read_bytes().upper()
        assert bytes.fromhex("39300000") not in path.read_bytes()

    drive(steps, folder=tmp_path)


def test_the_password_is_written_where_it_is_wanted_for_this_one_file(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("e", "enter", "enter")
        await pilot.pause()
        await pilot.press("down", "enter")
        await written(app, pilot)
        assert open_capture(only(tmp_path)).records[2].item == session.frames[2].item
        assert only(tmp_path).stat().st_mode & 0o077 == 0

    drive(steps, folder=tmp_path)


def test_the_filtered_or_the_marked_part_is_exported(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("home", "m", "f", *"dir=rx", "enter", "end", "m")
        await pilot.pause()
        await pilot.press("e", "down", "enter", "enter")
        await written(app, pilot)
        path = only(tmp_path)
        shown = [session.frames[number].item for number in (1, 3, 5, 7)]
        assert [record.item for record in open_capture(path).records] == shown
        path.unlink()
        await pilot.press("e", "down", "down", "enter", "enter")
        await written(app, pilot)
        marked = [session.frames[number].item for number in (0, 7)]
        assert [record.item for record in open_capture(only(tmp_path)).records] == marked

    drive(steps, folder=tmp_path)


@pytest.mark.parametrize("keys", [["escape"], ["enter", "escape"], ["enter", "enter", "escape"]])
def test_escape_writes_nothing(keys: list[str], tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("e")
        for key in keys:
            await pilot.pause()
            await pilot.press(key)
        await written(app, pilot)
        assert not list(tmp_path.iterdir())
        assert not told(app)

    drive(steps, folder=tmp_path)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("")

    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"bad", "enter", "e", "down", "enter", "enter")
        await written(app, pilot)
        (message,) = told(app)
        assert message.startswith(f"{folder}/frames-")
        assert "cannot be written" in message

    drive(steps, folder=folder)


def test_recording_without_a_meter_begins_with_the_next_connection(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("c")
        await pilot.pause()
        assert words(app, "log-recording") == "REC from the next connection on"
        assert session.recording_to == tmp_path
        await pilot.press("c")
        await pilot.pause()
        assert session.recording_to is None
        assert not app.screen.query_one("#log-recording").display
        assert rows(app)

    drive(steps, folder=tmp_path)
