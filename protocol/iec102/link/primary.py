"""The primary station: the reader's side of the link (REE profile reference, 2 and 9.2).

One service at a time. Frames and the time go in; frames to transmit, results and a deadline come out.

The tables are the standard's: REQUESTS says what each state has sent, TRANSITIONS which answers match and what follows
them, RESULTS and FAILURES how a service ends. A matching answer to a counting frame (FCV) moves the FCB, and nothing
else does. A frame without a valid answer is repeated as it was, so that the meter repeats its answer and no record is
lost. What late and doubled answers do to this is explained, and done, in ``late``.
"""

from __future__ import annotations

from enum import Enum

from iec102.errors import LinkBusy, LinkError, NoAnswer
from iec102.link.counters import LinkCounters
from iec102.link.events import (
    Confirmed,
    Data,
    Dropped,
    Failed,
    LinkEvent,
    NoData,
    Reason,
    Started,
    StatusReceived,
    Transmit,
)
from iec102.link.frame import Answer, Frame, Function, request
from iec102.link.late import NEVER, LateAnswerFilter, Verdict
from iec102.sentence import Sentence

# Seconds at most before what the meter has refused is sent again.
_LONGEST_PAUSE = 1.0


class State(Enum):
    """What the station waits for."""

    STOPPED = "nothing: link not started"
    PROBE = "link status, asked for alone"
    STATUS = "link status, first step of the start"
    RESET = "acknowledgement of the reset"
    CHECK = "link status after the reset"
    READY = "nothing: link started"
    PROBE_READY = "link status, asked for alone on a started link"
    FLOW = "link status, until the meter takes user data again"
    CONFIRM = "confirmation of user data"
    DATA = "class 2 data"
    CONFIRM_AGAIN = "confirmation of user data that the meter has never had, in the middle of a poll"


class Then(Enum):
    """What follows a matching answer."""

    TRANSMIT = "the request of the next state"
    REPORT = "the service is over"
    PAUSE = "a pause, then the same frame again"


# What each state has asked for, and whether that frame counts (FCV).
REQUESTS: dict[State, tuple[Function, bool]] = {
    State.PROBE: (Function.LINK_STATUS, False),
    State.STATUS: (Function.LINK_STATUS, False),
    State.RESET: (Function.RESET, False),
    State.CHECK: (Function.LINK_STATUS, False),
    State.PROBE_READY: (Function.LINK_STATUS, False),
    State.FLOW: (Function.LINK_STATUS, False),
    State.CONFIRM: (Function.USER_DATA, True),
    State.DATA: (Function.CLASS_2, True),
    State.CONFIRM_AGAIN: (Function.USER_DATA, True),
}

# Every answer that matches; any other is dropped, and never moves the FCB.
TRANSITIONS: dict[tuple[State, int], tuple[State, Then]] = {
    (State.PROBE, Answer.LINK_STATUS): (State.STOPPED, Then.REPORT),
    (State.STATUS, Answer.LINK_STATUS): (State.RESET, Then.TRANSMIT),
    (State.RESET, Answer.ACK): (State.CHECK, Then.TRANSMIT),
    (State.RESET, Answer.NACK): (State.RESET, Then.PAUSE),
    (State.CHECK, Answer.LINK_STATUS): (State.READY, Then.REPORT),
    (State.PROBE_READY, Answer.LINK_STATUS): (State.READY, Then.REPORT),
    (State.FLOW, Answer.LINK_STATUS): (State.CONFIRM, Then.TRANSMIT),
    (State.CONFIRM, Answer.ACK): (State.READY, Then.REPORT),
    (State.CONFIRM, Answer.NACK): (State.CONFIRM, Then.PAUSE),
    (State.DATA, Answer.USER_DATA): (State.READY, Then.REPORT),
    (State.DATA, Answer.NO_DATA): (State.READY, Then.REPORT),
    (State.CONFIRM_AGAIN, Answer.ACK): (State.DATA, Then.TRANSMIT),
    (State.CONFIRM_AGAIN, Answer.NACK): (State.CONFIRM_AGAIN, Then.PAUSE),
}

# What a service has led to, by the state in which it ends; that of a poll is the ASDU, or that there is none.
RESULTS: dict[State, LinkEvent] = {
    State.PROBE: StatusReceived(),
    State.CHECK: Started(),
    State.PROBE_READY: StatusReceived(),
    State.CONFIRM: Confirmed(),
    State.DATA: NoData(),
}

