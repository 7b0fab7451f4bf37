"""What the service manager is told, heard on a socket as it makes one."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.collect.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@iec102-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0" + name[1:] if name.startswith("@") else name)
        heard.settimeout(20)
        yield name, heard


def test_each_word_is_one_datagram(manager: tuple[str, socket.socket]) -> None:
    name, heard = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("2 meters\nREADY=0")
    notifier.reloading()
    notifier.ping("2 meters")
    notifier.stopping()
    ready, reloading, ping, stopping = (heard.recv(1000).decode() for _ in range(4))
    assert ready == "READY=1\nSTATUS=2 meters READY=0"
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=[1-9]\d+", reloading)
    assert (ping, stopping) == ("WATCHDOG=1\nSTATUS=2 meters", "STOPPING=1")


def test_nobody_is_told_where_nobody_asks_and_one_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    for environment in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}):
        Notifier(environment).ready("")


def test_a_manager_that_does_not_read_holds_nothing_up(manager: tuple[str, socket.socket]) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager[0]})
    for _ in range(10_000):
        notifier.ping("")


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_the_watchdog(environment: dict[str, str], seconds: float) -> None:
    assert Notifier(environment).watchdog == seconds
