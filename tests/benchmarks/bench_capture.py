"""Captures of 100,000 frames: written in each format, opened again, and what recording costs a line."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench_decode import blocks, instantaneous, totals
from iec102.asdu import Asdu, read_instantaneous
from iec102.link import Frame
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.marks import CaptureHeader
from iec102_tui.captures.reading import open_capture
from iec102_tui.meter_side.frame_recorder import CaptureRecorder
from report import Row, table

FRAMES = 100_000
START = datetime(2026, 11, 22, tzinfo=UTC)
HEADER = CaptureHeader("iec102-tui 0", "benchmark", "Europe/Madrid", START)
ANSWERS: tuple[Callable[[int], Asdu], ...] = (instantaneous, instantaneous, totals, blocks)
ROUNDS = 3


def a_line() -> list[TapRecord]:
    """Readings of four frames each: request, ACK, poll, an answer that is like no other."""
    records: list[TapRecord] = []
    request = read_instantaneous(1).encode()
    for number in range(FRAMES // 4):
        answer = ANSWERS[number % len(ANSWERS)](number)
        fcb = 0x20 * (number % 2)
        frames = Frame(0x53 | fcb, 1, request), Frame(0x00, 1), Frame(0x7B ^ fcb, 1), Frame(0x08, 1, answer.encode())
        for place, frame in enumerate(frames):
            seconds = number / 2 + place / 50
            direction = Direction.RECEIVED if place % 2 else Direction.SENT
            records.append(TapRecord(seconds, START + timedelta(seconds=seconds), direction, frame))
    return records


def best(action: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    durations = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        action()
        durations.append(time.perf_counter() - begin)
    return min(durations)


def memory_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def formats(records: list[TapRecord], folder: Path) -> list[Row]:
    rows = []
    for kind in FrameFormat:
        path = folder / f"frames.{kind}"
        written = best(lambda path=path, kind=kind: export_frames(path, records, kind, HEADER, overwrite=True))  # type: ignore[misc]
        opened = best(lambda path=path: open_capture(path))  # type: ignore[misc]
        assert [record.item for record in open_capture(path).records] == [record.item for record in records]
        rows += [
            Row(f"{kind}: written", written, "s"),
            Row(f"{kind}: opened", opened, "s", 2.0),
            Row(f"{kind}: size", path.stat().st_size / 1e6, "MB"),
        ]
    return rows


def recording(records: list[TapRecord], folder: Path) -> list[Row]:
    recorder = CaptureRecorder(folder, HEADER)
    longest = 0.0
    begin = time.perf_counter()
    for first in range(0, len(records), 1000):
        part = records[first : first + 1000]
        for record in part:
            before = time.perf_counter()
            recorder.add(record)
            longest = max(longest, time.perf_counter() - before)
        while recorder.written < first + 1000 and recorder.error is None:
            time.sleep(0.001)
    lasted = time.perf_counter() - begin
    recorder.close()
    assert (recorder.written, recorder.error) == (len(records), None)
    return [
        Row("recorded and synced", len(records) / lasted, "frames/s", 1000, at_least=True),
        Row("longest time that a frame holds the line's loop", 1000 * longest, "ms"),
    ]


def main() -> None:
    records = a_line()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"frames.{FrameFormat.JSON_LINES}"
        export_frames(path, records, FrameFormat.JSON_LINES, HEADER)
        before = memory_bytes()
        capture = open_capture(path)
        rows = [Row(f"memory of {len(capture.records):,} frames", (memory_bytes() - before) / 1e6, "MB", 60)]
        rows += formats(records, Path(name))
        rows += recording(records, Path(name))
    table(f"Captures, {FRAMES:,} frames", rows)


if __name__ == "__main__":
    main()