# Where a service without an answer leaves the link, if it need not be started again.
FAILURES = {State.PROBE_READY: State.READY}

_IDLE = (State.STOPPED, State.READY)
_STARTED = (State.READY, State.FLOW, State.CONFIRM, State.DATA, State.CONFIRM_AGAIN)
ACKNOWLEDGED = (State.RESET, State.CONFIRM, State.CONFIRM_AGAIN)
"""Where an acknowledgement is awaited."""
_FIRST_FCB = True  # of the first counting frame after a reset


class PrimaryStation:
    """The primary station of the link to one link address. Sans-IO: times are handed in, in seconds of any clock.

    ``timeout`` is the time for one answer in seconds, counted from the end of the request on the line
    (``byte_time`` seconds a byte, 0 where it is unknown); ``retries`` 3 means four attempts.
    """

    def __init__(
        self,
        address: int,
        *,
        timeout: float = 3.0,
        retries: int = 3,
        byte_time: float = 0.0,
        counters: LinkCounters | None = None,
    ) -> None:
        self.address = address
        self.timeout = timeout
        self.retries = retries
        self.byte_time = byte_time
        self.counters = LinkCounters() if counters is None else counters
        self.state = State.STOPPED
        self._late = LateAnswerFilter(timeout, retries, self.counters)
        self._fcb = _FIRST_FCB
        self._frame: Frame | None = None  # the request of this state
        self._user_data = b""
        self._is_held = False  # the frame is not sent yet
        self._pause_until = NEVER
        self._answer_by = 0.0
        self._refused = False  # the last answer to it was NACK or DFC
        self._meter_holds = False  # DFC of the last answer

    @property
    def started(self) -> bool:
        """Whether the link start is done and no service has failed since."""
        return self.state in _STARTED

    @property
    def busy(self) -> bool:
        """Whether a service is under way."""
        return self.state not in _IDLE

    @property
    def deadline(self) -> float | None:
        """The time at which ``expire`` is to be called; None while no service is under way."""
        if self._frame is None:
            return None
        if self._is_held:
            return max(self._pause_until, self._late.quiet_at)
        return min(self._answer_by, self._late.look_at)

    # Services

    def start(self, now: float) -> list[LinkEvent]:
        """Start the link: status, reset, status. Ends with Started or Failed."""
        self._expect(*_IDLE)
        return self._begin(State.STATUS, now)

    def request_status(self, now: float) -> list[LinkEvent]:
        """Ask for the link status alone, which changes nothing in a meter. Ends with StatusReceived or Failed."""
        self._expect(*_IDLE)
        return self._begin(State.PROBE if self.state is State.STOPPED else State.PROBE_READY, now)

    def send(self, asdu: bytes, now: float) -> list[LinkEvent]:
        """Send user data, confirm expected. Ends with Confirmed or Failed."""
        self._expect(State.READY)
        self._user_data = asdu
        return self._begin(State.FLOW if self._meter_holds else State.CONFIRM, now)

    def poll(self, now: float) -> list[LinkEvent]:
        """Ask for class 2 data. Ends with Data, NoData or Failed."""
        self._expect(State.READY)
        return self._begin(State.DATA, now)

    def abort(self, now: float) -> None:
        """Give up the service, or the transport that is gone: the link must be started again."""
        if self.busy:
            self._late.given_up(
                now, polls=self.state is State.DATA, is_acknowledged=self.state in ACKNOWLEDGED, aborted=True
            )
        self._stop(State.STOPPED)

    # The line

    def receive(self, frame: Frame, now: float) -> list[LinkEvent]:
        """Take a frame from the line. What is not the answer to the request is dropped and counted."""
        if frame.address != self.address or frame.request:
            return self._drop(frame, Reason.FOREIGN)
        if bool(frame.asdu) != (frame.function == Answer.USER_DATA):  # which alone come in a frame with an ASDU
            return self._drop(frame, Reason.UNMATCHED)
        overtaken = self._late.is_followed_by(frame)
        events = [] if overtaken is None else self._drop(overtaken, Reason.LATE)
        transition = None if self._is_held else TRANSITIONS.get((self.state, frame.function))
        # No service is under way on a started link, or a poll that is still held back.
        is_free = self.state is State.READY or (self.state is State.DATA and self._is_held)
        match self._late.judge(frame, now, awaited=transition is not None, is_free=is_free):
            case Verdict.LATE:
                events += self._drop(frame, Reason.LATE)
            case Verdict.KEPT:
                pass
            case Verdict.BEHIND:
                assert frame.asdu is not None
                self.state, self._frame = State.READY, None
                events.append(Data(frame.asdu))
            case Verdict.OTHER if transition is None:
                events += self._drop(frame, Reason.UNMATCHED)
            case Verdict.OTHER:
                events += self._answered(frame, *transition, now)
        return events

    def expire(self, now: float) -> list[LinkEvent]:
        """At the ``deadline``: send what was held back, repeat the request, or end the service as failed."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        if self._is_held:
            return self._transmit(now)
        if (kept := self._late.take_kept()) is not None:
            frame, came_at = kept
            return self._answered(frame, *TRANSITIONS[self.state, frame.function], came_at)
        self._refused = False
        self.counters.timeouts += self._late.timed_out()
        return self._again(now)

    # Inside

    def _expect(self, *states: State) -> None:
        if self.state not in states:
            raise RuntimeError(f"the link is not free for this service: it waits for {self.state.value}")

    def _begin(self, state: State, now: float) -> list[LinkEvent]:
        function, counts = REQUESTS[state]
        asdu = self._user_data if function is Function.USER_DATA else None
        self.state = state
        self._frame = request(function, self.address, fcb=self._fcb if counts else None, asdu=asdu)
        self._refused = False
        self._pause_until = NEVER
        self._late.begin()
        self._is_held = now < self._late.quiet_at
        return [] if self._is_held else self._transmit(now)

    def _transmit(self, now: float) -> list[LinkEvent]:
        assert self._frame is not None
        repeat = self._late.sent(now)
        self.counters.requests += 1
        self.counters.repeats += repeat
        self._is_held = False
        self._answer_by = now + len(self._frame.encode()) * self.byte_time + self.timeout
        return [Transmit(self._frame, repeat)]

    def _again(self, now: float) -> list[LinkEvent]:
        if self._late.attempts > self.retries:
            return self._fail(now)
        if not self._refused:
            return self._transmit(now)
        self._is_held = True
        self._pause_until = now + min(self.timeout / 4, _LONGEST_PAUSE)
        return []

    def _answered(self, frame: Frame, state: State, then: Then, now: float) -> list[LinkEvent]:
        self._meter_holds = frame.dfc
        if then is Then.PAUSE or (self.state is State.FLOW and frame.dfc):
            self.counters.nacks += 1
            self._refused = True
            return self._again(now)
        self.counters.answers += 1
        ended, counts = self.state, REQUESTS[self.state][1]
        self._fcb = _FIRST_FCB if ended is State.RESET else self._fcb ^ counts
        if ended is State.DATA:
            if self._late.polled(frame.asdu, now):
                return self._begin(State.CONFIRM_AGAIN, now)
        elif ended in ACKNOWLEDGED:
            asdu = None if ended is State.RESET else self._user_data
            self._late.acknowledged(asdu, now, again=ended is State.CONFIRM_AGAIN)
        else:
            self._late.status_received(now, restarted=ended is State.CHECK)
        if then is Then.TRANSMIT:
            return self._begin(state, now)
        self.state, self._frame = state, None
        return [RESULTS[ended] if frame.asdu is None else Data(frame.asdu)]

    def _fail(self, now: float) -> list[LinkEvent]:
        attempts = self._late.attempts
        error: LinkError
        if self._refused:
            error = LinkBusy(Sentence("link.busy", address=self.address, attempts=attempts))
        else:
            error = NoAnswer(Sentence("link.no_answer", address=self.address, count=attempts, timeout=self.timeout))
        self._late.given_up(now, polls=self.state is State.DATA, is_acknowledged=self.state in ACKNOWLEDGED)
        self._stop(FAILURES.get(self.state, State.STOPPED))
        return [Failed(error)]

    def _stop(self, state: State) -> None:
        self.state, self._frame = state, None
        self._late.stopped()
        self._meter_holds = False

    def _drop(self, frame: Frame, reason: Reason) -> list[LinkEvent]:
        match reason:
            case Reason.FOREIGN:
                self.counters.ignored_foreign += 1
            case Reason.LATE:
                self.counters.late += 1
            case Reason.UNMATCHED:
                self.counters.ignored_unmatched += 1
        return [Dropped(frame, reason)]
