"""The proof of a month and of a year from the archive, in processor time; and planted faults that are named.

The archive is filled by the program from a simulated meter; the planted faults need no meter.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from iec102.asdu import Qualifier
from iec102.load_profile.intervals import Register
from iec102.verdict.judgement import Result
from iec102.verdict.month import Proof, proof, reconcile
from report import Row, table
from support.whole_month import (
    START,
    Spoil,
    a_month,
    changed,
    clock_set,
    closed_otherwise,
    hour_before_and_after,
    without,
)

ROOT = Path(__file__).parents[2]
ROUNDS = 3
METER, YEAR, MONTH = "simulated:?seed=7", "2025", "2025-10"

_HOURS = 745

Planted = tuple[Callable[[random.Random], Spoil], Result, str]
PLANTED: dict[str, Planted] = {
    "a gap": (lambda chance: without(Register.HOURLY, chance.randrange(_HOURS)), Result.FAULT, "month.complete"),
    "a doubled hour": (lambda _chance: hour_before_and_after, Result.FAULT, "month.complete"),
    "a changed value": (
        lambda chance: changed(Register.HOURLY, chance.randrange(_HOURS), chance.randint(2, 99)),
        Result.FAULT,
        "month.quarter_hours",
    ),
    "a value that is not valid": (
        lambda chance: changed(Register.HOURLY, chance.randrange(_HOURS), 0, quality=Qualifier.IV),
        Result.FAULT,
        "month.qualifiers",
    ),
    "a wrong closing": (
        lambda chance: closed_otherwise(0, chance.choice((-1, 1)) * chance.randint(40, 900)),
        Result.FAULT,
        "month.closing",
    ),
    "a changed clock": (
        lambda chance: clock_set(START + timedelta(hours=chance.randrange(700)), chance.randint(31, 5000)),
        Result.REMARK,
        "month.clock",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    seeds = range(parser.parse_args().seeds)
    with tempfile.TemporaryDirectory() as home:
        filled = _program(home, METER, YEAR)
        month, year = (min(_program(home, METER, each, "--offline") for _ in range(ROUNDS)) for each in (MONTH, YEAR))
    rows = [
        Row(f"{MONTH} from the archive, with the start of the program", month, "s", 1.0),
        Row(f"{YEAR} from the archive, quarter-hours and all", year, "s", 5.0),
        Row(f"{YEAR} from a simulated meter into the archive", filled, "s"),
    ]
    table("Proof of a month, processor time", rows)
    clean = sum(proof(reconcile(a_month(seed))) is not Proof.PROVEN for seed in seeds)
    rows = [Row(f"clean months that are not proven, of {len(seeds)}", clean, "", 0.5)]
    rows += [Row(f"{what} named, of {len(seeds)}", _named(planted, seeds), "%", 100, at_least=True)
             for what, planted in PLANTED.items()]  # fmt: skip
    table("Faults planted in a month", rows)


def _named(planted: Planted, seeds: range) -> float:
    spoil, result, code = planted
    named = 0
    for seed in seeds:
        judgements = reconcile(spoil(random.Random(seed))(a_month(seed)))
        named += any(each.code == code and each.result is result for each in judgements)
    return 100 * named / len(seeds)


def _program(home: str, *arguments: str) -> float:
    """Processor seconds of a reconcile of a meter and a month."""
    meter, month, *options = arguments
    command = [sys.executable, "-m", "iec102_tui", "reconcile", meter, "--month", month, "--json", *options]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "IEC102_"))}
    environment = {**kept, "HOME": home, "PYTHONPATH": os.pathsep.join([str(ROOT / "protocol"), str(ROOT / "tui")])}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit(done.stderr)
    assert json.loads(done.stdout)["proof"] == "proven with remarks"
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
