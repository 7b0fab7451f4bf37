"""A month in which everything fits is proven, and each fault that is put into it is named as what it is."""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import MADRID, Qualifier, Total
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS, LoadRecord
from iec102.meter.events import MeterEvent
from iec102.meter.tariffs import CalendarDay
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.month import Month, Proof, proof, reconcile
from support import whole_month
from support.whole_month import (
    END,
    HOLIDAYS,
    POWERS,
    START,
    Spoil,
    a_month,
    changed,
    clock_set,
    closed_otherwise,
    maximum_otherwise,
    supply_lost,
    without,
)

HOURLY, QUARTERS, DAILY = Register.HOURLY, Register.QUARTER_HOURLY, Register.DAILY
MONTH = a_month(7)
HOURS = MONTH.of(HOURLY)
SEEDS = st.integers(0, 10_000)
PLACES = st.integers(0, 744)
CALENDAR_CODES = {"month.periods", "month.maximum", "month.power", "month.reactive"}


def found(month: Month, result: Result = Result.FAULT) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in reconcile(month) if each.result is result}


def text_of(month: Month, code: str, subject: str | None = None) -> str:
    (only,) = (each for each in reconcile(month) if each.code == code and subject in (None, each.subject))
    return str(only.text)


@settings(deadline=None, max_examples=5)
@given(SEEDS)
def test_a_month_in_which_everything_fits_is_proven(seed: int) -> None:
    judgements = reconcile(a_month(seed))
    assert {each.result for each in judgements} == {Result.GOOD}
    assert proof(judgements) is Proof.PROVEN
    assert {each.code for each in judgements} == {
        "month.complete",
        "month.quarter_hours",
        "month.days",
        "month.closing",
        "month.periods",
        "month.maximum",
        "month.power",
        "month.reactive",
        "month.qualifiers",
        "month.clock",
    }


@settings(deadline=None, max_examples=5)
@given(SEEDS, PLACES)
def test_a_gap_is_a_gap_and_accuses_nothing_else(seed: int, place: int) -> None:
    spoilt = without(HOURLY, place)(a_month(seed))
    assert found(spoilt) == {("month.complete", "hourly")}
    assert {code for code, _subject in found(spoilt, Result.UNKNOWN)} >= {"month.closing", "month.periods"}
    assert proof(reconcile(spoilt)) is Proof.NOT_PROVEN


@settings(deadline=None, max_examples=5)
@given(SEEDS, PLACES, st.integers(2, 500))
def test_a_changed_value_is_named_with_its_hour(seed: int, place: int, more: int) -> None:
    month = a_month(seed)
    spoilt = changed(HOURLY, place, more)(month)
    assert {("month.quarter_hours", "A+"), ("month.days", "A+")} <= found(spoilt)
    assert f"{month.of(HOURLY)[place].end.astimezone(MADRID):%Y-%m-%d %H:%M}" in text_of(
        spoilt, "month.quarter_hours", "A+"
    )


@settings(deadline=None, max_examples=5)
@given(SEEDS, st.sampled_from([4, 5, 6]), st.integers(50, 900) | st.integers(-900, -50))
def test_a_wrong_closing_is_named_with_its_period(seed: int, period: int, more: int) -> None:
    assert found(closed_otherwise(period, more)(a_month(seed))) == {("month.periods", f"P{period}")}
    assert found(closed_otherwise(0, more)(a_month(seed))) == {("month.closing", "A+")}


@settings(deadline=None, max_examples=5)
@given(SEEDS, st.integers(31, 5000))
def test_a_clock_that_was_set_far_is_a_remark_with_its_seconds(seed: int, seconds: int) -> None:
    at = START + timedelta(hours=seed % 700)
    spoilt = clock_set(at, seconds)(a_month(seed))
    assert found(spoilt) == set()
    assert found(spoilt, Result.REMARK) == {("month.clock", "")}
    assert f"by {seconds} s" in text_of(spoilt, "month.clock")


