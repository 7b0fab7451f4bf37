"""Where the engine's state meets the widgets: they are told "changed" and pull what they show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting
from iec102.meter.monitor import Snapshot

from iec102_tui.captures.frame_ring import FRAME_LIMIT, FrameRing
from iec102_tui.files.file_thread import FileThread
from iec102_tui.meter_side.alarms import AlarmWatch
from iec102_tui.meter_side.background_task import BackgroundTask, Joinable
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.meter_data import MeterData
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.read_meter import ReadMeter, ReadMeters
from iec102_tui.meter_side.reading_recorder import Recorder
from iec102_tui.meter_side.shown_meter import ShownMeter
from iec102_tui.meter_side.way import Through
from iec102_tui.meter_side.wiring_watch import WiringWatch
from iec102_tui.profiles.connection import Connection, paced
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102_tui.meter_side.broker_sink import Publishing
    from iec102_tui.meter_side.frame_recorder import CaptureRecorder


_OTHERS_PERIOD = 1.0
"""Seconds between two looks at the meters that are not shown."""


class Closable(Protocol):
    """Something that has more to write."""

    def close(self) -> None:
        """Writes it, in bounded time."""


class Session(ShownMeter):
    """The meter that the screen shows, or none, and those that are read beside it.

    ``changed`` is called on the interface's loop when there is news of the meter that is shown, at most every
    ``refresh`` seconds, or when the state of another changes. ``frames``: how many are kept of the meter that is shown.
    ``simulated_line``: the speed of a simulated meter's line, such as ``9600-8E1``. ``gateway_of`` gives the URL of a
    gateway of this machine that has the line of a meter already, None where there is none.
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
        gateway_of: Callable[[Connection], Through | None] | None = None,
    ) -> None:
        self.clock = clock
        self._no_frames = FrameRing(frames)
        self.downloads = downloads or Downloads()
        self.meter_data = meter_data or MeterData()
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
        self.meters = ReadMeters(clock, self._woken, self.faults.append, frames)
        """All meters that are read, also that which is shown."""
        self._shown: ReadMeter | None = None
        self._service: MeterService | None = None
        self._work: BackgroundTask | None = None
        self._refresh = refresh
        self._simulated_line = simulated_line
        self._gateway_of = gateway_of
        self._changed: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next_delivery = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_of_others: asyncio.TimerHandle | None = None

    def attach(self, changed: Callable[[], None]) -> None:
        """Called on the interface's loop, before the first connection."""
        self._changed = changed
        self._loop = asyncio.get_running_loop()

    def detach(self) -> None:
        """Nobody wants the news any more."""
        self._changed = lambda: None

    # The meters

    @property
    def others(self) -> list[ReadMeter]:
        """The meters that were connected and are not shown."""
        return [meter for meter in self.meters if meter is not self._shown]

    def ended_by(self, connection: Connection) -> list[ReadMeter]:
        """The meters that have to be left before this one can be read: itself, and who has its line."""
        if self._through(connection) is None:
            return self.meters.rivals(connection, self._target(connection))
        return [meter for meter in self.meters.running if meter.name == connection.name]

    def remember_refusal(self, connection: Connection) -> None:
        """The meter has refused the password, or has not answered it; it is remembered until the program ends."""
        self.meters.remember_refusal(connection)

    def remember_acceptance(self, connection: Connection) -> None:
        """The meter has accepted the password."""
        self.meters.remember_acceptance(connection)

    def connect(self, connection: Connection, *, asked: bool = True) -> None:
        """Reads this meter from now on, and shows it; others go on, unless it needs their line.

        ``asked``: a person wants its password to be sent, also where that was refused before.
        """
        self._show(self._add(connection, asked))
        self._changed()

    def connect_beside(self, connection: Connection, *, asked: bool = True) -> None:
        """Reads this meter from now on; the one that is shown stays, unless it is this one."""
        if self.connection is not None and self.connection.name == connection.name:
            self.connect(connection, asked=asked)
            return
        self._add(connection, asked)
        self.meters.share_room(self._shown)
        self._changed()

    def _add(self, connection: Connection, asked: bool) -> ReadMeter:
        meter = self.meters.add(
            connection,
            target=self._target(connection),
            meet=partial(self.downloads.load_profiles.meet, connection=connection),
            begin=self._begin,
            after=self._stopped_work(),
            through=self._through(connection),
            look=None if self._gateway_of is None else partial(self._gateway_of, connection),
            asked=asked,
        )
        self.meter_data.recall(meter.service, connection)
        return meter

    def show(self, name: str) -> bool:
        """Shows this meter, which was connected before; gives False where it was not."""
        meter = self.meters.find(name)
        if meter is None:
            return False
        self._show(meter)
        self._changed()
        return True

    def _show(self, meter: ReadMeter) -> None:
        self._shown, self._service, self.connection = meter, meter.service, meter.connection
        self.frozen = None
        self.wiring_watch, self.alarm_watch = meter.wiring_watch, meter.alarm_watch
        self.meters.share_room(meter)
        if self._loop is not None:  # what was pending is taken as what it is now
            self._schedule()
            self._schedule_others()

    def _through(self, connection: Connection) -> Through | None:
        return None if self._gateway_of is None else self._gateway_of(connection)

    def _target(self, connection: Connection) -> str | None:
        return paced(connection.target, self._simulated_line) if self._simulated_line else None

    def _begin(self, meter: ReadMeter) -> None:
        """What listens from the first moment on."""
        if self.recording_to is not None:
            self._record_frames(meter.service, self.recording_to)
        if self.publishing is not None and (sink := self.publishing.sink_of_real(meter.connection)) is not None:
            meter.service.watch(sink)

    def run_work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> BackgroundTask:
        """Runs work that needs a line for itself, once what has been stopped has given its line back."""
        self._work = BackgroundTask(work, after=self._leaving(), on_fault=self.faults.append)
        self._work.start()
        return self._work

    def _leaving(self) -> list[Joinable]:
        """What has to give its line back first."""
        return [*self.meters.leaving(), *self._stopped_work()]

    def _stopped_work(self) -> list[Joinable]:
        """A search or check gives its line back. Lines of meters that are being left are waited for where they are."""
        if self._work is None:
            return []
        self._work.stop()
        return [self._work]

    def rename(self, before: str, name: str) -> None:
        """A meter that is read has another name from now on."""
        meter = self.meters.rename(before, name)
        if meter is not None and meter is self._shown:
            self.connection = meter.connection

    def drop(self, name: str) -> None:
        """Leaves a meter that is not shown, and forgets it: its profile is gone."""
        meter = self.meters.find(name)
        if meter is not None and meter is not self._shown:
            self.meters.leave(meter)
            self.meters.forget(meter)

    def disconnect(self) -> None:
        """Ends the session with the meter that is shown; its last values stay on the screen, with their age."""
        if self._shown is not None:
            self.meters.leave(self._shown)

    def disconnect_other(self, name: str) -> None:
        """Ends the session with a meter that is not shown; its last values stay in the list."""
        if (meter := self.meters.find(name)) is not None:
            self.meters.leave(meter)

    def close(self) -> None:
        """The program ends: ends the sessions with all meters and waits for that, in bounded time."""
        self.detach()
        self.meters.close()
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
        """Records all frames of all meters from now on, also of the next ones, a file each; None without a meter yet.

        The recorder of the meter that is shown says whether it can.
        """
        self.recording_to = folder
        for meter in self.meters.running:
            recorder = meter.service.frame_recorder
            if recorder is None or not recorder.is_open:
                self._record_frames(meter.service, folder)
        return None if self.service is None else self.frame_recorder

    def _record_frames(self, service: MeterService, folder: Path) -> None:
        from iec102_tui.captures.export import header_of
        from iec102_tui.meter_side.frame_recorder import CaptureRecorder  # loaded when it is used

        header = header_of(service.connection, self.clock.wall())
        recorder = CaptureRecorder(folder, header, clock=self.clock)
        self.captures.append(recorder)
        service.record_frames(recorder)

    def end_recording_frames(self) -> None:
        """Ends the recording; what waits is still written."""
        self.recording_to = None
        for meter in self.meters:
            meter.service.record_frames(None)

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

    def _woken(self, meter: ReadMeter) -> None:
        """On the engine's thread."""
        loop = self._loop
        if loop is not None:
            # The interface may end at any moment; the meter side goes on until it has ended its session.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._schedule if meter is self._shown else self._schedule_others)

    def _schedule(self) -> None:
        assert self._loop is not None
        if self._timer is None:
            self._timer = self._loop.call_at(max(self._loop.time(), self._next_delivery), self._deliver)

    def _deliver(self) -> None:
        assert self._loop is not None
        self._timer = None
        self._next_delivery = self._loop.time() + self._refresh
        if self._shown is not None:
            self._take_over(self._shown)
        self._changed()

    def _schedule_others(self) -> None:
        assert self._loop is not None
        if self._timer_of_others is None:
            self._timer_of_others = self._loop.call_later(_OTHERS_PERIOD, self._deliver_others)

    def _deliver_others(self) -> None:
        """The screen is told where a state changes; what they measure it draws with the ages."""
        self._timer_of_others = None
        changed = [meter for meter in self.others if self._take_over(meter)]
        if changed:
            self._changed()

    def _take_over(self, meter: ReadMeter) -> bool:
        """Notes what its latest state says; gives whether it has changed."""
        meter.service.taken()
        latest = meter.latest
        if latest is None:
            return False
        self.meters.note_refusal(meter)
        difference, visit = latest.clock_difference, meter.service.meeting.visit
        if difference is None:
            meter.noted = None
        elif difference != meter.noted and meter.service.meeting.is_met and visit is not None:
            self.meter_data.note_clock(meter.connection, self.clock.wall(), difference, visit.identity)
            meter.noted = difference
        begun = 0 if meter.alarm_watch is None else meter.alarm_watch.begun
        before, meter.told = meter.told, (latest.state.phase, begun)
        return before != meter.told
