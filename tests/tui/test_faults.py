"""A fault of the program is said when it ends, and its exit status is not that of success; the log says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102_tui import app as monitor
from iec102_tui.app import CRASHED, MonitorApp
from iec102_tui.archive import ArchiveError
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.frame_recorder import CaptureRecorder
from iec102_tui.meter_side.session import Session
from support.captures import HEADER
from support.program import on_terminal


def ended(session: Session, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of a monitor that the user has left at once."""
    monkeypatch.setattr(MonitorApp, "run", lambda _app, **_options: None)
    return monitor._run(session, MonitorApp(session, None), Config())


def test_a_fault_is_said_once_at_the_end_and_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session()
    session.faults += ["The download has failed (ValueError): the log /var/log says where"] * 2
    assert ended(session, monkeypatch) == CRASHED
    assert capsys.readouterr().out == "The download has failed (ValueError): the log /var/log says where.\n"
    assert ended(Session(), monkeypatch) == 0


def test_what_the_archive_could_not_take_is_said_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(MemoryLoadProfileStore):
        def close(self) -> None:
            raise ArchiveError("the disk is full")

    assert ended(Session(downloads=Downloads(Full())), monkeypatch) == CRASHED
    assert capsys.readouterr().out == "the disk is full.\n"


def test_a_recording_that_could_not_be_made_is_said_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    session = Session()
    session.captures.append(CaptureRecorder(tmp_path / "file", HEADER))
    ended(session, monkeypatch)
    said = capsys.readouterr().out
    assert said == f"Frames were not recorded: {tmp_path / 'file'} cannot be written: File exists\n"


@pytest.mark.parametrize(("verbosity", "frames"), [((), False), (("-v",), False), (("-vv",), True)])
def test_the_monitor_logs_what_happens_on_the_line_and_every_frame(
    verbosity: tuple[str, ...], frames: bool, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with on_terminal("--log-file", str(log), *verbosity, "--demo", columns=80, rows=24) as terminal:
        terminal.wait_for("Voltage V")
        terminal.wait_for("connected")
        terminal.type(b"q")
        assert terminal.end() == 0
    text = log.read_text() if log.exists() else ""
    assert ("INFO iec102_tui.diagnostics: connected" in text) == bool(verbosity)
    assert ("10 49 01 00 4a 16  link status?" in text) == frames
    assert ("(may hold the password)" in text) == frames
