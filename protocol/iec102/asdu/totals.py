"""Integrated totals, by range (122 and 123, answered by 8 and 11) and in blocks (189 and 190, by 139 and 140).

REE profile reference, 8.3. 11 and 140 are read by hand, because a month of records makes six thousand totals.
"""

from __future__ import annotations

import struct
from operator import attrgetter
from typing import NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content, field
from iec102.asdu.layout import Choice, Layout, Listed, Part, Several, maker
from iec102.asdu.leaves import QUALIFIER, TIME_A, code, constant, many, minute, number, span
from iec102.asdu.names import OBJECTS, named
from iec102.asdu.timetag import TimeTagA

BLOCK_ADDRESSES: dict[int, tuple[int, ...]] = {
    9: (1, 2, 3, 4, 5, 6, 7, 8),
    10: (1, 2, 3, 4, 5, 6),
    11: (1, 3, 6),
}
"""The totals that a block object carries, in order."""

_ACTIVE = (1, 2)
_REACTIVE = range(3, 7)
_TIME = TIME_A.size
_TOTAL = struct.Struct("<BIB")
_BLOCKS = {object_: struct.Struct("<" + "IB" * len(addresses)) for object_, addresses in BLOCK_ADDRESSES.items()}


class RangeRequest(Content):
    """122 and 123 and their echoes: first and last object, from, to (time tags a)."""

    first: int = field("first object", code(OBJECTS))
    last: int = field("last object", code(OBJECTS))
    start: TimeTagA = field("from", TIME_A)
    end: TimeTagA = field("to", TIME_A)

    def brief(self) -> str:
        return f"objects {self.first} to {self.last}, {span(self.start, self.end)}"


class Total(NamedTuple):
    """Object address, value in whole kWh or kVArh (32 bits, primary side), qualifier byte."""

    address: int
    value: int
    quality: int = 0


total_of = maker(Total)


def unit_of(address: int) -> str:
    """The unit of an integrated total, by its object address; empty for reserves."""
    if address in _ACTIVE:
        return "kWh"
    return "kVArh" if address in _REACTIVE else ""


_TOTAL_LAYOUT = Layout(
    Total,
    Part("address", "object", code(OBJECTS)),
    Part("value", "value", number(4), from_record=lambda total: {"unit": unit_of(total.address)}),
    Part("quality", "qualifier", QUALIFIER),
)


class IntegratedTotals(Content):
    """8 and 11: N totals of six bytes, then the time tag a that they share, the END of their interval."""

    totals: tuple[Total, ...] = field(lambda address: named(address, OBJECTS), Listed(_TOTAL_LAYOUT))
    time: TimeTagA = field("end of the interval", TIME_A)

    def __init__(self, totals: tuple[Total, ...], time: TimeTagA) -> None:
        fields = self.__dict__
        fields["totals"], fields["time"] = totals, time

    def brief(self) -> str:
        return f"{many(len(self.totals), 'value')} at {minute(self.time)}"

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> IntegratedTotals | None:
        """By hand."""
        end = len(body) - _TIME
        if end != count * _TOTAL.size:
            return None
        totals = tuple(map(total_of, _TOTAL.iter_unpack(body[:end])))
        return cls(totals, TimeTagA.from_bytes(body, end))


def read_totals(
    point_address: int, record: int, first: int, last: int, start: TimeTagA, end: TimeTagA, *, incremental: bool = True
) -> Asdu:
    """Make a request for totals by range: C_CI_NU_2 (incremental, 123) or C_CI_NT_2 (absolute, 122)."""
    type_ = TypeId.READ_INCREMENTAL_TOTALS if incremental else TypeId.READ_ABSOLUTE_TOTALS
    return Asdu(type_, Cause.ACTIVATION, point_address, record, RangeRequest(first, last, start, end))


class BlockRequest(Content):
    """189 and 190 and their echoes: object 9, 10 or 11, from, to (time tags a)."""

    object: int = field("object", code(OBJECTS))
    start: TimeTagA = field("from", TIME_A)
    end: TimeTagA = field("to", TIME_A)

    def brief(self) -> str:
        return f"object {self.object}, {span(self.start, self.end)}"


class Block(NamedTuple):
    """The totals of one instant: object, 8, 6 or 3 values of five bytes, time tag a."""

    object: int
    totals: tuple[Total, ...]
    time: TimeTagA

    def integrated_totals(self) -> IntegratedTotals:
        """The same as an ASDU 8 or 11 would carry it."""
        return IntegratedTotals(self.totals, self.time)


def _value_of(address: int) -> Layout:
    """A total in a block: its place there is its address."""
    return Layout(
        Total,
        Part("address", "", constant(address)),
        Part("value", OBJECTS[address], number(4, unit_of(address))),
        Part("quality", "qualifier", QUALIFIER),
    )


BLOCKS = {
    object_: Layout(
        Block,
        Part("object", "object", code(OBJECTS)),
        Part("totals", "", Several(*[("", _value_of(address)) for address in addresses])),
        Part("time", "end of the interval", TIME_A),
    )
    for object_, addresses in BLOCK_ADDRESSES.items()
}
"""The layout of a block by its object; 46, 36 and 21 bytes."""


class TotalBlocks(Content):
    """139 and 140: up to 5, 6 or 11 blocks."""

    blocks: tuple[Block, ...] = field("block #", Listed(Choice(OBJECTS, BLOCKS, attrgetter("object"))))

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.__dict__.update(blocks=blocks)

    def brief(self) -> str:
        blocks = self.blocks
        return f"{many(len(blocks), 'block')}, {span(blocks[0].time, blocks[-1].time)}" if blocks else ""

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> TotalBlocks | None:
        """By hand."""
        blocks: list[Block] = []
        position, end = 0, len(body)
        while position < end:
            object_ = body[position]
            layout = _BLOCKS.get(object_)
            if layout is None or position + 1 + layout.size + _TIME > end:
                return None
            fields = layout.unpack_from(body, position + 1)
            position += 1 + layout.size
            totals = tuple(map(total_of, zip(BLOCK_ADDRESSES[object_], fields[::2], fields[1::2], strict=True)))
            blocks.append(Block(object_, totals, TimeTagA.from_bytes(body, position)))
            position += _TIME
        return cls(tuple(blocks)) if len(blocks) == count else None


def read_blocks(
    point_address: int, record: int, object_: int, start: TimeTagA, end: TimeTagA, *, incremental: bool = True
) -> Asdu:
    """Make a request for blocks of totals: C_CB_NU_2 (incremental, 190) or C_CB_NT_2 (absolute, 189)."""
    type_ = TypeId.READ_INCREMENTAL_BLOCKS if incremental else TypeId.READ_ABSOLUTE_BLOCKS
    return Asdu(type_, Cause.ACTIVATION, point_address, record, BlockRequest(object_, start, end))
