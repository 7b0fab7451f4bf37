"""Judge the meter itself: whether it is the right one, its ratios, its clock, its settings, its counters."""

from __future__ import annotations

from collections.abc import Sequence

from iec102.asdu import Identity, TransformerRatios
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.clock_difference import ClockKind, ClockVerdict
from iec102.meter.device import DeviceConfiguration, RecorderSettings
from iec102.meter.reading import ClockReading, Reading
from iec102.sentence import Sentence
from iec102.verdict.judgement import Judgement, Result

LEAST_ENERGY_SECONDS = 900.0
"""Readings must span so long before counters are held against power."""

_LOW_BATTERY = 20
"""Per cent of its charge."""
_SAME_RATIO = 0.001
_LEAST_POWER = 20.0
"""kW in the mean: counters tell whole kWh."""
_ENERGY = 0.1
_COUNTED = 2.0
"""kWh by which the difference of two counters is rounded at most."""


def judge_identity(answer: Identity | Absence | KeptBytes, expected: int | None) -> Judgement:
    """Whether the device that answers is the ``expected`` one; None where that is not known."""
    if not isinstance(answer, Identity):
        return judge_number(None, expected)
    return judge_number(answer.device_id, expected)


def judge_number(number: int | None, expected: int | None) -> Judgement:
    """The same by the number of the device that answers; None where it does not tell it."""
    if number is None:
        return _unknown("meter.serial", Sentence("verdict.serial_not_told"))
    figures = {"serial": number, "expected": expected}
    if expected is None:
        text = Sentence("verdict.serial_unknown", serial=number)
        return Judgement("meter.serial", "", Result.UNKNOWN, text, figures)
    if number == expected:
        text = Sentence("verdict.serial_right", serial=expected)
        return Judgement("meter.serial", "", Result.GOOD, text, figures)
    text = Sentence("verdict.serial_other", serial=number, expected=expected)
    return Judgement("meter.serial", "", Result.FAULT, text, figures)


def factor_of(ratios: TransformerRatios) -> float:
    """What secondary volts times secondary amperes are multiplied with."""
    voltage = ratios.primary_voltage / ratios.secondary_voltage
    return voltage * ratios.primary_current / ratios.secondary_current


def judge_ratios(told: TransformerRatios | None, factor: float | None) -> Judgement:
    """What the meter has set (142, 157) against the factor of the profile."""
    if told is None:
        return _unknown("meter.ratio", Sentence("verdict.ratio_not_told"))
    own = factor_of(told)
    figures = {"meter": round(own, 3), "profile": None if factor is None else round(factor, 3)}
    if factor is None:
        return Judgement("meter.ratio", "", Result.UNKNOWN, Sentence("verdict.ratio_no_profile", meter=own), figures)
    if abs(own - factor) <= _SAME_RATIO * factor:
        return Judgement("meter.ratio", "", Result.GOOD, Sentence("verdict.ratio_same", meter=own), figures)
    text = Sentence("verdict.ratio_other", meter=own, profile=factor)
    return Judgement("meter.ratio", "", Result.FAULT, text, figures)


def judge_meter_clock(answer: ClockReading | Absence) -> Judgement:
    """Over 30 s off, or in another time zone, is a fault (reference, 6.1)."""
    if isinstance(answer, Absence):
        return _unknown("meter.clock", Sentence("verdict.clock_not_told"))
    return judge_clock_verdict(answer.verdict, answer.difference)


def judge_clock_verdict(verdict: ClockVerdict, difference: float | None) -> Judgement:
    """The same from what is known of the clock; ``difference``: seconds that the meter is ahead, None if not known."""
    figures = {"difference_s": None if difference is None else round(difference, 1)}
    if verdict.kind is ClockKind.RIGHT:
        text = Sentence("verdict.clock_right", seconds=difference)
        if difference is None:
            text = Sentence("verdict.clock_right_to_the_minute")
        return Judgement("meter.clock", "", Result.GOOD, text, figures)
    return Judgement("meter.clock", "", Result.FAULT, Sentence("verdict.clock_off", words=verdict.words), figures)


def judge_settings(
    configuration: DeviceConfiguration | Absence | KeptBytes, recorder: RecorderSettings | Absence
) -> list[Judgement]:
    """Battery, summer time, integration periods and contracts, each where the meter tells it."""
    found: list[Judgement] = []
    battery = next(
        (
            part.battery
            for part in (recorder, configuration)
            if isinstance(part, RecorderSettings | DeviceConfiguration)
        ),
        None,
    )
    if battery is not None:
        low = battery < _LOW_BATTERY
        text = Sentence("verdict.battery_low" if low else "verdict.battery_good", battery=battery)
        found.append(
            Judgement("meter.battery", "", Result.FAULT if low else Result.GOOD, text, {"battery_percent": battery})
        )
    if isinstance(recorder, RecorderSettings) and recorder.automatic_summer_time is not None:
        automatic = recorder.automatic_summer_time
        text = Sentence("verdict.summer_time_on" if automatic else "verdict.summer_time_off")
        result = Result.GOOD if automatic else Result.FAULT
        found.append(Judgement("meter.summer_time", "", result, text, {"automatic": int(automatic)}))
    if isinstance(configuration, DeviceConfiguration):
        minutes = [period for period in configuration.integration_periods if period]
        wanted = 60 in minutes or 15 in minutes
        text = Sentence(
            "verdict.periods_good" if wanted else "verdict.periods_odd", minutes=", ".join(map(str, minutes)) or "-"
        )
        figures = {f"period_{number}_min": period for number, period in enumerate(minutes, start=1)}
        found.append(Judgement("meter.periods", "", Result.GOOD if wanted else Result.FAULT, text, figures))
    return found or [_unknown("meter.settings", Sentence("verdict.settings_not_told"))]


def judge_energy(readings: Sequence[Reading]) -> Judgement:
    """What the counters have gained against the mean of the power, over a quarter of an hour and more."""
    usable = [
        (reading.time, active.value, imported.value - exported.value)
        for reading in readings
        if (active := reading["power.active_total"]).valid
        and (imported := reading["energy.active_imported"]).valid
        and (exported := reading["energy.active_exported"]).valid
        and active.value is not None
        and imported.value is not None
        and exported.value is not None
    ]
    seconds = (usable[-1][0] - usable[0][0]).total_seconds() if usable else 0.0
    if seconds < LEAST_ENERGY_SECONDS:
        return _unknown("meter.energy", Sentence("verdict.energy_short", seconds=seconds, least=LEAST_ENERGY_SECONDS))
    mean = sum(power for _time, power, _energy in usable) / len(usable)
    counted = usable[-1][2] - usable[0][2]
    expected = mean * seconds / 3600
    figures = {"counted_kwh": counted, "expected_kwh": round(expected, 2), "mean_kw": round(mean, 2)}
    if abs(mean) < _LEAST_POWER:
        return Judgement("meter.energy", "", Result.UNKNOWN, Sentence("verdict.energy_light", mean=mean), figures)
    fits = abs(counted - expected) <= _COUNTED + _ENERGY * abs(expected)
    text = Sentence("verdict.energy_good" if fits else "verdict.energy_off", counted=counted, expected=expected)
    return Judgement("meter.energy", "", Result.GOOD if fits else Result.FAULT, text, figures)


def _unknown(code: str, text: Sentence) -> Judgement:
    return Judgement(code, "", Result.UNKNOWN, text, {})
