"""Bytes of the line in, frames and garbage out."""

from __future__ import annotations

import re

from iec102.link.frame import (
    END,
    FIXED_LENGTH,
    LINK_HEADER,
    MAX_FRAME,
    OVERHEAD,
    START_FIXED,
    START_VARIABLE,
    Frame,
    Garbage,
    GarbageKind,
)
from iec102.sentence import Sentence

_NOT_FILL = re.compile(rb"[^\xff]")
_START = re.compile(rb"[\x10\x68]")
_START_BYTES = 4


class FrameReader:
    """Tells frames, garbage and "not enough yet" apart, whatever the split of the bytes.

    - 0xFF in front of a start character is line fill and skipped.
    - After garbage the next good frame is found even when it starts inside what looked like a longer one:
      a failed start costs one byte, and the search goes on behind it.
    - A run of garbage is reported when a frame follows, when it has MAX_FRAME bytes, or by ``flush``, so
      that the same stream gives the same items in any split.
    - At most one unfinished frame and one run of garbage are held: 521 bytes. Each byte is looked at no
      more often than a frame is long, so hostile input costs linear time.
    """

    def __init__(self) -> None:
        self._held = b""
        self._garbage = bytearray()
        self._kind = GarbageKind.NOISE
        self._detail = ""

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame that are held as "not enough yet"."""
        return len(self._held)

    @property
    def garbage(self) -> bytes:
        """A run of garbage that is not reported yet, because it may go on."""
        return bytes(self._garbage)

    def feed(self, data: bytes) -> list[Frame | Garbage]:
        """Takes the next bytes of the line; gives what they complete."""
        return self._scan(self._held + data if self._held else bytes(data), final=False)

    def flush(self) -> list[Frame | Garbage]:
        """At a deadline: looks again at the bytes held as "not enough yet", and holds nothing afterwards.

        What looked like the start of a long frame may have been noise with a good frame inside.
        """
        items = self._scan(self._held, final=True)
        if self._garbage:
            items.append(self._take_garbage())
        return items

    def _scan(self, data: bytes, *, final: bool) -> list[Frame | Garbage]:
        items: list[Frame | Garbage] = []
        position, end = 0, len(data)
        while position < end:
            start = data[position]
            if start == START_FIXED:
                length = FIXED_LENGTH
                problem = _fixed_problem(data, position)
            elif start == START_VARIABLE:
                length = data[position + 1] + OVERHEAD if position + 1 < end else MAX_FRAME
                problem = _variable_problem(data, position, length)
            else:
                position = self._skip(data, position, items)
                continue
            if problem is None:
                if position + length > end:
                    if not final:
                        break
                    problem = GarbageKind.INCOMPLETE, ""
                else:
                    if self._garbage:
                        items.append(self._take_garbage())
                    items.append(_frame(data, position, length))
                    position += length
                    continue
            self._add_garbage(data[position : position + 1], *problem, items)
            position += 1
        self._held = data[position:]
        return items

    def _skip(self, data: bytes, position: int, items: list[Frame | Garbage]) -> int:
        """Goes to the next start character; fill is dropped where no garbage precedes it."""
        if not self._garbage:
            found = _NOT_FILL.search(data, position)
            if found is None:
                return len(data)
            if found.start() > position:
                return found.start()
        found = _START.search(data, position)
        stop = found.start() if found else len(data)
        self._add_garbage(data[position:stop], GarbageKind.NOISE, "", items)
        return stop

    def _add_garbage(self, data: bytes, kind: GarbageKind, detail: str, items: list[Frame | Garbage]) -> None:
        position = 0
        while position < len(data):
            if not self._garbage:
                found = _NOT_FILL.search(data, position)
                if found is None:
                    return
                position = found.start()
                self._kind, self._detail = kind, detail
            room = MAX_FRAME - len(self._garbage)
            self._garbage += data[position : position + room]
            position += room
            if len(self._garbage) == MAX_FRAME:
                items.append(self._take_garbage())

    def _take_garbage(self) -> Garbage:
        garbage = Garbage(bytes(self._garbage), self._kind, self._detail)
        self._garbage.clear()
        return garbage


_Problem = tuple[GarbageKind, str]


def _fixed_problem(data: bytes, start: int) -> _Problem | None:
    if start + FIXED_LENGTH > len(data):
        return None
    if data[start + 5] != END:
        return GarbageKind.BAD_END, ""
    return _checksum_problem(sum(data[start + 1 : start + 4]) & 0xFF, data[start + 4])


def _variable_problem(data: bytes, start: int, length: int) -> _Problem | None:
    head = data[start : start + _START_BYTES]
    if len(head) > 1 and head[1] < LINK_HEADER:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.short", length=head[1])
    if len(head) > 2 and head[1] != head[2]:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.lengths", first=head[1], second=head[2])
    if len(head) > 3 and head[3] != START_VARIABLE:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.no_second_start")
    stop = start + length
    if stop > len(data):
        return None
    if data[stop - 1] != END:
        return GarbageKind.BAD_END, ""
    return _checksum_problem(sum(data[start + _START_BYTES : stop - 2]) & 0xFF, data[stop - 2])


def _checksum_problem(expected: int, found: int) -> _Problem | None:
    if expected == found:
        return None
    return GarbageKind.BAD_CHECKSUM, Sentence("garbage.checksums", expected=expected, found=found)


def _frame(data: bytes, start: int, length: int) -> Frame:
    if length == FIXED_LENGTH and data[start] == START_FIXED:
        return Frame(data[start + 1], data[start + 2] | data[start + 3] << 8)
    return Frame(data[start + 4], data[start + 5] | data[start + 6] << 8, data[start + 7 : start + length - 2])
