"""How far back a meter's load profile goes, found with few questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from iec102.load_profile.intervals import Piece, before, expected_ends, midnight
from iec102.load_profile.planner import RangePlanner, answers
from iec102.load_profile.reader import Bounds, LoadProfileReader, PieceAnswer
from iec102.load_profile.records import LoadRecord

_FARTHEST = 4096
"""Days that are looked back at most: eleven years."""


async def stored_since(
    reader: LoadProfileReader,
    now: datetime,
    *,
    has: Callable[[Sequence[datetime]], Iterable[datetime]] = lambda _ends: (),
    put: Callable[[Sequence[LoadRecord]], None] = lambda _records: None,
) -> datetime | None:
    """The start of the oldest interval that the meter has; None where it has nothing.

    Asks for single days, each twice as far back as the one before, then halves the distance: a meter's memory is a
    ring, so that before its oldest day there is nothing. A day without records among others does not end the search
    as long as an older one that is asked for has some. A day that is refused is asked for its newest interval, before
    it counts as empty. ``has`` and ``put`` are those of a store: a day of which it has records is not asked for. Raises
    Iec102Error.
    """
    search = _Search(reader, now, has, put)
    asked = [0]
    while asked[-1] < _FARTHEST:
        asked.append(max(1, 2 * asked[-1]))
    there = [days for days in asked if await search.has(days)]
    if not there:
        return None
    known = there[-1]
    empty = max(1, 2 * known)
    while empty - known > 1:
        middle = (known + empty) // 2
        if await search.has(middle):
            known = middle
        else:
            empty = middle
    return search.oldest


class _Search:
    """Asks for days, counted back from today."""

    def __init__(
        self,
        reader: LoadProfileReader,
        now: datetime,
        known: Callable[[Sequence[datetime]], Iterable[datetime]],
        put: Callable[[Sequence[LoadRecord]], None],
    ) -> None:
        self._reader = reader
        self._now = now
        self._known = known
        self._put = put
        self.oldest: datetime | None = None

    async def has(self, days: int) -> bool:
        """Whether there is a record of that day."""
        ends = self._ends(days)
        found = list(self._known(ends))
        if ends and not found:
            records = await self._read(ends)
            if records:
                self._put(records)
            found = [record.end for record in records]
        if found:
            start = before(self._reader.register, min(found), self._reader.zone)
            self.oldest = start if self.oldest is None else min(self.oldest, start)
        return bool(found)

    async def _read(self, ends: list[datetime]) -> list[LoadRecord]:
        day = await self._answer(Piece(tuple(ends)))
        if day.refusal is None or len(ends) == 1:
            return list(day.records)
        newest = await self._answer(Piece((ends[-1],)), Bounds.EXACT)
        if newest.refusal is not None:
            return []
        found = list(newest.records)
        async for answer in answers(self._reader, RangePlanner(ends, ends[:-1])):
            found.extend(answer.records)
        return found

    async def _answer(self, piece: Piece, bounds: Bounds = Bounds.WIDE) -> PieceAnswer:
        answer = await self._reader.ask(piece, bounds)
        if answer.failure is not None:
            self._put(answer.records)
            raise answer.failure
        return answer

    def _ends(self, days: int) -> list[datetime]:
        zone = self._reader.zone
        day = self._now.astimezone(zone).date() - timedelta(days=days)
        end = min(midnight(day + timedelta(days=1), zone), self._now)
        return expected_ends(self._reader.register, midnight(day, zone), end, zone)
