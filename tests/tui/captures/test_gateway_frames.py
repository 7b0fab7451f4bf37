"""Both sides of a gateway in one log: each application's frames are tied among themselves, and told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from iec102.link import Answer, Function, answer, request
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.filter import parse
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import meaning_of
from iec102_tui.captures.json_lines import LineReader, frame_line
from iec102_tui.captures.pairs import about, partner, unanswered
from iec102_tui.captures.reading import open_capture
from iec102_tui.panes.frame_log.row import trouble
from iec102_tui.words.frame_text import UNANSWERED
from support.captures import HEADER

WALL = datetime(2026, 11, 22, tzinfo=UTC)
ASK = request(Function.CLASS_2, 1, fcb=True)
DATA = answer(Answer.NO_DATA, 1)
FIRST, SECOND = "127.0.0.1:5001", "127.0.0.1:5002"


def line() -> FrameRing:
    """Two applications ask, the gateway asks the meter, and all are answered."""
    frames = FrameRing()
    for number, (direction, item, client) in enumerate(
        (
            (Direction.RECEIVED, ASK, FIRST),
            (Direction.SENT, ASK, ""),
            (Direction.RECEIVED, ASK, SECOND),
            (Direction.RECEIVED, DATA, ""),
            (Direction.SENT, DATA, SECOND),
            (Direction.SENT, DATA, FIRST),
            (Direction.RECEIVED, ASK, FIRST),
            (Direction.RECEIVED, ASK, FIRST),
        )
    ):
        frames.append(TapRecord(number / 100, WALL, direction, item, client=client))
    return frames


def test_each_request_has_the_answer_of_its_own_side() -> None:
    frames = line()
    assert [partner(frames, number) for number in range(7)] == [5, 3, 4, 1, 2, 0, None]
    assert unanswered(frames, 6)
    assert about(frames, 5).startswith("Frame 5: answer to frame 0")


def test_a_request_of_an_application_is_no_echo() -> None:
    frames = line()
    assert trouble(frames, 0, frames[0]) is None
    assert trouble(frames, 6, frames[6]) == UNANSWERED


def test_the_log_is_filtered_by_side_and_by_application() -> None:
    frames = line()

    def found(text: str) -> list[int]:
        keep = parse(text)
        return [number for number in range(8) if keep(frames[number])]

    assert found("gateway") == [0, 2, 4, 5, 6, 7]
    assert found("not gateway") == [1, 3]
    assert found(SECOND) == [2, 4]
    assert meaning_of(frames[2]).startswith(f"{SECOND}: ")


def test_a_capture_keeps_the_application() -> None:
    reader = LineReader()
    frames = line()
    back = [reader.records(frame_line(frames[number]))[0] for number in range(8)]
    assert [record.client for record in back] == [frames[number].client for number in range(8)]


@pytest.mark.parametrize("kind", FrameFormat)
def test_every_format_keeps_for_whom_a_frame_was(kind: FrameFormat, tmp_path: Path) -> None:
    path = tmp_path / f"frames.{kind}"
    frames = line()
    records = [frames[number]._replace(on_behalf=FIRST if number in (1, 3) else "") for number in range(8)]
    export_frames(path, records, kind, HEADER)
    back = open_capture(path).records
    assert [(record.client, record.on_behalf) for record in back] == [
        (record.client, record.on_behalf) for record in records
    ]
