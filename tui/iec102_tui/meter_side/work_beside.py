"""Work with a meter beside its continuous reading, such as a download."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from iec102.meter.meter import Meter

from iec102_tui.meter_side.guard import Failure, guarded
from iec102_tui.words.text import _

Work = Callable[[Meter], Coroutine[Any, Any, None]]
Failed = Callable[[str], None]


class WorkBeside:
    """Used on the loop. Work that comes while there is no line waits for the next one, until the meter ``was_left``.

    ``tell`` is called with each failure, once ``failed`` of the work was called with its sentence.
    """

    def __init__(self, tell: Callable[[Failure], None]) -> None:
        self.was_left: str | None = None
        """Why nothing is begun any more, as the part of a sentence that is not translated yet."""
        self._tell = tell
        self._meter: Meter | None = None
        self._why = ""
        self._early: list[tuple[str, Work, Failed]] = []
        self._tasks: set[asyncio.Task[Failure | None]] = set()

    def __bool__(self) -> bool:
        """Some is under way."""
        return bool(self._tasks)

    def start(self, what: str, work: Work, failed: Failed) -> None:
        """Begins it at once, or with the line. ``failed`` is called with a sentence where it does not come to its end.

        ``what`` names it there, with a capital.
        """
        if self.was_left is not None:
            failed(_(self.was_left))
        elif self._meter is None:
            self._early.append((what, work, failed))
        else:
            task = asyncio.create_task(guarded(what, work, self._meter))
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, failed))

    def begin(self, meter: Meter) -> None:
        """There is a line."""
        self._meter = meter
        early, self._early = self._early, []
        for each in early:
            self.start(*each)

    async def stop(self, why: str) -> None:
        """The line is given back, for this reason: what is under way ends."""
        self._meter, self._why = None, why
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def leave(self, why: str) -> None:
        """No line comes any more, for this reason."""
        self.was_left = why
        early, self._early = self._early, []
        for _what, _work, failed in early:
            failed(_(why))

    def _ended(self, failed: Failed, task: asyncio.Task[Failure | None]) -> None:
        self._tasks.discard(task)
        failure = Failure(_(self._why), is_fault=False) if task.cancelled() else task.result()
        if failure is not None:
            failed(failure.sentence)
            self._tell(failure)
