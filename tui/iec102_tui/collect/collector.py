"""The collector: reads the meters that its files name, until it is asked to end."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Protocol, TypeVar, TypeVarTuple

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import AccessError, Iec102Error

from iec102_tui.archive import ArchiveError
from iec102_tui.collect.broker import Broker, BrokerNotices, MakeBroker
from iec102_tui.collect.gateways import Gateways, url_of
from iec102_tui.collect.meter import CollectedMeter
from iec102_tui.collect.notify import Notifier
from iec102_tui.collect.records import Published, RecordPublisher
from iec102_tui.collect.refused import RefusedFile
from iec102_tui.collect.reload import CollectorSettings, changes
from iec102_tui.collect.status import CollectorStatus, MeterStatus
from iec102_tui.collect.stores import CollectorArchive
from iec102_tui.meter_side.meters import Meters
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish.message import Site
from iec102_tui.publish.publisher import PublishStatus
from iec102_tui.words.collect_text import (
    ARCHIVE_FAILED,
    BROKER_FAILED,
    NOT_RELOADED,
    reading_words,
    reloaded_words,
)
from iec102_tui.words.text import _, spoken

_log = logging.getLogger(__name__)

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

TICK, _SETTLING = 5.0, 0.25
"""Seconds between two looks at everything, and while lines are being opened."""
_RETRY = 60.0
"""Seconds after which what failed is begun again."""
_PATIENCE = 2.0
"""Seconds that the broker has at the end; the rest waits for the next time."""


class Written(Protocol):
    """Where the status goes."""

    def write(self, status: CollectorStatus) -> None:
        """Raises OSError."""


class Collector:
    """``read`` reads the files: before the first time it is given None, later the meters that are read now.

    ``settings`` are those of the first time, which the command has looked at. Nothing of it is called on another
    thread, but ``read``, what takes time of the broker, and files. ``tick``: seconds between two looks at everything.
    """

    def __init__(
        self,
        settings: CollectorSettings,
        read: Callable[[Mapping[str, Connection]], CollectorSettings],
        make_broker: MakeBroker,
        *,
        status: Written,
        notifier: Notifier,
        refused: RefusedFile | None = None,
        clock: Clock = SYSTEM_CLOCK,
        tick: float = TICK,
    ) -> None:
        self._settings = settings
        self._read = read
        self._make_broker = make_broker
        self._status = status
        self._notifier = notifier
        self._refused = refused
        self._clock = clock
        self._tick = tick
        self._version = version("iec102-tui")
        self._started = clock.wall()
        self._meters = Meters(clock=clock)
        self._gateways = Gateways(self._meters)
        self._archive = CollectorArchive(settings.config.folders.archive)
        self._collected: dict[str, CollectedMeter] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._failed_at: dict[str, float] = {}
        self._broker: Broker | None = None
        self._broker_problem: str | None = None
        self._broker_due = 0.0
        self._said_archive: str | None = None
        self._records: asyncio.Task[None] | None = None
        self._reload = asyncio.Event()
        self._problems: tuple[str, ...] = settings.problems
        # Of its own: who waits for an archive that is locked may have all others.
        self._thread = ThreadPoolExecutor(1, "collector")

    def reload(self) -> None:
        """Reads the files again, soon."""
        self._reload.set()

    async def run(self) -> None:
        """Until it is cancelled; then it ends all sessions, in bounded time."""
        try:
            await self._start_broker(self._settings)
            for problem in self._problems:
                _log.warning("%s", problem)
            for connection in self._settings.meters.values():
                if self._refused is not None and (refusal := self._refused.refusal_of(connection)) is not None:
                    self._meters.keep_refusal(connection, refusal)
                self._add(connection)
            await self._look()
            _log.info("%s", self._words())
            self._notifier.ready(self._words())
            while True:
                pause = self._tick if self._gateways.are_settled else _SETTLING
                # Not wait_for: in Python 3.11 it forgets that it was cancelled where the event comes at the same time.
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(pause, self._notifier.watchdog / 3 or pause)):
                        await self._reload.wait()
                if self._reload.is_set():
                    await self._read_again()
                await self._look()
        except asyncio.CancelledError:
            if self._refused is not None:  # a person who starts it again wants the passwords to be sent
                await self._in_thread(self._refused.forget)  # behind what is being written there
            raise
        finally:
            self._notifier.stopping()
            await self._end()

    # Meters

    def _add(self, connection: Connection) -> None:
        meter = CollectedMeter(connection, self._archive, self._clock)
        self._collected[connection.name] = meter
        self._connect_broker(meter)
        self._begin(meter)

    def _begin(self, meter: CollectedMeter) -> None:
        name = meter.connection.name
        self._meters.add(meter.service, asked=False)  # nobody looks who could say that the password may be sent again
        self._work[name] = asyncio.create_task(meter.run(), name=f"work {name}")

    async def _remove(self, name: str) -> None:
        meter = self._collected.pop(name)
        self._failed_at.pop(name, None)
        await self._stop(self._work.pop(name))
        await self._meters.remove(meter.service)
        meter.publish(None)

    async def _read_again(self) -> None:
        self._reload.clear()
        self._notifier.reloading()
        before = self._settings
        try:
            settings = await self._in_thread(self._read, before.meters)
        except Iec102Error as error:
            words = _(NOT_RELOADED, why=spoken(error))
            self._problems = (words,)
            _log.error("%s", words)
        else:
            await self._change(before, settings)
            self._problems = settings.problems
            for problem in settings.problems:
                _log.warning("%s", problem)
            _log.info("%s", reloaded_words(len(self._collected)))
        self._notifier.ready(self._words())

    async def _change(self, before: CollectorSettings, after: CollectorSettings) -> None:
        self._settings = after
        found = changes(before.meters, after.meters)
        await asyncio.gather(*map(self._remove, found.removed))
        if before.broker != after.broker:
            await self._end_broker()
            await self._start_broker(after)
        for name in found.added:
            self._add(after.meters[name])
        for name in found.replanned:
            self._collected[name].replan(after.meters[name])

    async def _begin_again(self, now: float) -> None:
        """Meters whose reading has ended by itself, a while later: nobody looks who could do it.

        Not where the password was refused: who begins again sends it again, and meters lock out.
        """
        for name, meter in list(self._collected.items()):
            if not (meter.service.has_ended or meter.service.failure or self._work[name].done()):
                self._failed_at.pop(name, None)
            elif now - self._failed_at.setdefault(name, now) >= _RETRY and not meter.was_refused:
                await self._remove(name)
                self._add(self._settings.meters[name])

    # The broker

    async def _start_broker(self, settings: CollectorSettings) -> None:
        self._archive.notes_news = settings.broker is not None
        if settings.broker is None:
            return
        broker = self._make_broker(settings.broker, settings.config, BrokerNotices().tell)
        try:
            await self._in_thread(broker.start)
        except asyncio.CancelledError:
            await self._in_thread(broker.close, _PATIENCE)
            raise
        except Iec102Error as error:
            self._broker_due = self._clock.boottime() + _RETRY
            if spoken(error) != self._broker_problem:
                self._broker_problem = spoken(error)
                _log.error("%s", _(BROKER_FAILED, why=spoken(error)))
            return
        self._broker, self._broker_problem = broker, None
        for meter in self._collected.values():
            self._connect_broker(meter)
        records = RecordPublisher(self._archive, broker.publisher, partial(self._published, settings.broker.site))
        self._records = asyncio.create_task(records.run(), name="records")

    def _has_failed(self, broker: Broker) -> bool:
        """By a fault of the program, which is in the log: it is begun again, but not at once."""
        return broker.publisher.is_over or (self._records is not None and self._records.done())

    def _connect_broker(self, meter: CollectedMeter) -> None:
        meter.publish(None if self._broker is None else self._broker.sink(meter.connection))

    async def _published(self, site: Site) -> list[Published] | None:
        """None while a meter is still to be added, or added again: what is new of it waits. Raises ArchiveError."""
        for meter in list(self._collected.values()):
            await meter.recall()
        if not self._settings.meters.keys() <= self._collected.keys():
            return None
        if not all(meter.is_recalled for meter in self._collected.values()):
            return None
        return [
            Published(frozenset(meter.keys), meter.connection, site.meter(name))
            for name, meter in self._collected.items()
        ]

    async def _end_broker(self) -> None:
        await self._stop(self._records)
        broker, self._broker, self._records, self._broker_problem = self._broker, None, None, None
        if broker is not None:
            for meter in self._collected.values():
                meter.publish(None)
            await self._in_thread(broker.close, _PATIENCE)

    # Again and again

    async def _look(self) -> None:
        now = self._clock.boottime()
        await self._begin_again(now)
        await asyncio.sleep(0)  # what was just added takes its line, or it would be said to have no gateway
        await self._gateways.settle(now)
        if self._broker is None and self._settings.broker is not None and now >= self._broker_due:
            await self._start_broker(self._settings)
        if self._broker is not None and self._has_failed(self._broker):
            problem = self._broker.publisher.status.problem
            await self._end_broker()
            self._broker_due, self._broker_problem = now + _RETRY, problem
        if (problem := self._archive.problem) != self._said_archive:
            self._said_archive = problem
            if problem is not None:
                _log.error("%s", _(ARCHIVE_FAILED, why=problem))
        with suppress(OSError):  # what is read and published is worth more than what is said of it
            await self._in_thread(self._status.write, self.status())
        if self._refused is not None:
            await self._in_thread(self._refused.keep, self._refusals())
        self._notifier.ping(self._words())

    def _refusals(self) -> list[tuple[Connection, AccessError]]:
        found = ((meter.connection, self._meters.refusal_of(meter.service)) for meter in self._collected.values())
        return [(connection, refusal) for connection, refusal in found if refusal is not None]

    def status(self) -> CollectorStatus:
        """How it is doing."""
        broker = PublishStatus() if self._broker is None else self._broker.publisher.status
        broker_settings = self._settings.broker
        return CollectorStatus(
            self._version,
            os.getpid(),
            _text(self._started),
            _text(self._clock.wall()),
            None if broker_settings is None else broker_settings.site.name,
            broker.is_connected,
            broker.waiting,
            broker.dropped_live,
            broker.dropped_records,
            self._broker_problem or broker.problem,
            self._archive.problem,
            self._problems,
            tuple(self._status_of(meter) for meter in self._collected.values()),
        )

    def _status_of(self, meter: CollectedMeter) -> MeterStatus:
        line = self._meters.line_of(meter.service)
        return meter.status(url_of(line), None if line is None else line.gateway_problem)

    def _words(self) -> str:
        return reading_words(len(self._collected), sum(meter.is_connected for meter in self._collected.values()))

    # The end

    async def _end(self) -> None:
        """What does not end in its time is left; the rest is on the disk by then."""
        tasks = [self._stop(task) for task in self._work.values()]
        for end in (asyncio.gather(*tasks), self._meters.close(), self._end_broker(), self._end_archive()):
            await _carefully(end)
        self._thread.shutdown(wait=False)

    async def _end_archive(self) -> None:
        try:
            await self._archive.close()
        except ArchiveError as error:
            _log.error("%s", error)

    def _in_thread(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def _stop(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            task.cancel()
            (result,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(result, Exception):
                _log.critical("the collector failed", exc_info=result)


async def _carefully(end: Awaitable[object]) -> None:
    """A fault of one end does not keep the others from ending."""
    try:
        await end
    except Exception as error:
        _log.critical("the end failed", exc_info=error)


def _text(when: datetime) -> str:
    return when.astimezone().isoformat(timespec="seconds")
