"""What becomes of an application's requests to one meter."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from iec102.application import AccessKey, Asdu, Cause, TypeId, decode_asdu, type_name
from iec102.errors import AccessError, ContentTimeout, Iec102Error, KeyRefused, LineError, LinkError
from iec102.gateway.keys import Keys
from iec102.gateway.policy import READING_TYPES, Policy
from iec102.gateway.relay import Relay, relay
from iec102.line import Line
from iec102.settings import Station

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Seconds before a reading that failed is asked for again.
_PAUSE_AFTER_FAILURE = 1.0


class _NotWanted(Exception):
    """The application has asked something else, or has gone."""


class _Pending(Enum):
    """Nothing waits, or nothing ever will."""

    NOTHING = 0
    END = 1


class RequestDesk:
    """Serves the requests of one application to one link address, the latest only, one after another.

    ``put`` takes each answer as bytes, ``fall_silent`` says that there will be none. ``doing`` is what is being done,
    in words. A request that is no longer wanted is taken out of the queue; one that is on the line already runs to its
    end unheard when that is near, so that the meter's link need not be started again.
    """

    def __init__(
        self,
        line: Line,
        policy: Policy,
        link_address: int,
        *,
        who: str,
        put: Callable[[bytes], None],
        fall_silent: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        self.doing = ""
        self.requests = 0
        self.refused = 0
        self._line = line
        self._policy = policy
        self._who = who
        self._put = put
        self._fall_silent = fall_silent
        self._tell = tell
        self._keys = Keys(link_address)
        self._next: bytes | _Pending = _Pending.NOTHING
        self._wake = asyncio.Event()
        self._wanted = True
        self._relay: Relay | None = None
        self._job: asyncio.Task[Any] | None = None
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
        self._wake.set()

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
        self._wanted = False
        if self._job is not None and (self._relay is None or self._relay.can_be_cut):
            self._job.cancel()
        self._wake.set()

    async def _work(self) -> None:
        while True:
            while self._next is _Pending.NOTHING:
                self._wake.clear()
                await self._wake.wait()
            if isinstance(self._next, _Pending):
                return
            asdu, self._next, self._wanted = self._next, _Pending.NOTHING, True
            try:
                await self._serve(asdu)
            except _NotWanted:
                continue
            except Exception:  # a mistake in this program must not leave the application waiting for ever
                _log.exception("a request of %s failed", self._who)
                self._fall_silent()
            finally:
                self.doing = ""

    async def _serve(self, data: bytes) -> None:
        request = decode_asdu(data)
        if request is None:
            self._tell(f"sent {len(data)} bytes that are no request")
            return
        self.doing = type_name(request.type)
        point = request.point_address
        if request.type == TypeId.START_SESSION:
            await self._log_in(request)
        elif request.type == TypeId.END_SESSION:
            self._keys.ended(point)
            self._echo(request, Cause.CONFIRMATION)
        elif not self._policy.passes(request.type):
            self._refuse(request, f"the request of type {request.type} ({type_name(request.type)}) is not allowed")
        elif (session := self._keys.session_for(point)) is None:
            self._refuse(request, f"the request of type {request.type} came without a login")
        else:
            await self._read(session, request)

    # Sessions

    async def _log_in(self, request: Asdu) -> None:
        """A key that the meter has accepted before is accepted; the meter gets it when an exchange needs it."""
        if not isinstance(request.content, AccessKey):
            self._echo(request, Cause.CONFIRMATION, negative=True)
            return
        station = self._keys.station(request.point_address, request.content.key)
        try:
            if not self._line.knows(station):
                await self._run(self._line.log_in(station, who=self._who))
        except AccessError as error:
            self._key_refused(request, error)
        except Iec102Error as error:
            self._failed(error)
        else:
            self._keys.opened(station)
            self._echo(request, Cause.CONFIRMATION)

    def _key_refused(self, request: Asdu, error: AccessError) -> None:
        self._keys.ended(request.point_address)
        self.refused += 1
        self._tell(f"the password *** was refused: {error}")
        cause = error.cause if isinstance(error, KeyRefused) else Cause.CONFIRMATION
        self._echo(request, cause, negative=cause < Cause.RECORD_NOT_AVAILABLE)

    # Readings and commands

    async def _read(self, session: Station, request: Asdu) -> None:
        """Asked again when the line failed before anything was handed out, unless it may have changed something."""
        answered = False

        def emit(asdu: Asdu) -> None:
            nonlocal answered
            answered = True
            self._give(asdu)

        while True:
            try:
                await self._exchange(session, request, emit)
                return
            except AccessError as error:
                self._keys.ended(session.point_address)
                self._refuse(request, f"the password *** was refused: {error}")
                return
            except ContentTimeout:
                return  # the application sees what the meter said: no data yet
            except (LineError, LinkError) as error:
                if answered or request.type not in READING_TYPES or self._next is _Pending.END:
                    self._failed(error)
                    return
                await self._pause()
            except Iec102Error:
                assert self._relay is not None
                assert self._relay.last is not None
                self._give(self._relay.last)
                return

    async def _exchange(self, session: Station, request: Asdu, emit: Callable[[Asdu], None]) -> None:
        def make(asked: Asdu) -> Relay:
            self._relay = relay(asked, emit)
            return self._relay

        await self._run(self._line.timed_exchange(session, request, who=self._who, make=make))

    async def _run(self, job: Coroutine[Any, Any, T]) -> T:
        """Runs something on the line. Raises _NotWanted where nobody waits for it any more."""
        self._relay = None
        self._job = task = asyncio.create_task(job)
        try:
            await asyncio.wait((task,))
        finally:
            self._job = None
            task.cancel()
        if self._wanted:
            return task.result()
        if not task.cancelled():
            task.exception()  # nobody wants to know
        raise _NotWanted

    async def _pause(self) -> None:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE_AFTER_FAILURE):
                await self._wake.wait()
        if not self._wanted:
            raise _NotWanted

    # Answers

    def _give(self, asdu: Asdu) -> None:
        if self._wanted:
            self._put(asdu.encode())

    def _echo(self, request: Asdu, cause: int, *, negative: bool = False) -> None:
        self._give(replace(request, cause=cause, negative=negative))

    def _refuse(self, request: Asdu, why: str) -> None:
        self.refused += 1
        self._tell(why)
        self._echo(request, Cause.TYPE_NOT_AVAILABLE)

    def _failed(self, error: Iec102Error) -> None:
        """The meter has not answered, and neither does its link here."""
        self._tell(f"no answer to {self.doing}: {error}")
        if self._wanted:
            self._fall_silent()
