"""Any number of meters on one event loop: each is read by itself, and those behind one line share it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import AccessError

from iec102_tui.meter_side.background_task import Joinable
from iec102_tui.meter_side.guard import failure_of
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.shared_line import LineKey, Login, SharedLine, place_of
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _


class Meters:
    """Adds and removes meters; a line is opened for the first behind it and closed with the last.

    Each line has a queue and a task of its own: a meter that is slow or dead delays none behind another line. All is
    called on the loop. ``close`` at the end.
    """

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._tasks: dict[MeterService, asyncio.Task[None]] = {}
        self._lines: dict[LineKey, SharedLine] = {}
        self._needs: dict[LineKey, int] = {}
        self._leaving: dict[str, set[asyncio.Task[None]]] = {}
        """Meters that are being left, by the place of their line."""
        self._refusals: dict[Login, AccessError] = {}
        """What had become of passwords over lines that were closed."""
        self._tried: dict[Login, set[SharedLine]] = {}
        """The lines that are there over which a password was to be sent."""

    @property
    def services(self) -> list[MeterService]:
        """All meters that are read or still being left, in the order in which they were added."""
        return list(self._tasks)

    def line_of(self, service: MeterService) -> SharedLine | None:
        """The line of a meter, with its gateway; None while it has none."""
        return self._lines.get(service.key) if service in self._tasks else None

    def add(self, service: MeterService, *, after: Sequence[Joinable] = (), asked: bool = True) -> None:
        """Reads this meter from now on. ``after``: what has to give the line back first, on other threads.

        ``asked``: a person wants it, and its password to be sent, also where that was refused before; else one that
        was refused, by this line or one before it, is not sent again.
        """
        task = asyncio.create_task(self._serve(service, after, asked), name=service.connection.name)
        self._tasks[service] = task
        task.add_done_callback(lambda _task: self._ended(service))

    async def remove(self, service: MeterService) -> None:
        """Ends the session with the meter, in bounded time; gives its line back where nobody else needs it."""
        task = self._tasks.get(service)
        if task is not None:
            self._stop(service, task)
            await asyncio.wait((task,))

    async def close(self) -> None:
        """Removes all meters at once, in bounded time."""
        tasks = dict(self._tasks)
        for service, task in tasks.items():
            self._stop(service, task)
        if tasks:
            await asyncio.wait(tasks.values())

    def _stop(self, service: MeterService, task: asyncio.Task[None]) -> None:
        """What the task does when it was cancelled is not interrupted again."""
        service.is_stopping = True
        if task.cancelling():
            return
        task.cancel()
        if place := place_of(service.key.target):
            leaving = self._leaving.setdefault(place, set())
            leaving.add(task)
            task.add_done_callback(leaving.discard)

    async def _serve(self, service: MeterService, after: Sequence[Joinable], asked: bool) -> None:
        """Over one line after another, where a collector takes the line or gives it back."""
        try:
            await self._serve_over(service, after, asked)
            while True:
                service.move()
                await self._serve_over(service, (), asked=False)
        except Exception as error:
            service.failed(failure_of(_("Reading"), error))

    async def _serve_over(self, service: MeterService, after: Sequence[Joinable], asked: bool) -> None:
        key = service.key
        self._needs[key] = self._needs.get(key, 0) + 1
        try:
            for other in after:
                await asyncio.to_thread(other.join)
            shared = await self._line(key, service)
            self._settle_refusal(service, shared, asked)
            await service.run(shared)
        finally:
            await self._leave(service)

    def _ended(self, service: MeterService) -> None:
        """Its task is over, or was cancelled before it had begun."""
        service.release()
        del self._tasks[service]

    async def _line(self, key: LineKey, service: MeterService) -> SharedLine:
        """Opened by the first who needs it, once nobody else holds its place. Raises Iec102Error."""
        while key not in self._lines and (leaving := self._leaving.get(place_of(key.target))):
            await asyncio.wait(leaving)
        if key not in self._lines:
            self._lines[key] = SharedLine(key, clock=self._clock, is_there=service.way.still_there())
        return self._lines[key]

    def keep_refusal(self, connection: Connection, refusal: AccessError) -> None:
        """Nobody wants the password of this meter to be sent, because this has become of it before."""
        self._refusals[Login.of(connection)] = refusal

    def refusal_of(self, service: MeterService) -> AccessError | None:
        """Why the password of this meter is not sent again by itself; None where it may be."""
        shared = self._lines.get(service.key) if service in self._tasks else None
        if shared is None:
            return self._refusals.get(Login.of(service.connection))
        return shared.line.refusal_of(service.connection.station)

    def _settle_refusal(self, service: MeterService, shared: SharedLine, asked: bool) -> None:
        login = Login.of(service.connection)
        lines = self._tried.setdefault(login, set())
        lines.add(shared)
        if asked:
            self._refusals.pop(login, None)
            for each in lines:
                each.line.forget_refusal(login.station)
        elif (refusal := self._refusal_of(login)) is not None:
            shared.line.keep_refusal(login.station, refusal)

    def _refusal_of(self, login: Login) -> AccessError | None:
        """What has become of a password over any line, also since its meter was left there."""
        found = (each.line.refusal_of(login.station) for each in self._tried.get(login, ()))
        return next((each for each in found if each is not None), None) or self._refusals.get(login)

    def _closed(self, shared: SharedLine) -> None:
        """What has become of passwords over this line is kept for the next."""
        for login in [login for login, lines in self._tried.items() if shared in lines]:
            self._tried[login].discard(shared)
            if (refusal := shared.line.refusal_of(login.station)) is not None:
                self._refusals[login] = refusal
            if not self._tried[login]:
                del self._tried[login]

    async def _leave(self, service: MeterService) -> None:
        key, shared = service.key, self._lines.get(service.key)
        self._needs[key] -= 1
        if self._needs[key]:
            await service.part()
            return
        del self._needs[key]
        if self._lines.pop(key, None) is not None and shared is not None:
            try:
                await shared.close()
            finally:
                self._closed(shared)
