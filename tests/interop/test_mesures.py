"""Files of the sector equal, byte for byte, what mesures 3.11.0 writes of the same records."""

from __future__ import annotations

import bz2
import io
import itertools
import zipfile
from datetime import date
from typing import Any

import pytest
from iec102.asdu.timetag import MADRID
from iec102.asdu.totals import total_of
from iec102.clock import SYSTEM_CLOCK
from iec102.load_profile.intervals import Register, expected_ends, midnight
from iec102.load_profile.records import LoadRecord
from iec102_tui.market_files.formats import MARKET_FORMATS
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.market_files.writing import market_file, sorted_out
from support.mesures import written

CUPS = "ES0021000000000001RK1P"
# mesures writes method 1 and firm 1 in its P files whatever it is given.
POINT = SupplyPoint(CUPS, "0021", "0100", method=1, firm=1, invoice="F0001")
DAYS = {
    "ordinary": (date(2026, 11, 19), date(2026, 11, 20)),
    "23 hours": (date(2026, 3, 29), date(2026, 3, 30)),
    "25 hours": (date(2026, 10, 25), date(2026, 10, 26)),
    "three days": (date(2026, 10, 24), date(2026, 10, 27)),
}
CODES = ("p1d", "p1", "p2d", "p2", "f1", "f1qh", "f5d", "p5d")
IN_WH = ("f5d", "p5d")
NAMES = ("ai", "ae", "r1", "r2", "r3", "r4")
RESERVED = ("res", "res2")


def records(register: Register, first: date, last: date) -> list[LoadRecord]:
    """Each value tells its interval and its channel; the reserved ones are as meters send them."""
    ends = expected_ends(register, midnight(first), midnight(last), MADRID)
    made = []
    for number, end in enumerate(ends, start=1):
        totals = [(channel, number * 10 + channel, 0) for channel in range(1, 7)]
        made.append(LoadRecord(end, tuple(total_of(parts) for parts in (*totals, (7, 0, 128), (8, 0, 128)))))
    return made


def for_mesures(record: LoadRecord, unit: int) -> dict[str, Any]:
    totals = {total.address: total for total in record.totals}
    values = {name: totals[address].value * unit for address, name in enumerate(NAMES, start=1)}
    qualities = {
        f"quality_{name}": totals[address].quality for address, name in enumerate((*NAMES, *RESERVED), start=1)
    }
    head = {"cups": CUPS, "timestamp": record.end.timestamp(), "method": 1, "firmeza": 1, "factura": "F0001"}
    return {**head, **values, **qualities}


def unpacked(name: str, content: bytes) -> dict[str, str]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {each: bz2.decompress(archive.read(each)).decode() for each in archive.namelist()}
    return {name: bz2.decompress(content).decode()}


@pytest.fixture(scope="module")
def theirs(mesures_python: str) -> dict[tuple[str, str], dict[str, str]]:
    """What mesures writes by code and days: a second of each process is the loading of what it needs."""
    cases = list(itertools.product(CODES, DAYS))
    tasks = []
    for code, days in cases:
        profile = records(MARKET_FORMATS[code].register, *DAYS[days])
        tasks.append((code, [for_mesures(record, 1000 if code in IN_WH else 1) for record in profile]))
    return dict(zip(cases, written(mesures_python, tasks), strict=True))


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("code", CODES)
def test_a_file_equals_that_of_mesures(theirs: dict[tuple[str, str], dict[str, str]], code: str, days: str) -> None:
    form = MARKET_FORMATS[code]
    profile = records(form.register, *DAYS[days])
    intervals, missing = sorted_out(form, profile, [record.end for record in profile], MADRID)
    made = SYSTEM_CLOCK.wall().date()  # mesures writes the day of its making into its names
    ours = market_file(form, intervals, POINT, made, packed=True)
    assert not missing
    assert unpacked(*ours) == theirs[code, days]
