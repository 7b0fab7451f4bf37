"""Runs the benchmarks and prints their tables: `python tests/benchmarks/run.py [NAME ...] [OPTION ...]`.

Names are those of the benchmarks; without one all run. Options go to the benchmarks: see
`run.py NAME --help`.
"""

import importlib
import itertools
import sys
from pathlib import Path

BENCHMARKS = {
    "decode": "frames a second, against iec870ree",
    "poll": "the cycle of the 24 signals, against the time that its bytes need on the wire",
    "meters": "200 meters over TCP once a second in one process: processor, lateness, memory, and where the knee is",
    "load_profile": "hourly values by blocks and by ranges, against the time on the wire, beside iec870ree",
    "archive": "a year of quarter-hours: written, read, exported",
    "log": "the frame log: CPU and bytes at 100 frames a second, the keyboard while a line sends noise",
    "capture": "captures of 100,000 frames: written, opened, recorded",
    "information": "all that a meter knows beside live reading, against the time of its bytes",
    "gateway": "a download beside live reading, an application alone, 32 of them, through the gateway",
    "start": "the first screen and `import iec102`, in processor time, against bare programs",
    "reconcile": "a month and a year proven from the archive, and faults planted in months",
    "verdict": "wiring faults named and false accusations, over sites of three kinds",
    "monitor": "the program in a terminal: CPU, bytes, memory, time to the first paint",
}


def main(arguments: list[str]) -> None:
    names = list(itertools.takewhile(lambda argument: not argument.startswith("-"), arguments))
    options = arguments[len(names) :]
    if not BENCHMARKS.keys() >= set(names):
        listed = "\n".join(f"  {name:12} {what}" for name, what in BENCHMARKS.items())
        sys.exit(f"{__doc__}\n{listed}")
    for name in names or BENCHMARKS:
        sys.argv = [f"bench_{name}", *options]
        importlib.import_module(f"bench_{name}").main()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))  # `support`, which the tests use too
    main(sys.argv[1:])
