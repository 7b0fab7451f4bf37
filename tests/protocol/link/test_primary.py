"""The reader's side of the link, frame by frame."""

from __future__ import annotations

import pytest
from iec102.errors import LinkBusy, NoAnswer
from iec102.link import (
    Answer,
    Confirmed,
    Data,
    Dropped,
    Failed,
    Frame,
    LinkEvent,
    NoData,
    PrimaryStation,
    Reason,
    Started,
    StatusReceived,
    Transmit,
    answer,
)
from iec102.link.primary import REQUESTS, TRANSITIONS, State

ADDRESS = 7000
STATUS, RESET = bytes.fromhex("10 49 58 1B BC 16"), bytes.fromhex("10 40 58 1B B3 16")
POLL_0, POLL_1 = bytes.fromhex("10 5B 58 1B CE 16"), bytes.fromhex("10 7B 58 1B EE 16")
KEY = bytes.fromhex("B7 01 06 01 00 00 07 00 00 00")


def reply(function: Answer, asdu: bytes | None = None, *, dfc: bool = False) -> Frame:
    return answer(function, ADDRESS, asdu, dfc=dfc)


def late(asdu: bytes) -> Dropped:
    return Dropped(reply(Answer.USER_DATA, asdu), Reason.LATE)


def sent(events: list[LinkEvent]) -> list[bytes]:
    return [event.frame.encode() for event in events if isinstance(event, Transmit)]


def started(**options: float) -> PrimaryStation:
    link = PrimaryStation(ADDRESS, timeout=1.0, retries=2, **options)  # type: ignore[arg-type]
    link.start(0.0)
    link.receive(reply(Answer.LINK_STATUS), 0.1)
    link.receive(reply(Answer.ACK), 0.2)
    assert link.receive(reply(Answer.LINK_STATUS), 0.3) == [Started()]
    return link


def asked() -> PrimaryStation:
    """A link with its first user data confirmed at 0.5 s."""
    link = started()
    link.send(KEY, 0.4)
    assert link.receive(reply(Answer.ACK), 0.5) == [Confirmed()]
    return link


def test_the_start_is_status_reset_status() -> None:
    link = PrimaryStation(ADDRESS)
    assert sent(link.start(0.0)) == [STATUS]
    assert sent(link.receive(reply(Answer.LINK_STATUS), 0.1)) == [RESET]
    assert sent(link.receive(reply(Answer.ACK), 0.2)) == [STATUS]
    assert not link.started
    assert link.receive(reply(Answer.LINK_STATUS), 0.3) == [Started()]
    assert link.started
    assert link.deadline is None


def test_the_frame_count_bit_is_1_after_the_reset_and_toggles_with_each_answered_frame() -> None:
    link = started()
    # 73, 5B, 7B, 5B: as in the session of a real meter
    assert sent(link.send(KEY, 1.0)) == [bytes.fromhex("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16")]
    link.receive(reply(Answer.ACK), 1.1)
    assert sent(link.poll(1.2)) == [POLL_0]
    assert link.receive(reply(Answer.USER_DATA, b"one"), 1.3) == [Data(b"one")]
    assert sent(link.poll(1.4)) == [POLL_1]


def test_no_data_yet_is_an_answer_so_the_next_poll_has_the_next_bit() -> None:
    link = asked()
    assert sent(link.poll(1.0)) == [POLL_0]
    assert link.receive(reply(Answer.NO_DATA), 1.1) == [NoData()]
    assert sent(link.poll(1.2)) == [POLL_1]


def test_without_an_answer_the_same_frame_is_repeated_with_the_same_bit() -> None:
    link = asked()
    first = link.poll(1.0)
    assert link.deadline == 2.0
    assert link.expire(1.99) == []
    again = link.expire(2.0)
    assert sent(again) == sent(first)
    assert isinstance(again[0], Transmit)
    assert again[0].repeat
    assert link.receive(reply(Answer.USER_DATA, b"one"), 2.1) == [Data(b"one")]
    assert (link.counters.repeats, link.counters.timeouts) == (1, 1)


def test_after_all_attempts_it_fails_and_must_be_started_again() -> None:
    link = asked()
    link.poll(1.0)
    assert sent(link.expire(2.0)) == [POLL_0]
    assert sent(link.expire(3.0)) == [POLL_0]
    (failed,) = link.expire(4.0)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, NoAnswer)
    assert "3 attempts of 1 s" in str(failed.error)
    assert not link.started
    with pytest.raises(RuntimeError):
        link.poll(4.1)


def test_the_deadline_counts_from_the_end_of_the_request_on_a_slow_line() -> None:
    link = PrimaryStation(ADDRESS, timeout=1.0, byte_time=0.01)
    link.start(0.0)
    assert link.deadline == pytest.approx(1.06)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (Frame(0x08, 1, b"another station"), Reason.FOREIGN),
        (Frame(0x48, ADDRESS, b"a request"), Reason.FOREIGN),
        (reply(Answer.ACK), Reason.UNMATCHED),
        (reply(Answer.LINK_STATUS), Reason.UNMATCHED),
        (Frame(0x08, ADDRESS), Reason.UNMATCHED),
        (Frame(0x09, ADDRESS, b"no data with data"), Reason.UNMATCHED),
        (Frame(0x06, ADDRESS), Reason.UNMATCHED),
    ],
)
def test_what_does_not_match_is_dropped_and_counted_and_moves_nothing(frame: Frame, reason: Reason) -> None:
    link = asked()
    link.poll(1.0)
    assert link.receive(frame, 1.1) == [Dropped(frame, reason)]
    counters = link.counters
    assert counters.ignored_foreign + counters.ignored_unmatched == 1
    assert link.receive(reply(Answer.USER_DATA, b"one"), 1.2) == [Data(b"one")]
    assert sent(link.poll(1.3)) == [POLL_1]


