"""The monitor on a terminal, one reading a second: CPU, bytes drawn, memory, time to the first paint and values.

Needs Linux (processor time and memory come from /proc). `--stopped SECONDS` also leaves the terminal unread for so
long, as a frozen SSH session does, and counts the readings that the meter still gets.
"""

import argparse
import contextlib
import math
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyte
from iec102.link import Answer, answer
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.frame_ring import FrameRing
from report import Row, table
from support.program import COMMAND, Terminal, on_terminal, simulated_meter
from support.relay import Relay

COLUMNS, ROWS = 120, 40
SETTLING = 4.0
STARTS, STARTING = 5, 2.5
TURNS = 3
VALUE = re.compile(r"\d kWh")
SIXTEEN = {"term": "xterm-16color"}
TRUE_COLOUR = {"term": "xterm-256color", "COLORTERM": "truecolor"}
MAXIMISE = b"z"
# The pane; the register; the dates: from, with Ctrl+U before it, and to; download.
A_YEAR_OF_QUARTERS = (b"4", b"r", b"t", b"\x15", b"2025-11-01", b"\r", b"\r", b"g")
# Incremental or absolute values, which is said where they are absolute.
CHANGE_VALUES, ABSOLUTE = b"a", b"absolute"
# Instantaneous values asked for: type 162, three objects, cause 5.
READING = re.compile(rb"\xa2\x03\x05")


def first_times(terminal: Terminal) -> tuple[float, float]:
    """Seconds from the start to the first text on the screen, and to the first energy with its unit; inf: never."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    painted = math.inf
    for time_read, data in terminal.chunks:
        stream.feed(data)
        text = "\n".join(screen.display)
        if text.strip():
            painted = min(painted, time_read)
        if VALUE.search(text):
            return painted, time_read
    return painted, math.inf


def starts() -> None:
    """The first times of several starts, one after the other."""
    times = []
    for _ in range(STARTS):
        # Compiled, as an installed program is.
        with on_terminal("--demo", columns=COLUMNS, rows=ROWS, PYTHONDONTWRITEBYTECODE="", **SIXTEEN) as terminal:
            terminal.read(STARTING)
        times.append(first_times(terminal))
    rows = []
    for name, column, target in zip(("first paint", "first values"), zip(*times, strict=True), (0.6, 1.0), strict=True):
        rows.append(Row(f"{name}, median", statistics.median(column), "s", target))
        rows.append(Row(f"{name}, fastest", min(column), "s"))
    ratio = statistics.median(values / painted for painted, values in times)
    rows.append(Row("first values, against the first paint", ratio, "", 2.2))
    table(f"Monitor, {STARTS} starts of the demo", rows)


def measure(title: str, seconds: float, bytes_target: float | None, keys: bytes, **options: str) -> None:
    """The demo for so many seconds, after these keys."""
    with on_terminal("--demo", columns=COLUMNS, rows=ROWS, **options) as terminal:
        terminal.read(SETTLING)
        terminal.type(keys)
        terminal.read(SETTLING)
        cpu, begin = terminal.cpu_seconds(), time.monotonic()
        count = terminal.read(seconds)
        cpu, lasted = terminal.cpu_seconds() - cpu, time.monotonic() - begin
        memory = terminal.memory_bytes()
    table(
        f"Monitor, {title}, {COLUMNS}x{ROWS}, one reading a second, {lasted:.0f} s",
        [
            Row("processor", 100 * cpu / lasted, "% of a core", 3.0),
            Row("drawn per update", count / lasted, "B", bytes_target),
            Row("memory (resident)", memory / 1e6, "MB"),
        ],
    )


def beside_a_plain_program(seconds: float) -> None:
    """The overview, and a program of Textual's own widgets with the same values and frames, in turns."""
    used: dict[str, list[float]] = {"monitor": [], "plain": []}
    drawn: dict[str, list[float]] = {"monitor": [], "plain": []}
    plain = [sys.executable, str(Path(__file__).with_name("plain_monitor.py"))]
    for _ in range(TURNS):
        for name, command, options in (("monitor", COMMAND, ["--demo"]), ("plain", plain, [])):
            with on_terminal(*options, command=command, columns=COLUMNS, rows=ROWS, **SIXTEEN) as terminal:
                terminal.read(2 * SETTLING)
                cpu, begin = terminal.cpu_seconds(), time.monotonic()
                count = terminal.read(seconds / TURNS)
                lasted = time.monotonic() - begin
                used[name].append((terminal.cpu_seconds() - cpu) / lasted)
                drawn[name].append(count / lasted)
    median = {name: statistics.median(shares) for name, shares in used.items()}
    table(
        f"Monitor beside a plain program of a DataTable and a RichLog, {COLUMNS}x{ROWS}, 16 colours",
        [
            Row("monitor, processor", 100 * median["monitor"], "% of a core"),
            Row("plain program, processor", 100 * median["plain"], "% of a core"),
            Row("monitor, against the plain program", median["monitor"] / median["plain"], "", 0.75),
            Row("monitor, drawn", statistics.median(drawn["monitor"]), "B/s", 3000),
            Row("plain program, drawn", statistics.median(drawn["plain"]), "B/s"),
        ],
    )


