"""Hourly values, eight channels, over a line emulated at 9600-8E1: by blocks and by ranges, and what iec870ree needs.

The simulated meter runs in a process of its own and makes each byte take its 11 bit times, in both directions. The
default is a week; `--days 31` is the month of the project's target, for which the time on the wire is about 43 s.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import iec102
from iec102.asdu import MADRID
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register
from iec102.load_profile.read_method import ReadMethod
from iec102.transport.tap import TapRecord
from report import Row, table
from support.iec870ree import NotInstalled, drive, interpreter
from support.program import simulated_meter

SPEED, FORMAT, BITS = 9600, "8E1", 11
CLOCK = "2026-11-22T10:00:07+01:00"
END = datetime(2026, 11, 1, tzinfo=MADRID)
SLOW = ("--quirk", "slow-200")
CLIENT_PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class Took:
    """A download: seconds, bytes in both directions."""

    seconds: float
    size: int

    @property
    def wire(self) -> float:
        return self.size * BITS / SPEED


async def ours(url: str, days: int, way: ReadMethod) -> Took:
    """One download, behind the link start and the login."""
    size = 0

    def tap(record: TapRecord) -> None:
        nonlocal size
        item = record.item
        size += len(item.encode()) if isinstance(item, iec102.Frame) else len(item.data)

    async with iec102.connect(url, baudrate=SPEED, format=FORMAT, password=1, tap=tap) as meter:
        await meter.read_clock()
        store = MemoryStore()
        download = Download(meter, store, Register.HOURLY, END - timedelta(days=days), END, way=way)
        size, begin = 0, time.perf_counter()
        progress = await download.run()
        took = Took(time.perf_counter() - begin, size)
    assert progress.way is way
    assert progress.records == progress.expected == len(store.records())
    return took


def theirs(python: str, url: str, days: int) -> tuple[float, float]:
    """Seconds of the other client by blocks and by ranges."""
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    bounds = ",".join(f"{when:%Y-%m-%dT%H:%M}" for when in (END - timedelta(days=days), END))
    readings = (f"blocks,profiles,{bounds},0", f"incremental,profiles,{bounds}")
    seconds = drive(python, "timed", host, port, "1", "1", "1", *readings, timeout=CLIENT_PATIENCE)
    return seconds[readings[0]], seconds[readings[1]]


def measure(title: str, options: tuple[str, ...], days: int, least: float, python: str | None, *, paced: bool) -> None:
    arguments = ("--tcp", "127.0.0.1:0", "--clock", CLOCK, "--line", f"{SPEED}-{FORMAT}", *options)
    with simulated_meter(*arguments) as url:
        blocks = asyncio.run(ours(url, days, ReadMethod.BLOCKS_8))
        ranges = asyncio.run(ours(url, days, ReadMethod.RANGES_8))
        other = theirs(python, url, days) if python is not None else None
    rows = [
        Row("blocks", blocks.seconds, "s"),
        Row("ranges", ranges.seconds, "s"),
        Row("ranges over blocks", ranges.seconds / blocks.seconds, "", least, at_least=True),
    ]
    if paced:
        rows.insert(1, Row("blocks over time on the wire", blocks.seconds / blocks.wire, "", 1.05))
    if other is not None:
        rows += [
            Row("iec870ree 0.14.1, blocks", other[0], "s"),
            Row("iec870ree 0.14.1, ranges", other[1], "s"),
            Row("its best over our blocks", min(other) / blocks.seconds, ""),
        ]
    table(f"{days} days of hourly values at {SPEED}-{FORMAT}, {title}", rows)


def client(folder: str) -> str | None:
    """The interpreter with iec870ree; None, and a sentence on the screen, where it cannot be had."""
    if "IEC870REE_PYTHON" not in os.environ:
        print("Installing iec870ree 0.14.1 in a temporary environment; IEC870REE_PYTHON would name one that is there.")
    try:
        return interpreter(Path(folder))
    except NotInstalled as error:
        print(f"Without the comparison: {error}")
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=7, help="of hourly values (7)")
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="iec870ree-") as folder:
        python = client(folder)
        measure("no delay", (), arguments.days, 1.4, python, paced=True)
        measure("200 ms of delay an answer", SLOW, arguments.days, 2.7, python, paced=False)


if __name__ == "__main__":
    main()
