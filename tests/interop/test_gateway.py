"""Two iec870ree processes and the monitor share one meter on a serial line through one gateway.

What each reads equals what it reads alone.
"""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from iec102_tui.words.numbers import grouped
from support.iec870ree import drive
from support.program import gateway_process, on_terminal, run, simulated_meter

CLOCK = ("--clock", "2026-11-22T10:00:07+01:00", "--seed", "7")
SERIAL = ("--baudrate", "38400", "--format", "8E1")
ONE = (
    "incremental,profiles,2026-10-20T00:00,2026-10-27T00:00",
    "absolute,daily_billings,2026-10-01T00:00,2026-11-01T00:00",
    "incremental,profiles,2001-01-01T00:00,2001-01-02T00:00",
)
OTHER = (
    "blocks,profiles,2026-10-01T00:00,2026-11-01T00:00,0",
    "incremental,quarter_hour,2026-10-25T00:00,2026-10-26T00:00",
    "blocks,profiles,2026-03-25T00:00,2026-04-02T00:00,2",
)


def client(python: str, url: str, *readings: str) -> Any:
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    return drive(python, "session", host, port, "1", "1", "1", *readings)


@pytest.fixture(scope="module")
def alone(iec870ree_python: str) -> list[Any]:
    """What the two clients and `read` get from the meter without anything between."""
    with simulated_meter("--tcp", "127.0.0.1:0", *CLOCK) as url:
        clients = [client(iec870ree_python, url, *readings) for readings in (ONE, OTHER)]
        signals = json.loads(run("read", url, "--json").stdout)
    return [*clients, signals["signals"]]


def test_what_each_reads_equals_what_it_reads_alone(iec870ree_python: str, alone: list[Any], tmp_path: Path) -> None:
    with (
        simulated_meter("--pty", "--line", "38400-8E1", *CLOCK) as port,
        gateway_process(port, *SERIAL) as (url, _gateway),
        on_terminal("--profile", url, IEC102_TUI_FOLDERS_EXPORTS=str(tmp_path)) as monitor,
        ThreadPoolExecutor() as threads,
    ):
        monitor.wait_for("<2 s ago")
        monitor.type(b"r")
        monitor.wait_for("REC 0:")
        clients = [threads.submit(client, iec870ree_python, url, *readings) for readings in (ONE, OTHER)]
        while not all(future.done() for future in clients):
            monitor.read(0.1)
        found = [future.result() for future in clients]
        monitor.wait_for("<2 s ago")
        on_screen = monitor.screen()
        monitor.type(b"q")
        assert monitor.end() == 0
    assert found == alone[:2]
    (recording,) = tmp_path.glob("readings*.csv")
    rows = list(csv.DictReader(recording.read_text().splitlines()))
    assert len(rows) > 2
    assert all(float(row[signal["key"]]) == signal["value"] for row in rows for signal in alone[2])
    assert grouped(alone[2][0]["value"]) in on_screen


def test_a_wrong_key_is_one_clients_error(iec870ree_python: str, alone: list[Any]) -> None:
    with simulated_meter("--pty", *CLOCK) as port, gateway_process(port) as (url, _gateway):
        host, _, number = url.removeprefix("tcp://").rpartition(":")
        for _ in range(2):
            refused = drive(iec870ree_python, "session", host, number, "1", "1", "99")
            assert refused["login"] == {"cause": 7, "negative": True}
        assert client(iec870ree_python, url, *ONE) == alone[0]
