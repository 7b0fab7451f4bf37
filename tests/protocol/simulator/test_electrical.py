"""The site behind the simulated meter: energies are the integral of the powers, at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.simulator.electrical import Site

times = st.datetimes(datetime(2020, 1, 3), datetime(2035, 1, 1), timezones=st.just(UTC)).map(datetime.timestamp)
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
    assert sum(phase.reactive for phase in phases) == pytest.approx(reactive, rel=0.01, abs=1e-6)
    for phase in phases:
        apparent = phase.voltage * phase.current / 1000
        assert apparent * phase.factor == pytest.approx(abs(phase.active), abs=1e-6)
        assert 215 < phase.voltage < 240
        assert 0 <= phase.factor <= 1


@given(seeds, times)
def test_it_is_a_site_of_some_hundred_kilowatts(seed: int, time: float) -> None:
    active, _reactive = Site(seed).powers(time)
    assert -150 < active < 350
    assert all(phase.current < 500 for phase in Site(seed).phases(time))


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