def test_an_hour_that_stands_for_two_is_named() -> None:
    spoilt = whole_month.hour_before_and_after(MONTH)
    assert found(spoilt) >= {("month.complete", "hourly"), ("month.quarter_hours", "A+")}
    assert "ends at 2026-10-25 02:00 CET" in text_of(spoilt, "month.quarter_hours", "A+")
    assert "ends at 2026-10-25 03:00 CET" in text_of(spoilt, "month.complete", "hourly")


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (without(QUARTERS, 5), {("month.complete", "quarter_hourly")}),
        (changed(QUARTERS, 40, 9), {("month.quarter_hours", "A+")}),
        (changed(DAILY, 3, 9), {("month.days", "A+")}),
        (changed(HOURLY, 40, 9, address=3), {("month.quarter_hours", "Ri+"), ("month.days", "Ri+")}),
        (changed(HOURLY, 40, 500, quality=Qualifier.IV), {("month.qualifiers", "")}),
        (closed_otherwise(0, 90, "inductive"), {("month.closing", "Ri+")}),
        (closed_otherwise(0, 90, "capacitive"), {("month.closing", "Rc-")}),
        (closed_otherwise(5, 90, "inductive"), {("month.periods", "P5 Ri+")}),
        (closed_otherwise(6, -90, "capacitive"), {("month.periods", "P6 Rc-")}),
        (maximum_otherwise(0, 5), {("month.maximum", "")}),
        (maximum_otherwise(0, -5), {("month.maximum", "")}),
        (maximum_otherwise(4, 5), {("month.maximum", "P4")}),
        (maximum_otherwise(6, -5), {("month.maximum", "P6")}),
        (lambda month: month._replace(differing=2), {("month.differing", "")}),
        (lambda month: month._replace(closing_ways=2), {("month.differing", "closing")}),
    ],
)
def test_each_fault_is_named_as_what_it_is(spoil: Spoil, codes: set[tuple[str, str]]) -> None:
    assert found(spoil(MONTH)) == codes


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (changed(HOURLY, 40, 1), set()),  # 1 in all
        (maximum_otherwise(4, 4), set()),
        (maximum_otherwise(4, -4), set()),
        (closed_otherwise(0, 1), set()),
        (closed_otherwise(0, 32), {("month.closing", "A+")}),  # 1.2 times the root of 745 hours
        (closed_otherwise(4, 2), {("month.periods", "P4")}),
        (changed(HOURLY, 40, 0, quality=Qualifier.CY), {("month.qualifiers", "")}),
        (clock_set(START + timedelta(days=3), 30), set()),
        (lambda month: changed(HOURLY, 40, 1)(changed(HOURLY, 64, 1)(month)), {
            ("month.quarter_hours", "A+"), ("month.days", "A+"), ("month.closing", "A+"),
        }),
    ],
)  # fmt: skip
def test_rounding_is_at_most_a_remark(spoil: Spoil, codes: set[tuple[str, str]]) -> None:
    spoilt = spoil(MONTH)
    assert found(spoilt) == set()
    assert found(spoilt, Result.REMARK) == codes
    assert proof(reconcile(spoilt)) is (Proof.REMARKS if codes else Proof.PROVEN)


def test_beyond_its_rounding_a_closing_is_wrong() -> None:
    assert found(closed_otherwise(0, 33)(MONTH)) == {("month.closing", "A+")}
    assert found(closed_otherwise(0, -33)(MONTH)) == {("month.closing", "A+")}


def test_hours_that_make_more_than_the_closing_are_wrong_whatever_is_missing() -> None:
    spoilt = closed_otherwise(0, -5000)(without(HOURLY, 3)(MONTH))
    assert ("month.closing", "A+") in found(spoilt)


def test_a_gap_with_the_failure_of_supply_that_explains_it() -> None:
    end = MONTH.of(QUARTERS)[4 * 30].end
    spoilt = supply_lost(end - timedelta(minutes=14), end + timedelta(minutes=35))(
        without(QUARTERS, 120, 121, 122)(MONTH)
    )
    assert "no supply from 02 06:01 to 02 06:50 explains 3 of them" in text_of(
        spoilt, "month.complete", "quarter_hourly"
    )
    marked = supply_lost(end - timedelta(minutes=14), end)(changed(HOURLY, 30, 0, quality=Qualifier.IV)(MONTH))
    text = text_of(marked, "month.qualifiers")
    assert "1 value is not valid and is in no sum" in text
    assert "no supply" in text


def test_a_failure_of_supply_explains_only_what_lies_in_it() -> None:
    """From the first loss on to the start, and nothing behind it."""
    end = MONTH.of(QUARTERS)[120].end
    spoilt = without(QUARTERS, 120, 121)(MONTH)
    before = supply_lost(end - timedelta(hours=3), end - timedelta(hours=2))(spoilt)
    assert "no supply" not in text_of(before, "month.complete", "quarter_hourly")
    behind = supply_lost(end + timedelta(hours=2), end + timedelta(hours=3))(spoilt)
    assert "no supply" not in text_of(behind, "month.complete", "quarter_hourly")
    again = MeterEvent(52, end + timedelta(minutes=10), 3, 0, indication=False)
    twice = supply_lost(end - timedelta(minutes=5), end + timedelta(minutes=40))(spoilt)
    text = text_of(twice._replace(events=(*twice.events, again)), "month.complete", "quarter_hourly")
    assert "no supply from 02 06:10 to 02 06:55 explains 2 of them" in text


def test_a_clock_of_which_the_old_time_is_not_told_is_a_remark_without_seconds() -> None:
    spoilt = MONTH._replace(events=(MeterEvent(53, START + timedelta(days=3), 7, 11, indication=False),))
    assert found(spoilt, Result.REMARK) == {("month.clock", "")}
    assert text_of(spoilt, "month.clock") == "the clock was set 1 time, first at 2026-10-04 00:00 CEST"


def test_each_setting_of_the_clock_is_held_against_its_own_old_time() -> None:
    spoilt = clock_set(START + timedelta(days=9), -20)(clock_set(START + timedelta(days=3), 5)(MONTH))
    text = "the clock was set 2 times, by 20 s at most, first at 2026-10-04 00:00 CEST"
    assert text_of(spoilt, "month.clock") == text


