"""Where the engine's state meets the widgets: they are told "changed" and pull what they show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting
from iec102.line.state import Phase
from iec102.meter.monitor import Snapshot
from iec102.settings import Station

from iec102_tui.archive.visit import Visit
from iec102_tui.captures.frame_ring import FRAME_LIMIT, FrameRing
from iec102_tui.files.file_thread import FileThread
from iec102_tui.meter_side.alarms import AlarmWatch, log_alarm
from iec102_tui.meter_side.background_task import BackgroundTask, Joinable
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.engine import Engine, Leaving
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meter_data import MeterData
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.reading_recorder import Recorder
from iec102_tui.meter_side.wiring_watch import WiringWatch
from iec102_tui.profiles.connection import Connection, paced
from iec102_tui.profiles.ratio import Ratios
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102.gateway import GatewayStatus

    from iec102_tui.captures.marks import CaptureHeader
    from iec102_tui.meter_side.broker_sink import Publishing
    from iec102_tui.meter_side.frame_recorder import CaptureRecorder


class ContractedPower(NamedTuple):
    """Of a tariff period, such as P3, in kW."""

    period: str
    power: float


class Closable(Protocol):
    """Something that has more to write."""

    def close(self) -> None:
        """Writes it, in bounded time."""


class Session:
    """The meter that the screen shows, or none.

    ``changed`` is called on the interface's loop when there is news, at most every ``refresh`` seconds, and once a
    second for the ages. ``simulated_line``: the speed of a simulated meter's line, such as ``9600-8E1``.
    """

    def __init__(
        self,
        *,
        refresh: float = 0.25,
        frames: int = FRAME_LIMIT,
        clock: Clock = SYSTEM_CLOCK,
        downloads: Downloads | None = None,
        simulated_line: str | None = None,
        meter_data: MeterData | None = None,
    ) -> None:
        self.clock = clock
        self.frames = FrameRing(frames)
        self.downloads = downloads or Downloads()
        self.meter_data = meter_data or MeterData()
        self._clock_difference: float | None = None
        self.connection: Connection | None = None
        self.frozen: Snapshot | None = None
        self.recording_to: Path | None = None
        """The folder to which all frames are recorded, as soon as there is a meter; None: they are not."""
        self.captures: list[CaptureRecorder] = []
        """All recordings of frames, the latest last."""
        self.readings: list[Recorder] = []
        """All recordings of readings, the latest last."""
        self.publishing: Publishing | None = None
        """Publishes the meter that is shown, unless it is simulated."""
        self.files = FileThread()
        """Where the interface writes small files."""
        self.exports = FileThread("exports")
        self.faults: list[str] = []
        """The faults of the program in this run, a sentence each; any thread adds to it."""
        self.written: dict[Path, str] = {}
        """All other files that this run has written, each with what is in it, such as ``Readings are``."""
        self.alarm_watch: AlarmWatch | None = None
        """Compares the readings with the limits of the meter's profile; None where it has none."""
        self.wiring_watch: WiringWatch | None = None
        """What the readings say of the wiring of the meter; None before there is one."""
        self._refused: set[tuple[str, Station]] = set()
        self._engine: Engine | None = None
        self._service: MeterService | None = None
        self._left: list[Leaving] = []
        """Meters that have still to give their lines back."""
        self._work: BackgroundTask | None = None
        self._refresh = refresh
        self._simulated_line = simulated_line
        self._changed: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next_delivery = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, changed: Callable[[], None]) -> None:
        """Called on the interface's loop, before the first connection."""
        self._changed = changed
        self._loop = asyncio.get_running_loop()

    def detach(self) -> None:
        """Nobody wants the news any more."""
        self._changed = lambda: None

    # What widgets pull

    @property
    def snapshot(self) -> Snapshot | None:
        """What the screen shows: the latest state, or the one that was frozen."""
        return self.frozen or self.latest

    @property
    def latest(self) -> Snapshot | None:
        """The latest state of the meter; None before there is any."""
        return None if self._service is None else self._service.snapshot

    @property
    def history(self) -> History | None:
        """The readings since the connection."""
        return None if self._service is None else self._service.history

    @property
    def ratios(self) -> Ratios | None:
        """The transformer ratios: the profile's, else the meter's own."""
        connection, service = self.connection, self._service
        if connection is not None and connection.ratios is not None:
            return connection.ratios
        return None if service is None or service.ratios is None else Ratios.of_meter(service.ratios)

    @property
    def contracted(self) -> ContractedPower | None:
        """The contracted power of the tariff period that it is now; None while it is not known."""
        found = self.meter_data.contracted(self.connection, self.clock.wall())
        return None if found is None else ContractedPower(f"P{found.period}", found.power)

    @property
    def failure(self) -> str | None:
        """A fault of the program itself, as one sentence."""
        if self._service is None:
            return None
        return self._service.failure or (None if self._engine is None else self._engine.failure)

    @property
    def fault(self) -> str | None:
        """A fault of the program beside the reading, which goes on."""
        if self._service is None:
            return None
        return self._service.fault or (None if self._engine is None else self._engine.fault)

    @property
    def visit(self) -> Visit | None:
        """Which meter answers, and which did at the last visit; None until it is known."""
        return None if self._service is None else self._service.visit

    @property
    def is_connected(self) -> bool:
        """A meter is being read, or its line is being opened again and again."""
        return self._service is not None and self._service.is_running

    def holds(self, target: str | None) -> bool:
        """The line of this target is in use here."""
        return self.is_connected and self.connection is not None and self.connection.target == target

    @property
    def gateway(self) -> GatewayStatus | None:
        """Who shares the line; None while the gateway is off."""
        return None if self._service is None else self._service.gateway

    @property
    def gateway_problem(self) -> str | None:
        """Why the gateway could not be switched on."""
        return None if self._service is None else self._service.gateway_problem

    @property
    def gateway_news(self) -> Sequence[tuple[datetime, str]]:
        """What the gateway has said lately, and when, the latest last."""
        return () if self._service is None else self._service.gateway_news

    @property
    def usage(self) -> Mapping[str, float]:
        """Seconds of the line by who has used it."""
        return {} if self._service is None else self._service.usage

    @property
    def service(self) -> MeterService | None:
        """What reads the meter, for work beside the continuous reading; None while no meter is connected."""
        return self._service if self.is_connected else None

    @property
    def frame_recorder(self) -> CaptureRecorder | None:
        """The recording of frames; None while it is off."""
        return None if self._service is None else self._service.frame_recorder

    @property
    def zone(self) -> tzinfo | None:
        """The meter's; None before one is chosen."""
        return None if self.connection is None else self.connection.zone

    @property
    def replayed(self) -> tuple[str, str] | None:
        """What the status says of a capture that is shown instead of a meter."""
        return None

    def header(self) -> CaptureHeader:
        """What a capture of the frames says of where they come from."""
        from iec102_tui.captures.export import header_of  # loaded when it is used

        return header_of(self.connection, self.clock.wall())

    def age(self) -> float | None:
        """Seconds since the values on the screen were read; None while there are none."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.read_at is None:
            return None
        return max(0.0, self.clock.boottime() - snapshot.read_at)

    @property
    def stale_after(self) -> float:
        """Age in seconds from which values are stale: two readings and two seconds are missing."""
        period = self.connection.poll_period if self.connection is not None else 1.0
        return 2 * period + 2

    def is_stale(self) -> bool:
        """The values on the screen are no longer what the meter measures now."""
        age = self.age()
        return age is not None and age > self.stale_after

    def was_refused(self, connection: Connection) -> bool:
        """This meter has refused this password, or may have: a meter locks out after several wrong ones."""
        return (connection.target, connection.station) in self._refused

    # What the user does

    def remember_refusal(self, connection: Connection) -> None:
        """The meter has refused the password, or has not answered it; it is remembered until the program ends."""
        self._refused.add((connection.target, connection.station))

    def connect(self, connection: Connection) -> None:
        """Leaves the meter that is shown and goes to another."""
        self.disconnect()
        self.connection = connection
        self.frozen = None
        self.frames = FrameRing(self.frames.limit)
        if self._engine is None or not self._engine.is_running:
            self._engine = Engine(clock=self.clock, on_fault=self.faults.append)
        self._service = self._engine.add(
            connection,
            self.frames,
            self._woken,
            target=paced(connection.target, self._simulated_line) if self._simulated_line else None,
            after=self._leaving(),
            meet=partial(self.downloads.load_profiles.meet, connection=connection),
            begin=self._begin,
        )
        self.meter_data.recall(self._service, connection)
        self._changed()

    def _begin(self, service: MeterService) -> None:
        """What listens from the first moment on."""
        connection = service.connection
        self._service = service
        if self.recording_to is not None:
            self.record_frames(self.recording_to)
        self.wiring_watch = WiringWatch()
        service.watch(self.wiring_watch)
        self.alarm_watch = None
        if connection.limits:
            self.alarm_watch = AlarmWatch(connection.name, connection.limits, log_alarm)
            service.watch(self.alarm_watch)
        if self.publishing is not None and (sink := self.publishing.sink_of_real(connection)) is not None:
            service.watch(sink)

    def run_work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> BackgroundTask:
        """Runs work that needs a line for itself, once what has been stopped has given its line back."""
        self._work = BackgroundTask(work, after=self._leaving(), on_fault=self.faults.append)
        self._work.start()
        return self._work

    def _leaving(self) -> list[Joinable]:
        """What has to give its line back first."""
        if self._work is not None:
            self._work.stop()
        self._left = [left for left in self._left if not left.over.is_set()]
        return [*self._left, *([] if self._work is None else [self._work])]

    def disconnect(self) -> None:
        """Ends the session with the meter; its last values stay on the screen, with their age."""
        if self._engine is not None and self._service is not None and self._service.is_running:
            self._left.append(self._engine.remove(self._service))

    def close(self) -> None:
        """The program ends: ends the session with the meter and waits for that, in bounded time."""
        self.detach()
        if self._engine is not None:
            self._engine.stop()
            self._engine.join()
        for leaving in self._leaving():
            leaving.join()
        writers: list[Closable] = [*self.captures, *self.readings, self.files, self.exports]
        for writer in writers:
            writer.close()
        unpublished = None if self.publishing is None else self.publishing.close()
        for problem in (self.downloads.close(), self.meter_data.close(), unpublished):
            if problem:
                self.faults.append(problem)

    def record_readings(self, path: Path) -> Recorder | None:
        """Records all readings of this meter from now on; None without a meter. The recorder says whether it can."""
        if self.service is None:
            return None
        recorder = Recorder(path, self.clock.boottime())
        self.readings.append(recorder)
        self.service.record(recorder)
        return recorder

    def record_frames(self, folder: Path) -> CaptureRecorder | None:
        """Records all frames from now on, also those of the next meters, a file each; None without a meter yet.

        The recorder says whether it can.
        """
        self.recording_to = folder
        if self.service is None:
            return None
        from iec102_tui.meter_side.frame_recorder import CaptureRecorder  # loaded when it is used

        recorder = CaptureRecorder(folder, self.header(), clock=self.clock)
        self.captures.append(recorder)
        self.service.record_frames(recorder)
        return recorder

    def end_recording_frames(self) -> None:
        """Ends the recording; what waits is still written."""
        self.recording_to = None
        if self._service is not None:
            self._service.record_frames(None)

    def switch_gateway(self) -> bool:
        """Lets other applications share the line, or no more; gives whether it is being switched on.

        Raises InvalidSetting.
        """
        service, connection = self.service, self.connection
        if service is None or connection is None:
            raise InvalidSetting(_("there is no meter to share: connect to one first"))
        if self.gateway is not None:
            service.stop_gateway()
            return False
        service.start_gateway(connection.gateway.settings(connection.station.link_address, connection.zone))
        return True

    def forget_wrong_keys(self) -> None:
        """Lets the applications try each wrong password once more. Raises InvalidSetting."""
        if self.service is None or self.gateway is None:
            raise InvalidSetting(_("the gateway is off: wrong passwords are counted while it is on"))
        self.service.forget_wrong_keys()

    def freeze(self) -> bool:
        """Holds the view while reading goes on, or lets it go again; gives whether it is held."""
        self.frozen = None if self.frozen is not None else self.latest
        self._changed()
        return self.frozen is not None

    # The wake-up

    def _woken(self) -> None:
        """On the engine's thread."""
        loop = self._loop
        if loop is not None:
            # The interface may end at any moment; the meter side goes on until it has ended its session.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        assert self._loop is not None
        if self._timer is None:
            self._timer = self._loop.call_at(max(self._loop.time(), self._next_delivery), self._deliver)

    def _deliver(self) -> None:
        assert self._loop is not None
        self._timer = None
        self._next_delivery = self._loop.time() + self._refresh
        if self._service is not None:
            self._service.taken()
            self._note_refusal()
            self._note_clock()
        self._changed()

    def _note_refusal(self) -> None:
        connection, latest = self.connection, self.latest
        if connection is not None and latest is not None:
            if latest.state.phase is Phase.REFUSED:
                self.remember_refusal(connection)
            elif latest.state.phase is Phase.CONNECTED:
                self._refused.discard((connection.target, connection.station))

    def _note_clock(self) -> None:
        connection, latest = self.connection, self.latest
        difference = None if latest is None else latest.clock_difference
        if connection is not None and difference is not None and difference != self._clock_difference:
            self.meter_data.note_clock(connection, self.clock.wall(), difference)
        self._clock_difference = difference
