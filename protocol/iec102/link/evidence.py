"""The evidence for a diagnosis: what came on a connection instead of answers."""

from __future__ import annotations

from iec102.errors import LinkError, NoAnswer, WrongAnswer
from iec102.link.diagnosis import Kind, diagnose, telnet_words
from iec102.link.frame import Frame
from iec102.link.noise import telnet_command, without_telnet
from iec102.sentence import Sentence

# Bytes of one attempt, and attempts, that are kept.
_MOST_BYTES = 300
_MOST_ATTEMPTS = 8
# Bytes at the beginning of a connection among which a converter negotiates telnet.
_MOST_GREETING = 64
# One may be another reader's request; from so many on it is an echo.
_ENOUGH_ECHOES = 3
_ECHO = Sentence("echo.remark")


class Evidence:
    """Collects what came on one connection after each attempt of the latest request and was not its answer.

    ``telnet`` is the first command with which the other side negotiates telnet, empty where it does not.
    """

    def __init__(self) -> None:
        self.telnet = b""
        self._greeting = b""
        self._attempts: list[bytes] = [b""]
        self._request: Frame | None = None
        self._asked: set[int] = set()  # link addresses
        self._answered: set[int] = set()
        self._echoes = 0

    def received(self, data: bytes) -> None:
        """Look for telnet at the beginning of all bytes that come on the connection."""
        room = _MOST_GREETING - len(self._greeting)
        if room > 0 and not self.telnet:
            self._greeting += data[:room]
            self.telnet = telnet_command(self._greeting)

    def sent(self, request: Frame, *, repeat: bool) -> None:
        """Note a request that goes out. What came before it does not count, unless it is the very first one."""
        if not repeat:
            if self._request is not None:
                self._attempts = [b""]
            self._asked.add(request.address)
        elif len(self._attempts) < _MOST_ATTEMPTS:
            self._attempts.append(b"")
        self._request = request

    def garbage(self, data: bytes) -> None:
        """Note bytes that are no frame. The reader has dropped a 0xFF in front of them, which may be telnet's."""
        self._add(without_telnet(b"\xff" + data).lstrip(b"\xff") if self.telnet else data)

    def echo(self, frame: Frame) -> None:
        """Note a request of this program that came back."""
        self._echoes += 1
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

    @property
    def remark(self) -> str | None:
        """What is not as it should be though requests are answered; None where all is well."""
        if self.telnet:
            return telnet_words(self.telnet)
        return _ECHO if self._echoes >= _ENOUGH_ECHOES else None

    def explained(self, error: LinkError, address: int, *, secret: bool) -> LinkError:
        """Say in the error of a service of this link address what came where no answer did, if anything.

        ``secret``: it may hold the password.
        """
        request = self._request
        if request is None or not isinstance(error, NoAnswer):
            return error
        known = request.address in self._answered
        diagnosis = diagnose(self._attempts, request.encode(), telnet=self.telnet, known=known, secret=secret)
        if not diagnosis.data:
            if diagnosis.kind is not Kind.TELNET:
                return error
            return WrongAnswer(Sentence("link.telnet_then_silence", heard=diagnosis.words, address=address))
        if diagnosis.kind is Kind.NOTHING:
            return WrongAnswer(Sentence("link.nothing_from", heard=diagnosis.words, address=address))
        return WrongAnswer(diagnosis.words)

    def _add(self, data: bytes) -> None:
        self._attempts[-1] += data[: _MOST_BYTES - len(self._attempts[-1])]
