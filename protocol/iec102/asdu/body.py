"""A frame as a tree of fields over its bytes, and the reader that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

Bits = tuple[tuple[str, str], ...]
Name = str | Callable[[int], str]
"""A name in the tree, where # stands for the number of an item; or a function of the first byte, which decides."""


class Field(NamedTuple):
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
    bits: Bits = ()
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


class DoesNotFit(Exception):
    """The bytes end before the layout does, or an object has no known layout; the text says which."""


class Body:
    """Reads ``data[position:stop]`` from the front.

    ``count`` is N of the ASDU, ``number`` that of the item being read, ``fields`` the tree, None where none is wanted.
    """

    def __init__(
        self, data: bytes, position: int, stop: int, count: int = 0, fields: list[Field] | None = None
    ) -> None:
        self.data = data
        self.position = position
        self.stop = stop
        self.count = count
        self.number = 0
        self.fields = fields

    def integer(self, length: int) -> int:
        """Look at the next bytes as an unsigned integer, without moving."""
        if self.position + length > self.stop:
            raise DoesNotFit("the frame ends before this type's layout does")
        return int.from_bytes(self.data[self.position : self.position + length], "little")

    def take(self, length: int) -> bytes:
        """Take the next bytes, which no field covers."""
        start, self.position = self.position, self.position + length
        return self.data[start : self.position]

    def field(
        self, name: Name, length: int, meaning: str = "", unit: str = "", verified: bool = True, bits: Bits = ()
    ) -> None:
        """Cover the next bytes, which are there, by one field."""
        start, self.position = self.position, self.position + length
        if self.fields is not None and length:
            self.fields.append(Field(self._name(name, start), start, self.position, meaning, unit, verified, bits))

    @contextmanager
    def group(self, name: Name) -> Iterator[None]:
        """Gather what is read inside in one field, also where it runs short; without a name each field stands alone."""
        outer, start, number = self.fields, self.position, self.number
        if outer is None or not name:
            yield
            return
        self.fields = []
        try:
            yield
        finally:
            if self.fields:
                self.number = number  # the items inside have numbers of their own
                outer.append(Field(self._name(name, start), start, self.position, children=tuple(self.fields)))
            self.fields = outer

    def _name(self, name: Name, start: int) -> str:
        return name.replace("#", str(self.number)) if isinstance(name, str) else name(self.data[start])