def test_a_setting_of_the_clock_soon_after_another_hides_nothing() -> None:
    at = START + timedelta(days=3)
    spoilt = clock_set(at + timedelta(seconds=3620), 1)(clock_set(at, 3600)(MONTH))
    assert found(spoilt, Result.REMARK) == {("month.clock", "")}
    assert "2 times, by 3600 s at most" in text_of(spoilt, "month.clock")


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_that_was_set_far_and_back_again_is_a_remark(seconds: int) -> None:
    """By the times alone it is two settings of 20 s, an hour apart."""
    at = START + timedelta(days=3)
    spoilt = clock_set(at + timedelta(seconds=seconds + 20), 1 - seconds)(clock_set(at, seconds)(MONTH))
    for events in (spoilt.events, tuple(sorted(spoilt.events, key=lambda event: str(event.time), reverse=True))):
        month = spoilt._replace(events=events)
        assert found(month, Result.REMARK) == {("month.clock", "")}
        assert f"2 times, by {3600 + (seconds < 0)} s at most" in text_of(month, "month.clock")


def test_a_clock_that_is_set_to_and_fro_a_little_is_good() -> None:
    spoilt = MONTH
    for hour in range(0, 700, 6):
        spoilt = clock_set(START + timedelta(hours=hour), 4 if hour % 12 else -4)(spoilt)
    assert found(spoilt, Result.REMARK) == set()
    assert "by 4 s at most" in text_of(spoilt, "month.clock")


def test_differences_that_cancel_out_are_still_differences() -> None:
    spoilt = changed(HOURLY, 40, 2)(changed(HOURLY, 90, -1)(MONTH))
    assert ("month.quarter_hours", "A+") in found(spoilt)
    assert ("month.days", "A+") in found(spoilt)


def test_a_maximum_of_quarter_hours_that_are_not_all_there() -> None:
    spoilt = without(QUARTERS, 5)(MONTH)  # one of period 6
    assert found(maximum_otherwise(6, -50)(spoilt)) >= {("month.maximum", "P6")}
    assert ("month.maximum", "P6") in found(maximum_otherwise(6, 50)(spoilt), Result.UNKNOWN)
    assert found(maximum_otherwise(4, 50)(spoilt)) >= {("month.maximum", "P4")}


def test_a_maximum_that_the_closing_marks_as_not_valid_is_not_compared() -> None:
    assert MONTH.closing is not None
    periods = tuple(each._replace(maximum=9999, maximum_quality=Qualifier.IV) for each in MONTH.closing.periods)
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=periods))
    assert found(spoilt) == set()
    assert found(spoilt, Result.UNKNOWN) == {("month.maximum", subject) for subject in ("", "P4", "P5", "P6")}


def test_the_maximum_of_all_periods_is_told_where_it_does_not_fit() -> None:
    assert MONTH.closing is not None
    total, *others = MONTH.closing.periods

    def month(**values: int) -> Month:
        return MONTH._replace(closing=MONTH.closing._replace(periods=(total._replace(**values), *others)))  # type: ignore[union-attr]

    assert found(month(maximum_quality=Qualifier.IV), Result.UNKNOWN) == {("month.maximum", "")}
    assert proof(reconcile(month(maximum=0))) is Proof.PROVEN  # told of the periods alone
    gap = without(QUARTERS, 5)
    assert ("month.maximum", "") not in found(gap(month(maximum=999)))
    assert ("month.maximum", "") in found(gap(month(maximum=9)))


def test_reactive_energy_that_the_closing_marks_in_a_period_is_named() -> None:
    assert MONTH.closing is not None
    *others, last = MONTH.closing.periods
    marked = last._replace(capacitive=last.capacitive._replace(quality=Qualifier.IV))
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=(*others, marked)))
    assert found(spoilt, Result.UNKNOWN) == {("month.periods", "P6 Rc-")}
    hours = not_valid(HOURLY, 6, places=places_of(6)[:3])(MONTH)
    assert ("month.closing", "Rc-") in found(hours, Result.UNKNOWN)
    assert ("month.periods", "P6 Rc-") not in found(hours, Result.UNKNOWN)  # told with the total


def test_a_maximum_of_a_period_without_one_valid_quarter_hour_is_not_confirmed() -> None:
    nothing = maximum_otherwise(4, -MONTH.closing.periods[1].maximum)(MONTH)  # type: ignore[union-attr]
    spoilt = not_valid(QUARTERS, 1)(nothing)
    assert ("month.maximum", "P4") in found(spoilt, Result.UNKNOWN)


def test_a_calendar_that_does_not_tell_every_hour_is_not_used() -> None:
    assert MONTH.seasons is not None
    short = MONTH.seasons._replace(day_types=(MONTH.seasons.day_types[0][:20], MONTH.seasons.day_types[1]))
    spoilt = MONTH._replace(seasons=short)
    codes = {"month.periods", "month.maximum", "month.power", "month.reactive"}
    assert {code for code, _subject in found(spoilt, Result.UNKNOWN)} == codes
    assert found(spoilt) == set()
    assert "do not tell the period of each hour" in text_of(spoilt, "month.periods")


