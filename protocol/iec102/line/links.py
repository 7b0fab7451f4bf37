"""What a line owns: the transport, a link for each link address, the sessions; how each is reached and lost.

To reach a measuring point takes up to four steps, of which those are left out that hold still::

    open the transport    once for the line                            OPENING
    start the link        once for each link address                   STARTING
    log in                once for each measuring point, with its key  LOGIN
    exchange              a request and its answers                    CONNECTED

What fails decides how much is lost. No answer at all, and nobody else on the line who answers: the transport is closed,
and all links and sessions with it. No answer from one meter among others: its link is started anew. Only the sessions
of that link are lost with it. The ``Connector`` opens the transport and says when to try that again, the ``Backoff`` of
each link when to try the link again.
"""

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
    Iec102Error,
    InvalidSetting,
    KeyRefused,
    LineError,
    LinkError,
    RequestRefused,
    TypeNotAvailable,
)
from iec102.line.access import Access, IdleSession
from iec102.line.connector import Connector
from iec102.line.counters import LineCounters, RunningCounters, total
from iec102.line.dialogue import Answered, LinkDialogue, MakeExchange
from iec102.line.exclusive import ExclusiveAccess
from iec102.line.publisher import OnState, StatePublisher
from iec102.line.reconnect import Backoff, LineShare
from iec102.line.state import Phase, phase_of
from iec102.link import PrimaryStation
from iec102.sentence import Sentence
from iec102.settings import LineSettings, Station
from iec102.transport.base import Opener
from iec102.transport.tap import Tap


@dataclass(eq=False, slots=True)
class LinkState:
    """A link address on the line: its link, and what is known of the meters behind it."""

    link: PrimaryStation
    backoff: Backoff = field(default_factory=Backoff)
    share: LineShare = field(default_factory=LineShare)
    dialogue: LinkDialogue | None = None
    sessions: defaultdict[int, IdleSession] = field(default_factory=lambda: defaultdict(IdleSession))  # by point
    started_before: bool = False


