"""Line: the only owner of a transport."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from iec102.asdu import Asdu, Exchange, end_session
from iec102.asdu.catalogue import Course, row_of
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import AccessError, Disconnected, Iec102Error, LineError, LinkError, TypeNotAvailable
from iec102.line.access import KeyGuard
from iec102.line.counters import LineCounters
from iec102.line.dialogue import Answered, LinkDialogue, MakeExchange
from iec102.line.exclusive import ExclusiveAccess
from iec102.line.fair_queue import FairQueue
from iec102.line.links import LinkManager
from iec102.line.state import LineState, Phase
from iec102.sentence import Sentence
from iec102.settings import LineSettings, Station
from iec102.transport.base import Opener
from iec102.transport.tap import Tap

_LONGEST_FAREWELL = 5.0  # seconds at most for the ends of the sessions when a line is closed
# Logins for one exchange on a line that loses frames, each of which takes so long that the session is over again.
_MOST_LOGINS = 5
# Seconds at most for a call to be hung up when a line is closed: two silences, and a network that takes its time.
_LONGEST_PARTING = 10.0
# The one turn that the pieces of all downloads have together, so that others wait for one of them and no more.
_DOWNLOADS = "downloads"
_MOST_USERS = 100  # whose time on the line is remembered

_Kind = tuple[int, int, int, int]  # link address, point address, type and record of a request


@dataclass(eq=False, slots=True)
class _Job:
    """One exchange, or one login, that somebody waits for."""

    who: str
    station: Station
    request: Asdu | None  # None: only the login
    session: bool
    make: MakeExchange = Exchange
    guest: bool = False
    exclusive: ExclusiveAccess | None = None
    turn: str | None = None  # of its own where it is None
    logins: int = 0
    repeats: int = 0  # of the line, before the latest try
    asked_at: float = 0.0  # the latest try
    result: asyncio.Future[Answered] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def fail(self, error: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(error)


class Line:
    """One line with its meters, shared by any number of users.

    One task owns the transport and the links, and serves one exchange after another, in turn among those who ask
    (``who``). It opens the transport, starts the link of an address and logs in when an exchange needs it.

    With ``reconnect`` requests wait while the transport or a meter is away, and attempts go on; without it, what fails
    is raised at once, and the next request tries again. In both cases a request that was under way when an answer was
    lost for good fails: whether to ask again is the caller's choice.

    ``tap`` is called with every frame and every piece of garbage, ``on_state`` with every change of state, both on the
    event loop: they must not block.
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
        self._reconnect = reconnect
        self._links = LinkManager(opener, settings, reconnect=reconnect, tap=tap, on_state=on_state, clock=clock)
        self._queue: FairQueue[_Job] = FairQueue()
        self._current: _Job | None = None
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._closing = False
        # Requests that a meter refused right after a login too: it does not offer them, the session is not at fault.
        self._not_offered: set[_Kind] = set()
        self._presumed: set[_Kind] = set()  # not to be offered: refused soon after an answer of the session
        self._offered: set[_Kind] = set()  # what has been answered: never among those
        self._usage: OrderedDict[str, float] = OrderedDict()

    # For its users

    async def exchange(self, station: Station, request: Asdu, *, who: str, session: bool = True) -> tuple[Asdu, ...]:
        """Ask one request and give its answers, without echoes. Raises Iec102Error.

        ``who`` asks: those who wait are served in turn. ``session`` False: the request needs no login. Cancelling lets
        the frame on the line finish and drops the rest.
        """
        return (await self.timed_exchange(station, request, who=who, session=session)).answers

    async def timed_exchange(
        self,
        station: Station,
        request: Asdu,
        *,
        who: str,
        session: bool = True,
        make: MakeExchange = Exchange,
        guest: bool = False,
    ) -> Answered:
        """Ask as ``exchange`` does, and give the time that it took on the line as well.

        ``make``: another ``Exchange``, for those who want each ASDU as it comes. ``guest``: a key that is refused is
        not the state of the line.
        """
        return await self._carry_out(_Job(who, station, request, session, make, guest))

    async def log_in(self, station: Station, *, who: str) -> None:
        """Open the session with a guest's key, unless it is open. Raises Iec102Error."""
        await self._carry_out(_Job(who, station, None, True, guest=True))

    async def grant(self, exclusive: ExclusiveAccess, station: Station) -> None:
        """Grant the line to one user alone, in its turn and until that is over; everybody else waits.

        Raises LineError or InvalidSetting. ``station``: a meter of the line, for which a line that is away is awaited.
        """
        try:
            await self._carry_out(_Job(exclusive.who, station, None, False, guest=True, exclusive=exclusive))
        finally:
            exclusive.give_back()

    def knows(self, station: Station) -> bool:
        """Whether the meter has accepted this station's key before, so that a login need not be tried."""
        return self._links.access.was_accepted(station)

    async def _carry_out(self, job: _Job) -> Answered:
        if self._closing:
            raise self._closed()
        if job.session:
            self._links.access.check(job.station)
        if job.request is not None and row_of(job.request.type).course is Course.ACTIVATED:
            job.turn = _DOWNLOADS
        self._queue.push(job.who, job, job.turn)
        self._wake.set()
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name=f"line {self.name}")
        try:
            return await job.result
        except asyncio.CancelledError:
            self._queue.discard(job.who, job, job.turn)
            raise

    @property
    def state(self) -> LineState:
        """How the line is doing."""
        return self._links.status.line

    def state_of(self, station: Station) -> LineState:
        """How one meter behind the line is doing; the state of the line for one that nobody watches."""
        return self._links.status.state_of(station)

    def watch(self, station: Station, on_state: Callable[[LineState], None]) -> None:
        """Call ``on_state`` with every change of one meter's state."""
        self._links.status.watch(station, on_state)

    def unwatch(self, station: Station, on_state: Callable[[LineState], None]) -> None:
        """Call ``on_state`` no more."""
        self._links.status.unwatch(station, on_state)

    async def end_session(self, station: Station, *, who: str) -> None:
        """End the session of one meter (187), in bounded time, while others go on using the line."""
        if self._closing or not self._links.access.is_open(station):
            return
        with contextlib.suppress(Iec102Error, TimeoutError):
            async with asyncio.timeout(min(_LONGEST_FAREWELL, 2 * self.settings.timeout_seconds)):
                await self.exchange(station, end_session(station.point_address), who=who, session=False)
        self._links.access.ended(station)

    @property
    def byte_time(self) -> float:
        """Seconds that a byte takes on the line; 0 where it is not known."""
        return self._links.byte_time

    @property
    def counters(self) -> LineCounters:
        """What has happened on the line so far."""
        return self._links.counters

    @property
    def usage(self) -> Mapping[str, float]:
        """Seconds that answered exchanges took on the line, by who asked; of the latest 100 users."""
        return dict(self._usage)

    def refusal_of(self, station: Station) -> AccessError | None:
        """Give why a key is not sent again by itself: it was refused or not answered; None where it may be sent."""
        return self._links.access.refusal_of(station)

    def keep_refusal(self, station: Station, refusal: AccessError) -> None:
        """Let a key not be sent, because another line to the same meter has seen this become of it."""
        self._links.keep_refusal(station, refusal)

    @property
    def key_guard(self) -> KeyGuard | None:
        """Who is asked before an application's key goes out; a line has one gateway at most."""
        return self._links.access.guard

    @key_guard.setter
    def key_guard(self, guard: KeyGuard | None) -> None:
        self._links.access.guard = guard

    def forget_refusal(self, station: Station) -> None:
        """Let a key be sent again that was refused or not answered, because the user wants it."""
        self._links.forget_refusal(station)

    def hurry(self) -> None:
        """End the pause before the next attempt to connect."""
        self._links.hurry()
        self._wake.set()

    async def close(self, *, end_sessions: bool = True) -> None:
        """End the sessions (187), in bounded time, and give the transport back. Requests that wait raise Disconnected.

        The transport is given back also when this is cancelled.
        """
        self._closing = True
        for job in [*self._queue.drain(), *([self._current] if self._current else [])]:
            job.fail(self._closed())
        self._wake.set()
        if self._worker is not None and self.state.phase not in (Phase.LOGIN, Phase.CONNECTED):
            self._worker.cancel()  # no session is open, and none is being opened
        try:
            async with asyncio.timeout(min(_LONGEST_FAREWELL, 2 * self.settings.timeout_seconds)):
                if self._worker is not None:
                    await asyncio.wait((self._worker,))
                if end_sessions:
                    await self._links.end_sessions()
        except TimeoutError:
            pass  # an answer that is late, or none: the meter ends the session by itself
        finally:
            if self._worker is not None:
                self._worker.cancel()
            self._links.connector.close()
            self._links.status.publish(Phase.CLOSED)
        if self._worker is not None:
            await asyncio.wait((self._worker,))  # it was cancelled, and notes what became of a key
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_PARTING):
                await self._links.connector.parted()

    # The worker

    async def _work(self) -> None:
        try:
            while not self._closing:
                self._current = self._queue.pop(self._may_start)
                if self._current is None:
                    await self._wait_for_work()
                    continue
                try:
                    await self._serve(self._current)
                except Exception as error:  # a mistake in this program must not leave anybody waiting for ever
                    self._current.fail(error)
                    self._links.connector.drop()
        finally:
            self._current = None
            if not self._closing:  # the loop ends without close()
                self._links.connector.close()

    def _may_start(self, job: _Job) -> bool:
        at = self._links.next_attempt(job.station.link_address)
        return job.result.done() or at is None or at <= asyncio.get_running_loop().time()

    async def _wait_for_work(self) -> None:
        self._wake.clear()
        heads = list(self._queue.heads())
        look_at = self._links.look_for_port() if heads else None
        if any(map(self._may_start, heads)):
            return
        attempts = (self._links.next_attempt(job.station.link_address) for job in heads)
        at = min((at for at in (*attempts, look_at) if at is not None), default=None)
        timer = None if at is None else asyncio.get_running_loop().call_at(at, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _serve(self, job: _Job) -> None:
        if job.result.done():
            return
        job.repeats = self._links.repeats
        if job.exclusive is not None:
            await self._grant(job, job.exclusive)
            return
        try:
            dialogue, login = await self._links.reach(job.station, job.who if job.guest else "", session=job.session)
        except Iec102Error as error:
            self._put_off(job, error)
        else:
            job.logins += login
            if job.result.done():
                return
            if job.request is None:
                now = asyncio.get_running_loop().time()
                job.result.set_result(Answered((), now, now))
            else:
                await self._ask(dialogue, job, job.request)

    async def _grant(self, job: _Job, exclusive: ExclusiveAccess) -> None:
        began = asyncio.get_running_loop().time()
        try:
            if not exclusive.is_over:
                await self._links.grant(exclusive, job.station)
        except Iec102Error as error:
            self._put_off(job, error)
        else:
            ended = asyncio.get_running_loop().time()
            self._count_usage(job.who, ended - began)
            if not job.result.done():
                job.result.set_result(Answered((), began, ended))

    def _put_off(self, job: _Job, error: Iec102Error) -> None:
        """Let a job wait whose line or meter is away, where that is tried again and the job is still wanted."""
        is_away = isinstance(error, LineError | LinkError)
        is_wanted = not job.result.done() and not (job.exclusive is not None and job.exclusive.is_over)
        if is_away and is_wanted and self._reconnect and not self._closing:
            self._queue.push(job.who, job, job.turn, first=True)
        else:
            job.fail(error)

    async def _ask(self, dialogue: LinkDialogue, job: _Job, request: Asdu) -> None:
        kind = job.station.link_address, job.station.point_address, request.type, request.record
        job.asked_at = asyncio.get_running_loop().time()
        try:
            answered = await self._links.ask(dialogue, job.station, request, job.result.done, job.make)
        except TypeNotAvailable as error:
            if not self._log_in_again_for(job, kind):
                job.fail(error)
        except Iec102Error as error:
            job.fail(error)
        else:
            if answered is not None:
                self._offered.add(kind)
                self._presumed.discard(kind)
                self._not_offered.discard(kind)  # several objects at once may be
                self._count_usage(job.who, answered.received - answered.sent)
                if not job.result.done():
                    job.result.set_result(answered)

    def _count_usage(self, who: str, seconds: float) -> None:
        self._usage[who] = self._usage.get(who, 0.0) + seconds
        self._usage.move_to_end(who)
        if len(self._usage) > _MOST_USERS:
            self._usage.popitem(last=False)

    def _log_in_again_for(self, job: _Job, kind: _Kind) -> bool:
        """Try once more after a new login, where the refusal may mean that the session is over; gives whether it does.

        Some meters end an idle session without a word and then refuse everything as not available (cause 14).
        """
        if not job.session or job.result.done() or self._closing or not self._session_is_suspect(job, kind):
            self._links.session(job.station).refused(job.asked_at, asyncio.get_running_loop().time())
            return False
        self._links.access.ended(job.station)
        self._queue.push(job.who, job, job.turn, first=True)
        return True

    def _session_is_suspect(self, job: _Job, kind: _Kind) -> bool:
        """Whether the session is missing and not the type: what was answered before is refused now, or it was idle.

        Right after a login it is the type; where frames were lost since, the session may have ended again.
        """
        undisturbed = self._links.repeats == job.repeats
        if job.logins and undisturbed:
            if kind not in self._offered:
                self._not_offered.add(kind)
            return False
        if job.logins >= _MOST_LOGINS or kind in self._not_offered:
            return False
        asked_at = job.asked_at if undisturbed else asyncio.get_running_loop().time()
        session = self._links.session(job.station)
        if kind in self._offered or session.is_unproven:
            return True
        if session.may_be_over(asked_at):
            return kind not in self._presumed
        self._presumed.add(kind)
        return False

    def _closed(self) -> Disconnected:
        return Disconnected(Sentence("line.closed", line=self.name))
