"""What goes wrong on the line of a simulated meter, frame by frame, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from iec102.link import Frame, FrameReader

DELAY = 4.0
"""Seconds by which a delayed frame is late: more than the usual request timeout."""

RESTART = 6.0
"""Seconds that a meter is silent when it restarts."""

_NOISE_LENGTHS = (1, 12)
# What the checksum does not cover in front: start, lengths, second start.
_VARIABLE_START = 0x68
_BEHIND_FIXED, _BEHIND_VARIABLE = 1, 4


class FaultOutcome(NamedTuple):
    """What happens to one frame; without ``data`` it is lost."""

    data: bytes
    delay: float = 0.0
    disconnect: bool = False
    restart: bool = False


class Faults:
    """Decides what becomes of each frame, in either direction; ``rates`` are 0 to 1 by the names in FAULTS."""

    def __init__(self, rates: Mapping[str, float], seed: int) -> None:
        self._rates = rates
        self._random = Random(seed)  # noqa: S311 - reproducible, not secret

    def outcome_of(self, frame: bytes) -> FaultOutcome:
        """Lost, changed, preceded by rubbish or by another meter's frame, late, or the end of the connection."""
        if not self._rates:
            return FaultOutcome(frame)
        if self._happens("disconnect") or self._happens("carrier-lost"):
            return FaultOutcome(b"", disconnect=True)
        if self._happens("restart"):
            return FaultOutcome(b"", restart=True)
        if self._happens("drop"):
            return FaultOutcome(b"")
        if self._happens("corrupt"):
            frame = self._corrupted(frame)
        elif self._happens("length"):
            frame = self._with_wrong_length(frame)
        elif self._happens("foreign"):
            frame = _of_another_meter(frame) + frame
        if self._happens("noise"):
            frame = self._random.randbytes(self._random.randint(*_NOISE_LENGTHS)) + frame
        return FaultOutcome(frame, DELAY if self._happens("delay") else 0.0)

    def _happens(self, name: str) -> bool:
        rate = self._rates.get(name, 0.0)
        return rate > 0 and self._random.random() < rate

    def _corrupted(self, frame: bytes) -> bytes:
        """Change one byte that the checksum covers, or the checksum, so that the checksum shows it."""
        first = _BEHIND_VARIABLE if frame[0] == _VARIABLE_START else _BEHIND_FIXED
        position = self._random.randrange(first, len(frame) - 1)
        changed = frame[position] ^ self._random.randint(1, 255)
        return frame[:position] + bytes((changed,)) + frame[position + 1 :]

    def _with_wrong_length(self, frame: bytes) -> bytes:
        """Change the first length, the second, or both alike; a fixed frame has none."""
        if frame[0] != _VARIABLE_START:
            return frame
        length = (frame[1] + self._random.randint(1, 255)) & 0xFF
        first, second = self._random.choice(((length, frame[1]), (frame[1], length), (length, length)))
        return bytes((_VARIABLE_START, first, second)) + frame[3:]


def _of_another_meter(frame: bytes) -> bytes:
    """The same frame from or for the next link address, which nothing else tells apart."""
    (own,) = FrameReader().feed(frame)
    assert isinstance(own, Frame)
    return Frame(own.control, own.address ^ 1, own.asdu).encode()
