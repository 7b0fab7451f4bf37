"""Kinds of sites behind the simulated meter: a load, solar panels with one, hardly any load; each seed another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

from iec102.simulator.week import RESTDAY, WORKDAY, Kind, Segment, Shape

Shares = tuple[float, float, float]
"""Of three phases."""


class SiteKind(StrEnum):
    """What stands behind the meter."""

    BUILT_IN = ""
    """A load of some hundred kW, and on Sundays the feed of a solar plant."""
    LOAD = "load"
    SOLAR = "solar"
    LIGHT = "light"


class Plan(NamedTuple):
    """What a site of a kind is like: its size against the built-in one, its days, how its phases share the power.

    ``generating``: the phase (0 to 2) that feeds in around noon while the others take; None where all go together.
    """

    scale: float
    days: Mapping[Kind, Sequence[Segment]]
    active: Shares
    reactive: Shares
    generating: int | None = None

    def signed(self, segment: Segment) -> tuple[Shares, Shares]:
        """The shares of active and reactive power, with the signs of a segment."""
        active_sign = -1.0 if segment.quadrant in (2, 3) else 1.0
        reactive_sign = -1.0 if segment.quadrant in (3, 4) else 1.0
        active = [active_sign * share for share in self.active]
        if segment.is_sunny and self.generating is not None:
            active[self.generating] *= -1
        l1, l2, l3 = (reactive_sign * share for share in self.reactive)
        return (active[0], active[1], active[2]), (l1, l2, l3)


_BUILT_IN = Plan(
    1.0,
    {kind: RESTDAY if kind is Kind.REST else WORKDAY for kind in Kind},
    (0.345, 0.325, 0.330),
    (0.358, 0.315, 0.327),
)
_SPREAD = 0.15
"""By which the share of a phase differs from a third."""


def plan_of(kind: SiteKind, seed: int) -> Plan:
    """The same for the same seed; all sites of the built-in kind are alike."""
    if kind is SiteKind.BUILT_IN:
        return _BUILT_IN

    def between(low: float, high: float, name: str) -> float:
        return low + (high - low) * crc32(f"{seed} {kind} {name}".encode()) / 0x1_0000_0000

    def shares(name: str) -> Shares:
        parts = [between(1 - _SPREAD, 1 + _SPREAD, f"{name} {phase}") for phase in range(3)]
        l1, l2, l3 = (part / sum(parts) for part in parts)
        return l1, l2, l3

    day = between(0.15, 0.55, "day")
    night = between(0.10, 0.35, "night")
    quadrant = 4 if between(0, 1, "capacitive") < 0.4 else 1
    flat = (Segment(0, 6, Shape.FLAT, quadrant, night), Segment(22, 24, Shape.FLAT, quadrant, night))
    hump = Segment(6, 22, Shape.HUMP, 1, day)
    segments: tuple[Segment, ...] = (flat[0], hump, flat[1])
    generating = None
    if kind is SiteKind.SOLAR and between(0, 1, "inverter") < 0.3:
        generating = int(between(0, 2.999, "phase"))
        sunny = Segment(10, 17, Shape.FLAT, 1, day, is_sunny=True)
        segments = (Segment(0, 10, Shape.FLAT, 1, night), sunny, Segment(17, 24, Shape.FLAT, 1, night))
    elif kind is SiteKind.SOLAR:
        feeding = 3 if between(0, 1, "feeding") < 0.3 else 2
        segments = (
            Segment(0, 9, Shape.FLAT, 1, night),
            Segment(9, 10, Shape.FALL, 1, day),
            Segment(10, 17, Shape.SUN, feeding, between(0.02, 0.3, "sun"), is_sunny=True),
            Segment(17, 18, Shape.RISE, 1, day),
            Segment(18, 24, Shape.FLAT, 1, night),
        )
    scale = between(0.003, 0.03, "scale") if kind is SiteKind.LIGHT else between(0.35, 1.1, "scale")
    return Plan(scale, dict.fromkeys(Kind, segments), shares("active"), shares("reactive"), generating)
