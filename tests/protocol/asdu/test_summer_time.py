"""Which instant a time tag means: by the summer time bit, by the zone, by the order of the records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import MADRID, Identity, TimeTagA, TimeTagB, decode_asdu
from iec102.asdu.session import ClockTime
from iec102.asdu.summer_time import (
    Keeping,
    SummerTime,
    SummerTimeState,
    TagConversion,
    judge_clock,
    judge_hours,
    latest_changes,
    touches_summer,
)
from iec102.errors import InvalidSetting
from iec102.link import Frame, FrameReader
from iec102.load_profile.intervals import Register, expected_ends

BIT, ZONE = TagConversion(MADRID, SummerTime.BIT), TagConversion(MADRID, SummerTime.ZONE)
STANDARD = TagConversion(MADRID, SummerTime.BIT, standard=True)
SU = 1 << 15
HOUR = timedelta(hours=1)
AUTUMN, SPRING = datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)

zones = st.sampled_from([ZoneInfo(name) for name in ("Europe/Madrid", "Atlantic/Canary", "America/Santiago", "UTC")])
instants = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))


def tag(day: int, month: int, hour: int, minute: int = 0, *, su: bool = False) -> TimeTagA:
    return TimeTagA(minute | hour << 8 | su << 15 | day << 16 | month << 24 | 26 << 32)


def written(when: datetime, keeping: Keeping, zone: ZoneInfo = MADRID) -> TimeTagA:
    """The tag of an instant by a meter of this kind."""
    if keeping is Keeping.KEPT:
        return TimeTagA.of(when, zone)
    if keeping is Keeping.IGNORED:
        return TimeTagA(TimeTagA.of(when, zone).bits & ~SU)
    winter = datetime(2020, 1, 1, tzinfo=zone)
    return TimeTagA.of(when, timezone((winter.utcoffset() or timedelta()) - (winter.dst() or timedelta())))


def hours(change: datetime, keeping: Keeping, around: int = 4) -> list[TimeTagA]:
    return [written(change + number * HOUR, keeping) for number in range(-around, around + 1)]


def clock_frame() -> TimeTagB:
    (frame,) = FrameReader().feed(bytes.fromhex("68 10 10 68 08 01 00 48 01 05 01 00 00 00 64 2A 44 12 08 12 56 16"))
    assert isinstance(frame, Frame)
    assert frame.asdu is not None
    asdu = decode_asdu(frame.asdu)
    assert asdu is not None
    assert isinstance(asdu.content, ClockTime)
    return asdu.content.time


def test_a_real_clock_without_su_in_august_is_an_hour_apart_by_zone_and_by_bit() -> None:
    found = clock_frame()
    assert ZONE.local(found) == datetime(2018, 8, 18, 4, 42, 25, tzinfo=MADRID)
    assert BIT.local(found) == datetime(2018, 8, 18, 5, 42, 25, tzinfo=MADRID)
    assert ZONE.contradicts(found)


@given(instants, zones)
def test_a_tag_whose_bit_fits_means_the_same_either_way(instant: datetime, zone: ZoneInfo) -> None:
    minute = instant.replace(second=0, microsecond=0)
    found = TimeTagA.of(minute, zone)
    assert not TagConversion(zone).contradicts(found)
    for mode in (SummerTime.BIT, SummerTime.ZONE):
        conversion = TagConversion(zone, mode)
        assert conversion.utc(found) == minute
        assert conversion.local(found) == minute.astimezone(zone)


@given(instants, zones)
def test_without_su_every_instant_but_the_doubled_hour_survives_by_the_zone(instant: datetime, zone: ZoneInfo) -> None:
    minute = instant.replace(second=0, microsecond=0)
    conversion = TagConversion(zone, SummerTime.ZONE)
    bare = written(minute, Keeping.IGNORED, zone)
    assert conversion.utc(bare, near=minute) == minute
    found = conversion.utc(bare)
    assert found in (minute, minute - HOUR, minute + HOUR)
    local = minute.astimezone(zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        before = (minute - timedelta(minutes=1)).astimezone(zone)
        if before.replace(fold=0).utcoffset() == before.replace(fold=1).utcoffset():
            assert found == minute


@given(instants, zones)
def test_standard_time_all_year_survives_by_the_bit(instant: datetime, zone: ZoneInfo) -> None:
    minute = instant.replace(second=0, microsecond=0)
    conversion = TagConversion(zone, SummerTime.BIT, standard=True)
    assert conversion.utc(written(minute, Keeping.STANDARD, zone)) == minute
    assert conversion.tag(minute) == written(minute, Keeping.STANDARD, zone)


@given(
    start=st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 24, 20), timezones=st.just(UTC))
    | st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 28, 20), timezones=st.just(UTC)),
    register=st.sampled_from((Register.HOURLY, Register.QUARTER_HOURLY)),
    keeping=st.sampled_from((Keeping.KEPT, Keeping.IGNORED)),
    always=st.booleans(),
)
def test_the_order_of_the_records_tells_the_doubled_hour(
    start: datetime, register: Register, keeping: Keeping, always: bool
) -> None:
    """Over the whole change, whether the bit is right, never set or always set."""
    ends = expected_ends(register, start, start + timedelta(days=4), MADRID)
    tags = [written(end, keeping) for end in ends]
    if keeping is Keeping.IGNORED and always:
        tags = [TimeTagA(found.bits | SU) for found in tags]
    assert ZONE.series(tags) == ends


@pytest.mark.parametrize(
    ("labels", "hours_utc"),
    [
        ([1, 2, 2, 3, 4], [23, 0, 1, 2, 3]),
        ([1, 2, 3, 3, 4], [23, 0, 1, 2, 3]),  # the last hour of summer labelled by summer time
        ([1, 2, 3, 4], [23, None, 2, 3]),  # one of the two hours is missing, and nothing tells which
        ([1, 3, 4], [23, 2, 3]),
        ([2, 2, 2, 3], [None, None, None, None]),
    ],
)
def test_labels_without_su_on_the_day_of_25_hours(labels: list[int], hours_utc: list[int | None]) -> None:
    found = ZONE.series([tag(25, 10, hour) for hour in labels])
    assert [None if instant is None else instant.hour for instant in found] == hours_utc


def test_where_the_bit_is_kept_it_tells_a_doubled_hour_of_which_one_is_missing() -> None:
    around = [tag(25, 10, 1, su=True), tag(25, 10, 2, su=True), tag(25, 10, 3)]
    assert ZONE.series(around)[1] == AUTUMN - HOUR
    assert ZONE.series([tag(25, 10, 1, su=True), tag(25, 10, 2), tag(25, 10, 3)])[1] == AUTUMN


def test_events_in_the_doubled_hour_are_told_apart_by_their_order() -> None:
    times = [AUTUMN + timedelta(minutes=number) for number in (-90, -55, -10, 3, 40, 80)]
    events = [TimeTagB(written(time, Keeping.IGNORED).bits << 16 | number << 10) for number, time in enumerate(times)]
    assert ZONE.series(events) == [time + timedelta(seconds=number) for number, time in enumerate(times)]


def test_dates_that_are_none_stay_none() -> None:
    for bits in (0, 0x1F << 16 | 2 << 24 | 26 << 32):
        assert ZONE.utc(TimeTagA(bits)) is None
        assert not ZONE.contradicts(TimeTagA(bits))
        assert ZONE.series([TimeTagA(bits)]) == [None]
    assert ZONE.utc(TimeTagB.from_bytes(bytes.fromhex("00 FC 10 0B E7 07 0A"))) is None


def test_the_instant_of_a_change_may_be_labelled_either_way() -> None:
    for found in (tag(25, 10, 2), tag(25, 10, 3, su=True), tag(29, 3, 2), tag(29, 3, 3, su=True)):
        assert not ZONE.contradicts(found)
    for found in (tag(25, 10, 1), tag(25, 10, 4, su=True), tag(29, 3, 3), tag(29, 3, 2, 15), tag(1, 2, 1, su=True)):
        assert ZONE.contradicts(found)


# What tells


@pytest.mark.parametrize(
    ("now", "shown", "found"),
    [
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), tag(1, 7, 10, su=True), Keeping.KEPT),
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), tag(1, 7, 10, 7), Keeping.IGNORED),
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), tag(1, 7, 9, 7), Keeping.STANDARD),
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), tag(1, 7, 9, 30), None),
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), tag(2, 7, 9), None),
        (datetime(2026, 7, 1, 10, tzinfo=MADRID), TimeTagA(0), None),
        (datetime(2026, 1, 1, 10, tzinfo=MADRID), tag(1, 1, 10), None),
        (datetime(2026, 1, 1, 10, tzinfo=MADRID), tag(1, 1, 10, su=True), Keeping.IGNORED),
        (datetime(2026, 1, 1, 10, tzinfo=MADRID), tag(1, 1, 11, su=True), Keeping.KEPT),
    ],
)
def test_the_clock_tells(now: datetime, shown: TimeTagA, found: Keeping | None) -> None:
    assert judge_clock(shown, now, MADRID) is found


@pytest.mark.parametrize("keeping", list(Keeping))
@pytest.mark.parametrize("change", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_the_hours_around_a_change_tell(change: datetime, keeping: Keeping) -> None:
    assert judge_hours(hours(change, keeping), change, MADRID) is keeping


def test_hours_with_holes_tell_nothing() -> None:
    for change in (AUTUMN, SPRING):
        for missing in range(2, 7):
            tags = hours(change, Keeping.STANDARD)
            del tags[missing]
            assert judge_hours(tags, change, MADRID) is not Keeping.KEPT
        assert judge_hours([], change, MADRID) is None
        assert judge_hours(hours(change, Keeping.IGNORED)[:3], change, MADRID) is None
    assert judge_hours(hours(AUTUMN + 12 * HOUR, Keeping.IGNORED), AUTUMN, MADRID) is None


def test_the_latest_changes_of_a_zone() -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    assert latest_changes(now, MADRID, 3) == [AUTUMN, SPRING, datetime(2025, 10, 26, 1, tzinfo=UTC)]
    assert latest_changes(AUTUMN - HOUR, MADRID, 1) == [SPRING]
    assert latest_changes(now, ZoneInfo("UTC")) == []


def test_what_summer_time_touches() -> None:
    winter = datetime(2026, 11, 1, tzinfo=MADRID)
    assert not touches_summer(winter, winter + timedelta(days=60), MADRID)
    assert touches_summer(winter - timedelta(days=8), winter, MADRID)
    assert touches_summer(datetime(2026, 3, 1, tzinfo=MADRID), datetime(2026, 3, 29, 4, tzinfo=MADRID), MADRID)
    assert not touches_summer(winter - timedelta(days=300), winter, ZoneInfo("UTC"))


def test_a_setting_goes_before_what_was_found() -> None:
    state = SummerTimeState(MADRID, SummerTime.BIT)
    state.clock_time(tag(1, 7, 10), datetime(2026, 7, 1, 10, tzinfo=MADRID))
    assert state.found is Keeping.IGNORED
    assert state.conversion.mode is SummerTime.BIT
    assert state.settled
    assert state.remark is not None
    assert "as --summer-time bit says" in state.remark


@pytest.mark.parametrize("other", [Identity(2002, 4, 66, 2), None])
def test_what_was_found_holds_for_the_meter_of_which_it_was(other: Identity | None) -> None:
    state = SummerTimeState(MADRID)
    july, clock = tag(1, 7, 10), datetime(2026, 7, 1, 10, tzinfo=MADRID)
    state.clock_time(july, clock)
    state.asked = True
    for _ in range(2):  # who it is becomes known after its first reading
        state.belongs_to(Identity(2002, 4, 66, 1))
        assert (state.found, state.asked, state.contradicted) == (Keeping.IGNORED, True, True)
    state.belongs_to(other)
    assert (state.found, state.asked, state.contradicted) == (None, False, False)
    state.clock_time(july, clock)
    assert (state.found, state.contradicted) == (Keeping.IGNORED, True)


@pytest.mark.parametrize(
    ("setting", "found", "said"),
    [
        (SummerTime.AUTO, Keeping.IGNORED, "read as civil time"),
        (SummerTime.AUTO, Keeping.STANDARD, "stays on standard time all year"),
        (SummerTime.AUTO, None, "summer time not settled"),
        (SummerTime.ZONE, None, "as --summer-time zone says"),
    ],
)
def test_a_contradiction_says_what_was_done(setting: SummerTime, found: Keeping | None, said: str) -> None:
    state = SummerTimeState(MADRID, setting)
    state.found = found
    assert state.remark is None
    state.saw(tag(1, 7, 10))
    assert state.remark is not None
    assert said in state.remark
    assert "Europe/Madrid" in state.remark


def test_an_unknown_mode_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidSetting, match="auto, bit, zone"):
        SummerTime.parse("su")
