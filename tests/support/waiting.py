"""Waiting for what another thread does."""

import threading
from collections.abc import Callable

PATIENCE = 20.0


def until(condition: Callable[[], bool]) -> None:
    """Returns as soon as it is so; fails when it has not come to that in time."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it has not come to that in time")