LACKING: list[tuple[dict[str, object], set[str], str]] = [
    ({"closing": None}, {"month.closing", "month.periods", "month.maximum"}, "there is no closing of this month"),
    ({"closing": None, "end": END - timedelta(days=2)}, {"month.closing"}, "the month has not ended"),
    ({"seasons": None}, {"month.periods", "month.maximum", "month.power", "month.reactive"}, "seasons and day types"),
    ({"holidays": None}, {"month.periods", "month.maximum", "month.power", "month.reactive"}, "the holidays"),
    ({"powers": None}, {"month.power"}, "the contracted powers"),
    ({"events_known": False}, {"month.events"}, "may be missing"),
]


@pytest.mark.parametrize(("lacking", "codes", "words"), LACKING)
def test_what_is_not_known_is_named_and_accuses_nobody(lacking: dict[str, object], codes: set[str], words: str) -> None:
    judgements = reconcile(MONTH._replace(**lacking))  # type: ignore[arg-type]
    unknown = [each for each in judgements if each.result is Result.UNKNOWN]
    assert {each.code for each in unknown} >= codes
    assert all(words in str(each.text) for each in unknown if each.code in codes)
    assert proof(judgements) is not Proof.PROVEN
    if "end" not in lacking:
        assert not [each for each in judgements if each.result is Result.FAULT]
        assert {each.code for each in judgements} >= {each.code for each in reconcile(MONTH)} - {"month.clock"}


def test_without_hours_nothing_is_proven() -> None:
    spoilt = MONTH._replace(records={})
    judgements = reconcile(spoilt)
    assert {each.result for each in judgements} <= {Result.UNKNOWN, Result.GOOD}
    assert {each.code for each in judgements if each.result is Result.GOOD} == {"month.clock"}
    assert proof(judgements) is Proof.NOT_PROVEN


@pytest.mark.parametrize("name", ["active", "capacitive", "maximum"])
def test_what_a_closing_marks_of_its_own_is_told(name: str) -> None:
    assert MONTH.closing is not None
    *others, last = MONTH.closing.periods
    changes = {"maximum_quality": Qualifier.CY}
    if name != "maximum":
        changes = {name: getattr(last, name)._replace(quality=Qualifier.CY)}
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=(*others, last._replace(**changes))))
    assert found(spoilt) == set()
    assert found(spoilt, Result.REMARK) == {("month.qualifiers", "closing")}
    assert proof(reconcile(spoilt)) is Proof.REMARKS


def test_a_closing_whose_own_value_is_not_valid_proves_nothing() -> None:
    assert MONTH.closing is not None
    first, *others = MONTH.closing.periods
    marked = first._replace(active=first.active._replace(quality=Qualifier.IV, incremental=1))
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=(marked, *others)))
    assert found(spoilt) == set()
    assert ("month.closing", "A+") in found(spoilt, Result.UNKNOWN)


def test_a_period_that_the_closing_does_not_tell_is_named() -> None:
    assert MONTH.closing is not None
    kept = tuple(each for each in MONTH.closing.periods if each.period != 5)
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=kept))
    assert found(spoilt, Result.UNKNOWN) == {("month.periods", "P5")}


def test_power_above_the_contract_is_counted_by_period() -> None:
    above = MONTH._replace(powers=POWERS._replace(kilowatts={4: 300, 5: 275, 6: 300}))
    own = [record.totals[0].value * 4 for record in MONTH.of(QUARTERS)]
    (remark,) = (each for each in reconcile(above) if each.code == "month.power")
    assert remark.subject == "P5"
    assert remark.result is Result.REMARK
    assert 0 < remark.figures["quarter_hours"] < len(own)  # type: ignore[operator]
    exact = MONTH._replace(powers=POWERS._replace(kilowatts=dict.fromkeys((4, 5, 6), max(own))))
    assert "no quarter-hour is above" in text_of(exact, "month.power")


def test_of_a_month_with_gaps_the_power_is_said_only_of_what_is_there() -> None:
    spoilt = without(QUARTERS, 5)(MONTH)
    assert {("month.power", "")} <= found(spoilt, Result.UNKNOWN)
    assert "1 has no valid value" in text_of(spoilt, "month.power")


@pytest.mark.parametrize(("address", "period", "words"), [(3, 4, "33 %"), (6, 6, "20.3 %")])
def test_reactive_energy_beyond_its_limit_is_computed(address: int, period: int, words: str) -> None:
    place = next(
        place
        for place, record in enumerate(MONTH.of(HOURLY))
        if MONTH.seasons is not None
        and MONTH.seasons.period_at((record.end - timedelta(hours=1)).astimezone(MADRID), HOLIDAYS) == period
    )
    spoilt = changed(HOURLY, place, 100_000, address=address)(MONTH)
    (remark,) = (each for each in reconcile(spoilt) if each.code == "month.reactive")
    limit = 0.203 if period == 6 else 0.33
    figures = remark.figures
    expected = int(figures["reactive_kvarh"] - limit * figures["active_kwh"])  # type: ignore[operator]
    assert (remark.subject, figures["excess_kvarh"]) == (f"P{period}", expected)
    assert words in str(remark.text)
    # Inductive energy is free in period 6, and capacitive outside of it.
    other = changed(HOURLY, place, 100_000, address=9 - address)(MONTH)
    assert {each.result for each in reconcile(other) if each.code == "month.reactive"} == {Result.GOOD}


