"""The next frame that a query accepts, forward or backward, round the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.panes.frame_log.view import SLICE, FrameView


async def find(view: FrameView, accepts: Callable[[TapRecord], bool], cursor: int | None, step: int) -> int | None:
    """The number of a frame that is shown, ``step`` 1: after the cursor, -1: before it; the cursor's own comes last.

    Lets others run in between: a query takes its time.
    """
    start = -1 if cursor is None else view.row(cursor)
    for count, number in enumerate(_round(view.numbers, start, step), start=1):
        if _accepted(view.frames, number, accepts):
            return number
        if count % SLICE == 0:
            await asyncio.sleep(0)
    return None


def _round(numbers: Sequence[int], start: int, step: int) -> Iterator[int]:
    """All numbers, as they are now, from the row next to ``start`` on to that row itself."""
    rows = len(numbers)
    kept = numbers[:]
    return (kept[(start + step * distance) % rows] for distance in range(1, rows + 1))


def _accepted(frames: FrameRing, number: int, accepts: Callable[[TapRecord], bool]) -> bool:
    try:
        return accepts(frames[number])
    except LookupError:  # it fell out meanwhile
        return False
