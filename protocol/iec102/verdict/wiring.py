"""Judge the wiring of a meter from its 24 signals (REE profile reference, 12).

The problem: a current transformer that is turned round, or two that are exchanged, give values that look like any
others; only beside each other they do not fit. A site with solar panels, or one with hardly any load, must never be
accused.

The rule: of each phase P and Q are one vector, and its angle is that between voltage and current. In a right wiring
the three angles are nearly equal, whatever the load. A fault turns single ones by an angle that no load does:

- one reversed: that phase by 180 degrees;
- two exchanged: one of them by +120, the other by -120 degrees. The third one is normal; since the three angles lie
  evenly round the circle, it is known only as the one that looks like a load;
- all three rotated, or all reversed: all by the same angle. That cannot be told from generation, and is not claimed.

So angles are compared with each other: solar panels turn P of a phase round and leave Q as it is, which is none of
these turns. Where there is next to no Q, a reversed transformer and generation look alike, and neither is claimed. What
is too small against its rounding (P and Q are whole kW and kVAr, currents tenths of an ampere) is not judged, and a
fault must show in nearly all readings, not only in their mean. Phase sequence, and voltages exchanged together with
their currents, leave no trace in the values at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

from iec102.meter.reading import Reading
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import Judgement, Result

LEAST_SECONDS = 30.0
"""Shorter than this nothing is judged."""

LEAST_READINGS = 4
"""Fewer say nothing of how the load changes, however far apart they are."""

PHASES = ("L1", "L2", "L3")

_LEAST_LOAD = 0.05
"""Of the rated current: below, a phase is not judged."""
_LEAST_KVA = 3.0
"""Of a phase, for the same."""
_LEAST_KVA_RATIO = 10.0
"""Of all phases, for the ratios."""
_SAME, _TURNED, _EXCHANGED = 40.0, 35.0, 25.0
"""Degrees by which angles may differ from equal, from 180 and from 120."""
_NEARLY_ALL = 0.9
"""Of the readings: in so many a fault must show."""
_LEAST_KVAR = 1.5
"""Of a phase: with less Q a phase that is turned round may be one that generates."""
_A_LOAD = 15.0
"""Degrees: the angle of an ordinary load."""
_SUM = 3.0
"""kW by which the phases may differ from the total: each is rounded."""
_RATIO_SHORT, _RATIO_OVER = 0.15, 0.05
"""By which P and Q may fall short of V times I, and exceed it: harmonics are in V times I alone."""
_NO_CURRENT = 0.05
"""Amperes, secondary: half of what a current is told in."""
_HALF_KVA = 0.71
"""P and Q are whole."""
_RATED = 5.0


class Phase(NamedTuple):
    """One phase in one reading or in the mean of many: kW and kVAr with sign, secondary volts and amperes."""

    active: float
    reactive: float
    voltage: float
    current: float

    @property
    def apparent(self) -> float:
        """kVA of P and Q."""
        return math.hypot(self.active, self.reactive)

    @property
    def angle(self) -> float:
        """Degrees between voltage and current, -180 to 180."""
        return math.degrees(math.atan2(self.reactive, self.active))


class Sample(NamedTuple):
    """What a reading says of the wiring; ``active`` is the total, kW."""

    active: float
    phases: tuple[Phase, Phase, Phase]


def sample_of(reading: Reading) -> Sample | None:
    """None where a value of it is missing or not valid."""
    keys = [f"power.active_{name}" for name in ("total", "l1", "l2", "l3")]
    keys += [f"{what}_l{phase}" for what in ("power.reactive", "vi.voltage", "vi.current") for phase in (1, 2, 3)]
    found = [reading[key] for key in keys]
    if not all(value.valid and value.value is not None for value in found):
        return None
    total, *numbers = [float(value.value or 0) for value in found]
    active, reactive, voltage, current = (numbers[at : at + 3] for at in (0, 3, 6, 9))
    l1, l2, l3 = map(Phase, active, reactive, voltage, current)
    return Sample(total, (l1, l2, l3))


def judge_wiring(readings: Iterable[Reading], ratio: float | None, *, rated_current: float = _RATED) -> list[Judgement]:
    """What the readings of at least LEAST_SECONDS say, most serious first of its kind.

    ``ratio``: of voltage and current transformers together, None where it is not known; ``rated_current``: secondary,
    in amperes.
    """
    usable = [(reading.time, sample) for reading in readings if (sample := sample_of(reading)) is not None]
    samples = [sample for _time, sample in usable]
    seconds = (usable[-1][0] - usable[0][0]).total_seconds() if usable else 0.0
    if len(samples) < LEAST_READINGS or seconds < LEAST_SECONDS:
        text = Sentence(
            "verdict.too_short", seconds=seconds, least=LEAST_SECONDS, readings=len(samples), fewest=LEAST_READINGS
        )
        figures = {"seconds": round(seconds, 1), "readings": len(samples)}
        return [Judgement("wiring", "", Result.UNKNOWN, text, figures)]
    return [*_phases(samples, rated_current), _sum(samples), *_ratios(samples, ratio, rated_current)]


def _phases(samples: Sequence[Sample], rated: float) -> list[Judgement]:
    """Voltages, currents and the angles between them."""
    means = _mean(samples).phases
    dead = [at for at in range(3) if _in_nearly_all(samples, partial(_is_dead, at=at))]
    if dead:
        return [_voltage_missing(means, at) for at in dead]
    light = [at for at in range(3) if not _is_loaded(means[at], rated)]
    if len(light) == 1 and _is_open(samples, light[0]):
        return [_open(means, light[0])]
    if light:
        return [_light(means[at], PHASES[at]) for at in light]
    for at in range(3):
        if _in_nearly_all(samples, partial(_is_reversed, at=at)):
            return [_reversed(means, at)]
    for pair in combinations(range(3), 2):
        if _in_nearly_all(samples, partial(_are_exchanged, pair=pair)):
            return [_exchanged(means, pair)]
    if not _agree([phase.angle for phase in means]):
        return [Judgement("wiring.phases", "", Result.UNKNOWN, Sentence("verdict.uneven"), _all_figures(means))]
    if all(phase.active < 0 for phase in means):
        return [Judgement("wiring.phases", "", Result.UNKNOWN, Sentence("verdict.exporting"), _all_figures(means))]
    return [Judgement("wiring.phases", "", Result.GOOD, Sentence("verdict.phases_good"), _all_figures(means))]


def _is_dead(phases: Sequence[Phase], at: int) -> bool:
    others = [phase.voltage for place, phase in enumerate(phases) if place != at]
    return phases[at].voltage < sum(others) / len(others) / 2


def _is_loaded(phase: Phase, rated: float) -> bool:
    return phase.current >= _LEAST_LOAD * rated and phase.apparent >= _LEAST_KVA


def _is_open(samples: Sequence[Sample], at: int) -> bool:
    """Neither current nor power, not even a little and not once."""
    phases = [sample.phases[at] for sample in samples]
    return all(phase.current < _NO_CURRENT and phase.apparent < _HALF_KVA for phase in phases)


def _is_reversed(phases: Sequence[Phase], at: int) -> bool:
    """Its vector is turned round, and those of the other two go together."""
    one, other = (phase.angle for place, phase in enumerate(phases) if place != at)
    return _off(one, other) <= _SAME and _off(phases[at].angle, _middle(one, other) + 180) <= _TURNED


def _are_exchanged(phases: Sequence[Phase], pair: tuple[int, int]) -> bool:
    """They are turned by 120 degrees, each in its direction, as the third sees it, which looks most like a load."""
    at = 3 - sum(pair)
    third = phases[at].angle
    first, second = (phases[place].angle for place in pair)
    return _off(third, _A_LOAD) == min(_off(phase.angle, _A_LOAD) for phase in phases) and any(
        _off(first, third + turn) <= _EXCHANGED and _off(second, third - turn) <= _EXCHANGED for turn in (120, -120)
    )


def _in_nearly_all(samples: Sequence[Sample], shows: Callable[[Sequence[Phase]], bool]) -> bool:
    """In the mean, and in nearly all readings by themselves."""
    count = sum(shows(sample.phases) for sample in samples)
    return shows(_mean(samples).phases) and count >= _NEARLY_ALL * len(samples)


def _sum(samples: Sequence[Sample]) -> Judgement:
    mean = _mean(samples)
    total = sum(phase.active for phase in mean.phases)
    figures = {"total_kw": _round(mean.active), "phases_kw": _round(total)}
    if abs(total - mean.active) > _SUM:
        text = Sentence("verdict.sum_off", total=mean.active, phases=total)
        return Judgement("wiring.sum", "", Result.FAULT, text, figures)
    text = Sentence("verdict.sum_good", total=mean.active, phases=total)
    return Judgement("wiring.sum", "", Result.GOOD, text, figures)


def _ratios(samples: Sequence[Sample], ratio: float | None, rated: float) -> list[Judgement]:
    """P and Q against V times I times the ratio, in total and of each phase that can be judged."""
    if ratio is None:
        return [Judgement("wiring.ratio", "", Result.UNKNOWN, Sentence("verdict.no_ratio"), {})]
    means = [_Apparent.of(samples, at, ratio) for at in range(3)]
    whole = _Apparent(*(sum(parts) for parts in zip(*means, strict=True)))
    figures = {"apparent_kva": _round(whole.told), "expected_kva": _round(whole.expected), "ratio": _round(ratio)}
    loaded = [at for at, phase in enumerate(_mean(samples).phases) if phase.current >= _LEAST_LOAD * rated]
    if max(whole[:2]) < _LEAST_KVA_RATIO or not loaded:
        text = Sentence("verdict.light_ratio", apparent=whole.told)
        return [Judgement("wiring.ratio", "", Result.UNKNOWN, text, figures)]
    off = [at for at in loaded if means[at].differs]
    if off and len(off) < len(loaded) and not _alike([means[at] for at in loaded]):
        return [_phase_ratio(PHASES[at], means[at]) for at in off]
    if off or whole.differs:
        factor = whole.told / whole.expected if whole.expected else math.inf
        text = Sentence("verdict.ratio_off", apparent=whole.told, expected=whole.expected, factor=factor)
        return [Judgement("wiring.ratio", "", Result.FAULT, text, {**figures, "factor": _round(factor)})]
    text = Sentence("verdict.ratio_good", apparent=whole.told, expected=whole.expected)
    return [Judgement("wiring.ratio", "", Result.GOOD, text, figures)]


class _Apparent(NamedTuple):
    """kVA as P and Q tell them, and as V, I and the ratio do; ``rounding``: what they may differ by for that alone."""

    told: float
    expected: float
    rounding: float

    @classmethod
    def of(cls, samples: Sequence[Sample], at: int, ratio: float) -> _Apparent:
        """The mean of a phase."""
        phases = [sample.phases[at] for sample in samples]
        count = len(phases)
        told = sum(phase.apparent for phase in phases) / count
        expected = sum(phase.voltage * phase.current for phase in phases) * ratio / 1000 / count
        return cls(told, expected, max(phase.voltage for phase in phases) * _NO_CURRENT * ratio / 1000 + _HALF_KVA)

    @property
    def differs(self) -> bool:
        """By more than harmonics and rounding explain."""
        over = self.told - self.expected
        return (
            over > _RATIO_OVER * self.expected + self.rounding or -over > _RATIO_SHORT * self.expected + self.rounding
        )


def _alike(phases: Sequence[_Apparent]) -> bool:
    """They are off by the same factor, if they are."""
    factors = [phase.told / phase.expected for phase in phases if phase.expected]
    return max(factors) * (1 - _RATIO_SHORT) < min(factors)


def _phase_ratio(name: str, phase: _Apparent) -> Judgement:
    figures = {"apparent_kva": _round(phase.told), "expected_kva": _round(phase.expected)}
    text = Sentence("verdict.ratio_phase", phase=name, apparent=phase.told, expected=phase.expected)
    return Judgement("wiring.ratio", name, Result.FAULT, text, figures)


def _mean(samples: Sequence[Sample]) -> Sample:
    """Of each value by itself."""
    count = len(samples)
    l1, l2, l3 = (
        Phase(*(sum(parts) / count for parts in zip(*(sample.phases[at] for sample in samples), strict=True)))
        for at in range(3)
    )
    return Sample(sum(sample.active for sample in samples) / count, (l1, l2, l3))


def _off(one: float, other: float) -> float:
    """Degrees between two directions, 0 to 180."""
    return abs((one - other + 180) % 360 - 180)


def _middle(one: float, other: float) -> float:
    return one + ((other - one + 180) % 360 - 180) / 2


def _agree(angles: Sequence[float]) -> bool:
    return all(_off(one, other) <= 2 * _SAME for one, other in combinations(angles, 2))


def _light(phase: Phase, name: str) -> Judgement:
    text = Sentence("verdict.light", phase=name, current=phase.current, active=phase.active)
    return Judgement("wiring.phases", name, Result.UNKNOWN, text, _figures(phase))


def _voltage_missing(means: Sequence[Phase], at: int) -> Judgement:
    phase, name = means[at], PHASES[at]
    text = Sentence("verdict.voltage_missing", phase=name, voltage=phase.voltage)
    if phase.current < _NO_CURRENT:
        text = Sentence("verdict.phase_missing", phase=name, voltage=phase.voltage)
    return _fault("wiring.voltage_missing", name, text, means)


def _open(means: Sequence[Phase], at: int) -> Judgement:
    return _fault("wiring.ct_open", PHASES[at], Sentence("verdict.ct_open", phase=PHASES[at]), means)


def _reversed(means: Sequence[Phase], at: int) -> Judgement:
    """Claimed where Q is turned round too: generation leaves it as it is."""
    others = sum(phase.reactive for place, phase in enumerate(means) if place != at)
    name = PHASES[at]
    if means[at].reactive * others < 0 and min(abs(means[at].reactive), abs(others) / 2) >= _LEAST_KVAR:
        return _fault("wiring.ct_reversed", name, Sentence("verdict.ct_reversed", phase=name), means)
    text = Sentence("verdict.ct_reversed_perhaps", phase=name)
    return Judgement("wiring.ct_reversed", name, Result.UNKNOWN, text, _all_figures(means))


def _exchanged(means: Sequence[Phase], pair: tuple[int, int]) -> Judgement:
    names = tuple(PHASES[at] for at in pair)
    return _fault("wiring.ct_swapped", " ".join(names), Sentence("verdict.ct_swapped", phases=listed(names)), means)


def _fault(code: str, subject: str, text: Sentence, means: Sequence[Phase]) -> Judgement:
    return Judgement(code, subject, Result.FAULT, text, _all_figures(means))


def _figures(phase: Phase) -> dict[str, float]:
    return {
        "active_kw": _round(phase.active),
        "reactive_kvar": _round(phase.reactive),
        "voltage_v": _round(phase.voltage),
        "current_a": _round(phase.current),
    }


def _all_figures(means: Sequence[Phase]) -> dict[str, float]:
    return {
        f"{name.lower()}_{figure}": value
        for name, phase in zip(PHASES, means, strict=True)
        for figure, value in _figures(phase).items()
    }


def _round(value: float) -> float:
    return value if math.isinf(value) else round(value, 2)
