"""Reading back to back: one lost frame costs one repeat, and a late or doubled answer is never taken for another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.link import PrimaryStation
from support.link_dialogue import FLIGHT, LOST, Dialogue, FaultOutcome, ReadingMeter
from support.link_script import play

READINGS = 30
ASK = b"ask"
# Link start 6, then request, acknowledgement, poll and answer.
START, FRAMES = 6, 4
places = st.integers(0, 300)


def read(
    meter: ReadingMeter, fates: dict[int, FaultOutcome], *, timeout: float = 0.2, retries: int = 3, **line: object
) -> Dialogue:
    """Every reading is one that the meter has made since it was asked."""
    dialogue = Dialogue(PrimaryStation(1, timeout=timeout, retries=retries), meter, fates, **line)  # type: ignore[arg-type]
    for _ in range(READINGS):
        before = len(meter.executed)
        reading = dialogue.read_one(ASK)
        assert reading is None or reading in meter.executed[before:], "an answer of another time"
    return dialogue


@pytest.mark.parametrize("values", [(7,), (7, 8)], ids=["equal", "changing"])
@pytest.mark.parametrize("number", range(START, START + 3 * FRAMES))
@pytest.mark.parametrize("timeout", [0.05, 0.2, 3.0])
def test_one_lost_frame_costs_one_repeat_and_nothing_else(values: tuple[int, ...], number: int, timeout: float) -> None:
    dialogue = read(ReadingMeter(values), {number: LOST}, timeout=timeout)
    counters = dialogue.primary.counters
    assert (counters.repeats, counters.timeouts, counters.late) == (1, 1, 0)
    assert len(dialogue.sent) == START // 2 + READINGS * FRAMES // 2 + 1
    # and no waiting, but for one quiet round trip
    clean = read(ReadingMeter(values), {}, timeout=timeout).now
    assert dialogue.now <= clean + timeout + 2 * FLIGHT + 1e-6


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(START, START + READINGS * FRAMES), max_size=20), st.sampled_from([(7,), (7, 7, 8)]))
def test_each_lost_frame_costs_one_repeat(lost: set[int], values: tuple[int, ...]) -> None:
    dialogue = read(ReadingMeter(values), dict.fromkeys(lost, LOST), retries=30)
    counters = dialogue.primary.counters
    assert counters.repeats == counters.timeouts <= len(lost)
    assert len(dialogue.sent) == START // 2 + READINGS * FRAMES // 2 + counters.repeats


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.integers(START, 150),
        st.one_of(
            st.just(LOST),
            st.builds(FaultOutcome, changed=places),
            st.builds(FaultOutcome, delay=st.floats(0.0, 1.0)),
            st.builds(FaultOutcome, delay=st.floats(0.0, 0.09), copies=st.just(2)),
        ),
        max_size=25,
    ),
    st.sampled_from([(7,), (7, 7, 8), (7, 8, 9)]),
    st.sampled_from((0.0, 0.01, 0.15)),
    st.integers(0, 2),
)
def test_whatever_the_line_does_a_reading_is_of_its_own_time(
    fates: dict[int, FaultOutcome], values: tuple[int, ...], pause: float, pauses: int
) -> None:
    read(ReadingMeter(values, pauses), fates, pause=pause)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(START, 120).filter(lambda number: number % 2),
    st.floats(0.19, 1.0),
    st.sampled_from([(7,), (7, 7, 8), (7, 8, 9)]),
    st.sampled_from((0.0, 0.01, 0.15)),
)
def test_an_answer_that_is_overtaken_is_not_taken_for_a_later_one(
    number: int, delay: float, values: tuple[int, ...], pause: float
) -> None:
    """No line that keeps the order of its bytes does this; a radio may."""
    read(ReadingMeter(values), {number: FaultOutcome(delay)}, pause=pause, overtaking=True)


START_AND_ASK = """
    start
    >> status
    .. 0.1
    << status
    >> reset
    .. 0.1
    << ack
    >> status
    .. 0.1
    << status
    == Started
"""
ASKED = """
    send ask
    >> user {} ask
    .. 0.1
    << ack
    == Confirmed
    poll
    >> poll {}
"""
FIRST, SECOND = ASKED.format(1, 0), ASKED.format(1, 0)
REPEATED = """
    .. 1.0
    >> poll 0
    .. 0.1
    << data one
    == Data one
"""
EQUAL = """
    .. 0.1
    << data one
    .. 0.0
    == Data one
"""


def test_an_equal_answer_to_the_same_request_is_taken_at_once_after_a_loss() -> None:
    link = PrimaryStation(1, timeout=1.0)
    play(link, START_AND_ASK + FIRST + REPEATED + ".. 0.11" + (SECOND + EQUAL) * 5)
    assert (link.counters.repeats, link.counters.late) == (1, 0)


def test_one_that_comes_unusually_late_is_asked_for_again() -> None:
    link = PrimaryStation(1, timeout=1.0)
    late = """
        .. 0.5
        << data one      # the copy, if it was late and not lost
        .. 0.1
        >> poll 0
        .. 0.1
        << data two
        == Data two
    """
    play(link, START_AND_ASK + FIRST + REPEATED + ".. 0.11" + SECOND + late)
    assert link.counters.late == 1


def test_where_answers_have_been_late_an_equal_one_is_asked_for_again_as_long_as_they_may_be_so_again() -> None:
    link = PrimaryStation(1, timeout=1.0)
    seen_late = """
        .. 0.8
        << data one      # 1.9 s after its poll
    """
    doubted = """
        .. 0.1
        << data one
        .. 0.1
        >> poll 0
        .. 0.1
        << data one
        .. 0.0
        == Data one
        .. 0.11
    """
    now = play(link, START_AND_ASK + FIRST + REPEATED + seen_late + SECOND + REPEATED)
    now = play(link, ".. 0.11" + (SECOND + doubted) * 3, now)
    assert (link.counters.repeats, link.counters.late) == (5, 4)
    play(link, ".. 0.6" + (SECOND + EQUAL) * 3, now)
    assert (link.counters.repeats, link.counters.late) == (5, 4)


def test_two_copies_may_come_where_two_polls_had_no_answer() -> None:
    link = PrimaryStation(1, timeout=1.0)
    seen_late = """
        .. 0.8
        << data one
    """
    twice = """
        .. 1.0
        >> poll 0
        .. 1.0
        >> poll 0
        .. 0.1
        << data one
        == Data one
        .. 0.11
    """
    both_copies = """
        .. 0.05
        << data one
        .. 0.1
        >> poll 0
        .. 0.05
        << data one
        .. 0.1
        >> poll 0
        .. 0.1
        << data two
        == Data two
    """
    play(link, START_AND_ASK + FIRST + REPEATED + seen_late + SECOND + twice + SECOND + both_copies)


def test_copies_of_data_that_came_behind_a_late_no_data_are_known_too() -> None:
    link = PrimaryStation(1, timeout=1.0)
    no_data_first = """
        .. 1.0
        >> poll 0
        .. 0.1
        << none          # of an older poll
        == NoData
        << data one      # the answer to the first of the two
        == Data one
        .. 0.11
    """
    play(
        link,
        START_AND_ASK
        + FIRST
        + no_data_first
        + """
        send ask
        >> user 1 ask
        .. 0.1
        << ack
        == Confirmed
        poll
        >> poll 0
        .. 0.5
        << data one      # that to the second
        .. 0.1
        >> poll 0
        .. 0.1
        << data two
        == Data two
        """,
    )
