"""Reads one piece of a load profile whole, whatever read method and whatever bounds the meter knows.

The problem: meters do not treat the bounds of a range alike. Some leave out the record at the first bound, some the one
at the last; some refuse a range that reaches into the future; some give so many records at once and say nothing of the
rest. And not every meter offers blocks, or all objects of them.

The rule:

1. Ask with wide bounds, one record too many at both ends, and drop what was not wanted. Where that is refused, ask to
   the letter (``Bounds``). Where it has been so three times in a row, begin with the letter.
2. Ask again for what an answer leaves out, as long as that brings records. What is still missing then is a gap.
3. Begin with the read method that gives most at once. One that the meter does not offer (cause 14 or 17) is left out
   from then on, unless it is the last.

An example, a meter that gives 3 records at once and leaves out the one at the first bound, asked for 01:00 to 04:00::

    23:00 - 05:00   00:00, 01:00, 02:00    00:00 is dropped, 03:00 and 04:00 are missing
    01:00 - 05:00   02:00, 03:00, 04:00    02:00 is dropped: complete
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple, Protocol

from iec102.asdu import MADRID, IntegratedTotals
from iec102.asdu.summer_time import TagConversion
from iec102.errors import (
    ContentTimeout,
    Iec102Error,
    LineError,
    LinkError,
    ObjectNotAvailable,
    PeriodNotAvailable,
    RecordNotAvailable,
    RegisterNotAvailable,
    RequestRefused,
    TypeNotAvailable,
    UnknownAddress,
    UnknownRecord,
)
from iec102.load_profile.intervals import Piece, Register, after, before
from iec102.load_profile.read_method import METHODS, ReadMethod
from iec102.load_profile.records import REGISTER_WORDS, Gap, GapKind, LoadRecord
from iec102.sentence import Sentence

_NO_DATA = (RecordNotAvailable, PeriodNotAvailable)
# Pieces in a row whose wide bounds were refused, after which the next ones are asked for to the letter.
_OFTEN = 3
_HOUR = timedelta(hours=1)


class Bounds(Enum):
    """Which bounds ask for a piece: meters do not treat them alike (REE profile reference, 5)."""

    WIDE = "wide"
    """One record too many at both ends, and to the letter where that is refused."""
    EXACT = "exact"
    """From the end of the interval before the first to the end of the last."""
    OWN = "own"
    """From the end of the first interval to the end of the last."""


_TIGHTER = {bounds: tuple(Bounds)[place:] for place, bounds in enumerate(Bounds)}


class TimedTotals(NamedTuple):
    """The records for two bounds, the seconds that they took on the line, and the bytes of their frames.

    ``unfinished``: why the answer ended before its end (cause 10), None where it did not.
    ``repeated``: frames were repeated meanwhile, so that one of two equal records may be a copy of the other.
    """

    records: list[IntegratedTotals]
    seconds: float
    octets: int = 0
    unfinished: Iec102Error | None = None
    repeated: bool = False


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


class PieceAnswer(NamedTuple):
    """What came for a piece: each of its intervals once, oldest first, as a record or as a gap.

    ``seconds`` and ``octets`` on the line, 0 where the meter refused. ``doubled``, ``disordered``, ``foreign``: records
    that came twice, after a later one, or with a time that no interval ends at. ``unfinished``: answers that did not
    end as they must. ``refusal``: the meter refused the range, which says nothing about its parts. ``failure``: why
    nothing more could be asked; then nothing is a gap. ``contradicting``: records whose summer time bit does not fit
    the zone.
    """

    records: tuple[LoadRecord, ...] = ()
    gaps: tuple[Gap, ...] = ()
    seconds: float = 0.0
    octets: int = 0
    doubled: int = 0
    disordered: int = 0
    foreign: int = 0
    unfinished: int = 0
    refusal: RequestRefused | None = None
    failure: Iec102Error | None = None
    contradicting: int = 0

    def and_then(self, later: PieceAnswer) -> PieceAnswer:
        """With what came when the gaps were asked for."""
        found = {record.end: record for record in (*self.records, *later.records)}
        return self._replace(
            records=tuple(found[end] for end in sorted(found)),
            gaps=tuple(gap for gap in self.gaps if gap.end not in found),
            seconds=self.seconds + later.seconds,
            octets=self.octets + later.octets,
            unfinished=self.unfinished + later.unfinished,
            failure=later.failure,
            contradicting=self.contradicting + later.contradicting,
        )


class LoadProfileReader:
    """Reads the load profile of one register piece by piece, by the fastest read method that the meter offers.

    It finds that out by itself. ``channels``: how many are wanted, a key of ``METHODS``. ``method``: one that is known
    to work.
    ``conversion``: how the meter's time tags become instants; by the summer time bit where it is not given.
    """

    def __init__(
        self,
        source: TotalsSource,
        register: Register,
        *,
        incremental: bool = True,
        zone: tzinfo = MADRID,
        channels: int = 8,
        method: ReadMethod | None = None,
        conversion: TagConversion | None = None,
    ) -> None:
        self.register = register
        self.incremental = incremental
        self.zone = zone
        self.conversion = conversion or TagConversion(zone)
        self._source = source
        self._suspected: set[datetime] = set()
        self._too_wide = 0  # in a row were refused with wide bounds and given to the letter
        self._methods = sorted(METHODS[channels], key=lambda known: known is not method)

    @property
    def method(self) -> ReadMethod:
        """The read method in use, or the one that is tried next."""
        return self._methods[0]

    async def read(self, piece: Piece, bounds: Bounds = Bounds.WIDE) -> PieceAnswer:
        """Read a piece; with wide bounds ask on for what is missing. Raises Iec102Error.

        What an answer leaves out is asked for again as long as that brings something: a meter may give so many records
        at once and no more, and on a line that delays frames a very late one can take the place of another.
        """
        answer = await self.ask(piece, bounds)
        while bounds is Bounds.WIDE and answer.gaps and answer.failure is None:
            more = await self._rest(answer)
            if not more.records and more.failure is None:
                return answer._replace(unfinished=answer.unfinished + more.unfinished)
            answer = answer.and_then(more)
        return answer if answer.failure is None else answer._replace(gaps=())

    async def totals(self, start: datetime, end: datetime) -> TimedTotals:
        """Read what the meter gives for two bounds (aware), by the fastest read method. Raises Iec102Error."""
        return await self._ask(start, end)

    async def ask(self, piece: Piece, bounds: Bounds = Bounds.WIDE) -> PieceAnswer:
        """Ask one question. Raises Iec102Error; a refusal for want of data (cause 13 or 18) is an answer."""
        try:
            return await self._answer(piece, bounds)
        except _NO_DATA as refusal:
            return PieceAnswer(refusal=refusal)

    async def _rest(self, answer: PieceAnswer) -> PieceAnswer:
        """Ask for the gaps of an answer: for those after its last record, else for all of them."""
        gaps = tuple(gap.end for gap in answer.gaps)
        behind = tuple(end for end in gaps if not answer.records or end > answer.records[-1].end)
        more = PieceAnswer()
        for ends in filter(None, dict.fromkeys((behind, gaps))):
            more = await self._again(Piece(ends), unfinished=answer.unfinished > 0)
            if more.records or more.failure is not None:
                break
        return more

    async def _again(self, piece: Piece, *, unfinished: bool) -> PieceAnswer:
        """Ask once more; an answer without records where the meter says that there is nothing."""
        try:
            return await self._answer(piece, Bounds.WIDE, always=True)
        except _NO_DATA:
            return PieceAnswer()
        except ContentTimeout as error:
            return PieceAnswer() if unfinished else PieceAnswer(failure=error)
        except Iec102Error as error:
            return PieceAnswer(failure=error)

    async def _answer(self, piece: Piece, bounds: Bounds, *, always: bool = False) -> PieceAnswer:
        """Ask until one answer comes. Raises Iec102Error.

        Where a meter refuses the records too many, which may be in the future, it is asked to the letter; and where it
        gives those in front alone, because it gives few at once. Where that has been so again and again, it is asked to
        the letter first, but where it left something out (``always``).
        """
        answer: PieceAnswer | None = None
        if bounds is Bounds.WIDE and self._too_wide >= _OFTEN and not always:
            bounds = Bounds.EXACT
        for chosen in _TIGHTER[bounds]:
            try:
                totals = await self._ask(*self.bounds(piece, chosen))
            except _NO_DATA:
                if answer is not None:
                    return answer
                if chosen is not Bounds.WIDE:
                    raise
                continue
            if bounds is Bounds.WIDE and answer is None:
                self._too_wide = 0 if chosen is Bounds.WIDE else self._too_wide + 1
            answer = self._sorted_out(piece, totals)
            if answer.records or answer.failure is not None or not self._only_earlier(piece, totals):
                break
        assert answer is not None
        return answer

    def _only_earlier(self, piece: Piece, totals: TimedTotals) -> bool:
        ends = self.conversion.series([record.time for record in totals.records])
        return bool(ends) and all(end is not None and end < piece.first for end in ends)

    def bounds(self, piece: Piece, bounds: Bounds = Bounds.WIDE) -> tuple[datetime, datetime]:
        """The two times that a request for a piece names.

        A wide bound never stands in the hour that an autumn day has twice, which a meter that ignores SU takes for the
        other one.
        """
        if bounds is Bounds.OWN:
            return piece.first, piece.last
        start = before(self.register, piece.first, self.zone)
        if bounds is Bounds.EXACT:
            return start, piece.last
        start = before(self.register, start, self.zone)
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
            method = self.method
            try:
                return await self._source.timed_totals(
                    start,
                    end,
                    register=self.register,
                    incremental=self.incremental,
                    objects=method.objects,
                    block=method.block,
                )
            except TypeNotAvailable:
                if not self._go_on_with(
                    [other for other in self._methods if (other.block is None) != (method.block is None)]
                ):
                    raise
            except ObjectNotAvailable:
                if not self._go_on_with([other for other in self._methods if other is not method]):
                    raise
            except UnknownRecord as error:
                raise self._missing(error) from error
            except UnknownAddress as error:
                if self.register is Register.HOURLY:
                    raise
                raise self._missing(error) from error

    def _go_on_with(self, methods: list[ReadMethod]) -> bool:
        """Keep these methods alone, unless there is none; gives whether there is."""
        self._methods = methods or self._methods
        return bool(methods)

    def _missing(self, error: RequestRefused) -> RegisterNotAvailable:
        words = REGISTER_WORDS[self.register]
        return RegisterNotAvailable(
            Sentence("register.missing", values=words, record=int(self.register), cause=error.cause)
        )

    def _sorted_out(self, piece: Piece, totals: TimedTotals) -> PieceAnswer:
        """Trim totals to the piece: each interval once, oldest first, as a record or as a gap."""
        wanted = set(piece.ends)
        step = after(self.register, piece.last, self.zone) - piece.last
        found: dict[datetime, LoadRecord] = {}
        doubled = disordered = foreign = contradicting = 0
        latest = datetime.min.replace(tzinfo=UTC)
        ends = self._ends(totals)
        for record, end in zip(totals.records, ends, strict=True):
            contradicting += self.conversion.contradicts(record.time)
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
        unfinished = totals.unfinished
        of_the_line = isinstance(unfinished, LineError | LinkError) and not isinstance(unfinished, ContentTimeout)
        kind = GapKind.LEFT_OUT if unfinished is None else GapKind.UNFINISHED
        reason = Sentence("gap.left_out") if unfinished is None else Sentence("gap.unfinished")
        return PieceAnswer(
            tuple(found[end] for end in piece.ends if end in found),
            tuple(Gap(end, self._why(end, ends) or reason, kind) for end in piece.ends if end not in found),
            totals.seconds,
            totals.octets,
            doubled,
            disordered,
            foreign,
            unfinished is not None and not of_the_line,
            failure=unfinished if of_the_line else None,
            contradicting=contradicting,
        )

    def _why(self, end: datetime, given: list[datetime | None]) -> str | None:
        """Why there is no record of an interval, where that is more than that the meter left it out."""
        if self.register is Register.DAILY and end + _HOUR in given:
            return Sentence("gap.standard_day")
        return None

    def _ends(self, totals: TimedTotals) -> list[datetime | None]:
        """The ends of the records' intervals; none for an equal pair that may be a frame and its copy, unless it was
        asked for before.
        """
        records = totals.records
        ends = self.conversion.series([record.time for record in records])
        for at in range(1, len(records) if totals.repeated else 0):
            second = ends[at]
            if records[at] == records[at - 1] and second is not None and second != ends[at - 1]:
                if second not in self._suspected:
                    ends[at] = ends[at - 1] = None
                self._suspected.add(second)
        return ends
