"""Recording of frames: what is on the disk while it runs, files of a limited size, and disks that fail."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from iec102_tui.captures.frame_text import hex_bytes
from iec102_tui.captures.reading import open_capture
from iec102_tui.meter_side import frame_recorder as capture_recorder
from iec102_tui.meter_side.frame_recorder import CaptureRecorder
from support.captures import HEADER, PASSWORD, a_line
from support.failing_os import each_call, failing_at
from support.waiting import PATIENCE, until


def bytes_of(path: Path) -> list[list[str]]:
    return [hex_bytes(record) for record in open_capture(path).records]


def test_what_was_added_is_in_the_file_with_its_header_and_without_the_password(tmp_path: Path) -> None:
    recorder = CaptureRecorder(tmp_path / "captures", HEADER)
    for record in a_line():
        recorder.add(record)
    recorder.close()
    assert recorder.error is None
    assert recorder.written == len(a_line())
    capture = open_capture(recorder.path)
    assert capture.header is not None
    assert (capture.header.program, capture.header.profile) == (HEADER.program, HEADER.profile)
    assert [hex_bytes(record) for record in capture.records] == [hex_bytes(record) for record in a_line()]
    assert PASSWORD.hex(" ").upper().encode() not in recorder.path.read_bytes()


def test_what_is_counted_as_written_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = CaptureRecorder(tmp_path, HEADER)
    synced: list[tuple[int, int]] = []

    def fsync(descriptor: int) -> None:
        synced.append((os.fstat(descriptor).st_size, recorder.written))

    monkeypatch.setattr(capture_recorder.os, "fsync", fsync)
    for record in a_line():
        recorder.add(record)
    recorder.close()
    assert recorder.written == len(a_line())
    assert synced
    assert synced[0][1] == 0
    assert synced[-1][0] == recorder.path.stat().st_size


def test_the_name_has_the_process_and_only_the_user_may_read_it(tmp_path: Path) -> None:
    first, second = CaptureRecorder(tmp_path, HEADER), CaptureRecorder(tmp_path, HEADER)
    for recorder in (first, second):
        recorder.close()
        assert f"-{os.getpid()}" in recorder.path.name
        assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600
    assert first.path != second.path


def test_a_new_file_is_begun_at_the_size_and_no_frame_is_lost(tmp_path: Path) -> None:
    recorder = CaptureRecorder(tmp_path, HEADER, size=1000)
    for _ in range(20):
        for record in a_line():
            recorder.add(record)
    recorder.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == recorder.files > 5
    assert max(path.stat().st_size for path in files) < 1000 + 1500
    captures = [open_capture(path) for path in files]
    assert all(capture.header is not None and not capture.remarks for capture in captures)
    found = [hex_bytes(record) for capture in captures for record in capture.records]
    assert found == 20 * [hex_bytes(record) for record in a_line()]


PROGRAM = """
import sys, time
from pathlib import Path
from iec102_tui.meter_side.frame_recorder import CaptureRecorder
from support.captures import HEADER, a_line
recorder = CaptureRecorder(Path(sys.argv[1]), HEADER)
for record in a_line():
    recorder.add(record)
while recorder.written < len(a_line()):
    time.sleep(0.01)
print("written", flush=True)
sys.stdin.read()
"""


def test_a_killed_program_leaves_what_was_written(tmp_path: Path) -> None:
    tests = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests), *sys.path])}
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    (path,) = tmp_path.iterdir()
    assert bytes_of(path) == [hex_bytes(record) for record in a_line()]


def test_frames_are_looked_for_more_often_than_once_a_second() -> None:
    assert capture_recorder._PERIOD < 1


def test_a_full_disk_ends_the_recording_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = CaptureRecorder(tmp_path, HEADER)

    def full(_descriptor: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    asyncio.run(recorder.opened())
    monkeypatch.setattr(capture_recorder.os, "write", full)
    recorder.add(a_line()[0])
    recorder.close()
    assert recorder.error == "recording ended: No space left on device"
    recorder.add(a_line()[0])
    recorder.close()


def test_a_disk_that_does_not_keep_up_costs_frames_and_not_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_recorder, "_WAITING", 3)
    goes_on = threading.Event()
    monkeypatch.setattr(capture_recorder.os, "fsync", lambda _descriptor: goes_on.wait(120))
    recorder = CaptureRecorder(tmp_path, HEADER)
    for record in 2 * a_line():
        recorder.add(record)
    assert recorder.error == "the disk is too slow: frames are lost"
    goes_on.set()
    recorder.close()
    assert recorder.written >= 3


def test_a_folder_that_cannot_be_made_is_said_and_nothing_is_kept_for_it(tmp_path: Path) -> None:
    (tmp_path / "captures").write_text("a file")
    recorder = CaptureRecorder(tmp_path / "captures", HEADER)
    with pytest.raises(OSError, match="captures"):
        asyncio.run(recorder.opened())
    recorder.close()
    assert recorder.words() == f"{tmp_path / 'captures'} cannot be written: File exists"
    assert not recorder.is_open


def test_a_disk_that_is_full_at_the_beginning_is_told_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(capture_recorder.os, "write", full)
    recorder = CaptureRecorder(tmp_path, HEADER)
    with pytest.raises(OSError, match="No space left on device") as caught:
        asyncio.run(recorder.opened())
    recorder.close()
    assert caught.value.filename == str(recorder.path)


def test_after_a_fault_of_the_disk_nothing_more_is_taken_and_the_sentence_stays_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_recorder, "_WAITING", 3)
    recorder = CaptureRecorder(tmp_path, HEADER)
    asyncio.run(recorder.opened())
    with failing_at(0, errno.EIO):
        recorder.add(a_line()[0])
        until(lambda: not recorder.is_open)
    for record in a_line():
        recorder.add(record)
    assert recorder.error == "recording ended: Input/output error"
    assert not recorder._items
    recorder._thread.join(PATIENCE)  # it has ended by itself: closing has nothing to wait for
    assert not recorder._thread.is_alive()
    recorder.close()
    assert recorder.words() == f"{recorder.path} (recording ended: Input/output error)"


@pytest.mark.parametrize("number", range(9))
def test_whichever_call_fails_the_recording_says_it_or_is_whole(number: int, tmp_path: Path) -> None:
    with failing_at(number, errno.ENOSPC) as made:
        recorder = CaptureRecorder(tmp_path / "captures", HEADER, size=600)
        for record in a_line():
            recorder.add(record)
        recorder.close()
    reached = number < len(made)
    if recorder.error is None:
        assert not reached or made[number] == "mkdir"
        assert recorder.written == len(a_line())
    else:
        assert "No space left" in recorder.error


def test_a_mistake_of_the_program_is_said_with_the_place_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(_record: object) -> bytes:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(capture_recorder, "frame_line", mistaken)
    recorder = CaptureRecorder(tmp_path, HEADER)
    recorder.add(a_line()[0])
    recorder.close()
    assert recorder.error is not None
    assert recorder.error.startswith("The recording has failed (ZeroDivisionError): the log ")
    assert any(record.exc_info for record in caplog.records)


def test_the_files_are_made_and_written_on_a_thread_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    with each_call(lambda _number, _name: threads.add(threading.current_thread().name)):
        recorder = CaptureRecorder(tmp_path / "captures", HEADER)
        recorder.add(a_line()[0])
        recorder.close()
    assert threads == {"frames"}
