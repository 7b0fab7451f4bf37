"""The frame log on a terminal: CPU and bytes drawn at 100 frames a second, and the keyboard while a line sends noise.

Needs Linux (processor time comes from /proc). The same line is also watched with the log hidden, to tell what the log
costs from what reading costs.
"""

import argparse
import contextlib
import math
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from report import Row, table
from support.program import Terminal, on_terminal, simulated_meter
from support.relay import Relay

COLUMNS, ROWS = 120, 40
SETTLING = 4.0
# A reading is four frames: request, ACK, poll, data.
READINGS_A_SECOND = 25
READING = b"\xa2\x03\x05"
FLOOD = 115_200 // 10
CHUNKS_A_SECOND = 50
KEYS = 15
LOG, LIVE, SEARCH = b"3z", b"2z", b"?"
HELP = b"All keys"


@contextlib.contextmanager
def profile(url: str, period: float) -> Iterator[list[str]]:
    """The options that open the monitor on this line, from a profiles file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.toml"
        path.write_text(f'[profiles.line]\ntarget = "{url}"\npassword = 1\npoll_period = {period}\n')
        path.chmod(0o600)
        yield ["--profiles", str(path), "--profile", "line"]


def busy(keys: bytes, seconds: float) -> tuple[float, float, float]:
    """Frames, processor time and bytes drawn a second, on a line that carries about 100 frames a second."""
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(Relay(stack.enter_context(simulated_meter("--tcp", "127.0.0.1:0"))))
        options = stack.enter_context(profile(relay.url, 1 / READINGS_A_SECOND))
        terminal = stack.enter_context(on_terminal(*options, columns=COLUMNS, rows=ROWS))
        terminal.read(SETTLING)
        terminal.type(keys)
        terminal.read(SETTLING)
        frames, cpu, begin = relay.asked.count(READING), terminal.cpu_seconds(), time.monotonic()
        count = terminal.read(seconds)
        lasted = time.monotonic() - begin
        cpu = terminal.cpu_seconds() - cpu
        frames = 4 * (relay.asked.count(READING) - frames)
    return frames / lasted, cpu / lasted, count / lasted


@contextlib.contextmanager
def flood() -> Iterator[str]:
    """A port that sends noise at 115,200 bit/s and listens to nobody."""
    over = threading.Event()
    noise = random.Random(1)

    def send(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            while not over.wait(1 / CHUNKS_A_SECOND):
                client.sendall(noise.randbytes(FLOOD // CHUNKS_A_SECOND))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=send, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)


def answered(terminal: Terminal, key: bytes, words: bytes) -> float:
    """Seconds from a key to these words on the terminal; inf: never."""
    seen = len(terminal.chunks)
    pressed = time.monotonic()
    terminal.type(key)
    while time.monotonic() < pressed + 2:
        terminal.read(0.005)
        if words in b"".join(data for _, data in terminal.chunks[seen:]):
            return time.monotonic() - pressed
    return math.inf


def key_times(options: list[str]) -> list[float]:
    """How long the help takes to appear, again and again."""
    with on_terminal(*options, columns=COLUMNS, rows=ROWS) as terminal:
        terminal.read(SETTLING)
        terminal.type(LOG)
        terminal.read(SETTLING)
        times = []
        for _ in range(KEYS):
            times.append(answered(terminal, SEARCH, HELP))
            terminal.type(b"q")
            terminal.read(0.3)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each terminal is watched (20)")
    arguments, _ = parser.parse_known_args()
    if not Path("/proc/self/stat").exists():
        sys.exit("bench_log needs /proc, which this system does not have.")
    frames, cpu, drawn = busy(LOG, arguments.seconds)
    hidden_frames, hidden_cpu, _ = busy(LIVE, arguments.seconds)
    table(
        f"Frame log, {COLUMNS}x{ROWS}, a busy line, {arguments.seconds:.0f} s",
        [
            Row("frames a second", frames, ""),
            Row("processor, log visible", 100 * cpu, "% of a core", 8.0),
            Row("drawn", drawn, "B/s", 150_000),
            Row("frames a second, log hidden", hidden_frames, ""),
            Row("processor, log hidden", 100 * hidden_cpu, "% of a core"),
        ],
    )
    with profile("simulated:", 1.0) as options:
        quiet = key_times(options)
    with flood() as url, profile(url, 1.0) as options:
        flooded = key_times(options)
    table(
        f"Frame log, a key to the help, {KEYS} times",
        [
            Row("quiet line, median", 1000 * statistics.median(quiet), "ms"),
            Row(f"{FLOOD:,} bytes of noise a second, median", 1000 * statistics.median(flooded), "ms"),
            Row("the same, slowest", 1000 * max(flooded), "ms"),
        ],
    )
