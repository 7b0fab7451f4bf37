"""Passes on to the broker what is new in the archive: load profiles, closings, events.

Nothing is lost or sent twice by this program: the archive notes what is new together with it, the queue of the broker
has it on the disk before the note is taken out, and the queue delivers it. Only a power cut, or a kill, between the
last two repeats something, which readers know by its time or its id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from iec102.load_profile.intervals import Register

from iec102_tui.archive import ArchiveError, news
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.news import NewClosing, NewEvent, NewRecord
from iec102_tui.collect.stores import CollectorArchive
from iec102_tui.profiles.collect_options import REGISTERS
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish import payloads
from iec102_tui.publish.message import Message, MeterTopics
from iec102_tui.words.text import spoken

_log = logging.getLogger(__name__)

_BATCH = 200
_LOOK = 60.0
"""Seconds after which it looks by itself: another program may have added something."""
_RETRY = 5.0
_PATIENCE = 30.0
_FAREWELL = 5.0
_NAMES = {register: name for name, register in REGISTERS.items()}


class Published(NamedTuple):
    """A meter as it is published; ``keys``: who has answered there, as the archive and the meter say."""

    keys: Collection[MeterKey]
    connection: Connection
    topics: MeterTopics


class Queue(Protocol):
    """What this needs of a publisher."""

    def publish(self, message: Message) -> None:
        """Takes a message; returns at once."""

    def keep(self) -> Future[bool]:
        """Has all of it written to the disk; gives whether it is there."""


Meters = Callable[[], Awaitable[Collection[Published] | None]]


class RecordPublisher:
    """``meters`` gives those that are published now; what is new of another meter is for nobody, and forgotten.

    It gives None while it is not known of all who has answered there: then nothing is passed on, and nothing forgotten.
    It may raise ArchiveError.
    """

    def __init__(self, archive: CollectorArchive, queue: Queue, meters: Meters) -> None:
        self._archive = archive
        self._queue = queue
        self._meters = meters
        self._said: str | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._archive.has_news.clear()
            try:
                pause = await self._pass_on_whole()
            except ArchiveError as error:
                self._archive.problem = self._said = spoken(error)
                await asyncio.sleep(_RETRY if self._archive.passed_on.numbers else _LOOK)
                continue
            if self._said is not None and self._archive.problem == self._said:
                self._archive.problem = None
            self._said = None
            if pause:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._archive.has_news.wait()

    async def _pass_on_whole(self) -> float:
        """As ``_pass_on``; whoever cancels it waits for its end, so that what was given is not given again."""
        passing = asyncio.create_task(self._pass_on())
        try:
            return await asyncio.shield(passing)
        except asyncio.CancelledError:
            await asyncio.wait((passing,), timeout=_FAREWELL)
            passing.cancel()
            raise

    async def _pass_on(self) -> float:
        """The oldest ones; gives the seconds until it is worth to look again. Raises ArchiveError."""
        await self._archive.open()
        await self._archive.forget_passed_on()
        if (meters := await self._meters()) is None:
            return _RETRY
        zones = _zones(meters)
        batch = await asyncio.to_thread(news.oldest, self._archive.path, _BATCH, zones.items())
        if not batch.numbers:
            return _LOOK
        if (meters := await self._meters()) is None or _zones(meters) != zones:
            return 0.0 if meters is not None else _RETRY  # a meter is new, and what was read may be of that one
        for message in [message for each in batch.news for message in _messages(each, meters)]:
            self._queue.publish(message)
        while True:  # given once, whatever happens: it waits in memory where the disk is full
            if await self._is_kept():
                break
            await asyncio.sleep(_RETRY)
        self._archive.passed_on = batch  # nobody gives it again, also where the archive cannot be written now
        await self._archive.forget_passed_on()
        return 0.0

    async def _is_kept(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.wrap_future(self._queue.keep())
        except TimeoutError:
            return False


def _zones(meters: Collection[Published]) -> dict[MeterKey, ZoneInfo]:
    return {key: meter.connection.zone for meter in meters for key in meter.keys}


def _messages(new: NewRecord | NewEvent | NewClosing, meters: Collection[Published]) -> list[Message]:
    """For each meter that it is of. What cannot be published is in the log, and stands in the way of nothing."""
    try:
        return [message for meter in meters if new.meter in meter.keys for message in messages(new, meter)]
    except Exception as error:
        _log.critical("something new of %s cannot be published", new.meter, exc_info=error)
        return []


def messages(new: NewRecord | NewEvent | NewClosing, meter: Published) -> Iterator[Message]:
    """Registers of energy, which a download may have brought too, are no load profile as it is published.

    A closing without an end may still run: its values change under one id, so that it waits until it has one.
    """
    if isinstance(new, NewEvent):
        yield payloads.event(meter.topics, new.event)
    elif isinstance(new, NewClosing):
        if new.document["end"] is not None:
            yield from payloads.closing(meter.topics, new.document)
    elif new.curve.incremental:
        yield payloads.profile(meter.topics, new.record, _NAMES[Register(new.curve.register)], meter.connection.zone)
