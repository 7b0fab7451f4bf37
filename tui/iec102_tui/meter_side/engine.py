"""The meter side, on a thread and event loop of its own: a terminal that stops reading never stops it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from iec102.clock import SYSTEM_CLOCK, Clock

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.meter_side.background_task import FAREWELL, BackgroundTask, Joinable
from iec102_tui.meter_side.meeting import Meet
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from iec102_tui.meter_side.way import Look, Through
from iec102_tui.profiles.connection import Connection

# Seconds for the end of a session over a call, and for that to be hung up.
_HANGING_UP = 16.0


class Leaving:
    """A meter that was removed: whoever needs its line waits for this."""

    def __init__(self, patience: float) -> None:
        self.over = threading.Event()
        self._patience = patience

    def join(self) -> None:
        """Waits for the end, in bounded time."""
        self.over.wait(self._patience)


class Engine:
    """Reads all meters of a program. Its thread starts with the first one, and ends when it is stopped.

    ``on_fault`` is called, on the engine's thread, with the sentence on each fault of the program.
    """

    def __init__(
        self, *, clock: Clock = SYSTEM_CLOCK, on_fault: Callable[[str], None] = lambda _sentence: None
    ) -> None:
        self.fault: str | None = None
        """The latest fault of the program that did not end the reading, as one sentence."""
        self._clock = clock
        self._on_fault = on_fault
        self._meters = Meters(clock=clock)
        self._open = False
        self._services: list[MeterService] = []
        self._removals: set[asyncio.Task[None]] = set()
        self._started = False
        self._task = BackgroundTask(self._main, what="Reading", name="meters", on_fault=self._tell_fault)

    @property
    def services(self) -> list[MeterService]:
        """All meters that were added and not removed, in this order."""
        return [*self._services]

    def add(
        self,
        connection: Connection,
        frames: FrameRing | None = None,
        wake: Callable[[], None] = lambda: None,
        *,
        after: Sequence[Joinable] = (),
        target: str | None = None,
        meet: Meet | None = None,
        through: Through | None = None,
        look: Look | None = None,
        on_notice: Callable[[str], None] = lambda _sentence: None,
        begin: Callable[[MeterService], None] = lambda _service: None,
        asked: bool = True,
    ) -> MeterService:
        """Reads this meter from now on; ``wake`` is called on the engine's thread, others as for MeterService.

        ``after``: what gives its line back first. ``begin`` is given the service before it is started. ``asked``: as
        for ``Meters``.
        """
        service = MeterService(
            connection,
            frames,
            wake,
            clock=self._clock,
            on_fault=self._on_fault,
            target=target,
            meet=meet,
            through=through,
            look=look,
            on_notice=on_notice,
            call=self._task.call,
        )
        begin(service)
        self._services.append(service)
        if not self._task.call(self._add, service, after, asked):
            service.release()
        elif not self._started:
            self._started = True
            self._task.start()
        return service

    def remove(self, service: MeterService) -> Leaving:
        """Asks for the end of the session with a meter; returns at once."""
        if service in self._services:
            self._services.remove(service)
        leaving = Leaving(_patience(service))
        service.is_stopping = True
        if service.has_ended or not self._task.call(self._remove, service, leaving):
            leaving.over.set()
        return leaving

    def stop(self) -> None:
        """Asks for the end of all sessions and of the thread; returns at once."""
        for service in self._services:
            service.is_stopping = True
        self._task.stop()

    def join(self) -> None:
        """Waits for the end, in bounded time."""
        if self._started:
            self._task.join(max(map(_patience, self._services), default=FAREWELL))

    @property
    def is_running(self) -> bool:
        """It reads, or will with the first meter, and was not asked to end."""
        return self._task.is_running

    @property
    def has_ended(self) -> bool:
        """It was started, and its thread is no more."""
        return self._task.has_ended

    @property
    def failure(self) -> str | None:
        """How all reading has ended by itself, as one sentence."""
        return self._task.failure or None

    # On the engine's thread

    async def _main(self) -> None:
        self._open = True
        try:
            await asyncio.Event().wait()
        finally:
            self._open = False
            await self._meters.close()

    def _add(self, service: MeterService, after: Sequence[Joinable], asked: bool) -> None:
        if self._open and not service.is_stopping:
            self._meters.add(service, after=after, asked=asked)
        else:
            service.release()

    def _remove(self, service: MeterService, leaving: Leaving) -> None:
        if self._open:
            task = asyncio.create_task(self._meters.remove(service))
            self._removals.add(task)
            task.add_done_callback(self._removals.discard)
            task.add_done_callback(lambda _task: leaving.over.set())
        else:
            leaving.over.set()

    def _tell_fault(self, sentence: str) -> None:
        self.fault = sentence
        self._on_fault(sentence)
        for service in self._services:
            service.tell_news()


def _patience(service: MeterService) -> float:
    return FAREWELL if service.connection.settings.dial is None else _HANGING_UP
