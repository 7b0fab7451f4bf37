"""Two iec870ree processes and this program's own reading share one meter on a serial line through one gateway.

What each reads equals what it reads alone.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.iec870ree import drive
from support.program import COMMAND, gateway_process, run, simulated_meter

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


def test_what_each_reads_equals_what_it_reads_alone(iec870ree_python: str, alone: list[Any]) -> None:
    with (
        simulated_meter("--pty", "--line", "38400-8E1", *CLOCK) as port,
        gateway_process(port, *SERIAL) as (url, _gateway),
        ThreadPoolExecutor() as threads,
    ):
        watch = subprocess.Popen(
            [*COMMAND, "read", url, "--json", "--watch", "0.5"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        clients = [threads.submit(client, iec870ree_python, url, *readings) for readings in (ONE, OTHER)]
        found = [future.result() for future in clients]
        watch.terminate()
        lines, _ = watch.communicate(timeout=10)
    assert found == alone[:2]
    readings = [json.loads(line) for line in lines.splitlines()]
    assert len(readings) > 2
    assert all(reading["signals"] == alone[2] for reading in readings)


def test_a_wrong_key_is_one_clients_error(iec870ree_python: str, alone: list[Any]) -> None:
    with simulated_meter("--pty", *CLOCK) as port, gateway_process(port) as (url, _gateway):
        host, _, number = url.removeprefix("tcp://").rpartition(":")
        for _ in range(2):
            refused = drive(iec870ree_python, "session", host, number, "1", "1", "99")
            assert refused["login"] == {"cause": 7, "negative": True}
        assert client(iec870ree_python, url, *ONE) == alone[0]
