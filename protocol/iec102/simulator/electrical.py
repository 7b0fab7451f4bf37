"""The site behind the simulated meter: powers, voltages, currents and energies as pure functions of time.

A site of a few hundred kW on 230/400 V. A day is a row of segments, each in one quadrant; the shapes of the
active power and of the quick fluctuations have closed integrals, so that the energies are the exact integral of
the powers at any time, without a table of the past. Day and hour are standard time (UTC+1): a change of the clock
does not move the load.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from zlib import crc32

EPOCH = datetime(2020, 1, 1, tzinfo=UTC).timestamp() - 3600.0
"""The registers stood at zero: 2020-01-01 00:00 standard time."""

_DAY = 86_400.0
_HOUR = 3_600.0
_SECONDS = 3_600.0  # kW times seconds to kWh
_FIRST_WEEKDAY = 2  # 2020-01-01 was a Wednesday; Monday is 0
_SUNDAY = 6

_NIGHT_LOAD = 62.0
_DAY_LOAD = 165.0
_SOLAR_PEAK = 120.0

# Amplitude in kW and period in seconds; each period divides an hour, so that whole hours integrate to zero.
_FLUCTUATIONS = ((6.0, 3600.0), (4.0, 720.0), (2.5, 144.0), (1.5, 40.0))
_REACTIVE_FLUCTUATIONS = ((2.0, 1800.0), (1.0, 90.0))

_PHASE_SHARES = (0.345, 0.325, 0.330)
_PHASE_LEANS = (1.04, 0.97, 0.99)  # reactive share against active share
_NOMINAL_VOLTAGE = 230.0


class Shape(Enum):
    """How the active power runs through a segment."""

    FLAT = "constant"
    HUMP = "constant, with a hump"
    FALL = "falls to zero"
    RISE = "rises from zero"
    SUN = "zero, with a hump"


@dataclass(frozen=True, slots=True)
class Segment:
    """Hours of the day with one shape and one quadrant (1 to 4); ``tangent`` is |Q| over |P|."""

    start: int
    end: int
    shape: Shape
    quadrant: int
    tangent: float

    @property
    def fluctuates(self) -> bool:
        """Only where the power stays far from zero: a fluctuation must not turn its sign."""
        return self.shape in (Shape.FLAT, Shape.HUMP)


_WORKDAY = (
    Segment(0, 6, Shape.FLAT, 4, 0.22),
    Segment(6, 22, Shape.HUMP, 1, 0.38),
    Segment(22, 24, Shape.FLAT, 4, 0.22),
)
# On Sundays the site stands still and its solar plant feeds the grid around noon.
_RESTDAY = (
    Segment(0, 10, Shape.FLAT, 4, 0.22),
    Segment(10, 11, Shape.FALL, 1, 0.30),
    Segment(11, 16, Shape.SUN, 3, 0.12),
    Segment(16, 17, Shape.RISE, 1, 0.30),
    Segment(17, 24, Shape.FLAT, 4, 0.22),
)

Energies = tuple[float, float, float, float, float, float]
"""A+, A-, Q1, Q2, Q3, Q4, in kWh and kVArh."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase, primary side: kW and kVAr with sign, volts to neutral, amperes."""

    active: float
    reactive: float
    voltage: float

    @property
    def apparent(self) -> float:
        """kVA."""
        return math.hypot(self.active, self.reactive)

    @property
    def current(self) -> float:
        return self.apparent * 1000 / self.voltage

    @property
    def factor(self) -> float:
        return abs(self.active) / self.apparent if self.apparent else 1.0


