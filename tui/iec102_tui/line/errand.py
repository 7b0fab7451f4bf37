"""Work that needs a line for itself, on a thread and event loop of its own, while a screen looks on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from iec102.errors import Iec102Error

from iec102_tui.diagnostics import log_path

_log = logging.getLogger(__name__)

# Seconds that it is given to end before the program goes on without it.
_FAREWELL = 6.0


class Joinable(Protocol):
    """Something that gives its line back."""

    def join(self) -> None:
        """Waits for the end, in bounded time."""


class Errand:
    """Runs ``work`` once. The screen pulls what it shows from what the work changes; nobody waits for the screen.

    ``after``: what gives its line back first.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]], *, after: Sequence[Joinable] = ()) -> None:
        self.over = False
        self.failure = ""
        """How it failed, as one sentence; empty where it did not."""
        self._work = work
        self._after = after
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to give the line back and to end; returns at once."""
        self._stop.set()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(self._task.cancel)

    def join(self) -> None:
        """Waits for the end, in bounded time."""
        self._thread.join(_FAREWELL)

    # On its thread

    def _run(self) -> None:
        try:
            for other in self._after:
                other.join()
            asyncio.run(self._main())
        except asyncio.CancelledError:
            pass
        except Iec102Error as error:
            self.failure = str(error)
        except Exception as error:
            _log.exception("an errand failed")
            self.failure = f"this has failed ({type(error).__name__}): the log {log_path()} says where"
        finally:
            self._after = ()
            self.over = True

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if not self._stop.is_set():
            await self._work()
