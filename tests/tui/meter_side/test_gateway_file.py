"""The file of a gateway: found by others while it runs, open to all, without secrets."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102.gateway import GatewaySettings
from iec102.transport.listen_address import Address
from iec102_tui.collect.status import gateway_of
from iec102_tui.meter_side import gateway_file
from iec102_tui.meter_side.gateway_file import GatewayFile, Listening, announced, leads_to, running
from iec102_tui.meter_side.shared_line import LineKey, SharedLine
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import Connection, connection_of, demo
from iec102_tui.profiles.settings_table import Profile

URL = "tcp://127.0.0.1:40102"
OTHER = os.getpid() + 1


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"RUNTIME_DIRECTORY": str(tmp_path / "run")}


@pytest.fixture
def file(environment: dict[str, str]) -> Iterator[GatewayFile]:
    before = os.umask(0o077)
    made = GatewayFile(Listening(OTHER, "north", "serial:/dev/ttyUSB9", (1, 7), URL), environment)
    os.umask(before)
    yield made
    made.close()


def files(environment: dict[str, str]) -> list[Path]:
    return sorted(Path(environment["RUNTIME_DIRECTORY"]).iterdir())


def connection(target: str = "serial:/dev/ttyUSB9", *, name: str = "elsewhere", link_address: int = 7) -> Connection:
    return connection_of(name, Profile(target=target, link_address=link_address, point_address=3))


def test_a_simulated_meter_is_not_that_of_another_program() -> None:
    assert not leads_to(demo(), "north", "simulated:")
    assert leads_to(connection_of("north", Profile(target="simulated:?seed=7")), "north", "simulated:")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("serial:/dev/ttyUSB7", "serial:///dev/ttyUSB7", True),
        ("serial:///dev/ttyUSB7", "SERIAL:/dev/../dev/ttyUSB7", True),
        ("tcp://Meter.example:40001", "tcp://meter.example:40001/", True),
        ("serial:/dev/ttyUSB7", "serial:/dev/ttyusb7", False),
        ("tcp://meter.example:40001", "telnet://meter.example:40001", False),
    ],
)
def test_a_line_is_known_however_its_target_is_written(one: str, other: str, same: bool) -> None:
    connection = connection_of("north", Profile(target=one))
    assert leads_to(connection, "north", other) is same


def test_it_leads_to_the_meters_behind_its_line(file: GatewayFile, environment: dict[str, str]) -> None:
    assert gateway_of(connection(), environment) == Through(URL, by_collector=False)
    assert gateway_of(connection(link_address=2), environment) is None
    assert gateway_of(connection("serial:/dev/ttyUSB8"), environment) is None
    file.close()
    assert gateway_of(connection(), environment) is None
    assert files(environment) == []


def test_behind_a_modem_it_leads_to_its_own_meter(environment: dict[str, str]) -> None:
    file = GatewayFile(Listening(OTHER, "north", "modem:/dev/ttyUSB9", (7,), URL), environment)
    called = "modem:/dev/ttyUSB9?dial=600123456"
    assert gateway_of(connection(called), environment) is None
    assert gateway_of(connection(called, name="north"), environment) == Through(URL, by_collector=False)
    file.close()


def test_everybody_may_read_it_and_it_tells_no_number(environment: dict[str, str]) -> None:
    before = os.umask(0o077)
    target = connection("modem:/dev/ttyUSB9?dial=600123456")
    file = announced(target, GatewaySettings(Address("127.0.0.1", 0)), URL, environment)
    os.umask(before)
    (path,) = files(environment)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert "600123456" not in path.read_text()
    assert file is not None
    file.close()


def test_a_gateway_of_this_process_is_not_taken_for_that_of_another(environment: dict[str, str]) -> None:
    """A monitor that connects again would go through its own gateway, which is ending."""
    file = announced(connection(), GatewaySettings(Address("127.0.0.1", 0)), URL, environment)
    assert len(files(environment)) == 1
    assert list(running(environment)) == []
    assert file is not None
    file.close()


def test_one_that_does_not_let_this_machine_in_is_not_told(environment: dict[str, str]) -> None:
    policy = GatewaySettings(Address("127.0.0.1", 0)).policy
    for host, is_told in (("0.0.0.0", True), ("192.0.2.7", False)):
        settings = GatewaySettings(Address("127.0.0.1", 0), policy=policy)
        object.__setattr__(settings, "listen", Address(host, 1))
        file = announced(connection(), settings, f"tcp://{host}:1", environment)
        assert (file is not None) is is_told
        if file is not None:
            file.close()


def test_what_one_that_was_killed_has_left_is_not_believed_and_goes(
    file: GatewayFile, environment: dict[str, str]
) -> None:
    assert file._descriptor is not None
    os.close(file._descriptor)  # as the system does it then
    file._descriptor = None
    assert len(files(environment)) == 1
    assert list(running(environment)) == []
    GatewayFile(Listening(OTHER, "south", "serial:/dev/ttyUSB8", (1,), URL), environment).close()
    assert files(environment) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"format": 1}', '{"format": 2}', "\x00\x9b", "[" * 9999, '{"format": 1, "url": 1}']
)
def test_what_cannot_be_read_is_no_gateway(file: GatewayFile, environment: dict[str, str], text: str) -> None:
    (path,) = files(environment)
    path.write_text(text)
    assert gateway_of(connection(), environment) is None


def test_where_nothing_can_be_written_it_is_not_found_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    GatewayFile(Listening(1, "north", "tcp://x", (1,), URL), {"RUNTIME_DIRECTORY": str(tmp_path / "file")}).close()


def test_that_of_a_service_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = GatewayFile(
        Listening(OTHER, "north", "serial:/dev/ttyUSB9", (7,), URL), {"RUNTIME_DIRECTORY": str(tmp_path / "north")}
    )
    monkeypatch.setattr(gateway_file, "_OF_SERVICES", tmp_path)
    assert gateway_of(connection(), {"XDG_RUNTIME_DIR": str(tmp_path / "own")}) == Through(URL, by_collector=False)
    file.close()


def test_the_gateway_of_a_monitor_is_told_for_as_long_as_it_listens(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", environment["RUNTIME_DIRECTORY"])

    async def story(target: str, through: Through | None = None) -> int:
        meter = connection(target)
        shared = SharedLine(LineKey.of(meter, through=through))
        await shared.open_gateway(GatewaySettings(Address("127.0.0.1", 0), frozenset((7,))), meter)
        found = len(files(environment))
        await shared.close()
        assert files(environment) == []
        return found

    assert asyncio.run(story("tcp://127.0.0.1:1")) == 1
    assert asyncio.run(story("simulated:")) == 0, "each monitor has its own"
    assert asyncio.run(story("tcp://127.0.0.1:1", Through(URL))) == 0, "or two would lead to one another"