def test_an_exporting_contract_bills_a_minus_and_has_no_reactive_limits() -> None:
    month = turned(MONTH)
    judgements = reconcile(month)
    assert {each.result for each in judgements} == {Result.GOOD}
    assert {each.subject for each in judgements if each.code == "month.closing"} == {"A-", "Ri-", "Rc+"}
    assert not [each for each in judgements if each.code == "month.reactive"]


@pytest.mark.parametrize("reactive", [True, False])
def test_reactive_energy_stands_on_hours_of_which_both_values_are_valid(reactive: bool) -> None:
    """Half of the values of a period of work days, so that the rest would be beyond the limit, or look as if."""
    places = places_of(4)
    beyond = changed(HOURLY, places[0], 100_000, address=3)
    spoil = not_valid(HOURLY, 3 if reactive else 1, places=places[1::2])
    spoilt = spoil(MONTH)
    (unknown,) = (each for each in reconcile(spoilt) if each.code == "month.reactive")
    assert (unknown.result, unknown.figures) == (Result.UNKNOWN, {"missing": len(places[1::2])})
    remark, unknown = (each for each in reconcile(beyond(spoilt)) if each.code == "month.reactive")
    kept = [
        total for place in places for total in spoil(beyond(MONTH)).of(HOURLY)[place].totals if place in places[::2]
    ]
    active, energy = (sum(total.value for total in kept if total.address == address) for address in (1, 3))
    assert (remark.figures["active_kwh"], remark.figures["reactive_kvarh"]) == (active, energy)
    assert "hours of the period have no valid value" in str(remark.text)
    assert (unknown.result, unknown.figures) == (Result.UNKNOWN, {"missing": len(places[1::2])})


def test_a_quadrant_that_does_not_count_in_a_period_is_not_missed() -> None:
    spoilt = not_valid(HOURLY, 6, places=places_of(4))(MONTH)
    assert {each.result for each in reconcile(spoilt) if each.code == "month.reactive"} == {Result.GOOD}


def test_what_is_exactly_at_the_limit_is_not_beyond_it() -> None:
    place = places_of(4)[0]
    flat = MONTH._replace(
        records={HOURLY: [LoadRecord(each.end, tuple(t._replace(value=0) for t in each.totals)) for each in HOURS]}
    )
    spoilt = changed(HOURLY, place, 700, address=1)(changed(HOURLY, place, 231, address=3)(flat))
    assert {each.result for each in reconcile(spoilt) if each.code == "month.reactive"} == {Result.GOOD}
    beyond = reconcile(changed(HOURLY, place, 1, address=3)(spoilt))
    (remark,) = (each for each in beyond if each.code == "month.reactive")
    assert remark.figures["excess_kvarh"] == 1


# Several contracts, several closings


def with_second(*spoils: Spoil) -> Month:
    """Contract II is as the first, and then spoilt."""
    spoilt = MONTH
    for spoil in spoils:
        spoilt = spoil(spoilt)
    return MONTH._replace(further=[spoilt.own._replace(contract=2)])


def test_the_second_contract_is_judged_too() -> None:
    month = with_second()
    judgements = reconcile(month)
    assert {each.result for each in judgements} == {Result.GOOD}
    assert proof(judgements) is Proof.PROVEN
    codes = [each.code for each in reconcile(MONTH)]
    per_contract = [code for code in codes if code in {"month.closing", "month.reactive", *CALENDAR_CODES}]
    assert len(judgements) == len(codes) + len(per_contract)
    assert text_of(month, "month.closing", "A+").startswith("contract I: A+: the closing and the hours agree")
    assert text_of(month, "month.closing", "II A+").startswith("contract II: A+: the closing and the hours agree")


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (closed_otherwise(0, 90), {("month.closing", "II A+")}),
        (closed_otherwise(5, 90), {("month.periods", "II P5")}),
        (maximum_otherwise(6, 90), {("month.maximum", "II P6")}),
        (lambda month: month._replace(closing_ways=2), {("month.differing", "II closing")}),
        (lambda month: month._replace(direction=2), {
            ("month.closing", "II A-"), ("month.closing", "II Ri-"), ("month.closing", "II Rc+"),
            *(("month.periods", f"II P{period}{of}") for period in (4, 5, 6) for of in ("", " Ri-", " Rc+")),
            ("month.maximum", "II"), *(("month.maximum", f"II P{period}") for period in (4, 5, 6)),
        }),
    ],
)  # fmt: skip
def test_a_fault_of_the_second_contract_is_that_of_no_other(spoil: Spoil, codes: set[tuple[str, str]]) -> None:
    spoilt = with_second(spoil)
    assert found(spoilt) == codes
    assert proof(reconcile(spoilt)) is Proof.NOT_PROVEN


def test_the_closing_of_another_contract_confirms_nothing_of_the_first() -> None:
    spoilt = MONTH._replace(records={HOURLY: HOURS}, closing=None, further=[MONTH.own._replace(contract=2)])
    assert ("month.closing", "A+") in found(spoilt, Result.UNKNOWN)
    assert proof(reconcile(spoilt)) is Proof.NOT_PROVEN


