"""The course of one exchange above the link: request, echoes, data, end (REE profile reference, 9.2)."""

from __future__ import annotations

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.catalogue import Course, row_of
from iec102.asdu.configuration import Recorder
from iec102.asdu.instantaneous import InstantaneousValues, ObjectList
from iec102.asdu.tariff import TariffExtension
from iec102.errors import KeyRefused, UnexpectedAnswer, refusal
from iec102.sentence import Sentence

# Seconds of "no data" after a part of the objects that were asked for, after which the others do not come.
_OBJECTS_APART = 0.5
# Seconds of "no data" after data, at which an answer that nothing ends is given up.
_NO_MORE = 10.0
# Contents that hold objects which were asked for by their addresses.
_OF_OBJECTS = (InstantaneousValues, Recorder, TariffExtension)


class Exchange:
    """Collects the answers to one request; ended by the right ASDU, never by a number of records.

    ``enough``: a meter that leaves out some of the objects that it is asked for (162) is known to give these; after
    them the first "no data" ends the exchange. ``can_be_cut``: the answer comes in as many ASDUs as there are records.
    ``is_unfinished``: it was given up after data, without an end.
    """

    is_unfinished = False

    def __init__(self, request: Asdu, *, enough: frozenset[int] = frozenset()) -> None:
        self.request = request
        self.enough = enough
        self.answers: list[Asdu] = []
        self.ignored = 0
        self.latest_ignored: Asdu | None = None
        self.doubled = 0
        self._asked = frozenset(request.content.objects if isinstance(request.content, ObjectList) else ())
        self._given: frozenset[int] = frozenset()
        row = row_of(request.type)
        self.course = row.course or Course.COMMAND
        self.can_be_cut = self.course is Course.ACTIVATED
        self._answer_type = row.answer or request.type

    def ends_in_silence(self, seconds: float) -> bool:
        """Whether "no data" so many seconds after the last ASDU ends the exchange; never, where an ASDU ends it."""
        if self.course is not Course.DIRECT or not self.answers:
            return False
        return self.enough <= self._given or seconds >= _OBJECTS_APART

    def receive(self, asdu: Asdu) -> bool:
        """Take one ASDU; True when the exchange is over.

        Raises RequestRefused (causes 13 and above), KeyRefused, or UnexpectedAnswer (a refusal without a
        reason). ASDUs of other points or types are ignored and counted.
        """
        request = self.request
        if asdu.point_address != request.point_address or asdu.type not in (request.type, self._answer_type):
            return self._ignore(asdu)
        self._check(asdu)
        self.latest_ignored = None
        if asdu.type == request.type:
            if asdu.cause == Cause.CONFIRMATION:
                return self.course is Course.COMMAND
            if asdu.cause == Cause.TERMINATION:
                return self.course is Course.ACTIVATED or self._ignore(asdu)
            return self._ignore(asdu)
        if self.answers and asdu == self.answers[-1] and asdu.type != TypeId.EVENTS:
            self.doubled += 1
            return False
        self.answers.append(asdu)
        if isinstance(asdu.content, _OF_OBJECTS):  # a meter may send them one by one (REE profile reference, 8.6)
            self._given |= asdu.content.addresses
            return self._given >= self._asked
        return self.course is Course.DIRECT

    def _check(self, asdu: Asdu) -> None:
        """Raise where this refuses the request: in its echo, which is the rule, or in an ASDU of the answer's type."""
        if self.request.type == TypeId.START_SESSION:
            if asdu.cause != Cause.CONFIRMATION or asdu.negative:
                code = "access.refused_negative" if asdu.negative else "access.refused"
                raise KeyRefused(Sentence(code, cause=asdu.cause), asdu.cause)
        elif asdu.is_error:
            raise refusal(asdu.cause, asdu.type, asdu.record)
        elif asdu.negative and asdu.type == self.request.type and asdu.cause != Cause.TERMINATION:
            raise UnexpectedAnswer(Sentence("answer.negative", name=row_of(asdu.type).name))

    def _ignore(self, asdu: Asdu) -> bool:
        self.ignored += 1
        self.latest_ignored = asdu
        return False


class GivenUpExchange(Exchange):
    """Also ends where a meter gives data, and then neither ends its answer nor goes on for ten seconds."""

    def ends_in_silence(self, seconds: float) -> bool:
        """Whether "no data" so many seconds after the last ASDU ends the exchange."""
        if not self.answers or seconds < _NO_MORE:
            return False
        self.is_unfinished = True
        return True
