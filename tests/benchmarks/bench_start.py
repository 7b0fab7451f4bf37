"""A start in processor time, each in a fresh process, in turns with a bare program: the first screen, and the library.

Needs a system with pseudo terminals. `--beside FOLDER` measures another checkout in the same turns.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from report import Row, table
from support.program import UNWANTED

COLUMNS, ROWS = 120, 40
LONGEST = 30.0
"""Seconds that a program has to show its first screen."""

BARE_LIBRARY = "import asyncio, dataclasses, enum, zoneinfo"
LIBRARY = "import iec102\nfor name in iec102.__all__: getattr(iec102, name)"
BARE_PROGRAM = """
from textual.app import App
from textual.widgets import Footer, Static

class Bare(App):
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self):
        yield Static("bare program")
        yield Footer()

Bare().run()
"""
PROGRAM = "import sys; sys.argv[1:] = ['--demo']; from iec102_tui.cli import main; main()"
# What the terminal has got when the first screen is there: its middle and its last row.
BARE_PAINTED = (b"bare program", b"Quit")
PAINTED = (b"Active imported", b"quit")

Run = Callable[[], float]


def environment(checkout: Path, compiled: str) -> dict[str, str]:
    """The variables of a process that runs this checkout, compiled as an installed program is, into this folder."""
    known = {name: value for name, value in os.environ.items() if name not in UNWANTED and "IEC102_" not in name}
    path = os.pathsep.join(str(checkout / folder) for folder in ("protocol", "tui"))
    return (
        known
        | {"TERM": "xterm-256color", "PYTHONPATH": path}
        | {
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": compiled,
        }
    )


def to_the_end(code: str, variables: Mapping[str, str]) -> float:
    """Seconds of processor time, user and system, that Python needs for this code."""
    pid = os.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-c", code], variables)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit("bench_start: the program measured failed.")
    return usage.ru_utime + usage.ru_stime


def to_the_first_screen(code: str, painted: Sequence[bytes], variables: Mapping[str, str]) -> float:
    """Seconds of processor time until this is on the terminal; the program is killed at once then."""
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execve(sys.executable, [sys.executable, "-c", code], variables)
    drawn, deadline = b"", time.monotonic() + LONGEST
    while not all(text in drawn for text in painted):
        if not select.select([master], [], [], max(0.0, deadline - time.monotonic()))[0]:
            os.kill(pid, signal.SIGKILL)
            sys.exit(f"bench_start: no first screen within {LONGEST:.0f} s.")
        drawn += os.read(master, 65536)
    os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    os.close(master)
    return usage.ru_utime + usage.ru_stime


def in_turns(runs: Mapping[str, Run], count: int) -> dict[str, float]:
    """The median of each, the first round (which compiles) left out."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(count + 1):
        for name, run in runs.items():
            seconds = run()
            if number:
                times[name].append(seconds)
    return {name: statistics.median(column) for name, column in times.items()}


def show(title: str, target: float | None, medians: Mapping[str, float]) -> None:
    """The first is the bare program, by which the others are divided; the second is this version."""
    bare, *others = medians
    rows = [Row(f"{name}, median", 1000 * seconds, "ms") for name, seconds in medians.items()]
    for number, name in enumerate(others):
        rows.append(Row(f"{name}, against the bare one", medians[name] / medians[bare], "", None if number else target))
    if len(others) > 1:
        rows.append(Row(f"{others[0]}, against {others[1]}", medians[others[0]] / medians[others[1]], ""))
    table(title, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=15, metavar="N", help="how often each is started (15)")
    parser.add_argument("--beside", type=Path, metavar="FOLDER", help="also measure this checkout")
    arguments, _ = parser.parse_known_args()
    here = Path(__file__).parents[2]
    checkouts = {"this version": here} | ({"the other": arguments.beside} if arguments.beside else {})
    with tempfile.TemporaryDirectory() as compiled:
        bare = environment(here, compiled)
        libraries = {"bare": partial(to_the_end, BARE_LIBRARY, bare)}
        screens = {"bare": partial(to_the_first_screen, BARE_PROGRAM, BARE_PAINTED, bare)}
        for name, checkout in checkouts.items():
            variables = environment(checkout, compiled)
            libraries[name] = partial(to_the_end, LIBRARY, variables)
            screens[name] = partial(to_the_first_screen, PROGRAM, PAINTED, variables)
        show("import iec102, all its names", None, in_turns(libraries, arguments.starts))
        show(f"First screen, {COLUMNS}x{ROWS}, beside a bare Textual program", 2.0, in_turns(screens, arguments.starts))


if __name__ == "__main__":
    main()
