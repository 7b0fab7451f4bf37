"""Frames as text, with the meter's password masked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from iec102.asdu.asdu import HEADER
from iec102.asdu.body import Field
from iec102.asdu.catalogue import SECRET_TYPES
from iec102.asdu.explain import explain
from iec102.asdu.summary import summary
from iec102.link import Frame, Garbage
from iec102.link.frame import LINK_HEADER, OVERHEAD
from iec102.transport.tap import TapRecord

from iec102_tui.captures.hex_text import MASK
from iec102_tui.words.text import _

_BYTES_A_LINE = 16
_BODY = 13
"""Where the body of an ASDU begins in its frame."""


def masked(record: TapRecord) -> frozenset[int]:
    """The offsets of the bytes that carry the password, the checksum with them, and of those that nobody knows."""
    item = record.item
    if isinstance(item, Garbage):
        return frozenset(range(len(item.data))) if record.secret else record.hidden
    if not item.asdu or item.asdu[0] not in SECRET_TYPES:
        return record.hidden
    # An ASDU that is cut inside its header has lost something; what stands behind its type is perhaps the key.
    start = _BODY if len(item.asdu) >= HEADER else _BODY - HEADER + 1
    return record.hidden | frozenset(range(start, OVERHEAD + LINK_HEADER + len(item.asdu) - 1))


def raw_bytes(item: Frame | Garbage) -> bytes:
    """The bytes on the line."""
    return item.data if isinstance(item, Garbage) else item.encode()


def meaning_of(record: TapRecord) -> str:
    """The line of plain words of a frame, with the application of a gateway that it came from, goes to or is for."""
    return on_whose_behalf(record, meaning(record.item, secret=record.secret))


def on_whose_behalf(record: TapRecord, words: str) -> str:
    """The words of a frame, with the application of a gateway where there is one."""
    if record.on_behalf:
        return _("{meaning} (for {client})", meaning=words, client=record.on_behalf)
    return f"{record.client}: {words}" if record.client else words


@lru_cache(maxsize=1024)  # a line says the same few things again and again
def meaning(item: Frame | Garbage, *, secret: bool) -> str:
    """One line of plain words. What was expected of a checksum tells of the bytes: secret garbage says less."""
    return summary(replace(item, detail="") if secret and isinstance(item, Garbage) else item)


def without_secrets(record: TapRecord) -> Frame | Garbage:
    """The frame; of secret garbage without what was expected of its checksum."""
    item = record.item
    return replace(item, detail="") if record.secret and isinstance(item, Garbage) else item


def explained(record: TapRecord) -> Field:
    """The tree of fields."""
    return explain(without_secrets(record))


def tells(field: Field, hidden: frozenset[int]) -> bool:
    """Its meaning tells of bytes that are hidden."""
    return not field.children and not hidden.isdisjoint(range(field.start, field.stop))


def hex_bytes(record: TapRecord) -> list[str]:
    """Two digits a byte; ``??`` for those that are secret."""
    return digits(raw_bytes(record.item), masked(record))


def digits(data: bytes, hidden: frozenset[int]) -> list[str]:
    """Two digits a byte; ``??`` at the offsets that are hidden."""
    found = data.hex(" ").upper().split()
    for offset in hidden:
        found[offset] = MASK
    return found


def hex_lines(record: TapRecord) -> Iterator[str]:
    """Offset and sixteen bytes a line."""
    found = hex_bytes(record)
    for start in range(0, len(found), _BYTES_A_LINE):
        yield f"{start:4}  {' '.join(found[start : start + _BYTES_A_LINE])}"


def tree_lines(record: TapRecord) -> Iterator[str]:
    """The decode tree, one field a line: offset, name, meaning, unit."""
    return _lines(explained(record), 0, masked(record))


def _lines(field: Field, depth: int, hidden: frozenset[int]) -> Iterator[str]:
    secret = tells(field, hidden)
    says = "***" if secret else " ".join(part for part in (field.meaning, field.unit) if part)
    doubt = "" if field.verified else "  (unverified)"
    bits = () if secret else field.bits
    sign = "-" if bits or field.children else " "
    yield f"{field.start:4} {'  ' * depth}{sign} {field.name}: {says}".rstrip(": ") + doubt
    for name, value in bits:
        yield f"     {'  ' * depth}    {name}: {value}".rstrip()
    for child in field.children:
        yield from _lines(child, depth + 1, hidden)
