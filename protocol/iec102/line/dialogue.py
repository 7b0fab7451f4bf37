"""What is said to one meter on one connection: link start, exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from iec102.asdu import Asdu, Exchange, decode_asdu
from iec102.errors import ContentTimeout, Iec102Error, OtherContent
from iec102.line.connection import Connection
from iec102.line.reconnect import PROBE_PERIOD
from iec102.link import Data, PrimaryStation
from iec102.sentence import Sentence
from iec102.settings import LineSettings

# Seconds between two polls after "no data yet"; the first pauses are short, for meters that only need a moment.
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
# Seconds for a meter to find records in its memory; all other answers must be there within the attempts of a request.
_SEARCH_TIME = 60.0

MakeExchange = Callable[[Asdu], Exchange]
"""Makes the exchange of a request, which takes each ASDU as it comes."""


class Answered(NamedTuple):
    """The data of an exchange, without its echoes.

    ``sent`` and ``received`` are times of the event loop: when the request went out first, and when the last answer
    had come. ``repeated``: frames were repeated in between, so that the time it took says nothing about the meter.
    """

    answers: tuple[Asdu, ...]
    sent: float
    received: float
    repeated: bool = False


class LinkDialogue:
    """Speaks to one link address over one connection: link start, then one exchange after another.

    ``unfinished``: an exchange was given up in the middle; the meter may hold answers to it, which only a link start
    discards.
    """

    def __init__(self, connection: Connection, link: PrimaryStation, settings: LineSettings) -> None:
        self.connection = connection
        self.link = link
        self._timeout = settings.timeout_seconds
        self._retries = settings.retries
        self._now = asyncio.get_running_loop().time
        self.unfinished = False

    async def start(self, *, patient: bool = False, alone: bool = True) -> None:
        """Start the link: status, reset, status. Raises NoAnswer, LinkBusy or Disconnected.

        ``patient``: a meter that may be away is asked for its status more often than the request timeout, but no
        longer in all, unless it is not ``alone`` on the line: then once, so that the others do not wait.
        """
        self.link.abort(self._now())
        self.unfinished = False
        if patient:
            await self._probe(1 if not alone else self._retries + 1)
        await self.connection.serve(self.link, self.link.start)

    async def exchange(
        self, request: Asdu, abandoned: Callable[[], bool] = lambda: False, make: MakeExchange = Exchange
    ) -> Answered | None:
        """Send one request and poll its answers; None when it was abandoned between two frames.

        Raises LinkError, Disconnected, RequestRefused, KeyRefused or UnexpectedAnswer.
        """
        exchange = make(request)
        link = self.link
        repeats = link.counters.repeats
        self.unfinished = True
        sent = self._now()
        await self.connection.serve(link, lambda now: link.send(request.encode(), now))
        patience = self._timeout * (self._retries + 1)
        if exchange.can_be_cut:
            patience = max(patience, _SEARCH_TIME)
        pause, heard = _FIRST_PAUSE, self._now()
        headless = 0
        while not abandoned():
            event = await self.connection.serve(link, link.poll)
            if isinstance(event, Data):
                count = len(exchange.answers)
                asdu = decode_asdu(event.asdu)
                headless = len(event.asdu) if asdu is None else 0
                try:
                    self.unfinished = asdu is None or not exchange.receive(asdu)
                except Iec102Error:
                    self.unfinished = False  # a refusal ends an exchange as well as its last answer does
                    raise
                if not self.unfinished:
                    break
                if len(exchange.answers) > count:
                    pause, heard = _FIRST_PAUSE, self._now()
                    continue
            elif exchange.ends_in_silence(self._now() - heard):
                self.unfinished = False
                break
            if self._now() - heard >= patience:
                raise self._no_content(exchange, patience, headless)
            if not isinstance(event, Data):
                await self.connection.pause(min(pause, max(0.0, heard + patience - self._now())))
                pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return None
        return Answered(tuple(exchange.answers), sent, self._now(), link.counters.repeats != repeats)

    def _no_content(self, exchange: Exchange, patience: float, headless: int) -> ContentTimeout:
        """The error where nothing fitting came. ``headless``: bytes of the latest data, if too few for a header."""
        other = exchange.latest_ignored
        if headless:
            return OtherContent(Sentence("link.no_head", address=self.link.address, length=headless))
        if other is not None:
            return OtherContent(
                Sentence(
                    "link.other_content",
                    address=self.link.address,
                    seconds=patience,
                    type=other.type,
                    cause=other.cause,
                    point=other.point_address,
                    asked_type=exchange.request.type,
                    asked_point=exchange.request.point_address,
                )
            )
        return ContentTimeout(Sentence("link.no_content", address=self.link.address, seconds=patience))

    async def _probe(self, attempts: int) -> None:
        """Ask for the link status until it comes, ``attempts`` timeouts long at most. Raises NoAnswer or Disconnected.

        A station of its own asks: a second copy of a status does no harm, and the link need not wait for it.
        """
        period = min(self._timeout, PROBE_PERIOD) if attempts > 1 else self._timeout
        retries = max(0, round(attempts * self._timeout / period) - 1)
        link = self.link
        probe = PrimaryStation(
            link.address, timeout=period, retries=retries, byte_time=link.byte_time, counters=link.counters
        )
        await self.connection.serve(probe, probe.request_status)
