"""Judge the meter itself: whether it is the right one, its ratios, its clock, its settings, its counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from iec102.asdu import Identity, TransformerRatios
from iec102.asdu.names import CONTRACT_NAMES
from iec102.asdu.summer_time import Keeping
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.clock_difference import TOLD, ClockKind, ClockVerdict
from iec102.meter.closings import Closing
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings
from iec102.meter.reading import ClockReading, Reading
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import SERIAL, Judgement, Result

LEAST_ENERGY_SECONDS = 900.0
"""Readings must span so long before counters are held against power."""
LONGEST_ENERGY_GAP = 90.0
"""Seconds between two readings beyond which nothing is known of the power between them."""

_DRIFT, _UNSURE = 0.5, 2.0
"""Seconds a day that a good clock drifts at most (REE profile reference, 6.1), and two differences are off together."""
_LONGEST_BILLING = 62.0
"""Days: two months, of which a contract has at least one closing."""
_FUTURE = 1.0
"""Days: a closing that ends later than this is of a clock that was wrong."""
_LOW_BATTERY = 20
"""Per cent of its charge."""
_SAME_RATIO = 0.001
_LEAST_POWER = 20.0
"""kW in the mean: counters tell whole kWh."""
_ENERGY = 0.1
_HOUR = 3600.0
_COUNTED = 2.0
"""kWh by which the difference of two counters is rounded at most."""


def judge_identity(answer: Identity | Absence | KeptBytes, expected: int | None) -> Judgement:
    """Whether the device that answers is the ``expected`` one; None where that is not known."""
    if not isinstance(answer, Identity):
        return judge_number(None, expected)
    return judge_number(answer.device_id, expected)


def judge_number(number: int | None, expected: int | None) -> Judgement:
    """The same by the number of the device that answers; None where it does not tell it."""
    figures = {"serial": number, "expected": expected}
    if number is None:
        return Judgement(SERIAL, "", Result.UNKNOWN, Sentence("verdict.serial_not_told"), figures)
    if expected is None:
        text = Sentence("verdict.serial_unknown", serial=number)
        return Judgement(SERIAL, "", Result.UNKNOWN, text, figures)
    if number == expected:
        text = Sentence("verdict.serial_right", serial=expected)
        return Judgement(SERIAL, "", Result.GOOD, text, figures)
    text = Sentence("verdict.serial_other", serial=number, expected=expected)
    return Judgement(SERIAL, "", Result.FAULT, text, figures)


def judge_address(answer: MeasuringPointParameters | Absence | KeptBytes, link: int, point: int) -> list[Judgement]:
    """Whether the meter has the addresses that it was asked by; nothing where it does not tell them."""
    if not isinstance(answer, MeasuringPointParameters):
        return []
    figures = {"link_address": answer.link_address, "point_address": answer.point_address}
    if (answer.link_address, answer.point_address) == (link, point):
        text = Sentence("verdict.address_same", link=link, point=point)
        return [Judgement("meter.address", "", Result.GOOD, text, figures)]
    text = Sentence(
        "verdict.address_other",
        link=link,
        point=point,
        link_address=answer.link_address,
        point_address=answer.point_address,
    )
    return [Judgement("meter.address", "", Result.FAULT, text, figures)]


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
    if answer.repeated:
        return _unknown("meter.clock", Sentence("verdict.clock_repeated"))
    return judge_clock_verdict(answer.verdict, answer.difference)


def judge_clock_verdict(verdict: ClockVerdict, difference: float | None) -> Judgement:
    """The same from what is known of the clock; ``difference``: seconds that the meter is ahead, None if not known."""
    seconds = None if difference is None else round(difference, 1) + 0.0  # never -0.0
    figures = {"difference_s": seconds}
    if verdict.kind is ClockKind.RIGHT and seconds is not None and abs(seconds) > TOLD:
        text = Sentence("verdict.clock_unsure", seconds=seconds, unsure=verdict.unsure)
        return Judgement("meter.clock", "", Result.UNKNOWN, text, figures)
    if verdict.kind is ClockKind.RIGHT:
        text = Sentence("verdict.clock_right", seconds=seconds)
        if seconds is None:
            text = Sentence("verdict.clock_right_to_the_minute")
        return Judgement("meter.clock", "", Result.GOOD, text, figures)
    return Judgement("meter.clock", "", Result.FAULT, Sentence("verdict.clock_off", words=verdict.words), figures)


def judge_drift(a_day: float | None, days: float) -> Judgement:
    """Seconds a day that the clock gains over so many days since it was set; None where that is not known.

    A difference of a clock is known to about a second, so two of them a day apart to two seconds a day.
    """
    if a_day is None:
        return _unknown("meter.drift", Sentence("verdict.drift_unknown"))
    figures = {"drift_s_a_day": round(a_day, 2) + 0.0, "days": round(days, 1)}
    good = abs(a_day) <= _DRIFT + _UNSURE / days
    text = Sentence("verdict.drift_good" if good else "verdict.drift_off", drift=figures["drift_s_a_day"], days=days)
    return Judgement("meter.drift", "", Result.GOOD if good else Result.FAULT, text, figures)


def judge_summer_bit(keeping: Keeping | None) -> Judgement:
    """What the meter makes of the summer time bit (SU) of its times; None where that does not show."""
    if keeping is None:
        return _unknown("meter.summer_bit", Sentence("verdict.summer_bit_unknown"))
    result = Result.GOOD if keeping is Keeping.KEPT else Result.FAULT
    text = Sentence(_SUMMER_BIT[keeping])
    return Judgement("meter.summer_bit", "", result, text, {"keeping": keeping.value})


_SUMMER_BIT = {
    Keeping.KEPT: "verdict.summer_bit_kept",
    Keeping.IGNORED: "verdict.summer_bit_ignored",
    Keeping.STANDARD: "verdict.summer_bit_standard",
}


def judge_closings(closings: Mapping[int, Closing | None], now: datetime) -> list[Judgement]:
    """Whether each active contract (1 to 3) was closed lately, by its last stored closing; None where it has none."""
    if not closings:
        return [_unknown("meter.closings", Sentence("verdict.closing_no_contract"))]
    found: list[Judgement] = []
    for contract, closing in sorted(closings.items()):
        name = CONTRACT_NAMES.get(contract, str(contract))
        if closing is None or closing.end is None:
            text = Sentence("verdict.closing_none", contract=name)
            found.append(Judgement("meter.closings", name, Result.UNKNOWN, text, {}))
            continue
        days = (now - closing.end) / timedelta(days=1)
        if days < -_FUTURE:
            text = Sentence("verdict.closing_future", contract=name, end=closing.end)
            found.append(Judgement("meter.closings", name, Result.FAULT, text, {"closed_days_ago": round(days, 1)}))
            continue
        late = days > _LONGEST_BILLING
        text = Sentence("verdict.closing_good", contract=name, end=closing.end)
        if late:
            text = Sentence("verdict.closing_late", contract=name, end=closing.end, days=days)
        figures = {"closed_days_ago": round(days, 1)}
        found.append(Judgement("meter.closings", name, Result.FAULT if late else Result.GOOD, text, figures))
    return found


def judge_settings(
    configuration: DeviceConfiguration | Absence | KeptBytes, recorder: RecorderSettings | Absence
) -> list[Judgement]:
    """Battery, summer time, integration periods and alarms, each where the meter tells it."""
    found: list[Judgement] = []
    battery = next(
        (
            part.battery
            for part in (recorder, configuration)
            if isinstance(part, RecorderSettings | DeviceConfiguration) and part.battery is not None
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
            "verdict.periods_good" if wanted else "verdict.periods_odd",
            minutes=listed(tuple(map(str, minutes)) or ("-",)),
        )
        figures = {f"period_{number}_min": period for number, period in enumerate(minutes, start=1)}
        found.append(Judgement("meter.periods", "", Result.GOOD if wanted else Result.FAULT, text, figures))
    if isinstance(recorder, RecorderSettings):
        found += _alarms(recorder)
    if not found:
        return [_unknown("meter.settings", Sentence("verdict.settings_not_told"))]
    judged = {judgement.code for judgement in found}
    if untold := tuple(Sentence(words) for code, words in _SETTINGS.items() if code not in judged):
        found.append(_unknown("meter.settings", Sentence("verdict.settings_untold", what=listed(untold))))
    return found


_SETTINGS = {
    "meter.battery": "verdict.setting_battery",
    "meter.summer_time": "verdict.setting_summer_time",
    "meter.periods": "verdict.setting_periods",
}


def _alarms(recorder: RecorderSettings) -> list[Judgement]:
    """What is switched off may be meant so: it is named, and not judged."""
    told: list[tuple[str, bool | None]] = [("critical", recorder.critical_alarm), ("other", recorder.other_alarm)]
    told += [(f"L{phase}", watched) for phase, watched in enumerate(recorder.voltage_faults or (), 1)]
    known = {name: on for name, on in told if on is not None}
    if not known:
        return []
    off = tuple(Sentence(words) for name, words in _ALARMS.items() if known.get(name) is False)
    on = [name for name in _ALARMS if known.get(name)]
    figures = {f"{name.lower()}_on": int(on) for name, on in known.items()}
    if off:
        text = Sentence("verdict.alarms_off", what=listed(off))
        return [Judgement("meter.alarms", "", Result.UNKNOWN, text, figures)]
    if (code := _ALL_ON.get(tuple(on))) is not None:
        return [Judgement("meter.alarms", "", Result.GOOD, Sentence(code), figures)]
    untold = tuple(Sentence(words) for name, words in _ALARMS.items() if name not in known)
    text = Sentence("verdict.alarms_untold", what=listed(untold))
    return [Judgement("meter.alarms", "", Result.UNKNOWN, text, figures)]


_ALARMS = {
    "critical": "verdict.alarm_critical",
    "L1": "verdict.alarm_l1",
    "L2": "verdict.alarm_l2",
    "L3": "verdict.alarm_l3",
}
_ALL_ON = {
    ("critical",): "verdict.alarms_on",
    ("critical", "L1", "L2", "L3"): "verdict.alarms_watched",
    ("L1", "L2", "L3"): "verdict.alarms_voltages",
}


def judge_energy(readings: Sequence[Reading]) -> Judgement:
    """What the counters have gained against the mean of the power, over a quarter of an hour and more."""
    return judge_energy_points(_points(readings))


class EnergyPoint(NamedTuple):
    """At ``seconds`` of any clock: kW, and kWh imported less those exported."""

    seconds: float
    power: float
    energy: float


def _points(readings: Sequence[Reading]) -> list[EnergyPoint]:
    return [
        EnergyPoint(reading.time.timestamp(), active.value, imported.value - exported.value)
        for reading in readings
        if (active := reading["power.active_total"]).valid
        and (imported := reading["energy.active_imported"]).valid
        and (exported := reading["energy.active_exported"]).valid
        and active.value is not None
        and imported.value is not None
        and exported.value is not None
    ]


def judge_energy_points(points: Sequence[EnergyPoint]) -> Judgement:
    """The same of what is kept of the readings, oldest first: of the longest stretch that has no gap.

    Power is known at the points alone; from one to the next it is taken to change evenly, and over a gap not at all.
    """
    longest = max(_stretches(points), key=_seconds, default=[])
    seconds, span = _seconds(longest), _seconds(points)
    if seconds < LEAST_ENERGY_SECONDS:
        code = "verdict.energy_short" if span < LEAST_ENERGY_SECONDS else "verdict.energy_gaps"
        return _unknown("meter.energy", Sentence(code, seconds=seconds, least=LEAST_ENERGY_SECONDS))
    expected = sum(
        (one.power + other.power) / 2 * (other.seconds - one.seconds) / _HOUR for one, other in pairwise(longest)
    )
    mean = expected / seconds * _HOUR
    counted = longest[-1].energy - longest[0].energy
    figures = {"counted_kwh": counted, "expected_kwh": round(expected, 2), "mean_kw": round(mean, 2)}
    if abs(mean) < _LEAST_POWER:
        return Judgement("meter.energy", "", Result.UNKNOWN, Sentence("verdict.energy_light", mean=mean), figures)
    fits = abs(counted - expected) <= _COUNTED + _ENERGY * abs(expected)
    text = Sentence("verdict.energy_good" if fits else "verdict.energy_off", counted=counted, expected=expected)
    return Judgement("meter.energy", "", Result.GOOD if fits else Result.FAULT, text, figures)


def _stretches(points: Sequence[EnergyPoint]) -> list[list[EnergyPoint]]:
    """The points between two gaps."""
    found: list[list[EnergyPoint]] = []
    for point in points:
        if not found or point.seconds - found[-1][-1].seconds > LONGEST_ENERGY_GAP:
            found.append([])
        found[-1].append(point)
    return found


def _seconds(points: Sequence[EnergyPoint]) -> float:
    return points[-1].seconds - points[0].seconds if points else 0.0


def _unknown(code: str, text: Sentence) -> Judgement:
    return Judgement(code, "", Result.UNKNOWN, text, {})
