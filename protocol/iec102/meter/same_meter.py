"""A meter whose answers are taken only as long as the same one gives them.

A line that was lost may lead to another meter when it is back: one that was put in its place, another one behind a
modem, another one that has called in with the same link address. What is kept must not mix them.
"""

from __future__ import annotations

from iec102.asdu import Asdu, Exchange, Identity, TypeId
from iec102.errors import AnotherMeter, Iec102Error, RequestRefused, UnexpectedAnswer
from iec102.line.dialogue import Answered, MakeExchange
from iec102.meter.meter import Meter
from iec102.sentence import Sentence


class SameMeter(Meter):
    """The meter that told who it is first (``read_identity``): that is asked again after each new connection.

    Where another one answers then, every request raises AnotherMeter, but that for the values of now, which nobody
    keeps. Until it was asked nothing is compared.
    """

    _first: tuple[Identity | None] | None = None
    _connection: int | None = None

    @classmethod
    def like(cls, meter: Meter, who: str | None = None) -> SameMeter:
        """The same measuring point behind the same line, with what is known of its summer time bit.

        ``who`` asks; None: as before, and one that is a SameMeter already is given back as it is.
        """
        if who is None and isinstance(meter, SameMeter):
            return meter
        return cls(meter.line, meter.station, zone=meter.zone, who=who or meter.who, summer_time=meter.summer_time)

    async def ask_who(self) -> None:
        """Ask who it is. Raises AnotherMeter, and what a request raises where the line fails."""
        try:
            await self.read_identity()
        except (RequestRefused, UnexpectedAnswer):
            return  # it does not tell, as before

    async def ask(self, request: Asdu, make: MakeExchange = Exchange) -> Answered:
        if request.type == TypeId.READ_IDENTITY:
            return await super().ask(request, make)
        while True:
            while not self._is_known:
                await self.ask_who()
            if (answered := await self._of_first(request, make)) is not None:
                return answered

    async def _of_first(self, request: Asdu, make: MakeExchange) -> Answered | None:
        """What the first meter answers; None where the line was lost in between and nobody knows whose answer it is.

        An answer over a new connection counts once the same connection has told who gives it.
        """
        try:
            answered = await super().ask(request, make)
        except Iec102Error:
            if self._is_known:
                raise
            make(request)
            return None
        if self._is_known:
            return answered
        connection, is_of_first = self.line.counters.connection_number, False
        try:
            await self.ask_who()
            is_of_first = connection == self._connection
        finally:
            if not is_of_first:
                make(request)  # what has come is perhaps another meter's
        return answered if is_of_first else None

    @property
    def _is_known(self) -> bool:
        """Who has answered is known, or was never asked."""
        return self._first is None or self._connection == self.line.counters.connection_number

    def _note_identity(self, identity: Identity | None) -> None:
        super()._note_identity(identity)
        if self._first is None:
            self._first = (identity,)
        elif self._first != (identity,):
            raise AnotherMeter(Sentence("answer.another_meter", address=self.station.link_address))
        self._connection = self.line.counters.connection_number
