"""Every figure that a verdict or the proof of a month stands on has words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from iec102.asdu.password import Password
from iec102.asdu.summer_time import Keeping
from iec102.load_profile.intervals import Register
from iec102.meter.closings import Closing
from iec102.meter.device import MeasuringPointParameters, RecorderSettings
from iec102.verdict.device import (
    EnergyPoint,
    judge_address,
    judge_closings,
    judge_drift,
    judge_energy_points,
    judge_number,
    judge_settings,
    judge_summer_bit,
)
from iec102.verdict.judgement import Judgement
from iec102.verdict.month import reconcile
from iec102_tui.words.verdict_text import FIGURES, findings_table, judgement_line
from support.whole_month import START, a_month, changed, clock_set, without

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def judgements() -> Iterator[Judgement]:
    month = a_month(7)
    file = {
        "P1D ES1": {
            Register.HOURLY: changed(Register.HOURLY, 3, 9)(without(Register.HOURLY, 9)(month)).of(Register.HOURLY)
        }
    }
    spoilt = clock_set(START + timedelta(days=3), 99)(month)._replace(differing=2, closing_ways=2, others=file)
    yield from reconcile(spoilt)
    yield from reconcile(without(Register.HOURLY, 3)(without(Register.QUARTER_HOURLY, 9)(month)))
    yield from judge_address(MeasuringPointParameters(1, 1, 1, Password(1), 60, 800), 2, 1)
    yield from judge_closings({1: Closing(1, None, NOW, ())}, NOW)
    yield from judge_settings(None, RecorderSettings(91, True, 10, False, True, (True, False, True)))  # type: ignore[arg-type]
    yield judge_drift(0.7, 30)
    yield judge_summer_bit(Keeping.IGNORED)
    yield judge_number(1, 2)
    yield judge_energy_points([EnergyPoint(at, 100, at / 36) for at in range(0, 901, 60)])


def test_every_figure_has_words() -> None:
    found = list(judgements())
    names = {
        name.removeprefix("l1_").removeprefix("l2_").removeprefix("l3_") for each in found for name in each.figures
    }
    assert sorted(names - FIGURES.keys()) == []
    lines = [*map(judgement_line, found), *findings_table(found)]
    assert not [line for line in lines if "_" in line.partition("[")[2]]
