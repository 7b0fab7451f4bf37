"""What an application sees of one meter: a link of its own, with its own frame count bit and its own answers."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from iec102.link import Frame, Function, SecondaryStation

LONGEST_HOLD = 1.0
"""Seconds that a poll waits for data before it is answered with function 9."""


class Desk(Protocol):
    """What is done with what an application asks."""

    def take(self, asdu: bytes) -> None:
        """A new request; the one before it, and its answers, are no longer wanted."""

    def drop(self) -> None:
        """The link was reset: what was asked is no longer wanted."""

    def collected(self) -> None:
        """The application has polled an answer: there is room for more."""


class ClientLink:
    """The secondary station that one application talks to under one link address.

    Status and reset are answered at once, user data are acknowledged. A poll that finds no data is held: ``put`` or
    ``expire`` gives its answer. Time is handed in; ``deadline`` is when to call ``expire``.
    """

    def __init__(self, address: int, desk: Desk) -> None:
        self.deadline: float | None = None
        self.waiting_bytes = 0
        self._desk = desk
        self._station = SecondaryStation(address, self)
        self._answers: deque[bytes] = deque()
        self._held: Frame | None = None
        self._mute = False

    def receive(self, frame: Frame, now: float) -> Frame | None:
        """The answer to a frame; None where there is none, or none yet."""
        if self._held is not None:
            if frame == self._held:
                return None  # impatient: the answer is the one to the first
            self._answer_held()  # it has given up; for its frame count bit the poll was one all the same
        if self._has_nothing_for(frame):
            if not self._mute:
                self._held, self.deadline = frame, now + LONGEST_HOLD
            return None
        return self._station.receive(frame)

    def put(self, asdu: bytes) -> Frame | None:
        """An answer for the application; the frame that carries it, where a poll waits for it."""
        self._answers.append(asdu)
        self.waiting_bytes += len(asdu)
        return self._answer_held()

    def expire(self) -> Frame | None:
        """The time of a held poll is over."""
        return self._answer_held()

    def fall_silent(self) -> None:
        """The meter is not there to answer: polls stay without an answer until something new is asked."""
        self._mute = True
        self._held, self.deadline = None, None

    # What the secondary station asks of its application

    def reset(self) -> None:
        """The application has reset the link."""
        self._forget()
        self._desk.drop()

    def user_data(self, asdu: bytes) -> bool:
        """A request: always taken, because NACK would mean "busy, repeat it"."""
        self._forget()
        self._desk.take(asdu)
        return True

    def next_data(self) -> bytes | None:
        """The answer to a poll."""
        if not self._answers:
            return None
        asdu = self._answers.popleft()
        self.waiting_bytes -= len(asdu)
        self._desk.collected()
        return asdu

    # Inside

    def _has_nothing_for(self, frame: Frame) -> bool:
        is_poll = frame.request and frame.fcv and frame.function == Function.CLASS_2 and frame.asdu is None
        return is_poll and not self._answers and not self._station.repeats(frame)

    def _answer_held(self) -> Frame | None:
        frame, self._held, self.deadline = self._held, None, None
        return None if frame is None else self._station.receive(frame)

    def _forget(self) -> None:
        self._answers.clear()
        self.waiting_bytes = 0
        self._mute = False
