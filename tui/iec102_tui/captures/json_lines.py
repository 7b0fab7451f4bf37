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

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from iec102.link import Garbage
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import digits, raw_bytes
from iec102_tui.captures.hex_text import MASK
from iec102_tui.captures.marks import NO_MARKS, CaptureHeader, Marks, instant, reason
from iec102_tui.captures.record import left_out, records_of
from iec102_tui.words.text import _, ngettext

FORMAT = "iec102-tui frames"
VERSION = 1
_LONGEST = 16_384
"""Bytes of a line: many times what the longest frame needs."""


_KINDS = {
    "time": str,
    "clock": float,
    "dir": str,
    "hex": str,
    "repeat": bool,
    "masked": bool,
    "secret": bool,
    "note": str,
    "garbage": str,
    "client": str,
    "on_behalf": str,
}
"""What a line may hold. Other keys mean nothing here."""
_ALWAYS = ("time", "clock", "dir", "hex")
_DIRECTIONS: dict[object, Direction] = {direction.value: direction for direction in Direction}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def header_line(header: CaptureHeader) -> bytes:
    """The first line of a file."""
    texts: dict[str, object] = {"format": FORMAT, "version": VERSION, "program": header.program}
    return _line(texts | {"profile": header.profile, "timezone": header.timezone, "time": _stamp(header.time)})


def frame_line(record: TapRecord, *, include_secrets: bool = False) -> bytes:
    """The line of a frame."""
    hidden = left_out(record, include_secrets=include_secrets)
    line: dict[str, object] = {
        "time": _stamp(record.wall),
        "clock": round(record.time, 6),
        "dir": record.direction.value,
        "hex": " ".join(digits(raw_bytes(record.item), hidden)),
    }
    where_so = {
        "repeat": record.repeat,
        "masked": bool(hidden),
        "secret": record.secret and isinstance(record.item, Garbage),
        "note": record.note,
        "garbage": reason(record, hidden),
        "client": record.client,
        "on_behalf": record.on_behalf,
    }
    return _line(line | {key: value for key, value in where_so.items() if value})


def _line(values: dict[str, object]) -> bytes:
    return _encode(values).encode() + b"\n"


def _stamp(when: datetime) -> str:
    """In UTC, with as many decimals as there are."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


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
        except (ValueError, KeyError, OverflowError, RecursionError):
            self._cut = not line.endswith(b"\n")
            if line.strip() and not self._cut:
                self._bad.append(self._number)
            return []

    def remarks(self) -> Iterator[str]:
        """Sentences on what could not be read."""
        if self._bad:
            first, count = self._bad[0], len(self._bad)
            yield ngettext(
                "line {first} is damaged", "{count} lines are damaged, line {first} is the first", count, first=first
            )
        if self._cut:
            yield _("the last line is cut")


def _header(line: bytes) -> CaptureHeader:
    found = _object(line)
    texts = {key: found.get(key, "") for key in ("format", "program", "profile", "timezone")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("a header of other types")
    return CaptureHeader(texts["program"], texts["profile"], texts["timezone"], instant(found["time"]))


def _records(line: bytes) -> list[TapRecord]:
    found = _object(line[:_LONGEST])
    for key, value in found.items():
        kind = _KINDS.get(key, object)
        if not (isinstance(value, kind) or (kind is float and type(value) is int)):
            raise ValueError(f"{key} is of another type")
    hidden: frozenset[int] = frozenset()
    text = found["hex"]
    if MASK in text:
        hidden = frozenset(offset for offset, digit in enumerate(text.split()) if digit == MASK)
        text = text.replace(MASK, "00")
    marks = _marks(found, hidden) if len(found) > len(_ALWAYS) or hidden else NO_MARKS
    direction = _DIRECTIONS[found["dir"]]
    return list(records_of(bytes.fromhex(text), float(found["clock"]), instant(found["time"]), direction, marks))


def _marks(found: dict[str, Any], hidden: frozenset[int]) -> Marks:
    given = found.get
    return Marks(
        given("repeat", False),
        given("secret", False),
        given("note", ""),
        given("garbage", ""),
        hidden,
        given("client", ""),
        given("on_behalf", ""),
    )


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
