"""A frame as a row: columns by width, and nothing of a password."""

from __future__ import annotations

import pytest
from iec102.link import Garbage, GarbageKind
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.filter import parse
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import tree_lines
from iec102_tui.captures.pairs import about
from iec102_tui.panes.frame_log.row import Row, heading, row_text
from support.still_meter import WALL, ZONE, StillSession, add_frames


def row(frames: FrameRing, number: int) -> Row:
    return Row(frames, number, frames[number], frames[number - 1] if number else None, ZONE)


def a_line() -> FrameRing:
    session = StillSession()
    add_frames(session)
    return session.frames


@pytest.mark.parametrize("width", [1, 16, 40, 56, 76, 120, 200])
def test_heads_and_rows_are_as_wide_as_there_is_room(width: int) -> None:
    frames = a_line()
    assert len(heading(width)) == width
    assert {len(row_text(row(frames, number), width)) for number in range(8)} == {width}


def test_the_wider_the_more_columns_and_the_meaning_keeps_its_room() -> None:
    counts = [len(heading(width).split()) for width in range(20, 120)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (3, 9)  # time, type and meaning; a round trip, function, cause, bytes behind it
    for width in range(45, 120):
        behind = heading(width).find("answer ms")
        assert (behind if behind >= 0 else width) - heading(width).index("meaning") >= 24


def test_a_long_gap_keeps_its_column() -> None:
    frames = FrameRing()
    for time in (0.0, 5000.0, 50_000.0):
        frames.append(TapRecord(time, WALL, Direction.RECEIVED, Garbage(b"\x00", GarbageKind.NOISE)))
    assert row_text(row(frames, 1), 76).startswith("12:30:05.000 5000000 !")
    assert row_text(row(frames, 2), 76).startswith("12:30:05.000    12 h !")


def test_garbage_during_a_login_says_nothing_of_its_checksum() -> None:
    frames = FrameRing()
    item = Garbage(bytes.fromhex("39 30 00 00"), GarbageKind.BAD_CHECKSUM, "expected 69, found 02")
    frames.append(TapRecord(0.0, WALL, Direction.RECEIVED, item, secret=True))
    shown = "\n".join((row_text(row(frames, 0), 200), about(frames, 0), *tree_lines(frames[0])))
    assert "bad checksum" in shown
    assert "69" not in shown
    assert not parse('"expected 69"')(frames[0])
    assert not parse("39 30")(frames[0])
