"""The verdict on the wiring over seeds of three kinds of sites: false accusations, and faults that are named.

Each case is a minute of readings of a simulated meter, at a moment that follows from its seed; no time passes.
"""

import argparse

from iec102.simulator import SiteKind
from report import Row, table
from support.wired_meter import FAULTS, KINDS, faults, is_trusted, judged, named


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    seeds = range(parser.parse_args().seeds)
    accused = [(kind, seed) for kind in KINDS for seed in seeds if faults(judged(seed, kind))]
    rows = [Row(f"false accusations of {len(KINDS) * len(seeds)}", len(accused), "", 0.5)]
    rows += [_named(fault, range(len(seeds))) for fault in FAULTS]
    # Panels on one phase are told as what they are, also behind rotated transformers.
    loads = [kind for kind in KINDS if kind is not SiteKind.SOLAR]
    claimed = sum(bool(faults(judged(seed, kind, "ct-rotated"))) for kind in loads for seed in seeds)
    rows.append(Row("all rotated on a load, claimed as something", claimed, "", 0.5))
    table("Verdict on the wiring", rows)
    for kind, seed in accused:
        print(f"  accused: {kind} {seed}")


def _named(fault: str, seeds: range) -> Row:
    cases = [(seed, kind) for kind in KINDS for seed in seeds if is_trusted(seed, kind, fault)]
    missed = [(seed, kind) for seed, kind in cases if not named(seed, kind, fault)]
    for seed, kind in missed:
        print(f"  {fault} missed: {_case(seed, kind)}, told {faults(judged(seed, kind, fault))}")
    share = 100 * (1 - len(missed) / len(cases))
    return Row(f"{fault} named, of {len(cases)}", share, "%", 99, at_least=True)


def _case(seed: int, kind: SiteKind) -> str:
    return f"{kind.value} {seed}"


if __name__ == "__main__":
    main()
