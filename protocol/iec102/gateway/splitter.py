"""Range readings in pieces: what is asked of the meter, and what the application gets. Sans-IO.

Problem. A month of hours takes a line of 9600 bit/s half a minute; every other reader of the meter would wait that
long.

Rule. The range is asked in pieces, each of which takes the line two seconds at most; the line goes to the others in
between. The outer bounds go to the meter as the application wrote them, because meters do not treat bounds alike (REE
profile reference, 5). Between them a piece is asked a little further than its end (``behind``), and its records are
trimmed by their own times to (begin, end]. Pieces end where no meter can misread a bound: on whole hours, days or in
the middle of a month (``PieceGrid``), and never near the hour that an autumn day has twice.

Why that is safe. Whether a meter includes a bound, excludes it, or takes it an hour off, every record inside (begin,
end] is in its answer, because the question reaches past it on both sides; and none is given twice, because each belongs
to one piece by its time. So the application gets what it would have got alone: the same records in the same order, one
echo with cause 7 in front and one with cause 10 behind, or the refusal where nothing else has come.

Times are taken by their summer time bit. A meter that does not keep it, or that takes a bound for an hour later, gives
records with times an hour behind those that were asked for: so a piece begins an hour before its cut and ends behind it
until the meter has shown that it need not, and anew when summer time begins or ends.

Example, hours of a day (from 00:00 to 00:00 of the next), asked after a first piece of four records::

    application  123, 00:00 to 00:00         meter  123, 00:00 to 05:00     01:00 ... 04:00 | 05:00 is not given
                                                    123, 04:00 to 14:00     05:00 ... 13:00
                                                    123, 13:00 to 00:00     14:00 ... 00:00, cause 10
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from iec102.asdu import Asdu, Cause, Raw, TimeTagA, TypeId
from iec102.asdu.asdu import NOTHING_STORED
from iec102.asdu.catalogue import row_of
from iec102.asdu.leaves import TIME_A
from iec102.gateway.records import TARIFF, Layout, Packer, Record, layout_of, shortest_step
from iec102.load_profile.intervals import Register, midnight

LONGEST_PIECE = 2.0
"""Seconds of line that a piece takes at most."""

# Of them, what a piece is made for: its time is a guess from the one before, which is never too low by much, because a
# shorter piece spends more of its time on its echoes.
_AIM = 0.95 * LONGEST_PIECE
_FASTEST_GROWTH = 4
# Of the time of a first piece, what its bytes alone may take; and the bytes of a poll with the frame of its answer.
_CAUTION = 0.75
_OVERHEAD = 6 + 15
_FIRST_RECORDS = 4
_MOST_RECORDS = 168
# A piece that has taken its time and is less than this part done is cut short.
_NEARLY_DONE = 0.6
# What a meter that does not know summer time may be off.
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MONTH = timedelta(days=31)
# Closings stand at the first of a month; pieces are cut in its middle.
_MID_MONTH = 15
_TIME = TIME_A.size
_STEPS = {Register.HOURLY: _HOUR, Register.QUARTER_HOURLY: timedelta(minutes=15), Register.DAILY: _DAY}


@dataclass(frozen=True, slots=True)
class PieceGrid:
    """Where a kind of records may be cut. ``step``: the time from record to record, None where there is no such."""

    step: timedelta | None
    first_span: timedelta
    shortest_span: timedelta
    before: timedelta  # what is asked in front of a cut
    behind: timedelta  # and behind it


def split(request: Asdu, zone: tzinfo, byte_time: float = 0.0) -> RangeSplitter | None:
    """A range request in pieces; None for what cannot be cut. ``byte_time``: seconds of a byte, 0 where not known."""
    at = row_of(request.type).bounds
    body = request.content.encode_body()
    if at is None or len(body) != at + 2 * _TIME:
        return None
    layout = layout_of(request)
    grid = None if layout is None else _grid(request, layout, byte_time)
    if layout is None or grid is None:
        return None
    first = TimeTagA.from_bytes(body, at).utc(zone)
    last = TimeTagA.from_bytes(body, at + _TIME).utc(zone)
    if first is None or last is None or last - first <= grid.shortest_span:
        return None
    return RangeSplitter(request, zone, layout, grid, at, first, last)


def _grid(request: Asdu, layout: Layout, byte_time: float) -> PieceGrid | None:
    if request.type == TypeId.READ_EVENTS_BY_TIME:
        return PieceGrid(None, _DAY, _HOUR, _HOUR, _HOUR)
    if request.type == TypeId.READ_STORED_TARIFF:
        return PieceGrid(None, _MONTH, _MONTH, _MONTH, timedelta())
    if request.record not in set(Register):
        return None
    step = _STEPS[Register(request.record)]
    # A meter may keep another period than the usual one under a record's number, up to an hour.
    behind = max(step, _HOUR)
    records = _first_records(request, layout, byte_time) if byte_time else _FIRST_RECORDS
    return PieceGrid(step, records * step, behind, _HOUR, behind)


def _first_records(request: Asdu, layout: Layout, byte_time: float) -> int:
    """How many records fit into a piece on a line of known speed, at most: a block has its length in any case."""
    body = request.content.encode_body()
    length = layout.length + _OVERHEAD // 5 if layout.length else 6 * max(1, body[1] - body[0] + 1) + _TIME + _OVERHEAD
    echoes = 4 * _OVERHEAD + 3 * len(body)
    return max(_FIRST_RECORDS, int((_CAUTION * LONGEST_PIECE / byte_time - echoes) // length))


class RangeSplitter:
    """One range request on its way through the meter.

    Ask ``request`` until it is None; hand every ASDU of data to ``take``, and tell how the piece ended with ``done``,
    ``refused`` or ``broken``. ``finish`` gives what the application gets at the end.
    """

    def __init__(
        self,
        asked: Asdu,
        zone: tzinfo,
        layout: Layout,
        grid: PieceGrid,
        bounds_at: int,
        first: datetime,
        last: datetime,
    ) -> None:
        self.asked = asked
        self._zone = zone
        self._layout = layout
        self._grid = grid
        self._bounds_at = bounds_at
        self._first = first
        self._last = last
        self._before, self._behind = grid.before, grid.behind
        self._learnt_at: timedelta | None = None
        self._span = grid.first_span
        self._packer = Packer(layout)
        self._from: datetime | None = None  # None: as the application asked
        self._until: datetime | None = None
        self._given: list[Record] = []  # of this piece
        self._again: list[Record] = []  # have been given, and will come again
        self._times: list[datetime] = []
        self._keeping = True
        self._refusal: Asdu | None = None
        self._answered = False  # a piece at least was not refused
        self._over = False
        self._set_end()

    @property
    def request(self) -> Asdu | None:
        """The next piece; None when all have been asked."""
        if self._over:
            return None
        body = bytearray(self.asked.content.encode_body())
        at = self._bounds_at
        if self._from is not None:
            start = self._from - self._before
            if start > self._first:
                body[at : at + _TIME] = TimeTagA.of(start, self._zone).encode()
        if self._until is not None:
            body[at + _TIME :] = TimeTagA.of(self._until + self._behind, self._zone).encode()
        return replace(self.asked, content=Raw(bytes(body)))

    @property
    def progress(self) -> float:
        """The part of the range that is behind, 0 to 1."""
        if self._over:
            return 1.0
        return max(0.0, ((self._from or self._first) - self._first) / (self._last - self._first))

    def take(self, asdu: Asdu) -> list[Asdu]:
        """Data of the meter; gives what the application gets of them."""
        self._answered = True
        out: list[Asdu] = []
        for record in self._layout.records(asdu, self._zone):
            if record.time is not None:
                self._times.append(record.time)
            if not self._keeps(record):
                continue
            if self._again:
                if record == self._again[0]:
                    self._given.append(self._again.pop(0))
                    continue
                self._again.clear()
            self._given.append(record)
            out.extend(self._packer.add(record, asdu))
        return out

    def overruns(self, seconds: float) -> bool:
        """The piece has taken its time on the line and is far from its end: cut it short, then call ``cut_short``."""
        if seconds < LONGEST_PIECE or (at := self._latest()) is None:
            return False
        if _minute_before(at) <= (self._from or self._first):
            return False
        first = next(record.time for record in self._given if record.time is not None)
        return at - first < _NEARLY_DONE * ((self._until or self._last) - first)

    def done(self, seconds: float) -> None:
        """The meter has ended the piece, which took so long on the line."""
        self._answered = True
        self._learn()
        self._judge(len(self._given), seconds, self._span)
        self._advance()

    def refused(self, error: Asdu) -> bool:
        """The meter has refused the piece; False when that ends the reading: ``finish`` hands the refusal on.

        Where a meter has nothing stored for a piece, other pieces may have something.
        """
        self._refusal = self._refusal or error
        if error.cause not in NOTHING_STORED:
            self._refusal = error
            self._over = True
            return False
        self._judge(0, 0.0, self._span)
        self._advance()
        return True

    def broken(self) -> None:
        """The line failed in the middle: the piece is asked again, and what comes again is dropped."""
        self._again = self._given + self._again
        self._given = []
        self._begin()

    def cut_short(self, seconds: float) -> None:
        """The piece was left where it overran: the next one goes on there."""
        at = self._latest()
        assert at is not None
        begin = _minute_before(at)
        dated = [record for record in self._given if record.time is not None]
        covered = at - (dated[0].time or at) if dated else _HOUR
        self._judge(len(dated), seconds, max(covered, self._grid.shortest_span))
        self._go_on(begin)

    def finish(self, *, confirmed: bool) -> list[Asdu]:
        """The end: what is left over and the echo with cause 10, or the refusal where nothing else has come.

        ``confirmed``: the application has got the echo with cause 7.
        """
        out = self._packer.flush()
        refusal = self._refusal
        if refusal is not None and (not (confirmed and self._answered) or refusal.cause not in NOTHING_STORED):
            return [*out, replace(self.asked, cause=refusal.cause, negative=refusal.negative)]
        return [*out, replace(self.asked, cause=Cause.TERMINATION)]

    # Inside

    def _keeps(self, record: Record) -> bool:
        """A record without a date goes with the one before it."""
        time = record.time
        if time is not None:
            behind = self._from is None or time > self._from
            self._keeping = behind and (self._until is None or time <= self._until)
        return self._keeping

    def _latest(self) -> datetime | None:
        return next((record.time for record in reversed(self._given) if record.time is not None), None)

    def _begin(self) -> None:
        self._times.clear()
        self._keeping = self._from is None

    def _advance(self) -> None:
        if self._until is None:
            self._over = True
        else:
            self._go_on(self._until)

    def _go_on(self, instant: datetime) -> None:
        """The next piece begins here; what has been given from behind here on comes again."""
        given = self._given + self._again
        self._given = []
        self._from, self._until = instant, None
        self._begin()
        self._again = [record for record in given if self._keeps(record)]
        self._begin()
        self._set_end()

    def _set_end(self) -> None:
        """Where the piece ends: never in the hour that an autumn day has twice, nor close to the end of the range."""
        begin = self._from or self._first
        if self._season(begin, begin + self._span) != self._learnt_at:
            self._forget()
        end = self._aligned(begin, begin + self._span)
        back = self._clear(end, -_HOUR)
        end = back if back > begin else self._clear(end, _HOUR)
        is_last = end + self._behind + 2 * _HOUR >= self._last
        self._until = None if is_last else end

    def _clear(self, end: datetime, way: timedelta) -> datetime:
        """The nearest end, back or on, that is not in the hour that an autumn day has twice."""
        while self._is_doubtful(end) or self._is_doubtful(end + self._behind):
            end += way
        return end

    def _aligned(self, begin: datetime, instant: datetime) -> datetime:
        """The last place in front of an instant where a piece from ``begin`` may be cut, or else the next one."""
        if self._layout.answer_type == TARIFF:
            local = instant.astimezone(self._zone).date()
            month = local.replace(day=_MID_MONTH)
            if month < local:
                month = (month + _MONTH).replace(day=_MID_MONTH)
            return midnight(month, self._zone)
        if self._grid.step == _DAY:
            day = instant.astimezone(self._zone).date()
            return max(midnight(day, self._zone), midnight(begin.astimezone(self._zone).date() + _DAY, self._zone))
        whole = instant.replace(minute=0, second=0, microsecond=0)
        return whole if whole > begin else whole + _HOUR

    def _is_doubtful(self, instant: datetime) -> bool:
        local = instant.astimezone(self._zone)
        return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()

    def _learn(self) -> None:
        """How close to a cut the meter needs to be asked: not behind it where it gives the record of its end bound."""
        season = self._season(self._from or self._first, self._until or self._last)
        step = shortest_step(self._times)
        if self._grid.step is None or step is None or season is None:
            return
        begin = self._first if self._from is None else max(self._first, self._from - self._before)
        if self._times[0] <= self._next_record(begin, step):
            self._before = timedelta()
        if self._until is not None and self._until + self._behind in self._times:
            self._behind = timedelta()
        elif self._until is not None and self._until + self._behind - step in self._times:
            self._behind = min(self._behind, step)
        self._learnt_at = season

    def _next_record(self, begin: datetime, step: timedelta) -> datetime:
        """Where the first record behind an instant is at the latest, if times are as they should be."""
        if step < _DAY:
            return begin + step
        return midnight(begin.astimezone(self._zone).date() + _DAY, self._zone)

    def _forget(self) -> None:
        """Ask around cuts as at the beginning; a piece takes no longer for that."""
        grid = self._grid
        more = grid.before - self._before + grid.behind - self._behind
        self._span = max(self._span - more, grid.shortest_span)
        self._before, self._behind = grid.before, grid.behind

    def _season(self, begin: datetime, end: datetime) -> timedelta | None:
        """The zone's offset from one instant to another, with an hour on both sides; None where it changes."""
        offsets = {at.astimezone(self._zone).utcoffset() for at in (begin - 2 * _HOUR, end + 2 * _HOUR)}
        return offsets.pop() if len(offsets) == 1 else None

    def _judge(self, records: int, seconds: float, covered: timedelta) -> None:
        """The next piece: as long as fits into its share of the line, judged by this one."""
        grown = covered * _FASTEST_GROWTH
        if records and self._grid.step is not None:
            width = (self._until or self._last) - (self._from or self._first)
            covered = min(records * self._grid.step, max(width, self._grid.shortest_span))
            grown = min(covered * _FASTEST_GROWTH, _MOST_RECORDS * self._grid.step)
        if seconds > 0:
            grown = min(grown, covered * (_AIM / seconds))
        longest = self._last - self._first
        self._span = max(min(grown, longest), self._grid.shortest_span)


def _minute_before(instant: datetime) -> datetime:
    """Bounds are whole minutes."""
    return instant.replace(second=0, microsecond=0) - _MINUTE
