"""The verdict on a simulated meter of a site and a wiring, at a time that follows from the seed; no time passes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from iec102.asdu import InstantaneousValues
from iec102.asdu.timetag import MADRID
from iec102.meter.reading import Reading
from iec102.meter.signals import signal_values
from iec102.simulator import SiteKind, Wiring
from iec102.simulator.about_itself import ratios
from iec102.simulator.electrical import Site
from iec102.simulator.instruments import measure
from iec102.verdict.device import factor_of
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.wiring import judge_wiring

KINDS = (SiteKind.LOAD, SiteKind.SOLAR, SiteKind.LIGHT)
FAULTS = ("ct-reversed", "ct-swapped", "voltage-missing", "ct-open", "ratio")
"""What the reference (12) trusts as good or very good where the load suffices; all rotated is only fair."""

_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_SECONDS = range(0, 61, 5)
_LEAST_AMPERES, _LEAST_KW = 25.0, 3.0
"""Of a phase, primary: where the reference trusts the signs."""
_A_QUARTER_OFF, _LEAST_AMPERES_THERE = (400, 5), 100.0
"""A ratio so near to the true one shows only where the tenths of an ampere that are told are small beside it."""


def moment(seed: int, kind: SiteKind) -> datetime:
    """Any of a year; half of those of a solar site are around noon."""
    chance = random.Random(f"{seed} {kind}")
    day, hour = chance.randrange(365), chance.uniform(0, 24)
    if kind is SiteKind.SOLAR and seed % 2:
        hour = chance.uniform(9, 16)
    return _YEAR + timedelta(days=day, hours=hour)


def wiring_of(fault: str, seed: int) -> Wiring:
    """A fault in another phase with each seed; empty: a right wiring."""
    phases = random.Random(f"{seed} {fault}").sample((1, 2, 3), 2)
    texts = {
        "": "",
        "ct-reversed": f"ct-reversed=L{phases[0]}",
        "ct-swapped": f"ct-swapped=L{phases[0]}L{phases[1]}",
        "ct-rotated": "ct-rotated",
        "voltage-missing": f"voltage-missing=L{phases[0]}",
        "ct-open": f"ct-open=L{phases[0]}",
        "ratio": ("ratio=40/5", "ratio=200/5", "ratio=400/5", "ratio=1000/5")[seed % 4],
    }
    return Wiring.parse(texts[fault])


def readings(seed: int, kind: SiteKind, wiring: Wiring) -> list[Reading]:
    """A minute of them."""
    site, begun = Site(seed, kind, wiring), moment(seed, kind)
    found: list[Reading] = []
    for seconds in _SECONDS:
        at = begun + timedelta(seconds=seconds)
        objects = [part for number in (192, 193, 194) if (part := measure(site, number, at, MADRID)) is not None]
        found.append(Reading(at, None, 1, 1, signal_values(InstantaneousValues(tuple(objects)))))
    return found


def judged(seed: int, kind: SiteKind, fault: str = "") -> list[Judgement]:
    """With the ratios that the meter tells, as `verify` has them where a profile has none."""
    wiring = wiring_of(fault, seed)
    return judge_wiring(readings(seed, kind, wiring), factor_of(ratios(wiring)))


def faults(judgements: Sequence[Judgement]) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in judgements if each.result is Result.FAULT}


def named(seed: int, kind: SiteKind, fault: str) -> bool:
    """The fault is told, in its phases, and no other."""
    wiring = wiring_of(fault, seed)
    code = {"ratio": "wiring.ratio"}.get(fault, f"wiring.{fault.replace('-', '_')}")
    subject = " ".join(f"L{at + 1}" for at in sorted(wiring.phases))
    return faults(judged(seed, kind, fault)) == {(code, subject)}


def is_trusted(seed: int, kind: SiteKind, fault: str) -> bool:
    """Whether the reference calls the sign of a fault good at this moment: all phases take, and enough."""
    site, begun = Site(seed, kind), moment(seed, kind).timestamp()
    phases = [phase for seconds in _SECONDS for phase in site.phases(begun + seconds)]
    if fault == "voltage-missing":
        return True
    if fault == "ratio":
        near = wiring_of(fault, seed).ratio == _A_QUARTER_OFF
        return all(phase.current >= (_LEAST_AMPERES_THERE if near else _LEAST_AMPERES) for phase in phases)
    return all(phase.current >= _LEAST_AMPERES and phase.active >= _LEAST_KW for phase in phases)
