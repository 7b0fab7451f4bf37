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
        """Take the next bytes of the line; gives what they complete."""
        return self._scan(self._held + data if self._held else bytes(data), final=False)

    def flush(self) -> list[Frame | Garbage]:
        """At a deadline, look again at the bytes held as "not enough yet", and hold nothing afterwards.

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
                found = _fixed(data, position)
            elif start == START_VARIABLE:
                found = _variable(data, position)
            else:
                position = self._skip(data, position, items)
                continue
            if found is None:
                if not final:
                    break
                found = GarbageKind.INCOMPLETE, ""
            if isinstance(found, Frame):
                if self._garbage:
                    items.append(self._take_garbage())
                items.append(found)
                position += FIXED_LENGTH if found.asdu is None else LINK_HEADER + OVERHEAD + len(found.asdu)
            else:
                self._add_garbage(data[position : position + 1], *found, items)
                position += 1
        self._held = data[position:]
        return items

    def _skip(self, data: bytes, position: int, items: list[Frame | Garbage]) -> int:
        """Go to the next start character; fill is dropped where no garbage precedes it."""
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


_Found = Frame | tuple[GarbageKind, str] | None
"""A frame, or why none begins here, or None: not enough yet."""


def _fixed(data: bytes, start: int) -> _Found:
    if start + FIXED_LENGTH > len(data):
        return None
    control, low, high, checksum, end = data[start + 1 : start + FIXED_LENGTH]
    if end != END:
        return GarbageKind.BAD_END, ""
    expected = control + low + high & 0xFF
    if checksum != expected:
        return GarbageKind.BAD_CHECKSUM, Sentence("garbage.checksums", expected=expected, found=checksum)
    return Frame(control, low | high << 8)


def _variable(data: bytes, start: int) -> _Found:
    head = data[start : start + _START_BYTES]
    if len(head) > 1 and head[1] < LINK_HEADER:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.short", length=head[1])
    if len(head) > 2 and head[1] != head[2]:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.lengths", first=head[1], second=head[2])
    if len(head) > 3 and head[3] != START_VARIABLE:
        return GarbageKind.BAD_LENGTHS, Sentence("garbage.no_second_start")
    if len(head) < _START_BYTES or start + head[1] + OVERHEAD > len(data):
        return None
    body = data[start + _START_BYTES : start + _START_BYTES + head[1]]
    checksum, end = data[start + _START_BYTES + head[1] : start + head[1] + OVERHEAD]
    if end != END:
        return GarbageKind.BAD_END, ""
    expected = sum(body) & 0xFF
    if checksum != expected:
        return GarbageKind.BAD_CHECKSUM, Sentence("garbage.checksums", expected=expected, found=checksum)
    return Frame(body[0], body[1] | body[2] << 8, body[LINK_HEADER:])
