"""Wiring faults are named by their sign, and a right wiring is never accused, whatever its load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from iec102.meter.reading import Reading
from iec102.meter.signals import BY_KEY, SignalValue
from iec102.verdict.judgement import Judgement, Result, verdict
from iec102.verdict.wiring import judge_wiring

START = datetime(2026, 11, 27, 12, tzinfo=UTC)
RATIO = 100.0
VOLTS = 230.0
Load = tuple[float, float]
"""kW and kVAr of a phase."""
BALANCED: tuple[Load, Load, Load] = ((46, 19), (43, 17), (44, 17))


def reading(at: float, loads: Sequence[Load], **changed: float) -> Reading:
    """What a right meter shows of these loads, rounded as it rounds; ``vi_voltage_l1=0`` changes a value after."""
    values: dict[str, float] = {}
    totals = [sum(load[part] for load in loads) for part in (0, 1)]
    for name, (active, reactive) in zip(("total", "l1", "l2", "l3"), (totals, *loads), strict=True):
        values[f"power.active_{name}"] = round(active)
        values[f"power.reactive_{name}"] = round(reactive)
        values[f"power.factor_{name}"] = 1.0
    for phase, load in enumerate(loads, start=1):
        values[f"vi.voltage_l{phase}"] = VOLTS
        values[f"vi.current_l{phase}"] = round(math.hypot(*load) * 1000 / VOLTS / RATIO, 1)
    values |= {name.replace("_", ".", 1): value for name, value in changed.items()}
    signals = {key: SignalValue(BY_KEY[key], value, True) for key, value in values.items()}
    return Reading(START + timedelta(seconds=at), None, 1, 1, signals)


def judged(loads: Sequence[Load], seconds: int = 60, ratio: float | None = RATIO, **changed: float) -> list[Judgement]:
    return judge_wiring([reading(at, loads, **changed) for at in range(0, seconds + 1, 5)], ratio)


def found(judgements: list[Judgement]) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in judgements if each.result is Result.FAULT}


def turned(load: Load, degrees: float) -> Load:
    """As the meter sees a load whose current is another one's, turned by this angle."""
    angle = math.atan2(load[1], load[0]) + math.radians(degrees)
    size = math.hypot(*load)
    return size * math.cos(angle), size * math.sin(angle)


def reversed_at(loads: Sequence[Load], at: int) -> list[Load]:
    return [turned(load, 180) if place == at else load for place, load in enumerate(loads)]


def exchanged(loads: Sequence[Load], one: int, other: int) -> list[Load]:
    seen = list(loads)
    seen[one], seen[other] = turned(loads[other], 120), turned(loads[one], -120)
    return seen


def test_a_right_wiring_is_good() -> None:
    judgements = judged(BALANCED)
    assert {each.result for each in judgements} == {Result.GOOD}
    assert verdict(judgements) is Result.GOOD


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_reversed_current_transformer_is_named_with_what_looks_alike(at: int) -> None:
    judgements = judged(reversed_at(BALANCED, at))
    name = f"L{at + 1}"
    assert found(judgements) == {("wiring.ct_reversed", name)}
    text = str(judgements[0].text)
    assert name in text
    assert "generation" in text
    assert judgements[0].figures[f"{name.lower()}_active_kw"] < 0  # type: ignore[operator]


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_exchanged_current_transformers_are_named(pair: tuple[int, int]) -> None:
    assert found(judged(exchanged(BALANCED, *pair))) == {("wiring.ct_swapped", f"L{pair[0] + 1} L{pair[1] + 1}")}


def test_a_phase_that_is_turned_round_without_reactive_power_may_generate() -> None:
    (phases, *_) = judged([(20, 0), (-15, 0), (20, 0)])
    assert (phases.code, phases.subject, phases.result) == ("wiring.ct_reversed", "L2", Result.UNKNOWN)


def test_all_rotated_or_reversed_is_not_claimed() -> None:
    for degrees in (120, -120, 180):
        judgements = judged([turned(load, degrees) for load in BALANCED])
        assert not found(judgements)
        assert judgements[0].result is Result.UNKNOWN


def test_a_missing_voltage_is_named() -> None:
    loads = [BALANCED[0], (0, 0), BALANCED[2]]
    assert found(judged(loads, vi_voltage_l2=0.0, vi_current_l2=1.9)) == {("wiring.voltage_missing", "L2")}


def test_an_open_current_transformer_is_named() -> None:
    assert found(judged([BALANCED[0], BALANCED[1], (0, 0)])) == {("wiring.ct_open", "L3")}


def test_a_single_load_is_no_open_transformer() -> None:
    judgements = judged([BALANCED[0], (0, 0), (0, 0)])
    assert not found(judgements)
    assert "too little load on L2" in str(judgements[0].text)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0, 5.0])
