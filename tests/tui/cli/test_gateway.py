"""`iec102-tui gateway` as a service manager starts it."""

from __future__ import annotations

import configparser
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from iec102_tui.collect.status import gateway_of
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile
from support.program import COMMAND, gateway_process, run, simulated_meter
from support.unit_file import CAN_JUDGE, judge_unit

CLOCK = ("--clock", "2026-11-22T10:00:00+01:00")
Program = Callable[..., tuple[int, str, str]]


def test_a_reading_through_it_is_that_of_the_meter() -> None:
    with simulated_meter(*CLOCK) as meter, gateway_process(meter) as (url, _process):
        direct, through = (json.loads(run("read", address, "--json").stdout) for address in (meter, url))
        assert through["signals"] == direct["signals"]
        connection = connection_of("elsewhere", Profile(target=meter))
        assert gateway_of(connection) == Through(url, by_collector=False)
    assert gateway_of(connection) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_well_on_a_signal_under_load(number: signal.Signals) -> None:
    with simulated_meter(*CLOCK) as meter, gateway_process(meter) as (url, process):
        command = [*COMMAND, "read", url, "--json", "--watch", "0"]
        reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert reader.stdout
        assert json.loads(reader.stdout.readline())["signals"]
        process.send_signal(number)
        assert process.wait(120) == 0
        # What is started again in its place serves the application that is still there.
        with gateway_process(meter, listen=url.removeprefix("tcp://")):
            seen = {reader.stdout.readline() for _ in range(5)}
            assert seen
        reader.terminate()
        reader.communicate(timeout=120)


