"""The garbage collector rests while the monitor starts: all that is made then stays, and looking through it is vain."""

from __future__ import annotations

import gc
import threading

# Seconds after which it works again also where nothing was painted: a terminal may have stopped reading.
_LONGEST = 30.0


def rest() -> None:
    """From the first line of the program on; ``resume`` ends it."""
    gc.disable()


def rest_until_painted() -> threading.Thread:
    """The monitor begins: it calls ``resume`` when it has painted, or the thread that is given does it."""
    timer = threading.Timer(_LONGEST, resume)
    timer.daemon = True
    timer.start()
    return timer


def resume() -> None:
    """Ends the rest. What is there now is never looked through again, which would hold up the keys; the rest is."""
    if not gc.isenabled():  # once only: what became garbage since would stay for ever
        gc.freeze()
        gc.enable()
