"""What is read of a meter for the archive: only what stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from iec102.asdu import MADRID
from iec102.clock import Clock
from iec102.errors import Iec102Error
from iec102.line import Line
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from iec102_tui.archive.contents import MeterKey, key_of_address, recall
from iec102_tui.collect.stores import CollectorArchive
from iec102_tui.collect.work import Unfinished, ask_who, read_closings
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile
from support.dialogue import STATION, line_to
from support.knowing_meter import KnowingMeter
from support.raw_meter import time_tag
from support.scripted_meter import NOW, ScriptedLine
from support.virtual_time import run

METER = MeterKey("device 5-1", 1)


def period(address: int, start: datetime, end: datetime) -> tuple[int, bytes]:
    """One of a closing, as it comes."""
    tags = b"".join(time_tag(when.replace(tzinfo=None), summer=bool(when.dst())) for when in (start, end))
    energies = 3 * ((1000).to_bytes(4, "little") + (10).to_bytes(4, "little") + b"\0")
    return 1, bytes((address,)) + energies + 2 * (bytes(4) + b"\x80") + bytes(10) + bytes(5) + tags


def first_of(month: int) -> datetime:
    return datetime(2026, month, 1, tzinfo=MADRID)


def kept(folder: Path, meter: KnowingMeter, ends: Iterable[bool], now: datetime = NOW) -> list[tuple[str, list[int]]]:
    """Ends and periods of the closings that the archive has after some readings; ``now`` by this machine."""

    async def story() -> list[tuple[str, list[int]]]:
        archive = CollectorArchive(folder)
        stores = await archive.open()
        clock = Clock(asyncio.get_running_loop().time, lambda: now)
        line = Line(ScriptedLine(meter), LineSettings(), clock=clock)
        reader = InformationReader(Meter(line, STATION))
        try:
            for meter.ends in ends:
                if meter.ends:
                    await read_closings(reader, stores, METER)
                else:
                    with pytest.raises(Unfinished, match="closings may be missing"):
                        await read_closings(reader, stores, METER)
            await archive.flush()
            found = stores.data.known(METER, MADRID).closings.get(1, ())
            return [(each["end"][:10], [period["period"] for period in each["periods"]]) for each in found]
        finally:
            await line.close()
            await archive.close()

    assert issubclass(Unfinished, Iec102Error)
    return run(story())


def test_a_closing_is_kept_only_of_an_answer_that_came_to_its_end(tmp_path: Path) -> None:
    meter = KnowingMeter()
    meter.knows[134, 134] = [period(address, first_of(10), first_of(11)) for address in (20, 21, 22)]
    assert kept(tmp_path, meter, [False]) == []
    assert kept(tmp_path, meter, [False, True, False]) == [("2026-11-01", [0, 1, 2])]


def test_a_closing_that_has_not_ended_yet_waits(tmp_path: Path) -> None:
    meter = KnowingMeter()
    meter.knows[134, 134] = [period(20, first_of(10), first_of(11)), period(20, first_of(11), first_of(12))]
    assert first_of(12) > NOW
    assert kept(tmp_path, meter, [True]) == [("2026-11-01", [0])]


def test_whether_a_closing_has_ended_is_a_matter_of_the_meters_clock(tmp_path: Path) -> None:
    """What still runs would be kept for good, and published, where this machine's clock is ahead."""
    meter = KnowingMeter()
    meter.knows[134, 134] = [period(20, first_of(10), first_of(11)), period(20, first_of(11), first_of(12))]
    for years in (-10, 10):
        now = NOW.replace(year=NOW.year + years)
        assert kept(tmp_path / str(years), meter, [True], now) == [("2026-11-01", [0])]


def test_a_meter_that_does_not_tell_who_it_is_is_known_at_the_next_start(tmp_path: Path) -> None:
    """Else what is new of it would be forgotten there."""
    connection = connection_of("north", Profile(target="tcp://north:1"))

    async def story() -> MeterKey | None:
        archive = CollectorArchive(tmp_path)
        line = line_to(ScriptedLine(KnowingMeter()))
        try:
            assert (await ask_who(Meter(line, STATION), connection, await archive.open())).identity is None
            await archive.flush()
            return recall(archive.path, connection.target, connection.station)
        finally:
            await line.close()
            await archive.close()

    assert run(story()) == key_of_address(STATION)