def test_a_wrong_ratio_is_named_with_its_factor(factor: float) -> None:
    (fault,) = [each for each in judged(BALANCED, ratio=RATIO * factor) if each.result is Result.FAULT]
    assert fault.code == "wiring.ratio"
    assert fault.figures["factor"] == pytest.approx(1 / factor, rel=0.05)


def test_more_power_than_volts_and_amperes_allow_is_found_sooner_than_less() -> None:
    """Harmonics make volts and amperes too high for the power, never too low."""
    loads = [(20.6, 8.0)] * 3
    assert found(judged(loads, ratio=RATIO * 0.8)) == {("wiring.ratio", "")}
    assert not found(judged(loads, ratio=RATIO * 1.15))


def test_a_transformer_of_another_ratio_in_one_phase_is_named() -> None:
    assert found(judged(BALANCED, vi_current_l2=4.0, ratio=100)) >= {("wiring.ratio", "L2")}


def test_phases_that_do_not_make_the_total_are_named() -> None:
    assert found(judged(BALANCED, power_active_total=120)) == {("wiring.sum", "")}


@pytest.mark.parametrize(
    ("readings", "words"),
    [([], "0 usable readings"), ([reading(at, BALANCED) for at in range(20)], "in 19 s: the wiring needs 30 s")],
)
def test_too_little_time_is_said(readings: list[Reading], words: str) -> None:
    (only,) = judge_wiring(readings, RATIO)
    assert only.result is Result.UNKNOWN
    assert words in str(only.text)
    assert verdict([only]) is Result.UNKNOWN


def test_values_that_are_not_valid_are_not_used() -> None:
    readings = []
    for at in range(0, 61, 5):
        found_ = reading(at, reversed_at(BALANCED, 0))
        values = dict(found_.values)
        values["vi.voltage_l1"] = values["vi.voltage_l1"]._replace(valid=False)
        readings.append(Reading(found_.time, None, 1, 1, values))
    assert judge_wiring(readings, RATIO)[0].code == "wiring"


def test_a_few_usable_readings_are_too_few_however_far_apart() -> None:
    """Neither two in a minute, nor a minute of which a second alone is valid."""
    assert [each.code for each in judge_wiring([reading(at, BALANCED) for at in (0, 60)], RATIO)] == ["wiring"]
    readings = [reading(at, BALANCED) for at in range(61)]
    for at in range(8, 61):
        values = dict(readings[at].values)
        values["power.active_l2"] = values["power.active_l2"]._replace(valid=False)
        readings[at] = Reading(readings[at].time, None, 1, 1, values)
    (only,) = judge_wiring(readings, RATIO)
    assert (only.code, only.result) == ("wiring", Result.UNKNOWN)
    assert only.figures == {"seconds": 7.0, "readings": 8}


def test_the_time_of_too_few_readings_has_the_decimals_of_the_others() -> None:
    (only,) = judge_wiring([reading(at * 1.0123456, BALANCED) for at in range(8)], RATIO)
    assert only.figures["seconds"] == 7.1


def test_a_fault_that_shows_now_and_then_is_none() -> None:
    mixed = [reading(at, reversed_at(BALANCED, 0) if at < 40 else BALANCED) for at in range(0, 121, 5)]
    assert not found(judge_wiring(mixed, RATIO))


# kW, and kVAr to it: of a site, its phases are inductive alike.
LOADS = st.tuples(st.floats(3, 60), st.floats(0.0, 0.6))


@settings(deadline=None)
@given(st.tuples(LOADS, LOADS, LOADS), st.floats(0.0, 80.0))
def test_solar_panels_on_any_load_are_never_accused(loads: tuple[tuple[float, float], ...], generated: float) -> None:
    """A balanced inverter turns P of some phases round, and leaves Q as it is."""
    seen = [(active - generated / 3, active * tangent) for active, tangent in loads]
    assume(
        all(math.hypot(*phase) >= 1 for phase in seen)
    )  # a phase that is just made up for looks like one without load
    assert not found(judged(seen))


@settings(deadline=None)
@given(st.tuples(LOADS, LOADS, LOADS))
def test_light_and_uneven_loads_are_never_accused(loads: tuple[tuple[float, float], ...]) -> None:
    assert not found(judged([(active / 20, active * tangent / 20) for active, tangent in loads]))
    assert not found(judged([(active, active * tangent) for active, tangent in loads]))


@settings(deadline=None)
@given(st.floats(15, 60), st.floats(0.2, 0.6), st.tuples(*[st.floats(0.8, 1.2)] * 3), st.integers(0, 2))
def test_faults_show_at_any_ordinary_load(
    active: float, tangent: float, shares: tuple[float, float, float], at: int
) -> None:
    loads = [(active * share, active * share * tangent) for share in shares]
    assert found(judged(reversed_at(loads, at))) == {("wiring.ct_reversed", f"L{at + 1}")}
    one, other = sorted({0, 1, 2} - {at})
    assert found(judged(exchanged(loads, one, other))) == {("wiring.ct_swapped", f"L{one + 1} L{other + 1}")}
