"""Late and doubled answers: how one is told from the answer to the request (REE profile reference, 2.2 and 9.2).

The problem. Nothing in an answer says to which frame it belongs. When nothing has come within the timeout, the frame is
repeated with the same FCB, and a meter answers it with its last answer once more. The first answer was lost, or it is
late: then two equal answers come to what is one request. The second one must not be taken for the answer to the next
poll: it would be a record twice, or a reading of another time, and the frame count would be out of step.

The rule.
1. *Wait.* After an attempt that nothing has answered, the next new frame waits until the line was quiet for the longest
   round trip (that of the latest 500 but for one in twenty). On a line that only loses frames this is all that ever
   happens: one lost answer costs one repeat.
2. *Know the copy.* Each unanswered attempt may still bring one copy of the answer that was taken. Until the time of all
   attempts of a request has passed, a copy that comes while nothing is awaited is dropped; so is one that comes for the
   answer to another poll of the same exchange, or to another request, whose answer is hardly ever the same.
   The last data of an exchange are known even without a repeat, because a line may double a frame.
3. *The same request again* is answered with equal data quite rightly: a meter that is read ten times a second. Its
   acknowledgement comes after every copy, on a line that keeps the order of the bytes. So the first answer that cannot
   be a copy ends the matter, as does the longest round trip seen. What is equal is kept until the longest round trip
   has passed since the poll: if another answer comes, that is the one, and if not, it was the answer itself. It is only
   doubted if it comes too soon or too late for an answer, or if answers on this line *have* been late: as long after
   the poll as the latest of them, which is forgotten after 500 answers.
4. *Doubt is settled by the meter.* What is dropped may have been the answer. Then the poll is repeated, at once, and
   the meter says the same again without executing anything; equal answers to both are one. After a poll that was given
   up all data are tried so, until the first that came twice.
5. *Acknowledgements* are all alike. One is doubted if an earlier one may be late. If the meter then answers the poll
   with its last data once more, it has never had the request, and is sent it again.

Why it is safe. Neither a serial line nor a TCP connection lets bytes overtake each other: what is late delays all that
comes after it. So no copy comes after the acknowledgement of a later request, and what rule 3 takes is of this request;
within an exchange the content decides, and a wrong doubt costs a repeat and no record. An answer that is overtaken by
seconds all the same is mostly known by rules 2 and 3, but not always: nothing in the bytes tells it from another.

An example, with a timeout of 1 s and round trips of 0.1 s; the meter needs 1.1 s for its first record:

    0.0  >> poll 0
    1.0  >> poll 0             the same frame: nothing has come
    1.1  << data one           taken; one copy may follow, so that the next poll is held back until 1.2
    1.2  >> poll 1
    1.3  << data one           the copy: dropped; if nothing follows until 1.4, poll 1 is repeated
    1.35 << data two           taken
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from iec102.link.counters import LinkCounters
from iec102.link.frame import Answer, Frame

NEVER = float("-inf")
# Copies of so many contents are known at most.
_MOST = 64
# Answers for which it is remembered how late one was.
_REMEMBERED = 500
# An answer seldom takes longer than so many times the longest round trip, and than this part of the timeout; and it
# never takes less than this part of the shortest.
_LONGEST, _PART_OF_TIMEOUT, _SHORTEST = 1.25, 8, 0.8

_POLL_ANSWERS = (Answer.USER_DATA, Answer.NO_DATA)

Content = bytes | None
"""What an answer to a poll says: an ASDU, or None for "no data"."""


class Verdict(Enum):
    """What a received frame is, as far as late answers go."""

    OTHER = auto()  # none of them
    LATE = auto()  # a copy, or perhaps one
    KEPT = auto()  # the answer, unless another follows until ``look_at``
    BEHIND = auto()  # data after an answer, which was a copy of an older "no data": these are the answer


class _Lateness(NamedTuple):
    """Seconds from the first and from the last attempt of a service to an answer to one of them."""

    first: float
    last: float


@dataclass(slots=True)
class _Service:
    """The request under way."""

    attempts: int = 0
    unanswered: int = 0  # attempts that nothing has answered: each may still be
    doubted: int = 0  # attempts whose answer was taken for a copy
    dropped: bool = False  # such an answer has come to the latest one
    first_sent: float = 0.0
    last_sent: float = 0.0

    def lateness(self, now: float) -> _Lateness:
        return _Lateness(now - self.first_sent, now - self.last_sent)


class _Copies(NamedTuple):
    """Copies of one content that may still come, to which request and in which exchange, and until when."""

    left: int
    request: bytes
    exchange: int
    service: _Service
    until: float


class LateAnswerFilter:
    """All that is known of late and doubled answers on one link. Time is handed in, in seconds.

    The primary station says what it does (``begin``, ``sent``, ``timed_out``, ``acknowledged``, ``polled``,
    ``status_received``, ``given_up``) and asks ``judge`` for each frame; the next new frame is held back
    until ``quiet_at``, in which time copies may come, and at ``look_at`` what was kept or dropped is decided.
    """

    def __init__(self, timeout: float, retries: int, counters: LinkCounters) -> None:
        self._counters = counters
        self.look_at = float("inf")
        self.quiet_at = NEVER
        self._timeout = timeout
        self._retries = retries
        self._service = _Service()
        self._kept: tuple[Frame, float] | None = None
        self._due = 0  # copies that may come before the next new frame
        self._copies: dict[Content, _Copies] = {}
        self._dropped: dict[Content, _Lateness | None] = {}  # since the latest data; the time where it is a known copy
        self._tried: list[Content] = []  # all that were dropped in this service
        self._last: Content = None  # data of this exchange
        self._last_of_all: Content = None
        self._follows_poll = False  # the last frame sent was a poll, and it was answered
        self._request = b""
        self._exchange = 0
        self._data_until = NEVER  # a poll was given up: its answer comes before, or never
        self._acks_until = NEVER  # a frame that is acknowledged had no answer: it comes before, or never
        self._acks = _Service()
        self._in_doubt = False  # the acknowledgement of this exchange
        self._latest = 0.0  # how late answers have been on this line
        self._remembered = 0  # for so many answers more

    # What the station does

    @property
    def attempts(self) -> int:
        """How many times the frame of this service has gone out."""
        return self._service.attempts

    def begin(self) -> None:
        """Begin a new service: one request, until its answer or its end."""
        self._service = _Service()
        self._tried = []

    def sent(self, now: float) -> bool:
        """Note that the frame of the service goes out; True where it has gone out before."""
        service = self._service
        if not service.attempts:
            service.first_sent = now
            self._due = 0
            self.quiet_at = NEVER
            self._follows_poll = False
        service.attempts += 1
        service.last_sent = now
        service.dropped = False
        self._kept = None
        self.look_at = float("inf")
        return service.attempts > 1

    def timed_out(self) -> bool:
        """Note that the time for an answer is over; True where nothing came, False where what came was dropped."""
        if self._service.dropped:
            self._service.doubted += 1
            return False
        self._service.unanswered += 1
        return True

    def take_kept(self) -> tuple[Frame, float] | None:
        """Take the answer that was kept, and when it came: no other has followed it."""
        kept, self._kept = self._kept, None
        return kept

    def status_received(self, now: float, *, restarted: bool = False) -> None:
        """Note that the service has its answer. ``restarted``: the link has; no copy can come after that."""
        service = self._service
        self._kept = None
        self.look_at = float("inf")
        if service.attempts > 1:
            self._note(service.lateness(now))
        if service.unanswered or service.doubted:
            self._settle(service.unanswered + service.doubted, now)
        elif service.attempts == 1 and not service.dropped:
            self._counters.round_trip(now - service.first_sent)
        if restarted:
            self._copies.clear()
            self._last = None
            self._dropped.clear()

    def acknowledged(self, request: bytes | None, now: float, *, again: bool = False) -> None:
        """Note the acknowledgement of a reset (None) or of user data, which begin a new exchange.

        ``again``: the user data had got lost before.
        """
        service = self._service
        if request is not None:
            self._in_doubt = (not again and now < self._acks_until) and (
                now - service.last_sent > self._longest() or now < self._acks.last_sent + self._reach()
            )
            self._last = None
            self._request = request
            self._exchange += 1
        if service.unanswered:
            self._expect_ack(now)
        self.status_received(now)

    def polled(self, content: Content, now: float) -> bool:
        """Note the answer to a poll; True where it says that the meter has never had the user data."""
        self._follows_poll = True
        self._remembered = max(0, self._remembered - 1)
        count = self._service.unanswered
        # Equal to what was dropped: that was the answer already. Otherwise that was old, and the answer may follow.
        if content not in self._dropped:
            count += self._service.doubted
        for other, lateness in self._dropped.items():
            if other != content and lateness is not None:
                self._note(lateness)
        self._dropped.clear()
        self._last = content
        if count:
            self._expect_copies(content, count, now)
        self.status_received(now)
        in_doubt, self._in_doubt = self._in_doubt, False
        repeated = content is not None and content == self._last_of_all
        self._last_of_all = content
        return in_doubt and repeated

    def given_up(self, now: float, *, polls: bool, is_acknowledged: bool, aborted: bool = False) -> None:
        """Note that the service ended without an answer, which may still come while the next service waits for its own.

        ``aborted``: the latest attempt was not even waited for.
        """
        service = self._service
        if not service.attempts:
            return
        if is_acknowledged:
            self._expect_ack(now)
        elif polls:
            self._data_until = self._until(now)
        self._settle(service.unanswered + (1 if aborted else service.doubted), now)

    def stopped(self) -> None:
        """Note that the link must be started again."""
        self._follows_poll = False
        self._kept = None

    # What comes

    def is_followed_by(self, frame: Frame) -> Frame | None:
        """Give the answer that was kept where a second one has come: then the first was a copy. None otherwise."""
        if self._kept is None or frame.function not in _POLL_ANSWERS:
            return None
        (kept, came_at), self._kept = self._kept, None
        self.look_at = float("inf")
        self._is_copy(kept.asdu, came_at, awaited=False)
        return kept

    def judge(self, frame: Frame, now: float, *, awaited: bool, is_free: bool) -> Verdict:
        """Tell what a frame of this station is.

        ``awaited``: it matches the request; ``is_free``: nothing is under way but perhaps a poll that is held back.
        """
        answers_poll = frame.function in _POLL_ANSWERS
        if answers_poll:
            if self._is_copy(frame.asdu, now, awaited=awaited):
                self._tried.append(frame.asdu)
                return self._late(now, awaited=awaited)
            if frame.asdu and self._follows_poll and is_free:
                self._came_behind(frame.asdu, now)
                return Verdict.BEHIND
        if not awaited:
            if self._due:
                return self._late(now, awaited=False)
            if frame.function == Answer.ACK and now < self._acks_until:
                self._note(self._acks.lateness(now))
            return Verdict.OTHER
        if answers_poll and self._retries:
            # Perhaps the same request has been answered so before, and copies of that answer may still come.
            copies = self._copies.get(frame.asdu)
            is_repeated = copies is not None and now < copies.until and self._is_of_same_request(copies)
            is_doubtful = is_repeated and self._is_doubtful(frame.asdu, now)
            if (is_doubtful or now < self._data_until) and self._is_dropped(frame.asdu, now, is_doubtful=is_doubtful):
                return self._late(now, awaited=True)
            if is_repeated:
                self._kept = frame, now
                self.look_at = max(now, self._service.last_sent + self._quiet())
                return Verdict.KEPT
        return Verdict.OTHER

    def _is_copy(self, content: Content, now: float, *, awaited: bool) -> bool:
        """Whether it is a known copy, or the last data again, which a line may have doubled."""
        copies = self._copies.get(content)
        if copies is not None and now < copies.until and not (awaited and self._is_of_same_request(copies)):
            self._drop(content, now)
            if not awaited:
                self._note(copies.service.lateness(now))
            if copies.left == 1:
                del self._copies[content]
            else:
                self._copies[content] = copies._replace(left=copies.left - 1)
            return True
        sure = awaited and (self._service.doubted > 0 or not self._retries)
        if content is None or content != self._last or sure:
            return False
        self._dropped[content] = None
        return True

    def _is_dropped(self, content: Content, now: float, *, is_doubtful: bool) -> bool:
        """Drop an answer in doubt, until the same has come to repeated polls once more than it may have copies."""
        copies = self._copies[content].left if is_doubtful else 1
        if self._service.attempts > 1 and self._tried[-copies:] == [content] * copies:
            self._data_until = NEVER
            return False
        self._tried.append(content)
        self._drop(content, now)
        return True

    def _is_doubtful(self, content: Content, now: float) -> bool:
        """Whether a repeated answer has come at an odd time, or as late as answers have been on this line."""
        took = now - self._service.last_sent
        odd = not _SHORTEST * (self._counters.round_trip_min or 0.0) <= took <= self._longest()
        return odd or now < self._copies[content].service.last_sent + self._reach()

    def _is_of_same_request(self, copies: _Copies) -> bool:
        """Whether their request was sent once more since."""
        return copies.exchange != self._exchange and copies.request == self._request

    def _drop(self, content: Content, now: float) -> None:
        copies = self._copies.get(content)
        self._dropped[content] = None if copies is None else copies.service.lateness(now)

    def _late(self, now: float, *, awaited: bool) -> Verdict:
        if self._due:
            self._due -= 1
            self.quiet_at = now + self._quiet() if self._due else now
        elif awaited and self._service.attempts <= self._retries:
            self._service.dropped = True
            self.look_at = now + self._quiet()  # if it was the answer, no other comes without a repeat
        return Verdict.LATE

    def _came_behind(self, content: Content, now: float) -> None:
        """Take these data for the answer: the one before was a copy, and what it left outstanding copies these."""
        self._last = content
        self._dropped.clear()
        none = self._copies.get(None)
        if none is not None and now < none.until:
            self._copies[content] = none

    # What may come

    def _expect_copies(self, content: Content, count: int, now: float) -> None:
        # Behind all others, so that the oldest is forgotten first.
        earlier = self._copies.pop(content, None)
        if earlier is not None and now < earlier.until and not self._is_of_same_request(earlier):
            count += earlier.left
        self._copies[content] = _Copies(count, self._request, self._exchange, self._service, self._until(now))
        if len(self._copies) > _MOST:
            del self._copies[next(iter(self._copies))]

    def _expect_ack(self, now: float) -> None:
        self._acks = self._service
        self._acks_until = self._until(now)

    def _settle(self, due: int, now: float) -> None:
        self._due = due
        self.quiet_at = now + self._quiet() if due else NEVER

    def _note(self, lateness: _Lateness) -> None:
        """Remember how late an answer was, unless it came within the usual time after the last attempt."""
        if lateness.last > self._longest():
            self._latest = max(lateness.first, self._latest if self._remembered else 0.0)
            self._remembered = _REMEMBERED

    # Times

    def _until(self, now: float) -> float:
        """The time until which an answer may come: none takes longer than all attempts of a request."""
        return now + self._timeout * (self._retries + 1)

    def _quiet(self) -> float:
        longest = self._counters.round_trips.longest()
        return self._timeout if longest is None else longest

    def _longest(self) -> float:
        return max(_LONGEST * self._quiet(), self._timeout / _PART_OF_TIMEOUT)

    def _reach(self) -> float:
        return max(self._quiet(), self._latest if self._remembered else 0.0)
