"""Frames as text, with the meter's password masked."""

from __future__ import annotations

from collections.abc import Iterator

from iec102.explain import Field, explain
from iec102.link import Frame, Garbage
from iec102.transport.tap import TapRecord

_BYTES_A_LINE = 16
_SECRET_TYPES = frozenset((129, 132, 183))
MASK = "??"


def masked(record: TapRecord) -> frozenset[int]:
    """The offsets of the bytes that carry the password, the checksum with them."""
    item = record.item
    if isinstance(item, Garbage):
        return frozenset(range(len(item.data))) if record.secret else frozenset()
    if item.asdu is None or item.asdu[:1] not in {bytes((type_,)) for type_ in _SECRET_TYPES}:
        return frozenset()
    length = len(item.encode())
    return frozenset(range(13, length - 1))


def hex_bytes(record: TapRecord) -> list[str]:
    """Two digits a byte; ``??`` for those that are secret."""
    item = record.item
    data = item.data if isinstance(item, Garbage) else item.encode()
    hidden = masked(record)
    return [MASK if offset in hidden else f"{byte:02X}" for offset, byte in enumerate(data)]


def hex_lines(record: TapRecord) -> Iterator[str]:
    """Offset and sixteen bytes a line."""
    digits = hex_bytes(record)
    for start in range(0, len(digits), _BYTES_A_LINE):
        yield f"{start:4}  {' '.join(digits[start : start + _BYTES_A_LINE])}"


def tree_lines(record: TapRecord) -> Iterator[str]:
    """The decode tree, one field a line: offset, name, meaning, unit."""
    hidden = masked(record)
    assert isinstance(record.item, Frame)
    yield from _field_lines(explain(record.item), 0, hidden)


def _field_lines(field: Field, depth: int, hidden: frozenset[int]) -> Iterator[str]:
    secret = field.start in hidden and not field.children
    meaning = "***" if secret else " ".join(part for part in (field.meaning, field.unit) if part)
    doubt = "" if field.verified else "  (unverified)"
    yield f"{field.start:4}  {'  ' * depth}{field.name}: {meaning}{doubt}".rstrip(": ")
    for name, text in () if secret else field.bits:
        yield f"      {'  ' * depth}  {name}: {text}"
    for child in field.children:
        yield from _field_lines(child, depth + 1, hidden)