def test_that_a_closing_is_several_is_told() -> None:
    spoilt = MONTH._replace(closing_parts=3)
    assert text_of(spoilt, "month.closing_parts").startswith("the month was closed 3 times without a gap")
    assert proof(reconcile(spoilt)) is Proof.PROVEN


def test_closings_that_do_not_make_up_the_month_are_no_closing_of_it() -> None:
    spoilt = MONTH._replace(closing=None, closed_partly=True)
    assert "do not make it up" in text_of(spoilt, "month.closing")
    assert proof(reconcile(spoilt)) is Proof.REMARKS


def test_a_closing_without_its_total_is_named() -> None:
    assert MONTH.closing is not None
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=MONTH.closing.periods[1:]))
    assert "the closing does not tell its total" in text_of(spoilt, "month.closing")


# What was not compared


def places_of(period: int) -> list[int]:
    """Of the hours of a period."""
    assert MONTH.seasons is not None
    return [
        place
        for place, record in enumerate(HOURS)
        if MONTH.seasons.period_at((record.end - timedelta(hours=1)).astimezone(MADRID), HOLIDAYS) == period
    ]


def turned(month: Month) -> Month:
    """Of a contract that exports."""
    order = {1: 2, 2: 1, 3: 5, 5: 3, 6: 4, 4: 6}
    records = {
        register: [
            LoadRecord(
                record.end, tuple(sorted(total._replace(address=order[total.address]) for total in record.totals))
            )
            for record in each
        ]
        for register, each in month.records.items()
    }
    return month._replace(records=records, direction=2)


def not_valid(register: Register, *addresses: int, places: Container[int] = range(9999)) -> Spoil:
    """The values of some channels, in every interval or in some."""

    def spoil(month: Month) -> Month:
        records = [
            LoadRecord(
                record.end,
                tuple(
                    total._replace(value=9999, quality=Qualifier.IV)
                    if total.address in addresses and place in places
                    else total
                    for total in record.totals
                ),
            )
            for place, record in enumerate(month.of(register))
        ]
        return month._replace(records={**month.records, register: records})

    return spoil


def test_without_a_comparison_of_the_billed_channel_nothing_is_proven() -> None:
    spoilt = not_valid(QUARTERS, 2)(turned(MONTH))._replace(closing=None)
    assert ("month.quarter_hours", "A-") in found(spoilt, Result.UNKNOWN)
    assert proof(reconcile(spoilt)) is Proof.NOT_PROVEN
    rounded = changed(HOURLY, 3, 1, address=1)(changed(HOURLY, 9, 1, address=1)(spoilt))
    assert ("month.quarter_hours", "A+") in found(rounded, Result.REMARK)
    assert proof(reconcile(rounded)) is Proof.NOT_PROVEN  # another channel confirms nothing


def test_a_closing_of_which_only_the_reactive_energy_agrees_confirms_nothing() -> None:
    assert MONTH.closing is not None
    first, *others = MONTH.closing.periods
    marked = first._replace(active=first.active._replace(quality=Qualifier.IV))
    spoilt = MONTH._replace(closing=MONTH.closing._replace(periods=(marked, *others)))
    hours_alone = spoilt._replace(records={HOURLY: MONTH.of(HOURLY)})
    assert found(hours_alone) == set()
    assert proof(reconcile(hours_alone)) is Proof.NOT_PROVEN


def test_channels_that_could_not_be_compared_are_named() -> None:
    spoilt = not_valid(QUARTERS, 3)(MONTH)
    (partly, good) = (each for each in reconcile(spoilt) if each.code == "month.quarter_hours")
    assert (partly.result, partly.figures) == (Result.UNKNOWN, {"compared": 0, "expected": 745})
    assert str(partly.text).startswith("Ri+: 745 of 745 intervals (hourly values) could not be compared")
    assert good.subject == "A+"
    assert proof(reconcile(spoilt)) is Proof.REMARKS


@pytest.mark.parametrize("places", [range(3), range(2979)])
def test_what_was_compared_in_part_alone_confirms_nothing(places: range) -> None:
    spoilt = not_valid(QUARTERS, 1, places=places)(MONTH)._replace(closing=None)
    (partly, *others) = (each for each in reconcile(spoilt) if each.code == "month.quarter_hours")
    assert (partly.subject, partly.result) == ("A+", Result.UNKNOWN)
    assert [each.result for each in others] == [Result.GOOD] * (len(places) < 2977)
    assert proof(reconcile(spoilt)) is Proof.NOT_PROVEN


@pytest.mark.parametrize(("register", "subject"), [(QUARTERS, "quarter_hourly"), (DAILY, "daily")])
@pytest.mark.parametrize("quality", [Qualifier.IV, Qualifier.CY])
def test_marks_of_other_registers_are_told(register: Register, subject: str, quality: Qualifier) -> None:
    spoilt = changed(register, 5, 0, quality=quality)(MONTH)
    assert found(spoilt) == set()
    assert ("month.qualifiers", subject) in found(spoilt, Result.REMARK)
    assert not [each for each in reconcile(spoilt) if each.code == "month.qualifiers" and each.result is Result.GOOD]


