"""A meter that is nothing but bytes: it knows neither this program's frames nor its simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Alter = Callable[[bytes, bytes], Iterable[bytes]]
"""From a request and the right answer to what comes instead."""

STATUS, ACK, NO_DATA = 0x0B, 0x00, 0x09
ENERGIES = bytes.fromhex("A3 01 05 01 00 00 C0") + (8_920_624).to_bytes(4, "little") * 6
TIME = bytes.fromhex("00 0A F6 0B 1A")
"""2026-11-22 10:00, a Sunday in winter."""
CLOCK = bytes.fromhex("48 01 05 01 00 00 00 00") + TIME


def fixed(control: int, address: int = 1) -> bytes:
    """Six bytes."""
    body = bytes((control, address & 0xFF, address >> 8))
    return bytes((0x10, *body, sum(body) & 0xFF, 0x16))


def variable(asdu: bytes, control: int = 0x08, address: int = 1) -> bytes:
    """User data."""
    body = bytes((control, address & 0xFF, address >> 8)) + asdu
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def as_it_is(_sent: bytes, right: bytes) -> Iterable[bytes]:
    return [right]


class RawMeter:
    """The behaviour of a ``RawLine``. ``answers`` by type of the request; ``alter`` may change what comes."""

    def __init__(self, alter: Alter = as_it_is, *, address: int = 1) -> None:
        self.alter = alter
        self.address = address
        self.asked: list[int] = []
        self.keys = 0
        self.answers = {162: ENERGIES + TIME, 103: CLOCK}
        self._data: bytes | None = None
        self._last = b"", b""

    def __call__(self, sent: bytes) -> list[tuple[float, bytes]]:
        repeated = sent == self._last[0] and sent[1 if sent[0] == 0x10 else 4] & 0x10
        right = self._last[1] if repeated else self._answer(sent)
        self._last = sent, right
        return [(0.01 * number, data) for number, data in enumerate(self.alter(sent, right), 1)]

    def _answer(self, sent: bytes) -> bytes:
        if sent[0] == 0x68:
            self._request(sent[7:-2])
            return fixed(ACK, self.address)
        function = sent[1] & 0x0F
        if function == 11:
            data, self._data = self._data, None
            return fixed(NO_DATA, self.address) if data is None else variable(data, address=self.address)
        return fixed(STATUS if function == 9 else ACK, self.address)

    def _request(self, asdu: bytes) -> None:
        self.asked.append(asdu[0])
        if asdu[0] == 183:
            self.keys += 1
            self._data = asdu[:2] + b"\x07" + asdu[3:]
        elif asdu[0] in self.answers:
            self._data = self.answers[asdu[0]]
        else:
            self._data = asdu[:2] + b"\x0e" + asdu[3:]


def is_poll(sent: bytes) -> bool:
    return sent[0] == 0x10 and sent[1] & 0x0F == 11


def is_data(answer: bytes, type_: int) -> bool:
    return answer[0] == 0x68 and answer[7] == type_
