"""Whatever the line does to the frames: every record once and in order, or a named failure."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given, settings
from hypothesis import strategies as st
from iec102.link import PrimaryStation
from support.link_dialogue import LOST, Dialogue, FaultOutcome, ScriptedMeter

REQUESTS = [b"first", b"second", b"third"]
RECORDS = 6
TIMEOUT = 1.0

CLEAN: dict[int, FaultOutcome] = {}
numbers = st.integers(0, 90)
places = st.integers(0, 300)
bad = st.one_of(st.just(LOST), st.builds(FaultOutcome, changed=places))
late = st.builds(FaultOutcome, delay=st.floats(0.0, 4.0), changed=st.one_of(st.none(), places))
doubled = st.builds(FaultOutcome, delay=st.floats(0.0, 0.45), copies=st.just(2))
pauses = st.lists(st.integers(0, 2), max_size=RECORDS).map(tuple)
reader_pauses = st.sampled_from((0.0, 0.1, 1.5))


def read(
    fates: Mapping[int, FaultOutcome], meter: ScriptedMeter | None = None, *, retries: int = 6, **line: object
) -> Dialogue:
    meter = meter or ScriptedMeter(RECORDS)
    dialogue = Dialogue(PrimaryStation(1, timeout=TIMEOUT, retries=retries), meter, fates, **line)  # type: ignore[arg-type]
    dialogue.read_all(REQUESTS)
    for asdu, answers in dialogue.answers.items():
        complete = meter.answers_to(asdu)
        assert answers == complete[: len(answers)], "a record twice, out of order, or of another request"
        assert dialogue.failure is not None or answers == complete, "a record lost without a word"
    assert dialogue.failure is not None or list(dialogue.answers) == REQUESTS
    return dialogue


def test_a_clean_line_needs_no_frame_twice() -> None:
    dialogue = read(CLEAN)
    assert dialogue.failure is None
    assert dialogue.primary.counters.repeats == 0
    # link start, then user data, polls for the records and for the end
    assert len(dialogue.sent) == 3 + len(REQUESTS) * (1 + RECORDS + 1)


@settings(max_examples=200)
@given(st.dictionaries(numbers, bad, max_size=25))
def test_lost_and_changed_frames_cost_no_record(fates: dict[int, FaultOutcome]) -> None:
    assert read(fates, retries=60).failure is None


@settings(max_examples=200)
@given(st.dictionaries(numbers, st.floats(0.02, 0.95), max_size=40))
def test_slow_answers_within_the_timeout_change_nothing(delays: dict[int, float]) -> None:
    # A request and its answer are both on the way within one timeout.
    dialogue = read({number: FaultOutcome(delay / 2) for number, delay in delays.items()})
    assert dialogue.failure is None
    assert dialogue.primary.counters.repeats == 0


@settings(max_examples=500)
@given(st.dictionaries(numbers, st.one_of(bad, late), max_size=30), pauses, reader_pauses)
def test_loss_changes_and_any_lateness_neither_double_nor_lose_a_record(
    fates: dict[int, FaultOutcome], pauses: tuple[int, ...], pause: float
) -> None:
    read(fates, ScriptedMeter(RECORDS, pauses), pause=pause)


@settings(max_examples=300)
@given(st.dictionaries(numbers, st.one_of(bad, doubled), max_size=30), reader_pauses)
def test_frames_that_the_line_doubles_double_no_record(fates: dict[int, FaultOutcome], pause: float) -> None:
    read(fates, pause=pause)


@settings(max_examples=200)
@given(st.dictionaries(numbers, bad, max_size=25))
@example(dict.fromkeys((0, 1, 4, 7, 10, 13), LOST))  # no round trip is known yet when the first equal record comes
def test_records_that_are_all_alike_are_all_there(fates: dict[int, FaultOutcome]) -> None:
    assert read(fates, ScriptedMeter(RECORDS, alike=True), retries=60).failure is None


@settings(max_examples=300)
@given(st.dictionaries(st.integers(6, 80), st.floats(1.0, 1.9), max_size=12))
def test_answers_behind_their_deadline_are_neither_doubled_nor_lost_even_out_of_order(delays: dict[int, float]) -> None:
    # Only answers (odd numbers on a clean line) are late: those of the start stay in time.
    fates = {number: FaultOutcome(delay) for number, delay in delays.items() if number % 2}
    read(fates, overtaking=True)
