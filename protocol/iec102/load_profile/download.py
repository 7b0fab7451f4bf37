"""Plans a download of a load profile and runs it into a store: in pieces, resumed where it was, with its gaps named."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from iec102.asdu.summer_time import SummerTime, SummerTimeState, TagConversion
from iec102.errors import Iec102Error, LineError, LinkError
from iec102.line import Line
from iec102.load_profile.intervals import LONGEST_PIECE, Piece, Register, checked_range, expected_ends
from iec102.load_profile.planner import RangePlanner
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.reader import Bounds, LoadProfileReader, PieceAnswer
from iec102.load_profile.records import Gap, GapKind, LoadRecord
from iec102.load_profile.summer_time_inquiry import TimedMeter, settle

SHARED_SECONDS = 2.0
"""Seconds that a piece takes on the line at most when others wait for it."""

# A piece of 5n - 2 intervals, with one too many at both ends, fills n answers with blocks of object 9.
_IN_AN_ANSWER, _TOO_MANY = 5, 2
_FIRST_SHARED_PIECE = _IN_AN_ANSWER - _TOO_MANY
# The time of the next piece is a guess from the one before.
_CAUTION = 0.75
_FASTEST_GROWTH = 4
# Seconds before what failed is tried again.
_PAUSE_AFTER_ERROR = 1.0
_UNPAID = 1e-3


class Store(Protocol):
    """Keeps the records of one load profile of one meter, known by their ends in UTC.

    One with an attribute ``summer_time`` (BIT or ZONE) takes only records whose time tags were converted so.
    """

    def has(self, ends: Sequence[datetime]) -> Iterable[datetime]:
        """Give those of these ends whose records it has already."""

    def put(self, records: Sequence[LoadRecord]) -> None:
        """Keep the records of a piece. Called on the event loop: it must not block."""


class MemoryStore:
    """Keeps the records in memory, until the program ends."""

    def __init__(self) -> None:
        self._records: dict[datetime, LoadRecord] = {}

    def has(self, ends: Sequence[datetime]) -> Iterable[datetime]:
        """Give those of these ends whose records it has already."""
        return [end for end in ends if end in self._records]

    def put(self, records: Sequence[LoadRecord]) -> None:
        """Keep records; the latest of an interval counts."""
        self._records.update((record.end, record) for record in records)

    def records(self) -> list[LoadRecord]:
        """All records, oldest first."""
        return sorted(self._records.values(), key=lambda record: record.end)


class Progress(NamedTuple):
    """How far a download is. ``elapsed``: seconds since it began, pauses apart; ``way``: None before the first answer.

    ``fetched`` of the ``records`` were asked for now, in answers of so many ``octets``; the others were in the store.
    Of the ``gaps`` so many were ``refused``, and of so many the answer was ``unfinished``; ``unended`` answers did not
    end as they must, whatever they gave. Intervals ``to_come`` end later than this machine's clock says.
    ``problem`` is what is being waited out, in one sentence. ``contradicting``: records whose summer time bit does not
    fit the zone.
    """

    expected: int
    records: int = 0
    fetched: int = 0
    gaps: int = 0
    refused: int = 0
    unfinished: int = 0
    to_come: int = 0
    unended: int = 0
    doubled: int = 0
    disordered: int = 0
    foreign: int = 0
    contradicting: int = 0
    octets: int = 0
    elapsed: float = 0.0
    way: ReadMethod | None = None
    paused: bool = False
    problem: str | None = None

    @property
    def left(self) -> int:
        """Intervals that are still to be asked for."""
        return self.expected - self.records - self.gaps - self.to_come

    @property
    def rate(self) -> float:
        """Intervals a second."""
        settled = self.fetched + self.gaps + self.to_come
        return settled / self.elapsed if self.elapsed > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while there is nothing to judge by."""
        return self.left / self.rate if self.rate else None


