"""What all formats of captures share: a frame as bytes of which some are masked, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from iec102.asdu.catalogue import SECRET_TYPES
from iec102.link import Frame, FrameReader, Garbage, GarbageKind
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import masked
from iec102_tui.words.plain_text import printable

SECRET = "may hold the password"  # noqa: S105 - what captures say of garbage
_CHECKSUM_BODY = 4
"""What the checksum of a variable frame is over begins here, and ends before the last two bytes."""
_SHORTEST_VARIABLE = 9
_PHRASES = {Garbage(b"", kind).reason: kind for kind in GarbageKind}


@dataclass(frozen=True, slots=True)
class CaptureHeader:
    """Where frames come from: program and version, the profile's name (no password), the meter's zone, the time.

    No text of it moves the cursor of a terminal, whoever wrote the file.
    """

    program: str
    profile: str
    timezone: str
    time: datetime

    def __post_init__(self) -> None:
        for name in ("program", "profile", "timezone"):
            object.__setattr__(self, name, shown(getattr(self, name)))


class Capture(NamedTuple):
    """What a file holds. ``remarks`` are sentences on what could not be read."""

    header: CaptureHeader | None
    records: list[TapRecord]
    remarks: tuple[str, ...] = ()


class Marks(NamedTuple):
    """What a capture says of a frame beside its bytes; ``garbage`` is the reason in words, empty for a frame."""

    repeat: bool = False
    secret: bool = False
    note: str = ""
    garbage: str = ""
    hidden: frozenset[int] = frozenset()
    client: str = ""
    on_behalf: str = ""

    def clean(self) -> Marks:
        """The same, with no text that could move the cursor of a terminal or write to its clipboard."""
        texts = {name: shown(getattr(self, name)) for name in ("note", "garbage", "client", "on_behalf")}
        return Marks(self.repeat, self.secret, hidden=self.hidden, **texts)


NO_MARKS = Marks()
_LONGEST = 200
"""Characters of a text of a capture."""


def shown(text: str) -> str:
    """Text of a capture as a terminal, a file and a screen may have it: visible characters, and not too many."""
    return printable(text[:_LONGEST])


def left_out(record: TapRecord, *, include_secrets: bool) -> frozenset[int]:
    """The offsets of the bytes that are not written. What a capture has masked nobody can include again."""
    return record.hidden if include_secrets else masked(record)


def reason(record: TapRecord, hidden: frozenset[int]) -> str:
    """Why it is garbage, empty for a frame; less where bytes are masked: the checksum would tell of them."""
    item = record.item
    if not isinstance(item, Garbage):
        return ""
    return Garbage(b"", item.kind).reason if hidden else item.reason


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
        return ((_garbage(data, marks.garbage), hidden),)
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


def _garbage(data: bytes, words: str) -> Garbage:
    phrase, _, detail = words.partition(": ")
    return Garbage(data, _PHRASES.get(phrase, GarbageKind.NOISE), detail)


def _with_checksum(data: bytes) -> bytes:
    """Zeros stand for masked bytes: the checksum that goes with them."""
    if len(data) < _SHORTEST_VARIABLE:
        return data
    return data[:-2] + bytes((sum(data[_CHECKSUM_BODY:-2]) & 0xFF, data[-1]))


def is_secret(item: Frame | Garbage) -> bool:
    """Whether it is a frame that carries the password."""
    return isinstance(item, Frame) and item.asdu is not None and not SECRET_TYPES.isdisjoint(item.asdu[:1])
