"""Downloads that are interrupted again and again end as if nothing had happened, byte for byte in the CSV."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from iec102.asdu import MADRID
from iec102.errors import KeyNotAnswered, LineError, LinkError
from iec102.line import Line
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register, expected_ends
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from iec102.simulator import SimulatorConfig
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import ask_who, contents
from iec102_tui.archive.file import faults
from iec102_tui.load_profile.csv_file import csv_lines
from support.dialogue import STATION
from support.unsteady_line import UnsteadyLine
from support.virtual_time import run

CONFIG = SimulatorConfig(clock=datetime(2026, 11, 22, 10, tzinfo=MADRID), seed=7)
RANGES = {
    "autumn": (datetime(2026, 10, 22, tzinfo=MADRID), datetime(2026, 10, 28, tzinfo=MADRID)),
    "spring": (datetime(2026, 3, 27, tzinfo=MADRID), datetime(2026, 3, 31, tzinfo=MADRID)),
}
NEVER = 1 << 60


def mishaps(seed: int, kinds: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    chance = random.Random(seed)
    while True:
        yield chance.randint(1, 3000), chance.choice(kinds)


def undisturbed(register: Register, start: datetime, end: datetime) -> str:
    store = MemoryStore()

    async def download() -> None:
        line = Line(UnsteadyLine(CONFIG, iter([(NEVER, "")])), LineSettings())
        await Download(Meter(line, STATION), store, register, start, end).run()
        await line.close()

    run(download())
    records = store.records()
    assert [record.end for record in records] == expected_ends(register, start, end)
    return "".join(csv_lines(records, MADRID))


@pytest.mark.parametrize("season", RANGES)
@pytest.mark.parametrize("register", [Register.HOURLY, Register.QUARTER_HOURLY])
@pytest.mark.parametrize("kinds", [("loss",), ("restart",), ("loss", "restart")], ids="-".join)
@pytest.mark.parametrize("seed", range(2))
def test_a_lost_line_and_a_meter_that_restarts_change_nothing(
    tmp_path: Path, season: str, register: Register, kinds: tuple[str, ...], seed: int
) -> None:
    start, end = RANGES[season]
    path = tmp_path / "archive.sqlite"
    unsteady = UnsteadyLine(CONFIG, mishaps(seed, kinds))

    async def download() -> bool:
        """As one run of the program; False where it had to give up, or said that an answer was not finished."""
        archive = Archive(path)
        line = Line(unsteady, LineSettings(timeout=300, retries=1))
        meter = Meter(line, STATION)
        try:
            curve = archive.curve(await ask_who(meter), register)
            progress = await Download(meter, curve, register, start, end, shared=True, patience=2).run()
        except (LineError, LinkError, KeyNotAnswered):
            return False
        finally:
            await line.close()
            archive.close()
        return progress.unfinished == 0

    while not run(download()):
        pass
    assert unsteady.happened > 3
    assert faults(path) == []
    (found,) = contents(path)
    archive = Archive(path)
    curve = archive.curve(found.meter, register)
    assert "".join(csv_lines(curve.records(start, end), MADRID)) == undisturbed(register, start, end)
    assert curve.differing(start, end) == []
    archive.close()
