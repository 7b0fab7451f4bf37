r"""Captures as JSON Lines: a header, then one frame a line.

::

    {"format":"iec102-tui frames","version":1,"program":"iec102-tui 1.0","profile":"north","timezone":"Europe/Madrid",
     "time":"2026-11-22T11:30:05.250000Z"}
    {"time":"2026-11-22T11:30:05.301417Z","clock":5021.880133,"dir":"tx","hex":"10 49 01 00 4A 16"}
    {"time":"2026-11-22T11:30:05.420113Z","clock":5021.998829,"dir":"rx","hex":"31 07","garbage":"no start character"}

``time`` is UTC; ``clock`` counts seconds and never jumps. Masked bytes are ``??``, and then ``masked`` is true. Only
where it is so: ``repeat``, ``garbage`` (why it is no frame), ``secret`` (garbage that may hold the password), ``note``,
``client`` (the application of a gateway, whose requests were received and whose answers were sent), ``on_behalf`` (the
application for which a frame was exchanged with the meter).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from iec102.link import Garbage
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import MASK, digits, raw_bytes
from iec102_tui.captures.record import CaptureHeader, Marks, left_out, reason, records_of

FORMAT = "iec102-tui frames"
VERSION = 1
_LONGEST = 16_384
"""Bytes of a line: many times what the longest frame needs."""


class _Header(msgspec.Struct, kw_only=True):
    format: str = ""
    version: int = VERSION
    program: str = ""
    profile: str = ""
    timezone: str = ""
    time: datetime


class _Line(msgspec.Struct, omit_defaults=True):
    time: datetime
    clock: float
    dir: Direction
    hex: str
    repeat: bool = False
    masked: bool = False
    secret: bool = False
    note: str = ""
    garbage: str = ""
    client: str = ""
    on_behalf: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Line).decode
_decode_any = msgspec.json.Decoder(dict[str, Any]).decode


def header_line(header: CaptureHeader) -> bytes:
    """The first line of a file."""
    return (
        _encode(
            _Header(
                format=FORMAT,
                program=header.program,
                profile=header.profile,
                timezone=header.timezone,
                time=header.time.astimezone(UTC),
            )
        )
        + b"\n"
    )


def frame_line(record: TapRecord, *, include_secrets: bool = False) -> bytes:
    """The line of a frame."""
    hidden = left_out(record, include_secrets=include_secrets)
    return (
        _encode(
            _Line(
                time=record.wall.astimezone(UTC),
                clock=round(record.time, 6),
                dir=record.direction,
                hex=" ".join(digits(raw_bytes(record.item), hidden)),
                repeat=record.repeat,
                masked=bool(hidden),
                secret=record.secret and isinstance(record.item, Garbage),
                note=record.note,
                garbage=reason(record, hidden),
                client=record.client,
                on_behalf=record.on_behalf,
            )
        )
        + b"\n"
    )


class LineReader:
    """Takes what is whole: a file that was cut at any byte, or damaged, gives the frames that are left."""

    def __init__(self) -> None:
        self.header: CaptureHeader | None = None
        self._number = 0
        self._bad: list[int] = []
        self._cut = False

    def records(self, line: bytes) -> list[TapRecord]:
        """The frames of the next line: one, or none."""
        self._number += 1
        self._cut = False
        try:
            if self._number == 1 and b'"format"' in line:
                self.header = _header(line)
                return []
            return _records(line)
        except (msgspec.MsgspecError, ValueError):
            self._cut = not line.endswith(b"\n")
            if line.strip() and not self._cut:
                self._bad.append(self._number)
            return []

    def remarks(self) -> Iterator[str]:
        """Sentences on what could not be read."""
        if self._bad:
            first, count = self._bad[0], len(self._bad)
            yield f"line {first} is damaged" if count == 1 else f"{count} lines are damaged, line {first} is the first"
        if self._cut:
            yield "the last line is cut"


def _header(line: bytes) -> CaptureHeader:
    found = msgspec.convert(_decode_any(line), _Header)
    return CaptureHeader(found.program, found.profile, found.timezone, found.time)


def _records(line: bytes) -> list[TapRecord]:
    found = _decode(line[:_LONGEST])
    hidden: frozenset[int] = frozenset()
    text = found.hex
    if MASK in text:
        hidden = frozenset(offset for offset, digit in enumerate(text.split()) if digit == MASK)
        text = text.replace(MASK, "00")
    marks = Marks(found.repeat, found.secret, found.note, found.garbage, hidden, found.client, found.on_behalf)
    return list(records_of(bytes.fromhex(text), found.clock, found.time, found.dir, marks))