def test_a_nack_is_answered_with_the_same_frame_after_a_pause() -> None:
    link = started()
    first = sent(link.send(KEY, 1.0))
    assert link.receive(reply(Answer.NACK), 1.1) == []
    assert link.deadline == pytest.approx(1.35)
    assert sent(link.expire(1.35)) == first
    assert link.receive(reply(Answer.ACK), 1.4) == [Confirmed()]
    assert link.counters.nacks == 1


def test_a_station_that_stays_busy_is_said_to_be_busy() -> None:
    link = started()
    link.send(KEY, 1.0)
    events: list[LinkEvent] = []
    for attempt in range(3):
        events = link.receive(reply(Answer.NACK), 2.0 + attempt)
        if link.deadline is not None:
            link.expire(link.deadline)
    assert isinstance(events[0], Failed)
    assert isinstance(events[0].error, LinkBusy)


def test_with_dfc_the_next_user_data_wait_until_the_status_has_none() -> None:
    link = started()
    link.send(KEY, 1.0)
    assert link.receive(reply(Answer.ACK, dfc=True), 1.1) == [Confirmed()]
    assert sent(link.send(KEY, 1.2)) == [STATUS]
    assert link.receive(reply(Answer.LINK_STATUS, dfc=True), 1.3) == []
    assert link.deadline is not None
    assert sent(link.expire(link.deadline)) == [STATUS]
    (transmit,) = link.receive(reply(Answer.LINK_STATUS), 2.0)
    assert isinstance(transmit, Transmit)
    assert transmit.frame.asdu == KEY
    assert transmit.frame.fcb is False


def test_the_status_alone_changes_nothing_of_a_started_link() -> None:
    link = asked()
    assert sent(link.request_status(1.0)) == [STATUS]
    assert link.receive(reply(Answer.LINK_STATUS), 1.1) == [StatusReceived()]
    assert sent(link.poll(1.2)) == [POLL_0]


def test_an_answer_that_the_line_doubles_is_one_answer() -> None:
    link = asked()
    link.poll(1.0)
    assert link.receive(reply(Answer.USER_DATA, b"one"), 1.1) == [Data(b"one")]
    link.poll(1.2)
    assert link.receive(reply(Answer.USER_DATA, b"one"), 1.21) == [late(b"one")]
    assert link.receive(reply(Answer.USER_DATA, b"two"), 1.3) == [Data(b"two")]
    assert link.counters.repeats == 0


def test_an_answer_equal_to_the_one_before_is_asked_for_again_soon_and_then_taken() -> None:
    link = asked()
    link.poll(1.0)
    link.receive(reply(Answer.USER_DATA, b"same"), 1.1)
    first = link.poll(1.2)
    assert link.receive(reply(Answer.USER_DATA, b"same"), 1.3) == [late(b"same")]
    assert link.deadline == pytest.approx(1.4)  # the longest round trip, not the whole timeout
    assert sent(link.expire(link.deadline)) == sent(first)
    assert link.receive(reply(Answer.USER_DATA, b"same"), 1.5) == [Data(b"same")]
    assert link.counters.timeouts == 0
    link.send(KEY, 2.0)
    assert link.receive(reply(Answer.ACK), 2.1) == [Confirmed()]
    link.poll(2.2)
    assert link.receive(reply(Answer.USER_DATA, b"same"), 2.3) == [Data(b"same")]  # another exchange


def test_the_same_answer_after_a_doubtful_acknowledgement_is_asked_for_again() -> None:
    """The request may have been lost, and the acknowledgement that of an earlier one: then this is the old answer."""
    link = asked()
    link.poll(1.0)
    link.receive(reply(Answer.USER_DATA, b"old"), 1.1)
    link.send(KEY, 2.0)
    link.expire(5.0)
    assert link.receive(reply(Answer.ACK), 5.1) == [Confirmed()]
    link.poll(5.3)
    link.receive(reply(Answer.USER_DATA, b"one"), 5.4)
    link.send(KEY, 5.5)
    assert link.receive(reply(Answer.ACK), 6.0) == [Confirmed()]  # that of the frame sent at 2.0
    (poll,) = link.poll(6.1)
    (again,) = link.receive(reply(Answer.USER_DATA, b"one"), 6.2)
    assert isinstance(poll, Transmit)
    assert isinstance(again, Transmit)
    assert (again.frame.asdu, again.frame.fcb, again.repeat) == (KEY, not poll.frame.fcb, False)
    assert link.receive(reply(Answer.ACK), 6.3) == [poll]
    assert link.receive(reply(Answer.USER_DATA, b"two"), 6.4) == [Data(b"two")]


def test_data_that_come_after_a_late_no_data_are_not_lost() -> None:
    link = asked()
    link.poll(1.0)
    assert link.receive(reply(Answer.NO_DATA), 1.1) == [NoData()]
    assert link.receive(reply(Answer.USER_DATA, b"one"), 1.15) == [Data(b"one")]


def test_after_an_abort_the_link_is_started_again_and_late_answers_are_waited_out() -> None:
    link = asked()
    link.poll(1.0)
    link.abort(1.1)
    assert not link.started
    assert link.deadline is None
    assert link.start(1.1) == []
    assert link.deadline is not None
    assert sent(link.expire(link.deadline)) == [STATUS]


def test_every_state_that_waits_has_a_request_and_an_answer_that_ends_it() -> None:
    waiting = set(State) - {State.STOPPED, State.READY}
    assert set(REQUESTS) == waiting
    assert {state for state, _answer in TRANSITIONS} == waiting
