"""What all formats of captures share: a frame as bytes of which some are masked, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from iec102.asdu.catalogue import SECRET_TYPES
from iec102.link import Frame, FrameReader, Garbage, GarbageKind
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import masked
from iec102_tui.captures.marks import NO_MARKS, CaptureHeader, Marks, garbage_of

_CHECKSUM_BODY = 4
"""What the checksum of a variable frame is over begins here, and ends before the last two bytes."""
_SHORTEST_VARIABLE = 9


class Capture(NamedTuple):
    """What a file holds. ``remarks`` are sentences on what could not be read."""

    header: CaptureHeader | None
    records: list[TapRecord]
    remarks: tuple[str, ...] = ()


def left_out(record: TapRecord, *, include_secrets: bool) -> frozenset[int]:
    """The offsets of the bytes that are not written. What a capture has masked nobody can include again."""
    return record.hidden if include_secrets else masked(record)


def records_of(
    data: bytes, time: float, wall: datetime, direction: Direction | None, marks: Marks = NO_MARKS
) -> Iterator[TapRecord]:
    """The records that bytes of a capture stand for: one, unless another program wrote what is no single frame.

    Masked bytes are zeros in ``data``. Without a direction requests were sent, and the rest was received.
    """
    marks = marks if marks is NO_MARKS else marks.clean()
    for item, hidden in _items(data, marks):
        towards = direction or (Direction.SENT if isinstance(item, Frame) and item.request else Direction.RECEIVED)
        secret = marks.secret or bool(hidden) or is_secret(item)
        yield TapRecord(
            time, wall, towards, item, marks.repeat, secret, marks.note, hidden, marks.client, marks.on_behalf
        )


def _items(data: bytes, marks: Marks) -> Iterable[tuple[Frame | Garbage, frozenset[int]]]:
    hidden = marks.hidden
    if marks.garbage:
        return ((garbage_of(data, marks.garbage), hidden),)
    if hidden:
        items = _read(_with_checksum(data))
        if len(items) == 1 and isinstance(items[0], Frame) and len(items[0].encode()) == len(data):
            return ((items[0], hidden | {len(data) - 2}),)
        return ((Garbage(data, GarbageKind.NOISE), hidden),)
    return ((item, hidden) for item in _read(data))


@lru_cache(maxsize=1024)  # a line says the same few things again and again
def _read(data: bytes) -> tuple[Frame | Garbage, ...]:
    reader = FrameReader()
    return (*reader.feed(data), *reader.flush())


def _with_checksum(data: bytes) -> bytes:
    """Zeros stand for masked bytes: the checksum that goes with them."""
    if len(data) < _SHORTEST_VARIABLE:
        return data
    return data[:-2] + bytes((sum(data[_CHECKSUM_BODY:-2]) & 0xFF, data[-1]))


def is_secret(item: Frame | Garbage) -> bool:
    """Whether it is a frame that carries the password."""
    return isinstance(item, Frame) and item.asdu is not None and not SECRET_TYPES.isdisjoint(item.asdu[:1])
