"""The meter side, on a thread and event loop of its own: a terminal that stops reading never stops it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from iec102.asdu import TransformerRatios
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import Iec102Error
from iec102.line import Line
from iec102.line.state import LineState
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.open import open_line
from iec102.transport.tap import TapRecord

from iec102_tui.archive.visit import Visit
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.diagnostics import log_gateway
from iec102_tui.meter_side.background_task import FAREWELL, BackgroundTask, Joinable
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.guard import Failure, failure_of, guarded
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.log_sink import LogSink
from iec102_tui.meter_side.reading_recorder import Recorder
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102.gateway import Gateway, GatewaySettings, GatewayStatus

    from iec102_tui.meter_side.frame_recorder import CaptureRecorder

_log = logging.getLogger(__name__)

_MOST_NEWS = 20
# Seconds for the end of a session over a call, and for that to be hung up.
_HANGING_UP = 16.0
_LEFT = N_("the meter was left")

Work = Callable[[Meter], Coroutine[Any, Any, None]]
Failed = Callable[[str], None]
Meet = Callable[[Meter], Coroutine[Any, Any, Visit]]


class Engine:
    """Reads one meter until it is stopped.

    It hands over through one slot for the latest snapshot, one ring of frames and one pending wake-up: ``wake`` is
    called from the engine's thread when there is news and the screen has taken the news before (``taken``). It never
    waits for the screen. ``after``: what gives its line back first. ``on_fault`` is called, on the engine's thread,
    with the sentence on each fault of the program. ``target``: what is opened, where it is not the connection's own.
    ``meet`` asks the meter who it is, once a connection.
    """

    def __init__(
        self,
        connection: Connection,
        frames: FrameRing,
        wake: Callable[[], None],
        *,
        clock: Clock = SYSTEM_CLOCK,
        after: Sequence[Joinable] = (),
        on_fault: Callable[[str], None] = lambda _sentence: None,
        target: str | None = None,
        meet: Meet | None = None,
    ) -> None:
        self.connection = connection
        self._target = target or connection.target
        self.frames = frames
        self.history = History()
        self.recorder: Recorder | None = None
        self.frame_recorder: CaptureRecorder | None = None
        self.fault: str | None = None
        """The latest fault of the program that did not end the reading, as one sentence."""
        self.ratios: TransformerRatios | None = None
        """What the meter says of its transformers; None until it has, or where it does not."""
        self.visit: Visit | None = None
        """Who answers, as far as the meter tells; None before it has been asked."""
        self.snapshot: Snapshot | None = None
        self.gateway: GatewayStatus | None = None
        """None while there is no gateway."""
        self.gateway_problem: str | None = None
        """Why the gateway does not listen, in one sentence."""
        self.gateway_news: tuple[tuple[datetime, str], ...] = ()
        """What the gateway has said lately: connections and refused requests."""
        self.usage: Mapping[str, float] = {}
        """Seconds of the line by who has used it."""
        self._reading_failure: str | None = None
        self._gateway: Gateway | None = None
        self._wake = wake
        self._clock = clock
        self._on_fault = on_fault
        self._news_pending = False
        self._reads = 0
        self._meet = meet
        self._met = 0
        self._line: Line | None = None
        self._meter: Meter | None = None
        self._sinks: list[Sink] = []
        self._ended = False
        self._task = BackgroundTask(
            self._main,
            what="Reading",
            name="meter",
            after=after,
            on_fault=self._tell_fault,
            on_end=self._release,
            farewell=FAREWELL if connection.settings.dial is None else _HANGING_UP,
        )

    def start(self) -> None:
        """Starts the thread; it connects and reads by itself."""
        self._task.start()

    def stop(self) -> None:
        """Asks for the end of the session with the meter and of the thread; returns at once."""
        self._task.stop()

    @property
    def is_running(self) -> bool:
        """It uses the line, or will when it is started, and was not asked to give it back."""
        return self._task.is_running

    @property
    def has_ended(self) -> bool:
        """It was started, and its thread is no more."""
        return self._task.has_ended

    @property
    def failure(self) -> str | None:
        """How the reading has ended by itself, as one sentence."""
        return self._reading_failure or self._task.failure or None

    def join(self) -> None:
        """Waits for the end, in bounded time."""
        self._task.join()

    def taken(self) -> None:
        """The screen has taken over what there was: the next news wakes it again."""
        self._news_pending = False

    def record(self, recorder: Recorder | None) -> None:
        """All readings go to this recorder from now on; None ends the recording."""
        before, self.recorder = self.recorder, recorder
        self._change_sink(before, recorder)

    def record_frames(self, recorder: CaptureRecorder | None) -> None:
        """All frames go to this recorder from now on; None ends the recording."""
        before, self.frame_recorder = self.frame_recorder, recorder
        self._change_sink(before, recorder)

    def watch(self, sink: Sink) -> None:
        """This sink is given everything from now on."""
        self._change_sink(None, sink)

    def hurry(self) -> None:
        """Ends the pause before the next attempt to connect."""
        self.call(lambda: self._line.hurry() if self._line is not None else None)

    def submit(self, work: Work, *, what: str = "This", failed: Failed | None = None) -> None:
        """Runs work with the meter on the engine's loop, beside the continuous reading.

        ``failed`` is called with one sentence when it has not come to its end; ``what`` names it there, with a capital.
        """
        told = failed or self._note
        if not self._task.call(self._start_work, what, work, told):
            told(_(_LEFT))

    def download(self, job: DownloadJob) -> None:
        """Runs a download beside the continuous reading."""
        self.submit(lambda meter: job.run(meter, self._news), what=_("The download"), failed=job.fail)

    def tell_news(self) -> None:
        """Work on the engine's loop has something new for the screen."""
        self._news()

    def start_gateway(self, settings: GatewaySettings) -> None:
        """Lets other applications share the line."""
        self.submit(
            lambda _meter: self._open_gateway(settings), what=_("The start of the gateway"), failed=self._gateway_failed
        )

    def stop_gateway(self) -> None:
        """Disconnects the applications."""
        self.submit(lambda _meter: self._close_gateway(), what=_("The end of the gateway"), failed=self._gateway_failed)

    def forget_wrong_keys(self) -> None:
        """The gateway lets each wrong key be tried once more."""
        self.call(self._reset_keys)

    def call(self, action: Callable[..., object], *arguments: object) -> None:
        """Runs an action on the engine's loop, as soon as that is there, and unless it has ended."""
        if not self._task.call(action, *arguments):
            _log.debug("the engine had already ended")

    # On the engine's thread

    def _release(self) -> None:
        self.record(None)
        self.record_frames(None)
        self._news()

    async def _main(self) -> None:
        self._work: set[asyncio.Task[Failure | None]] = set()
        self._first_reading = asyncio.Event()
        connection = self.connection
        self._sinks = [LogSink(), *self._sinks]
        self._line = open_line(
            self._target,
            connection.settings,
            reconnect=True,
            tap=self._heard,
            on_state=self._state_changed,
            clock=self._clock,
        )
        self._meter = Meter(
            self._line, connection.station, zone=connection.zone, who="live", summer_time=connection.summer_time
        )
        self._monitor = Monitor(self._meter, period=connection.poll_period, on_snapshot=self._hand_over)
        reading = asyncio.create_task(self._read())
        if connection.voltage_ratio is None or connection.current_ratio is None:
            self._start_work(_("The question for the transformer ratios"), self._learn_ratios, self._note)
        try:
            await asyncio.Event().wait()
        finally:  # it was stopped
            self._ended = True
            for task in (reading, *self._work):
                task.cancel()
            await asyncio.gather(reading, *self._work, return_exceptions=True)
            try:
                await self._close_gateway()
            finally:
                await self._line.close()

    async def _read(self) -> None:
        if (failure := await guarded("Reading", self._monitor.run)) is None:
            return
        if failure.is_fault:
            self._reading_failure = failure.sentence
            self._tell_fault(failure.sentence)
        else:
            _log.warning("reading ended: %s", failure.sentence)

    async def _learn_ratios(self, meter: Meter) -> None:
        """Asked for once, behind the first reading."""
        await self._first_reading.wait()
        try:
            self.ratios = await meter.read_ratios()
        except Iec102Error as error:
            _log.info("the meter does not tell its ratios: %s", error)
        self._news()

    def _meet_once(self, snapshot: Snapshot) -> None:
        """Behind the first reading of each connection: behind it there may be another meter."""
        connection = snapshot.counters.connections + snapshot.counters.reconnections
        if self._meet is not None and connection != self._met:
            self._met = connection
            self._start_work(_("The question who the meter is"), self._ask_who, self._note)

    async def _ask_who(self, meter: Meter) -> None:
        assert self._meet is not None
        self.visit = await self._meet(meter)
        self._news()

    async def _open_gateway(self, settings: GatewaySettings) -> None:
        if self._gateway is not None or self._line is None:
            return
        from iec102.gateway import Gateway  # loaded when it is used

        from iec102_tui.meter_side.key_file import KeyFile

        gateway = Gateway(
            self._line, settings, tell=self._gateway_told, tap=self._gateway_heard, clock=self._clock, store=KeyFile()
        )
        await gateway.start()
        self._gateway, self.gateway_problem = gateway, None
        self._gateway_changed()

    async def _close_gateway(self) -> None:
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            await gateway.close()
            self._gateway_changed()

    def _gateway_failed(self, sentence: str) -> None:
        self.gateway_problem = sentence
        self._gateway_changed()

    def _reset_keys(self) -> None:
        if self._gateway is not None:
            self._gateway.reset_keys()

    def _gateway_told(self, text: str) -> None:
        log_gateway(text)
        self.gateway_news = (*self.gateway_news, (self._clock.wall(), text))[-_MOST_NEWS:]
        self._gateway_changed()

    def _gateway_heard(self, record: TapRecord) -> None:
        self._gateway_changed()
        self._heard(record)

    def _gateway_changed(self) -> None:
        self.gateway = None if self._gateway is None else self._gateway.status
        self._news()

    # Work

    def _start_work(self, what: str, work: Work, failed: Failed) -> None:
        if self._meter is None or self._ended:
            failed(_(_LEFT))
            return
        task = asyncio.create_task(guarded(what, work, self._meter))
        self._work.add(task)
        task.add_done_callback(partial(self._work_ended, failed))

    def _work_ended(self, failed: Failed, task: asyncio.Task[Failure | None]) -> None:
        self._work.discard(task)
        failure = Failure(_(_LEFT), is_fault=False) if task.cancelled() else task.result()
        if failure is not None:
            failed(failure.sentence)
            if failure.is_fault:
                self._tell_fault(failure.sentence)
            self._news()

    def _note(self, sentence: str) -> None:
        """What nobody else shows: a fault is told anyway."""
        _log.info("%s", sentence)

    def _tell_fault(self, sentence: str) -> None:
        self.fault = sentence
        self._on_fault(sentence)
        self._news()

    # Sinks

    def _change_sink(self, before: Sink | None, after: Sink | None) -> None:
        """Called on any thread: the list is another one, never changed while it is gone through."""
        kept = [sink for sink in self._sinks if sink is not before]
        self._sinks = kept if after is None else [*kept, after]
        if before is not None:
            before.end()

    def _give(self, give: Callable[[Sink], None]) -> None:
        """A sink that raises gets nothing more; the others and the line go on."""
        for sink in self._sinks:
            try:
                give(sink)
            except Exception as error:
                self._change_sink(sink, None)
                self._tell_fault(failure_of(_("The {name}", name=type(sink).__name__), error).sentence)

    def _state_changed(self, state: LineState) -> None:
        self._give(lambda sink: sink.state(state))
        self._monitor.state_changed(state)

    def _heard(self, record: TapRecord) -> None:
        self.frames.append(record)
        self._give(lambda sink: sink.frame(record))
        if record.repeat:  # until the answer comes there may be no other snapshot, and the counters say why
            self._monitor.refresh()
        self._news()

    def _hand_over(self, snapshot: Snapshot) -> None:
        reading = snapshot.reading
        if reading is not None and snapshot.read_at is not None and snapshot.reads != self._reads:
            self._reads = snapshot.reads
            self.history.add(reading, snapshot.read_at)
            self._first_reading.set()
            self._meet_once(snapshot)
            self._give(lambda sink: sink.reading(reading))
        self.snapshot = snapshot
        if self._line is not None:
            self.usage = self._line.usage
        self._news()

    def _news(self) -> None:
        if not self._news_pending:
            self._news_pending = True
            self._wake()
