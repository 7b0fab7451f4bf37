"""Two equal records of the hour that comes twice: the second hour, or a copy of a frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from iec102.asdu import MADRID, Asdu, Cause, IntegratedTotals, TimeTagA, Total, read_totals
from iec102.asdu.repeated_label import TotalsExchange
from iec102.asdu.summer_time import SummerTime, TagConversion
from iec102.load_profile.intervals import Piece, Register
from iec102.load_profile.reader import LoadProfileReader, TimedTotals
from support.virtual_time import run

AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = TagConversion(MADRID, SummerTime.ZONE)


def tag(hour: int, *, su: bool = False) -> TimeTagA:
    return TimeTagA(hour << 8 | su << 15 | 25 << 16 | 10 << 24 | 26 << 32)


def record(hour: int, value: int) -> IntegratedTotals:
    return IntegratedTotals((Total(1, value),), tag(hour))


def exchanged(*records: IntegratedTotals) -> tuple[list[int], int]:
    """The values that an exchange keeps, and how many it has dropped."""
    request = read_totals(1, 11, 1, 1, tag(0), tag(4))
    exchange = TotalsExchange(request, MADRID)
    exchange.receive(replace(request, cause=Cause.CONFIRMATION))
    for content in records:
        assert not exchange.receive(Asdu(11, Cause.REQUEST, 1, 11, content))
    assert exchange.receive(replace(request, cause=Cause.TERMINATION))
    return [asdu.content.totals[0].value for asdu in exchange.answers], exchange.doubled  # type: ignore[attr-defined]


def test_two_equal_records_are_kept_where_the_label_comes_twice() -> None:
    assert exchanged(record(1, 7), record(2, 0), record(2, 0), record(3, 0)) == ([7, 0, 0, 0], 0)
    assert exchanged(record(2, 0), record(3, 0), record(3, 0), record(4, 0)) == ([0, 0, 0, 0], 0)


def test_elsewhere_an_equal_record_is_a_copy() -> None:
    assert exchanged(record(1, 7), record(1, 7), record(4, 7), record(4, 7)) == ([7, 7], 2)


def test_a_third_record_shows_that_one_was_a_copy() -> None:
    assert exchanged(record(2, 5), record(2, 5), record(2, 6), record(3, 1)) == ([5, 6, 1], 1)
    assert exchanged(record(2, 5), record(2, 5), record(2, 5), record(3, 1)) == ([5, 5, 1], 1)


class Source:
    """Gives one answer after the other."""

    def __init__(self, *answers: TimedTotals) -> None:
        self.answers = list(answers)

    async def timed_totals(self, start: datetime, end: datetime, **_options: Any) -> TimedTotals:
        return self.answers.pop(0)


def values(*answers: TimedTotals) -> list[int]:
    piece = Piece((AUTUMN - HOUR, AUTUMN))
    reader = LoadProfileReader(Source(*answers), Register.HOURLY, conversion=ZONE)
    return [found.totals[0].value for found in run(reader.read(piece)).records]


def test_an_equal_pair_on_a_line_with_repeats_is_asked_for_again() -> None:
    copied = TimedTotals([record(1, 7), record(2, 5), record(2, 5), record(3, 1)], 1.0, repeated=True)
    clean = TimedTotals([record(1, 7), record(2, 5), record(2, 6), record(3, 1)], 1.0)
    assert values(copied, clean) == [5, 6]
    assert values(copied, copied) == [5, 5]  # twice the same: they are equal
    assert values(copied._replace(repeated=False)) == [5, 5]
