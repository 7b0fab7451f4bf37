"""The site behind the simulated meter: powers, voltages, currents and energies as pure functions of time.

A site of a few hundred kW on 230/400 V. A day is a row of segments, each in one quadrant; the shapes of the
active power and of the quick fluctuations have closed integrals, and so have the factors that make one day busier
than another: the energies are the exact integral of the powers at any time, without a table of the past. Day and
hour are standard time (UTC+1): a change of the clock does not move the load.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from iec102.simulator.week import Kind, Segment

COMMISSIONED = datetime(1999, 12, 31, 23, tzinfo=UTC)
"""The registers stood at zero: 2000-01-01 00:00 standard time, the first instant that a time tag can tell."""

_EPOCH = COMMISSIONED.timestamp()

_DAY = 86_400.0
_HOUR = 3_600.0
_SECONDS = 3_600.0  # kW times seconds to kWh

# Amplitude in kW and period in seconds; each period divides an hour, so that whole hours integrate to zero.
_FLUCTUATIONS = ((6.0, 3600.0), (4.0, 720.0), (3.0, 150.0), (2.5, 24.0))
_REACTIVE_FLUCTUATIONS = ((2.0, 1800.0), (1.0, 90.0), (0.8, 20.0))

_ACTIVE_SHARES = (0.345, 0.325, 0.330)
_REACTIVE_SHARES = (0.358, 0.315, 0.327)
_NOMINAL_VOLTAGE = 230.0

_WEIGHTS = {Kind.WORK: 1.0, Kind.SATURDAY: 0.75, Kind.REST: 1.0}
_MEAN_FACTOR, _FACTOR_SPREAD = 0.975, 0.175

Energies = tuple[float, float, float, float, float, float]
"""A+, A-, Q1, Q2, Q3, Q4, in kWh and kVArh."""
_REGISTERS = 6


class Phase(NamedTuple):
    """One phase, primary side: kW and kVAr with sign, volts to neutral, amperes."""

    active: float
    reactive: float
    voltage: float

    @property
    def current(self) -> float:
        return math.hypot(self.active, self.reactive) * 1000 / self.voltage

    @property
    def factor(self) -> float:
        return power_factor(self.active, self.reactive)


def power_factor(active: float, reactive: float) -> float:
    """0 to 1, without a sign; 1 where there is no power."""
    apparent = math.hypot(active, reactive)
    return abs(active) / apparent if apparent else 1.0


class Day(NamedTuple):
    """One day: its segments, how busy it is, and the registers at its start."""

    segments: Sequence[Segment]
    factor: float
    before: Energies


class Site:
    """All of it follows from ``seed`` and the time (a POSIX timestamp in seconds)."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self._phase_angles = tuple(2 * math.pi * self._random(f"angle {n}") for n in range(16))
        self._whole_days = {kind: _day_energies(kind.segments) for kind in Kind}
        # A load profile asks for the times of one day one after the other.
        self._day = lru_cache(maxsize=4)(self._make_day)

    def phases(self, time: float) -> tuple[Phase, Phase, Phase]:
        """The three phases at one instant."""
        active, reactive = self.powers(time)
        l1, l2, l3 = (
            Phase(active * share, reactive * reactive_share, self._voltage(time, index, active * share))
            for index, (share, reactive_share) in enumerate(zip(_ACTIVE_SHARES, _REACTIVE_SHARES, strict=True))
        )
        return l1, l2, l3

    def powers(self, time: float) -> tuple[float, float]:
        """Active power in kW (negative: exported) and reactive power in kVAr (negative: Q3, Q4)."""
        number, hour = _day_and_hour(time)
        day = self._day(number)
        segment = next(part for part in day.segments if part.start <= hour < part.end)
        active = day.factor * segment.power(hour)
        reactive = active * segment.tangent
        if segment.fluctuates:
            active += self._fluctuation(_FLUCTUATIONS, time)
            reactive += self._fluctuation(_REACTIVE_FLUCTUATIONS, time)
        return (
            -active if segment.quadrant in (2, 3) else active,
            -reactive if segment.quadrant in (3, 4) else reactive,
        )

    def energies(self, time: float) -> Energies:
        """The registers: the integral of the powers since COMMISSIONED."""
        number, hour = _day_and_hour(time)
        day = self._day(number)
        totals = list(day.before)
        for segment in day.segments:
            if hour <= segment.start:
                break
            until = min(hour, float(segment.end))
            active = day.factor * segment.energy(until)
            reactive = active * segment.tangent
            if segment.fluctuates and until < segment.end:
                active += self._fluctuated(_FLUCTUATIONS, time)
                reactive += self._fluctuated(_REACTIVE_FLUCTUATIONS, time)
            totals[segment.active_register] += active
            totals[segment.reactive_register] += reactive
        return _energies(totals)

    # Days

    def _make_day(self, number: int) -> Day:
        kind = Kind.of(number)
        return Day(kind.segments, self._factor(kind, kind.before(number)), self._before(number))

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

    # Fluctuations

    def _fluctuation(self, parts: Sequence[tuple[float, float]], time: float) -> float:
        return sum(
            amplitude * math.sin(2 * math.pi * (time % period) / period + angle)
            for (amplitude, period), angle in zip(parts, self._phase_angles, strict=False)
        )

    def _fluctuated(self, parts: Sequence[tuple[float, float]], time: float) -> float:
        """The integral since the last full hour, in kWh; full hours integrate to zero."""
        return (
            sum(
                amplitude
                * period
                / (2 * math.pi)
                * (math.cos(angle) - math.cos(2 * math.pi * (time % period) / period + angle))
                for (amplitude, period), angle in zip(parts, self._phase_angles, strict=False)
            )
            / _SECONDS
        )

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


def _day_energies(segments: Sequence[Segment]) -> Energies:
    """What a whole day adds to the registers, before its factor."""
    totals = [0.0] * _REGISTERS
    for segment in segments:
        active = segment.energy(float(segment.end))
        totals[segment.active_register] += active
        totals[segment.reactive_register] += active * segment.tangent
    return _energies(totals)


def _energies(totals: Sequence[float]) -> Energies:
    active_in, active_out, q1, q2, q3, q4 = totals
    return active_in, active_out, q1, q2, q3, q4
