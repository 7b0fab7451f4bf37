"""Which closings are those of a month: one, or several that follow on each other, added up."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise, permutations

import pytest
from iec102.asdu import Qualifier
from iec102.meter.closings import Closing
from iec102.verdict.closed import Closed, closed_in, closings_of
from iec102.verdict.month import Proof, proof, reconcile
from support.whole_month import END, START, a_month, closed_otherwise, closing_of_hours

MONTH = a_month(7)
OWN = closing_of_hours(MONTH)
MINUTE = timedelta(minutes=1)


def of(start: datetime, end: datetime) -> Closing:
    """What a meter that is closed at these times has."""
    records = {
        register: [record for record in each if start < record.end <= end] for register, each in MONTH.records.items()
    }
    return closing_of_hours(MONTH._replace(records=records))._replace(start=start, end=end)


CUTS = [START, START + timedelta(days=6, hours=10), START + timedelta(days=20), END]
PARTS = [of(*bounds) for bounds in pairwise(CUTS)]


def test_which_closings_are_of_a_month() -> None:
    near = OWN._replace(end=END + timedelta(seconds=59))
    others = (
        OWN._replace(end=END + timedelta(minutes=2)),
        OWN._replace(start=START - timedelta(days=1)),
        OWN._replace(start=None),
        OWN._replace(end=None),
        OWN._replace(is_current=True),
        OWN._replace(is_whole=False),
    )
    assert closings_of([*others, OWN, near], START, END) == [OWN, near]
    assert closed_in(others, START, END).closing is None


def test_one_closing_is_taken_as_it_is() -> None:
    before = OWN._replace(start=START - timedelta(days=31), end=START)
    assert closed_in([before, OWN], START, END) == Closed(OWN)
    assert closed_in([before], START, END) == Closed()


def test_several_closings_without_a_gap_are_one() -> None:
    for parts in permutations(PARTS):
        found = closed_in(parts, START, END)
        assert (found.parts, found.ways, found.partly) == (3, 1, False)
        assert found.closing == OWN
    judgements = reconcile(MONTH._replace(closing=found.closing, closing_parts=found.parts))
    assert proof(judgements) is Proof.PROVEN


def test_bounds_may_be_a_minute_off() -> None:
    first, *others = PARTS
    assert first.end is not None
    near = first._replace(start=START - MINUTE, end=first.end + MINUTE)
    assert closed_in([near, *others], START, END).parts == 3
    far = first._replace(end=first.end + 2 * MINUTE)
    assert closed_in([far, *others], START, END) == Closed(partly=True)


@pytest.mark.parametrize("place", range(3))
def test_with_a_gap_between_they_are_none(place: int) -> None:
    parts = [part for number, part in enumerate(PARTS) if number != place]
    assert closed_in(parts, START, END) == Closed(partly=True)
    broken = PARTS[place]._replace(is_whole=False)
    assert closed_in([*parts, broken], START, END) == Closed(partly=True)


def test_one_that_reaches_beyond_the_month_is_none_of_it() -> None:
    beyond = OWN._replace(start=START - timedelta(days=5))
    assert closed_in([beyond], START, END) == Closed(partly=True)
    assert closed_in([OWN._replace(start=START - timedelta(days=31), end=START + MINUTE)], START, END) == Closed()


def test_a_part_that_was_given_in_two_ways_is_counted_and_the_later_one_taken() -> None:
    other = PARTS[1]._replace(periods=PARTS[1].periods[:2])
    found = closed_in([PARTS[0], other, PARTS[1], PARTS[2]], START, END)
    assert (found.closing, found.ways, found.parts) == (OWN, 2, 3)


def test_a_closing_that_its_parts_contradict_was_given_in_two_ways() -> None:
    assert closed_in([*PARTS, OWN], START, END) == Closed(OWN)
    first, *others = OWN.periods
    wrong = OWN._replace(periods=(first._replace(maximum=first.maximum + 1), *others))
    assert closed_in([*PARTS, wrong], START, END) == Closed(wrong, ways=2)


@pytest.mark.parametrize(("more", "ways"), [(-3, 1), (3, 1), (4, 2)])
def test_what_the_rounding_of_the_parts_makes_is_no_other_way(more: int, ways: int) -> None:
    rounded = closed_otherwise(0, more)(MONTH._replace(closing=OWN)).closing
    assert rounded is not None
    assert closed_in([*PARTS, rounded], START, END) == Closed(rounded, ways=ways)


def test_a_period_that_a_part_does_not_tell_contradicts_nothing() -> None:
    first, *others = PARTS
    lacking = first._replace(periods=first.periods[:-1])
    assert closed_in([lacking, *others, OWN], START, END) == Closed(OWN)


def test_a_period_that_a_part_does_not_tell_is_not_told_of_the_month() -> None:
    first, *others = PARTS
    lacking = first._replace(periods=first.periods[:-1])
    found = closed_in([lacking, *others], START, END).closing
    assert found is not None
    assert [each.period for each in found.periods] == [each.period for each in OWN.periods[:-1]]


def test_what_one_part_marks_is_marked() -> None:
    first, *others = PARTS
    total = first.periods[0]
    marked = total._replace(active=total.active._replace(quality=Qualifier.IV), maximum_quality=Qualifier.IV)
    found = closed_in([first._replace(periods=(marked, *first.periods[1:])), *others], START, END).closing
    assert found is not None
    assert found.total is not None
    assert (found.total.active.quality, found.total.inductive.quality) == (Qualifier.IV, 0)
    assert found.total.maximum_quality == Qualifier.IV
