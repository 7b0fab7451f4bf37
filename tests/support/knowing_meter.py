"""A scripted meter that answers what it is told to know, by type, record and object, with bodies as bytes."""

from collections import Counter

from iec102.asdu import Asdu, Cause, ObjectList, decode_asdu
from iec102.asdu.catalogue import Course, row_of
from support.scripted_meter import ScriptedMeter, echo

Bodies = list[tuple[int, bytes]]
"""N and the bytes behind the header, an ASDU each."""


class KnowingMeter(ScriptedMeter):
    """``knows``: bodies by type of the request, by (type, record), or by (type, record, objects).

    ``refuses``: causes by the same keys. Everything else is refused with cause 14. ``ends`` False: activated answers
    have no echo with cause 10.
    """

    def __init__(self) -> None:
        super().__init__()
        self.knows: dict[object, Bodies] = {}
        self.refuses: dict[object, int] = {}
        self.ends = True

    def asked(self) -> Counter[int]:
        """How often each type was asked for."""
        return Counter(self.types())

    def answer(self, request: Asdu) -> list[Asdu]:
        for key in keys(request):
            if key in self.refuses:
                return [echo(request, self.refuses[key])]
            if key in self.knows:
                return self._course(request, self.knows[key])
        if request.type in (103, 162):
            return super().answer(request)
        return [echo(request, Cause.TYPE_NOT_AVAILABLE)]

    def _course(self, request: Asdu, bodies: Bodies) -> list[Asdu]:
        row = row_of(request.type)
        assert row.answer is not None
        point = request.point_address.to_bytes(2, "little")
        data = [
            decode_asdu(bytes((row.answer, count, Cause.REQUEST)) + point + bytes((request.record,)) + body)
            for count, body in bodies
        ]
        answers = [asdu for asdu in data if asdu is not None]
        if row.course is Course.DIRECT:
            return answers
        ended = [echo(request, Cause.TERMINATION)] if self.ends else []
        return [echo(request, Cause.CONFIRMATION), *answers, *ended]


def keys(request: Asdu) -> list[object]:
    """What an answer may stand under, the most particular first."""
    found: list[object] = [(request.type, request.record), request.type]
    if isinstance(request.content, ObjectList):
        found.insert(0, (request.type, request.record, request.content.objects))
    return found


def body(text: str, count: int = 1) -> tuple[int, bytes]:
    """N and a body as hex."""
    return count, bytes.fromhex(text)
