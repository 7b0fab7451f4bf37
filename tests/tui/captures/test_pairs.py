"""Requests and answers tied: over repeats, noise, late answers and those of others."""

from __future__ import annotations

import pytest
from iec102.link import Answer, Frame, Function, Garbage, GarbageKind, answer, request
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.pairs import about, partner, round_trip, unanswered
from iec102_tui.panes.frame_log.row import trouble
from support.still_meter import WALL

ASK = request(Function.CLASS_2, 1, fcb=True)
DATA = answer(Answer.NO_DATA, 1)
NOISE = Garbage(b"\x00", GarbageKind.NOISE)
# A line's traffic in one letter a frame: sent, repeated, answered, noise, late, another's, echo.
KINDS: dict[str, tuple[Direction, Frame | Garbage, bool, str]] = {
    "s": (Direction.SENT, ASK, False, ""),
    "r": (Direction.SENT, ASK, True, ""),
    "a": (Direction.RECEIVED, DATA, False, ""),
    "n": (Direction.RECEIVED, NOISE, False, ""),
    "l": (Direction.RECEIVED, DATA, False, "late"),
    "o": (Direction.RECEIVED, DATA, False, "another station's"),
    "e": (Direction.RECEIVED, ASK, False, "not the answer to the request"),
}


def line(traffic: str) -> FrameRing:
    """A frame every 10 ms."""
    frames = FrameRing()
    for number, kind in enumerate(traffic):
        direction, item, repeat, note = KINDS[kind]
        frames.append(TapRecord(number / 100, WALL, direction, item, repeat, note=note))
    return frames


@pytest.mark.parametrize(
    ("traffic", "pairs"),
    [
        ("sasa", {0: 1, 2: 3}),
        ("snnoa", {0: 4}),
        ("snra", {2: 3}),
        ("srla", {1: 3}),
        ("esa", {1: 2}),
        ("a", {}),
        ("s", {}),
    ],
)
def test_pairs(traffic: str, pairs: dict[int, int]) -> None:
    frames = line(traffic)
    expected = pairs | {answer: request for request, answer in pairs.items()}
    found = {number: partner(frames, number) for number in range(len(traffic))}
    assert {number: other for number, other in found.items() if other is not None} == expected
    for asked, answered in pairs.items():
        assert round_trip(frames, answered) == pytest.approx((answered - asked) / 100)


@pytest.mark.parametrize(
    ("traffic", "signs"),
    [("sa", "  "), ("snra", "?!R "), ("srr", "?RR"), ("seala", " E L "), ("saos", "  U "), ("s", " ")],
)
def test_signs(traffic: str, signs: str) -> None:
    frames = line(traffic)
    found = (trouble(frames, number, frames[number]) for number in range(len(traffic)))
    assert "".join(wrong.sign if wrong else " " for wrong in found) == signs.replace(
        "R", "\N{CLOCKWISE OPEN CIRCLE ARROW}"
    )


def test_a_request_is_only_unanswered_once_the_next_one_has_gone_out() -> None:
    assert not unanswered(line("sn"), 0)
    assert unanswered(line("sns"), 0)


@pytest.mark.parametrize(
    ("traffic", "number", "words"),
    [
        ("sa", 0, "Frame 0: request, answered by frame 1 after 10.0 ms."),
        ("sa", 1, "Frame 1: answer to frame 0, 10.0 ms after it."),
        ("s", 0, "Frame 0: request, no answer yet."),
        ("sr", 0, "Frame 0: request, no answer."),
        ("sr", 1, "Frame 1: repeated request, no answer yet."),
        ("sl", 1, "Frame 1: answer to no request, late."),
        ("n", 0, "Frame 0: garbage: no start character."),
        ("se", 1, "Frame 1: an echo of what was sent."),
    ],
)
def test_words(traffic: str, number: int, words: str) -> None:
    assert about(line(traffic), number) == words
