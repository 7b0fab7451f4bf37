"""What becomes of an application's requests to one meter.

The walk of a request: the client's connection hands a frame to the handler, which asks its link what it means. A
request is checked (policy, session), asked of the meter (reading.py, client_request.py, the line), and its answers come
back to the handler as they arrive from the line (exchange.py). It puts them into the link, which gives the frame for a
poll that waits, and sends that through the client. The link is passive and belongs to the handler; each part is entered
once on the way in and once on the way out.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from enum import Enum
from typing import Protocol

from iec102.asdu import AccessKey, Asdu, Cause, TypeId, decode_asdu, type_name
from iec102.asdu.catalogue import READING_TYPES
from iec102.errors import AccessError, Iec102Error, KeyRefused, LineError, LinkError
from iec102.gateway.buffer import AnswerBuffer
from iec102.gateway.client_request import ClientRequest, NotWanted
from iec102.gateway.context import GatewayContext
from iec102.gateway.link import ClientLink
from iec102.gateway.reading import PiecewiseReading, read_whole
from iec102.gateway.sessions import ClientSessions
from iec102.gateway.splitter import RangeSplitter, split
from iec102.link import Frame
from iec102.sentence import Sentence
from iec102.settings import Station

_log = logging.getLogger(__name__)


class Client(Protocol):
    """What a handler needs of the application's connection; ``name`` is its address."""

    name: str

    def send(self, frame: Frame) -> None:
        """Send a frame to the application."""

    def log(self, text: str) -> None:
        """Log a sentence about the application."""


class _Pending(Enum):
    """What stands in the place of the next request: nothing yet, or nothing ever again."""

    NOTHING = 0
    END = 1


