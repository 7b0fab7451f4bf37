"""Many meters in one process, each read once a second over TCP: what a reading costs, and where the knee is.

The simulated meters run in processes of their own. A reading is late when it came more than two periods behind the
one before: then one is missing. ``--meters`` may give several numbers; the knee is the last of them with none late.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import time
from pathlib import Path
from typing import NamedTuple

from iec102.asdu.password import Password
from iec102.meter.reading import Reading
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile
from report import Row, table
from support.meter_servers import meter_servers

MOST_MEMORY, MOST_CORE, PERIOD = 150.0, 1.0, 1.0
_PER_PROCESS = 100
_WARM = 4.0


class Times(Sink):
    """When readings came, by the monotonic clock."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def reading(self, reading: Reading) -> None:
        self.at.append(time.monotonic())


class Result(NamedTuple):
    """``cost``: processor seconds of a reading; ``late``: readings that were missed; ``memory``: kB a meter."""

    meters: int
    readings: int
    cost: float
    core: float
    late: int
    longest: float
    memory: float


def resident() -> float:
    """Of this process, kB."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])


async def read(urls: list[str], seconds: float) -> Result:
    """All of them at once."""
    meters, before = Meters(), resident()
    times: list[Times] = []
    for number, url in enumerate(urls):
        service = MeterService(connection_of(f"m{number}", Profile(target=url, password=Password(1))))
        times.append(Times())
        service.watch(times[-1])
        meters.add(service)
        await asyncio.sleep(PERIOD / len(urls))  # they are not all asked in the same moment
    await asyncio.sleep(_WARM)
    for each in times:
        each.at.clear()
    used, began = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    used, passed = time.process_time() - used, time.monotonic() - began
    gaps = [after - at for each in times for at, after in zip(each.at, each.at[1:], strict=False)]
    silent = sum(len(each.at) < seconds / PERIOD / 2 for each in times)
    readings = sum(len(each.at) for each in times)
    memory = (resident() - before) / len(urls)
    late = sum(gap > 2 * PERIOD for gap in gaps) + silent
    await meters.close()
    return Result(len(urls), readings, used / max(1, readings), used / passed, late, max(gaps, default=0.0), memory)


def measure(count: int, seconds: float) -> Result:
    with contextlib.ExitStack() as stack:
        urls: list[str] = []
        while len(urls) < count:
            urls += stack.enter_context(meter_servers(min(_PER_PROCESS, count - len(urls))))
        return asyncio.run(read(urls, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, nargs="+", default=[200], help="how many, one measurement each (200)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each (20)")
    chosen = parser.parse_args()
    knee = 0
    for count in chosen.meters:
        result = measure(count, chosen.seconds)
        knee = count if not result.late else knee
        table(
            f"{count} meters over TCP, one reading a second each, {chosen.seconds:g} s",
            [
                Row("readings a second", result.readings / chosen.seconds, "", 0.98 * count, at_least=True),
                Row("a reading, processor time", result.cost * 1000, "ms"),
                Row("of a core", result.core, "", MOST_CORE),
                Row("late by more than a period", result.late, ""),
                Row("on time", 100.0 * (1 - result.late / max(1, result.readings)), "%", 100.0, at_least=True),
                Row("longest between two", result.longest, "s"),
                Row("memory of a meter", result.memory, "kB", MOST_MEMORY),
            ],
        )
    print(f"\nNone late up to {knee} meters.")


if __name__ == "__main__":
    main()
