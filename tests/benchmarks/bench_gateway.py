"""What it costs to share a line at 9600-8E1: a download beside live reading, one application alone, 32 of them.

The simulated meter runs on a pty in a process of its own and makes each byte take its 11 bit times. Live reading, once
a second when it gets its turn, and the gateway share a process, as in the monitor; the applications are this library's
client over TCP. The default is a week of hours; `--days 31` is the month of the project's target.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import iec102
from iec102.asdu import MADRID, Password
from iec102.gateway import Address, Gateway, GatewaySettings
from iec102.line import Line
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.open import open_line
from iec102.settings import LineSettings, Station
from report import Row, table
from support.program import gateway_process, simulated_meter

SPEED, FORMAT = 9600, "8E1"
METER = ("--pty", "--clock", "2026-11-22T10:00:07+01:00", "--line", f"{SPEED}-{FORMAT}")
STATION = Station(1, 1, Password(1))
END = datetime(2026, 11, 1, tzinfo=MADRID)
LIVE_PERIOD = 1.0
FRAMES = 4  # of a cycle: request, acknowledgement, poll, answer
CLIENTS = 32
FAST = 115200


@dataclass(slots=True)
class Live:
    """How old the reading on the screen was when the next one came, at most."""

    oldest: float = 0.0
    _read_at: float | None = None

    def take(self, snapshot: Snapshot) -> None:
        if snapshot.read_at is not None and snapshot.read_at != self._read_at:
            if self._read_at is not None:
                self.oldest = max(self.oldest, snapshot.read_at - self._read_at)
            self._read_at = snapshot.read_at


def line_to(url: str) -> Line:
    return open_line(url, LineSettings(SPEED, FORMAT), reconnect=True)


@asynccontextmanager
async def shared(url: str) -> AsyncIterator[tuple[Line, str]]:
    """A line with a gateway on it, and where that listens."""
    line = line_to(url)
    gateway = Gateway(line, GatewaySettings(Address("127.0.0.1", 0)))
    await gateway.start()
    try:
        yield line, gateway.status.url
    finally:
        await gateway.close()
        await line.close()


async def month(meter: Meter, days: int) -> tuple[float, int]:
    """Seconds and records of a download by ranges, in one request, behind the login."""
    await meter.read_clock()
    begin = time.perf_counter()
    records = await meter.read_totals(END - timedelta(days=days), END)
    return time.perf_counter() - begin, len(records)


async def cycles(meter: Meter, count: int) -> float:
    """The median duration of a cycle of the 24 signals."""
    await meter.read_instantaneous()
    durations = []
    for _ in range(count):
        begin = time.perf_counter()
        await meter.read_instantaneous()
        durations.append(time.perf_counter() - begin)
    return statistics.median(durations)


async def beside_live_reading(url: str, days: int) -> tuple[float, int, float]:
    """Seconds and records of the download, and the age of the oldest reading."""
    live = Live()
    async with shared(url) as (line, listening), iec102.connect(listening, password=1) as client:
        monitor = Monitor(Meter(line, STATION, who="live"), period=LIVE_PERIOD, on_snapshot=live.take)
        reading = asyncio.create_task(monitor.run())
        seconds, records = await month(client, days)
        reading.cancel()
    return seconds, records, live.oldest


async def direct(url: str, days: int, count: int) -> tuple[float, float, int]:
    async with iec102.connect(url, baudrate=SPEED, format=FORMAT, password=1) as client:
        return await cycles(client, count), *(await month(client, days))


async def alone(url: str, days: int, count: int) -> tuple[float, float, int]:
    async with shared(url) as (_line, listening), iec102.connect(listening, password=1) as client:
        return await cycles(client, count), *(await month(client, days))


def sharing(days: int, count: int) -> None:
    with simulated_meter(*METER) as url:
        plain_cycle, plain, expected = asyncio.run(direct(url, days, count))
        alone_cycle, through, records = asyncio.run(alone(url, days, count))
        beside, as_many, oldest = asyncio.run(beside_live_reading(url, days))
    assert records == as_many == expected
    table(
        f"{days} days of hourly values by ranges through the gateway, at {SPEED}-{FORMAT}",
        [
            Row("without gateway", plain, "s"),
            Row("alone", through, "s"),
            Row("alone, more a frame", (through - plain) / (FRAMES + 2 * expected) * 1000, "ms", 5),
            Row("cycle alone, more a frame", (alone_cycle - plain_cycle) / FRAMES * 1000, "ms", 5),
            Row("beside live reading", beside, "s"),
            Row("beside live reading over without gateway", beside / plain, "", 1.35),
            Row("oldest live reading", oldest, "s", 3),
        ],
    )


def memory_of(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def ask_for(url: str, seconds: float) -> list[int]:
    """How many readings each of the applications had; raises what any of them met."""
    counts = [0] * CLIENTS
    until = time.perf_counter() + seconds

    async def ask(number: int) -> None:
        async with iec102.connect(url, password=1) as client:
            while time.perf_counter() < until:
                await client.read_instantaneous()
                counts[number] += 1

    await asyncio.gather(*map(ask, range(CLIENTS)))
    return counts


def many(seconds: float) -> None:
    with (
        simulated_meter("--pty", "--line", f"{FAST}-{FORMAT}") as url,
        gateway_process(url, "--baudrate", str(FAST), "--format", FORMAT) as (
            listening,
            process,
        ),
    ):
        asyncio.run(ask_for(listening, seconds / 2))
        before = memory_of(process.pid)
        counts = asyncio.run(ask_for(listening, seconds))
        grown = memory_of(process.pid) - before
    table(
        f"{CLIENTS} applications asking for {seconds:g} s, at {FAST}-{FORMAT}",
        [
            Row("readings", sum(counts), ""),
            Row("most over fewest", max(counts) / min(counts), "", 1.2),
            Row("memory grown", grown, "MiB", 1),
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=7, help="of hourly values (7)")
    parser.add_argument("--cycles", type=int, default=20, help="of the 24 signals (20)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of 32 applications (30)")
    arguments, _ = parser.parse_known_args()
    sharing(arguments.days, arguments.cycles)
    many(arguments.seconds)
