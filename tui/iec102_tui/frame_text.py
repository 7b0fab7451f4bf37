"""Frames as text, with the meter's password masked."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from iec102.explain import Field, explain, summary
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


@lru_cache(maxsize=1024)  # a line says the same few things again and again
def meaning(item: Frame | Garbage, *, secret: bool) -> str:
    """One line of plain words. What was expected of a checksum tells of the bytes: secret garbage says less."""
    return summary(replace(item, detail="") if secret and isinstance(item, Garbage) else item)


def explained(record: TapRecord) -> Field:
    """The tree of fields; the same holds for garbage."""
    item = record.item
    return explain(replace(item, detail="") if record.secret and isinstance(item, Garbage) else item)


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
    for row in tree_rows(record):
        yield row.text.rstrip()


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of the decode tree.

    ``start`` and ``stop`` are the offsets of its bytes; ``path`` names the field and those around it, ``bits`` are rows
    of the field above them.
    """

    text: str
    start: int
    stop: int
    path: tuple[str, ...]
    parent: bool = False

    @property
    def depth(self) -> int:
        """0 for the frame itself."""
        return len(self.path) - 1


def tree_rows(record: TapRecord, folded: Container[tuple[str, ...]] = ()) -> list[TreeRow]:
    """The decode tree of a frame or of garbage; what is inside ``folded`` fields, named by their paths, is left out."""
    return list(_rows(explained(record), (), masked(record), folded))


def _rows(
    field: Field, above: tuple[str, ...], hidden: frozenset[int], folded: Container[tuple[str, ...]]
) -> Iterator[TreeRow]:
    path = (*above, field.name)
    depth = len(above)
    secret = field.start in hidden and not field.children
    says = "***" if secret else " ".join(part for part in (field.meaning, field.unit) if part)
    doubt = "" if field.verified else "  (unverified)"
    bits = () if secret else field.bits
    parent = bool(bits or field.children)
    closed = parent and path in folded
    sign = "+" if closed else "-" if parent else " "
    text = f"{field.start:4} {'  ' * depth}{sign} {field.name}: {says}".rstrip(": ") + doubt
    yield TreeRow(text, field.start, field.stop, path, parent)
    if closed:
        return
    for name, value in bits:
        yield TreeRow(f"     {'  ' * depth}    {name}: {value}", field.start, field.stop, (*path, name))
    for child in field.children:
        yield from _rows(child, path, hidden, folded)
