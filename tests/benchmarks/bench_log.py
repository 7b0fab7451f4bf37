"""The frame log: 100,000 frames in memory and filtered; on a terminal, CPU and bytes drawn at 100 frames a second, and
the keyboard while a line sends noise.

Needs Linux (processor time comes from /proc). The same line is also watched with the log hidden, to tell what the log
costs from what reading costs.
"""

import argparse
import contextlib
import math
import os
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from iec102.link import Answer, FrameReader, Function, answer, request
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.filter import parse
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.panes.frame_log.view import FrameView
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
FRAMES = 100_000
START = datetime(2026, 11, 22, tzinfo=UTC)
# 101 bytes, as long as the 24 signals in one answer; the contents do not matter here.
INSTANTANEOUS = bytes.fromhex("A3 03 05 01 00 00") + bytes(95)
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


def full_ring() -> FrameRing:
    """100,000 frames of readings, each with values and times of its own, as from the line."""
    frames = FrameRing(FRAMES)
    reader = FrameReader()
    for number in range(FRAMES // 4):
        values = number.to_bytes(4, "little")
        asked = request(Function.USER_DATA, 1, fcb=False, asdu=bytes.fromhex("A2 03 05 01 00 00 C0 C1 C2"))
        data = answer(Answer.USER_DATA, 1, INSTANTANEOUS[:-4] + values)
        dialogue = asked, answer(Answer.ACK, 1), request(Function.CLASS_2, 1, fcb=True), data
        for place, frame in enumerate(dialogue):
            (item,) = reader.feed(frame.encode())
            wall = START + timedelta(seconds=number)
            direction = Direction.RECEIVED if place % 2 else Direction.SENT
            frames.append(TapRecord(number + place / 100, wall, direction, item))
    return frames


def memory_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def filtering() -> None:
    """What many frames cost."""
    before = memory_bytes()
    frames = full_ring()
    rows = [Row(f"memory, {FRAMES:,} frames", (memory_bytes() - before) / 1e6, "MB", 60)]
    for text in ("type=163 and cause>=5", "not bad and dir=rx", "a2 03 05", "instantaneous"):
        view = FrameView(frames)
        view.start_again(parse(text))
        slices = []
        done = False
        while not done:
            begin = time.perf_counter()
            done = view.catch_up()
            slices.append(time.perf_counter() - begin)
        rows.append(Row(f"filter {text}, {len(view.numbers):,} found", sum(slices), "s", 1.0))
        rows.append(Row("longest time without a key", 1000 * max(slices), "ms"))
    table(f"Frame log, {FRAMES:,} frames", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each terminal is watched (20)")
    arguments, _ = parser.parse_known_args()
    if not Path("/proc/self/stat").exists():
        sys.exit("bench_log needs /proc, which this system does not have.")
    filtering()
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
