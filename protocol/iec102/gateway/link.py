"""What an application sees of one meter: a link of its own, with its own frame count bit and its own answers. Sans-IO.

Problem. Each application believes to be alone with the meter. It resets the link when it likes, repeats what was lost
on its way, and polls for data that the meter may not have yet, because the line is others' just now.

Rule. The link is passive: frames and the time go in, and what comes out says what to send, and whether the application
has asked something or dropped all that it had asked (``Received``). Its owner, the request handler, acts on that and
puts answers in. Status, reset and user data are answered at once, user data always with ACK: NACK would
mean "busy, repeat it". A poll that finds no data is held, a second at most: applications count polls without data.

Why that is safe. A held poll is answered once, with the frame count bit that it came with: by data, by "no data" when
its time is over, or when the next frame shows that the application has given it up; then its answer is lost, as on any
line, but for both sides the poll was one, so that the frame count bits stay equal.
Where the meter cannot answer, neither does the link: polls stay silent until something new is asked.

Example, with the meter busy elsewhere for 0.4 s::

    application  68 .. 73 user data (123)       link  10 00 ACK
                 10 5B poll                           (held)
    handler      puts an echo in                      68 .. 08 user data (123, cause 7), 0.4 s later
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from iec102.link import Frame, Function, SecondaryStation

LONGEST_HOLD = 1.0
"""Seconds that a poll waits for data before it is answered with function 9."""
# Seconds that a poll waits while there are answers that are held back: less than some applications wait for a byte.
_PACE = 0.8


class Received(NamedTuple):
    """What a frame has come to: the frame to send, the request that it carried, and whether it was a reset.

    A request or a reset: what was asked before is no longer wanted.
    """

    answer: Frame | None = None
    request: bytes | None = None
    reset: bool = False


class ClientLink:
    """The secondary station that one application talks to under one link address.

    ``put``, ``hold_back`` and ``expire`` give the frame for a poll that was held, where they answer it. Time is handed
    in; ``deadline`` is when to call ``expire``. ``waiting_bytes`` of answers were not polled.
    """

    def __init__(self, address: int) -> None:
        self.deadline: float | None = None
        self.waiting_bytes = 0
        self._station = SecondaryStation(address, self)
        self._answers: deque[bytes] = deque()
        self._held: Frame | None = None
        self._held_back = 0
        self._begun = False
        self._mute = False
        self._request: bytes | None = None
        self._was_reset = False

    def receive(self, frame: Frame, now: float) -> Received:
        """Take a frame of the application."""
        if self._held is not None:
            if frame == self._held:
                return Received()  # impatient: the answer is the one to the first
            self._answer_held()  # it has given up; for its frame count bit the poll was one all the same
        if self._has_nothing_for(frame):
            if not self._mute:
                self._held, self.deadline = frame, now + (_PACE if self._may_hand_out() else LONGEST_HOLD)
            return Received()
        self._request, self._was_reset = None, False
        return Received(self._station.receive(frame), self._request, self._was_reset)

    def put(self, asdu: bytes) -> Frame | None:
        """Put an answer for the application into the link."""
        self._answers.append(asdu)
        self.waiting_bytes += len(asdu)
        return self._answer_held() if self._flows() else None

    def hold_back(self, count: int) -> Frame | None:
        """Hand out so many answers one by one from now on; before the first, collect as many. 0: all go at once."""
        self._held_back = count
        return self._answer_held() if self._flows() else None

    def expire(self) -> Frame | None:
        """Answer a held poll, because its time is over."""
        return self._answer_held()

    def fall_silent(self) -> None:
        """Leave polls without an answer until something new is asked, because the meter does not answer either."""
        self._mute = True
        self._held, self.deadline = None, None

    # What the secondary station asks of its application

    def reset(self) -> None:
        """Drop the answers that wait, because the application has reset the link."""
        self._forget()
        self._was_reset = True

    def user_data(self, asdu: bytes) -> bool:
        """Take a request, which is never refused."""
        self._forget()
        self._request = asdu
        return True

    def next_data(self) -> bytes | None:
        """The answer to a poll."""
        if not self._flows() and not self._may_hand_out():
            return None
        self._begun = True
        asdu = self._answers.popleft()
        self.waiting_bytes -= len(asdu)
        return asdu

    # Inside

    def _has_nothing_for(self, frame: Frame) -> bool:
        is_poll = frame.request and frame.fcv and frame.function == Function.CLASS_2 and frame.asdu is None
        return is_poll and not self._flows() and not self._station.repeats(frame)

    def _flows(self) -> bool:
        """Whether there is an answer that goes out at once."""
        return len(self._answers) > self._held_back

    def _may_hand_out(self) -> bool:
        """Whether there is one for a poll that has waited."""
        return self._begun and bool(self._answers)

    def _answer_held(self) -> Frame | None:
        frame, self._held, self.deadline = self._held, None, None
        return None if frame is None else self._station.receive(frame)

    def _forget(self) -> None:
        self._answers.clear()
        self.waiting_bytes = 0
        self._held_back = 0
        self._begun = False
        self._mute = False
