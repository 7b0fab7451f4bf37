"""The end of the monitor on SIGTERM or SIGHUP, also when its terminal has stopped reading."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

# Seconds for an end in good order, before what the terminal does not take goes to the null device.
GRACE = 1.0
# Seconds after that, before the process ends whatever the interface does.
PATIENCE = 5.0
_PAUSE = 0.05
_STDERR = 2
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)

# Alternate screen, mouse, focus, bracketed paste and the Kitty keyboard off; line wrap and cursor on.
RESTORE = b"\x1b[<u\x1b[?1049l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?25h"


class EndBySignal:
    """Ends the monitor on a signal; signals have this meaning within the ``with`` block.

    Textual writes to standard error on a thread, through a queue of 30 frames, and waits for that queue on its event
    loop when the terminal takes no more (a frozen SSH session): a signal handler of the loop would never run then, and
    no end in good order would come to its end. So the handlers are those of the process; and when the end takes too
    long, standard error becomes the null device, and the write that waits for the terminal is interrupted: Python
    repeats it, on the null device. When even that is in vain, ``give_up`` is called, on a thread, and the process ends.
    """

    def __init__(self, give_up: Callable[[], object], *, grace: float = GRACE, patience: float = PATIENCE) -> None:
        self._give_up = give_up
        self._grace = grace
        self._patience = patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[], object] = lambda: None
        self._over = threading.Event()
        self._helper: threading.Thread | None = None
        self._terminal: int | None = None

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

    @property
    def signalled(self) -> bool:
        """A signal ended the monitor: perhaps nobody reads its terminal."""
        return self._helper is not None

    def over(self) -> None:
        """The monitor has left its terminal."""
        self._over.set()
        if self._helper is not None:
            self._helper.join()
        if self._terminal is not None:
            _restore(self._terminal)
            os.dup2(self._terminal, _STDERR)
        if self._helper is not None:
            _let_go()

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        if self._helper is None:
            # The kernel lets SIGCONT follow a hang-up, and Textual would start again on a terminal that is gone.
            signal.signal(signal.SIGCONT, lambda _number, _frame: None)
            self._helper = threading.Thread(target=self._insist, name="ending", daemon=True)
            self._helper.start()
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._end)

    def _insist(self) -> None:
        if self._over.wait(self._grace):
            return
        self._terminal = os.dup(_STDERR)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, _STDERR)
        os.close(null)
        until = time.monotonic() + self._patience
        while not self._over.wait(_PAUSE):
            if time.monotonic() > until:
                self._give_up()
                os._exit(0)
            for thread in threading.enumerate():
                if thread.ident is not None and thread is not threading.current_thread():
                    signal.pthread_kill(thread.ident, signal.SIGTERM)


def _let_go() -> None:
    """What a terminal that is gone does not take goes to the null device: Python would end with status 120 for it."""
    for stream in filter(None, (sys.__stdout__, sys.__stderr__)):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def _restore(terminal: int) -> None:
    """What Textual wrote last went to the null device. A terminal that still takes nothing is left as it is."""
    blocking = os.get_blocking(terminal)
    os.set_blocking(terminal, False)
    with contextlib.suppress(OSError):
        os.write(terminal, RESTORE)
    os.set_blocking(terminal, blocking)
