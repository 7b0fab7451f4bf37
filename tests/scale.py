"""Many meters on one screen: what 1,000 of them cost, through one broker and through a cluster that loses a node.

    python tests/scale.py [--meters 1000] [--period 5] [--seconds 60] [--only mosquitto|nats]

Starts brokers, boxes in a process of their own, and `iec102-tui fleet` on a terminal of 120x40; needs mosquitto,
mosquitto_sub and nats-server. Prints a table with the ratio of each figure to its bound, and ends with 1 where one is
above 1.
Measured on a machine that does other things too it says little: look at the processor time first.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from support.fleet_publisher import PROBE
from support.mosquitto import Mosquitto
from support.nats_cluster import LONGEST, Cluster
from support.program import Terminal, on_terminal
from support.real_programs import required

ROOT = Path(__file__).resolve().parent.parent
PATHS = os.pathsep.join(str(ROOT / name) for name in ("protocol", "tui", "tests"))
PROGRAM = [sys.executable, "-m", "iec102_tui"]


class Figure(NamedTuple):
    """One figure and the most that it may be."""

    name: str
    value: float
    most: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.value / self.most if self.most else float(self.value > 0)


class Boxes:
    """The process that publishes, and what it says."""

    def __init__(self, urls: Sequence[str], meters: int, period: float, seconds: float, *more: str) -> None:
        command = [sys.executable, "-m", "support.fleet_publisher", "--meters", str(meters), "--period", str(period)]
        command += ["--seconds", str(seconds), *more, *(word for url in urls for word in ("--url", url))]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PATHS}
        )
        self.ready = threading.Event()
        self.probes: dict[int, float] = {}
        self.records = self.waiting = -1
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            match line.split():
                case ["ready"]:
                    self.ready.set()
                case ["probe", power, at]:
                    self.probes[int(power)] = float(at)
                case ["records", count]:
                    self.records = int(count)
                case ["waiting", count]:
                    self.waiting = int(count)

    def end(self, seconds: float) -> None:
        """Waits until it has delivered everything."""
        self.process.wait(seconds)
        self._thread.join(5)


@contextlib.contextmanager
def boxes(urls: Sequence[str], meters: int, period: float, seconds: float, *more: str) -> Iterator[Boxes]:
    """Published as long as the block lasts."""
    made = Boxes(urls, meters, period, seconds, *more)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


@contextlib.contextmanager
def fleet(urls: Sequence[str], home: Path) -> Iterator[Terminal]:
    """The program on a terminal."""
    variables = {"PYTHONPATH": PATHS, "HOME": str(home), "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    with on_terminal("fleet", ",".join(urls), columns=120, rows=40, command=PROGRAM, **variables) as terminal:
        yield terminal


def first_screen(terminal: Terminal, meters: int, patience: float) -> float:
    """Seconds from the start until all meters are counted and the rows are full."""
    counted = re.compile(rf"\b{meters:,} meters".replace(",", " "))
    end = time.monotonic() + patience
    while time.monotonic() < end:
        terminal.read(0.02)
        screen = terminal.screen()
        if counted.search(screen) and screen.count("box-") >= min(meters, 30):
            return time.monotonic() - terminal.started
    raise AssertionError(f"the screen was not filled:\n{terminal.screen()}")


def shown_at(terminal: Terminal) -> dict[int, float]:
    """When each probe was drawn first, by the monotonic clock."""
    found: dict[int, float] = {}
    pattern = re.compile(rb"(?<![0-9 ])\s*(1[0-9]{2} [0-9]{3})(?![0-9])")
    for at, data in terminal.chunks:
        for text in pattern.findall(data):
            power = int(text.replace(b" ", b""))
            if PROBE <= power < PROBE + 10_000:
                found.setdefault(power, at)
    return found


def latencies(terminal: Terminal, probes: dict[int, float], since: float) -> list[float]:
    """Seconds from publishing to painting, of the probes published after ``since`` on the terminal's clock."""
    shown = shown_at(terminal)
    delays = []
    for power, at in probes.items():
        if power in shown and at - terminal.started > since:
            delays.append(shown[power] + terminal.started - at)
    return delays


