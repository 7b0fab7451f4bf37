"""Waiting for what another thread, another process or the screen does: for the event itself, and as long as it takes.

How long something takes says nothing on a machine that does other things too. The bound is for what never comes.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from support.rest import paint
from textual.pilot import Pilot

PATIENCE = 120.0
"""Seconds after which something will not come any more."""
_LOOK = 0.005


def until(condition: Callable[[], object]) -> None:
    """Returns as soon as it is so; fails when it has not come to that in time."""
    pause = threading.Event()
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it has not come to that in time")
        pause.wait(_LOOK)


async def on_screen(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Lets the monitor go on until it is so, and then come to rest."""
    end = time.monotonic() + PATIENCE
    await pilot.pause()
    while not condition():
        if pilot.app._exception is not None:
            raise pilot.app._exception
        if time.monotonic() > end:
            raise AssertionError("it has not come to that in time")
        await asyncio.sleep(_LOOK)
        paint(pilot.app)
    if pilot.app.is_running:
        await pilot.pause()
