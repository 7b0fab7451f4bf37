"""The meter side, on a thread and event loop of its own: a terminal that stops reading never stops it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any

from iec102.application import TransformerRatios
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import Iec102Error
from iec102.gateway import Gateway, GatewaySettings, GatewayStatus
from iec102.line import Line
from iec102.meter import Meter
from iec102.monitor import Monitor, Snapshot
from iec102.target import open_line
from iec102.transport.tap import TapRecord

from iec102_tui.captures.recorder import CaptureRecorder
from iec102_tui.diagnostics import log_gateway, log_path
from iec102_tui.frames.capture import FrameRing
from iec102_tui.line.connection import Connection
from iec102_tui.line.errand import Joinable
from iec102_tui.line.key_file import KeyFile
from iec102_tui.live.history import History
from iec102_tui.live.recorder import Recorder
from iec102_tui.load_profile.job import DownloadJob

_log = logging.getLogger(__name__)

# Seconds that a session is given to end before the program goes on without it.
_FAREWELL = 6.0
_MOST_NEWS = 20


class Engine:
    """Reads one meter until it is stopped.

    It hands over through one slot for the latest snapshot, one ring of frames and one pending wake-up: ``wake`` is
    called from the engine's thread when there is news and the screen has taken the news before (``taken``). It never
    waits for the screen. ``after``: what gives its line back first.
    """

    def __init__(
        self,
        connection: Connection,
        frames: FrameRing,
        wake: Callable[[], None],
        *,
        clock: Clock = SYSTEM_CLOCK,
        after: Sequence[Joinable] = (),
    ) -> None:
        self.connection = connection
        self.frames = frames
        self.history = History()
        self.recorder: Recorder | None = None
        self.frame_recorder: CaptureRecorder | None = None
        self.failure: str | None = None
        """A fault of the program itself, as one sentence."""
        self.ratios: TransformerRatios | None = None
        """What the meter says of its transformers; None until it has, or where it does not."""
        self.snapshot: Snapshot | None = None
        self.gateway: GatewayStatus | None = None
        """None while there is no gateway."""
        self.gateway_problem: str | None = None
        """Why the gateway does not listen, in one sentence."""
        self.gateway_news: tuple[tuple[datetime, str], ...] = ()
        """What the gateway has said lately: connections and refused requests."""
        self.usage: Mapping[str, float] = {}
        """Seconds of the line by who has used it."""
        self._gateway: Gateway | None = None
        self._wake = wake
        self._clock = clock
        self._after = after
        self._news_pending = False
        self._reads = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[tuple[Callable[..., object], tuple[object, ...]]] = []
        self._starting = threading.Lock()
        self._line: Line | None = None
        self._meter: Meter | None = None
        self._stop = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="meter", daemon=True)

    def start(self) -> None:
        """Starts the thread; it connects and reads by itself."""
        self._thread.start()

    def stop(self) -> None:
        """Asks for the end of the session with the meter and of the thread; returns at once."""
        self._stop.set()
        if self._stopping is not None:
            self.call(self._stopping.set)

    @property
    def is_running(self) -> bool:
        """It uses the line, or will when it is started, and was not asked to give it back."""
        has_ended = self._thread.ident is not None and not self._thread.is_alive()
        return not self._stop.is_set() and not has_ended

    def join(self) -> None:
        """Waits for the end, in bounded time."""
        self._thread.join(_FAREWELL)

    def taken(self) -> None:
        """The screen has taken over what there was: the next news wakes it again."""
        self._news_pending = False

    def record(self, recorder: Recorder | None) -> None:
        """All readings go to this recorder from now on; None ends the recording."""
        before, self.recorder = self.recorder, recorder
        if before is not None:
            before.close()

    def record_frames(self, recorder: CaptureRecorder | None) -> None:
        """All frames go to this recorder from now on; None ends the recording."""
        before, self.frame_recorder = self.frame_recorder, recorder
        if before is not None:
            before.end()

    def hurry(self) -> None:
        """Ends the pause before the next attempt to connect."""
        self._on_line(lambda line: line.hurry())

    def submit(self, work: Callable[[Meter], Coroutine[Any, Any, None]]) -> None:
        """Runs work with the meter on the engine's loop, beside the continuous reading."""
        self.call(self._start_work, work)

    def download(self, job: DownloadJob) -> None:
        """Runs a download beside the continuous reading."""
        self.submit(lambda meter: job.run(meter, self._news))

    def start_gateway(self, settings: GatewaySettings) -> None:
        """Lets other applications share the line."""
        self.submit(lambda _meter: self._open_gateway(settings))

    def stop_gateway(self) -> None:
        """Disconnects the applications."""
        self.submit(lambda _meter: self._close_gateway())

    def forget_wrong_keys(self) -> None:
        """The gateway lets each wrong key be tried once more."""
        self.call(self._reset_keys)

    def call(self, action: Callable[..., object], *arguments: object) -> None:
        """Runs an action on the engine's loop, as soon as that is there, and unless it has ended."""
        with self._starting:
            if self._loop is None:
                self._early.append((action, arguments))
                return
        try:
            self._loop.call_soon_threadsafe(action, *arguments)
        except RuntimeError:
            _log.debug("the engine had already ended")

    # On the engine's thread

    def _run(self) -> None:
        try:
            self._run_until_stopped()
        finally:
            self.record(None)
            self.record_frames(None)

    def _run_until_stopped(self) -> None:
        for other in self._after:
            other.join()
        self._after = ()
        try:
            asyncio.run(self._main())
        except Exception:
            _log.exception("the engine ended")

    async def _main(self) -> None:
        self._stopping = asyncio.Event()
        with self._starting:
            self._loop = asyncio.get_running_loop()
        for action, arguments in self._early:
            self._loop.call_soon(action, *arguments)
        self._early.clear()
        if self._stop.is_set():
            return
        self._work: set[asyncio.Task[None]] = set()
        self._first_reading = asyncio.Event()
        connection = self.connection
        self._line = open_line(
            connection.target,
            connection.settings,
            reconnect=True,
            tap=self._heard,
            on_state=lambda state: self._monitor.state_changed(state),
            clock=self._clock,
        )
        self._meter = Meter(self._line, connection.station, zone=connection.zone, who="live")
        self._monitor = Monitor(self._meter, period=connection.poll_period, on_snapshot=self._hand_over)
        reading = asyncio.create_task(self._read())
        if connection.voltage_ratio is None or connection.current_ratio is None:
            self._start_work(self._learn_ratios)
        await self._stopping.wait()
        for task in (reading, *self._work):
            task.cancel()
        await asyncio.gather(reading, *self._work, return_exceptions=True)
        await self._close_gateway()
        await self._line.close()

    async def _read(self) -> None:
        try:
            await self._monitor.run()
        except Iec102Error as error:
            _log.warning("reading ended: %s", error)
        except Exception as error:
            _log.exception("reading ended")
            self.failure = f"Reading has failed ({type(error).__name__}): the log {log_path()} says where."
            self._news()

    async def _learn_ratios(self, meter: Meter) -> None:
        """Asked for once, behind the first reading."""
        await self._first_reading.wait()
        try:
            self.ratios = await meter.read_ratios()
        except Iec102Error as error:
            _log.info("the meter does not tell its ratios: %s", error)
        self._news()

    async def _open_gateway(self, settings: GatewaySettings) -> None:
        if self._gateway is not None or self._line is None:
            return
        gateway = Gateway(
            self._line,
            settings,
            tell=self._gateway_told,
            tap=self._gateway_heard,
            clock=self._clock,
            store=KeyFile(),
        )
        try:
            await gateway.start()
        except Iec102Error as error:
            self.gateway_problem = str(error)
        else:
            self._gateway, self.gateway_problem = gateway, None
        self._gateway_changed()

    async def _close_gateway(self) -> None:
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            await gateway.close()
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

    def _start_work(self, work: Callable[[Meter], Coroutine[Any, Any, None]]) -> None:
        if self._meter is not None:
            task = asyncio.create_task(work(self._meter))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    def _on_line(self, action: Callable[[Line], None]) -> None:
        if self._line is not None:
            self.call(action, self._line)

    def _heard(self, record: TapRecord) -> None:
        self.frames.append(record)
        recorder = self.frame_recorder
        if recorder is not None:
            recorder.add(record)
        if record.repeat:  # until the answer comes there may be no other snapshot, and the counters say why
            self._monitor.refresh()
        self._news()

    def _hand_over(self, snapshot: Snapshot) -> None:
        if snapshot.reading is not None and snapshot.read_at is not None and snapshot.reads != self._reads:
            self._reads = snapshot.reads
            self.history.add(snapshot.reading, snapshot.read_at)
            self._first_reading.set()
            recorder = self.recorder
            if recorder is not None:
                recorder.add(snapshot.reading)
        self.snapshot = snapshot
        if self._line is not None:
            self.usage = self._line.usage
        self._news()

    def _news(self) -> None:
        if not self._news_pending:
            self._news_pending = True
            self._wake()
