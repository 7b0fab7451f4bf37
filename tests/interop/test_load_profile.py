"""iec870ree reads the same ranges from the same simulated meter as `load-profile`: the values are equal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from iec102.asdu import MADRID
from iec102.load_profile.records import CHANNELS
from support.iec870ree import drive
from support.program import run, simulated_meter

KEY = 20260
METER = ("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:07+01:00", "--seed", "7", "--password", str(KEY))
# What the client is asked, and the options for the same; with the number of records.
READINGS = {
    "incremental,profiles,2026-10-01T00:00,2026-11-01T00:00": (("2026-10-01", "2026-11-01"), (), 745),
    "absolute,profiles,2026-10-01T00:00,2026-11-01T00:00": (
        ("2026-10-01", "2026-11-01"),
        ("--values", "absolute"),
        745,
    ),
    "blocks,profiles,2026-03-25T00:00,2026-04-02T00:00,0": (("2026-03-25", "2026-04-02"), (), 191),
    "incremental,quarter_hour,2026-10-24T00:00,2026-10-27T00:00": (
        ("2026-10-24", "2026-10-27"),
        ("--register", "quarter-hourly"),
        292,
    ),
    "incremental,daily_billings,2026-10-01T00:00,2026-11-01T00:00": (
        ("2026-10-01", "2026-11-01"),
        ("--register", "daily"),
        31,
    ),
}


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    with simulated_meter(*METER) as url:
        yield url


@pytest.fixture(scope="module")
def theirs(iec870ree_python: str, meter: str) -> dict[str, Any]:
    """One session of the client with everything that is compared."""
    host, _, port = meter.removeprefix("tcp://").rpartition(":")
    session: dict[str, Any] = drive(iec870ree_python, "session", host, port, "1", "1", str(KEY), *READINGS)
    return session


@pytest.mark.parametrize("reading", READINGS)
def test_values_are_the_same(theirs: dict[str, Any], meter: str, reading: str) -> None:
    (start, end), options, count = READINGS[reading]
    done = run("load-profile", meter, "--password", str(KEY), "--from", start, "--to", end, *options)
    assert done.returncode == 0
    (only,) = done.stderr.splitlines()  # the meter's clock stands still
    assert "clock is" in only
    ours = [
        {
            "time": datetime.fromisoformat(row["time"]).astimezone(UTC).isoformat(),
            "totals": [
                [address, int(row[name]), int(row[f"q_{name}"], 16)] for address, name in enumerate(CHANNELS, start=1)
            ],
        }
        for row in csv.DictReader(io.StringIO(done.stdout))
    ]
    assert len(ours) == count
    at_start, *behind = theirs["readings"][reading]  # the client takes what the meter gives: its start bound too
    assert at_start["time"] == datetime.fromisoformat(start).replace(tzinfo=MADRID).astimezone(UTC).isoformat()
    assert ours == behind
