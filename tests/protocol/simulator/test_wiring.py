"""A meter that is wired wrong measures what such a meter would, and its registers, closings and events follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import Events, InstantaneousValues, TimeTagA, read_events
from iec102.asdu.instantaneous import POWERS, VOLTAGES_CURRENTS, Powers, VoltagesCurrents
from iec102.asdu.timetag import MADRID
from iec102.errors import InvalidSetting, InvalidTarget
from iec102.open import open_line
from iec102.settings import LineSettings
from iec102.simulator import SimulatorConfig, SiteKind, Wiring, parse_site
from iec102.simulator.about_itself import ratios
from iec102.simulator.electrical import Site
from iec102.simulator.events import EventLog
from iec102.simulator.instruments import measure
from iec102.simulator.period_registers import period_registers
from protocol.simulator.test_electrical import integrated
from support.wired_meter import KINDS

NOON = datetime(2026, 11, 20, 12, 7, tzinfo=UTC)
FAULTS = ("ct-reversed=L2", "ct-swapped=L1L2", "ct-swapped=L3L1", "ct-rotated", "voltage-missing=L3", "ct-open=L1")
wirings = st.sampled_from(("", *FAULTS)).map(Wiring.parse)
kinds = st.sampled_from((SiteKind.BUILT_IN, *KINDS))


def site(wiring: str, kind: SiteKind = SiteKind.BUILT_IN) -> Site:
    return Site(3, kind, Wiring.parse(wiring))


@given(kinds, wirings, st.integers(0, 50), st.integers(0, 365 * 24))
def test_the_registers_are_the_integral_of_what_is_measured(
    kind: SiteKind, wiring: Wiring, seed: int, hour: int
) -> None:
    wired = Site(seed, kind, wiring)
    start = (datetime(2026, 1, 1, 0, 20, tzinfo=UTC) + timedelta(hours=hour)).timestamp()
    grown = [late - early for early, late in zip(wired.energies(start), wired.energies(start + 3600), strict=True)]
    assert grown == pytest.approx(integrated(wired, start, 3600, 720), abs=0.1)
    assert min(grown) >= -1e-6
    phases = wired.phases(start)
    assert sum(phase.active for phase in phases) == pytest.approx(wired.powers(start)[0], abs=1e-6)
    assert sum(phase.reactive for phase in phases) == pytest.approx(wired.powers(start)[1], abs=1e-6)


def test_each_fault_has_its_sign() -> None:
    right = site("").phases(NOON.timestamp())
    turned = site("ct-reversed=L2").phases(NOON.timestamp())
    assert turned[1].active == pytest.approx(-right[1].active, rel=0.02)
    assert turned[1].current == pytest.approx(right[1].current, rel=0.02)
    exchanged = site("ct-swapped=L1L2").phases(NOON.timestamp())
    assert exchanged[0].reactive * exchanged[1].reactive < 0
    assert sum(phase.active for phase in exchanged) == pytest.approx(0, abs=0.1 * right[0].active)
    missing = site("voltage-missing=L3").phases(NOON.timestamp())[2]
    assert (missing.active, missing.voltage) == (0, 0)
    assert missing.current == pytest.approx(right[2].current, rel=0.02)
    opened = site("ct-open=L1").phases(NOON.timestamp())[0]
    assert (opened.active, opened.current) == (0, 0)
    assert opened.voltage == right[0].voltage


def test_the_total_has_the_direction_of_the_sum() -> None:
    powers = measure(site("ct-reversed=L2"), POWERS, NOON, MADRID)
    assert isinstance(powers, Powers)
    assert (powers.l1.exporting, powers.l2.exporting, powers.total.exporting) == (False, True, False)
    assert powers.total.active == powers.l1.active - powers.l2.active + powers.l3.active


def test_closings_follow() -> None:
    start, end = (datetime(2026, month, 1, tzinfo=MADRID) for month in (9, 10))
    right, wrong = (period_registers(site(wiring), MADRID).added(start, end)[0] for wiring in ("", "ct-open=L1"))
    assert wrong[0] == pytest.approx(0.655 * right[0], rel=0.01)


def test_a_missing_voltage_is_in_the_events_after_each_start() -> None:
    log = EventLog(SimulatorConfig(wiring=Wiring.parse("voltage-missing=L3")))
    begin, end = (TimeTagA.of(at) for at in (NOON - timedelta(days=90), NOON))
    contents = [asdu.content for asdu in log.answers(read_events(1, 52, begin, end), NOON) or ()]
    events = [event for content in contents if isinstance(content, Events) for event in content.events]
    lost = [event for event in events if (event.address, event.qualifier) == (3, 3)]
    assert lost
    assert all(event.indication for event in lost)
    assert len(lost) == sum((event.address, event.qualifier) == (1, 2) for event in events)


def test_a_ratio_is_claimed_while_the_power_is_that_of_the_true_one() -> None:
    wiring = Wiring.parse("ratio=40/5")
    assert (ratios(wiring).primary_current, ratios(wiring).secondary_current) == (400, 50)
    assert ratios(Wiring()).primary_current == 5_000
    for object_ in (POWERS, VOLTAGES_CURRENTS):
        assert measure(Site(3, wiring=wiring), object_, NOON, MADRID) == measure(Site(3), object_, NOON, MADRID)


def test_sites_are_of_their_kind() -> None:
    hours = [datetime(2026, 5, 4, 0, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24)]
    for seed in range(20):
        load, solar, light = ([Site(seed, kind).powers(at.timestamp())[0] for at in hours] for kind in KINDS)
        assert min(load) > 10
        assert max(light) < 10
        phases = [phase.active for at in hours for phase in Site(seed, SiteKind.SOLAR).phases(at.timestamp())]
        assert min(phases) < 0 < max(solar)
    objects = measure(Site(1, SiteKind.LIGHT), VOLTAGES_CURRENTS, NOON, MADRID)
    assert isinstance(objects, VoltagesCurrents)
    assert InstantaneousValues((objects,))


@pytest.mark.parametrize("text", ["ct-reversed", "ct-reversed=L4", "ct-swapped=L1L1", "ratio=0/5", "ratio=40/0", "x"])
def test_other_wirings_are_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(InvalidSetting, match="ct-rotated"):
        Wiring.parse(text)


def test_they_are_options_of_the_simulated_meter() -> None:
    open_line("simulated:?site=solar&wiring=ct-swapped=L1L2&clock_start=2026-05-01T12:00:00", LineSettings())
    for wrong in ("site=desert", "wiring=none", "clock_start=2026-05-01T12:00:00&clock=2026-05-01T12:00:00"):
        with pytest.raises(InvalidTarget):
            open_line(f"simulated:?{wrong}", LineSettings())
    with pytest.raises(InvalidSetting, match="load, solar, light"):
        parse_site("desert")
