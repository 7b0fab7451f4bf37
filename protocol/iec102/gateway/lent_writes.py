"""What goes to the meter over a lent line is not held back; what may change the meter is told all the same."""

from __future__ import annotations

from iec102.asdu import type_name
from iec102.asdu.catalogue import READING_TYPES
from iec102.link import Frame, FrameReader
from iec102.sentence import Sentence


class LentWrites:
    """The requests of this protocol that may change a meter, among bytes of any kind; ``count`` is how many there were.

    Those of another protocol are not known.
    """

    def __init__(self) -> None:
        self.count = 0
        self._reader = FrameReader()
        self._told: set[tuple[int, int]] = set()

    def take(self, data: bytes) -> list[Sentence]:
        """Look at bytes on their way to the meter; gives each kind of request that is new, in words."""
        words: list[Sentence] = []
        for item in self._reader.feed(data):
            if not isinstance(item, Frame) or not item.request or not item.asdu or item.asdu[0] in READING_TYPES:
                continue
            self.count += 1
            kind = item.address, item.asdu[0]
            if kind not in self._told:
                self._told.add(kind)
                words.append(Sentence("client.write", type=kind[1], name=type_name(kind[1]), address=kind[0]))
        return words