def test_who_connects_and_what_is_refused_is_said_and_logged_without_any_password(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with simulated_meter(*CLOCK, "--password", "48151623") as meter:
        command = [*COMMAND, "--log-file", str(log), "-vv", "gateway", meter, "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout
        url = process.stdout.readline().split()[1]
        assert run("read", url, "--password", "48151623").returncode == 0
        assert run("read", url, "--password", "42424242").returncode == 1
        process.terminate()
        _, said = process.communicate(timeout=120)
    for text in (said, log.read_text()):
        assert "127.0.0.1" in text
        assert "connected" in text
        assert "password" in text
        assert "48151623" not in text
        assert "42424242" not in text


def test_its_messages_are_in_the_log_by_default(tmp_path_factory: pytest.TempPathFactory) -> None:
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with simulated_meter(*CLOCK) as meter:
        command = [*COMMAND, "--log-file", str(log), "gateway", meter, "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout
        host, _, port = process.stdout.readline().split()[1].removeprefix("tcp://").rpartition(":")
        with socket.create_connection((host, int(port)), 10) as client:
            name = "{}:{}".format(*client.getsockname())
        assert process.stderr
        while f"{name}: disconnected" not in process.stderr.readline():
            pass
        process.terminate()
        process.communicate(timeout=120)
    assert f"{name}: connected" in log.read_text()


def test_wrong_passwords_are_counted_over_a_restart_and_forgotten_on_purpose() -> None:
    with simulated_meter(*CLOCK, "--password", "48151623") as meter:
        with gateway_process(meter, "--wrong-keys", "2") as (url, _):
            assert [run("read", url, "--password", key).returncode for key in ("5", "6", "48151623")] == [1, 1, 1]
        with gateway_process(meter, "--wrong-keys", "2") as (url, process):
            assert run("read", url, "--password", "48151623").returncode == 1
            forgotten = run("gateway", meter, "--reset-keys")
            assert (forgotten.returncode, forgotten.stdout) == (0, "")
            assert forgotten.stderr == "2 wrong passwords forgotten.\n"
            assert run("read", url, "--password", "48151623").returncode == 0, "also in the gateway that runs"
            assert run("read", url, "--password", "5").returncode == 1
            process.terminate()
            _, said = process.communicate(timeout=120)
            assert "has refused 2 passwords in 24 hours" in said
        assert run("gateway", "--reset-keys").stderr == "1 wrong password forgotten.\n"
        with gateway_process(meter, "--wrong-keys", "1") as (url, _):
            assert run("read", url, "--password", "6").returncode == 1
            assert run("read", url, "--password", "7").returncode == 1
            assert run("read", url, "--password", "48151623").returncode == 0, "was accepted before"
    state = Path(os.environ["XDG_STATE_HOME"]) / "iec102-tui" / "gateway-keys.json"
    assert "48151623" not in state.read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--listen", "127.0.0.1"), "'127.0.0.1' is no HOST:PORT"),
        (("--listen", "0.0.0.0:0"), "say which networks may connect"),
        (("--listen", "127.0.0.1:0", "--allow", "192.0.2.0/99"), "is no network"),
        (("--listen", "127.0.0.1:0", "--max-clients", "0"), "1 to 1000"),
        (("--listen", "127.0.0.1:0", "--idle", "0"), "too short"),
        (("--listen", "127.0.0.1:0", "--idle", "nan"), "too short"),
        (("--listen", "127.0.0.1:0", "--pass-type", "256"), "256"),
        (("--listen", "127.0.0.1:0", "--wrong-keys", "0"), "1 to 1000"),
    ],
)
def test_wrong_use(program: Program, options: tuple[str, ...], words: str) -> None:
    status, _, said = program("gateway", "simulated:", *options)
    assert status == 2
    assert words in said


def test_what_a_profile_says_is_the_default(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles.north]\ntarget = "simulated:"\ngateway = "127.0.0.1:0"\ngateway_types = "181"\n')
    # As the unit file has it.
    words = [str(path) if word.endswith(path.name) else word.replace("%i", "north") for word in unit_command(program)]
    command = [*COMMAND, *words[1:]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    url = process.stdout.readline().split()[1]
    assert url.startswith("tcp://127.0.0.1:")
    assert run("read", url).returncode == 0
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode == 0


def test_it_needs_a_target(program: Program) -> None:
    status, _, said = program("gateway")
    assert status == 2
    assert "TARGET" in said


def test_a_file_of_wrong_passwords_that_cannot_be_used(program: Program) -> None:
    path = Path(os.environ["XDG_STATE_HOME"]) / "iec102-tui" / "gateway-keys.json"
    path.parent.mkdir(parents=True)
    path.write_text("rubbish")
    status, _, said = program("gateway", "--reset-keys")
    assert status == 1
    assert f"{path}: it is damaged" in said


def test_a_port_that_is_taken(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, said = program("gateway", "simulated:", "--listen", f"127.0.0.1:{port}")
    assert status == 1
    assert "another program uses this port" in said


def test_the_unit_file(program: Program) -> None:
    assert unit_command(program)[-2:] == ["gateway", "%i"]
    assert files("iec102_tui").joinpath("data", "iec102-gateway@.service").is_file()


def test_the_unit_file_closes_what_a_gateway_does_not_need(program: Program) -> None:
    _, text, _ = program("gateway", "--unit")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string(text)
    service = unit["Service"]
    assert service["UMask"] == "0077"
    for name in ("ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "RestrictNamespaces"):
        assert service[name] == "yes"
    assert service["LockPersonality"] == service["MemoryDenyWriteExecute"] == "yes"
    assert "SystemCallFilter=@system-service" in text.splitlines()
    assert not {"PrivateDevices", "ProtectClock"} & set(service), "they would take the serial ports away"


@pytest.mark.skipif(not CAN_JUDGE, reason="there is no systemd-analyze")
def test_the_service_manager_takes_the_unit_file(program: Program, tmp_path: Path) -> None:
    _, text, _ = program("gateway", "--unit")
    judge_unit(text, tmp_path / "iec102-gateway@north.service")


def unit_command(program: Program) -> list[str]:
    """What the service manager starts."""
    status, text, _ = program("gateway", "--unit")
    assert status == 0
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(text)
    return unit["Service"]["ExecStart"].split()
