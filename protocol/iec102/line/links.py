"""What a line owns: the transport, one link a link address, the sessions, and how each is reached and lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from iec102.asdu import Asdu, Exchange, end_session, start_session
from iec102.clock import Clock
from iec102.errors import (
    AccessError,
    ContentTimeout,
    Disconnected,
    HungUp,
    Iec102Error,
    InvalidSetting,
    KeyRefused,
    LineError,
    LinkError,
    RequestRefused,
    TypeNotAvailable,
)
from iec102.line.access import Access, IdleSession, KeyGuard
from iec102.line.connection import Connection
from iec102.line.counting import total
from iec102.line.dialogue import Answered, LinkDialogue, MakeExchange
from iec102.line.exclusive import ExclusiveAccess
from iec102.line.opening import Attempts
from iec102.line.reconnect import Backoff
from iec102.line.state import LineCounters, LineState, Phase, RunningCounters, phase_of
from iec102.line.station_states import StationStates
from iec102.link import PrimaryStation
from iec102.sentence import Sentence
from iec102.settings import LineSettings, Station
from iec102.transport.base import Calling, Expecting, Opener, Pluggable
from iec102.transport.tap import Tap

# Seconds between two looks at whether a port that was pulled out is back.
_LOOK_PERIOD = 0.25


@dataclass(eq=False, slots=True)
class LinkState:
    """A link address on the line."""

    link: PrimaryStation
    backoff: Backoff = field(default_factory=Backoff)
    talk: LinkDialogue | None = None
    sessions: defaultdict[int, IdleSession] = field(default_factory=lambda: defaultdict(IdleSession))  # by point
    started_before: bool = False


class LinkManager:
    """For one task at a time: ``reach`` a station, then ``ask`` it."""

    def __init__(
        self,
        opener: Opener,
        settings: LineSettings,
        *,
        reconnect: bool,
        tap: Tap | None,
        on_state: Callable[[LineState], None] | None,
        clock: Clock,
    ) -> None:
        self.state = LineState(since=clock.boottime())
        self.states = StationStates()
        self.access = Access()
        self.key_guard: KeyGuard | None = None
        self._opener = opener
        self._settings = settings
        self._reconnect = reconnect
        self._tap = tap
        self._on_state = on_state
        self._clock = clock
        self._tally = RunningCounters()
        self._peers: dict[int, LinkState] = {}
        self._calls = opener.redial_pauses if isinstance(opener, Calling) else None
        self._backoff = Backoff(self._calls)
        self._connection: Connection | None = None
        self._busy = False
        self._served: Station | None = None
        self._free_at = 0.0
        self._delay = settings.delay_seconds
        self._on_behalf = ""
        self._attempts = Attempts(opener, self._new_connection)
        self._is_there = True

    @property
    def byte_time(self) -> float:
        """Seconds that a byte takes on the line; 0 where it is not known."""
        return self._opener.byte_time

    @property
    def counters(self) -> LineCounters:
        """What has happened so far."""
        return total(self._tally, (peer.link.counters for peer in self._peers.values()), self._clock.boottime())

    @property
    def repeats(self) -> int:
        """Frames that were sent again so far."""
        return sum(peer.link.counters.repeats for peer in self._peers.values())

    def next_attempt(self, address: int) -> float | None:
        """The time (of the loop) before which this address is not tried; None when nothing is in its way."""
        times = [self._backoff.next_attempt] if self._connection is None else []
        if (peer := self._peers.get(address)) is not None:
            times.append(peer.backoff.next_attempt)
        return max((at for at in times if at is not None), default=None)

    def hurry(self) -> None:
        """The next attempts may come at once."""
        self._backoff.hurry()
        for peer in self._peers.values():
            peer.backoff.hurry()

    def look_for_port(self) -> float | None:
        """A port that was away and is back may be tried at once; until when to look again, None if never."""
        opener = self._opener
        if self._connection is not None or not self._reconnect or not isinstance(opener, Pluggable):
            return None
        was_there, self._is_there = self._is_there, opener.is_there()
        if self._is_there and not was_there:
            self._backoff.reappeared()
            for peer in self._peers.values():
                peer.backoff.reappeared()
        return self._now() + _LOOK_PERIOD

    async def reach(self, station: Station, *, session: bool, client: str = "") -> tuple[LinkDialogue, bool]:
        """Transport, link and session, as far as they are needed and not there; and whether it took a new login.

        ``client`` is the application of a gateway for whom it is, empty for this program: a client's key that is
        refused is not the state of the line.

        Raises LineError or LinkError for what may be better at the next attempt, which ``next_attempt`` tells;
        AccessError, InvalidSetting and others for what will not.
        """
        self._busy, self._served = True, station
        self._on_behalf = client
        peer = self._link_state(station.link_address)
        try:
            return await self._reach(peer, station, session)
        except (LineError, LinkError) as error:
            self._not_reached(peer, error)
            raise
        except AccessError as error:
            if client:
                self.publish(Phase.CONNECTED)
            else:
                self.publish(phase_of(error), "", error.sentence)
            raise
        except InvalidSetting as error:
            self.publish(Phase.STOPPED, "", error.sentence)
            raise
        finally:
            self._busy = False

    async def ask(
        self,
        talk: LinkDialogue,
        station: Station,
        request: Asdu,
        abandoned: Callable[[], bool],
        make: MakeExchange = Exchange,
    ) -> Answered | None:
        """One exchange with a station that was reached; None when it was abandoned. Raises Iec102Error."""
        self._busy, self._served = True, station
        self._tally.exchanges += 1
        peer, asked_at = self._link_state(station.link_address), self._now()
        session = peer.sessions[station.point_address]
        try:
            answered = await self._exchange(talk, request, abandoned, make)
        except (LineError, LinkError) as error:
            if isinstance(error, ContentTimeout):
                session.said_nothing(asked_at)
            if isinstance(error, LineError) or self._is_silent(peer, error):
                self.drop_connection()
                self._lost_in_use(error)
            else:
                self.publish(phase_of(error), "", error.sentence)
            raise
        except TypeNotAvailable:
            raise  # perhaps the session is over
        except RequestRefused:
            session.answered(self._now())
            raise
        finally:
            self._busy = False
        session.answered(self._now(), asked_at)
        return answered

    def session(self, station: Station) -> IdleSession:
        """What is known of how long a session of this measuring point lasts."""
        return self._link_state(station.link_address).sessions[station.point_address]

    async def grant(self, exclusive: ExclusiveAccess, station: Station) -> None:
        """Grants the line to one user alone until that is over. Raises LineError or InvalidSetting.

        Nothing is known of the meters' links and sessions afterwards. ``station`` is the one that the line waits for.
        """
        self._busy, self._served = True, None
        self._on_behalf = exclusive.who
        try:
            connection = self._connection
            if connection is None or connection.lost is not None:
                connection = await self._connect()
        except LineError as error:
            self._not_reached(self._link_state(station.link_address), error)
            raise
        except InvalidSetting as error:
            self.publish(Phase.STOPPED, "", error.sentence)
            raise
        finally:
            self._busy = False
        self._forget_links()
        self.publish(Phase.LENT, Sentence("step.lent", who=exclusive.who))
        connection.on_behalf = exclusive.who
        connection.grant(exclusive)
        try:
            await exclusive.over()
        finally:
            connection.take_back()
            self._forget_links()
        if connection.lost is not None:
            raise connection.lost
        self.publish(Phase.IDLE)

    async def end_sessions(self) -> None:
        """187 where a session is open and the meter still answers."""
        for station in self.access.open_sessions():
            talk = self._peers[station.link_address].talk
            if talk is None or not talk.link.started or talk.connection.lost is not None:
                continue
            with contextlib.suppress(Iec102Error):
                await talk.exchange(end_session(station.point_address))
            self.access.ended(station)

    def drop_connection(self) -> None:
        """Gives the transport back; all links must be started again, and all sessions."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.close()
        self._forget_links()

    def _forget_links(self) -> None:
        """All links must be started again, and all sessions."""
        for peer in self._peers.values():
            peer.talk = None
            peer.link.abort(self._now())
            self.access.lost(peer.link.address)

    async def parted(self) -> None:
        """Wait until all is given back, in bounded time: a call is hung up."""
        await self._attempts.ended()

    def close(self) -> None:
        """Gives all back, also what is being opened."""
        self._attempts.cancel()
        self.drop_connection()

    # Reaching a meter

    async def _reach(self, peer: LinkState, station: Station, session: bool) -> tuple[LinkDialogue, bool]:
        if session:
            self.access.check(station)
        connection = self._connection
        if connection is None or connection.lost is not None:
            if isinstance(self._opener, Expecting):
                self._opener.expect(station.link_address)
            connection = await self._connect()
        connection.on_behalf = self._on_behalf
        if peer.talk is None or peer.talk.connection is not connection:
            peer.talk = LinkDialogue(connection, peer.link, self._settings)
        talk = peer.talk
        if talk.unfinished or not peer.link.started:
            await self._start_link(peer, talk)
        login = session and not (
            self.access.is_open(station) and not peer.sessions[station.point_address].is_over(self._now())
        )
        if login:
            await self._log_in(talk, station)
        self.publish(Phase.CONNECTED)
        return talk, login

    async def _connect(self) -> Connection:
        self.drop_connection()
        self.publish(Phase.OPENING, Sentence("step.opening", line=self._opener.name))
        connection = await self._attempts.open(overlap=self._reconnect and self._backoff.is_quick(self._now()))
        self._connection = connection
        self._tally.connections += 1
        if self._tally.opened_at is None:
            self._tally.opened_at = self._clock.boottime()
        return connection

    def _new_connection(self) -> Connection:
        connection: Connection = Connection(
            self._opener.byte_time,
            self._tally,
            self._clock,
            self._tap,
            lambda error: self._went_away(connection, error),
            lambda step: self.publish(Phase.OPENING, step),
        )
        connection.on_behalf = self._on_behalf
        return connection

    async def _start_link(self, peer: LinkState, talk: LinkDialogue) -> None:
        address = peer.link.address
        self.publish(Phase.STARTING, Sentence("step.link_status", address=address))
        self.access.lost(address)
        alone = not any(other.talk and other.talk.link.started for other in self._peers.values() if other is not peer)
        lost = not talk.unfinished
        await self._keep_distance()
        await talk.start(patient=self._reconnect and self._calls is None, alone=alone)
        self._tally.reconnections += lost and peer.started_before
        peer.started_before = True
        self._backoff.succeeded(self._now())
        peer.backoff.succeeded(self._now())

    async def _log_in(self, talk: LinkDialogue, station: Station) -> None:
        """Not interrupted by the one who asked for it: an unanswered key would count as possibly refused."""
        assert station.password is not None
        client, guard = self._on_behalf, self.key_guard
        if guard is not None and client and not self.access.was_accepted(station):
            guard.check(client, station)
        self.publish(Phase.LOGIN, Sentence("step.password", point=station.point_address))
        sent = talk.connection.frames_sent
        try:
            await self._exchange(talk, start_session(station.point_address, station.password), lambda: False)
        except KeyRefused as error:
            self.access.refused(station, error.cause)
            if guard is not None:
                guard.refused(client, station, error.cause)
            raise
        except Iec102Error as error:
            if talk.connection.frames_sent == sent or self.access.was_accepted(station):
                raise
            unanswered = self.access.unanswered(station, error)
            if guard is not None:
                guard.refused(client, station, None)
            raise unanswered from error
        self.access.accepted(station)
        if guard is not None:
            guard.accepted(station)
        self.session(station).answered(self._now())

    async def _exchange(
        self, talk: LinkDialogue, request: Asdu, abandoned: Callable[[], bool], make: MakeExchange = Exchange
    ) -> Answered | None:
        await self._keep_distance()
        try:
            return await talk.exchange(request, abandoned, make)
        finally:
            self._free_at = self._now() + self._delay

    async def _keep_distance(self) -> None:
        """The delay between requests."""
        if (left := self._free_at - self._now()) > 0:
            await asyncio.sleep(left)

    # Losing it

    def _not_reached(self, peer: LinkState, error: LineError | LinkError) -> None:
        """An attempt has failed: close what is useless, and say when the next one comes."""
        tried_at = self._attempts.started_at if self._connection is None else self._connection.sent_at
        backoff = self._backoff if self._connection is None or isinstance(error, LineError) else peer.backoff
        if isinstance(error, LineError) or self._is_silent(peer, error):
            self.drop_connection()
        if not self._reconnect:
            if self._calls is not None:  # nor does who asks again by hand call at once
                backoff.failed(self._now(), tried_at)
            self.publish(phase_of(error), "", error.sentence)
            return
        wait = max(0.0, backoff.failed(self._now(), tried_at) - self._now())
        self.publish(Phase.WAITING, "", error.sentence, backoff.attempt, self._clock.boottime() + wait)

    def _went_away(self, connection: Connection, error: Disconnected) -> None:
        """The transport is lost. A service that is under way fails by itself."""
        if not self._busy and connection is self._connection:
            self.drop_connection()
            if isinstance(error, HungUp):
                self._backoff.ended_well()
                self.publish(Phase.IDLE, Sentence("step.hung_up", seconds=error.fields["seconds"]))
            else:
                self._lost_in_use(error)

    def _lost_in_use(self, error: LineError | LinkError) -> None:
        """A connection that stood is gone. One that was a call is not made again at once."""
        at = self._now() if self._calls is None else self._backoff.failed(self._now())
        if self._calls is None or not self._reconnect:
            self.publish(phase_of(error), "", error.sentence)
            return
        wait = max(0.0, at - self._now())
        self.publish(Phase.WAITING, "", error.sentence, self._backoff.attempt, self._clock.boottime() + wait)

    def _is_silent(self, peer: LinkState, error: Iec102Error) -> bool:
        """Not one byte came in the service that failed, and nobody else on the line is known to answer."""
        connection = self._connection
        if connection is None or not isinstance(error, LinkError):
            return False
        others = (other for other in self._peers.values() if other is not peer)
        return not connection.heard_something and not any(other.link.started for other in others)

    # Small things

    def _link_state(self, address: int) -> LinkState:
        if address not in self._peers:
            settings = self._settings
            link = PrimaryStation(
                address,
                timeout=settings.timeout_seconds,
                retries=settings.retries,
                byte_time=self._opener.byte_time,
            )
            self._peers[address] = LinkState(link, Backoff(self._calls))
        return self._peers[address]

    def publish(
        self,
        phase: Phase,
        step: str = "",
        error: str | None = None,
        attempt: int = 0,
        next_attempt: float | None = None,
    ) -> None:
        """The state is this now. Errors and attempts stay through the phases of a reconnection."""
        old = self.state
        trying = phase in (Phase.OPENING, Phase.STARTING, Phase.LOGIN)
        new = old._replace(
            phase=phase,
            step=step,
            error=old.error if trying else error,
            attempt=old.attempt if trying else attempt,
            next_attempt=next_attempt,
            remark=None if self._connection is None else self._connection.remark,
            since=old.since if (old.phase is Phase.CONNECTED) == (phase is Phase.CONNECTED) else self._clock.boottime(),
        )
        self.state = new
        if self.states.known:
            served = None if self._connection is None else self._served
            self.states.change(served, new, self._clock.boottime(), trying=trying)
        if new != old and self._on_state is not None:
            self._on_state(new)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
