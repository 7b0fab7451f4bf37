"""What the service manager is told: datagrams to the socket that it names in the environment (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping

_SOCKET, _WATCHDOG, _WATCHDOG_OF = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"


class Notifier:
    """Tells nobody where no service manager asks for it. Never waits, and never fails."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        name = environment.get(_SOCKET, "")
        self._address = "\0" + name[1:] if name.startswith("@") else name
        microseconds = environment.get(_WATCHDOG, "")
        for_us = environment.get(_WATCHDOG_OF, "") in ("", str(os.getpid()))
        self.watchdog = int(microseconds) / 1e6 if for_us and microseconds.isascii() and microseconds.isdigit() else 0.0
        """Seconds within which ``ping`` must come again; 0: nobody waits for it."""

    def ready(self, status: str) -> None:
        """It runs, also again after ``reloading``; ``status`` is shown beside it."""
        self._tell(f"READY=1\nSTATUS={_line(status)}")

    def reloading(self) -> None:
        """It reads its files again."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def ping(self, status: str) -> None:
        """It is alive."""
        self._tell(f"WATCHDOG=1\nSTATUS={_line(status)}")

    def stopping(self) -> None:
        """It ends."""
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(text.encode(), self._address)


def _line(text: str) -> str:
    return " ".join(text.split())
