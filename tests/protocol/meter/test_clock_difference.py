"""What a difference between a meter's clock and this machine's means, and how it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import MADRID, TimeTagA
from iec102.meter.clock_difference import ClockKind, ClockVerdict, judge_clock, judge_minute, span_words

CANARY = ZoneInfo("Atlantic/Canary")
WINTER = datetime(2026, 1, 15, 12, 0, 20, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, 0, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("difference", "kind"),
    [
        (0.0, ClockKind.RIGHT),
        (30.0, ClockKind.RIGHT),
        (-30.0, ClockKind.RIGHT),
        (30.5, ClockKind.OFF),
        (-600.0, ClockKind.OFF),
        (601.0, ClockKind.DOUBTFUL),
        (-850_000_000.0, ClockKind.DOUBTFUL),
        (-3600.0, ClockKind.OTHER_ZONE),
        (-3660.0, ClockKind.OTHER_ZONE),
        (-4000.0, ClockKind.DOUBTFUL),
        (5 * 3600.0, ClockKind.DOUBTFUL),
    ],
)
@pytest.mark.parametrize(("at", "summer"), [(WINTER, False), (SUMMER, True)])
def test_thirty_seconds_are_told_and_ten_minutes_doubtful(
    difference: float, kind: ClockKind, at: datetime, summer: bool
) -> None:
    verdict = judge_clock(difference, at, MADRID, summer)
    assert verdict.kind is kind
    assert bool(verdict.words) != verdict.is_right
    assert verdict.is_doubtful == (abs(difference) > 600)


def tag(at: datetime, zone: ZoneInfo, *, summer: bool | None = None) -> TimeTagA:
    """As a meter in ``zone`` writes it; ``summer``: whatever the season."""
    right = TimeTagA.of(at, zone)
    return right if summer is None else TimeTagA(right.bits & ~(1 << 15) | summer << 15)


def judged(tag_: TimeTagA, at: datetime, zone: ZoneInfo) -> ClockVerdict:
    meter = tag_.local(zone)
    assert meter is not None
    return judge_minute(meter, at, zone, tag_.summer)


@pytest.mark.parametrize("at", [WINTER, SUMMER])
def test_a_meter_in_the_canary_islands_read_as_madrid_and_the_other_way_round(at: datetime) -> None:
    verdict = judged(tag(at, CANARY), at, MADRID)
    assert (verdict.kind, verdict.zone) == (ClockKind.OTHER_ZONE, "Atlantic/Canary")
    assert "about 1 h behind this machine's" in verdict.words
    assert "--timezone Atlantic/Canary would fit" in verdict.words
    assert verdict.short == "WRONG: 1 h behind, Atlantic/Canary?"
    assert judged(tag(at, MADRID), at, CANARY).zone == "Europe/Madrid"
    assert judged(tag(at, MADRID), at, MADRID).is_right


def test_civil_time_without_the_flag_is_not_another_zone() -> None:
    verdict = judged(tag(SUMMER, MADRID, summer=False), SUMMER, MADRID)
    assert verdict.kind is ClockKind.NO_FLAG
    assert "--summer-time" in verdict.words
    assert judged(tag(WINTER, MADRID, summer=True), WINTER, MADRID).kind is ClockKind.NO_FLAG


def test_standard_time_all_year_is_a_right_clock() -> None:
    standard = tag(SUMMER - timedelta(hours=1), MADRID, summer=False)
    assert judged(standard, SUMMER, MADRID).is_right


def test_a_whole_hour_without_a_known_flag_is_judged_by_the_zone() -> None:
    assert judge_clock(-3600, SUMMER, MADRID, None).zone == "Atlantic/Canary"
    assert "--timezone" in judge_clock(7 * 3600, SUMMER, MADRID, None).words


@pytest.mark.parametrize(("off", "told"), [(-95, True), (-20, False), (20, False), (95, True)])
@pytest.mark.parametrize("second", [0, 29, 59])
def test_whole_minutes_tell_what_they_cannot_explain_and_nothing_else(off: int, second: int, told: bool) -> None:
    at = WINTER.replace(second=second)
    verdict = judged(tag(at + timedelta(seconds=off), MADRID), at, MADRID)
    assert verdict.is_right != told


def test_the_year_2000_is_told() -> None:
    verdict = judged(tag(datetime(2000, 1, 1, 0, 5, tzinfo=UTC), MADRID), WINTER, MADRID)
    assert verdict.kind is ClockKind.DOUBTFUL
    assert "about 26 years behind this machine's, so that the times of its values are doubtful" in verdict.words
    assert verdict.short == "WRONG: 26 years behind"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45.4, "45 s"),
        (119.9, "2 min"),
        (119.4, "119 s"),
        (720, "12 min"),
        (3599.7, "1 h"),
        (3600, "1 h"),
        (11_280, "3 h 8 min"),
        (2 * 86_400, "2 days"),
        (9_827 * 86_400, "26 years"),
    ],
)
def test_spans(seconds: float, words: str) -> None:
    assert span_words(seconds) == words


@pytest.mark.parametrize(
    ("difference", "short"),
    [(0.4, "right"), (-3.2, "3 s behind"), (45, "OFF: 45 s ahead"), (-1e4, "WRONG: 2 h 47 min behind")],
)
def test_the_short_form(difference: float, short: str) -> None:
    assert judge_clock(difference, WINTER, MADRID, False).short == short


@given(
    st.floats(-4e9, 4e9, allow_nan=False),
    st.datetimes(datetime(2000, 1, 2), datetime(2126, 12, 30), timezones=st.just(UTC)),
    st.sampled_from([MADRID, CANARY, ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")]),
    st.sampled_from([None, False, True]),
    st.sampled_from([0.0, 30.0]),
)
def test_any_difference_is_one_short_sentence(
    difference: float, at: datetime, zone: ZoneInfo, summer: bool | None, unsure: float
) -> None:
    verdict = judge_clock(difference, at, zone, summer, unsure=unsure)
    assert verdict.is_right == (abs(difference) - unsure <= 30)
    assert len(verdict.words) < 250
    assert verdict.words.isprintable()
    assert 0 < len(verdict.short) < 50
