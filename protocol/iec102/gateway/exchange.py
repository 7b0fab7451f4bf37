"""Exchanges whose ASDUs are handed on as they come."""

from __future__ import annotations

from collections.abc import Callable

from iec102.asdu import Asdu, Cause, Exchange
from iec102.asdu.catalogue import row_of
from iec102.errors import RequestRefused, TypeNotAvailable

# Seconds without data behind an echo with cause 7 after which it was the only answer.
_ECHO_ALONE = 2.0

Emit = Callable[[Asdu], None]


class ForwardingExchange(Exchange):
    """Hands on what the meter answers, with its echoes and also twice the same, but not what refuses the request: that
    may be asked again, unless something was handed on before.

    ``last`` is the latest ASDU that came, whatever became of it; ``begun``: something was handed on.
    """

    def __init__(self, request: Asdu, emit: Emit) -> None:
        super().__init__(request)
        self.last: Asdu | None = None
        self._emit = emit
        self.begun = False

    def receive(self, asdu: Asdu) -> bool:
        """Take one ASDU as every exchange does; raises the same."""
        self.last = asdu
        try:
            over = super().receive(asdu)
        except TypeNotAvailable as error:
            if not self.begun:
                raise
            # No session that is over: that refuses at once.
            raise RequestRefused(error.type, error.record, error.cause) from None
        if self._belongs(asdu):
            self.begun = True
            self._emit(asdu)
        return over

    def _belongs(self, asdu: Asdu) -> bool:
        request = self.request
        return asdu.point_address == request.point_address and asdu.type in (request.type, self._answer_type)


class UnknownExchange(ForwardingExchange):
    """The same for a request of a type whose course is not known: everything about its point is taken for an answer.

    It ends with an echo of cause 10 or an error cause; with "no data" behind data, when no echo has announced them;
    or with "no data" for a while behind an echo.
    """

    def __init__(self, request: Asdu, emit: Emit) -> None:
        super().__init__(request, emit)
        self._confirmed = False
        self.can_be_cut = True  # the answer may come in many ASDUs, and a meter may search for it

    def receive(self, asdu: Asdu) -> bool:
        """Take one ASDU; raises what the exchange of a command does."""
        self.last = asdu
        if asdu.point_address != self.request.point_address:
            return False
        self._check(asdu)
        self.answers.append(asdu)
        self.begun = True
        self._emit(asdu)
        echo = asdu.type == self.request.type
        self._confirmed = self._confirmed or (echo and asdu.cause == Cause.CONFIRMATION)
        return echo and asdu.cause == Cause.TERMINATION

    def ends_in_silence(self, seconds: float) -> bool:
        """Whether "no data" so many seconds behind the last ASDU ends it."""
        return bool(self.answers) and (not self._confirmed or seconds >= _ECHO_ALONE)


def forwarding_exchange(request: Asdu, emit: Emit) -> ForwardingExchange:
    """The exchange for a request, by what is known of its type."""
    return UnknownExchange(request, emit) if row_of(request.type).course is None else ForwardingExchange(request, emit)
