"""One meter that is read: its readings, the work beside them, and all that a screen shows of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.line.state import LineState, Phase
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.meter_side.guard import Failure, guarded
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meeting import Meet, Meeting
from iec102_tui.meter_side.reading_recorder import Recorder
from iec102_tui.meter_side.shared_line import LineKey, SharedLine
from iec102_tui.meter_side.sink import Sink, Sinks
from iec102_tui.meter_side.way import Look, Through, Way, continued
from iec102_tui.meter_side.work_beside import Failed, Work, WorkBeside
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102.gateway import GatewaySettings, GatewayStatus

    from iec102_tui.meter_side.download_job import DownloadJob
    from iec102_tui.meter_side.frame_recorder import CaptureRecorder

_log = logging.getLogger(__name__)

_LEFT = N_("the meter was left")
_GATEWAY_START = N_("The start of the gateway")
_MOVED = N_("another line leads to the meter now: begin it again")
_FEW_FRAMES = 50
THIN = 3.0
"""Seconds between two points of the history of a meter that nobody looks at: its trend has no gaps for that."""


def _at_once(action: Callable[..., object], *arguments: object) -> bool:
    action(*arguments)
    return True


class MeterService:
    """Reads one meter from when ``Meters`` gives it a line until it is taken off.

    It hands over through one slot for the latest snapshot, one ring of frames and one pending wake-up: ``wake`` is
    called on the loop when there is news and the screen has taken the news before (``taken``). It never waits for the
    screen. ``on_fault`` is called, on the loop, with the sentence on each fault of the program. ``target``: what is
    opened, where it is not the connection's own. ``meet`` asks the meter who it is, once a connection. ``call`` runs
    an action on the loop, for who wishes something from another thread; it gives False where the loop has ended.

    ``through``: the gateway of this machine that has the line already, and ``look`` finds it again, or None
    (file work). ``on_notice`` is called, on the loop, with a sentence on what a person should know.

    ``frames`` and ``history`` keep little where they are not given: a screen asks for more (``keep``).
    """

    def __init__(
        self,
        connection: Connection,
        frames: FrameRing | None = None,
        wake: Callable[[], None] = lambda: None,
        *,
        clock: Clock = SYSTEM_CLOCK,
        on_fault: Callable[[str], None] = lambda _sentence: None,
        target: str | None = None,
        meet: Meet | None = None,
        call: Callable[..., bool] = _at_once,
        history: History | None = None,
        through: Through | None = None,
        look: Look | None = None,
        on_notice: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.connection = connection
        self.key = LineKey.of(connection, target, through)
        """Which line it needs."""
        self.way = Way(through, look, on_notice)
        self.frames = FrameRing(_FEW_FRAMES) if frames is None else frames
        self.history = History(THIN) if history is None else history
        self.recorder: Recorder | None = None
        self.frame_recorder: CaptureRecorder | None = None
        self.failure: str | None = None
        """How the reading has ended by itself, as one sentence."""
        self.fault: str | None = None
        """The latest fault of the program that did not end the reading, as one sentence."""
        self.meeting = Meeting(connection, meet, self._ask, on_news=self.tell_news, on_another=self._another_answers)
        """Who answers."""
        self.snapshot: Snapshot | None = None
        self.usage: Mapping[str, float] = {}
        """Seconds of the line by who has used it."""
        self.is_stopping = False
        """The line is to be given back."""
        self.has_ended = False
        """It has given the line back, or will never have it."""
        self._wake = wake
        self._clock = clock
        self._on_fault = on_fault
        self._target = target
        self._call = call
        self._news_pending = False
        self._reads = 0
        self._shared: SharedLine | None = None
        self._meter: Meter | None = None
        self._monitor: Monitor | None = None
        self._sinks = Sinks(self._tell_fault)
        self._gateway_wish: GatewaySettings | None = None
        self._work = WorkBeside(self._tell_failure)
        self._reads_before = 0
        """Readings over the lines before."""

    # What a screen reads and wishes, on any thread

    @property
    def is_running(self) -> bool:
        """It uses the line, or will, and was not asked to give it back."""
        return not self.is_stopping and not self.has_ended

    @property
    def through(self) -> Through | None:
        """The gateway of this machine by which it is read; None: over its own line."""
        return self.way.through

    @property
    def leads_elsewhere(self) -> bool:
        """A collector has the line by now."""
        return self.way.leads_elsewhere and not self._work

    @property
    def was_refused(self) -> bool:
        """The meter has refused the password, or left it without an answer: its line does not send it again."""
        return self._shared is not None and self._shared.line.refusal_of(self.connection.station) is not None

    @property
    def link_address(self) -> int:
        """Where it is on its line."""
        return self.connection.station.link_address

    @property
    def gateway(self) -> GatewayStatus | None:
        """Who shares the line; None while it has no gateway."""
        return None if self._shared is None else self._shared.gateway

    @property
    def gateway_problem(self) -> str | None:
        """Why the gateway of the line does not listen, in one sentence."""
        return None if self._shared is None else self._shared.gateway_problem

    @property
    def gateway_news(self) -> tuple[tuple[datetime, str], ...]:
        """What the gateway of the line has said lately: connections and refused requests."""
        return () if self._shared is None else self._shared.gateway_news

    def taken(self) -> None:
        """The screen has taken over what there was: the next news wakes it again."""
        self._news_pending = False

    def record(self, recorder: Recorder | None) -> None:
        """All readings go to this recorder from now on; None ends the recording."""
        before, self.recorder = self.recorder, recorder
        self._sinks.change(before, recorder)

    def record_frames(self, recorder: CaptureRecorder | None) -> None:
        """All frames go to this recorder from now on; None ends the recording."""
        before, self.frame_recorder = self.frame_recorder, recorder
        self._sinks.change(before, recorder)

    def keep(self, frames: int, step: float | None = None) -> None:
        """Keeps so many frames from now on, and a point of the history every ``step`` seconds, None: as many as fit."""

        def change() -> None:
            if self.frames.limit != frames:
                self.frames = self.frames.resized(frames)
            self.history.set_step(step)

        self.call(change)

    def watch(self, sink: Sink) -> None:
        """This sink is given everything from now on."""
        self._sinks.change(None, sink)

    def unwatch(self, sink: Sink) -> None:
        """This sink is given nothing more; its end is told to it."""
        self._sinks.change(sink, None)

    def hurry(self) -> None:
        """Ends the pause before the next attempt to connect."""
        self.call(lambda: self._shared.line.hurry() if self._shared is not None else None)

    def submit(self, work: Work, *, what: str = "This", failed: Failed | None = None) -> None:
        """Runs work with the meter on the loop, beside the continuous reading.

        ``failed`` is called with one sentence when it has not come to its end; ``what`` names it there, with a capital.
        """
        told = failed or self._note
        if not self._call(self._work.start, what, work, told):
            told(_(_LEFT))

    def download(self, job: DownloadJob) -> None:
        """Runs a download beside the continuous reading."""
        self.submit(lambda meter: job.run(meter, self.tell_news), what=_("The download"), failed=job.fail)

    def start_gateway(self, settings: GatewaySettings) -> None:
        """Lets other applications share the line, and those that lead to the meter later."""
        self._gateway_wish = settings
        self.submit(self._settle_gateway, what=_(_GATEWAY_START), failed=self._gateway_failed)

    def stop_gateway(self) -> None:
        """Disconnects the applications."""
        self._gateway_wish = None
        self.submit(self._settle_gateway, what=_("The end of the gateway"), failed=self._gateway_failed)

    def forget_wrong_keys(self) -> None:
        """The gateway lets each wrong key be tried once more."""
        self.call(lambda: self._shared.reset_keys() if self._shared is not None else None)

    def call(self, action: Callable[..., object], *arguments: object) -> None:
        """Runs an action on the loop, as soon as that is there, and unless it has ended."""
        if not self._call(action, *arguments):
            _log.debug("the loop of the meters had already ended")

    # For Meters, on the loop

    async def run(self, shared: SharedLine) -> None:
        """Reads over this line until cancelled, or until another leads to the meter (``move``).

        The line is closed by who has opened it.
        """
        connection, station = self.connection, self.connection.station
        self._shared, self._reads_before = shared, self._reads
        self.meeting.begin()
        self._meter = Meter(
            shared.line, station, zone=connection.zone, who=self._who(shared), summer_time=connection.summer_time
        )
        self._monitor = Monitor(self._meter, period=connection.poll_period, on_snapshot=self._hand_over)
        shared.add(self)
        shared.line.watch(station, self._state_changed)
        reading = asyncio.create_task(self._read(self._monitor))
        self._work.begin(self._meter)
        why = _LEFT
        try:
            await self.way.other(lambda: self._may_move(shared))
            why = _MOVED
            shared.line.unwatch(station, self._state_changed)  # that this line is closed is not the state of the meter
        finally:
            reading.cancel()
            await asyncio.gather(reading, self._work.stop(why), return_exceptions=True)

    def _may_move(self, shared: SharedLine) -> bool:
        """A gateway that is gone is left; what a collector takes later is given up where that disturbs nobody."""
        if self.through is not None:
            return not shared.line.state_of(self.connection.station).connected
        return shared.leads_elsewhere

    def move(self) -> None:
        """Another line leads to the meter from now on; the one before was given back."""
        self._take_leave()
        self.way.take(self.connection.name)
        self.key = LineKey.of(self.connection, self._target, self.through)
        self._meter = self._monitor = None
        if self._gateway_wish is not None:
            self._work.start(_(_GATEWAY_START), self._settle_gateway, self._gateway_failed)
        self.tell_news()

    async def part(self) -> None:
        """Leaves a line that others go on using: ends the session with the meter, in bounded time."""
        if self._shared is not None and self._meter is not None:
            await self._shared.line.end_session(self._meter.station, who=self._meter.who)

    def release(self) -> None:
        """Nothing more comes: the line was given back, or is not to be had."""
        self._take_leave()
        self._work.leave(_LEFT)
        snapshot = self.snapshot
        if snapshot is not None and snapshot.state.phase is not Phase.CLOSED:
            state = snapshot.state._replace(phase=Phase.CLOSED, step="", error=None, next_attempt=None)
            self._sinks.give(lambda sink: sink.state(state))
            self.snapshot = snapshot._replace(serial=snapshot.serial + 1, state=state)
        self.has_ended = True
        self.record(None)
        self.record_frames(None)
        self.tell_news()

    def _take_leave(self) -> None:
        if self._shared is not None:
            self._shared.line.unwatch(self.connection.station, self._state_changed)
            self._shared.remove(self)

    def failed(self, failure: Failure) -> None:
        """The reading has ended by itself."""
        self.failure = failure.sentence
        self._tell_failure(failure)

    def _who(self, shared: SharedLine) -> str:
        """A turn of its own on the line, so that no other meter behind it holds this one up."""
        return _("live") if not shared.is_used else _("live {name}", name=self.connection.name)

    async def _read(self, monitor: Monitor) -> None:
        if (failure := await guarded("Reading", monitor.run)) is None:
            return
        if failure.is_fault:
            self.failed(failure)
        else:
            _log.warning("reading ended: %s", failure.sentence)

    def _ask(self, what: str, work: Work) -> None:
        self._work.start(what, work, self._note)

    def _another_answers(self) -> None:
        if self._shared is not None:
            self._shared.another_answers(self.link_address)

    async def _settle_gateway(self, _meter: Meter) -> None:
        """Opens or closes it, as is wished by now."""
        if self._shared is not None and self._gateway_wish is not None:
            await self._shared.open_gateway(self._gateway_wish, self.connection)
        elif self._shared is not None:
            await self._shared.close_gateway()

    def _gateway_failed(self, sentence: str) -> None:
        if self._shared is not None:
            self._shared.gateway_failed(sentence)

    def _tell_failure(self, failure: Failure) -> None:
        if failure.is_fault:
            self._tell_fault(failure.sentence)
        self.tell_news()

    @staticmethod
    def _note(sentence: str) -> None:
        """What nobody else shows: a fault is told anyway."""
        _log.info("%s", sentence)

    def _tell_fault(self, sentence: str) -> None:
        self.fault = sentence
        self._on_fault(sentence)
        self.tell_news()

    def _state_changed(self, state: LineState) -> None:
        self._sinks.give(lambda sink: sink.state(state))
        if self._monitor is not None:
            self._monitor.state_changed(state)

    def heard(self, record: TapRecord) -> None:
        """A frame has passed on the line."""
        self.frames.append(record)
        self._sinks.give(lambda sink: sink.frame(record))
        if record.repeat and self._monitor is not None:
            self._monitor.refresh()  # until the answer comes there may be no other snapshot, and the counters say why
        self.tell_news()

    def _hand_over(self, snapshot: Snapshot) -> None:
        snapshot = continued(snapshot, self.snapshot, self._reads_before)
        reading = snapshot.reading
        if reading is not None and snapshot.read_at is not None and snapshot.reads != self._reads:
            self._reads = snapshot.reads
            self.history.add(reading, snapshot.read_at)
            self.meeting.answered(snapshot.counters)
            self._sinks.give(lambda sink: sink.reading(reading))
        self.snapshot = snapshot
        if self._shared is not None:
            self.usage = self._shared.usage
        self.tell_news()

    def tell_news(self) -> None:
        """There is something new for the screen."""
        if not self._news_pending:
            self._news_pending = True
            self._wake()
