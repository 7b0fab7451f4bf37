"""One request of an application on its way over the line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from iec102.asdu import Asdu
from iec102.gateway.exchange import Emit, ForwardingExchange, forwarding_exchange
from iec102.gateway.splitter import LONGEST_PIECE
from iec102.line import Answered, Line
from iec102.settings import Station

T = TypeVar("T")


class NotWanted(Exception):
    """The application has asked something else, or has gone."""


class CutShort(Exception):
    """An exchange was left in the middle on purpose."""


class ClientRequest:
    """One request of an application, wanted until ``give_up``.

    What waits for the line then is taken out of the queue. An exchange that is on the line already runs to its end
    unheard, but no longer than a piece, so that the meter's link need not be started again.

    ``last`` is the latest ASDU that the meter gave; ``who`` asks, in words.
    """

    def __init__(self, line: Line, who: str) -> None:
        self.wanted = True
        self._line = line
        self._who = who
        self._exchange: ForwardingExchange | None = None
        self._began = 0.0
        self._asked = 0.0
        self._is_short = True
        self._has_answered = False
        self._job: asyncio.Task[Any] | None = None
        self._news = asyncio.Event()

    @property
    def last(self) -> Asdu:
        """What the meter said last in the latest exchange that it has refused."""
        assert self._exchange is not None
        assert self._exchange.last is not None
        return self._exchange.last

    @property
    def has_answered(self) -> bool:
        """Whether something was emitted, so that asking again could give it twice."""
        return self._has_answered or (self._exchange is not None and self._exchange.begun)

    @property
    def waited(self) -> float:
        """Seconds that the latest exchange has waited for its turn."""
        return max(0.0, self._began - self._asked)

    @property
    def elapsed(self) -> float:
        """Seconds that the latest exchange has been on the line."""
        return asyncio.get_running_loop().time() - self._began

    # The application's side

    def give_up(self) -> None:
        """Give up, because nobody wants the answers any more."""
        self.wanted = False
        self._news.set()
        if self._job is None:
            return
        if self._exchange is None:
            self._job.cancel()
        elif not self._is_short:
            cancel = asyncio.get_running_loop().call_later(LONGEST_PIECE - self.elapsed, self._job.cancel)
            self._job.add_done_callback(lambda _job: cancel.cancel())

    def look_again(self) -> None:
        """Let ``wait_until`` look again whether what it waits for is true now."""
        self._news.set()

    # The line's side

    def cut_short(self) -> None:
        """Leave the exchange that is on the line where it is."""
        if self._job is not None:
            self._job.cancel()

    async def log_in(self, station: Station) -> None:
        """Log in with a client's key. Raises any Iec102Error, or NotWanted."""
        if not self.wanted:
            raise NotWanted
        await self._run(self._line.log_in(station, who=self._who))

    async def exchange(self, session: Station, asdu: Asdu, emit: Emit, *, piece: bool = False) -> Answered:
        """Carry out one exchange, its ASDUs emitted as they come. Raises any Iec102Error, NotWanted, or CutShort.

        What is on its way when the request is given up is not emitted: it would answer the request behind it.
        """

        def make(asked: Asdu) -> ForwardingExchange:
            self._has_answered = self.has_answered
            self._exchange = forwarding_exchange(asked, lambda answer: emit(answer) if self.wanted else None)
            self._began = asyncio.get_running_loop().time()
            self._is_short = piece or not self._exchange.can_be_cut
            return self._exchange

        return await self._run(self._line.timed_exchange(session, asdu, who=self._who, make=make, guest=True))

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds. Raises NotWanted."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wait_until(lambda: False)

    async def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that the application does. Raises NotWanted."""
        while self.wanted and not happened():
            self._news.clear()
            await self._news.wait()
        if not self.wanted:
            raise NotWanted

    async def _run(self, job: Coroutine[Any, Any, T]) -> T:
        self._has_answered, self._exchange = self.has_answered, None
        self._asked = asyncio.get_running_loop().time()
        self._job = task = asyncio.create_task(job)
        try:
            await asyncio.wait((task,))
        finally:
            self._job = None
            task.cancel()
        if not self.wanted:
            if not task.cancelled():
                task.exception()  # nobody wants to know
            raise NotWanted
        if task.cancelled():
            raise CutShort
        return task.result()
