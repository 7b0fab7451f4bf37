"""A frame as a tree of fields over its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NOT_IN_REFERENCE = "not in the reference"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a frame.

    ``start`` and ``stop`` are byte offsets into the whole frame. The leaves of a tree cover every byte
    exactly once; a field of single bits is described by ``bits`` of its leaf and has no bytes of its own.
    """

    name: str
    start: int
    stop: int
    meaning: str = ""
    unit: str = ""
    verified: bool = True
    bits: tuple[tuple[str, str], ...] = ()
    children: tuple[Field, ...] = ()

    def leaves(self) -> Iterator[Field]:
        """The fields without children, in the order of their bytes."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def at(self, offset: int) -> Field:
        """The leaf that covers the byte at ``offset``; raises LookupError outside the tree."""
        for leaf in self.leaves():
            if leaf.start <= offset < leaf.stop:
                return leaf
        raise LookupError(offset)
