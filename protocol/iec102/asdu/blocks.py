"""Blocks of integrated totals: 189 and 190, answered by 139 and 140 (REE profile reference, 8.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId
from iec102.application.timetag import TimeTagA
from iec102.application.totals import IntegratedTotals, Total, total_of

_TIME = 5
_RANGE_LENGTH = 1 + 2 * _TIME

# The totals that a block object carries, in order.
BLOCK_ADDRESSES: dict[int, tuple[int, ...]] = {
    9: (1, 2, 3, 4, 5, 6, 7, 8),
    10: (1, 2, 3, 4, 5, 6),
    11: (1, 3, 6),
}
_LAYOUTS = {object_: struct.Struct("<" + "IB" * len(addresses)) for object_, addresses in BLOCK_ADDRESSES.items()}


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """189 and 190 and their echoes: object 9, 10 or 11, from, to (time tags a)."""

    object: int
    start: TimeTagA
    end: TimeTagA

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return bytes((self.object,)) + self.start.encode() + self.end.encode()

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> BlockRequest | None:
        """None where the body is not eleven bytes."""
        if len(body) != _RANGE_LENGTH:
            return None
        return cls(body[0], TimeTagA.from_bytes(body, 1), TimeTagA.from_bytes(body, 1 + _TIME))


@dataclass(frozen=True, slots=True)
class Block:
    """The totals of one instant: object, 8, 6 or 3 values of five bytes, time tag a."""

    object: int
    totals: tuple[Total, ...]
    time: TimeTagA

    def integrated_totals(self) -> IntegratedTotals:
        """The same as an ASDU 8 or 11 would carry it."""
        return IntegratedTotals(self.totals, self.time)


@dataclass(frozen=True, slots=True)
class TotalBlocks:
    """139 and 140: up to 5, 6 or 11 blocks."""

    blocks: tuple[Block, ...]

    @property
    def count(self) -> int:
        return len(self.blocks)

    def encode_body(self) -> bytes:
        return b"".join(_encode_block(block) for block in self.blocks)

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> TotalBlocks | None:
        """None where a block is of an unknown object or the lengths do not come out."""
        blocks: list[Block] = []
        position, end = 0, len(body)
        while position < end:
            object_ = body[position]
            layout = _LAYOUTS.get(object_)
            if layout is None or position + 1 + layout.size + _TIME > end:
                return None
            fields = layout.unpack_from(body, position + 1)
            position += 1 + layout.size
            totals = tuple(map(total_of, zip(BLOCK_ADDRESSES[object_], fields[::2], fields[1::2], strict=True)))
            blocks.append(Block(object_, totals, TimeTagA.from_bytes(body, position)))
            position += _TIME
        return cls(tuple(blocks)) if len(blocks) == count else None


def _encode_block(block: Block) -> bytes:
    if block.object not in _LAYOUTS:
        raise ValueError(f"object {block.object} is none of {', '.join(map(str, _LAYOUTS))}")
    fields = (field for total in block.totals for field in (total.value, total.quality))
    return bytes((block.object,)) + _LAYOUTS[block.object].pack(*fields) + block.time.encode()


def read_blocks(
    point_address: int, record: int, object_: int, start: TimeTagA, end: TimeTagA, *, incremental: bool = True
) -> Asdu:
    """C_CB_NU_2 (incremental, 190) or C_CB_NT_2 (absolute, 189)."""
    type_ = TypeId.READ_INCREMENTAL_BLOCKS if incremental else TypeId.READ_ABSOLUTE_BLOCKS
    return Asdu(type_, Cause.ACTIVATION, point_address, record, BlockRequest(object_, start, end))
