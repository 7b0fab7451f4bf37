"""Line: the only owner of a transport."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from iec102.access import Access
from iec102.application import Asdu, end_session, start_session
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.connection import Connection
from iec102.conversation import Answered, Conversation
from iec102.counting import total
from iec102.errors import AccessError, Disconnected, Iec102Error, InvalidSetting, KeyRefused, LineError, LinkError
from iec102.fair_queue import FairQueue
from iec102.link import PrimaryStation
from iec102.reconnect import Backoff
from iec102.settings import LineSettings, Station
from iec102.state import LineCounters, LineState, Phase, Tally
from iec102.transport.base import Opener
from iec102.transport.tap import Tap

# Seconds at most for the ends of the sessions when a line is closed.
_LONGEST_FAREWELL = 5.0


@dataclass(eq=False, slots=True)
class _Job:
    """An exchange that somebody waits for."""

    station: Station
    request: Asdu
    session: bool
    result: asyncio.Future[Answered]

    @property
    def abandoned(self) -> bool:
        return self.result.done()


@dataclass(eq=False, slots=True)
class _Peer:
    """A link address on the line."""

    link: PrimaryStation
    backoff: Backoff = field(default_factory=Backoff)
    talk: Conversation | None = None
    started_before: bool = False


class Line:
    """One line with its meters, shared by any number of users.

    One task owns the transport and the links, and serves one exchange after another, in turn among those who ask
    (``who``). It opens the transport, starts the link of an address and logs in when an exchange needs it.

    With ``reconnect`` requests wait while the transport or a meter is away, and attempts go on; without it, what fails
    is raised at once, and the next request tries again. In both cases a request that was under way when an answer was
    lost for good fails: whether to ask again is the caller's choice.

    ``tap`` hears every frame, ``on_state`` every change of state; both are called on the loop and must not block.
    """

    def __init__(
        self,
        opener: Opener,
        settings: LineSettings,
        *,
        reconnect: bool = False,
        tap: Tap | None = None,
        on_state: Callable[[LineState], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.settings = settings
        self.name = opener.name
        self.clock = clock
        self.state = LineState(since=clock.boottime())
        self._opener = opener
        self._reconnect = reconnect
        self._tap = tap
        self._on_state = on_state
        self._tally = Tally()
        self._access = Access()
        self._peers: dict[int, _Peer] = {}
        self._backoff = Backoff()
        self._connection: Connection | None = None
        self._queue: FairQueue[_Job] = FairQueue()
        self._current: _Job | None = None
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._closing = False
        self._free_at = 0.0
        self._tried_at = 0.0

    # For its users

    async def exchange(self, station: Station, request: Asdu, *, who: str, session: bool = True) -> tuple[Asdu, ...]:
        """The answers to one request, without its echoes; raises any Iec102Error.

        ``session`` False: the request needs no login. Cancelling lets the frame on the line finish and drops the rest.
        """
        return (await self.timed_exchange(station, request, who=who, session=session)).answers

    async def timed_exchange(self, station: Station, request: Asdu, *, who: str, session: bool = True) -> Answered:
        """As ``exchange``, with the time it took on the line."""
        if self._closing:
            raise Disconnected(f"{self.name}: the line was closed")
        if session:
            self._access.check(station)
        job = _Job(station, request, session, asyncio.get_running_loop().create_future())
        self._queue.push(who, job)
        self._wake.set()
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name=f"line {self.name}")
        try:
            return await job.result
        finally:
            self._queue.discard(who, job)

    @property
    def counters(self) -> LineCounters:
        """What has happened so far."""
        return total(self._tally, (peer.link.counters for peer in self._peers.values()))

    def forget_refusal(self, station: Station) -> None:
        """The user wants a key to be sent again that was refused or not answered."""
        self._access.forget_refusal(station)

    def hurry(self) -> None:
        """Ends the pause before the next attempt to connect."""
        self._backoff.hurry()
        for peer in self._peers.values():
            peer.backoff.hurry()
        self._wake.set()

    async def close(self, *, end_sessions: bool = True) -> None:
        """Ends the sessions (187), in bounded time, and gives the transport back. Requests that wait are Disconnected.

        The transport is given back also when this is cancelled.
        """
        self._closing = True
        error = Disconnected(f"{self.name}: the line was closed")
        for job in [*self._queue.drain(), *([self._current] if self._current else [])]:
            _fail(job, error)
        self._wake.set()
        if self._worker is not None and self.state.phase not in (Phase.LOGIN, Phase.CONNECTED):
            self._worker.cancel()  # no session is open, and none is being opened
        try:
            async with asyncio.timeout(min(_LONGEST_FAREWELL, 2 * self.settings.timeout / 1000)):
                if self._worker is not None:
                    await asyncio.wait((self._worker,))
                if end_sessions:
                    await self._farewell()
        except TimeoutError:
            pass  # an answer that is late, or none: the meter ends the session by itself
        finally:
            if self._worker is not None:
                self._worker.cancel()
            self._drop_connection()
            self._publish(Phase.CLOSED)

    # The worker

    async def _work(self) -> None:
        try:
            while not self._closing:
                turn = self._queue.pop(self._may_start)
                if turn is None:
                    await self._wait_for_work()
                    continue
                who, self._current = turn
                try:
                    await self._serve(who, self._current)
                except Exception as error:  # a mistake in this program must not leave anybody waiting for ever
                    if not self._current.result.done():
                        self._current.result.set_exception(error)
                    self._drop_connection()
                self._current = None
        finally:
            if not self._closing:  # the loop ends without close()
                self._drop_connection()

    def _may_start(self, job: _Job) -> bool:
        at = self._not_before(job)
        return job.abandoned or at is None or at <= self._now()

    def _not_before(self, job: _Job) -> float | None:
        """The time of the next attempt for what the job needs; None when nothing is in its way."""
        times = [self._backoff.next_attempt] if self._connection is None else []
        if (peer := self._peers.get(job.station.link_address)) is not None:
            times.append(peer.backoff.next_attempt)
        return max((at for at in times if at is not None), default=None)

    async def _wait_for_work(self) -> None:
        self._wake.clear()
        times = [at for job in self._queue.heads() if (at := self._not_before(job)) is not None]
        timer = asyncio.get_running_loop().call_at(min(times), self._wake.set) if times else None
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _serve(self, who: str, job: _Job) -> None:
        if job.abandoned:
            return
        peer = self._peer(job.station.link_address)
        try:
            talk = await self._reach(peer, job)
        except (LineError, LinkError) as error:
            self._not_reached(peer, error)
            if self._reconnect and not job.abandoned and not self._closing:
                self._queue.push_back(who, job)
            else:
                _fail(job, error)
            return
        except Iec102Error as error:
            self._stopped(error)
            _fail(job, error)
            return
        if not job.abandoned:
            await self._ask(peer, talk, job)

    async def _ask(self, peer: _Peer, talk: Conversation, job: _Job) -> None:
        self._tally.exchanges += 1
        try:
            await self._keep_distance()
            answered = await talk.exchange(job.request, lambda: job.abandoned)
        except (LineError, LinkError) as error:
            self._lost(peer, talk, error)
            _fail(job, error)
        except Iec102Error as error:
            _fail(job, error)
        else:
            if answered is not None and not job.abandoned:
                job.result.set_result(answered)
        finally:
            self._free_at = self._now() + self.settings.delay / 1000

    # Reaching a meter

    async def _reach(self, peer: _Peer, job: _Job) -> Conversation:
        """Transport, link and session, as far as the job needs them."""
        if job.session:
            self._access.check(job.station)
        connection = await self._connect()
        if peer.talk is None or peer.talk.connection is not connection:
            peer.talk = Conversation(connection, peer.link, self.settings)
        talk = peer.talk
        if not talk.ready:
            await self._start_link(peer, talk)
        if job.session and not self._access.is_open(job.station):
            await self._log_in(talk, job.station)
        self._publish(Phase.CONNECTED)
        return talk

    async def _connect(self) -> Connection:
        if self._connection is not None and self._connection.lost is None:
            return self._connection
        self._drop_connection()
        self._publish(Phase.OPENING, f"opening {self.name}")
        self._tried_at = self._now()
        connection = Connection(self._opener.byte_time, self._tally, self.clock, self._tap, self._went_away)
        await connection.open(self._opener)
        self._connection = connection
        self._tally.connections += 1
        return connection

    async def _start_link(self, peer: _Peer, talk: Conversation) -> None:
        address = peer.link.address
        self._publish(Phase.STARTING, f"link status of address {address}")
        self._access.lost(address)
        alone = not any(other.talk and other.talk.link.started for other in self._peers.values() if other is not peer)
        lost = not talk.unfinished
        await self._keep_distance()
        await talk.start(patient=self._reconnect, alone=alone)
        self._tally.reconnections += lost and peer.started_before
        peer.started_before = True
        self._backoff.succeeded()
        peer.backoff.succeeded()

    async def _log_in(self, talk: Conversation, station: Station) -> None:
        assert station.password is not None
        self._publish(Phase.LOGIN, f"password to point {station.point_address}")
        await self._keep_distance()
        sent = talk.connection.frames_sent
        try:
            await talk.exchange(start_session(station.point_address, station.password))
        except KeyRefused:
            self._access.refused(station)
            raise
        except Iec102Error as error:
            if talk.connection.frames_sent == sent or self._access.was_accepted(station):
                raise
            self._access.unanswered(station)
            raise self._access.not_answered(station) from error
        finally:
            self._free_at = self._now() + self.settings.delay / 1000
        self._access.accepted(station)

    async def _keep_distance(self) -> None:
        """The delay between requests."""
        if (left := self._free_at - self._now()) > 0:
            await asyncio.sleep(left)

    # Losing it

    def _not_reached(self, peer: _Peer, error: LineError | LinkError) -> None:
        """An attempt has failed: close what is useless, and say when the next one comes."""
        silent = self._is_silent(peer, error)
        tried_at = self._tried_at if self._connection is None else self._connection.sent_at
        backoff = self._backoff if self._connection is None or isinstance(error, LineError) else peer.backoff
        if silent or isinstance(error, LineError):
            self._drop_connection()
        at = backoff.failed(self._now(), tried_at)
        if self._reconnect:
            wait = max(0.0, at - self._now())
            self._publish(Phase.WAITING, "", str(error), backoff.attempt, self.clock.boottime() + wait)
        else:
            backoff.hurry()
            self._publish(Phase.LOST, "", str(error), backoff.attempt)

    def _lost(self, peer: _Peer, talk: Conversation, error: LineError | LinkError) -> None:
        """A request that was under way has failed."""
        if isinstance(error, LineError) or self._is_silent(peer, error):
            self._drop_connection()
        self._publish(Phase.LOST, "", str(error))

    def _went_away(self, error: Disconnected) -> None:
        """The transport is lost while nothing is under way, or during a service, which then fails by itself."""
        if self._current is None and self._connection is not None:
            self._drop_connection()
            self._publish(Phase.LOST, "", str(error))

    def _is_silent(self, peer: _Peer, error: Iec102Error) -> bool:
        """Not one byte came in the service that failed, and nobody else on the line is known to answer."""
        connection = self._connection
        if connection is None or not isinstance(error, LinkError):
            return False
        others = (other for other in self._peers.values() if other is not peer)
        return not connection.heard_something and not any(other.link.started for other in others)

    def _stopped(self, error: Iec102Error) -> None:
        if isinstance(error, AccessError):
            self._publish(Phase.REFUSED, "", str(error))
        elif isinstance(error, InvalidSetting):
            self._publish(Phase.STOPPED, "", str(error))

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.close()
        for peer in self._peers.values():
            peer.talk = None
            peer.link.abort(self._now())
            self._access.lost(peer.link.address)

    async def _farewell(self) -> None:
        """187 where a session is open and the meter still answers."""
        for address, point in self._access.open_points():
            talk = self._peers[address].talk
            if talk is None or not talk.link.started or talk.connection.lost is not None:
                continue
            with contextlib.suppress(Iec102Error):
                await talk.exchange(end_session(point))
            self._access.ended((address, point))

    # Small things

    def _peer(self, address: int) -> _Peer:
        if address not in self._peers:
            settings = self.settings
            self._peers[address] = _Peer(
                PrimaryStation(
                    address,
                    timeout=settings.timeout / 1000,
                    retries=settings.retries,
                    byte_time=self._opener.byte_time,
                )
            )
        return self._peers[address]

    def _publish(
        self,
        phase: Phase,
        step: str = "",
        error: str | None = None,
        attempt: int | None = None,
        next_attempt: float | None = None,
    ) -> None:
        """Errors and attempts stay through the phases of a reconnection."""
        old = self.state
        trying = phase in (Phase.OPENING, Phase.STARTING, Phase.LOGIN)
        new = replace(
            old,
            phase=phase,
            step=step,
            error=old.error if trying else error,
            attempt=old.attempt if trying else attempt or 0,
            next_attempt=next_attempt,
            since=old.since if old.connected == (phase is Phase.CONNECTED) else self.clock.boottime(),
        )
        if new == old:
            return
        self.state = new
        if self._on_state is not None:
            self._on_state(new)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _fail(job: _Job, error: Iec102Error) -> None:
    if not job.result.done():
        job.result.set_exception(error)
