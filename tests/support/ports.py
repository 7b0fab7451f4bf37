"""Ports for programs that do not choose their own, and that nobody takes before they listen.

What the system hands out for port 0 it also hands out to whatever goes out next, here and in each other worker of the
suite. These lie below such ports, and each worker has its own.
"""

from __future__ import annotations

import itertools
import os
import random
import socket

_FIRST = 20_000
_EACH = 500  # of a worker; what the system hands out begins at 32768
_WORKERS = 24

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
_numbers = itertools.count(random.randrange(_EACH))  # two runs beside each other begin at different ones


def free_port() -> int:
    """One of 127.0.0.1 that is given only once."""
    for number in itertools.islice(_numbers, _EACH):
        port = _FIRST + _worker * _EACH + number % _EACH
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
