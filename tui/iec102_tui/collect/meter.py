"""One meter that is collected: its live values as they come, and the work beside them by its plan."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime

from iec102.asdu import Identity
from iec102.clock import Clock
from iec102.line.state import LineState
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.meter.same_meter import SameMeter

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.contents import MeterKey, recall
from iec102_tui.archive.visit import Visit, number_of
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.collect.plan import Plan, Work, WorkState
from iec102_tui.collect.reload import options
from iec102_tui.collect.status import MeterStatus, WorkStatus
from iec102_tui.collect.stores import CollectorArchive, Stores
from iec102_tui.collect.work import ask_who, read_closings, read_events, read_profile
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.month_count import COUNTED, MonthCount, counted_time, month_count
from iec102_tui.meter_data.documents import moment
from iec102_tui.meter_side.gateway_file import public_target
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish.payloads import identity_words
from iec102_tui.words.collect_text import READING_OF, meter_line, work_line
from iec102_tui.words.state_text import PHASE_WORDS, another_meter
from iec102_tui.words.text import _, spoken

_log = logging.getLogger(__name__)

_FRAMES = 32
"""Frames of a meter that are kept: nobody looks at them here."""
_LOOK = 60.0
"""Seconds after which the plan is asked at the latest: the clock may have been set."""
_THOROUGH = 86_400.0
"""Seconds between two downloads that ask also for what was missing."""


class CollectedMeter(Sink):
    """Its ``service`` reads it; ``run`` is the work beside that."""

    def __init__(self, connection: Connection, archive: CollectorArchive, clock: Clock) -> None:
        self.connection = connection
        self.keys: set[MeterKey] = set()
        """Who has answered there, as far as is known."""
        self.is_recalled = False
        """The archive was asked for that."""
        self._was_known = False
        self.service = MeterService(connection, FrameRing(_FRAMES), clock=clock, meet=self._meet)
        self.service.history = _NoHistory()
        self.service.watch(self)
        self._archive = archive
        self._clock = clock
        self._plan = Plan(_periods(connection), connection.name)
        self._changed = asyncio.Event()
        self._broker: Sink | None = None
        self._reader: InformationReader | None = None
        self._state = LineState()
        self._said = ""
        self._identity: Identity | None = None
        self._key: MeterKey | None = None
        self._known: tuple[object, ...] = ()
        self._month: MonthCount | None = None
        self._readings = self._late = 0
        self._last: datetime | None = None
        self._last_at = 0.0
        self._thorough_at: float | None = None

    @property
    def is_connected(self) -> bool:
        """A session with it is open."""
        return self._state.connected

    @property
    def was_refused(self) -> bool:
        """It has refused the password, or left it without an answer."""
        return self.service.was_refused

    def publish(self, sink: Sink | None) -> None:
        """Its values and states go to this sink too from now on, in place of the one before."""
        if self._broker is not None:
            self.service.unwatch(self._broker)
        self._broker = sink
        if sink is not None:
            self._known = ()
            self.service.watch(sink)
            sink.state(self._state)
            sink.month(self._month)

    def replan(self, connection: Connection) -> None:
        """Reads other things, or at other times, from now on."""
        self.connection = connection
        self._plan.change(_periods(connection))
        self._changed.set()

    async def run(self) -> None:
        """Carries out what is due, one after the other, until it is cancelled."""
        with suppress(ArchiveError):  # it is said where something is to be stored
            await self.recall()
        if self._was_known:
            await self._count_month()
        while True:
            self._changed.clear()
            wait = self._plan.wait(self._now())
            if wait is None or wait > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK if wait is None else min(wait, _LOOK)):
                        await self._changed.wait()
            if (work := self._plan.due(self._now())) is not None:
                await self._carry_out(work)

    def status(self, gateway: str | None, gateway_problem: str | None) -> MeterStatus:
        """How it is doing."""
        station, state = self.connection.station, self._state
        said = state.error or state.remark
        return MeterStatus(
            self.connection.name,
            public_target(self.connection.target),
            station.link_address,
            station.point_address,
            gateway,
            gateway_problem,
            str(state.phase),
            spoken(said) if said else self.service.failure,
            None if self._identity is None else identity_words(self._identity),
            self.connection.poll_period,
            self._readings,
            self._late,
            None if self._last is None else moment(self._last),
            {str(work): self._work_status(each) for work, each in self._plan.states.items()},
        )

    # As a sink of the service

    def reading(self, reading: Reading) -> None:
        """Counts it, and tells the broker what is known of the meter by now."""
        now, period = self._clock.boottime(), self.connection.poll_period
        if self._readings and period and now - self._last_at > 2 * period:
            self._late += 1
        self._readings += 1
        self._last, self._last_at = reading.time, now
        self._tell_about()

    def state(self, state: LineState) -> None:
        """Says in the log what has changed, once."""
        self._state = state
        words = spoken(state.error) if state.error else _(PHASE_WORDS[state.phase]) if state.connected else ""
        if words and words != self._said:
            self._said = words
            (_log.warning if state.error else _log.info)("%s", meter_line(self.connection.name, words))

    def _tell_about(self) -> None:
        snapshot, ratios = self.service.snapshot, self.service.meeting.ratios
        difference = None if snapshot is None else snapshot.clock_difference
        if (known := (self._identity, difference, ratios)) == self._known:
            return
        before, self._known = self._known, known
        if self._broker is not None:
            self._broker.about(self._identity, difference, ratios)
        if difference is not None and before[1:2] != (difference,):
            self._keep_clock(difference)

    def _keep_clock(self, difference: float) -> None:
        stores = self._archive.stores
        if stores is not None and self._key is not None:
            with suppress(ArchiveError):  # of what was stored before: said by who waits for it
                stores.data.keep_clock(self._key, self._clock.wall(), difference)

    # The meter

    async def _meet(self, meter: Meter) -> Visit:
        """Once a connection."""
        return await self._ask_who(meter, await self._archive.open())

    async def _ask_who(self, meter: Meter, stores: Stores) -> Visit:
        known, told = self._key, self._identity
        who = await ask_who(meter, self.connection, stores)
        self._identity, self._key = who.identity, who.key
        self.keys.add(who.key)
        if (who.key, who.identity) != (known, told):
            self._reader = None  # what that one lacks, this one may have; also where only its program was changed
        visit = Visit(who.key.identity, None if known is None else known.identity)
        if visit.is_another:
            self._tell_month(None)
            words = another_meter(number_of(visit.identity), number_of(visit.known))
            _log.warning("%s", meter_line(self.connection.name, words))
        return visit

    async def recall(self) -> None:
        """Who answered there last, at whose news it may still be the broker's turn; once. Raises ArchiveError."""
        if self.is_recalled:
            return
        await self._archive.open()
        known = await asyncio.to_thread(recall, self._archive.path, self.connection.target, self.connection.station)
        if known is not None:
            self.keys.add(known)
            self._key = self._key or known
            self._was_known = True
        self.is_recalled = True

    # Work

    async def _carry_out(self, work: Work) -> None:
        over: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        async def do(meter: Meter) -> None:
            await self._do(work, meter)
            if not over.done():  # nobody waits any more
                over.set_result(None)

        def failed(sentence: str) -> None:
            if not over.done():
                over.set_result(sentence)

        before = self._plan.states.get(work)
        self.service.submit(do, what=_(READING_OF[work]), failed=failed)
        problem = await over
        if problem is not None:
            self._plan.failed(work, self._now(), problem)
        else:
            self._plan.done(work, self._now())
        if work is Work.PROFILE:
            await self._count_month()
        if problem != (before and before.problem):
            level = logging.INFO if problem is None else logging.WARNING
            _log.log(level, "%s", work_line(self.connection.name, work, problem))

    async def _do(self, work: Work, meter: Meter) -> None:
        """Raises Iec102Error."""
        own = SameMeter.like(meter, f"collect {self.connection.name}")
        async with self._archive.kept() as stores:
            await self._ask_who(own, stores)
            assert self._key is not None
            if work is Work.PROFILE:
                await self._read_profiles(own, stores)
                return
            if self._reader is None or self._reader.meter.line is not meter.line:
                self._reader = InformationReader(own)
            read = read_events if work is Work.EVENTS else read_closings
            await read(self._reader, stores, self._key)

    async def _read_profiles(self, meter: Meter, stores: Stores) -> None:
        state = self._plan.states.get(Work.PROFILE)
        now, done_at = self._now(), None if state is None else state.done_at
        # Also where that was done by a clock that has been set back since.
        is_thorough = (
            done_at is None or self._thorough_at is None or done_at > now or now - self._thorough_at > _THOROUGH
        )
        since = None if is_thorough or done_at is None else datetime.fromtimestamp(done_at, UTC)
        for register in options(self.connection).registers:
            await read_profile(meter, self.connection, stores, register, since)
        if is_thorough:
            self._thorough_at = now

    async def _count_month(self) -> None:
        """Also where reading has failed: what is missing then becomes more."""
        register = next((each for each in options(self.connection).registers if each in COUNTED), None)
        if register is None or self._key is None:
            self._tell_month(None)
            return
        start, until = counted_time(self._clock.wall(), self.connection.zone)
        with suppress(ArchiveError):  # it is said where something is to be stored
            await self._archive.flush()  # who answers there now, too
            stores = await self._archive.open()
            rows = await asyncio.to_thread(stores.profiles.rows, self.connection, Wanted(start, until, "", register))
            self._tell_month(month_count({row[0] for row in rows if row[0] is not None}, register, start, until))

    def _tell_month(self, count: MonthCount | None) -> None:
        self._month = count
        if self._broker is not None:
            self._broker.month(count)

    def _work_status(self, state: WorkState) -> WorkStatus:
        def text(seconds: float | None) -> str | None:
            when = None if not seconds else datetime.fromtimestamp(seconds, self.connection.zone)
            return None if when is None else when.isoformat(timespec="seconds")

        return WorkStatus(text(state.done_at), text(state.due_at), state.failures, state.problem)

    def _now(self) -> float:
        return self._clock.wall().timestamp()


class _NoHistory(History):
    """Keeps nothing: no screen shows it."""

    def add(self, reading: Reading, at: float) -> None:
        """Forgets it."""


def _periods(connection: Connection) -> dict[Work, float | None]:
    wanted = options(connection)
    profile = wanted.profile_period if wanted.registers else None
    return {Work.PROFILE: profile, Work.EVENTS: wanted.events_period, Work.CLOSINGS: wanted.closings_period}
