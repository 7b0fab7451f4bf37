"""A frame as one row of columns; the less important ones give way where it is narrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from iec102.asdu import decode
from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, Note, TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import meaning_of
from iec102_tui.captures.pairs import is_echo, round_trip, unanswered
from iec102_tui.words.note_words import note_words

_LONGEST = 999.999
_ROOM_FOR_MEANING = 24


class Row(NamedTuple):
    """What a row is made of. ``previous`` is the frame before it on the line."""

    frames: FrameRing
    number: int
    record: TapRecord
    previous: TapRecord | None
    zone: tzinfo | None


class Column(NamedTuple):
    """A column: its head, its width without the blank in front, what stands in it."""

    heading: str
    width: int
    cell: Callable[[Row], str]


class _Numbers(NamedTuple):
    """What a frame says in numbers, each as text; empty where it has none."""

    length: str
    function: str
    type: str
    cause: str


@lru_cache(maxsize=512)
def _numbers(item: Frame | Garbage) -> _Numbers:
    """A line says the same few things again and again."""
    if isinstance(item, Garbage):
        return _Numbers(str(len(item.data)), "", "", "")
    asdu = decode(item)
    length = str(len(item.encode()))
    if asdu is None:
        return _Numbers(length, str(item.function), "", "")
    return _Numbers(length, str(item.function), str(asdu.type), str(asdu.cause))


def _time(row: Row) -> str:
    return f"{row.record.wall.astimezone(row.zone):%H:%M:%S.%f}"[:-3]


def _gap(row: Row) -> str:
    return "" if row.previous is None else f"{min(row.record.time - row.previous.time, _LONGEST):+.3f}"


def _direction(row: Row) -> str:
    return "<<" if row.record.direction is Direction.RECEIVED else ">>"


def _round_trip(row: Row) -> str:
    seconds = round_trip(row.frames, row.number)
    return "" if seconds is None else f"{min(seconds * 1000, 99_999):.0f}ms"


def _meaning(row: Row) -> str:
    words = special(row.frames, row.number, row.record)[1]
    said = meaning_of(row.record)
    return f"{words}: {said}" if words else said


_TIME = Column("time", 12, _time)
_GAP = Column("gap", 8, _gap)
_DIRECTION = Column("", 2, _direction)
_BYTES = Column("len", 3, lambda row: _numbers(row.record.item).length)
_FUNCTION = Column("fn", 2, lambda row: _numbers(row.record.item).function)
_TYPE = Column("typ", 3, lambda row: _numbers(row.record.item).type)
_CAUSE = Column("cau", 3, lambda row: _numbers(row.record.item).cause)
_ROUND_TRIP = Column("answer", 7, _round_trip)
_COLUMNS = (_TIME, _GAP, _DIRECTION, _BYTES, _FUNCTION, _TYPE, _CAUSE, _ROUND_TRIP)
_FIRST_TO_GO = (_FUNCTION, _BYTES, _ROUND_TRIP, _GAP, _CAUSE, _TYPE)


@lru_cache(maxsize=8)
def columns(width: int) -> tuple[Column, ...]:
    """The columns in front of the meaning that leave room for it, where ``width`` characters are there for all."""
    kept = list(_COLUMNS)
    for column in _FIRST_TO_GO:
        if sum(kept_.width + 1 for kept_ in kept) + _ROOM_FOR_MEANING <= width:
            break
        kept.remove(column)
    return tuple(kept)


def heading(width: int) -> str:
    """The heads of the columns."""
    return _joined([column.heading.rjust(column.width) for column in columns(width)], "meaning", width)


def row_text(row: Row, width: int) -> str:
    """All columns of a row, exactly ``width`` characters."""
    return _joined([column.cell(row).rjust(column.width) for column in columns(width)], _meaning(row), width)


def _joined(cells: list[str], meaning_: str, width: int) -> str:
    return " ".join((*cells, meaning_)).ljust(width)[:width]


def special(frames: FrameRing, number: int, record: TapRecord) -> tuple[str, str]:
    """The sign for a frame that is not as it should be, and the words for it; both empty for a good one."""
    if isinstance(record.item, Garbage):
        return "!", note_words(record.note).upper()  # its meaning says that it is garbage
    if is_echo(record):
        return "E", "ECHO of what was sent"
    if record.note == Note.LATE:
        return "L", "LATE"
    if record.note:
        return "U", f"UNMATCHED, {note_words(record.note)}"
    if unanswered(frames, number):
        return ("R", "REPEAT, NO ANSWER") if record.repeat else ("?", "NO ANSWER")
    return ("R", "REPEAT") if record.repeat else ("", "")
