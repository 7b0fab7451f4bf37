"""Rows of frames under a filter, while frames come in and fall out."""

from __future__ import annotations

from iec102.link import Answer, answer
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.panes.frame_log.view import SLICE, FrameView
from support.still_meter import WALL


def ring(count: int, limit: int = 100_000) -> FrameRing:
    """Frames of the link addresses 0, 1, 2, ..."""
    frames = FrameRing(limit)
    append(frames, count)
    return frames


def append(frames: FrameRing, count: int) -> None:
    for number in range(frames.end, frames.end + count):
        frames.append(TapRecord(number, WALL, Direction.RECEIVED, answer(Answer.ACK, number & 0xFFFF)))


def tenth(record: TapRecord) -> bool:
    return record.time % 10 == 0


def complete(view: FrameView) -> int:
    """Catches up; gives how many slices that took."""
    count = 1
    while not view.catch_up():
        count += 1
    return count


def test_without_a_filter_each_frame_has_a_row_and_none_is_looked_at() -> None:
    view = FrameView(ring(50))
    assert not view.numbers
    assert view.catch_up()
    assert list(view.numbers) == list(range(50))
    append(view.frames, 5)
    assert len(view.numbers) == 50  # the screen takes over when it likes
    assert view.catch_up()
    assert len(view.numbers) == 55


def test_a_filter_works_in_slices_and_judges_each_frame_once() -> None:
    judged = []

    def accepts(record: TapRecord) -> bool:
        judged.append(record.time)
        return tenth(record)

    view = FrameView(ring(2 * SLICE + 5))
    view.start_again(accepts)
    assert complete(view) == 3
    append(view.frames, 5)
    assert complete(view) == 1
    assert judged == list(range(2 * SLICE + 10))
    assert list(view.numbers) == list(range(0, 2 * SLICE + 10, 10))


def test_rows_of_frames_that_fall_out_go() -> None:
    view = FrameView(ring(100, limit=100))
    view.start_again(tenth)
    complete(view)
    append(view.frames, 35)
    complete(view)
    assert list(view.numbers) == [40, 50, 60, 70, 80, 90, 100, 110, 120, 130]
    assert view.row(75) == 4
    assert view.shows(80)
    assert not view.shows(75)
    append(view.frames, 1000)
    complete(view)
    assert list(view.numbers) == list(range(1040, 1135, 10))


def test_another_filter_starts_again() -> None:
    view = FrameView(ring(30))
    view.start_again(tenth)
    complete(view)
    view.start_again(None)
    complete(view)
    assert len(view.numbers) == 30


def test_a_frozen_ring_keeps_its_frames_and_numbers() -> None:
    frames = ring(150, limit=100)
    frozen = frames.frozen()
    append(frames, 100)
    assert (frozen.start, frozen.end) == (50, 150)
    assert [frozen[number].time for number in range(50, 150)] == list(range(50, 150))
