"""How the records of a load profile are asked for: by blocks or by ranges, and of which objects."""

from __future__ import annotations

from enum import Enum

from iec102.sentence import Sentence


class ReadMethod(Enum):
    """The object of the blocks (189, 190), or the first and the last object of the ranges (122, 123)."""

    BLOCKS_8 = (9, 1, 8)
    BLOCKS_6 = (10, 1, 6)
    BLOCKS_3 = (11, 1, 6)
    RANGES_8 = (None, 1, 8)
    RANGES_6 = (None, 1, 6)
    RANGES_1 = (None, 1, 1)

    def __init__(self, block: int | None, first: int, last: int) -> None:
        self.block = block
        self.objects = (first, last)

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> Sentence:
        """How it reads, for a person."""
        if self.block is not None:
            return Sentence("method.blocks", block=self.block)
        first, last = self.objects
        return (
            Sentence("method.range", first=first)
            if first == last
            else Sentence("method.ranges", first=first, last=last)
        )


# The fastest first; behind those that give all that is wanted, those that give a part.
METHODS = {
    8: (
        ReadMethod.BLOCKS_8,
        ReadMethod.RANGES_8,
        ReadMethod.BLOCKS_6,
        ReadMethod.RANGES_6,
        ReadMethod.BLOCKS_3,
        ReadMethod.RANGES_1,
    ),
    6: (ReadMethod.BLOCKS_6, ReadMethod.BLOCKS_8, ReadMethod.RANGES_6, ReadMethod.BLOCKS_3, ReadMethod.RANGES_1),
    3: (ReadMethod.BLOCKS_3, ReadMethod.BLOCKS_6, ReadMethod.BLOCKS_8, ReadMethod.RANGES_6, ReadMethod.RANGES_1),
}
"""By the number of channels that are wanted: 8 for all, 6 without the reserves, 3 for A+, Ri+ and Rc- at least."""
