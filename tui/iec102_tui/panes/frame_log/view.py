"""The frames that a filter lets through, as rows."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence

from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.pairs import NEAR, is_request, unanswered

SLICE = 1000
"""Frames that are looked at without a pause."""


class FrameView:
    """Rows by the numbers of their frames, ascending. The screen takes over new frames when it likes: ``catch_up``."""

    def __init__(self, frames: FrameRing) -> None:
        self.frames = frames
        self.accepts: Callable[[TapRecord], bool] | None = None
        self.hides: Callable[[TapRecord], bool] | None = None
        self._rows: list[int] | None = None
        self._all = range(0)
        self._next = 0

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the frames, a row each."""
        return self._all if self._rows is None else self._rows

    @property
    def looked_at(self) -> range:
        """The frames that were there when it last caught up; not all of them are judged before it is ``complete``."""
        return self._all

    @property
    def complete(self) -> bool:
        """Every frame of ``looked_at`` has been judged."""
        return self._rows is None or self._next >= self._all.stop

    def use(self, frames: FrameRing) -> None:
        """Goes on with another ring. What was found stays where both have the same numbers: one is the other's past."""
        self.frames = frames

    def start_again(
        self, accepts: Callable[[TapRecord], bool] | None, hides: Callable[[TapRecord], bool] | None = None
    ) -> None:
        """Another filter, or another meter's frames; None lets all through.

        What ``hides`` holds for has no row, except a request that got no answer.
        """
        self.accepts, self.hides = accepts, hides
        self._rows = None if accepts is None and hides is None else []
        self._all = range(0)
        self._next = 0

    def catch_up(self) -> bool:
        """Takes over the ring's limits and judges the next slice of frames; gives whether that was all."""
        start, end = self.frames.start, self.frames.end
        self._all = range(start, end)
        if self._rows is None:
            return True
        del self._rows[: bisect_left(self._rows, start)]
        first = max(self._next, start)
        self._next = min(end, first + SLICE)
        for number in range(first, self._next):
            try:
                record = self.frames[number]
            except LookupError:  # it fell out meanwhile
                continue
            if self.hides is not None and is_request(record):
                self._show_unanswered(record, number)
            if self._passes(record) and not (self.hides is not None and self.hides(record)):
                self._rows.append(number)
        return self.complete

    def _passes(self, record: TapRecord) -> bool:
        return self.accepts is None or self.accepts(record)

    def _show_unanswered(self, request: TapRecord, number: int) -> None:
        """That the one before got no answer is known only now."""
        assert self._rows is not None
        for before in range(number - 1, max(self.frames.start, number - NEAR) - 1, -1):
            record = self.frames[before]
            if record.client != request.client or not is_request(record):
                continue
            if unanswered(self.frames, before) and not self.shows(before) and self._passes(record):
                insort(self._rows, before)
            return

    def row(self, number: int) -> int:
        """The row of a frame, or of the next one that is shown."""
        return bisect_left(self.numbers, number)

    def shows(self, number: int) -> bool:
        """The frame has a row."""
        row = self.row(number)
        return row < len(self.numbers) and self.numbers[row] == number
