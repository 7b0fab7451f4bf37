"""The end of the monitor on SIGTERM or SIGHUP, also when its terminal has stopped reading."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from types import FrameType

# Seconds for an end in good order, before what the terminal does not take is thrown away.
GRACE = 1.0
_PAUSE = 0.05
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)

# Alternate screen, mouse, focus, bracketed paste and the Kitty keyboard off; line wrap and cursor on.
RESTORE = b"\x1b[<u\x1b[?1049l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?25h"


class EndBySignal:
    """Ends the monitor on a signal; signals have this meaning within the ``with`` block.

    Textual writes through a queue of 30 frames, and waits on its event loop when the terminal takes no more (a frozen
    SSH session): a signal handler of the loop would never run then. So the handlers are those of the process, and a
    thread empties the terminal's buffer until Textual has come to its end.
    """

    def __init__(self) -> None:
        self._terminal = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[], object] = lambda: None
        self._over = threading.Event()
        self._helper: threading.Thread | None = None
        self._emptied = False

    def __enter__(self) -> EndBySignal:
        self._before = {number: signal.signal(number, self._signalled) for number in _SIGNALS}
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def attach(self, end: Callable[[], object]) -> None:
        """Called on the interface's loop: ``end`` is what a signal calls there."""
        self._loop = asyncio.get_running_loop()
        self._end = end
        if self._helper is not None:
            end()

    def over(self) -> None:
        """The monitor has left its terminal."""
        self._over.set()
        if self._helper is not None:
            self._helper.join()
        if self._emptied:
            # What Textual wrote to restore the terminal may have been thrown away with the rest.
            blocking = os.get_blocking(self._terminal)
            os.set_blocking(self._terminal, False)
            with contextlib.suppress(OSError):
                os.write(self._terminal, RESTORE)
            os.set_blocking(self._terminal, blocking)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        if self._helper is None:
            self._helper = threading.Thread(target=self._let_go, name="ending", daemon=True)
            self._helper.start()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _let_go(self) -> None:
        if self._over.wait(GRACE):
            return
        self._emptied = True
        while not self._over.wait(_PAUSE):
            with contextlib.suppress(termios.error):
                termios.tcflush(self._terminal, termios.TCOFLUSH)