def answer_time(terminal: Terminal, key: bytes, drawn: bytes) -> float:
    """Seconds from a key to what it draws; inf after two seconds."""
    terminal.read(0.05)
    seen = len(terminal.chunks)
    began = time.monotonic()
    terminal.type(key)
    while time.monotonic() < began + 2.0:
        terminal.read(0.001)
        if drawn in b"".join(data for _, data in terminal.chunks[seen:]):
            return time.monotonic() - began
    return math.inf


def a_million_frames() -> None:
    """What the log keeps in memory must not grow once it is full."""
    frames = FrameRing()
    data = answer(Answer.USER_DATA, 1, bytes(60))
    wall = datetime(2026, 11, 22, tzinfo=UTC)
    resident = []
    for number in range(1_000_000):
        frames.append(TapRecord(float(number), wall, Direction.RECEIVED, replace(data, asdu=bytes(60))))
        if number in (200_000, 999_999):
            resident.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    table(
        "Frames in memory, one million through a log of 100,000",
        [
            Row("memory at 200,000 frames", resident[0] / 1e6, "MB"),
            Row("at 1,000,000, against that", resident[1] / resident[0], "", 1.02),
        ],
    )


def keys_during_a_download(title: str, meter: str, target: float | None, worst: float | None = None) -> None:
    """A year of quarter-hours comes at full speed, drawn in the table meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        data = {"IEC102_TUI_FOLDERS_ARCHIVE": folder}
        with on_terminal("--profile", meter, columns=COLUMNS, rows=ROWS, **SIXTEEN, **data) as terminal:
            terminal.read(SETTLING)
            for keys in A_YEAR_OF_QUARTERS:
                terminal.type(keys)
                terminal.read(0.5)
            times = []
            for _ in range(20):
                times.append(answer_time(terminal, CHANGE_VALUES, ABSOLUTE))
                terminal.type(CHANGE_VALUES)
                terminal.read(0.3)
            memory = terminal.memory_bytes()
    table(
        f"Monitor, a key while a year of quarter-hours is downloaded, {title}",
        [
            Row("median", 1000 * statistics.median(times), "ms", target),
            Row("slowest", 1000 * max(times), "ms", worst),
            Row("memory (resident)", memory / 1e6, "MB", 120.0),
        ],
    )


def readings(relay: Relay) -> int:
    """How many have been asked for."""
    return len(READING.findall(relay.asked))


@contextlib.contextmanager
def relayed_profile(relay: Relay) -> Iterator[list[str]]:
    """The options that open the monitor on the relay, from a profiles file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.toml"
        path.write_text(f'[profiles.relay]\ntarget = "{relay.url}"\npassword = 1\npoll_period = 1.0\n')
        path.chmod(0o600)
        yield ["--profiles", str(path), "--profile", "relay"]


def stopped_terminal(seconds: float) -> None:
    """The terminal stops reading; the meter must not notice."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(simulated_meter("--tcp", "127.0.0.1:0"))
        relay = stack.enter_context(Relay(url))
        options = stack.enter_context(relayed_profile(relay))
        terminal = stack.enter_context(on_terminal(*options, columns=COLUMNS, rows=ROWS))
        terminal.read(SETTLING)
        before = readings(relay)
        time.sleep(seconds)
        unread = readings(relay) - before
        thawed = time.monotonic()
        drawn = terminal.read(2)
        table(
            f"Monitor, terminal unread for {seconds:.0f} s",
            [
                Row("readings a second meanwhile", unread / seconds, "", 0.95, at_least=True),
                Row("drawn when it reads again", drawn / (time.monotonic() - thawed), "B/s"),
            ],
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each terminal is watched (20)")
    parser.add_argument("--stopped", type=float, metavar="SECONDS", help="also leave the terminal unread for so long")
    arguments, _ = parser.parse_known_args()
    if not Path("/proc/self/stat").exists():
        sys.exit("bench_monitor needs /proc, which this system does not have.")
    starts()
    measure("grid and status, 16 colours", arguments.seconds, 1500, MAXIMISE, **SIXTEEN)
    measure("all panes, 16 colours", arguments.seconds, 3000, b"", **SIXTEEN)
    measure("all panes, true colour", arguments.seconds, None, b"", **TRUE_COLOUR)
    beside_a_plain_program(arguments.seconds)
    a_million_frames()
    keys_during_a_download("the demo", "simulated:", 50.0, 150.0)
    if arguments.stopped:
        stopped_terminal(arguments.stopped)
