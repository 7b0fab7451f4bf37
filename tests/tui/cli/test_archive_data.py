"""`iec102-tui archive` on what meters know besides load profiles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from iec102.settings import Station
from iec102_tui.archive.meter_data_store import MeterDataStore
from support.known_meter import DAY, KEY, READ, closing, configuration, events

Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A meter without a load profile."""
    path = tmp_path / "archive.sqlite"
    store = MeterDataStore(path)
    store.remember("tcp://north:40001", Station(1, 1), KEY)
    store.keep_told(KEY, "configuration", configuration("4800 bit/s"), READ - DAY)
    store.keep_told(KEY, "configuration", configuration(), READ)
    store.keep_closings(KEY, 1, [closing(month) for month in (9, 10, 11)])
    store.keep_events(KEY, events())
    for number in range(5):
        store.keep_clock(KEY, READ - timedelta(days=5 - number), 0.5 * number)
    store.close()
    return path


def test_list_says_how_much_there_is_and_what_has_changed(path: Path, program: Program) -> None:
    status, out, err = program("archive", "list", "--archive", str(path))
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        "device 5-50112873, point 1, tcp://north:40001",
        "  3 closings, 2026-09-01 to 2026-11-01",
        "  9 events, 2026-10-01 to 2026-11-21",
        "  2 answers of the meter about itself, 2026-11-21 to 2026-11-22",
        "  5 clock differences, 2026-11-17 to 2026-11-21",
        "  the clock gains +0.50 s a day over 4 days",
        "  changed 2026-11-22 12:05: configuration, ports 1 speed was 48, is 96",
        "  changed 2026-11-22 12:05: configuration, ports 1 speed_words was 4800 bit/s, is 9600 bit/s",
    ]


def test_closings_and_events_as_csv_and_all_as_json(path: Path, tmp_path: Path, program: Program) -> None:
    def exported(*more: str) -> str:
        status, out, err = program("archive", "export-data", "50112873", "--archive", str(path), *more)
        assert (status, err) == (0, "")
        return out

    rows = exported("--kind", "closings").splitlines()
    assert rows[0].startswith("contract,start,end,current,period,active_kwh")
    assert len(rows) == 1 + 3 * 5
    rows = exported("--kind", "events").splitlines()
    assert rows[0] == "record,time,time_invalid,spa,spq,spi,meaning,spi_words"
    assert len(rows) == 10
    file = tmp_path / "all.json"
    assert exported("-o", str(file)) == ""
    document = json.loads(file.read_text())
    assert list(document) == ["time", "told", "changes", "not_told", "closings", "events", "clock_differences"]
    assert len(document["clock_differences"]) == 5


def test_another_meter_is_not_there(path: Path, program: Program) -> None:
    status, _out, err = program("archive", "export-data", "1", "--archive", str(path))
    assert status == 2
    assert "Say which meter" in err


def test_verify_finds_a_closing_that_was_given_twice(path: Path, program: Program) -> None:
    status, out, _err = program("archive", "verify", "--archive", str(path))
    assert status == 0, out
    store = MeterDataStore(path)
    store.keep_closings(KEY, 1, [closing(11) | {"current": True}])
    store.close()
    status, _out, err = program("archive", "verify", "--archive", str(path))
    assert status == 3
    assert "the closing of contract I that ends 2026-11-01 00:00 was given in 2 ways" in err
