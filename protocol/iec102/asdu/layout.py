"""What stands where in the body of an ASDU, said once.

The class of a record names its fields in the order of their bytes::

    class Identity(Content):
        year: int = field("date of the standard", STANDARD_DATE)
        month: int = shared()
        manufacturer: int = field("manufacturer code", number(1))
        device_id: int = field("device identifier", number(4))

From its layout come the typed record (``decode``), its bytes (``encode``) and the tree of fields that a person reads
(``explain``). Records of which there are thousands are named tuples instead, with a Layout beside them.

A shape covers bytes: a Leaf a few of them, a Layout, Several, Listed or Choice those of other shapes. Multi-byte
integers are little endian. Bytes that fit no layout are kept as they are, never guessed at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, TypeVar

from iec102.asdu.body import Bits, Body, DoesNotFit, Field, Name
from iec102.asdu.names import NOT_IN_REFERENCE, named
from iec102.sentence import Sentence

_STRUCT = {1: "B", 2: "H", 4: "I", 8: "Q"}

_T = TypeVar("_T", bound=tuple[Any, ...])


def maker(kind: type[_T]) -> Callable[[Iterable[object]], _T]:
    """Give what makes a named tuple of its fields as ``kind._make`` does, in half the time: no Python function runs."""
    return partial(tuple.__new__, kind)


def fit(value: int, bits: int) -> int:
    """Give back a value that fits into so many bits. Raises ValueError where it would spill into the next field."""
    if value >> bits:
        raise ValueError(Sentence("asdu.number", value=value, high=(1 << bits) - 1))
    return value


class Shape(Protocol):
    """Covers some bytes of a body. ``size``: how many; None where it is not always the same."""

    @property
    def size(self) -> int | None: ...

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        """Read the value, and its fields where a tree is wanted. Raises DoesNotFit."""

    def encode(self, value: Any) -> bytes:
        """Encode a value. Raises ValueError for what its fields cannot hold."""


def decode(shape: Shape, body: bytes, count: int) -> Any | None:
    """Decode a whole body; None where it does not fit exactly."""
    reader = Body(body, 0, len(body), count)
    try:
        value = shape.read(reader)
    except DoesNotFit:
        return None
    return value if reader.position == reader.stop else None


def explain(shape: Shape | None, body: Body) -> None:
    """Cover all bytes of a body by fields: what does not fit, or has no layout, by one that says so."""
    try:
        if shape is not None:
            shape.read(body)
        why = NOT_IN_REFERENCE
    except DoesNotFit as error:
        why = str(error)
    if body.position < body.stop:
        body.field("bytes", body.stop - body.position, why)


def _same(value: Any) -> Any:
    return value


def _no_bits(_value: object) -> Bits:
    return ()


class Leaf(NamedTuple):
    """A few bytes that are one field: as an unsigned integer, the value that it stands for, and its words."""

    size: int
    value_of: Callable[[int], Any] = _same
    integer_of: Callable[[Any], int] = _same
    meaning: Callable[[Any], str] = str
    bits: Callable[[Any], Bits] = _no_bits
    unit: str = ""

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        value = self.value_of(body.integer(self.size))
        if body.fields is None:
            body.position += self.size
        else:
            body.field(name, self.size, self.meaning(value), self.unit, verified, self.bits(value))
        return value

    def encode(self, value: Any) -> bytes:
        return fit(self.integer_of(value), 8 * self.size).to_bytes(self.size, "little")


class Part(NamedTuple):
    """A part of a layout.

    ``attribute`` of the record: several, with blanks between, where the value is a tuple; none where nothing keeps it.
    ``name`` in the tree: that of a field, or of a group of fields, which without a name stand as they are.
    ``verified``: it was seen in frames. ``from_record``: makes what only the whole record can say of the field, such as
    its unit.
    """

    attribute: str
    name: Name
    shape: Shape
    verified: bool = True
    from_record: Callable[[Any], Mapping[str, Any]] | None = None


def _total(shapes: Iterable[Shape]) -> int | None:
    sizes = [shape.size for shape in shapes]
    return None if None in sizes else sum(size for size in sizes if size)


def _numbers(parts: Iterable[Part]) -> tuple[struct.Struct, attrgetter[Any]] | None:
    """What encodes several plain numbers at once, in a fifth of the time; None where a part is something else."""
    plain = [part for part in parts if part.shape.size != 0]
    leaves = [part.shape for part in plain if isinstance(part.shape, Leaf) and part.shape.integer_of is _same]
    if len(plain) < 2 or len(leaves) < len(plain) or not all(leaf.size in _STRUCT for leaf in leaves):
        return None
    codes = "".join(_STRUCT[leaf.size] for leaf in leaves)
    return struct.Struct(f"<{codes}"), attrgetter(*[part.attribute for part in plain])


class Layout:
    """The parts of a record, one after the other: what its bytes mean.

    ``by_hand`` is a faster way to decode a whole body, for types of which there are many; a test proves it equal.
    """

    def __init__(
        self,
        record: Callable[..., Any],
        *parts: Part,
        verified: bool = True,
        by_hand: Callable[[bytes, int], Any] | None = None,
    ) -> None:
        self.record = record
        self.parts = parts
        self.decode = by_hand or partial(decode, self)
        """The record of a whole body, by its bytes and N; None where it does not fit exactly."""
        self.size = _total(part.shape for part in parts)
        self._verified = verified
        self._encoders = [
            (attrgetter(*part.attribute.split()) if part.attribute else _same, part.shape.encode) for part in parts
        ]
        self._numbers = _numbers(parts)
        self._listed = next((part.attribute for part in parts if isinstance(part.shape, Listed)), "")

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        values: dict[str, Any] = {}
        later: list[tuple[int, Callable[[Any], Mapping[str, Any]]]] = []
        verified = verified and self._verified
        with body.group(name):
            try:
                for attribute, inner, shape, sure, from_record in self.parts:
                    value = shape.read(body, inner, verified and sure)
                    if " " in attribute:
                        values.update(zip(attribute.split(), value, strict=True))
                    elif attribute:
                        values[attribute] = value
                    if from_record and body.fields:
                        later.append((len(body.fields) - 1, from_record))
            finally:
                for at, from_record in later:
                    _complete(body.fields or [], at, from_record, values)
        return self.record(**values)

    def encode(self, value: Any) -> bytes:
        if self._numbers is not None:
            numbers, get = self._numbers
            return numbers.pack(*get(value))
        return b"".join([encode(get(value)) for get, encode in self._encoders])

    def number_of(self, value: Any) -> int:
        """N of an ASDU with this record: the number of items in its list, 1 where it has no list."""
        return len(getattr(value, self._listed)) if self._listed else 1

    def offset(self, attribute: str) -> int:
        """The byte at which a part begins, after others of fixed length."""
        names = [part.attribute for part in self.parts]
        return _total(part.shape for part in self.parts[: names.index(attribute)]) or 0


def _complete(
    fields: list[Field], at: int, from_record: Callable[[Any], Mapping[str, Any]], values: dict[str, Any]
) -> None:
    with suppress(AttributeError):  # what it wants has been cut off
        fields[at] = fields[at]._replace(**from_record(SimpleNamespace(**values)))


class Several:
    """Shapes with their names, one after the other, whose values are a tuple."""

    def __init__(self, *shapes: tuple[Name, Shape]) -> None:
        self._shapes = shapes
        self.size = _total(shape for _, shape in shapes)

    def read(self, body: Body, _name: Name = "", verified: bool = True) -> tuple[Any, ...]:
        return tuple([shape.read(body, name, verified) for name, shape in self._shapes])

    def encode(self, value: Iterable[Any]) -> bytes:
        return b"".join([shape.encode(one) for (_, shape), one in zip(self._shapes, value, strict=True)])


class Listed(NamedTuple):
    """Items of one shape, whose values are a tuple: as many as N says, or as the byte named ``counted`` in front."""

    item: Shape
    counted: str = ""
    size: None = None

    def read(self, body: Body, name: Name = "", verified: bool = True) -> tuple[Any, ...]:
        count = body.count
        if self.counted:
            count = body.integer(1)
            body.field(self.counted, 1, str(count), verified=verified)
        items = []
        for body.number in range(1, count + 1):
            items.append(self.item.read(body, name, verified))
        return tuple(items)

    def encode(self, value: tuple[Any, ...]) -> bytes:
        head = fit(len(value), 8).to_bytes(1, "little") if self.counted else b""
        return head + b"".join([self.item.encode(item) for item in value])


class Choice:
    """An object whose first byte is its address, which says what follows.

    Where a record keeps its address, ``address_of`` finds it, and the layouts begin with it; else its class tells it.
    """

    size = None

    def __init__(
        self, names: Mapping[int, str], layouts: Mapping[int, Layout], address_of: Callable[[Any], int] | None = None
    ) -> None:
        self._names = names
        self._layouts = layouts
        if address_of is None:
            self._layouts = {address: _behind(address, names, layout) for address, layout in layouts.items()}
            addresses = {layout.record: address for address, layout in layouts.items()}
            self._address_of: Callable[[Any], int] = lambda value: addresses[type(value)]
        else:
            self._address_of = address_of

    def read(self, body: Body, name: Name = "", verified: bool = True) -> Any:
        address = body.integer(1)
        layout = self._layouts.get(address)
        if layout is None:
            body.field("object", 1, named(address, self._names), verified=verified)
            raise DoesNotFit(NOT_IN_REFERENCE)
        return layout.read(body, name, verified)

    def encode(self, value: Any) -> bytes:
        address = self._address_of(value)
        if address not in self._layouts:
            raise ValueError(Sentence("asdu.object", address=address, known=", ".join(map(str, self._layouts))))
        return self._layouts[address].encode(value)


def _behind(address: int, names: Mapping[int, str], layout: Layout) -> Layout:
    """Put the address of an object in front of its layout."""
    byte = Leaf(1, integer_of=lambda _: address, meaning=lambda found: named(found, names))
    return Layout(layout.record, Part("", "object", byte), *layout.parts)


class Kept(NamedTuple):
    """Bytes that are kept as they are, while the tree shows what is in them."""

    shown: Layout | Several

    @property
    def size(self) -> int | None:
        return self.shown.size

    def read(self, body: Body, name: Name = "", verified: bool = True) -> bytes:
        start = body.position
        self.shown.read(body, name, verified)
        return body.data[start : body.position]

    def encode(self, value: bytes) -> bytes:
        return value


class Rest(NamedTuple):
    """All bytes that are left, if any, without a meaning."""

    size: None = None

    def read(self, body: Body, name: Name = "", _verified: bool = True) -> bytes:
        rest = body.data[body.position : body.stop]
        body.field(name, len(rest))
        return rest

    def encode(self, value: bytes) -> bytes:
        return value


class N(NamedTuple):
    """The number of objects in the header, where the record keeps it."""

    size: int = 0

    def read(self, body: Body, _name: Name = "", _verified: bool = True) -> int:
        return body.count

    def encode(self, _value: int) -> bytes:
        return b""
