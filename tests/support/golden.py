"""Decode trees as text, one field a line: offset, number of bytes, name, meaning, unit.

A golden tree is a file of its own: the bytes, an empty line, the tree. `PYTHONPATH=tests python -m support.golden`
writes them all again from their bytes; look at what has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iec102.asdu.body import Field
from iec102.asdu.explain import explain
from iec102.link import Frame, FrameReader, Garbage

TREES = Path(__file__).parents[1] / "protocol" / "asdu" / "trees"


def golden_files() -> list[Path]:
    return sorted(TREES.glob("*.txt"))


def item_of(path: Path) -> Frame | Garbage:
    """The frame or garbage of a golden tree."""
    reader = FrameReader()
    (item,) = reader.feed(bytes.fromhex(path.read_text().splitlines()[0])) + reader.flush()
    return item


def tree_text(item: Frame | Garbage) -> str:
    """The whole tree; each line ends in a line feed."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(explain(item), 0))


def _lines(field: Field, depth: int) -> Iterator[str]:
    says = f"{field.meaning} {field.unit}".strip()
    doubt = "" if field.verified else "  (unverified)"
    yield f"{field.start:3} {field.stop - field.start:3}  {'  ' * depth}{field.name}{': ' if says else ''}{says}{doubt}"
    for name, value in field.bits:
        yield f"{'':7}  {'  ' * depth}  {name}: {value}"
    for child in field.children:
        yield from _lines(child, depth + 1)


if __name__ == "__main__":
    for path in golden_files():
        path.write_text(path.read_text().splitlines()[0] + "\n\n" + tree_text(item_of(path)))