class RequestHandler:
    """Serves the requests of one application to one link address, the latest only, one after another.

    ``doing`` is what is being done, in words; ``requests`` and ``refused`` are counted.
    """

    def __init__(self, context: GatewayContext, client: Client, link_address: int) -> None:
        self.doing = ""
        self.requests = 0
        self.refused = 0
        self.buffer = AnswerBuffer(context.traffic)
        self._context = context
        self._client = client
        self._link_address = link_address
        self._link = ClientLink(link_address)
        self._sessions = ClientSessions(link_address)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._next: bytes | _Pending = _Pending.NOTHING
        self._wake = asyncio.Event()
        self._current: ClientRequest | None = None
        self._worker = asyncio.create_task(self._work(), name=f"gateway {client.name}")

    # The application's side

    def receive(self, frame: Frame) -> None:
        """Take a frame of the application to this link address."""
        received = self._link.receive(frame, self._loop.time())
        if received.request is not None:
            self.requests += 1
            self._replace(received.request)
        elif received.reset:
            self._replace(_Pending.NOTHING)
        self._collected(received.answer)
        self._send(received.answer)

    def close(self) -> None:
        """End, because the application has gone. What is on the line ends in good order."""
        self._replace(_Pending.END)
        if self._timer is not None:
            self._timer.cancel()

    async def closed(self) -> None:
        """Wait until nothing of it is on the line any more."""
        await asyncio.wait((self._worker,))

    # The meter's side

    def give(self, asdu: Asdu) -> None:
        """Give an answer to the application, unless it wants none any more."""
        if self._current is not None and self._current.wanted:
            self._send(self._link.put(asdu.encode()))

    def hold_back(self, count: int) -> None:
        """Let so many answers go out one by one, unless the link has begun with something else."""
        if self._current is not None and self._current.wanted:
            self._send(self._link.hold_back(count))

    @property
    def waiting_bytes(self) -> int:
        """Bytes of answers that the application has not polled."""
        return self._link.waiting_bytes

    # The link's answers

    def _send(self, answer: Frame | None) -> None:
        """Send the answer of the link, if it gave one, and set the timer to its deadline."""
        if answer is not None:
            self._client.send(answer)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._link.deadline is not None and self._next is not _Pending.END:
            self._timer = self._loop.call_at(self._link.deadline, self._expire)

    def _expire(self) -> None:
        answer = self._link.expire()
        self._collected(answer)
        self._send(answer)

    def _collected(self, answer: Frame | None) -> None:
        """Wake what waits for room in the buffer, where the application has polled an answer."""
        if self._current is not None and answer is not None and answer.asdu is not None:
            self._current.look_again()

    # The worker

    def _replace(self, pending: bytes | _Pending) -> None:
        """Take this for the only request that counts from now on."""
        if self._next is _Pending.END:
            return
        self._next = pending
        if self._current is not None:
            self._current.give_up()
        self._wake.set()

    async def _work(self) -> None:
        while True:
            while self._next is _Pending.NOTHING:
                self._wake.clear()
                await self._wake.wait()
            if isinstance(self._next, _Pending):
                return
            data, self._next = self._next, _Pending.NOTHING
            try:
                await self._serve(data)
            except NotWanted:
                pass
            except Exception:  # a mistake in this program must not leave the application waiting for ever
                _log.exception("a request of %s failed", self._client.name)
                self._link.fall_silent()
            finally:
                if self._current is not None:
                    self.buffer.waited(self._current.waited)
                self._current = None
                self.doing = ""

    async def _serve(self, data: bytes) -> None:
        self._current = request = ClientRequest(self._context.line, self._client.name)
        asdu = decode_asdu(data)
        if asdu is None:
            self._client.log(Sentence("client.no_request", length=len(data)))
            return
        self.doing = type_name(asdu.type)
        point = asdu.point_address
        if asdu.type == TypeId.START_SESSION:
            await self._log_in(request, asdu, AccessKey.decode_body(asdu.content.encode_body(), 1))
        elif asdu.type == TypeId.END_SESSION:
            self._sessions.ended(point)
            self.give(replace(asdu, cause=Cause.CONFIRMATION))
        elif (why := self._context.settings.policy.refusal(asdu, self._link_address)) is not None:
            self._refuse(asdu, why)
        elif (session := self._sessions.session_for(point)) is None:
            self._refuse(asdu, Sentence("client.no_login", type=asdu.type, name=type_name(asdu.type)))
        else:
            await self._read(request, session, asdu)

    async def _log_in(self, request: ClientRequest, asdu: Asdu, access: AccessKey | None) -> None:
        """Log in. A key that the meter has accepted before is accepted; the meter gets it when an exchange needs it.

        What makes a login is its type and its key; the answer's header does not depend on the rest of the request's.
        """
        asdu = replace(asdu, count=1, negative=False, test=False)
        if access is None:
            self._count_refused(Sentence("client.keyless"))
            self.give(replace(asdu, cause=Cause.CONFIRMATION, negative=True))
            return
        station = Station(self._link_address, asdu.point_address, access.key)
        keys = self._context.keys
        try:
            if not self._context.line.knows(station):
                await keys.refresh()
                keys.check(self._client.name, station)
                await request.log_in(station)
        except AccessError as error:
            self._key_refused(station)
            cause = error.cause if isinstance(error, KeyRefused) else Cause.CONFIRMATION
            self._count_refused(self._key_refusal(error))
            self.give(replace(asdu, cause=cause, negative=cause < Cause.RECORD_NOT_AVAILABLE))
        except (LineError, LinkError) as error:
            self._failed(request, error)
        else:
            self._sessions.opened(station)
            self.give(replace(asdu, cause=Cause.CONFIRMATION))

    async def _read(self, request: ClientRequest, session: Station, asdu: Asdu) -> None:
        try:
            splitter = split(asdu, self._context.settings.zone, self._context.line.byte_time)
            if splitter is None:
                await read_whole(request, self, session, asdu, repeatable=asdu.type in READING_TYPES)
            else:
                await self._read_in_pieces(request, session, splitter)
        except AccessError as error:
            self._key_refused(session)
            self._refuse(asdu, self._key_refusal(error))
        except (LineError, LinkError) as error:
            self._failed(request, error)

    async def _read_in_pieces(self, request: ClientRequest, session: Station, splitter: RangeSplitter) -> None:
        reading = PiecewiseReading(request, self, splitter)
        with self._context.traffic.reading(reading.hold_back):
            try:
                await reading.run(session)
            finally:
                self.hold_back(0)

    # Refusals and failures

    def _key_refused(self, station: Station) -> None:
        self._sessions.ended(station.point_address)
        self._context.keys.tried(self._client.name, station)

    def _key_refusal(self, error: AccessError) -> Sentence:
        wrong = self._context.keys.wrong_of(self._link_address)
        if not wrong.refused:
            return Sentence("client.key_refused", error=error)
        return Sentence("client.key_refused_count", error=error, refused=wrong.refused, most=wrong.most)

    def _count_refused(self, why: str) -> None:
        self.refused += 1
        self._client.log(why)

    def _refuse(self, asdu: Asdu, why: str) -> None:
        self._count_refused(Sentence("client.refused", why=why))
        self.give(replace(asdu, cause=Cause.TYPE_NOT_AVAILABLE))

    def _failed(self, request: ClientRequest, error: Iec102Error) -> None:
        """Say that the meter has not answered, and let its link here fall silent too."""
        self._client.log(Sentence("client.no_answer", request=self.doing, error=error))
        if request.wanted:
            self._link.fall_silent()
