"""Time tags a and b: bytes, local civil time with SU, and what meters really send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import MADRID, TimeTagA, TimeTagB
from iec102.errors import InvalidSetting

instants = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))


def tag_a(text: str) -> TimeTagA:
    return TimeTagA.from_bytes(bytes.fromhex(text))


def tag_b(text: str) -> TimeTagB:
    return TimeTagB.from_bytes(bytes.fromhex(text))


def test_a_tag_of_a_real_curve() -> None:
    tag = tag_a("00 81 E1 05 10")
    assert (tag.year, tag.month, tag.day, tag.hour, tag.minute) == (2016, 5, 1, 1, 0)
    assert tag.summer
    assert tag.weekday == 7
    assert tag.local() == datetime(2016, 5, 1, 1, tzinfo=MADRID)
    assert tag.utc() == datetime(2016, 4, 30, 23, tzinfo=UTC)


def test_a_clock_of_a_real_meter_to_the_millisecond() -> None:
    tag = tag_b("0A 2A 10 0B E7 02 0A")
    assert tag.local() == datetime(2010, 2, 7, 11, 16, 10, 522_000, tzinfo=MADRID)


def test_seconds_are_the_upper_six_bits_of_the_word() -> None:
    assert (tag_b("00 64 2A 44 12 08 12").second, tag_b("00 64 2A 44 12 08 12").millisecond) == (25, 0)


@pytest.mark.parametrize(
    "text", ["00 00 00 00 00", "00 00 1F 02 1A", "3C 00 01 01 1A", "00 18 01 01 1A", "00 00 00 03 11"]
)
def test_no_date_and_impossible_dates_have_no_instant(text: str) -> None:
    assert tag_a(text).utc() is None
    assert tag_a(text).local() is None


def test_an_all_zero_tag_has_no_year() -> None:
    assert tag_a("00 00 00 00 00").year == 0


def test_flags_are_kept_and_never_make_a_tag_invalid() -> None:
    tag = tag_a("C0 E1 01 F5 90")
    assert (tag.invalid, tag.tariff_switch, tag.energy_tariff, tag.power_tariff) == (True, True, 3, 3)
    assert tag.weekday == 0
    assert tag.local() == datetime(2016, 5, 1, 1, tzinfo=MADRID)


def test_a_b_tag_with_impossible_seconds_has_no_instant() -> None:
    assert tag_b("00 FC 10 0B E7 02 0A").utc() is None


@given(instants)
def test_every_minute_survives_the_tag_through_both_clock_changes(instant: datetime) -> None:
    minute = instant.replace(second=0, microsecond=0)
    assert TimeTagA.of(minute).utc() == minute


@given(instants)
def test_every_millisecond_survives_the_b_tag(instant: datetime) -> None:
    exact = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert TimeTagB.of(exact).utc() == exact


@given(st.binary(min_size=7, max_size=7))
def test_any_bytes_are_a_tag_that_keeps_them(data: bytes) -> None:
    assert TimeTagB.from_bytes(data).encode() == data
    assert TimeTagA.from_bytes(data, 1).encode() == data[1:6]
    TimeTagB.from_bytes(data).utc()


def test_the_repeated_hour_of_autumn_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    summer, winter = TimeTagA.of(first), TimeTagA.of(first + timedelta(hours=1))
    assert (summer.hour, winter.hour) == (2, 2)
    assert (summer.summer, winter.summer) == (True, False)
    assert winter.utc() == first + timedelta(hours=1)


def test_the_instant_of_the_change_may_be_labelled_either_way() -> None:
    winter_label = TimeTagA.of(datetime(2026, 10, 25, 1, tzinfo=UTC))
    summer_label = TimeTagA(winter_label.bits + (1 << 8) | 1 << 15)
    assert (winter_label.hour, summer_label.hour) == (2, 3)
    assert summer_label.utc() == winter_label.utc()


def test_the_hour_that_spring_leaves_out_counts_by_its_su_bit() -> None:
    winter_label = tag_a("00 02 1D 03 1A")  # 2026-03-29 02:00 SU=0: the instant of the change
    summer_label = tag_a("00 83 1D 03 1A")  # 03:00 SU=1, the same
    assert winter_label.utc() == summer_label.utc() == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert winter_label.local() == summer_label.local()
    local = winter_label.local()
    assert local is not None
    assert local.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_wrong_su_bit_still_names_one_instant() -> None:
    tag = tag_a("00 0A 01 07 1A")  # 2026-07-01 10:00 by a clock without summer time
    local = tag.local()
    assert local is not None
    assert local.isoformat() == "2026-07-01T11:00:00+02:00"


@pytest.mark.parametrize(
    "when",
    [
        datetime(2026, 11, 22),
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime(2128, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_a_time_that_no_tag_holds_is_refused(when: datetime) -> None:
    with pytest.raises(InvalidSetting):
        TimeTagA.of(when)


def test_the_day_of_the_week_is_right() -> None:
    assert TimeTagA.of(datetime(2026, 11, 22, 12, tzinfo=UTC)).weekday == 7
    assert TimeTagA.of(datetime(2026, 11, 23, 12, tzinfo=UTC)).weekday == 1


def test_the_canary_islands_are_one_hour_behind() -> None:
    canary = ZoneInfo("Atlantic/Canary")
    tag = tag_a("00 81 E1 05 10")
    assert tag.utc(canary) == datetime(2016, 5, 1, tzinfo=UTC)
