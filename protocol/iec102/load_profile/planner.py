"""Which questions get a range of intervals out of a meter that refuses some ranges. Sans-IO.

The problem: a meter refuses a range as a whole (cause 13 or 18) where any part of it does not suit it: it begins before
the memory, ends after it or in the future, is longer than the meter gives at once, or has a hole. The refusal says
nothing about the parts (REE profile reference, 5); a real meter refused a month because its end alone was impossible.

The rule: what is refused is asked for by its ends, one interval each.

- Both ends are given: it was the length or a hole. It is halved; where halves are given, later pieces are no longer.
- One end is given: the bound between is found by halving the distance, with single intervals.
- Neither is given: nor the middle, then the stretch counts as refused whole, and so it is said. Of the rest of a
  download the newest interval that is not still to come stands for its end, and the one a day before that.

Why it ends soon: each step halves a stretch or gives it up, and after ``MOST_REFUSALS`` refusals that no record has
made up for, everything else counts as refused.

An example, a memory that begins on Tuesday 00:00, asked for Monday to Wednesday::

    Mon 01:00 - Thu 00:00  refused      (with one record too many at both ends, then to the letter)
    Mon 01:00              refused
    Thu 00:00              given        the bound is between
    Tue 12:00              given
    Mon 18:00, Mon 21:00   refused ...  down to: Tue 00:00 refused, Tue 01:00 given
    Tue 01:00 - Thu 00:00  given
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from iec102.errors import RequestRefused
from iec102.load_profile.intervals import LONGEST_PIECE, Piece
from iec102.load_profile.reader import Bounds, LoadProfileReader, PieceAnswer
from iec102.load_profile.records import Gap, GapKind, refusal_words

MOST_REFUSALS = 64
"""Refused questions, less the records that have come since, after which nothing more is asked."""

_DAY = timedelta(days=1)


class Question(NamedTuple):
    """Consecutive intervals, of which as many of the first ones may be asked for as suits; and with which bounds."""

    piece: Piece
    bounds: Bounds = Bounds.WIDE


class _Reply(NamedTuple):
    """``asked``: how many intervals; 0 where the line failed and the rest of them is to be asked for again."""

    asked: int
    refused: bool


_Walk = Generator[Question, _Reply]
_Probing = Generator[Question, _Reply, bool]
_Searching = Generator[Question, _Reply, tuple[int, int]]


class RangePlanner:
    """The questions for the intervals of ``ends``, oldest first, out of all that are ``expected``.

    Ask ``question`` until it is None, and tell what came with ``answered`` or, where the line failed, ``interrupted``.
    ``now``: intervals that end later are still to come. ``longest``: how many the meter is known to give at once.
    """

    def __init__(
        self,
        expected: Sequence[datetime],
        ends: Iterable[datetime],
        *,
        now: datetime | None = None,
        longest: int = LONGEST_PIECE,
    ) -> None:
        self.found: set[datetime] = set()
        self.gaps: dict[datetime, Gap] = {}
        self._new_gaps: list[Gap] = []
        self.longest = longest
        self._position = {end: number for number, end in enumerate(expected)}
        self._now = now
        self._refusal: RequestRefused | None = None
        self._refusals = 0
        self._unpaid = 0
        self._walk = self._stretch(list(ends))
        self.question: Question | None = next(self._walk, None)

    def answered(self, asked: Piece, answer: PieceAnswer) -> None:
        """Take what came for ``asked``, the first intervals of ``question``: records and gaps, or a refusal."""
        question = self.question
        assert question is not None
        self._take(answer)
        if answer.refusal is not None:
            self._refusal = answer.refusal
            self._refusals += 1
            self._unpaid += 1
        elif question.bounds is Bounds.WIDE:
            self._give_up(answer.gaps)
        self._go_on(_Reply(len(asked.ends), answer.refusal is not None))

    def interrupted(self, answer: PieceAnswer) -> None:
        """Take the records after which the line failed: the other intervals are asked for again."""
        self._take(answer)
        self._go_on(_Reply(0, False))

    def new_gaps(self) -> list[Gap]:
        """The gaps that have become known since the last call."""
        gaps, self._new_gaps = self._new_gaps, []
        return gaps

    def _give_up(self, gaps: Iterable[Gap]) -> None:
        for gap in gaps:
            if gap.end not in self.found and gap.end not in self.gaps:
                self.gaps[gap.end] = gap
                self._new_gaps.append(gap)

    def _take(self, answer: PieceAnswer) -> None:
        new = {record.end for record in answer.records} - self.found
        self.found |= new
        self._unpaid = max(0, self._unpaid - len(new))

    def _go_on(self, reply: _Reply) -> None:
        try:
            self.question = self._walk.send(reply)
        except StopIteration:
            self.question = None

    # The walk: what is asked one after another

    def _stretch(self, ends: Sequence[datetime]) -> _Walk:
        """All of these, piece by piece until one is refused."""
        place = 0
        while True:
            while place < len(ends) and ends[place] in self.found:
                place += 1
            run = self._run(ends, place)
            if not run:
                return
            if self._unpaid >= MOST_REFUSALS:
                self._refuse(ends[place:])
                return
            reply = yield Question(Piece(run))
            if reply.refused:
                yield from self._narrow(ends[place:], reply.asked)
                return
            place += reply.asked

    def _run(self, ends: Sequence[datetime], place: int) -> tuple[datetime, ...]:
        """Neighbours from a place on, as many as the meter gives at once. What has come stands at neither end."""
        last = place
        while (
            last < len(ends)
            and last - place < self.longest
            and self._position[ends[last]] - self._position[ends[place]] == last - place
        ):
            last += 1
        while last > place and ends[last - 1] in self.found:
            last -= 1
        return tuple(ends[place:last])

    def _narrow(self, ends: Sequence[datetime], count: int) -> _Walk:
        """The first ``count`` of these have been refused as a range."""
        if count > 1 and (yield from self._gives(ends[0])):
            yield from self._inside(ends[:count])
            yield from self._stretch(ends[count:])
        else:
            yield from self._begin_later(ends)

    def _begin_later(self, ends: Sequence[datetime]) -> _Walk:
        """The first of these has been refused: the memory may begin later."""
        for number in self._outlooks(ends):
            if (yield from self._gives(ends[number])):
                break
        else:
            self._refuse(ends)
            return
        given, refused = yield from self._bound(ends, number, 0)
        yield from self._begin_at(ends[refused], ends[given])
        self._refuse(ends[: refused + 1])
        yield from self._stretch(ends[given:])

    def _outlooks(self, ends: Sequence[datetime]) -> list[int]:
        """From where the rest is looked at: its end as far as that is past, a day before that, its end, its middle."""
        past = len(ends) if self._now is None else bisect_right(ends, self._now)
        day_before = bisect_right(ends, ends[past - 1] - _DAY) if past else 0
        places = (past - 1, day_before - 1, len(ends) - 1, len(ends) // 2)
        return [place for place in dict.fromkeys(places) if place > 0]

    def _inside(self, run: Sequence[datetime]) -> _Walk:
        """A run that has been refused as a range, though its first interval is given alone."""
        if (yield from self._gives(run[-1])):
            yield from self._halve(run)
        else:
            given, refused = yield from self._bound(run, 0, len(run) - 1)
            self._refuse(run[refused:])
            yield from self._stretch(run[: given + 1])

    def _halve(self, run: Sequence[datetime]) -> _Walk:
        """Both ends are given. Halves that are given without a refusal show how much the meter gives at once."""
        half = max(1, len(run) // 2)
        refusals, before = self._refusals, self.longest
        self.longest = min(half, before)
        yield from self._stretch(run)
        if self._refusals != refusals and self.longest == half:
            self.longest = before  # it was a hole

    def _bound(self, ends: Sequence[datetime], given: int, refused: int) -> _Searching:
        """Neighbours, one given and one refused, between two such. What is refused may be but a hole."""
        while abs(given - refused) > 1:
            middle = (given + refused) // 2
            if (yield from self._gives(ends[middle])):
                given = middle
                continue
            behind = (middle + refused) // 2
            far = abs(ends[middle] - ends[refused]) > _DAY
            if far and (yield from self._gives(ends[behind])):
                given = behind
            else:
                refused = middle
        return given, refused

    def _begin_at(self, refused: datetime, given: datetime) -> _Walk:
        """A meter that wants a record at the start of a range gives its oldest one only by that one's own time."""
        if self._position[given] - self._position[refused] == 1 and self._unpaid < MOST_REFUSALS:
            yield Question(Piece((refused, given)), Bounds.OWN)

    def _gives(self, end: datetime) -> _Probing:
        """Whether the meter gives this interval alone."""
        while end not in self.found:
            if self._unpaid >= MOST_REFUSALS:
                return False
            reply = yield Question(Piece((end,)), Bounds.EXACT)
            if reply.asked:
                return not reply.refused
        return True

    def _refuse(self, ends: Iterable[datetime]) -> None:
        if self._refusal is None:
            return
        reason = refusal_words(self._refusal)
        self._give_up(Gap(end, reason, GapKind.REFUSED) for end in ends)


async def answers(reader: LoadProfileReader, planner: RangePlanner) -> AsyncIterator[PieceAnswer]:
    """Ask all questions; gives what comes, and nothing twice. Raises Iec102Error after what has come."""
    while (question := planner.question) is not None:
        answer = await reader.read(question.piece, question.bounds)
        new = tuple(record for record in answer.records if record.end not in planner.found)
        if answer.failure is None:
            planner.answered(question.piece, answer)
        yield answer._replace(records=new)
        if answer.failure is not None:
            raise answer.failure
