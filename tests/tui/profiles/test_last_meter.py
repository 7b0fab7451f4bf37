"""The meter of last time."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102.asdu.password import Password
from iec102_tui.profiles.connection import Connection, connection_of, demo
from iec102_tui.profiles.last_meter import default_path, last, remember
from iec102_tui.profiles.settings_table import Profile


def connection(name: str) -> Connection:
    return connection_of(name, Profile(target="tcp://192.0.2.1:40001", password=Password(4711)))


def test_the_last_one_is_the_one_that_is_noted_last(tmp_path: Path) -> None:
    path = tmp_path / "state" / "last-meter"
    assert last(path) is None
    remember(connection("north"), path)
    remember(connection("west side"), path)
    assert last(path) == "west side"
    assert "4711" not in path.read_text()
    remember(demo(), path)
    assert last(path) == "simulated:"


def test_it_stands_in_the_folder_of_the_state() -> None:
    remember(connection("north"))
    assert last() == "north"
    assert default_path().name == "last-meter"


@pytest.mark.parametrize("data", [b"", b"\n", b"a\x1b[31mb\n", b"x" * 5_000])
def test_what_is_no_name_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "last-meter"
    path.write_bytes(data)
    assert last(path) is None