def steady(urls: Sequence[str], name: str, options: argparse.Namespace) -> list[Figure]:
    """What the screen costs while all goes well."""
    with (
        tempfile.TemporaryDirectory() as home,
        boxes(urls, options.meters, options.period, 10_000, "--plain") as published,
    ):
        assert published.ready.wait(60)
        time.sleep(2 * options.period)  # the broker has all of them
        with fleet(urls, Path(home)) as terminal:
            first = first_screen(terminal, options.meters, 60)
            terminal.read(2 * options.period)
            begin, used = time.monotonic() - terminal.started, terminal.cpu_seconds()
            count = terminal.read(options.seconds)
            lasted = time.monotonic() - terminal.started - begin
            cpu = (terminal.cpu_seconds() - used) / lasted
            memory = terminal.memory_bytes()
            delays = latencies(terminal, published.probes, begin)
    return [
        Figure(f"{name}: processor", 100 * cpu, 15, "% of a core"),
        Figure(f"{name}: terminal", count / lasted / 1000, 3, "kB/s"),
        Figure(f"{name}: publish to paint, median of {len(delays)}", statistics.median(delays or [math.inf]), 0.5, "s"),
        Figure(f"{name}: first full screen", first, 3, "s"),
        Figure(f"{name}: memory", memory / 1e6, 120, "MB"),
    ]


@contextlib.contextmanager
def records_heard(port: int) -> Iterator[set[str]]:
    """The records that a reader hears that nobody here wrote; whole when the block is left."""
    command = [required("mosquitto_sub"), "-p", str(port), "-t", "iec102/+/+/profile/hourly", "-F", "%t %p"]
    command += ["-q", "1", "-i", "reader", "-c"]
    heard: set[str] = set()
    until = time.monotonic() + LONGEST
    while subprocess.run([*command, "-E"], capture_output=True, check=False).returncode:  # the nodes find each other
        if time.monotonic() > until:
            raise RuntimeError("the cluster takes no subscription")
        time.sleep(0.5)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listening:
        thread = threading.Thread(target=lambda: heard.update(listening.stdout or ()), daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            time.sleep(5)  # what is on the way
            listening.terminate()
            thread.join(5)


def a_node_less(folder: Path, options: argparse.Namespace) -> list[Figure]:
    """A node is killed by SIGKILL while all publish."""
    cluster, seconds, urls = Cluster(folder), options.seconds, []
    try:
        urls = cluster.urls()
        home = folder / "home"
        home.mkdir()
        with records_heard(cluster.mqtt[2]) as heard, boxes(urls, options.meters, options.period, seconds) as published:
            assert published.ready.wait(120)
            with fleet(urls, home) as terminal:
                first = first_screen(terminal, options.meters, 120)
                terminal.read(seconds / 3)
                cluster.kill(0)
                killed = time.monotonic()
                terminal.wait_for("away from", 90)
                back = time.monotonic() - killed
                live = 0
                while live < options.meters and time.monotonic() < killed + seconds / 2 + 30:
                    terminal.read(1.0)
                    found = re.search(r"([0-9 ]+) live", terminal.screen())
                    live = int(found[1].replace(" ", "") or 0) if found else 0
                published.end(seconds + 120)
        return [
            Figure("nats: first full screen", first, 10, "s"),
            Figure("nats: on at another node", back, 60, "s"),
            Figure(f"nats: not live afterwards, of {options.meters}", options.meters - live, 0, "meters"),
            Figure(f"nats: lost, of {published.records}", published.records - len(heard), 0, "records"),
            Figure("nats: not delivered", published.waiting, 0, "messages"),
        ]
    finally:
        cluster.kill()


def table(figures: Sequence[Figure]) -> str:
    """A row a figure."""
    rows = [f"{'':52}{'figure':>10}{'at most':>10}{'ratio':>8}"]
    rows += [f"{each.name:52}{each.value:10.2f}{each.most:10.2f}{each.ratio:8.2f}  {each.unit}" for each in figures]
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meters", type=int, default=1000)
    parser.add_argument("--period", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=("mosquitto", "nats"))
    options = parser.parse_args()
    figures: list[Figure] = []
    if options.only != "nats":
        with tempfile.TemporaryDirectory() as folder:
            first, second = (Mosquitto(Path(folder) / name, persistent=False) for name in ("one", "two"))
            first.start()
            second.start()
            try:
                figures += steady([first.url, second.url], "mosquitto", options)
            finally:
                first.kill()
                second.kill()
    if options.only != "mosquitto":
        with tempfile.TemporaryDirectory() as folder:
            figures += a_node_less(Path(folder), options)
    print(table(figures))
    return int(any(figure.ratio > 1 for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())