class Site:
    """All of it follows from ``seed`` and the time (a POSIX timestamp in seconds)."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed
        self._phase_angles = tuple(2 * math.pi * self._random(f"angle {n}") for n in range(16))
        self._whole_days: dict[bool, Energies] = {rest: self._day_energies(rest) for rest in (False, True)}
        # Sums of the day factors before each day, for workdays and for rest days.
        self._sums: list[tuple[float, float]] = [(0.0, 0.0)]

    def phases(self, time: float) -> tuple[Phase, Phase, Phase]:
        """The three phases at one instant."""
        active, reactive = self.powers(time)
        sun = math.copysign(1.0, reactive)
        phases = []
        for index, (share, lean) in enumerate(zip(_PHASE_SHARES, _PHASE_LEANS, strict=True)):
            voltage = _NOMINAL_VOLTAGE + self._voltage_drift(time, index) - abs(active) * share * 0.02
            phases.append(Phase(active * share, sun * abs(reactive) * share * lean, voltage))
        return phases[0], phases[1], phases[2]

    def powers(self, time: float) -> tuple[float, float]:
        """Active power in kW (negative: exported) and reactive power in kVAr (negative: Q3, Q4)."""
        day, hour = self._day_and_hour(time)
        segment = self._segment(day, hour)
        active = self._factor(day) * _power(segment, hour)
        reactive = active * segment.tangent
        if segment.fluctuates:
            active += self._fluctuation(_FLUCTUATIONS, time)
            reactive += self._fluctuation(_REACTIVE_FLUCTUATIONS, time)
        return (
            -active if segment.quadrant in (2, 3) else active,
            -reactive if segment.quadrant in (3, 4) else reactive,
        )

    def energies(self, time: float) -> Energies:
        """The registers: the integral of the powers since the epoch."""
        day, hour = self._day_and_hour(time)
        totals = self._before(day)
        factor = self._factor(day)
        for segment in self._segments(day):
            if hour <= segment.start:
                break
            until = min(hour, float(segment.end))
            active = factor * _energy(segment, until)
            reactive = active * segment.tangent
            if segment.fluctuates and until < segment.end:
                active += self._fluctuated(_FLUCTUATIONS, time)
                reactive += self._fluctuated(_REACTIVE_FLUCTUATIONS, time)
            totals[1 if segment.quadrant in (2, 3) else 0] += active
            totals[1 + segment.quadrant] += reactive
        return totals[0], totals[1], totals[2], totals[3], totals[4], totals[5]

    # Days

    def _day_and_hour(self, time: float) -> tuple[int, float]:
        day, seconds = divmod(time - EPOCH, _DAY)
        return int(day), seconds / _HOUR

    def _segments(self, day: int) -> Sequence[Segment]:
        return _RESTDAY if _is_rest(day) else _WORKDAY

    def _segment(self, day: int, hour: float) -> Segment:
        return next(segment for segment in self._segments(day) if segment.start <= hour < segment.end)

    def _factor(self, day: int) -> float:
        """How busy a day is: 0.8 to 1.15, Saturdays half as busy."""
        busy = 0.8 + 0.35 * self._random(f"day {day}")
        return busy * (0.6 if (day + _FIRST_WEEKDAY) % 7 == _SUNDAY - 1 else 1.0)

    def _before(self, day: int) -> list[float]:
        while len(self._sums) <= day:
            known = len(self._sums) - 1
            work, rest = self._sums[-1]
            factor = self._factor(known)
            self._sums.append((work, rest + factor) if _is_rest(known) else (work + factor, rest))
        work, rest = self._sums[max(day, 0)]
        return [
            work * on_workdays + rest * on_restdays
            for on_workdays, on_restdays in zip(self._whole_days[False], self._whole_days[True], strict=True)
        ]

    @staticmethod
    def _day_energies(rest: bool) -> Energies:
        totals = [0.0] * 6
        for segment in _RESTDAY if rest else _WORKDAY:
            active = _energy(segment, float(segment.end))
            totals[1 if segment.quadrant in (2, 3) else 0] += active
            totals[1 + segment.quadrant] += active * segment.tangent
        return totals[0], totals[1], totals[2], totals[3], totals[4], totals[5]

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

    def _voltage_drift(self, time: float, phase: int) -> float:
        slow, quick = self._phase_angles[4 + phase], self._phase_angles[8 + phase]
        return 2.2 * math.sin(2 * math.pi * time / 5400.0 + slow) + 0.6 * math.sin(2 * math.pi * time / 47.0 + quick)

    def _random(self, name: str) -> float:
        """0 to 1, the same for the same seed and name."""
        return crc32(f"{self._seed} {name}".encode()) / 0x1_0000_0000


def _is_rest(day: int) -> bool:
    return (day + _FIRST_WEEKDAY) % 7 == _SUNDAY


def _power(segment: Segment, hour: float) -> float:
    """The size of the active power in kW, before the factor of the day."""
    part = (hour - segment.start) / (segment.end - segment.start)
    match segment.shape:
        case Shape.FLAT:
            return _NIGHT_LOAD
        case Shape.HUMP:
            return _NIGHT_LOAD + _DAY_LOAD * (1 - math.cos(2 * math.pi * part)) / 2
        case Shape.FALL:
            return _NIGHT_LOAD * (1 - part)
        case Shape.RISE:
            return _NIGHT_LOAD * part
        case Shape.SUN:
            return _SOLAR_PEAK * (1 - math.cos(2 * math.pi * part)) / 2


def _energy(segment: Segment, until: float) -> float:
    """The integral of ``_power`` from the segment's start, in kWh."""
    length = segment.end - segment.start
    part = (until - segment.start) / length
    hump = length * (part - math.sin(2 * math.pi * part) / (2 * math.pi)) / 2
    match segment.shape:
        case Shape.FLAT:
            return _NIGHT_LOAD * length * part
        case Shape.HUMP:
            return _NIGHT_LOAD * length * part + _DAY_LOAD * hump
        case Shape.FALL:
            return _NIGHT_LOAD * length * (part - part * part / 2)
        case Shape.RISE:
            return _NIGHT_LOAD * length * part * part / 2
        case Shape.SUN:
            return _SOLAR_PEAK * hump
