"""Where a program listens for others, and why it cannot."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass

from iec102.errors import InvalidSetting

_HIGHEST_PORT = 65_535
_PORT = re.compile(r"[0-9]{1,5}")
_LOCAL = ("localhost", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name, IPv4 or IPv6) and a port, 0 to 65535; port 0 picks a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """From HOST:PORT. Raises InvalidSetting."""
        host, colon, port = text.rpartition(":")
        if not colon or not host or not _PORT.fullmatch(port) or int(port) > _HIGHEST_PORT:
            raise InvalidSetting(f"{text!r} is no HOST:PORT with a port of 0 to {_HIGHEST_PORT}")
        return cls(host.strip("[]"), int(port))

    @property
    def is_local(self) -> bool:
        """Only programs of this machine reach it."""
        return self.host in _LOCAL or self.host.startswith("127.")

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def why_not_listening(error: OSError | UnicodeError) -> str:
    """What is wrong with an address, and what to check."""
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "another program uses this port; choose another one, or port 0 for a free one"
    if isinstance(error, UnicodeError | socket.gaierror):
        return "no such host; 127.0.0.1 serves this machine alone, 0.0.0.0 also others"
    if error.errno == errno.EMFILE:
        return "this process may not open enough files; allow it more (ulimit -n 64)"
    if isinstance(error, PermissionError):
        return "this port needs more rights; choose one above 1023"
    if error.errno in (errno.EADDRNOTAVAIL, None):  # None: asyncio of Python 3.12 and newer
        return "this is no address of this machine; 127.0.0.1 serves this machine alone, 0.0.0.0 also others"
    return error.strerror or str(error)
