"""Which records are expected, and in which pieces they are asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu.timetag import MADRID
from iec102.load_profile.intervals import Register, before, expected_ends, midnight, pieces


def day(year: int, month: int, number: int) -> tuple[datetime, datetime]:
    first = date(year, month, number)
    return midnight(first), midnight(first + timedelta(days=1))


def test_a_plain_day_has_24_hours_and_96_quarters_and_one_day() -> None:
    start, end = day(2026, 11, 1)
    assert len(expected_ends(Register.HOURLY, start, end)) == 24
    assert len(expected_ends(Register.QUARTER_HOURLY, start, end)) == 96
    assert expected_ends(Register.DAILY, start, end) == [end]


def test_the_start_is_excluded_and_the_end_included() -> None:
    start, end = day(2026, 11, 1)
    ends = expected_ends(Register.HOURLY, start, end)
    assert ends[0] == start + timedelta(hours=1)
    assert ends[-1] == end


def test_the_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    assert len(expected_ends(Register.HOURLY, *day(2026, 3, 29))) == 23
    assert len(expected_ends(Register.HOURLY, *day(2026, 10, 25))) == 25


def test_days_end_at_midnight_of_the_zone_through_the_clock_changes() -> None:
    ends = expected_ends(Register.DAILY, midnight(date(2026, 10, 24)), midnight(date(2026, 10, 27)))
    assert [end.astimezone(MADRID).hour for end in ends] == [0, 0, 0]
    assert ends[1] - ends[0] == timedelta(hours=25)
    assert before(Register.DAILY, ends[1]) == ends[0]


@given(st.sets(st.integers(0, 99)), st.integers(1, 40))
def test_pieces_hold_all_that_is_missing_once_and_only_neighbours(numbers: set[int], size: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    expected = [start + timedelta(hours=number) for number in range(100)]
    missing = {expected[number] for number in numbers}
    cut = list(pieces(expected, missing, size))
    assert [end for piece in cut for end in piece.ends] == sorted(missing)
    for piece in cut:
        assert 1 <= len(piece.ends) <= size
        assert piece.last - piece.first == timedelta(hours=len(piece.ends) - 1)
