"""One piece of a load profile, complete whatever way and whatever bounds the meter knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import NamedTuple, Protocol

from iec102.asdu import MADRID, IntegratedTotals, Total
from iec102.errors import (
    ObjectNotAvailable,
    PeriodNotAvailable,
    RecordNotAvailable,
    RegisterNotAvailable,
    RequestRefused,
    TypeNotAvailable,
    UnknownAddress,
    UnknownRecord,
)
from iec102.intervals import Piece, Register, after, before

CHANNELS = ("A+", "A-", "Ri+", "Rc+", "Ri-", "Rc-", "Res1", "Res2")
"""The names of the totals 1 to 8."""

CHANNEL_LABELS = (
    "A+ (grid -> site) kWh",
    "A- (site -> grid) kWh",
    "Ri+ (Q1) kVArh",
    "Rc+ (Q2) kVArh",
    "Ri- (Q3) kVArh",
    "Rc- (Q4) kVArh",
    "Res1",
    "Res2",
)
"""The same with what they mean: "exported" is the grid's view of A+, "imported" of A-."""

REGISTER_WORDS = {
    Register.HOURLY: "hourly values",
    Register.QUARTER_HOURLY: "quarter-hourly values",
    Register.DAILY: "daily values",
}


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """The totals of one interval, known by its ``end`` in UTC. A channel that the meter does not give is not there."""

    end: datetime
    totals: tuple[Total, ...]

    def total(self, address: int) -> Total | None:
        """The total of a channel, 1 to 8."""
        return next((total for total in self.totals if total.address == address), None)


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval that the meter did not give, by its ``end`` in UTC, and why."""

    end: datetime
    reason: str


class Way(Enum):
    """How records are asked for: object of the blocks (189, 190), or first and last object of the ranges (122, 123)."""

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
        if self.block is not None:
            return f"blocks (object {self.block})"
        return "ranges (object 1)" if self.objects == (1, 1) else f"ranges (objects 1 to {self.objects[1]})"


# The fastest first; behind those that give all that is wanted, those that give a part.
_WAYS = {
    8: (Way.BLOCKS_8, Way.RANGES_8, Way.BLOCKS_6, Way.RANGES_6, Way.BLOCKS_3, Way.RANGES_1),
    6: (Way.BLOCKS_6, Way.BLOCKS_8, Way.RANGES_6, Way.BLOCKS_3, Way.RANGES_1),
    3: (Way.BLOCKS_3, Way.BLOCKS_6, Way.BLOCKS_8, Way.RANGES_6, Way.RANGES_1),
}


class TimedTotals(NamedTuple):
    """The records for two bounds, the seconds that they took on the line, and the bytes of their frames."""

    records: list[IntegratedTotals]
    seconds: float
    octets: int = 0


class TotalsSource(Protocol):
    """What a meter does here."""

    async def timed_totals(
        self,
        start: datetime,
        end: datetime,
        *,
        register: int,
        incremental: bool,
        objects: tuple[int, int],
        block: int | None,
    ) -> TimedTotals:
        """The records for two bounds. Raises Iec102Error."""


@dataclass(frozen=True, slots=True)
class PieceAnswer:
    """What came for a piece: each of its intervals once, oldest first, as a record or as a gap.

    ``seconds`` and ``octets`` on the line, 0 where the meter refused. ``doubled``, ``disordered``, ``foreign``: records
    that came twice, behind a later one, or with a time that no interval ends at.
    """

    records: tuple[LoadRecord, ...]
    gaps: tuple[Gap, ...]
    seconds: float = 0.0
    octets: int = 0
    doubled: int = 0
    disordered: int = 0
    foreign: int = 0


class CurveReader:
    """Reads pieces of one curve and finds the fastest way that the meter offers by itself.

    ``channels``: 8 for all, 6 without the reserves, 3 for A+, Ri+ and Rc- at least. ``way``: one that is known to work.
    """

    def __init__(
        self,
        source: TotalsSource,
        register: Register,
        *,
        incremental: bool = True,
        zone: tzinfo = MADRID,
        channels: int = 8,
        way: Way | None = None,
    ) -> None:
        self.register = register
        self.incremental = incremental
        self.zone = zone
        self._source = source
        self._ways = sorted(_WAYS[channels], key=lambda known: known is not way)

    @property
    def way(self) -> Way:
        """The way in use, or the one that is tried next."""
        return self._ways[0]

    async def read(self, piece: Piece) -> PieceAnswer:
        """The records of a piece. Raises Iec102Error; refusals for want of data are gaps, not errors."""
        return (await self._read(piece))[0]

    async def read_whole(self, piece: Piece) -> PieceAnswer:
        """As ``read``, but what an answer leaves out is asked for once more before it is a gap.

        On a line that delays frames a very late one can take the place of another.
        """
        answer, refused = await self._read(piece)
        if refused or not answer.gaps:
            return answer
        again = await self.read(Piece(tuple(gap.end for gap in answer.gaps)))
        found = {record.end: record for record in (*answer.records, *again.records)}
        return replace(
            answer,
            records=tuple(found[end] for end in piece.ends if end in found),
            gaps=tuple(gap for gap in answer.gaps if gap.end not in found),
            seconds=answer.seconds + again.seconds,
            octets=answer.octets + again.octets,
        )

    async def _read(self, piece: Piece) -> tuple[PieceAnswer, bool]:
        """And whether the meter refused for want of data."""
        start, end = self.bounds(piece)
        try:
            return self._sorted_out(piece, await self._ask(start, end)), False
        except (RecordNotAvailable, PeriodNotAvailable):
            # Some meters refuse a bound in the future instead of giving what they have.
            try:
                answer = await self._ask(before(self.register, piece.first, self.zone), piece.last)
            except (RecordNotAvailable, PeriodNotAvailable) as error:
                return PieceAnswer((), tuple(Gap(end, _reason(error)) for end in piece.ends)), True
            return self._sorted_out(piece, answer), False

    def bounds(self, piece: Piece) -> tuple[datetime, datetime]:
        """One record too many at both ends: meters do not treat bounds alike (REE profile reference, 5).

        A bound never stands in the hour that an autumn day has twice, which a meter that ignores SU takes for the
        other one.
        """
        start = before(self.register, before(self.register, piece.first, self.zone), self.zone)
        while self._repeated(start):
            start = before(self.register, start, self.zone)
        end = after(self.register, piece.last, self.zone)
        while self._repeated(end):
            end = after(self.register, end, self.zone)
        return start, end

    def _repeated(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()

    async def _ask(self, start: datetime, end: datetime) -> TimedTotals:
        while True:
            way = self.way
            try:
                return await self._source.timed_totals(
                    start,
                    end,
                    register=self.register,
                    incremental=self.incremental,
                    objects=way.objects,
                    block=way.block,
                )
            except TypeNotAvailable:
                if not self._go_on_with(
                    [other for other in self._ways if (other.block is None) != (way.block is None)]
                ):
                    raise
            except ObjectNotAvailable:
                if not self._go_on_with([other for other in self._ways if other is not way]):
                    raise
            except UnknownRecord as error:
                raise self._missing(error) from error
            except UnknownAddress as error:
                if self.register is Register.HOURLY:
                    raise
                raise self._missing(error) from error

    def _go_on_with(self, ways: list[Way]) -> bool:
        """Leaves out what the meter does not offer, unless nothing is left then."""
        self._ways = ways or self._ways
        return bool(ways)

    def _missing(self, error: RequestRefused) -> RegisterNotAvailable:
        words = REGISTER_WORDS[self.register]
        return RegisterNotAvailable(f"this meter has no {words} (record {self.register:d}, cause {error.cause})")

    def _sorted_out(self, piece: Piece, totals: TimedTotals) -> PieceAnswer:
        """Trimmed to the piece, each interval once, oldest first; instants by SU."""
        wanted = set(piece.ends)
        step = after(self.register, piece.last, self.zone) - piece.last
        found: dict[datetime, LoadRecord] = {}
        doubled = disordered = foreign = 0
        latest = datetime.min.replace(tzinfo=UTC)
        for record in totals.records:
            end = record.time.utc(self.zone)
            if end is None or record.time.invalid:
                foreign += 1
            elif end in found:
                doubled += 1
            elif end in wanted:
                disordered += end < latest
                latest = max(latest, end)
                found[end] = LoadRecord(end, record.totals)
            elif piece.first - step < end < piece.last + step:
                foreign += 1
        return PieceAnswer(
            tuple(found[end] for end in piece.ends if end in found),
            tuple(Gap(end, "the meter left it out of its answer") for end in piece.ends if end not in found),
            totals.seconds,
            totals.octets,
            doubled,
            disordered,
            foreign,
        )


def _reason(error: RequestRefused) -> str:
    return f"{error.meaning.partition(':')[0]} (cause {error.cause})"
