"""What becomes of an application's requests to one meter."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from iec102.application import AccessKey, Asdu, Cause, TypeId, decode_asdu, type_name
from iec102.errors import AccessError, Iec102Error, KeyRefused, LineError, LinkError
from iec102.gateway.cutting import Cutting, cut
from iec102.gateway.errand import Errand, NotWanted
from iec102.gateway.keys import Keys
from iec102.gateway.policy import READING_TYPES
from iec102.gateway.reading import read_in_pieces, read_whole
from iec102.gateway.reserve import Reserve
from iec102.gateway.service import Service
from iec102.settings import Station

_log = logging.getLogger(__name__)


class _Pending(Enum):
    """Nothing waits, or nothing ever will."""

    NOTHING = 0
    END = 1


class RequestDesk:
    """Serves the requests of one application to one link address, the latest only, one after another.

    ``put`` takes each answer as bytes, ``fall_silent`` says that there will be none, ``waiting`` tells how many bytes
    of answers have not been polled. ``doing`` is what is being done, in words.
    """

    def __init__(
        self,
        service: Service,
        link_address: int,
        *,
        who: str,
        put: Callable[[bytes], None],
        fall_silent: Callable[[], None],
        waiting: Callable[[], int],
        hold_back: Callable[[int], None],
        tell: Callable[[str], None],
    ) -> None:
        self.doing = ""
        self.requests = 0
        self.refused = 0
        self._service = service
        self._who = who
        self._put = put
        self._fall_silent = fall_silent
        self._waiting = waiting
        self._tell = tell
        self._hold_back = hold_back
        self._reserve = Reserve(service.traffic)
        self._keys = Keys(link_address)
        self._next: bytes | _Pending = _Pending.NOTHING
        self._wake = asyncio.Event()
        self._errand: Errand | None = None
        self._worker = asyncio.create_task(self._work(), name=f"gateway {who}")

    # The link's side

    def take(self, asdu: bytes) -> None:
        """A new request, the only one that counts from now on."""
        self.requests += 1
        self._replace(asdu)

    def drop(self) -> None:
        """Nothing is wanted any more."""
        self._replace(_Pending.NOTHING)

    def collected(self) -> None:
        """The application has polled an answer."""
        if self._errand is not None:
            self._errand.look_again()

    def close(self) -> None:
        """The application has gone. What is on the line ends in good order."""
        self._replace(_Pending.END)

    async def closed(self) -> None:
        """Until nothing of it is on the line any more."""
        await asyncio.wait((self._worker,))

    # The worker

    def _replace(self, pending: bytes | _Pending) -> None:
        if self._next is _Pending.END:
            return
        self._next = pending
        if self._errand is not None:
            self._errand.give_up()
        self._wake.set()

    async def _work(self) -> None:
        while True:
            while self._next is _Pending.NOTHING:
                self._wake.clear()
                await self._wake.wait()
            if isinstance(self._next, _Pending):
                return
            asdu, self._next = self._next, _Pending.NOTHING
            self._errand = Errand(self._service.line, self._who, self._put)
            try:
                await self._serve(self._errand, asdu)
            except NotWanted:
                pass
            except Exception:  # a mistake in this program must not leave the application waiting for ever
                _log.exception("a request of %s failed", self._who)
                self._fall_silent()
            finally:
                self._reserve.waited(self._errand.waited)
                self._errand = None
                self.doing = ""

    async def _serve(self, errand: Errand, data: bytes) -> None:
        request = decode_asdu(data)
        if request is None:
            self._tell(f"sent {len(data)} bytes that are no request")
            return
        self.doing = type_name(request.type)
        point = request.point_address
        if request.type == TypeId.START_SESSION:
            await self._log_in(errand, request, AccessKey.decode_body(request.content.encode_body(), 1))
        elif request.type == TypeId.END_SESSION:
            self._keys.ended(point)
            errand.give(replace(request, cause=Cause.CONFIRMATION))
        elif (why := self._service.policy.refusal(request, self._keys.link_address)) is not None:
            self._refuse(errand, request, why)
        elif (session := self._keys.session_for(point)) is None:
            self._refuse(errand, request, f"type {request.type} ({type_name(request.type)}) came without a login")
        else:
            await self._read(errand, session, request)

    async def _log_in(self, errand: Errand, request: Asdu, access: AccessKey | None) -> None:
        """A key that the meter has accepted before is accepted; the meter gets it when an exchange needs it.

        What makes a login is its type and its key; the answer's header does not depend on the rest of the request's.
        """
        request = replace(request, count=1, negative=False, test=False)
        if access is None:
            self._say_refused("refused: a login without a key of four bytes")
            errand.give(replace(request, cause=Cause.CONFIRMATION, negative=True))
            return
        station = self._keys.station(request.point_address, access.key)
        try:
            if not self._service.line.knows(station):
                await self._service.keys.refresh()
                self._service.keys.check(self._who, station)
                await errand.log_in(station)
        except AccessError as error:
            self._key_refused(station)
            cause = error.cause if isinstance(error, KeyRefused) else Cause.CONFIRMATION
            self._say_refused(f"the password *** was refused: {error}{self._wrong_keys()}")
            errand.give(replace(request, cause=cause, negative=cause < Cause.RECORD_NOT_AVAILABLE))
        except (LineError, LinkError) as error:
            self._failed(errand, error)
        else:
            self._keys.opened(station)
            errand.give(replace(request, cause=Cause.CONFIRMATION))

    def _key_refused(self, station: Station) -> None:
        self._keys.ended(station.point_address)
        self._service.keys.tried(self._who, station)

    async def _read(self, errand: Errand, session: Station, request: Asdu) -> None:
        try:
            cutting = cut(request, self._service.zone, self._service.line.byte_time)
            if cutting is not None:
                await self._read_in_pieces(errand, session, cutting)
            else:
                self.doing += ", whole"
                await read_whole(errand, session, request, repeatable=request.type in READING_TYPES)
        except AccessError as error:
            self._key_refused(session)
            self._refuse(errand, request, f"the password *** was refused: {error}{self._wrong_keys()}")
        except (LineError, LinkError) as error:
            self._failed(errand, error)

    async def _read_in_pieces(self, errand: Errand, session: Station, cutting: Cutting) -> None:
        def hold_back(count: int) -> None:
            if errand.wanted:  # else the link has begun with something else
                self._hold_back(count)

        with self._service.traffic.reading(lambda: hold_back(self._reserve.answers)):
            try:
                await read_in_pieces(
                    errand,
                    session,
                    cutting,
                    waiting=self._waiting,
                    reserve=self._reserve,
                    hold_back=hold_back,
                    tell=self._progress,
                )
            finally:
                hold_back(0)

    # Words

    def _progress(self, doing: str) -> None:
        self.doing = doing

    def _wrong_keys(self) -> str:
        wrong = self._service.keys.wrong_of(self._keys.link_address)
        return f" ({wrong.refused} of at most {wrong.most} wrong passwords in 24 hours)" if wrong.refused else ""

    def _say_refused(self, why: str) -> None:
        self.refused += 1
        self._tell(why)

    def _refuse(self, errand: Errand, request: Asdu, why: str) -> None:
        self._say_refused(f"refused: {why}")
        errand.give(replace(request, cause=Cause.TYPE_NOT_AVAILABLE))

    def _failed(self, errand: Errand, error: Iec102Error) -> None:
        """The meter has not answered, and neither does its link here."""
        self._tell(f"no answer to {self.doing}: {error}")
        if errand.wanted:
            self._fall_silent()