def more_each(register: Register, count: int) -> Spoil:
    """1 more in so many intervals."""

    def spoil(month: Month) -> Month:
        records = [
            record._replace(totals=(record.totals[0]._replace(value=record.totals[0].value + 1), *record.totals[1:]))
            if place < count
            else record
            for place, record in enumerate(month.of(register))
        ]
        return month._replace(records={**month.records, register: records})

    return spoil


@pytest.mark.parametrize(("count", "result"), [(73, Result.REMARK), (74, Result.FAULT), (745, Result.FAULT)])
def test_a_difference_always_to_the_same_side_is_no_rounding(count: int, result: Result) -> None:
    """1.2 times the root of the roundings of 745 hours and their quarter-hours makes 73."""
    spoilt = more_each(HOURLY, count)(MONTH)._replace(closing=None)
    (only,) = (each for each in reconcile(spoilt) if each.code == "month.quarter_hours")
    assert only.result is result
    assert proof(reconcile(spoilt)) is not Proof.PROVEN


@pytest.mark.parametrize(("count", "result"), [(46, Result.REMARK), (47, Result.FAULT)])
def test_a_file_that_is_always_more_is_no_rounding(count: int, result: Result) -> None:
    (only,) = judged_of_file(of_file(more_each(HOURLY, count)))
    assert (only.result, only.subject) == (result, "A+")


def test_days_that_are_absent_are_counted() -> None:
    spoilt = without(DAILY, *range(1, 31))(MONTH)
    absent, _good = (each for each in reconcile(spoilt) if each.code == "month.days")
    assert (absent.result, absent.figures) == (Result.UNKNOWN, {"expected": 31, "missing": 30})
    assert "30 of 31 intervals (daily values) are missing" in str(absent.text)
    assert proof(reconcile(spoilt)) is Proof.REMARKS


@pytest.mark.parametrize("direction", [None, 0, 3])
def test_without_the_direction_reactive_energy_of_the_closing_is_named(direction: int | None) -> None:
    spoilt = MONTH._replace(direction=direction)
    active, reactive = (each for each in reconcile(spoilt) if each.code == "month.closing")
    assert (active.subject, active.result) == ("A+", Result.GOOD)
    assert reactive.result is Result.UNKNOWN
    assert "imports or what it exports" in str(reactive.text)
    assert proof(reconcile(spoilt)) is Proof.REMARKS
    wrong = closed_otherwise(0, 5000)(spoilt)
    assert found(wrong) == {("month.closing", "A+")}  # whichever it is


def test_without_the_direction_a_contract_that_exports_is_not_accused() -> None:
    spoilt = turned(MONTH)._replace(direction=None)
    assert found(spoilt) == set()
    codes = {"month.periods", "month.maximum", "month.power"}
    unknown = found(spoilt, Result.UNKNOWN)
    assert unknown == {("month.closing", "A+"), ("month.closing", ""), *((code, "") for code in codes)}
    hours_and_closing = spoilt._replace(records={HOURLY: spoilt.of(HOURLY)})
    assert proof(reconcile(hours_and_closing)) is Proof.NOT_PROVEN


@pytest.mark.parametrize(
    ("days", "known"),
    [
        ([(2025, 10, 13)], False),
        ([(2025, 10, 13), (2026, 10, 12)], True),
        ([(2025, 10, 13), (None, 10, 12)], True),
        ([], True),
    ],
)
def test_holidays_of_other_years_tell_nothing_of_this_one(days: list[tuple[int | None, int, int]], known: bool) -> None:
    holidays = HOLIDAYS._replace(days=tuple(CalendarDay(*day) for day in days))
    codes = {code for code, _subject in found(MONTH._replace(holidays=holidays), Result.UNKNOWN)}
    assert codes == (set() if known else CALENDAR_CODES)
    if not known:
        assert "the holidays of 2026 are not known" in text_of(MONTH._replace(holidays=holidays), "month.power")


@pytest.mark.parametrize("since", [None, START, START.replace(year=2099)])
def test_contracted_powers_that_held_already(since: datetime | None) -> None:
    assert found(MONTH._replace(powers=POWERS._replace(valid_from=since)), Result.UNKNOWN) == set()


@pytest.mark.parametrize("since", [END, END + timedelta(days=40)])
def test_contracted_powers_that_came_later_say_nothing_of_the_month(since: datetime) -> None:
    low = MONTH._replace(powers=POWERS._replace(kilowatts={4: 1, 5: 1, 6: 1}, valid_from=since))
    assert [each.result for each in reconcile(low) if each.code == "month.power"] == [Result.UNKNOWN]
    assert f"hold from {since:%Y-%m-%d %H:%M} on" in text_of(low, "month.power")


def test_of_a_month_in_which_contracted_powers_came_the_rest_is_judged() -> None:
    since = START + timedelta(days=30)
    low = MONTH._replace(powers=POWERS._replace(kilowatts={4: 1, 5: 1, 6: 1}, valid_from=since))
    earlier, *remarks = (each for each in reconcile(low) if each.code == "month.power")
    assert (earlier.result, earlier.figures) == (Result.UNKNOWN, {"missing": 4 * (30 * 24 + 1)})
    assert sum(each.figures["quarter_hours"] for each in remarks) <= 96  # type: ignore[misc]


