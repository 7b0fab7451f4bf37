"""The evidence for a diagnosis: what came on a connection instead of answers."""

from __future__ import annotations

from iec102.link.diagnosis import Diagnosis, diagnose
from iec102.link.frame import Frame
from iec102.link.noise import telnet_command, without_telnet

# Bytes of one attempt, and attempts, that are kept.
_MOST_BYTES = 300
_MOST_ATTEMPTS = 8
# Bytes at the beginning of a connection among which a converter negotiates telnet.
_MOST_GREETING = 64


class TelnetWatch:
    """Looks for telnet at the beginning of all that comes on a connection.

    ``command`` is the first with which the other side negotiates it, empty where it does not.
    """

    def __init__(self) -> None:
        self.command = b""
        self._greeting = bytearray()

    def received(self, data: bytes) -> None:
        """Take bytes from the line, as they are."""
        room = _MOST_GREETING - len(self._greeting)
        if room > 0 and not self.command:
            self._greeting += data[:room]
            self.command = telnet_command(bytes(self._greeting))


class Evidence:
    """Collects what came on one connection after each attempt of the latest request and was not its answer."""

    def __init__(self) -> None:
        self.telnet = TelnetWatch()
        self._attempts: list[bytes] = [b""]
        self._request: Frame | None = None
        self._asked: set[int] = set()  # link addresses
        self._answered: set[int] = set()

    def begin(self, address: int) -> None:
        """Begin a service of this link address. What came before the very first request counts too."""
        if self._request is not None:
            self._attempts = [b""]
        self._asked.add(address)

    def sent(self, request: Frame, *, repeat: bool) -> None:
        """Note a request that goes out."""
        self._request = request
        if repeat and len(self._attempts) < _MOST_ATTEMPTS:
            self._attempts.append(b"")

    def garbage(self, data: bytes) -> None:
        """Note bytes that are no frame. The reader has dropped a 0xFF in front of them, which may be telnet's."""
        self._add(without_telnet(b"\xff" + data).lstrip(b"\xff") if self.telnet.command else data)

    def echo(self, frame: Frame) -> None:
        """Note a request of this program that came back."""
        if frame == self._request:
            self._add(frame.encode())

    def refused(self, frame: Frame) -> None:
        """Note a frame that was no answer. A late one of another meter that was asked says nothing of this one."""
        address = None if self._request is None else self._request.address
        if frame.address == address or frame.address not in self._asked:
            self._add(frame.encode())

    def answered(self, address: int) -> None:
        """Note the answer: what came before it does not count."""
        self._attempts = [b""]
        self._answered.add(address)

    def diagnosis(self, *, secret: bool) -> Diagnosis | None:
        """Diagnose what came; None before the first request. ``secret``: it may hold the password."""
        request = self._request
        if request is None:
            return None
        known = request.address in self._answered
        telnet = self.telnet.command
        return diagnose(self._attempts, request.encode(), telnet=telnet, known=known, secret=secret)

    def _add(self, data: bytes) -> None:
        self._attempts[-1] += data[: _MOST_BYTES - len(self._attempts[-1])]
