"""`iec102-tui load-profile` for spreadsheets, as JSON Lines and as Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from iec102.asdu import Total
from iec102.load_profile.records import CHANNELS, LoadRecord
from iec102_tui.load_profile.csv_file import HEADER
from iec102_tui.load_profile.formats import Layout, encoded

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
DAY = ("--from", "2026-11-01", "--to", "2026-11-02")
MADRID = ZoneInfo("Europe/Madrid")


def test_a_csv_for_spreadsheets(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    plain = program("load-profile", FROZEN, *DAY)[1]
    assert program("load-profile", FROZEN, *DAY, "--decimal-comma", "--bom", "-o", str(path))[0] == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + plain.replace(",", ";").encode()
    assert program("load-profile", FROZEN, *DAY, "--separator", "tab")[1] == plain.replace(",", "\t")
    labelled = program("load-profile", FROZEN, *DAY, "--labels")[1]
    assert labelled.startswith("time,A+ (grid -> site) kWh,A- (site -> grid) kWh,")
    assert labelled.splitlines()[1:] == plain.splitlines()[1:]


def test_json_lines_have_the_columns_of_the_csv(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    rows = list(csv.DictReader(io.StringIO(program("load-profile", FROZEN, *DAY)[1])))
    text = program("load-profile", FROZEN, *DAY, "--file-format", "jsonl")[1]
    assert program("load-profile", FROZEN, *DAY, "-o", str(path))[0] == 0
    assert path.read_text() == text
    found = [json.loads(line) for line in text.splitlines()]
    assert [list(row) for row in found] == [HEADER.split(",")] * 24
    for row, expected in zip(found, rows, strict=True):
        assert row["time"] == expected["time"]
        assert [str(row[name]) for name in CHANNELS] == [expected[name] for name in CHANNELS]
        assert [f"{row[f'q_{name}']:02x}" for name in CHANNELS] == [expected[f"q_{name}"] for name in CHANNELS]


def test_what_a_record_does_not_have_is_null_in_json() -> None:
    (line,) = encoded(
        [LoadRecord(datetime(2026, 10, 25, 1, tzinfo=UTC), (Total(1, 7, 0xC1),))], MADRID, Layout("jsonl")
    )
    row = json.loads(line)
    assert (row["A+"], row["q_A+"], row["A-"], row["q_A-"]) == (7, 0xC1, None, None)


def test_parquet_without_pyarrow_is_said_before_the_meter_is_asked(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    status, _out, err = program("load-profile", "tcp://127.0.0.1:1", *DAY, "-o", str(tmp_path / "out.parquet"))
    assert status == 2
    assert "iec102-tui[parquet]" in err


def test_parquet_has_times_values_and_labels(program: Program, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "out.parquet"
    rows = list(csv.DictReader(io.StringIO(program("load-profile", FROZEN, *DAY)[1])))
    assert program("load-profile", FROZEN, *DAY, "-o", str(path)) == (0, "", "")
    table = parquet.read_table(path)
    assert table.column_names == HEADER.split(",")
    assert [when.isoformat() for when in table["time"].to_pylist()] == [row["time"] for row in rows]
    assert table["A+"].to_pylist() == [int(row["A+"]) for row in rows]
    assert table["q_Res1"].to_pylist() == [int(row["q_Res1"], 16) for row in rows]
    assert table.schema.field("A-").metadata[b"label"] == b"A- (site -> grid) kWh"
