"""The thread on which the files of the interface are written: a card that syncs must not hold up the screen."""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from iec102_tui.words.text import _

PATIENCE = 5.0
"""Seconds that whoever must know how it ends waits: longer than another instance may hold a lock."""
LONG = 600.0
"""Seconds for many records on a slow card, which nothing else waits for."""
_FAREWELL = 2.0

T = TypeVar("T")


async def within(result: Future[T], seconds: float) -> T | None:
    """What comes from another thread, or None where it has not come by then. Raises what it raises."""
    waiting = asyncio.wrap_future(result)
    waiting.add_done_callback(lambda future: future.cancelled() or future.exception())  # it may come too late
    done, _pending = await asyncio.wait({waiting}, timeout=seconds)
    return waiting.result() if done else None


class FileThread:
    """Does pieces of work one after the other. The thread begins with the first one, and ends on ``close``."""

    def __init__(self, name: str = "files") -> None:
        self._name = name
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._latest: Future[Any] | None = None

    @property
    def idle(self) -> bool:
        """All that was given is done."""
        return self._latest is None or self._latest.done()

    async def run(self, work: Callable[[], T], patience: float = PATIENCE) -> T:
        """Waits for work done on the thread. Raises what it raises; TimeoutError where the disk does not answer, and
        then the work goes on.
        """
        done = self._give(work)
        result = await within(done, patience)
        if not done.done():
            raise TimeoutError(None, _("the disk does not answer, and it may still be written"))
        return done.result() if result is None else result

    def close(self) -> None:
        """Waits for what was given, in bounded time; the thread ends behind it."""
        if self._latest is not None and not self._latest.done():
            done = threading.Event()
            self._latest.add_done_callback(lambda _future: done.set())
            done.wait(_FAREWELL)
        if self._thread is not None:
            self._thread = None
            self._work.put(None)
            atexit.unregister(self.close)

    def _give(self, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        self._latest = future
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
            atexit.register(self.close)
        self._work.put((work, future))
        return future

    def _run(self) -> None:
        while (given := self._work.get()) is not None:
            work, future = given
            future.set_running_or_notify_cancel()  # whoever leaves does not stop it
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            del given, work, future  # what they know of must not live on until the next
