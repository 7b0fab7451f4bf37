"""The frames of the line, kept in memory up to a limit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from iec102.transport.tap import TapRecord

FRAME_LIMIT = 100_000


class FrameRing:
    """The latest frames, each under a number that never changes.

    One thread appends, another reads: an append writes the frame before it moves ``end``, so that a reader
    never sees a number without its frame. A number that has fallen out raises LookupError.
    """

    def __init__(self, limit: int = FRAME_LIMIT) -> None:
        self.limit = limit
        self._records: list[TapRecord] = []
        self._end = 0

    def append(self, record: TapRecord) -> None:
        """Keeps a frame; the oldest one goes when the limit is reached."""
        if self._end < self.limit:
            self._records.append(record)
        else:
            self._records[self._end % self.limit] = record
        self._end += 1

    @property
    def start(self) -> int:
        """The number of the oldest frame that is still here."""
        return max(0, self._end - self.limit)

    @property
    def end(self) -> int:
        """One more than the number of the latest frame."""
        return self._end

    def __getitem__(self, number: int) -> TapRecord:
        if not self.start <= number < self._end:
            raise LookupError(number)
        return self._records[number % self.limit]

    def frozen(self) -> FrameRing:
        """What is here now, under the same numbers; it changes no more."""
        copy = FrameRing(self.limit)
        copy._end = -1
        while copy._end != self._end:  # until nothing was appended while copying
            copy._end = self._end
            copy._records = self._records[:]
        return copy

    def resized(self, limit: int) -> FrameRing:
        """Another with the latest of these frames, numbered anew; called by the thread that appends."""
        ring = FrameRing(limit)
        for _number, record in self.latest(limit):
            ring.append(record)
        return ring

    def records(self, numbers: Iterable[int]) -> list[TapRecord]:
        """The frames of these numbers that are still here."""
        found = []
        for number in numbers:
            with contextlib.suppress(LookupError):
                found.append(self[number])
        return found

    def latest(self, count: int) -> Iterator[tuple[int, TapRecord]]:
        """The last ``count`` frames with their numbers, oldest first."""
        for number in range(max(self.start, self._end - count), self._end):
            yield number, self[number]
