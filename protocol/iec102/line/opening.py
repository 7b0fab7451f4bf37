"""Attempts to open a connection, which may overlap where a host answers late or never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from iec102.line.connection import Connection
from iec102.transport.base import Opener, Overlapping, Parting

# Seconds from one attempt to the next while an opener is silent.
PERIOD = 1.5

_Opening = asyncio.Task[Connection]


class Attempts:
    """Opens a connection by one attempt or several at once; the first that opens is taken, the others are closed.

    A host that never answers holds an attempt for its whole deadline. Where the way allows it, the next one starts
    1.5 s after the one before all the same, so that a host that is back is reached soon, and one that needs several
    seconds to answer is reached too.
    """

    def __init__(self, opener: Opener, make: Callable[[], Connection]) -> None:
        self.started_at = 0.0
        self._opener = opener
        self._make = make
        self._may_overlap = isinstance(opener, Overlapping)
        self._pending: list[_Opening] = []
        self._ending: set[_Opening] = set()

    async def open(self, *, overlap: bool) -> Connection:
        """Wait for the first connection that opens.

        Raises what the first attempt that fails raises: ConnectFailed, Disconnected or InvalidSetting. Attempts that
        have not failed yet go on, and count the next time.
        """
        loop = asyncio.get_running_loop()
        overlap = overlap and self._may_overlap
        self._pending = [opening for opening in self._pending if not _has_failed(opening)]
        while True:
            due = self.started_at + PERIOD
            if not self._pending or (overlap and loop.time() >= due):
                self._start()
                due = self.started_at + PERIOD
            wait = max(0.0, due - loop.time()) if overlap else None
            done, _ = await asyncio.wait(self._pending, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                continue
            winner = next((opening for opening in self._pending if opening in done and not _has_failed(opening)), None)
            if winner is not None:
                self._pending.remove(winner)
                self.cancel()
                return winner.result()
            self._pending = [opening for opening in self._pending if opening not in done]
            raise _error(done.pop())

    def cancel(self) -> None:
        """End the attempts that are under way."""
        for opening in self._pending:
            if opening.done():
                _close(opening)
            else:
                opening.cancel()
                self._ending.add(opening)
                opening.add_done_callback(self._ending.discard)
        self._pending.clear()

    async def ended(self) -> None:
        """Wait until those that were cancelled have ended, and all that was opened is given back."""
        if self._ending:
            await asyncio.wait(self._ending)
        if isinstance(self._opener, Parting):
            await self._opener.parted()

    def _start(self) -> None:
        self.started_at = asyncio.get_running_loop().time()
        self._pending.append(asyncio.create_task(self._open(), name=f"opening {self._opener.name}"))

    async def _open(self) -> Connection:
        connection = self._make()
        try:
            await connection.open(self._opener)
        except BaseException:
            connection.close()
            raise
        return connection


def _has_failed(opening: _Opening) -> bool:
    return opening.done() and (opening.exception() is not None or opening.result().lost is not None)


def _error(opening: _Opening) -> BaseException:
    error = opening.exception() or opening.result().lost
    assert error is not None
    return error


def _close(opening: _Opening) -> None:
    if opening.exception() is None:
        opening.result().close()
