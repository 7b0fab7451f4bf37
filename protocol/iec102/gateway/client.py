"""What an application sees of one meter: a link of its own, with its own frame count bit and its own answers."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from iec102.link import Frame, Function, SecondaryStation

LONGEST_HOLD = 1.0
"""Seconds that a poll waits for data before it is answered with function 9."""
# Seconds that it waits where there are data which are held back: less than some applications wait for a byte.
_DOLE = 0.8


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

    Some applications take "no data" between two records for an error. So while the line is others' between two pieces
    of a reading, some answers can be held back and doled out, one a poll that has waited.
    """

    def __init__(self, address: int, desk: Desk) -> None:
        self.deadline: float | None = None
        self.waiting_bytes = 0
        self._desk = desk
        self._station = SecondaryStation(address, self)
        self._answers: deque[bytes] = deque()
        self._held: Frame | None = None
        self._held_back = 0
        self._begun = False
        self._mute = False

    def receive(self, frame: Frame, now: float) -> Frame | None:
        """The answer to a frame; None where there is none, or none yet."""
        if self._held is not None:
            if frame == self._held:
                return None  # impatient: the answer is the one to the first
            self._answer_held()  # it has given up; for its frame count bit the poll was one all the same
        if self._has_nothing_for(frame):
            if not self._mute:
                self._held, self.deadline = frame, now + (_DOLE if self._may_dole() else LONGEST_HOLD)
            return None
        return self._station.receive(frame)

    def put(self, asdu: bytes) -> Frame | None:
        """An answer for the application; the frame that carries it, where a poll waits for it."""
        self._answers.append(asdu)
        self.waiting_bytes += len(asdu)
        return self._answer_held() if self._flows() else None

    def hold_back(self, count: int) -> Frame | None:
        """So many answers are doled out from now on; before the first, as many are collected. 0: all go at once."""
        self._held_back = count
        return self._answer_held() if self._flows() else None

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
        if not self._flows() and not self._may_dole():
            return None
        self._begun = True
        asdu = self._answers.popleft()
        self.waiting_bytes -= len(asdu)
        self._desk.collected()
        return asdu

    # Inside

    def _has_nothing_for(self, frame: Frame) -> bool:
        is_poll = frame.request and frame.fcv and frame.function == Function.CLASS_2 and frame.asdu is None
        return is_poll and not self._flows() and not self._station.repeats(frame)

    def _flows(self) -> bool:
        return len(self._answers) > self._held_back

    def _may_dole(self) -> bool:
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
