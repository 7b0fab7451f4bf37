"""Whatever the line does to the frames: every record once and in order, or a named failure."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.link import PrimaryStation
from support.link_dialogue import Dialogue, Fate, ScriptedMeter

REQUESTS = [b"first", b"second", b"third"]
RECORDS = 6
TIMEOUT = 1.0

LOST = Fate(None)


def late(seconds: float) -> Fate:
    return Fate(seconds)


def read(fates: Iterator[Fate], retries: int = 6) -> Dialogue:
    meter = ScriptedMeter(RECORDS)
    dialogue = Dialogue(PrimaryStation(1, timeout=TIMEOUT, retries=retries), meter, fates)
    dialogue.read_all(REQUESTS)
    for asdu, answers in dialogue.answers.items():
        complete = meter.answers_to(asdu)
        assert answers == complete[: len(answers)], "a record twice, out of order, or of another request"
        assert dialogue.failure is not None or answers == complete, "a record lost without a word"
    assert dialogue.failure is not None or list(dialogue.answers) == REQUESTS
    return dialogue


def test_a_clean_line_needs_no_frame_twice() -> None:
    dialogue = read(iter(()))
    assert dialogue.failure is None
    assert dialogue.primary.counters.repeats == 0
    # link start, then user data, polls for the records and for the end
    assert len(dialogue.sent) == 3 + len(REQUESTS) * (1 + RECORDS + 1)


@settings(max_examples=300)
@given(st.sets(st.integers(0, 80), max_size=25))
def test_lost_frames_cost_no_record(lost: set[int]) -> None:
    dialogue = read(iter([LOST if number in lost else Fate() for number in range(90)]), retries=30)
    assert dialogue.failure is None


@settings(max_examples=300)
@given(st.dictionaries(st.integers(0, 80), st.floats(0.02, 0.95), max_size=40))
def test_slow_answers_within_the_timeout_change_nothing(delays: dict[int, float]) -> None:
    # A request and its answer are both on the way within one timeout.
    dialogue = read(iter([late(delays.get(number, 0.01) / 2) for number in range(90)]))
    assert dialogue.failure is None
    assert dialogue.primary.counters.repeats == 0


@settings(max_examples=400)
@given(st.dictionaries(st.integers(6, 80), st.floats(1.0, 1.9), max_size=12))
def test_answers_behind_their_deadline_are_neither_doubled_nor_lost(delays: dict[int, float]) -> None:
    # Only answers (odd numbers on a clean line) are late: those of the start stay in time.
    read(iter([late(delays[number]) if number in delays and number % 2 else Fate() for number in range(200)]))
