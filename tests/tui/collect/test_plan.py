"""What is due when, with times handed in."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.collect.plan import FIRST_RETRY, OFFSET, Plan, Work

HOUR, DAY = 3600.0, 86_400.0
NOON = 1_795_953_600.0  # a full hour
PERIODS = {Work.PROFILE: HOUR, Work.EVENTS: HOUR, Work.CLOSINGS: DAY}
_SPREAD = 300.0


def done_all(plan: Plan, now: float) -> None:
    while (work := plan.due(now)) is not None:
        plan.done(work, now)


def test_all_is_due_at_the_beginning_the_load_profile_last() -> None:
    plan, order = Plan(PERIODS, "north"), []
    while (work := plan.due(NOON)) is not None:
        order.append(work)
        plan.done(work, NOON)
    assert order == [Work.EVENTS, Work.CLOSINGS, Work.PROFILE]


def test_the_next_reading_is_shortly_behind_the_full_hour() -> None:
    plan = Plan({Work.PROFILE: HOUR}, "north")
    plan.done(Work.PROFILE, NOON + 1800)
    wait = plan.wait(NOON + 1800)
    assert wait is not None
    assert HOUR + OFFSET <= wait + 1800 <= HOUR + OFFSET + _SPREAD
    assert plan.due(NOON + 1800 + wait - 1) is None
    assert plan.due(NOON + 1800 + wait) is Work.PROFILE


def test_a_reading_in_its_slot_is_followed_by_one_an_hour_later_for_ever() -> None:
    plan, now, times = Plan({Work.PROFILE: HOUR}, "north"), NOON, []
    for _ in range(30):
        plan.done(Work.PROFILE, now)
        times.append(now := now + (plan.wait(now) or 0.0))
    assert {b - a for a, b in itertools.pairwise(times)} == {HOUR}


def test_meters_are_spread_and_each_stays_where_it_is() -> None:
    def wait(name: str) -> float | None:
        plan = Plan({Work.PROFILE: HOUR}, name)
        plan.done(Work.PROFILE, NOON)
        return plan.wait(NOON)

    assert len({wait(f"meter {number}") for number in range(100)}) > 90
    assert wait("north") == wait("north")


def test_what_was_missed_is_made_up_for_by_one_reading() -> None:
    plan = Plan({Work.EVENTS: HOUR}, "north")
    plan.done(Work.EVENTS, NOON)
    later = NOON + 10 * HOUR
    assert plan.due(later) is Work.EVENTS
    plan.done(Work.EVENTS, later)
    assert plan.due(later) is None


def test_what_fails_is_tried_again_less_and_less_often_up_to_its_period() -> None:
    plan, now, waits = Plan({Work.PROFILE: HOUR}, "north"), NOON, []
    for _ in range(9):
        assert plan.due(now) is Work.PROFILE
        plan.failed(Work.PROFILE, now, "no answer")
        waits.append(plan.wait(now) or 0.0)
        now += waits[-1]
    assert waits == [FIRST_RETRY * 2**n for n in range(6)] + [HOUR] * 3
    assert (plan.states[Work.PROFILE].failures, plan.states[Work.PROFILE].problem) == (9, "no answer")
    plan.done(Work.PROFILE, now)
    assert plan.states[Work.PROFILE][3:] == (0, None)


def test_one_that_fails_does_not_hold_up_the_others() -> None:
    plan = Plan(PERIODS, "north")
    plan.failed(Work.EVENTS, NOON, "refused")
    assert plan.due(NOON) is Work.CLOSINGS


def test_what_is_never_read_is_never_due() -> None:
    plan = Plan({Work.PROFILE: None, Work.EVENTS: None, Work.CLOSINGS: None}, "north")
    assert (plan.due(NOON), plan.wait(NOON), plan.states) == (None, None, {})


def test_a_clock_that_is_set_back_repeats_nothing_and_holds_nothing_up() -> None:
    plan = Plan({Work.PROFILE: HOUR}, "north")
    plan.done(Work.PROFILE, NOON)
    assert plan.due(NOON - HOUR / 2) is None
    assert plan.due(NOON - 10 * DAY) is Work.PROFILE


def test_other_periods_keep_what_they_do_not_touch() -> None:
    plan = Plan(PERIODS, "north")
    done_all(plan, NOON)
    plan.change({Work.PROFILE: 900.0, Work.EVENTS: HOUR, Work.CLOSINGS: None})
    assert list(plan.states) == [Work.EVENTS, Work.PROFILE]
    assert plan.due(NOON) is Work.PROFILE
    plan.done(Work.PROFILE, NOON)
    assert plan.due(NOON) is None
    plan.done(Work.CLOSINGS, NOON)
    plan.failed(Work.CLOSINGS, NOON, "it was being read while it was taken out")
    assert Work.CLOSINGS not in plan.states


@given(
    st.sampled_from([60.0, 900.0, HOUR, DAY, 7 * DAY]),
    st.lists(st.tuples(st.floats(-2 * DAY, 2 * DAY), st.booleans()), max_size=30),
)
def test_whatever_the_clock_does_something_is_due_within_two_periods(
    period: float, steps: list[tuple[float, bool]]
) -> None:
    plan, now = Plan({Work.PROFILE: period}, "north"), NOON
    for step, works in steps:
        now += step
        wait = plan.wait(now)
        assert wait is not None
        assert 0 <= wait <= 2 * period + OFFSET + _SPREAD
        if plan.due(now) is not None:
            if works:
                plan.done(Work.PROFILE, now)
            else:
                plan.failed(Work.PROFILE, now, "")
            assert plan.due(now) is None


@pytest.mark.parametrize("period", [60.0, 900.0, HOUR, DAY])
def test_the_spread_fits_into_the_period(period: float) -> None:
    for name in map(str, range(50)):
        plan = Plan({Work.EVENTS: period}, name)
        plan.done(Work.EVENTS, NOON)
        wait = plan.wait(NOON)
        assert wait is not None
        assert 0 < wait <= period
