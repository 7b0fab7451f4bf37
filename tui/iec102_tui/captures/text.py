"""Captures as text, one frame a line, for people; and text of other programs, whose lines are hex alone.

::

    # iec102-tui 1.0, profile north, time zone Europe/Madrid, written 2026-11-22T12:30:05+01:00
    2026-11-22T12:30:05.301417+01:00 tx 10 49 01 00 4A 16  # link status?
    2026-11-22T12:30:05.420113+01:00 rx 31 07  # garbage: no start character
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo

from iec102.errors import InvalidSetting
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import digits, meaning, raw_bytes
from iec102_tui.captures.hex_text import bytes_of
from iec102_tui.captures.marks import (
    ABOUT,
    CLIENT,
    GARBAGE,
    ON_BEHALF,
    REPEAT,
    SECRET,
    CaptureHeader,
    Marks,
    instant,
    reason,
)
from iec102_tui.captures.record import left_out, records_of
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

_TITLE = re.compile(rf"# (iec102-tui \S+), {ABOUT.pattern}\s*")
_LINE = re.compile(r"\s*(\d{4}-\d\d-\d\dT\S+) (tx|rx) ([^#]*)(?:#\s*(.*?)\s*)?")
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that nobody wrote down."""


def text_lines(
    records: Iterable[TapRecord], header: CaptureHeader, zone: tzinfo, *, include_secrets: bool = False
) -> Iterator[str]:
    """The lines, each with its line feed; times in ``zone``."""
    yield f"# {header.program}, {header.about(header.time.astimezone(zone))}\n"
    for record in records:
        hidden = left_out(record, include_secrets=include_secrets)
        shown = " ".join(digits(raw_bytes(record.item), hidden))
        why = reason(record, hidden)
        words = GARBAGE + why if why else meaning(record.item, secret=record.secret)
        marks = (
            CLIENT + record.client if record.client else "",
            ON_BEHALF + record.on_behalf if record.on_behalf else "",
            REPEAT if record.repeat else "",
            SECRET if why and record.secret else "",
            record.note,
        )
        remarks = printable("; ".join((*filter(None, marks), words)))
        when = record.wall.astimezone(zone).isoformat(timespec="microseconds")
        yield f"{when} {record.direction} {shown}  # {remarks}\n"


def title(line: str) -> CaptureHeader | None:
    """What the first line says of where the frames come from, where this program wrote it."""
    found = _TITLE.fullmatch(line)
    try:
        return CaptureHeader(found[1], found[2], found[3], instant(found[4])) if found else None
    except ValueError:
        return None


def records_of_line(line: str, place: str) -> Iterator[TapRecord]:
    """The frames of a line, which is a stream of bytes of its own; text behind # is a remark.

    Raises InvalidSetting for what is no hex; it begins with ``place``.
    """
    if found := _LINE.fullmatch(line):
        when, direction, bytes_, remarks = found.groups(default="")
        try:
            moment = instant(when)
        except ValueError:
            raise InvalidSetting(
                _("{place} begins with {when}, which is no time such as 2026-11-22T12:30:05Z", place=place, when=when)
            ) from None
        data, hidden = bytes_of(bytes_, place)
        yield from records_of(data, moment.timestamp(), moment, Direction(direction), _marks(remarks, hidden))
    else:
        data, hidden = bytes_of(line.partition("#")[0], place)
        yield from records_of(data, 0.0, NO_TIME, None, Marks(hidden=hidden))


def _marks(remarks: str, hidden: frozenset[int]) -> Marks:
    *notes, words = remarks.split("; ")
    client = notes.pop(0).removeprefix(CLIENT) if notes and notes[0].startswith(CLIENT) else ""
    on_behalf = notes.pop(0).removeprefix(ON_BEHALF) if notes and notes[0].startswith(ON_BEHALF) else ""
    note = "; ".join(note for note in notes if note not in (REPEAT, SECRET))
    garbage = words.removeprefix(GARBAGE) if words.startswith(GARBAGE) else ""
    return Marks(REPEAT in notes, SECRET in notes, note, garbage, hidden, client, on_behalf)
