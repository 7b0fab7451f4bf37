"""The verdict over simulated sites: the proof of ``bench_verdict.py`` on fewer seeds."""

from __future__ import annotations

import pytest
from iec102.simulator import SiteKind
from support.wired_meter import FAULTS, KINDS, faults, is_trusted, judged, named

SEEDS = range(1000, 1012)


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_wiring_is_never_accused(kind: SiteKind) -> None:
    assert not [seed for seed in SEEDS if faults(judged(seed, kind))]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_where_its_sign_is_trusted(fault: str) -> None:
    cases = [(seed, kind) for kind in KINDS for seed in SEEDS if is_trusted(seed, kind, fault)]
    assert len(cases) > 10
    assert not [case for case in cases if not named(*case, fault)]


@pytest.mark.parametrize("fault", [*FAULTS, "ct-rotated"])
def test_too_little_load_is_not_judged(fault: str) -> None:
    for seed in SEEDS:
        if not is_trusted(seed, SiteKind.LIGHT, fault):
            assert not faults(judged(seed, SiteKind.LIGHT, fault))
