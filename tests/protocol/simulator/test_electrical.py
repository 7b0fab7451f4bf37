"""The site behind the simulated meter: energies are the integral of the powers, at any time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.simulator.electrical import Site
from iec102.simulator.week import Kind

times = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC)).map(datetime.timestamp)
seeds = st.integers(0, 1000)


def integrated(site: Site, start: float, seconds: float, steps: int) -> list[float]:
    """kWh and kVArh by registers, summed from the powers in small steps."""
    totals = [0.0] * 6
    step = seconds / steps
    for number in range(steps):
        active, reactive = site.powers(start + (number + 0.5) * step)
        quadrant = (1 if reactive >= 0 else 4) if active >= 0 else (2 if reactive >= 0 else 3)
        totals[0 if active >= 0 else 1] += abs(active) * step / 3600
        totals[1 + quadrant] += abs(reactive) * step / 3600
    return totals


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 3, tzinfo=UTC),  # a workday's night
        datetime(2026, 11, 20, 4, 40, tzinfo=UTC),  # from night to day, in the middle of an hour
        datetime(2026, 11, 20, 12, 7, 13, tzinfo=UTC),
        datetime(2026, 11, 22, 8, 30, tzinfo=UTC),  # Sunday: the load falls
        datetime(2026, 11, 22, 12, 15, tzinfo=UTC),  # Sunday: the sun feeds the grid
        datetime(2026, 11, 22, 22, 30, tzinfo=UTC),  # over midnight, from Sunday to Monday
    ],
)
def test_the_registers_are_the_integral_of_the_powers(moment: datetime) -> None:
    site, start, seconds = Site(3), moment.timestamp(), 5_400.0
    before, after = site.energies(start), site.energies(start + seconds)
    grown = [late - early for early, late in zip(before, after, strict=True)]
    assert grown == pytest.approx(integrated(site, start, seconds, 5_400), abs=0.02)


@given(seeds, times, st.floats(0.1, 100_000))
def test_no_register_ever_goes_back(seed: int, time: float, later: float) -> None:
    site = Site(seed)
    for early, late in zip(site.energies(time), site.energies(time + later), strict=True):
        assert late >= early - 1e-6


@given(seeds, times)
def test_phases_agree_with_the_total_and_among_each_other(seed: int, time: float) -> None:
    site = Site(seed)
    active, reactive = site.powers(time)
    phases = site.phases(time)
    assert sum(phase.active for phase in phases) == pytest.approx(active, abs=1e-6)
    assert sum(phase.reactive for phase in phases) == pytest.approx(reactive, abs=1e-6)
    for phase in phases:
        apparent = phase.voltage * phase.current / 1000
        assert apparent * phase.factor == pytest.approx(abs(phase.active), abs=1e-6)
        assert 215 < phase.voltage < 240
        assert 0 <= phase.factor <= 1


@given(seeds, times)
def test_a_moment_has_one_quadrant(seed: int, time: float) -> None:
    site = Site(seed)
    before, after = site.energies(time), site.energies(time + 0.5)
    growing = [register for register in range(6) if after[register] - before[register] > 1e-6]
    changes = {0.0, 6.0, 10.0, 11.0, 16.0, 17.0, 22.0}  # hours of standard time
    if not any(abs((time / 3600 + 1) % 24 - hour) < 0.001 for hour in changes):
        assert len([register for register in growing if register < 2]) <= 1
        assert len([register for register in growing if register >= 2]) <= 1


@given(seeds, times)
def test_it_is_a_site_of_some_hundred_kilowatts(seed: int, time: float) -> None:
    active, _reactive = Site(seed).powers(time)
    assert -150 < active < 350
    assert all(phase.current < 500 for phase in Site(seed).phases(time))


def test_secondary_currents_can_be_read_at_night_and_fit_the_transformer_by_day() -> None:
    site = Site(1)
    week = [datetime(2026, 11, 16, tzinfo=UTC).timestamp() + 60 * minute for minute in range(5 * 1440)]
    currents = [phase.current / 100 for time in week for phase in site.phases(time)]
    assert 0.9 < min(currents) < 1.6
    assert 3.0 < max(currents) < 5.0


def test_values_move_from_second_to_second() -> None:
    site = Site(1)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    powers = [site.powers(noon + second)[0] for second in range(60)]
    assert all(0 < abs(later - earlier) < 2 for earlier, later in itertools.pairwise(powers))


def test_both_directions_and_three_quadrants_occur_in_a_week() -> None:
    site = Site(1)
    monday = datetime(2026, 11, 16, tzinfo=UTC).timestamp()
    grown = [late - early for early, late in zip(site.energies(monday), site.energies(monday + 604_800), strict=True)]
    assert [energy > 10 for energy in grown] == [True, True, True, False, True, True]


@given(st.integers(-10, 40_000))
def test_every_day_is_counted_once_in_its_kind(day: int) -> None:
    for kind in Kind:
        assert kind.before(day + 1) - kind.before(day) == (Kind.of(day) is kind)


def test_a_site_is_asked_at_any_time_without_a_table() -> None:
    site = Site(1)
    site.energies(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
    held = [value for value in vars(site).values() if isinstance(value, list | dict | tuple)]
    assert max(len(value) for value in held) <= 16


def test_the_past_is_the_same_whatever_was_asked_before() -> None:
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC)
    asked_later_first = Site(1)
    asked_later_first.energies((moment + timedelta(days=900)).timestamp())
    assert asked_later_first.energies(moment.timestamp()) == Site(1).energies(moment.timestamp())
    assert Site(1).energies(moment.timestamp()) != Site(2).energies(moment.timestamp())


def test_on_a_sunday_noon_the_site_exports() -> None:
    active, reactive = Site(1).powers(datetime(2026, 11, 22, 12, 30, tzinfo=UTC).timestamp())
    assert active < -50
    assert reactive < 0
