"""A meter that is nothing but bytes: it knows neither this program's frames nor its simulator.

``RawMeter`` is the behaviour of a ``RawLine``: the link and the login of any key by hand, and an answer to every other
ASDU by a function from bytes to lists of bytes. ``raw_memory`` and ``raw_clock_memory`` hold such functions.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

Alter = Callable[[bytes, bytes], Iterable[bytes]]
"""From a request and the right answer to what comes instead."""
Answer = Callable[[bytes], Iterable[bytes]]
"""From a request's ASDU to those that answer it."""

STATUS, ACK, NO_DATA, USER_DATA = 0x0B, 0x00, 0x09, 0x08
ENERGIES = bytes.fromhex("A3 01 05 01 00 00 C0") + (8_920_624).to_bytes(4, "little") * 6
TIME = bytes.fromhex("00 0A F6 0B 1A")
"""2026-11-22 10:00, a Sunday in winter."""
CLOCK = bytes.fromhex("48 01 05 01 00 00 00 00") + TIME


def fixed(control: int, address: int = 1) -> bytes:
    """Six bytes."""
    body = bytes((control, address & 0xFF, address >> 8))
    return bytes((0x10, *body, sum(body) & 0xFF, 0x16))


def variable(asdu: bytes, control: int = USER_DATA, address: int = 1) -> bytes:
    """User data."""
    body = bytes((control, address & 0xFF, address >> 8)) + asdu
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def caused(asdu: bytes, cause: int) -> bytes:
    """The same ASDU with another cause."""
    return asdu[:2] + bytes((cause,)) + asdu[3:]


def time_tag(civil: datetime, *, summer: bool) -> bytes:
    """Time tag a: minute, hour with SU, day with day of week, month, year."""
    return bytes(
        (civil.minute, civil.hour | summer << 7, civil.day | civil.isoweekday() << 5, civil.month, civil.year - 2000)
    )


def as_it_is(_sent: bytes, right: bytes) -> Iterable[bytes]:
    return [right]


class RawMeter:
    """``answers``: a function, or ASDUs by the type of the request; what stands in neither is refused with cause 14.

    Behind the last answer it has no data, or is ``mute``; ``alter`` may change what comes. ``types`` keeps the type of
    every request, ``asked`` every ASDU but logins and farewells.
    """

    def __init__(
        self,
        answers: Answer | dict[int, bytes] | None = None,
        *,
        alter: Alter = as_it_is,
        address: int = 1,
        mute: bool = False,
    ) -> None:
        self.answers = {162: ENERGIES + TIME, 103: CLOCK} if answers is None else answers
        self.alter = alter
        self.address = address
        self.mute = mute
        self.types: list[int] = []
        self.asked: list[bytes] = []
        self.logins = 0
        self._waiting: list[bytes] = []
        self._fcb: int | None = None
        self._last = b""

    def __call__(self, sent: bytes) -> list[tuple[float, bytes]]:
        return [(0.01 * number, data) for number, data in enumerate(self.reply(sent), 1)]

    def reply(self, sent: bytes) -> Iterator[bytes]:
        """What comes to bytes that hold whole frames."""
        while sent:
            length = 6 if sent[0] == 0x10 else sent[1] + 6
            frame, sent = sent[:length], sent[length:]
            if right := self._answer(frame):
                yield from self.alter(frame, right)

    def _answer(self, frame: bytes) -> bytes:
        control = frame[1] if frame[0] == 0x10 else frame[4]
        function = control & 0x0F
        if function == 0:
            self._waiting, self._fcb = [], None
            return fixed(ACK, self.address)
        if function == 9:
            return fixed(STATUS, self.address)
        if control & 0x20 != self._fcb:
            self._fcb = control & 0x20
            self._last = self._take(frame[7:-2]) if function == 3 else self._next()
        return self._last

    def _take(self, asdu: bytes) -> bytes:
        self.types.append(asdu[0])
        if asdu[0] in (183, 187):
            self.logins += asdu[0] == 183
            self._waiting = [caused(asdu, 7)]
        else:
            self.asked.append(asdu)
            self._waiting = list(self.answer_to(asdu))
        return fixed(ACK, self.address)

    def answer_to(self, asdu: bytes) -> Iterable[bytes]:
        if callable(self.answers):
            return self.answers(asdu)
        return [self.answers.get(asdu[0]) or caused(asdu, 14)]

    def _next(self) -> bytes:
        if not self._waiting:
            return b"" if self.mute else fixed(NO_DATA, self.address)
        return variable(self._waiting.pop(0), address=self.address)


def is_poll(sent: bytes) -> bool:
    return sent[0] == 0x10 and sent[1] & 0x0F == 11


def is_data(answer: bytes, type_: int) -> bool:
    return answer[0] == 0x68 and answer[7] == type_


@contextlib.contextmanager
def serving(meter: RawMeter) -> Iterator[str]:
    """A TCP port of this machine with the meter behind it, one reader after another; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    reader, _ = server.accept()
                    with reader, contextlib.suppress(ConnectionError):
                        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        while data := reader.recv(4096):
                            for answer in meter.reply(data):
                                reader.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
