"""Ask a meter for what it may not have: a refusal is an answer, and what it lacks is asked for once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from iec102.asdu import Asdu, Cause, Exchange, Recorder, TariffExtension
from iec102.asdu.content import Content
from iec102.errors import ContentTimeout, Iec102Error, RequestRefused, UnexpectedAnswer
from iec102.meter.absence import Absence, KeptBytes, absence_of, kept_bytes
from iec102.meter.meter import Meter

NOT_GIVEN = (RequestRefused, UnexpectedAnswer, ContentTimeout)
"""What a meter says instead of an answer; all other errors are of the line, the link or the key."""

_C = TypeVar("_C", bound=Content)
_Objects = Recorder | TariffExtension


class Reply(NamedTuple):
    """What came to one request. ``absence`` beside ``answers``: what ended them. ``seconds``: of line it took.

    ``is_unfinished``: more may have been to come.
    """

    answers: tuple[Asdu, ...]
    absence: Absence | None
    seconds: float = 0.0
    is_unfinished: bool = False


class ObjectsReply(NamedTuple):
    """Objects that were asked for at once, or one by one."""

    contents: list[_Objects]
    absences: tuple[Absence, ...]
    kept: tuple[KeptBytes, ...]


class Inquiry:
    """Asks one meter, and remembers which types it lacks (cause 14) or never answers, and how it gives objects."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._lacking: dict[int, Absence] = {}
        self._answered: set[int] = set()
        self._apart: set[int] = set()

    def forget(self) -> None:
        """Everything is asked for again."""
        self._lacking.clear()
        self._apart.clear()

    def lacking(self, request: Asdu) -> Absence | None:
        """The absence of a type that need not be asked for; None where it may be offered."""
        known = self._lacking.get(request.type)
        return None if known is None else known._replace(record=request.record, object=0)

    def note(self, request: Asdu, error: Iec102Error, object_: int = 0) -> Absence:
        """Remember what a request came to, and name it."""
        absence = absence_of(request, error, object_)
        if absence.cause == Cause.OBJECT_NOT_AVAILABLE:
            self._answered.add(request.type)  # it knows the type
        never = isinstance(error, ContentTimeout) or absence.is_lacking
        if never and request.type not in self._answered:
            self._lacking[request.type] = absence
        return absence

    async def ask(self, request: Asdu, make: Callable[[Asdu], Exchange] = Exchange, object_: int = 0) -> Reply:
        """The answers of a meter or what it says instead. Raises Iec102Error for anything but that."""
        if (known := self.lacking(request)) is not None:
            return Reply((), known)
        latest = make(request)

        def made(asked: Asdu) -> Exchange:
            nonlocal latest
            latest = make(asked)
            return latest

        try:
            answered = await self.meter.ask(request, made)
        except NOT_GIVEN as error:
            if latest.answers:
                self._answered.add(request.type)
            return Reply(tuple(latest.answers), self.note(request, error, object_), is_unfinished=bool(latest.answers))
        self._answered.add(request.type)
        return Reply(answered.answers, None, answered.received - answered.sent, latest.is_unfinished)

    async def ask_one(self, request: Asdu, content: type[_C]) -> _C | Absence | KeptBytes:
        """The content of an answer of one ASDU."""
        reply = await self.ask(request)
        if not reply.answers:
            assert reply.absence is not None
            return reply.absence
        answer = reply.answers[0]
        return answer.content if isinstance(answer.content, content) else kept_bytes(answer)

    async def ask_objects(
        self, request_for: Callable[[tuple[int, ...]], Asdu], objects: tuple[int, ...]
    ) -> ObjectsReply:
        """Objects of 150 or 156: all at once, and each alone that was refused (cause 17), left out or not understood.

        A meter that gives no two at once is asked for each alone from then on.
        """
        request = request_for(objects)
        contents: list[_Objects] = []
        given = frozenset[int]()
        if len(objects) > 1 and request.type not in self._apart:
            reply = await self.ask(request)
            absence = reply.absence
            if absence is not None and absence.cause != Cause.OBJECT_NOT_AVAILABLE:
                return ObjectsReply([], (absence,), ())
            contents = [each.content for each in reply.answers if isinstance(each.content, _Objects)]
            given = frozenset[int]().union(*(content.addresses for content in contents))
            if len(given) < 2:
                self._apart.add(request.type)
        absences: list[Absence] = []
        kept: list[KeptBytes] = []
        for object_ in objects:
            if object_ in given:
                continue
            reply = await self.ask(request_for((object_,)), object_=object_)
            if reply.absence is not None:
                absences.append(reply.absence)
                if request.type in self._lacking:
                    break
            for answer in reply.answers:
                if isinstance(answer.content, _Objects):
                    contents.append(answer.content)
                else:
                    kept.append(kept_bytes(answer, object_))
        return ObjectsReply(contents, tuple(absences), tuple(kept))