class LoadProfileSource(TimedMeter, Protocol):
    """What a download needs of a meter."""

    @property
    def summer_time(self) -> SummerTimeState:
        """What is known of its summer time bit."""

    async def settle_summer_time(self, start: datetime, end: datetime) -> None:
        """Find out whether it keeps the summer time bit, where records of this time need it. Raises Iec102Error."""

    @property
    def line(self) -> Line:
        """The line that it is behind."""


class Download:
    """Reads the intervals of a load profile that end in (``start``, ``end``], both aware, from a meter into a store.

    ``shared``: others use the line too, so that a piece takes about two seconds of it at most, and pieces take no more
    than ``share`` (above 0 to 1) of its time; it may be set meanwhile. ``patience`` is how many failures of the line in
    a row are waited out once the first piece has come; None: all, from the beginning. ``on_progress`` is called on the
    loop after each piece and must not block. ``conversion``: of the meter's time tags, where the store depends on it;
    else it is found out when it is needed. Raises InvalidSetting.
    """

    def __init__(
        self,
        meter: LoadProfileSource,
        store: Store,
        register: Register,
        start: datetime,
        end: datetime,
        incremental: bool = True,
        *,
        shared: bool = False,
        share: float = 1.0,
        patience: int | None = 0,
        channels: int = 8,
        way: ReadMethod | None = None,
        conversion: TagConversion | None = None,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self._expected = expected_ends(register, *checked_range(start, end), meter.zone)
        self._now = meter.line.clock.wall
        mode: SummerTime | None = getattr(store, "summer_time", None)
        if conversion is None and mode is not None:
            conversion = TagConversion(meter.zone, mode)
        self._meter = meter
        self._reader = LoadProfileReader(
            meter,
            register,
            incremental=incremental,
            zone=meter.zone,
            channels=channels,
            method=way,
            conversion=conversion or meter.summer_time.conversion,
        )
        self._bounds = start, end
        self._conversion_is_given = conversion is not None
        self._store = store
        self._shared = shared
        self.share = share
        self._patience = patience
        self._on_progress = on_progress
        self._size = _FIRST_SHARED_PIECE if shared else LONGEST_PIECE
        self._gaps: dict[datetime, Gap] = {}
        self._kinds: Counter[GapKind] = Counter()
        self._to_come: dict[datetime, Gap] = {}
        self._newest: datetime | None = None
        self._longest = LONGEST_PIECE
        self._stored = self._fetched = 0
        self._doubled = self._disordered = self._foreign = self._contradicting = self._octets = self._unended = 0
        self._elapsed = 0.0
        self._answered = False
        self._problem: str | None = None
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The intervals that the meter did not give, oldest first, but those that are still to come."""
        return tuple(sorted(self._gaps.values(), key=lambda gap: gap.end))

    @property
    def progress(self) -> Progress:
        """How far the download is."""
        return Progress(
            expected=len(self._expected),
            records=self._stored + self._fetched,
            fetched=self._fetched,
            gaps=len(self._gaps),
            refused=self._kinds[GapKind.REFUSED],
            unfinished=self._kinds[GapKind.UNFINISHED],
            to_come=len(self._to_come),
            unended=self._unended,
            doubled=self._doubled,
            disordered=self._disordered,
            foreign=self._foreign,
            contradicting=self._contradicting,
            octets=self._octets,
            elapsed=self._elapsed,
            way=self._reader.method if self._answered else None,
            paused=not self._may_go_on.is_set(),
            problem=self._problem,
        )

    def pause(self) -> None:
        """Ask for no further piece; the one under way is kept."""
        self._may_go_on.clear()
        self._tell()

    def resume(self) -> None:
        """End a pause."""
        self._may_go_on.set()
        self._tell()

    async def run(self) -> Progress:
        """Read what the store does not have. Raises Iec102Error; run again, it goes on where it was.

        Cancelling lets the frame on the line finish and loses the piece under way, no more.
        """
        known = set(self._store.has(self._expected))
        self._stored = len(known) - self._fetched
        self._newest = max(known, default=None)
        self._to_come.clear()
        settled = known | self._gaps.keys()
        missing = [end for end in self._expected if end not in settled]
        planner = RangePlanner(self._expected, missing, now=self._now(), longest=self._longest)
        self._tell()
        failures = 0
        while (question := planner.question) is not None:
            await self._may_go_on.wait()
            piece, _rest = question.piece.cut(self._size)
            began = asyncio.get_running_loop().time()
            try:
                answer = await self._read(piece, question.bounds)
                self._take(planner, piece, answer)
                if answer.failure is not None:
                    raise answer.failure
            except (LineError, LinkError) as error:
                failures += 1
                self._elapsed += asyncio.get_running_loop().time() - began
                if not self._is_waited_out(failures):
                    raise
                await self._wait_out(error)
                continue
            failures = 0
            self._elapsed += asyncio.get_running_loop().time() - began
            self._tell()
            if self._shared and planner.question is not None:
                await asyncio.sleep(answer.seconds * (1 / self.share - 1))
        return self.progress

    async def _read(self, piece: Piece, bounds: Bounds) -> PieceAnswer:
        """Read a piece, its times converted by what is known of the meter.

        Pieces that are in the store already are right in any case: their times did not contradict the zone.
        """
        meter, reader = self._meter, self._reader
        if self._conversion_is_given:
            return await reader.read(piece, bounds)
        await meter.settle_summer_time(*self._bounds)
        reader.conversion = meter.summer_time.conversion
        answer = await reader.read(piece, bounds)
        if not answer.contradicting or meter.summer_time.settled or meter.summer_time.asked:
            return answer
        await settle(meter, meter.summer_time)
        reader.conversion = meter.summer_time.conversion
        return await reader.read(piece, bounds)

    def _take(self, planner: RangePlanner, piece: Piece, answer: PieceAnswer) -> None:
        records = [record for record in answer.records if record.end not in planner.found]
        if records:
            self._store.put(records)
            self._newest = max(records[-1].end, self._newest or records[-1].end)
        if answer.failure is None:
            planner.answered(piece, answer)
        else:
            planner.interrupted(answer)
        self._longest = planner.longest
        self._fetched += len(records)
        self._settle(planner.new_gaps())
        self._doubled += answer.doubled
        self._disordered += answer.disordered
        self._foreign += answer.foreign
        self._contradicting += answer.contradicting
        self._octets += answer.octets
        self._unended += answer.unfinished
        self._answered = True
        self._problem = None
        if self._shared and answer.records:
            self._size = _next_size(len(answer.records), answer.seconds)

    def _settle(self, gaps: Iterable[Gap]) -> None:
        """Take the gaps; what ends later than this machine's clock says, and than all that came, is still to come."""
        newest, now = self._newest, self._now()
        if newest is not None and self._to_come and min(self._to_come) < newest:
            gaps = (*gaps, *self._to_come.values())
            self._to_come.clear()
        for gap in gaps:
            if gap.end > now and (newest is None or gap.end > newest):
                self._to_come[gap.end] = gap
            else:
                self._gaps[gap.end] = gap
                self._kinds[gap.kind] += 1

    def _is_waited_out(self, failures: int) -> bool:
        return self._patience is None or (self._answered and failures <= self._patience)

    async def _wait_out(self, error: Iec102Error) -> None:
        self._problem = error.sentence
        self._size = _FIRST_SHARED_PIECE if self._shared else LONGEST_PIECE
        self._tell()
        await asyncio.sleep(_PAUSE_AFTER_ERROR)

    def _tell(self) -> None:
        self._on_progress(self.progress)


def _next_size(records: int, seconds: float) -> int:
    """As many intervals as fit into the share of the line, judged by a piece and the seconds that it took."""
    asked = records + _TOO_MANY
    fitting = asked * _CAUTION * SHARED_SECONDS / max(seconds, _UNPAID)
    answers = int(min(fitting, asked * _FASTEST_GROWTH) // _IN_AN_ANSWER)
    return min(max(_FIRST_SHARED_PIECE, answers * _IN_AN_ANSWER - _TOO_MANY), LONGEST_PIECE)
