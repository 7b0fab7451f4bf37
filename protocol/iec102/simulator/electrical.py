"""The site behind the simulated meter: powers, voltages, currents and energies as pure functions of time.

A site on 230/400 V, of a few hundred kW or less. A day is a row of segments, each in one quadrant; the shapes of the
active power and of the quick fluctuations have closed integrals, and so have the factors that make one day busier
than another: the energies are the exact integral of the powers at any time, without a table of the past. Day and
hour are standard time (UTC+1): a change of the clock does not move the load. A wrong wiring mixes the phases; that is
linear, and the direction of what is measured stays the same through a segment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from iec102.simulator.site_kinds import SiteKind, plan_of
from iec102.simulator.week import Kind, Segment
from iec102.simulator.wiring import Wiring

COMMISSIONED = datetime(1999, 12, 31, 23, tzinfo=UTC)
"""The registers stood at zero: 2000-01-01 00:00 standard time, the first instant that a time tag can tell."""

_EPOCH = COMMISSIONED.timestamp()

_DAY = 86_400.0
_HOUR = 3_600.0
_SECONDS = 3_600.0  # kW times seconds to kWh

# Amplitude in kW and period in seconds; each period divides an hour, so that whole hours integrate to zero.
_FLUCTUATIONS = ((6.0, 3600.0), (4.0, 720.0), (3.0, 150.0), (2.5, 24.0))
_REACTIVE_FLUCTUATIONS = ((2.0, 1800.0), (1.0, 90.0), (0.8, 20.0))

_NOMINAL_VOLTAGE = 230.0

_WEIGHTS = {Kind.WORK: 1.0, Kind.SATURDAY: 0.75, Kind.REST: 1.0}
_MEAN_FACTOR, _FACTOR_SPREAD = 0.975, 0.175

Energies = tuple[float, float, float, float, float, float]
"""A+, A-, Q1, Q2, Q3, Q4, in kWh and kVArh."""
_REGISTERS = 6
_Q1, _Q2, _Q3, _Q4 = range(2, 6)
_Parts = Sequence[tuple[float, float]]


class Phase(NamedTuple):
    """One phase as it is measured, primary side: kW and kVAr with sign, volts to neutral, amperes."""

    active: float
    reactive: float
    voltage: float
    current: float

    @property
    def factor(self) -> float:
        return power_factor(self.active, self.reactive)


def power_factor(active: float, reactive: float) -> float:
    """0 to 1, without a sign; 1 where there is no power."""
    apparent = math.hypot(active, reactive)
    return abs(active) / apparent if apparent else 1.0


class Mix(NamedTuple):
    """What is measured in total of the size of active and reactive power: kW and kVAr from each."""

    active: tuple[float, float]
    reactive: tuple[float, float]

    def of(self, active: float, reactive: float) -> tuple[float, float]:
        """Active and reactive power, or energy, with signs."""
        return (
            self.active[0] * active + self.active[1] * reactive,
            self.reactive[0] * active + self.reactive[1] * reactive,
        )


class Day(NamedTuple):
    """One day: how busy it is, and its segments with what is measured in each and the registers at its start."""

    factor: float
    segments: Sequence[tuple[Segment, Mix, Sequence[float]]]


class Site:
    """All of it follows from ``seed``, the kind, the wiring and the time (a POSIX timestamp in seconds)."""

    def __init__(self, seed: int = 1, kind: SiteKind = SiteKind.BUILT_IN, wiring: Wiring | None = None) -> None:
        self.seed = seed
        wiring = wiring or Wiring()
        self._key = seed, kind, wiring.fault, wiring.phases
        self._plan = plan_of(kind, seed)
        self._inputs = wiring.inputs
        self._is_right = wiring.measures_right
        # Reactive power swings by itself only where nothing is mixed: else its swings could turn the direction.
        self._swings_apart = kind is SiteKind.BUILT_IN and self._is_right
        self._phase_angles = tuple(2 * math.pi * self._random(f"angle {n}") for n in range(16))
        self._mixes = {segment: self._mix(segment) for day in self._plan.days.values() for segment in day}
        self._whole_days = {kind: self._day_energies(segments) for kind, segments in self._plan.days.items()}
        # A load profile asks for the times of one day one after the other.
        self._day = lru_cache(maxsize=4)(self._make_day)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Site) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def phases(self, time: float) -> tuple[Phase, Phase, Phase]:
        """The three phases at one instant, as the wiring lets the meter see them."""
        segment, active, reactive = self._sizes(time)
        active_shares, reactive_shares = self._plan.signed(segment)
        true = [
            complex(active * share, reactive * reactive_share)
            for share, reactive_share in zip(active_shares, reactive_shares, strict=True)
        ]
        voltages = [self._voltage(time, at, power.real) for at, power in enumerate(true)]
        currents = [abs(power) * 1000 / voltage for power, voltage in zip(true, voltages, strict=True)]
        found: list[Phase] = []
        for voltage, (source, _turn, has_voltage, has_current), weight in zip(
            voltages, self._inputs, (each.weight for each in self._inputs), strict=True
        ):
            seen = true[source] * weight
            current = currents[source] if has_current else 0.0
            found.append(Phase(seen.real, seen.imag, voltage if has_voltage else 0.0, current))
        return found[0], found[1], found[2]

    def powers(self, time: float) -> tuple[float, float]:
        """Active power in kW (negative: exported) and reactive power in kVAr (negative: Q3, Q4), as measured."""
        segment, active, reactive = self._sizes(time)
        return self._mixes[segment].of(active, reactive)

    def energies(self, time: float) -> Energies:
        """The registers: the integral of the powers since COMMISSIONED."""
        number, hour = _day_and_hour(time)
        day = self._day(number)
        segment, mix, before = next(part for part in day.segments if hour < part[0].end)
        totals = list(before)
        if hour > segment.start:
            active = day.factor * self._plan.scale * segment.energy(hour)
            reactive = active * segment.tangent
            if segment.fluctuates:
                swung = self._plan.scale * self._fluctuated(_FLUCTUATIONS, time)
                active += swung
                reactive += self._follow(segment, swung, self._fluctuated, time)
            _count(totals, mix, active, reactive)
        return _energies(totals)

    def _sizes(self, time: float) -> tuple[Segment, float, float]:
        """The segment, and the sizes of active and reactive power that its phases share."""
        number, hour = _day_and_hour(time)
        day = self._day(number)
        segment = next(part for part, _mix, _before in day.segments if hour < part.end)
        active = day.factor * self._plan.scale * segment.power(hour)
        reactive = active * segment.tangent
        if segment.fluctuates:
            swing = self._plan.scale * self._fluctuation(_FLUCTUATIONS, time)
            active += swing
            reactive += self._follow(segment, swing, self._fluctuation, time)
        return segment, active, reactive

    def _follow(self, segment: Segment, swing: float, of: Callable[[_Parts, float], float], time: float) -> float:
        """How reactive power swings while active power does."""
        return of(_REACTIVE_FLUCTUATIONS, time) if self._swings_apart else segment.tangent * swing

    def _mix(self, segment: Segment) -> Mix:
        active, reactive = self._plan.signed(segment)
        if self._is_right and self._plan.generating is None:
            return Mix((math.copysign(1.0, active[0]), 0.0), (0.0, math.copysign(1.0, reactive[0])))
        of_active = sum(active[each.source] * each.weight for each in self._inputs)
        of_reactive = sum(1j * reactive[each.source] * each.weight for each in self._inputs)
        return Mix((of_active.real, of_reactive.real), (of_active.imag, of_reactive.imag))

    # Days

    def _make_day(self, number: int) -> Day:
        kind = Kind.of(number)
        factor, segments = self._factor(kind, kind.before(number)), self._plan.days[kind]
        begins = self._begins(segments, factor, self._before(number))
        return Day(factor, [(each, self._mixes[each], before) for each, before in zip(segments, begins, strict=False)])

    def _factor(self, kind: Kind, number: int) -> float:
        """How busy a day is: 0.8 to 1.15 times its kind."""
        return _WEIGHTS[kind] * (_MEAN_FACTOR + self._swing(kind, number + 1) - self._swing(kind, number))

    def _factors(self, kind: Kind, count: int) -> float:
        """The sum of the first ``count`` factors of a kind: all swings but the outer two cancel."""
        return _WEIGHTS[kind] * (_MEAN_FACTOR * count + self._swing(kind, count) - self._swing(kind, 0))

    def _swing(self, kind: Kind, number: int) -> float:
        return _FACTOR_SPREAD * self._random(f"{kind.name} {number}")

    def _before(self, day: int) -> Energies:
        totals = [0.0] * _REGISTERS
        for kind in Kind:
            factors = self._factors(kind, kind.before(day)) - self._factors(kind, kind.before(0))
            for register, energy in enumerate(self._whole_days[kind]):
                totals[register] += factors * energy
        return _energies(totals)

    def _day_energies(self, segments: Sequence[Segment]) -> Energies:
        """What a whole day adds to the registers, before its factor."""
        *_begins, end = self._begins(segments, 1.0, [0.0] * _REGISTERS)
        return _energies(end)

    def _begins(self, segments: Sequence[Segment], factor: float, before: Sequence[float]) -> Iterator[list[float]]:
        """The registers at the start of each segment of a day, and at its end."""
        totals = [*before]
        for segment in segments:
            yield [*totals]
            active = factor * self._plan.scale * segment.energy(float(segment.end))
            _count(totals, self._mixes[segment], active, active * segment.tangent)
        yield totals

    # Fluctuations

    def _fluctuation(self, parts: _Parts, time: float) -> float:
        return sum(
            amplitude * math.sin(2 * math.pi * (time % period) / period + angle)
            for (amplitude, period), angle in zip(parts, self._phase_angles, strict=False)
        )

    def _fluctuated(self, parts: _Parts, time: float) -> float:
        """The integral since the last full hour, in kWh; full hours integrate to zero."""
        if not time % _HOUR:
            return 0.0
        integral = 0.0
        for (amplitude, period), angle in zip(parts, self._phase_angles, strict=False):
            since = math.cos(angle) - math.cos(2 * math.pi * (time % period) / period + angle)
            integral += amplitude * period / (2 * math.pi) * since
        return integral / _SECONDS

    def _voltage(self, time: float, phase: int, active: float) -> float:
        """Drifts slowly and quickly, falls under load and rises with export."""
        slow, quick = self._phase_angles[4 + phase], self._phase_angles[8 + phase]
        drift = 2.2 * math.sin(2 * math.pi * time / 5400.0 + slow) + 0.6 * math.sin(2 * math.pi * time / 19.0 + quick)
        return _NOMINAL_VOLTAGE + drift - 0.02 * active

    def _random(self, name: str) -> float:
        """0 to 1, the same for the same seed and name."""
        return crc32(f"{self.seed} {name}".encode()) / 0x1_0000_0000


def _day_and_hour(time: float) -> tuple[int, float]:
    """Days since COMMISSIONED, and the hour of the day with its fraction."""
    day, seconds = divmod(time - _EPOCH, _DAY)
    return int(day), seconds / _HOUR


def _count(totals: list[float], mix: Mix, active: float, reactive: float) -> None:
    """Adds to the registers of the direction in which they were measured."""
    seen_active, seen_reactive = mix.of(active, reactive)
    totals[0 if seen_active >= 0 else 1] += abs(seen_active)
    first, other = (_Q1, _Q2) if seen_reactive >= 0 else (_Q4, _Q3)
    totals[first if seen_active >= 0 else other] += abs(seen_reactive)


def _energies(totals: Sequence[float]) -> Energies:
    active_in, active_out, q1, q2, q3, q4 = totals
    return active_in, active_out, q1, q2, q3, q4
