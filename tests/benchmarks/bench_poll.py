"""The cycle of the 24 signals over a line emulated at 9600-8E1, against the time that its bytes need on the wire.

The simulated meter runs in a process of its own and makes each byte take its 11 bit times, in both directions; the
rest of a cycle is turnaround: what the two programs, the operating system and the scheduler add.
"""

import argparse
import asyncio
import statistics
import time

import iec102
from iec102.transport.tap import TapRecord
from report import Row, table
from support.program import simulated_meter

SPEED, FORMAT, BITS = 9600, "8E1", 11
EXPECTED_BYTES = 140


async def cycles(url: str, count: int) -> tuple[list[float], float]:
    """The duration of each of so many cycles back to back, in seconds, and the bytes of one, both directions."""
    seen = 0

    def tap(record: TapRecord) -> None:
        nonlocal seen
        item = record.item
        seen += len(item.encode()) if isinstance(item, iec102.Frame) else len(item.data)

    durations = []
    async with iec102.connect(url, baudrate=SPEED, format=FORMAT, password=1, tap=tap) as meter:
        await meter.read_instantaneous()  # link start and login are not part of a cycle
        seen = 0
        for _ in range(count):
            begin = time.perf_counter()
            await meter.read_instantaneous()
            durations.append(time.perf_counter() - begin)
        size = seen / count  # before the end of the session adds its frames
    return durations, size


def measure(transport: str, options: list[str], count: int) -> None:
    with simulated_meter(*options, "--line", f"{SPEED}-{FORMAT}") as url:
        durations, size = asyncio.run(cycles(url, count))
    wire = size * BITS / SPEED
    table(
        f"Poll cycle over {transport} at {SPEED}-{FORMAT}, {count} cycles",
        [
            Row("bytes of a cycle", size, "B", EXPECTED_BYTES),
            Row("time on the wire", wire * 1000, "ms"),
            Row("cycle, median", statistics.median(durations) * 1000, "ms"),
            Row("cycle, longest", max(durations) * 1000, "ms"),
            Row("median over wire time", statistics.median(durations) / wire, "", 1.05),
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=50, help="cycles of each transport (50)")
    arguments, _ = parser.parse_known_args()
    measure("TCP", ["--tcp", "127.0.0.1:0"], arguments.cycles)
    measure("a pty", ["--pty"], arguments.cycles)
