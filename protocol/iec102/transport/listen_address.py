"""Where a program listens for others, and why it cannot."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

HIGHEST_PORT = 65_535
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
        if not colon or not host or not _PORT.fullmatch(port) or int(port) > HIGHEST_PORT:
            raise InvalidSetting(Sentence("setting.listen", text=text, high=HIGHEST_PORT))
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
        return Sentence("listen.in_use")
    if isinstance(error, UnicodeError | socket.gaierror):
        return Sentence("listen.no_host")
    if error.errno == errno.EMFILE:
        return Sentence("listen.too_many")
    if isinstance(error, PermissionError):
        return Sentence("listen.rights")
    if error.errno in (errno.EADDRNOTAVAIL, None):  # None: asyncio of Python 3.12 and newer
        return Sentence("listen.not_here")
    return error.strerror or str(error)
