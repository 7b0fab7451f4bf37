"""What is said of the meter itself: its number, ratios, clock, settings and counters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from iec102.asdu import Identity, TransformerRatios
from iec102.asdu.password import Password
from iec102.asdu.summer_time import Keeping
from iec102.meter.absence import Absence
from iec102.meter.closings import Closing
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings
from iec102.meter.reading import ClockReading, Reading
from iec102.meter.signals import BY_KEY, SignalValue
from iec102.verdict.device import (
    EnergyPoint,
    judge_address,
    judge_closings,
    judge_drift,
    judge_energy,
    judge_energy_points,
    judge_identity,
    judge_meter_clock,
    judge_ratios,
    judge_settings,
    judge_summer_bit,
)
from iec102.verdict.judgement import Result, verdict

START = datetime(2026, 11, 27, 12, tzinfo=UTC)
REFUSED = Absence(100, 0, 14, "refused")
IDENTITY = Identity(2010, 3, 251, 50112873)
RATIOS = TransformerRatios(660_000, 1_100, 5_000, 50)
CONFIGURATION = DeviceConfiguration(251, "ZMD", 1, 50112873, (2010, 3), None, 90, (), RATIOS, (60, 15, 0), (2, 0, 0))


@pytest.mark.parametrize(
    ("answer", "expected", "result", "words"),
    [
        (IDENTITY, 50112873, Result.GOOD, "right meter"),
        (IDENTITY, 50112874, Result.FAULT, "another meter: number 50112873 where 50112874"),
        (IDENTITY, None, Result.UNKNOWN, "50112873"),
        (REFUSED, 50112873, Result.UNKNOWN, "does not tell"),
    ],
)
def test_the_number(answer: Identity | Absence, expected: int | None, result: Result, words: str) -> None:
    judgement = judge_identity(answer, expected)
    assert judgement.result is result
    assert words in str(judgement.text)


@pytest.mark.parametrize(
    ("answer", "expected", "result"),
    [
        (IDENTITY, 50112873, Result.GOOD),
        (IDENTITY, None, Result.GOOD),
        (REFUSED, None, Result.GOOD),
        (REFUSED, 50112873, Result.UNKNOWN),
        (IDENTITY, 50112874, Result.FAULT),
    ],
)
def test_all_together_are_not_good_where_the_expected_number_is_not_told(
    answer: Identity | Absence, expected: int | None, result: Result
) -> None:
    assert verdict([judge_identity(answer, expected), judge_drift(0.0, 30)]) is result


@pytest.mark.parametrize(
    ("told", "profile", "result"),
    [
        (RATIOS, 60_000.0, Result.GOOD),
        (RATIOS, 30_000.0, Result.FAULT),
        (RATIOS, None, Result.UNKNOWN),
        (None, 60_000.0, Result.UNKNOWN),
    ],
)
def test_the_ratios(told: TransformerRatios | None, profile: float | None, result: Result) -> None:
    assert judge_ratios(told, profile).result is result


@pytest.mark.parametrize(("seconds", "right"), [(0, True), (29, True), (31, False), (700, False)])
def test_the_clock(seconds: float, right: bool) -> None:
    local = START.astimezone(ZoneInfo("Europe/Madrid"))
    reading = ClockReading(local + timedelta(seconds=seconds), local, seconds, 0.1)
    judgement = judge_meter_clock(reading)
    assert (judgement.result is Result.GOOD) is right
    assert judgement.figures == {"difference_s": seconds}


def test_a_clock_that_cannot_be_read_is_not_judged() -> None:
    assert judge_meter_clock(REFUSED).result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("a_day", "days", "result"),
    [(0.5, 30, Result.GOOD), (-0.5, 30, Result.GOOD), (0.6, 30, Result.FAULT), (-0.6, 30, Result.FAULT),
     (2.4, 1, Result.GOOD), (2.6, 1, Result.FAULT), (None, 0, Result.UNKNOWN)],
)  # fmt: skip
def test_the_drift(a_day: float | None, days: float, result: Result) -> None:
    """Two differences are off by two seconds together, which is much over a day and little over a month."""
    assert judge_drift(a_day, days).result is result


def test_the_summer_time_bit() -> None:
    judged = {keeping: judge_summer_bit(keeping) for keeping in (*Keeping, None)}
    assert {keeping for keeping, each in judged.items() if each.result is Result.GOOD} == {Keeping.KEPT}
    assert judged[None].result is Result.UNKNOWN
    assert "winter time all year" in str(judged[Keeping.STANDARD].text)
    assert "does not set the summer time bit" in str(judged[Keeping.IGNORED].text)


def test_the_addresses() -> None:
    told = MeasuringPointParameters(7, 1, 2, Password(1), 60, 800)
    assert [each.result for each in judge_address(told, 7, 2)] == [Result.GOOD]
    assert [each.result for each in judge_address(told, 7, 1)] == [Result.FAULT]
    assert [each.result for each in judge_address(told, 8, 2)] == [Result.FAULT]
    assert judge_address(REFUSED, 7, 2) == []


def test_contracts_that_were_not_closed_lately() -> None:
    def closed(days: float) -> Closing:
        return Closing(1, None, START - timedelta(days=days), ())

    judged = judge_closings({3: None, 2: closed(62.5), 1: closed(61.5)}, START)
    assert [(each.subject, each.result) for each in judged] == [
        ("I", Result.GOOD),
        ("II", Result.FAULT),
        ("III", Result.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("recorder", "result", "words"),
    [
        (RecorderSettings(critical_alarm=True, other_alarm=False), Result.GOOD, "the critical alarm is on"),
        (RecorderSettings(voltage_faults=(True, True, True)), Result.GOOD, "voltages are watched"),
        (RecorderSettings(critical_alarm=False), Result.UNKNOWN, "switched off: critical alarm"),
        (RecorderSettings(voltage_faults=(True, False, None)), Result.UNKNOWN, "voltage of L2; check"),
        (RecorderSettings(critical_alarm=True, voltage_faults=(True,) * 3), Result.GOOD, "on, and the voltages are"),
        (RecorderSettings(other_alarm=True), Result.UNKNOWN, "does not tell whether these are on: critical alarm"),
        (RecorderSettings(critical_alarm=True, voltage_faults=(True, None, None)), Result.UNKNOWN, "voltage of L2"),
    ],
)
def test_what_watches_the_meter(recorder: RecorderSettings, result: Result, words: str) -> None:
    (only,) = (each for each in judge_settings(REFUSED, recorder) if each.code == "meter.alarms")
    assert only.result is result
    assert words in str(only.text)


def test_what_a_meter_does_not_tell_of_its_alarms_is_not_said_to_be_on() -> None:
    (only,) = (
        each
        for each in judge_settings(REFUSED, RecorderSettings(voltage_faults=(True, True, True)))
        if each.code == "meter.alarms"
    )
    assert str(only.text) == "the voltages are watched"


def test_a_time_that_came_twice_or_late_judges_no_clock() -> None:
    reading = ClockReading(START, START, 700.0, 0.1, repeated=True)
    assert judge_meter_clock(reading).result is Result.UNKNOWN
    late = ClockReading(START, START, 45.0, 60.0)
    judgement = judge_meter_clock(late)
    assert (judgement.result, judgement.figures) == (Result.UNKNOWN, {"difference_s": 45.0})
    assert judge_meter_clock(late._replace(difference=20.0)).result is Result.GOOD
    assert judge_meter_clock(late._replace(difference=90.0)).result is Result.FAULT


def test_a_battery_that_the_recorder_does_not_tell_is_that_of_the_configuration() -> None:
    found = judge_settings(CONFIGURATION._replace(battery=3), RecorderSettings(automatic_summer_time=True))
    assert ("meter.battery", Result.FAULT) in {(each.code, each.result) for each in found}


def test_settings_that_are_not_told_beside_others_are_named() -> None:
    (only,) = (
        each
        for each in judge_settings(REFUSED, RecorderSettings(automatic_summer_time=True))
        if each.code == "meter.settings"
    )
    assert only.result is Result.UNKNOWN
    assert str(only.text).endswith("not judged: battery and integration periods")


def test_closings_of_a_meter_that_tells_no_active_contract_are_not_judged() -> None:
    (only,) = judge_closings({}, START)
    assert (only.code, only.result) == ("meter.closings", Result.UNKNOWN)


def test_a_closing_that_is_still_to_come_is_a_fault() -> None:
    (only,) = judge_closings({1: Closing(1, None, START + timedelta(days=2), ())}, START)
    assert only.result is Result.FAULT
    (near,) = judge_closings({1: Closing(1, None, START + timedelta(hours=2), ())}, START)
    assert near.result is Result.GOOD


def test_a_difference_that_is_hardly_any_has_no_sign() -> None:
    reading = ClockReading(START, START, -0.04, 0.1)
    judgement = judge_meter_clock(reading)
    assert str(judgement.text) == "the clock is right, +0.0 s"
    assert str(judgement.figures["difference_s"]) == "0.0"


def test_settings_are_judged_where_they_are_told() -> None:
    good = judge_settings(CONFIGURATION, RecorderSettings(battery=97, automatic_summer_time=True))
    assert {judgement.result for judgement in good} == {Result.GOOD}
    bad = judge_settings(
        CONFIGURATION._replace(integration_periods=(30, 0, 0)), RecorderSettings(battery=5, automatic_summer_time=False)
    )
    assert {judgement.code for judgement in bad if judgement.result is Result.FAULT} == {
        "meter.battery",
        "meter.summer_time",
        "meter.periods",
    }
    (only,) = judge_settings(REFUSED, REFUSED)
    assert only.result is Result.UNKNOWN


def readings(power: float, gained: int, seconds: int) -> list[Reading]:
    """``gained`` kWh from the first to the last."""
    found = []
    for at in (*range(0, seconds, 60), seconds):
        values = {
            "power.active_total": power,
            "energy.active_imported": 1000 + gained * at // seconds,
            "energy.active_exported": 10,
        }
        signals = {key: SignalValue(BY_KEY[key], value, True) for key, value in values.items()}
        found.append(Reading(START + timedelta(seconds=at), None, 1, 1, signals))
    return found


@pytest.mark.parametrize(
    ("power", "gained", "seconds", "result"),
    [
        (100, 25, 900, Result.GOOD),
        (100, 50, 900, Result.FAULT),
        (100, 0, 900, Result.FAULT),
        (100, 25, 899, Result.UNKNOWN),
        (10, 9, 900, Result.UNKNOWN),
        (-100, -25, 900, Result.GOOD),
    ],
)
def test_counters_against_power(power: float, gained: int, seconds: int, result: Result) -> None:
    assert judge_energy(readings(power, gained, seconds)).result is result


def test_without_readings_nothing_is_said_of_counters() -> None:
    assert judge_energy([]).result is Result.UNKNOWN


def points(*stretches: tuple[int, int, int, float]) -> list[EnergyPoint]:
    """Right counters beside the power: ``first``, ``last`` and ``step`` in seconds, and kW; none between two."""
    found: list[EnergyPoint] = []
    energy = 0.0
    for first, last, step, power in stretches:
        for at in range(first, last + 1, step):
            energy += power * step / 3600 if at > first else 0.0
            found.append(EnergyPoint(at, power, energy))
    return found


def test_power_counts_by_the_time_that_it_lasted() -> None:
    """Read once a second at full power and once a minute at a tenth of it."""
    right = points((0, 300, 1, 1000), (301, 1501, 60, 100))
    judgement = judge_energy_points(right)
    assert judgement.result is Result.GOOD
    assert judgement.figures["expected_kwh"] == pytest.approx(116.8, abs=0.1)
    wrong = [point._replace(energy=3 * point.energy) for point in right]
    assert judge_energy_points(wrong).result is Result.FAULT


def test_of_a_gap_nobody_knows_the_power() -> None:
    gap = points((0, 600, 1, 500), (1200, 1800, 1, 500))
    judgement = judge_energy_points(gap)
    assert judgement.result is Result.UNKNOWN
    assert str(judgement.text).startswith("readings without a gap of 600 s at most")
    assert judge_energy_points([EnergyPoint(0, 100, 0), EnergyPoint(900, 100, 25)]).result is Result.UNKNOWN


def test_behind_a_gap_counters_are_held_against_power_again() -> None:
    gap = points((0, 300, 1, 500), (5000, 5900, 1, 100))
    moved = [point._replace(energy=point.energy + 900 * (point.seconds > 4000)) for point in gap]
    judgement = judge_energy_points(moved)
    assert (judgement.result, judgement.figures["expected_kwh"]) == (Result.GOOD, 25.0)
