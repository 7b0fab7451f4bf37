"""The course of one exchange above the link: request, echoes, data, end (REE profile reference, 9.2)."""

from __future__ import annotations

from enum import Enum

from iec102.application.asdu import Asdu, Cause, TypeId, type_name
from iec102.errors import KeyRefused, UnexpectedAnswer, refusal


class Course(Enum):
    """How an exchange goes on after its request."""

    DIRECT = "one ASDU with cause 5"
    ACTIVATED = "echo with cause 7, data with cause 5, echo with cause 10"
    COMMAND = "echo with cause 7"


# The answer's type of each direct reading; an activated reading's data type of each range reading.
_DIRECT = {100: 71, 103: 72, 141: 142, 144: 145, 147: 148, 150: 151, 156: 157, 162: 163, 182: 129, 185: 131}
_ACTIVATED = {101: 1, 102: 1, 122: 8, 123: 11, 133: 135, 134: 136, 180: 128, 184: 130, 189: 139, 190: 140}


class Exchange:
    """Collects the answers to one request; ended by the right ASDU, never by a number of records."""

    def __init__(self, request: Asdu) -> None:
        self.request = request
        self.answers: list[Asdu] = []
        self.ignored = 0
        self.doubled = 0
        if request.type in _DIRECT:
            self.course, self._answer_type = Course.DIRECT, _DIRECT[request.type]
        elif request.type in _ACTIVATED:
            self.course, self._answer_type = Course.ACTIVATED, _ACTIVATED[request.type]
        else:
            self.course, self._answer_type = Course.COMMAND, request.type

    @property
    def can_be_cut(self) -> bool:
        """The answer comes in as many ASDUs as there are records."""
        return self.course is Course.ACTIVATED

    def ends_in_silence(self, _seconds: float) -> bool:
        """Whether "no data" so many seconds behind the last ASDU ends the exchange; never, where an ASDU ends it."""
        return False

    def receive(self, asdu: Asdu) -> bool:
        """Takes one ASDU; True when the exchange is over.

        Raises RequestRefused (causes 13 and above), KeyRefused, or UnexpectedAnswer (a refusal without a
        reason). ASDUs of other points or types are ignored and counted.
        """
        request = self.request
        if asdu.point_address != request.point_address or asdu.type not in (request.type, self._answer_type):
            return self._ignore()
        self._check(asdu)
        if asdu.type == request.type:
            if asdu.cause == Cause.CONFIRMATION:
                return self.course is Course.COMMAND
            if asdu.cause == Cause.TERMINATION:
                return self.course is Course.ACTIVATED or self._ignore()
            return self._ignore()
        if self.answers and asdu == self.answers[-1] and asdu.type != TypeId.EVENTS:
            self.doubled += 1
            return False
        self.answers.append(asdu)
        return self.course is Course.DIRECT

    def _check(self, asdu: Asdu) -> None:
        """An error cause refuses in an echo, which is the rule, and in an ASDU of the answer's type."""
        if self.request.type == TypeId.START_SESSION:
            if asdu.cause != Cause.CONFIRMATION or asdu.negative:
                sign = ", negative" if asdu.negative else ""
                raise KeyRefused(
                    f"the meter refused the password (cause {asdu.cause}{sign}): check the password and the point "
                    "address; it is not sent again by itself, because meters lock out after several wrong ones",
                    asdu.cause,
                )
        elif asdu.is_error:
            raise refusal(asdu.cause, asdu.type, asdu.record)
        elif asdu.negative and asdu.type == self.request.type and asdu.cause != Cause.TERMINATION:
            raise UnexpectedAnswer(
                f"the meter refused the request ({type_name(asdu.type)}) without giving a reason: "
                "check whether the password allows it"
            )

    def _ignore(self) -> bool:
        self.ignored += 1
        return False
