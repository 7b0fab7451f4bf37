"""Frames recorded while meters come and go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from iec102.link import Frame
from iec102_tui.captures.frame_text import masked
from iec102_tui.captures.reading import open_capture
from iec102_tui.captures.record import Capture
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.frame_log.log_files import recording_words
from iec102_tui.profiles.connection import demo
from support.waiting import until

FAST = demo().with_settings(poll_period=0.0)


def types(capture: Capture) -> list[int]:
    return [record.item.asdu[0] for record in capture.records if isinstance(record.item, Frame) and record.item.asdu]


def reads(session: Session) -> int:
    return 0 if session.latest is None else session.latest.reads


def test_each_connection_has_a_file_from_its_first_frame_to_its_farewell(tmp_path: Path) -> None:
    session = Session()
    session.record_frames(tmp_path)
    try:
        for name in ("north", "south"):
            session.connect(replace(FAST, name=name))
            until(lambda: reads(session) >= 2)
        assert "REC" in recording_words(session)
    finally:
        session.close()
    first, second = (open_capture(recorder.path) for recorder in session.captures)
    for name, capture in (("north", first), ("south", second)):
        assert capture.header is not None
        assert capture.header.profile == name
        assert not capture.remarks
        assert types(capture)[-1] == 187
        login = next(record for record in capture.records if record.secret)
        assert masked(login) == login.hidden


def test_recording_can_begin_and_end_in_between(tmp_path: Path) -> None:
    session = Session()
    session.connect(FAST)
    try:
        until(lambda: reads(session) >= 2)
        session.record_frames(tmp_path)
        recorder = session.captures[0]
        until(lambda: recorder.written >= 8)
        session.end_recording_frames()
        assert session.frame_recorder is None
        recorder.close()
        count = len(open_capture(recorder.path).records)
        now = reads(session)
        until(lambda: reads(session) >= now + 3)
        assert len(open_capture(recorder.path).records) == count
    finally:
        session.close()


def test_a_folder_that_cannot_be_written_is_said_with_each_connection_and_costs_no_reading(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    session = Session()
    session.record_frames(folder)
    folder.write_text("")
    try:
        session.connect(FAST)
        until(lambda: "cannot be written" in recording_words(session))
        assert recording_words(session).startswith("Not recorded: ")
        until(lambda: reads(session) >= 1)
        folder.unlink()
        again = session.record_frames(folder)
        assert again is not None
        until(lambda: again.written > 0)
        assert recording_words(session).startswith("REC ")
    finally:
        session.close()
    assert not session.faults
