"""A full reading of what a meter knows, as a field engineer wants it, with what it costs on the line."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from iec102.asdu import Password
from iec102.link import Frame
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.open import open_line
from iec102.settings import LineSettings, Station
from iec102.transport import TapRecord
from iec102.transport.tap import Direction

STATION = Station(1, 1, Password(1))


class Cost(NamedTuple):
    """Seconds that it took, bytes on the line (both directions), seconds of them for live reading, types asked.

    ``oldest``: how old a live reading was when the next one came, at most.
    """

    seconds: float
    octets: int
    live: float
    asked: Counter[int]
    oldest: float


async def everything(reader: InformationReader) -> list[object]:
    """Info, tariff, the last three closings of three contracts, all events of a year."""
    now = reader.meter.line.clock.wall()
    found: list[object] = [
        await reader.read_identity(),
        await reader.read_configuration(),
        await reader.read_recorder(),
        await reader.read_clock(),
        await reader.read_point_parameters(),
        await reader.read_summer_time_dates(),
    ]
    for contract in (1, 2, 3):
        found += [
            await reader.read_contracted_powers(contract),
            await reader.read_holidays(contract),
            await reader.read_tariff_tables(contract),
            await reader.read_last_closings(contract, 3),
        ]
    found.append(await reader.read_events(start=now - timedelta(days=365), end=now))
    return found


async def full_reading(target: str, *, live: bool) -> tuple[list[object], Cost]:
    """Reads everything at 9600-8E1, beside live reading once a second or alone; the login is not counted."""
    octets, oldest, read_at = 0, 0.0, None
    asked = Counter[int]()
    loop = asyncio.get_running_loop()

    def hear(record: TapRecord) -> None:
        nonlocal octets
        if isinstance(record.item, Frame):
            octets += len(record.item.encode())
            if record.direction is Direction.SENT and record.item.asdu:
                asked[record.item.asdu[0]] += 1

    def fresh(snapshot: Snapshot) -> None:
        nonlocal oldest, read_at
        if read_at is not None:
            oldest = max(oldest, loop.time() - read_at)
        read_at = loop.time()

    line = open_line(target, LineSettings(9600, "8E1"), tap=hear)
    reader = InformationReader(Meter(line, STATION, who="information"))
    monitor = Monitor(Meter(line, STATION, who="live"), period=1.0, on_snapshot=fresh, clock_period=None)
    try:
        await reader.read_identity()
        beside = loop.create_task(monitor.run()) if live else None
        began, before = loop.time(), octets
        found = await everything(reader)
        seconds, octets = loop.time() - began, octets - before
        if beside is not None:
            beside.cancel()
    finally:
        await line.close()
    return found, Cost(seconds, octets, line.usage.get("live", 0.0), asked, oldest)
