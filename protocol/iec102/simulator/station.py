"""The application of the simulated meter: one reader's session, and the course of its requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iec102.asdu import AccessKey, Asdu, Cause, InstantaneousValues, TypeId, decode_asdu
from iec102.asdu.catalogue import answer_to
from iec102.simulator.closings import FIRST_RECORD
from iec102.simulator.knowledge import Knowledge
from iec102.simulator.reading import Refused, in_course

_CONTRACT_TYPES = frozenset(
    (
        TypeId.READ_CURRENT_TARIFF,
        TypeId.READ_STORED_TARIFF,
        TypeId.READ_CONTRACTED_POWERS,
        TypeId.READ_HOLIDAYS,
        TypeId.READ_TARIFF_EXTENSION,
    )
)


class MeterStation:
    """Behind a ``SecondaryStation``: one reader's session, and its answers that wait to be polled."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._config = knowledge.config
        self._lacking = self._config.lacking
        self._session = False
        self._contracts_read: set[int] = set()
        self._waiting: deque[Iterator[bytes]] = deque()
        self._not_ready = False
        self.logins = 0

    def reset(self) -> None:
        """Drop the answers that wait, because the link was reset. The session goes on."""
        self._waiting.clear()
        self._not_ready = False

    def end_session(self) -> None:
        """End the session: what follows needs the key again."""
        if self._session:
            self._knowledge.history.session(False)
        self._session = False

    def user_data(self, asdu: bytes) -> bool:
        """Take a request; its answers wait to be polled."""
        request = decode_asdu(asdu)
        if request is None:
            return True
        if "keep-pending" not in self._config.quirks:
            self._waiting.clear()
        self._not_ready = "not-ready" in self._config.quirks
        try:
            answers: Iterable[Asdu] = self._answers(request)
        except Refused as refused:
            negative = "negative-errors" in self._config.quirks
            answers = (replace(request, cause=refused.cause, negative=negative),)
        self._waiting.append(answer.encode() for answer in answers)
        return True

    def next_data(self) -> bytes | None:
        """The next answer, or None while there is none."""
        if self._not_ready:
            self._not_ready = False
            return None
        while self._waiting:
            answer = next(self._waiting[0], None)
            if answer is not None:
                return answer
            self._waiting.popleft()
        return None

    def _answers(self, request: Asdu) -> Iterable[Asdu]:
        if request.point_address != self._config.point_address:
            raise Refused(Cause.UNKNOWN_ADDRESS)
        if request.type in self._lacking:
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        if request.type == TypeId.START_SESSION:
            return self._start_session(request)
        if request.type == TypeId.END_SESSION:
            self.end_session()
            return (replace(request, cause=Cause.CONFIRMATION),)
        if not self._session:
            if "silent-without-session" in self._config.quirks:
                return ()
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        self._note_contract(request)
        activated = self._knowledge.activated(request)
        if activated is not None:
            return in_course(request, activated, ended="no-termination" not in self._config.quirks)
        if request.type == TypeId.READ_INSTANTANEOUS:
            return self._instantaneous(request)
        if self._knowledge.carry_out(request):
            return (replace(request, cause=Cause.CONFIRMATION),)
        return (answer_to(request, self._knowledge.direct(request)),)

    def _note_contract(self, request: Asdu) -> None:
        number = request.record - FIRST_RECORD
        if request.type in _CONTRACT_TYPES and number in range(3) and number not in self._contracts_read:
            self._contracts_read.add(number)
            self._knowledge.history.contract_read(number)

    def _instantaneous(self, request: Asdu) -> tuple[Asdu, ...]:
        values = self._knowledge.measured(request.content)
        parts = [values]
        if "separate-objects" in self._config.quirks:
            parts = [InstantaneousValues((item,)) for item in values.objects]
        return tuple(answer_to(request, part) for part in parts)

    def _start_session(self, request: Asdu) -> Iterable[Asdu]:
        self.logins += 1
        content = request.content
        self._session = isinstance(content, AccessKey) and content.key.reveal() == self._config.password
        if self._session:
            self._contracts_read.clear()
            self._knowledge.history.session(True)
            return (replace(request, cause=Cause.CONFIRMATION),)
        if "silent-login" in self._config.quirks:
            return ()
        if "refuse-login-14" in self._config.quirks:
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        return (replace(request, cause=Cause.CONFIRMATION, negative=True),)