class LinkManager:
    """Reaches the meters of a line and asks them, for one task at a time: first ``reach``, then ``ask``.

    ``status`` says how the line is doing, ``access`` knows the keys.
    """

    def __init__(
        self,
        opener: Opener,
        settings: LineSettings,
        *,
        reconnect: bool,
        tap: Tap | None,
        on_state: OnState | None,
        clock: Clock,
    ) -> None:
        self.status = StatePublisher(on_state, clock, lambda: self.connector.connection)
        self.access = Access()
        self._opener = opener
        self._settings = settings
        self._reconnect = reconnect
        self._clock = clock
        self._counters = RunningCounters()
        self._link_states: dict[int, LinkState] = {}  # by link address
        self.connector = Connector(
            opener, self._counters, clock, reconnect=reconnect, tap=tap, status=self.status, on_drop=self._forget_links
        )
        self._free_at = 0.0
        self._delay = settings.delay_seconds

    @property
    def byte_time(self) -> float:
        """Seconds that a byte takes on the line; 0 where it is not known."""
        return self._opener.byte_time

    @property
    def counters(self) -> LineCounters:
        """What has happened so far."""
        links = (link_state.link.counters for link_state in self._link_states.values())
        return total(self._counters, links, self._clock.boottime())

    @property
    def repeats(self) -> int:
        """Frames that were sent again so far."""
        return sum(link_state.link.counters.repeats for link_state in self._link_states.values())

    def next_attempt(self, address: int) -> float | None:
        """The time of the event loop before which this link address is not tried; None where it may be tried now."""
        times = [self.connector.backoff.next_attempt] if self.connector.connection is None else []
        if (link_state := self._link_states.get(address)) is not None:
            times.append(link_state.backoff.next_attempt)
        return max((at for at in times if at is not None), default=None)

    def hurry(self) -> None:
        """Let the next attempts come at once."""
        self.connector.backoff.hurry()
        for link_state in self._link_states.values():
            link_state.backoff.hurry()

    def look_for_port(self) -> float | None:
        """Look whether a port that was pulled out is back, which may then be tried at once.

        Gives the time of the event loop at which to look again; None where there is nothing to look for.
        """
        return self.connector.look_for_port(self._port_appeared)

    def _port_appeared(self) -> None:
        for link_state in self._link_states.values():
            link_state.backoff.reappeared()

    async def reach(self, station: Station, client: str, *, session: bool) -> tuple[LinkDialogue, bool]:
        """Open the transport, start the link and log in, as far as that is needed; gives whether it took a login.

        ``client`` is the application of a gateway for whom it is, empty for this program: a client's key that is
        refused is not the state of the line.

        Raises LineError or LinkError for what may be better at the ``next_attempt``; AccessError, InvalidSetting and
        others for what will not.
        """
        self.connector.busy, self.status.served = True, station
        self.connector.on_behalf = client
        link_state, began = self._link_state(station.link_address), self._now()
        try:
            if session:
                self.access.check(station)
            connection = self.connector.connection
            if connection is None or connection.lost is not None:
                connection = await self.connector.connect(station.link_address)
            connection.on_behalf = client
            if link_state.dialogue is None or link_state.dialogue.connection is not connection:
                link_state.dialogue = LinkDialogue(connection, link_state.link, self._settings)
            dialogue = link_state.dialogue
            if dialogue.unfinished or not link_state.link.started:
                await self._start_link(link_state, dialogue)
            login = session and not (
                self.access.is_open(station) and not link_state.sessions[station.point_address].is_over(self._now())
            )
            if login:
                await self._log_in(dialogue, station)
            self.status.publish(Phase.CONNECTED)
            return dialogue, login
        except (LineError, LinkError) as error:
            self._not_reached(link_state, error, began)
            raise
        except AccessError as error:
            if client:
                self.status.publish(Phase.CONNECTED)
            else:
                self.status.publish(phase_of(error), "", error.sentence)
            raise
        except InvalidSetting as error:
            self.status.publish(Phase.STOPPED, "", error.sentence)
            raise
        finally:
            self.connector.busy = False

    async def ask(
        self,
        dialogue: LinkDialogue,
        station: Station,
        request: Asdu,
        abandoned: Callable[[], bool],
        make: MakeExchange = Exchange,
    ) -> Answered | None:
        """Carry out one exchange with a station that was reached; None when it was abandoned. Raises Iec102Error."""
        self.connector.busy, self.status.served = True, station
        self._counters.exchanges += 1
        link_state, asked_at = self._link_state(station.link_address), self._now()
        session = link_state.sessions[station.point_address]
        try:
            await self._keep_distance()
            answered = await dialogue.exchange(request, abandoned, make)
        except (LineError, LinkError) as error:
            if isinstance(error, ContentTimeout):
                session.no_content(asked_at)
            if isinstance(error, LineError) or self._is_silent(link_state, error):
                self.connector.drop()
                self.connector.lost_in_use(error)
            else:
                self._leave_line(link_state, asked_at)
                self.status.publish(phase_of(error), "", error.sentence)
            raise
        except TypeNotAvailable:
            link_state.share.failures = 0
            raise  # perhaps the session is over
        except RequestRefused:
            link_state.share.failures = 0
            session.answered(self._now())
            raise
        finally:
            self.connector.busy = False
            self._free_at = self._now() + self._delay
        link_state.share.failures = 0
        session.answered(self._now(), asked_at)
        return answered

    def forget_refusal(self, station: Station) -> None:
        """Let a key be sent once more that was refused or not answered."""
        self.access.forget_refusal(station)
        self.status.release(station)

    def keep_refusal(self, station: Station, refusal: AccessError) -> None:
        """Let a key not be sent of which another line knows that it was refused or not answered."""
        self.access.keep_refusal(station, refusal)
        self.status.hold(station, refusal)

    def session(self, station: Station) -> IdleSession:
        """How long sessions of this measuring point last, as far as that is known."""
        return self._link_state(station.link_address).sessions[station.point_address]

    async def grant(self, exclusive: ExclusiveAccess, station: Station) -> None:
        """Grant the line to one user alone until that is over. Raises LineError or InvalidSetting.

        Nothing is known of the meters' links and sessions afterwards. ``station`` is the one that the line waits for.
        """
        self.connector.busy, self.status.served = True, None
        self.connector.on_behalf = exclusive.who
        try:
            connection = self.connector.connection
            if connection is None or connection.lost is not None:
                connection = await self.connector.connect()
        except LineError as error:
            self._not_reached(self._link_state(station.link_address), error, self._now())
            raise
        except InvalidSetting as error:
            self.status.publish(Phase.STOPPED, "", error.sentence)
            raise
        finally:
            self.connector.busy = False
        self._forget_links()
        self.status.publish(Phase.LENT, Sentence("step.lent", who=exclusive.who))
        connection.on_behalf = exclusive.who
        connection.grant(exclusive)
        try:
            await exclusive.over()
        finally:
            connection.take_back()
            self._forget_links()
        if connection.lost is not None:
            raise connection.lost
        self.status.publish(Phase.IDLE)

    async def end_sessions(self) -> None:
        """End each open session (187) of a meter that still answers."""
        for station in self.access.open_sessions():
            dialogue = self._link_states[station.link_address].dialogue
            if dialogue is None or not dialogue.link.started or dialogue.connection.lost is not None:
                continue
            with contextlib.suppress(Iec102Error):
                await dialogue.exchange(end_session(station.point_address))
            self.access.ended(station)

    def _forget_links(self) -> None:
        for link_state in self._link_states.values():
            link_state.dialogue = None
            link_state.link.abort(self._now())
            self.access.lost(link_state.link.address)

    # Reaching a meter

    async def _start_link(self, link_state: LinkState, dialogue: LinkDialogue) -> None:
        address = link_state.link.address
        self.status.publish(Phase.STARTING, Sentence("step.link_status", address=address))
        self.access.lost(address)
        alone = not any(
            other.dialogue and other.link.started for other in self._link_states.values() if other is not link_state
        )
        lost = not dialogue.unfinished
        await self._keep_distance()
        await dialogue.start(patient=self._reconnect and self.connector.redial_pauses is None, alone=alone)
        self._counters.reconnections += lost and link_state.started_before
        link_state.started_before = True
        self.connector.backoff.succeeded(self._now())
        link_state.backoff.succeeded(self._now())

    async def _log_in(self, dialogue: LinkDialogue, station: Station) -> None:
        """Send the key (183). Is never abandoned: an unanswered key would count as possibly refused."""
        assert station.password is not None
        client = self.connector.on_behalf
        self.access.check_client(client, station)
        self.status.publish(Phase.LOGIN, Sentence("step.password", point=station.point_address))
        sent = dialogue.connection.frames_sent
        try:
            await self._keep_distance()
            await dialogue.exchange(start_session(station.point_address, station.password))
        except KeyRefused as error:
            self.access.refused(station, error.cause, client)
            self.status.hold(station, error)
            raise
        except asyncio.CancelledError:  # the line is closed, and waits no longer
            if dialogue.connection.frames_sent != sent and not self.access.was_accepted(station):
                self.access.unanswered(station, ContentTimeout(), client)
            raise
        except Iec102Error as error:
            if dialogue.connection.frames_sent == sent or self.access.was_accepted(station):
                raise
            unanswered = self.access.unanswered(station, error, client)
            self.status.hold(station, unanswered)
            raise unanswered from error
        finally:
            self._free_at = self._now() + self._delay
        self.access.accepted(station)
        self.session(station).answered(self._now())

    async def _keep_distance(self) -> None:
        """Wait until the delay between two requests is over."""
        if (left := self._free_at - self._now()) > 0:
            await asyncio.sleep(left)

    # Losing it

    def _not_reached(self, link_state: LinkState, error: LineError | LinkError, began: float) -> None:
        """Close what is useless after an attempt that has failed, and say when the next one comes."""
        connector, tried_at = self.connector, self.connector.tried_at
        is_link = connector.connection is not None and not isinstance(error, LineError)
        backoff = link_state.backoff if is_link else connector.backoff
        if isinstance(error, LineError) or self._is_silent(link_state, error):
            connector.drop()
        if self._reconnect or connector.redial_pauses is not None:  # a call is not made again at once by hand either
            backoff.failed(self._now(), tried_at)
        self._leave_line(link_state, began)
        connector.publish_failure(error, backoff)

    def _leave_line(self, link_state: LinkState, began: float) -> None:
        """Leave the line to those who answer on it, after what has failed since ``began``."""
        if self._reconnect and self._others_answer(link_state):
            link_state.backoff.wait_until(self._now() + link_state.share.failed(self._now() - began))

    def _is_silent(self, link_state: LinkState, error: Iec102Error) -> bool:
        """Whether not one byte came in the service that failed, and nobody else on the line is known to answer."""
        connection = self.connector.connection
        if connection is None or not isinstance(error, LinkError):
            return False
        return not connection.received_something and not self._others_answer(link_state)

    def _others_answer(self, link_state: LinkState) -> bool:
        return any(other.link.started for other in self._link_states.values() if other is not link_state)

    # Small things

    def _link_state(self, address: int) -> LinkState:
        if address not in self._link_states:
            settings = self._settings
            link = PrimaryStation(
                address,
                timeout=settings.timeout_seconds,
                retries=settings.retries,
                byte_time=self._opener.byte_time,
            )
            self._link_states[address] = LinkState(link, Backoff(self.connector.redial_pauses))
        return self._link_states[address]

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
