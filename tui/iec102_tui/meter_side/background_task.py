"""Work on a thread and event loop of its own, while a screen looks on: a meter's engine, a search, a check."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from iec102_tui.files.descriptors import check_descriptors
from iec102_tui.meter_side.guard import failure_of

FAREWELL = 6.0
"""Seconds that it is given to end before the program goes on without it."""


class Joinable(Protocol):
    """Something that gives its line back."""

    def join(self) -> None:
        """Waits for the end, in bounded time."""


class BackgroundTask:
    """Runs ``work`` once. The screen pulls what it shows from what the work changes; nobody waits for the screen.

    ``what`` names it in a sentence, with a capital. ``after``: what gives its line back first. ``on_fault`` is called,
    on the task's thread, with the sentence on each fault of the program, also of what the work leaves to its loop;
    ``on_end`` in any case, the last of all, also where the work was not even begun. ``farewell``: seconds that it is
    given to end.
    """

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, None]],
        *,
        what: str = "This",
        name: str = "background",
        after: Sequence[Joinable] = (),
        on_fault: Callable[[str], None] = lambda _sentence: None,
        on_end: Callable[[], None] = lambda: None,
        farewell: float = FAREWELL,
    ) -> None:
        self.over = False
        self.failure = ""
        """How it failed, as one sentence; empty where it did not."""
        self._work = work
        self._what = what
        self._after = after
        self._on_fault = on_fault
        self._on_end = on_end
        self._farewell = farewell
        self._stop = threading.Event()
        self._starting = threading.Lock()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._early: list[tuple[Callable[..., object], tuple[object, ...]]] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to give the line back and to end; returns at once. What it does then is not interrupted again."""
        if not self._stop.is_set():
            self._stop.set()
            self.call(self._cancel)

    def join(self, patience: float | None = None) -> None:
        """Waits for the end, in bounded time: so many seconds, or as many as it is given to end."""
        self._thread.join(self._farewell if patience is None else patience)

    @property
    def is_running(self) -> bool:
        """It uses the line, or will when it is started, and was not asked to give it back."""
        return not self._stop.is_set() and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """It was started, and its thread is no more."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def call(self, action: Callable[..., object], *arguments: object) -> bool:
        """Runs an action on the task's loop, as soon as that is there; gives False where it has ended."""
        with self._starting:
            if self._closed:
                return False
            if self._loop is None:
                self._early.append((action, arguments))
                return True
            self._loop.call_soon_threadsafe(action, *arguments)
            return True

    # On its thread

    def _run(self) -> None:
        try:
            for other in self._after:
                other.join()
            self._after = ()
            check_descriptors()
            with asyncio.Runner() as runner:
                runner.get_loop().set_exception_handler(self._unhandled)
                try:
                    runner.run(self._main())
                finally:
                    self._close()
        except asyncio.CancelledError:
            pass
        except Exception as error:
            self._fail(error)
        finally:
            self._close()
            self.over = True  # behind the failure, at which looks who sees this
            self._on_end()

    def _close(self) -> None:
        """The loop takes nothing more. What it was to do before there was one finds here that nothing is running."""
        with self._starting:
            self._closed = True
            early, self._early = self._early, []
        for action, arguments in early:
            action(*arguments)

    async def _main(self) -> None:
        loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        with self._starting:
            self._loop = loop
            for action, arguments in self._early:
                loop.call_soon(action, *arguments)
            self._early.clear()
        if not self._stop.is_set():
            await self._work()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _fail(self, error: Exception) -> None:
        failure = failure_of(self._what, error)
        self.failure = failure.sentence
        if failure.is_fault:
            self._on_fault(failure.sentence)

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """What a callback, a transport or a task that nobody waits for has raised."""
        error = context.get("exception")
        if not isinstance(error, Exception):
            loop.default_exception_handler(dict(context))
        elif (failure := failure_of(self._what, error)).is_fault:
            self._on_fault(failure.sentence)
