"""The recorder's own configuration, object by object: 156, answered by 157 (REE profile reference, 8.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

RECORDER_LENGTHS = {192: 1, 193: 1, 194: 1, 195: 2, 196: 3, 197: 2, 198: 16, 199: 1, 200: 25, 201: 1}
"""Bytes behind the address of each object, from one source (no frame was seen): battery, automatic summer time,
shortest time between closings, alarms, voltage faults, curve periods, transformer ratios, clock source, program
identifier, closing by push-button."""


class RecorderObject(NamedTuple):
    """Address 192 to 201, and its bytes."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Recorder:
    """157: the objects that were asked for."""

    objects: tuple[RecorderObject, ...]

    @property
    def count(self) -> int:
        return len(self.objects)

    def encode_body(self) -> bytes:
        return b"".join(bytes((part.address,)) + part.data for part in self.objects)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> Recorder | None:
        """None where an object is unknown or the lengths do not come out."""
        objects: list[RecorderObject] = []
        at = 0
        while at < len(body):
            length = RECORDER_LENGTHS.get(body[at])
            if length is None or at + 1 + length > len(body):
                return None
            objects.append(RecorderObject(body[at], body[at + 1 : at + 1 + length]))
            at += 1 + length
        return cls(tuple(objects)) if len(objects) == count else None

    def data(self, address: int) -> bytes | None:
        """The bytes of an object; None where the meter did not send it."""
        return next((part.data for part in self.objects if part.address == address), None)
