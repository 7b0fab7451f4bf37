"""The primary station: the reader's side of the link (REE profile reference, 2 and 9.2).

One service at a time. Frames and the time go in; frames to transmit, results and a deadline come out.
"""

from __future__ import annotations

from iec102.errors import LinkBusy, LinkError, NoAnswer
from iec102.link.copies import SecondCopies
from iec102.link.events import (
    Confirmed,
    Data,
    Failed,
    LinkCounters,
    LinkEvent,
    NoData,
    Started,
    StatusReceived,
    Transmit,
)
from iec102.link.frame import Answer, Frame, request
from iec102.link.old_answers import OldAnswers
from iec102.link.primary_states import ACKNOWLEDGED, REQUESTS, TRANSITIONS, State, Then
from iec102.sentence import Sentence

_LONGEST_PAUSE = 1.0
# Answers for which a late one is remembered.
_REMEMBERED = 500
# Answers seldom take longer than this many times the longest round trip but for one in twenty, and than this part of
# the timeout.
_USUAL, _PART_OF_TIMEOUT = 1.25, 8
# Nor do they come sooner than after this part of the shortest.
_EARLIEST = 0.8


class PrimaryStation:
    """The link to one link address.

    ``timeout`` is the time for one answer in seconds, counted from the end of the request on the line
    (``byte_time`` seconds a byte, 0 where it is unknown); ``retries`` 3 means four attempts.

    FCB: the first counting frame after a reset has FCB 1; it toggles with each answered one. A frame
    without a valid answer is repeated as it was, so the meter repeats its answer and no record is lost.

    Late copies: after a repeat the meter may answer twice. The next new frame therefore waits until
    the line was quiet for the longest certain round trip, and a second copy is recognised by its content,
    counted and dropped even later, so that it is neither a record twice nor the answer to the next poll.
    What is dropped may have been the answer after all: then the request is repeated, soon, and nothing is lost.
    Where a late answer cannot be recognised, what follows is checked (``OldAnswers``): data after a poll that failed
    count once they have come twice, and user data that the meter turns out not to have are sent again.
    """

    def __init__(self, address: int, *, timeout: float = 3.0, retries: int = 3, byte_time: float = 0.0) -> None:
        self.address = address
        self.timeout = timeout
        self.retries = retries
        self.byte_time = byte_time
        self.counters = LinkCounters()
        self.deadline: float | None = None
        self.state = State.STOPPED
        self._fcb = True
        self._frame: Frame | None = None  # the request of this state
        self._waiting_to_send = False  # it is held back until the deadline
        self._user_data = b""
        self._attempts = 0
        self._unanswered = 0  # attempts of this service that nothing has answered: each may still be
        self._doubted = 0  # attempts of this service whose answer was taken for a second copy
        self._sent_first = self._sent_last = 0.0
        self._longest_late = 0.0  # answers have come so late after their poll
        self._late_counts = 0  # for so many answers more
        self._answer_by = 0.0
        self._dropped = False  # an answer to this attempt was taken for an old one
        self._refused = False  # the last answer to it was NACK or DFC
        self._meter_holds = False  # DFC of the last answer
        self._resume = State.STOPPED  # where a probe came from
        self._polled = False  # the last frame sent was a poll, and it was answered
        self._quiet_until = 0.0
        self._owed = 0  # second copies that may still come before the next new frame
        self._copies = SecondCopies()
        self._old = OldAnswers()
        self._asks_again = False  # user data are sent again in the middle of a poll
        self._kept: tuple[Frame, float] | None = None  # an answer, and when it came, that another may follow

    @property
    def started(self) -> bool:
        """The link start is done and no service has failed since."""
        return self.state in (State.READY, State.FLOW, State.CONFIRM, State.DATA)

    @property
    def busy(self) -> bool:
        """A service is under way."""
        return self.state not in (State.STOPPED, State.READY)

    # Services

    def start(self, now: float) -> list[LinkEvent]:
        """Link start: status, reset, status. Ends with Started or Failed."""
        self._expect(State.STOPPED, State.READY)
        return self._begin(State.STATUS, now)

    def request_status(self, now: float) -> list[LinkEvent]:
        """The link status alone, which changes nothing in a meter. Ends with StatusReceived or Failed."""
        self._expect(State.STOPPED, State.READY)
        self._resume = self.state
        return self._begin(State.PROBE, now)

    def send(self, asdu: bytes, now: float) -> list[LinkEvent]:
        """User data, confirm expected. Ends with Confirmed or Failed."""
        self._expect(State.READY)
        self._user_data = asdu
        return self._begin(State.FLOW if self._meter_holds else State.CONFIRM, now)

    def poll(self, now: float) -> list[LinkEvent]:
        """Class 2 data. Ends with Data, NoData or Failed."""
        self._expect(State.READY)
        return self._begin(State.DATA, now)

    def abort(self, now: float) -> None:
        """The transport is gone or the service is given up: the link must be started again."""
        if self.busy and self._attempts:
            self._give_up(now)
            self._settle(now, self._unanswered + 1)
        self._stop()

    # The line

    def receive(self, frame: Frame, now: float) -> list[LinkEvent]:
        """Takes a frame from the line; what is not the answer to the request is ignored and counted."""
        if frame.address != self.address or frame.request:
            self.counters.ignored_foreign += 1
            return []
        if frame.function in (Answer.USER_DATA, Answer.NO_DATA) and _has_right_form(frame):
            sure = self._awaits(frame) and (self._doubted > 0 or self.retries == 0)
            if self._kept is not None:
                self._another_than_kept(now)
            if self._copies.take(frame.asdu, now, awaited=self._awaits(frame), last_too=not sure):
                self._old.seen(frame.asdu)
                return self._late(frame, now)
            if frame.asdu and self._polled and self._is_free_for_data():
                return self._take_behind_time(frame, now)
        transition = TRANSITIONS.get((self.state, frame.function))
        if self._waiting_to_send and self._owed:
            return self._late(frame, now)
        if transition is None or self._waiting_to_send or not _has_right_form(frame):
            self.counters.ignored_unmatched += 1
            if frame.function == Answer.ACK:
                self._copies.is_late(self._old.late_ack(now))
            return []
        if self.state is State.DATA and self.retries and self._may_be_old(frame.asdu, now):
            return self._late(frame, now)
        if self.state is State.DATA and self.retries and self._copies.owes(frame.asdu, now):
            # Or else the answer itself follows, at once.
            self._kept = frame, now
            self.deadline = max(now, min(self._answer_by, self._sent_last + self._quiet_time()))
            return []
        return self._answered(frame, *transition, now)

    def expire(self, now: float) -> list[LinkEvent]:
        """At the deadline: sends what was held back, repeats the request, or ends the service as failed."""
        if self.deadline is None or now < self.deadline or self._frame is None:
            return []
        if self._waiting_to_send:
            return self._transmit(now)
        if self._kept is not None:
            (frame, came_at), self._kept = self._kept, None
            return self._answered(frame, *TRANSITIONS[self.state, frame.function], came_at)
        self._refused = False
        if self._dropped:
            self._doubted += 1
        else:
            self.counters.timeouts += 1
            self._unanswered += 1
        return self._again(now)

    # Inside

    def _expect(self, *states: State) -> None:
        if self.state not in states:
            raise RuntimeError(f"the link is not free for this service: it waits for {self.state.value}")

    def _begin(self, state: State, now: float) -> list[LinkEvent]:
        function, counts = REQUESTS[state]
        asdu = self._user_data if state is State.CONFIRM else None
        self.state = state
        self._frame = request(function, self.address, fcb=self._fcb if counts else None, asdu=asdu)
        self._attempts = 0
        self._unanswered = 0
        self._doubted = 0
        self._refused = False
        if state is State.DATA:
            self._old.next_poll()
        if self._owed and now < self._quiet_until:
            return self._hold(self._quiet_until)
        return self._transmit(now)

    def _hold(self, until: float) -> list[LinkEvent]:
        self._waiting_to_send = True
        self.deadline = until
        return []

    def _transmit(self, now: float) -> list[LinkEvent]:
        assert self._frame is not None
        repeat = self._attempts > 0
        self._owed = 0 if not repeat else self._owed
        self._attempts += 1
        self.counters.requests += 1
        self.counters.repeats += repeat
        if not repeat:
            self._sent_first = now
            self._polled = False
        self._waiting_to_send = False
        self._dropped = False
        self._kept = None
        self._sent_last = now
        self._answer_by = now + len(self._frame.encode()) * self.byte_time + self.timeout
        self.deadline = self._answer_by
        return [Transmit(self._frame, repeat)]

    def _again(self, now: float) -> list[LinkEvent]:
        if self._attempts <= self.retries:
            if self._refused:
                return self._hold(now + min(self.timeout / 4, _LONGEST_PAUSE))
            return self._transmit(now)
        return self._fail(now)

    def _fail(self, now: float) -> list[LinkEvent]:
        error: LinkError
        if self._refused:
            error = LinkBusy(Sentence("link.busy", address=self.address, attempts=self._attempts))
        else:
            error = NoAnswer(
                Sentence("link.no_answer", address=self.address, count=self._attempts, timeout=self.timeout)
            )
        probing = self.state is State.PROBE
        self._give_up(now)
        self._settle(now, self._unanswered + self._doubted)
        self._stop()
        if probing:
            self.state = self._resume
        return [Failed(error)]

    def _stop(self) -> None:
        self.state = State.STOPPED
        self._frame = None
        self._waiting_to_send = False
        self.deadline = None
        self._meter_holds = False
        self._polled = False
        self._kept = None

    def _answered(self, frame: Frame, state: State, then: Then, now: float) -> list[LinkEvent]:
        self._meter_holds = frame.dfc
        if then is Then.PAUSE or (self.state is State.FLOW and frame.dfc):
            self.counters.nacks += 1
            self._refused = True
            return self._again(now)
        self.counters.answers += 1
        if self._attempts > 1:
            self._copies.is_late((now - self._sent_first, now - self._sent_last))
        if self.state is State.CONFIRM:
            self._old.confirmed(self._sent_last, now, self._usual(), self._reach())
        if self._unanswered and self.state in ACKNOWLEDGED:
            self._old.expect_ack(self._sent_first, self._sent_last, self._latest_answer(now))
        if self._unanswered or self._doubted:
            self._settle(now, self._unanswered + self._doubted)
        elif self._attempts == 1 and not self._dropped:
            self.counters.round_trip(now - self._sent_first)
        if then is Then.TRANSMIT:
            if self.state is State.RESET:
                self._fcb = True
            return self._begin(state, now)
        if self._asks_again and self.state is State.CONFIRM:
            self._report(frame, state, now)
            return self._begin(State.DATA, now)
        if self.state is State.DATA and self._old.reveal(frame.asdu) and not self._asks_again:
            self._fcb = not self._fcb
            self._expect_copies(frame.asdu, now)
            self._asks_again = True
            return self._begin(State.CONFIRM, now)
        return [self._report(frame, state, now)]

    def _report(self, frame: Frame, state: State, now: float) -> LinkEvent:
        ended, self.state = self.state, state
        self._frame = None
        self.deadline = None
        if ended is State.PROBE:
            self.state = self._resume
            return StatusReceived()
        if ended is State.CHECK:
            self._copies.forget()
            return Started()
        self._fcb = not self._fcb
        if ended is State.CONFIRM:
            self._copies.next_exchange(self._user_data)
            return Confirmed()
        self._polled = True
        self._asks_again = False
        self._expect_copies(frame.asdu, now)
        return NoData() if frame.asdu is None else Data(frame.asdu)

    def _is_free_for_data(self) -> bool:
        """No service is under way, or a poll that is still held back."""
        return self.state is State.READY or (self.state is State.DATA and self._waiting_to_send)

    def _take_behind_time(self, frame: Frame, now: float) -> list[LinkEvent]:
        """Data behind the answer to a poll: that one was a copy of an older "no data", and this is the answer.

        Some meters also answer "no data" first and then, to the repetition, the data. The FCB has moved for this
        poll already; one that was held back is not needed any more.
        """
        assert frame.asdu is not None
        self.state = State.READY
        self._frame = None
        self._waiting_to_send = False
        self.deadline = None
        self._unanswered = self._doubted = 0
        self._expect_copies(frame.asdu, now)
        return [Data(frame.asdu)]

    def _give_up(self, now: float) -> None:
        """The attempts may yet be answered, when the next service waits for its own answer."""
        if self.state in ACKNOWLEDGED:
            self._old.expect_ack(self._sent_first, self._sent_last, self._latest_answer(now))
        elif self.state is State.DATA:
            self._old.expect_data(self._latest_answer(now))
        self._asks_again = False

    def _latest_answer(self, now: float) -> float:
        """No answer takes longer than all attempts of a request."""
        return now + self.timeout * (self.retries + 1)

    def _another_than_kept(self, now: float) -> None:
        """A second answer to one poll: the first one was a copy."""
        assert self._kept is not None
        (frame, came_at), self._kept = self._kept, None
        self.deadline = self._answer_by
        self.counters.late += 1
        self._copies.take(frame.asdu, came_at, awaited=False, last_too=False)

    def _may_be_old(self, content: bytes | None, now: float) -> bool:
        earliest = _EARLIEST * (self.counters.round_trip_min or 0.0)
        usual = earliest <= now - self._sent_last <= self._usual()
        doubted = self._copies.doubts(content, now, self._reach(), usual=usual)
        if not self._old.holds(content, now, repeated=self._attempts > 1, doubted=doubted):
            return False
        self._copies.held(content, now)
        return True

    def _expect_copies(self, content: bytes | None, now: float) -> None:
        self._copies.expect(
            content,
            self._unanswered,
            self._doubted,
            first_sent=self._sent_first,
            last_sent=self._sent_last,
            until=self._latest_answer(now),
        )
        self._late_counts = max(0, self._late_counts - 1)
        for first, last in self._copies.lateness:
            if last > self._usual():
                self._longest_late = max(first, self._longest_late if self._late_counts else 0.0)
                self._late_counts = _REMEMBERED
        self._copies.lateness.clear()

    def _usual(self) -> float:
        """Answers take no longer, unless they are late ones to an earlier request."""
        return max(_USUAL * self._quiet_time(), self.timeout / _PART_OF_TIMEOUT)

    def _reach(self) -> float:
        return max(self._quiet_time(), self._longest_late if self._late_counts else 0.0)

    def _settle(self, now: float, owed: int) -> None:
        """Second copies may still come: the next new frame waits for a quiet line."""
        self._owed = owed
        self._quiet_until = now + self._quiet_time()

    def _quiet_time(self) -> float:
        longest = self.counters.round_trips.longest()
        return self.timeout if longest is None else longest

    def _late(self, frame: Frame, now: float) -> list[LinkEvent]:
        """A second copy, most likely."""
        self.counters.late += 1
        if self._owed:
            self._owed -= 1
            self._quiet_until = now + self._quiet_time() if self._owed else now
            if self._waiting_to_send and not self._refused:
                self.deadline = self._quiet_until
        elif self._awaits(frame) and self._attempts <= self.retries:
            self._dropped = True
            # Or it was the answer, equal to an earlier one: then no other comes without a repeat.
            self.deadline = min(self._answer_by, now + self._quiet_time())
        return []

    def _awaits(self, frame: Frame) -> bool:
        return not self._waiting_to_send and (self.state, frame.function) in TRANSITIONS


def _has_right_form(frame: Frame) -> bool:
    """User data come in a variable frame with an ASDU, all else in a fixed one."""
    return bool(frame.asdu) == (frame.function == Answer.USER_DATA)
