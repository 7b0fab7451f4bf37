"""Second copies of answers (REE profile reference, 9.2): never a record twice, never a record lost."""

from __future__ import annotations

import pytest
from iec102.link import LinkCounters, PrimaryStation
from support.link_script import play

# A round trip on this line takes 0.1 s, the timeout is 1 s.
START = """
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
    send ask
    >> user 1 ask
    .. 0.1
    << ack
    == Confirmed
"""
# The meter needs 1.1 s for the first record: the poll is repeated, and both polls are answered.
LATE_RECORD = """
    poll
    >> poll 0
    .. 1.0
    >> poll 0
    .. 0.1
    << data one
    == Data one
"""
LATE_NO_DATA = """
    poll
    >> poll 0
    .. 1.0
    >> poll 0
    .. 0.1
    << none
    == NoData
"""


def after(*scripts: str, retries: int = 3) -> LinkCounters:
    link = PrimaryStation(1, timeout=1.0, retries=retries)
    now = 0.0
    for script in (START, *scripts):
        now = play(link, script, now)
    return link.counters


def test_the_next_poll_waits_for_the_second_copy_and_goes_out_when_it_has_come() -> None:
    counters = after(
        LATE_RECORD,
        """
        poll
        .. 0.05
        << data one
        .. 0.0
        >> poll 1
        << data two
        == Data two
        """,
    )
    assert (counters.late, counters.repeats, counters.timeouts) == (1, 1, 1)


def test_without_a_second_copy_it_waits_one_round_trip() -> None:
    after(
        LATE_RECORD,
        """
        poll
        .. 0.09
        .. 0.01
        >> poll 1
        << data two
        == Data two
        """,
    )


def test_a_copy_that_comes_while_the_next_poll_waits_is_not_its_answer() -> None:
    counters = after(
        LATE_RECORD,
        """
        poll
        .. 0.1
        >> poll 1
        << data one      # the late copy
        .. 0.05
        << data two
        == Data two
        poll
        >> poll 0
        << data three
        == Data three
        """,
    )
    assert (counters.late, counters.repeats) == (1, 1)


def test_a_copy_that_comes_in_the_next_exchange_is_not_its_answer() -> None:
    after(
        LATE_RECORD,
        """
        .. 1.0
        send more
        >> user 1 more
        << ack
        == Confirmed
        poll
        >> poll 0
        << data one      # the late copy
        .. 0.05
        << data two
        == Data two
        """,
    )


def test_a_copy_between_two_exchanges_is_counted_and_forgotten() -> None:
    counters = after(
        LATE_RECORD,
        """
        .. 0.5
        << data one
        send more
        >> user 1 more
        << data one      # even once more
        << ack
        == Confirmed
        """,
    )
    assert (counters.late, counters.ignored_unmatched) == (2, 0)


def test_a_record_that_looks_like_a_late_copy_is_asked_for_again_and_taken() -> None:
    counters = after(
        LATE_RECORD,
        """
        poll
        .. 0.1
        >> poll 1
        << data one      # the next record has the same bytes
        .. 0.1
        >> poll 1        # the same bit: the meter executes nothing
        << data one
        == Data one
        poll
        .. 0.1
        >> poll 0
        """,
    )
    assert counters.timeouts == 1


def test_a_late_acknowledgement_is_waited_out() -> None:
    counters = after(
        """
        poll
        >> poll 0
        << data end
        == Data end
        send more
        >> user 1 more
        .. 1.0
        >> user 1 more
        << ack
        == Confirmed
        poll
        .. 0.05
        << ack
        .. 0.0
        >> poll 0
        << ack           # and one that nobody can explain
        << data one
        == Data one
        """,
    )
    assert (counters.late, counters.ignored_unmatched) == (1, 1)


def test_a_late_no_data_is_not_the_answer_to_the_next_poll() -> None:
    after(
        LATE_NO_DATA,
        """
        poll
        .. 0.1
        >> poll 1
        << none          # the late copy
        .. 0.05
        << data one
        == Data one
        poll
        >> poll 0
        << data two
        == Data two
        """,
    )


def test_a_meter_that_answers_the_repetition_with_new_data_loses_none() -> None:
    after(
        LATE_NO_DATA,
        """
        << data one      # this meter has executed the repetition
        == Data one
        poll
        .. 0.1
        >> poll 1
        """,
    )


def test_nor_when_they_come_while_the_next_poll_is_held_back() -> None:
    after(
        LATE_NO_DATA,
        """
        poll
        .. 0.05
        << data one
        == Data one
        poll
        .. 0.05
        >> poll 1
        """,
    )


def test_many_repeats_leave_as_many_copies() -> None:
    counters = after(
        """
        poll
        >> poll 0
        .. 1.0
        >> poll 0
        .. 1.0
        >> poll 0
        .. 1.0
        >> poll 0
        << data one
        == Data one
        poll
        .. 0.1
        >> poll 1
        << data one
        << data one
        << data one
        << data two
        == Data two
        """,
    )
    assert (counters.late, counters.repeats, counters.timeouts) == (3, 3, 3)


def test_after_a_failure_the_start_waits_and_data_count_once_they_have_come_twice() -> None:
    after(
        LATE_RECORD,
        """
        poll
        .. 0.1
        >> poll 1
        .. 1.0
        >> poll 1
        .. 1.0
        >> poll 1
        .. 1.0
        == Failed NoAnswer
        start
        .. 0.05
        << data two      # too late: the exchange is asked for again from its beginning
        .. 0.1
        >> status
        << status
        >> reset
        << ack
        >> status
        << status
        == Started
        send ask
        >> user 1 ask
        << ack
        == Confirmed
        poll
        >> poll 0
        << data two      # even later
        .. 0.1
        >> poll 0
        << data one
        .. 0.1
        >> poll 0
        << data one
        == Data one
        """,
        retries=2,
    )


@pytest.mark.parametrize("retries", [0, 3])
def test_equal_answers_of_two_exchanges_are_two_answers(retries: int) -> None:
    counters = after(
        """
        poll
        >> poll 0
        << data one
        == Data one
        send ask
        >> user 1 ask
        << ack
        == Confirmed
        poll
        >> poll 0
        << data one
        == Data one
        """,
        retries=retries,
    )
    assert (counters.late, counters.repeats) == (0, 0)


def test_without_retries_an_equal_answer_is_taken_at_once() -> None:
    after(
        """
        poll
        >> poll 0
        << data one
        == Data one
        poll
        >> poll 1
        << data one
        == Data one
        """,
        retries=0,
    )
