"""The file of a collector: whole, open to all, without secrets, and believed only while its collector runs."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from iec102.clock import Clock
from iec102_tui.collect import status
from iec102_tui.collect.status import (
    CollectorRuns,
    CollectorStatus,
    MeterStatus,
    NoCollector,
    StatusFile,
    WorkStatus,
    gateway_of,
)
from iec102_tui.files import input_file
from iec102_tui.meter_side.gateway_file import public_target
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile

NORTH = MeterStatus(
    "north",
    "tcp://10.0.0.1:40001",
    link_address=7,
    point_address=2,
    gateway="tcp://127.0.0.1:40102",
    gateway_problem=None,
    state="connected",
    reason=None,
    identity="5-1",
    period=5.0,
    readings=3,
    late=0,
    last_reading="2026-11-22T10:00:00+01:00",
    work={"events": WorkStatus(None, "2026-11-22T10:00:00+01:00", 1, "no answer")},
)
SAID = CollectorStatus("1.0", 1, "a", "b", "box", True, 0, 0, 0, None, None, ("a problem",), (NORTH,))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"RUNTIME_DIRECTORY": str(tmp_path / "run")}


@pytest.fixture
def file(environment: dict[str, str]) -> Iterator[StatusFile]:
    before = os.umask(0o077)
    made = StatusFile(environment)
    os.umask(before)
    made.write(SAID)
    yield made
    made.close()


def test_what_is_written_is_what_others_read(file: StatusFile, environment: dict[str, str]) -> None:
    assert status.status(environment) == SAID
    file.write(SAID._replace(waiting=5))
    assert status.status(environment).waiting == 5
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["collect.json", "collect.lock"]


def test_everybody_may_read_it_whatever_the_umask(file: StatusFile) -> None:
    for name in ("collect.json", "collect.lock"):
        assert stat.S_IMODE((file.path.parent / name).stat().st_mode) == 0o644


def test_it_ends_with_its_collector(environment: dict[str, str]) -> None:
    made = StatusFile(environment)
    made.write(SAID)
    made.close()
    assert not made.path.exists()
    with pytest.raises(NoCollector):
        status.status(environment)


def test_what_one_that_was_killed_has_left_is_not_believed(environment: dict[str, str]) -> None:
    made = StatusFile(environment)
    made.write(SAID)
    os.close(made._lock)  # as the system does it then
    assert made.path.exists()
    with pytest.raises(NoCollector):
        status.status(environment)
    again = StatusFile(environment)
    with pytest.raises(NoCollector):  # nor while the next one has not written yet
        status.status(environment)
    again.close()


def test_a_second_collector_is_told_that_one_runs(file: StatusFile, environment: dict[str, str]) -> None:
    with pytest.raises(CollectorRuns, match=r"a collector runs already and writes .*collect\.json"):
        StatusFile(environment)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"format": 1}', '{"format": 2, "meters": []}', "\x00\x9b", "[" * 9999]
)
def test_what_cannot_be_read_is_no_collector(file: StatusFile, environment: dict[str, str], text: str) -> None:
    file.path.write_text(text)
    assert list(status.running(environment)) == []


def test_a_target_that_is_no_text_is_no_collector(file: StatusFile, environment: dict[str, str]) -> None:
    file.write(SAID._replace(meters=(NORTH._replace(target=7),)))  # type: ignore[arg-type]
    assert gateway_of(connection(), environment) is None


def test_where_it_is() -> None:
    assert status.folders({"RUNTIME_DIRECTORY": "/run/a:/run/b"}) == (Path("/run/a"),)
    assert status.folders({"XDG_RUNTIME_DIR": "/run/user/7"}) == (
        Path("/run/iec102-tui"),
        Path("/run/user/7/iec102-tui"),
    )
    assert status.folders({})[1:] == (Path(os.environ["XDG_STATE_HOME"]) / "iec102-tui",)


def test_who_may_not_write_there_takes_the_next_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(status, "folders", lambda _environment: (tmp_path / "file" / "x", tmp_path / "own"))
    made = StatusFile({})
    assert made.path.parent == tmp_path / "own"
    made.close()


def connection(target: str = "tcp://10.0.0.1:40001", name: str = "elsewhere", link_address: int = 7, **more: object):  # type: ignore[no-untyped-def]
    return connection_of(name, Profile(target=target, link_address=link_address, point_address=2, **more))  # type: ignore[arg-type]


def test_the_gateway_of_a_meter_is_found_by_its_place_and_addresses(
    file: StatusFile, environment: dict[str, str]
) -> None:
    assert gateway_of(connection(), environment) == Through("tcp://127.0.0.1:40102")
    assert gateway_of(connection("tcp://10.0.0.2:40001"), environment) is None
    assert gateway_of(connection(link_address=8), environment) is None
    file.write(SAID._replace(meters=(NORTH._replace(gateway=None),)))
    assert gateway_of(connection(), environment) is None


def test_however_many_meters_look_what_was_written_is_read_once(
    file: StatusFile, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def content_of(path: Path, largest: int) -> bytes:
        read.append(path)
        return input_file.content_of(path, largest)

    monkeypatch.setattr(status, "content_of", content_of)
    for port in (40102, 40103):
        file.write(SAID._replace(waiting=port, meters=(NORTH._replace(gateway=f"tcp://127.0.0.1:{port}"),)))
        for _ in range(3):
            assert gateway_of(connection(), environment) == Through(f"tcp://127.0.0.1:{port}")
    assert len(read) == 2


def test_no_gateway_is_believed_that_was_told_long_ago(file: StatusFile, environment: dict[str, str]) -> None:
    written = file.path.stat().st_mtime
    for seconds, believed in ((0, True), (59, True), (61, False), (-61, False)):
        clock = Clock(wall=lambda seconds=seconds: datetime.fromtimestamp(written + seconds, UTC))  # type: ignore[misc]
        assert (gateway_of(connection(), environment, clock) is not None) is believed


def test_one_port_is_found_by_each_of_its_names(file: StatusFile, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").write_text("")
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyUSB0")
    file.write(SAID._replace(meters=(NORTH._replace(target=f"serial:{tmp_path}/by-id"),)))
    assert gateway_of(connection(f"serial:{tmp_path}/ttyUSB0"), environment) == Through("tcp://127.0.0.1:40102")


def test_meters_behind_one_modem_are_told_apart_by_their_profile(file: StatusFile, environment: dict[str, str]) -> None:
    file.write(SAID._replace(meters=(NORTH._replace(target="modem:/dev/ttyUSB0"),)))
    target = "modem:/dev/ttyUSB0?dial=600123456"
    assert gateway_of(connection(target), environment) is None
    assert gateway_of(connection(target, "north"), environment) == Through("tcp://127.0.0.1:40102")


def test_no_number_and_no_password_of_a_target_is_told(file: StatusFile) -> None:
    assert public_target("modem:/dev/ttyUSB0?dial=600123456") == "modem:/dev/ttyUSB0"
    assert public_target("simulated:?password=7") == "simulated:"
    assert "problems" in json.loads(file.path.read_text())
