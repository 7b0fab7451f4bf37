"""The secondary station: the meter's side of the link (REE profile reference, 2.2)."""

from __future__ import annotations

from typing import Protocol

from iec102.link.frame import Answer, Frame, Function, answer


class Application(Protocol):
    """What stands behind the link of a meter."""

    def reset(self) -> None:
        """Drop the answers that wait, because the link was reset."""

    def user_data(self, asdu: bytes) -> bool:
        """Take a request; False means "busy, repeat it" (NACK)."""

    def next_data(self) -> bytes | None:
        """The next ASDU for the reader, up to 252 bytes; None while there is none."""


class SecondaryStation:
    """Answers one reader under one link address.

    A counting frame with the FCB of the one before is a repetition: the last answer goes out again and
    nothing is executed again. A NACK leaves the FCB. After a reset the first counting frame must have FCB 1: one
    with FCB 0 repeats what no longer has an answer. Before the first reset either FCB is taken.
    """

    def __init__(self, address: int, application: Application) -> None:
        self.address = address
        self._application = application
        self._last_fcb: bool | None = None
        self._last_answer: Frame | None = None

    def repeats(self, frame: Frame) -> bool:
        """Whether the frame repeats the one before: its answer goes out again, and nothing is executed."""
        return frame.fcv and frame.fcb == self._last_fcb

    def receive(self, frame: Frame) -> Frame | None:
        """The answer to a frame; None where the frame is not for this station or asks for nothing."""
        if not frame.request or frame.address != self.address:
            return None
        if frame.function == Function.RESET and frame.asdu is None:
            self._last_fcb, self._last_answer = False, None
            self._application.reset()
            return answer(Answer.ACK, self.address)
        if frame.function == Function.LINK_STATUS and frame.asdu is None:
            return answer(Answer.LINK_STATUS, self.address)
        if not frame.fcv:
            return None
        if self.repeats(frame):
            return self._last_answer
        return self._execute(frame)

    def _execute(self, frame: Frame) -> Frame | None:
        if frame.function == Function.USER_DATA and frame.asdu is not None:
            if not self._application.user_data(frame.asdu):
                return answer(Answer.NACK, self.address)
            reply = answer(Answer.ACK, self.address)
        elif frame.function == Function.CLASS_2 and frame.asdu is None:
            data = self._application.next_data()
            reply = answer(Answer.NO_DATA if data is None else Answer.USER_DATA, self.address, data)
        else:
            return None
        self._last_fcb, self._last_answer = frame.fcb, reply
        return reply