def test_a_period_without_a_contracted_power_is_named() -> None:
    spoilt = MONTH._replace(powers=POWERS._replace(kilowatts={4: 300, 5: 300}))
    assert found(spoilt, Result.UNKNOWN) == {("month.power", "P6")}
    assert not [each for each in reconcile(spoilt) if each.code == "month.power" and each.result is Result.GOOD]


def test_what_is_missing_is_told_beside_what_is_above_the_contract() -> None:
    spoilt = not_valid(QUARTERS, 1, places=range(3))(MONTH)._replace(
        powers=POWERS._replace(kilowatts={4: 1, 5: 1, 6: 1})
    )
    missing, *remarks = (each for each in reconcile(spoilt) if each.code == "month.power")
    assert (missing.result, missing.figures) == (Result.UNKNOWN, {"missing": 3})
    assert {each.result for each in remarks} == {Result.REMARK}


# Other sources


def of_file(*spoils: Spoil) -> Month:
    file = MONTH
    for spoil in spoils:
        file = spoil(file)
    return MONTH._replace(others={"P1D ES1": {HOURLY: file.of(HOURLY)}})


def judged_of_file(month: Month) -> list[Judgement]:
    return [each for each in reconcile(month) if each.code == "month.file"]


def test_a_file_that_agrees_is_good() -> None:
    (only,) = judged_of_file(of_file())
    assert only.result is Result.GOOD
    assert str(only.text) == "P1D ES1 and the meter agree in 745 intervals (hourly values)"


def test_a_value_that_is_another_in_a_file_is_named() -> None:
    (only,) = judged_of_file(of_file(changed(HOURLY, 40, -7)))
    own = MONTH.of(HOURLY)[40].totals[0].value
    assert (only.result, only.subject) == (Result.FAULT, "A+")
    assert "2026-10-02 17:00" in str(only.text)
    assert f"A+ {own - 7} in the file, {own} kWh in the meter" in str(only.text)
    (rounded,) = judged_of_file(of_file(changed(HOURLY, 40, 1)))
    assert rounded.result is Result.REMARK


def test_intervals_that_a_file_lacks_are_named() -> None:
    gaps, rest = judged_of_file(of_file(without(HOURLY, 40, 41)))
    assert (gaps.result, rest.result) == (Result.REMARK, Result.GOOD)
    assert "P1D ES1 lacks 2 intervals" in str(gaps.text)
    assert "2026-10-02 17:00" in str(gaps.text)


def test_a_file_of_another_time_is_not_compared() -> None:
    month = MONTH._replace(others={"P1D ES1": {HOURLY: []}})
    assert [each.result for each in judged_of_file(month)] == [Result.REMARK, Result.UNKNOWN]


def spoilt_file(turn: Callable[[int, Total], Total | None]) -> Month:
    """A file whose values are turned by their place in the month; None: it does not have them."""
    hours = [
        LoadRecord(record.end, tuple(new for total in record.totals if (new := turn(place, total)) is not None))
        for place, record in enumerate(MONTH.of(HOURLY))
    ]
    return MONTH._replace(others={"F": {HOURLY: hours}})


def test_a_file_without_a_valid_value_proves_nothing() -> None:
    month = spoilt_file(lambda _, total: total._replace(value=total.value + 5, quality=Qualifier.IV))
    assert [(each.subject, each.result) for each in judged_of_file(month)] == [
        (channel, Result.UNKNOWN) for channel in CHANNELS[:6]
    ]
    assert judged_of_file(month)[0].figures == {"compared": 0, "expected": 745}
    assert proof(reconcile(month)) is Proof.REMARKS


def test_of_a_file_with_some_valid_values_is_said_how_many_were_compared() -> None:
    month = spoilt_file(
        lambda place, total: total._replace(value=9999, quality=Qualifier.IV) if place and total.address == 1 else total
    )
    partly, good = judged_of_file(month)
    assert (partly.result, partly.subject, partly.figures["compared"]) == (Result.UNKNOWN, "A+", 1)
    assert good.result is Result.GOOD
    assert str(good.text).startswith("F and the meter agree (hourly values) in 1 value of A+ and 745 values of A-")


def test_channels_that_a_file_does_not_have_are_named() -> None:
    lacks, good = judged_of_file(spoilt_file(lambda _, total: total if total.address == 1 else None))
    assert lacks.result is Result.UNKNOWN
    assert "A- and Ri+ and Rc+ and Ri- and Rc-" in str(lacks.text)
    assert str(good.text) == "F and the meter agree (hourly values) in 745 values of A+"


def test_a_file_without_anything_of_the_month_is_named() -> None:
    month = MONTH._replace(others={"F": {}})
    assert [(each.result, str(each.text)) for each in judged_of_file(month)] == [
        (Result.UNKNOWN, "F has nothing of this month: not compared")
    ]
    assert proof(reconcile(month)) is Proof.REMARKS
