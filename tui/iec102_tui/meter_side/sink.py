"""Sinks: what is given the readings, frames and states of a meter, and never holds it up."""

from __future__ import annotations

import errno
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from iec102.asdu import Identity, TransformerRatios
from iec102.line.state import LineState
from iec102.meter.reading import Reading
from iec102.transport.tap import TapRecord

from iec102_tui.files.file_thread import within
from iec102_tui.load_profile.month_count import MonthCount
from iec102_tui.meter_side.guard import failure_of
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

_log = logging.getLogger(__name__)

OPENING_PATIENCE = 2.0
"""Seconds that a screen waits for a file to be made; a network share may take for ever."""
_FAREWELL = 2.0

T = TypeVar("T")


class Sink:
    """Called on the meter's thread. Takes what it wants, and returns at once."""

    def reading(self, reading: Reading) -> None:
        """A reading has come."""

    def frame(self, record: TapRecord) -> None:
        """A frame has passed."""

    def state(self, state: LineState) -> None:
        """The line has another state."""

    def about(
        self,
        identity: Identity | None = None,
        clock_difference: float | None = None,
        ratios: TransformerRatios | None = None,
    ) -> None:
        """What has been read of the meter beside its signals; ``clock_difference``: seconds that it is ahead."""

    def month(self, count: MonthCount | None) -> None:
        """How complete the running month is in the archive; None: that is not known."""

    def end(self) -> None:
        """Nothing more comes; returns at once."""


class Sinks:
    """All of one meter. One that raises gets nothing more; the others and the line go on.

    ``on_fault`` is called with a sentence on it, on the meter's thread.
    """

    def __init__(self, on_fault: Callable[[str], None]) -> None:
        self._on_fault = on_fault
        self._sinks: list[Sink] = []

    def change(self, before: Sink | None, after: Sink | None) -> None:
        """Gives one the place of another. On any thread: the list is a new one, never changed while it is in use."""
        kept = [sink for sink in self._sinks if sink is not before]
        self._sinks = kept if after is None else [*kept, after]
        if before is not None:
            before.end()

    def give(self, give: Callable[[Sink], None]) -> None:
        """Gives all of them something."""
        for sink in self._sinks:
            try:
                give(sink)
            except Exception as error:
                with suppress(Exception):  # what has just failed may fail at its end, too
                    self.change(sink, None)
                self._on_fault(failure_of(_("The {name}", name=type(sink).__name__), error).sentence)


class FileSink(Sink, Generic[T]):
    """Writes what it is given on a thread of its own, which also makes the file.

    After an error nothing more is taken, ``error`` stays the sentence on it, and the thread ends. A disk that is too
    slow costs what does not fit into the memory for what waits, and that is said too.
    """

    def __init__(self, path: Path, name: str, *, waiting: int, lost: str, period: float) -> None:
        """``name``: of the thread. ``waiting``: how much may wait for the disk; ``lost``: what is lost then.

        ``period``: seconds between two looks at what waits.
        """
        self.path = path
        """The file that is written now, or will be."""
        self.error: str | None = None
        """Why something is missing, as one sentence."""
        self._waiting = waiting
        self._lost = lost
        self._period = period
        self._items: deque[T] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._failed = False
        self._made = False
        self._opened: Future[None] = Future()
        self._opened.set_running_or_notify_cancel()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins to write; called once, by the constructor of each kind."""
        try:
            self._thread.start()
        except RuntimeError as error:
            self._fail(OSError(errno.EAGAIN, str(error), str(self.path)), "")

    @property
    def is_open(self) -> bool:
        """It takes more."""
        return not self._failed and not self._closing

    @property
    def was_made(self) -> bool:
        """There is a file."""
        return self._made

    def words(self) -> str:
        """Where it is, and why something is missing; or why there is no file."""
        if self.error is None:
            return str(self.path)
        return f"{self.path} ({self.error})" if self.was_made else self.error

    def add(self, item: T) -> None:
        """Takes one; never blocks."""
        if not self.is_open:
            return
        if len(self._items) < self._waiting:
            self._items.append(item)
        else:
            self.error = _("the disk is too slow: {count} are lost", count=self._lost)

    def end(self) -> None:
        """Has what waits written and the file closed; returns at once."""
        self._closing = True
        self._wake.set()

    def close(self) -> None:
        """Writes what waits and closes the file, in bounded time."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join(_FAREWELL)
        if self._thread.is_alive() and self.error is None:
            self.error = _("the disk is too slow: the last {count} may be missing", count=self._lost)

    async def opened(self) -> None:
        """Waits until the file is there, in bounded time. Raises OSError where it cannot be made."""
        await within(self._opened, OPENING_PATIENCE)

    # On the thread, for each kind of file

    def _open(self) -> None:
        """Makes the file and what stands at its beginning. Raises OSError with the file's name."""
        raise NotImplementedError

    def _write(self, items: Sequence[T]) -> None:
        """Writes some, so that a crash does not lose them. Raises OSError."""
        raise NotImplementedError

    def _release(self) -> None:
        """Closes the file where there is one. Raises OSError."""
        raise NotImplementedError

    def _run(self) -> None:
        try:
            self._open()
            self._made = True
            self._opened.set_result(None)
            while not self._closing:
                self._wake.wait(self._period)
                self._write_waiting()
            self._write_waiting()  # what came while the last was written
            self._release()
        except OSError as error:
            self._fail(error, _("recording ended: {why}", why=why(error)))
        except Exception as error:
            self._fail(error, failure_of(_("The recording"), error).sentence)
        finally:
            with suppress(OSError):
                self._release()

    def _write_waiting(self) -> None:
        while self._items:
            self._write([self._items.popleft() for _item in range(len(self._items))])

    def _fail(self, error: Exception, sentence: str) -> None:
        self._failed = True
        self._items.clear()
        if not self._opened.done():
            if isinstance(error, OSError):
                error.filename = error.filename or str(self.path)  # a full disk names none
                sentence = _("{path} cannot be written: {why}", path=error.filename, why=why(error))
            self._opened.set_exception(error)
        self.error = sentence
        _log.warning("%s", sentence)
