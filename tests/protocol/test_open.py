"""Targets as a user writes them."""

import subprocess
import sys

import pytest
from iec102.errors import InvalidTarget
from iec102.open import open_line, parse_target
from iec102.settings import LineSettings
from iec102.simulated import SimulatedOpener
from iec102.transport.serial import SerialOpener
from iec102.transport.tcp import TcpOpener
from support.virtual_time import run

SETTINGS = LineSettings()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("tcp://192.0.2.7:40001", "192.0.2.7", 40001),
        ("tcp://meter-7.example.org:5001/", "meter-7.example.org", 5001),
        ("TCP://localhost:1", "localhost", 1),
        ("tcp://[2001:db8::7]:65535", "2001:db8::7", 65535),
    ],
)
def test_a_tcp_target_has_a_host_and_a_port(text: str, host: str, port: int) -> None:
    opener = parse_target(text).opener(SETTINGS)
    assert isinstance(opener, TcpOpener)
    assert (opener.host, opener.port) == (host, port)
    assert parse_target(opener.name).opener(SETTINGS) == opener


@pytest.mark.parametrize("text", ["serial:/dev/ttyUSB0", "serial:///dev/ttyUSB0", "Serial:/dev/ttyUSB0"])
def test_a_serial_target_has_the_path_of_a_port(text: str) -> None:
    opener = parse_target(text).opener(LineSettings(baudrate=9600, format="8E1"))
    assert isinstance(opener, SerialOpener)
    assert opener.port == "/dev/ttyUSB0"
    assert opener.byte_time == pytest.approx(11 / 9600)


def test_a_simulated_target_takes_the_options_of_the_command_as_a_query() -> None:
    text = (
        "simulated:?line=9600-8E1&seed=7&fault=drop=0.02&fault=corrupt=0.01&quirk=fill-ff&quirk=not-ready"
        "&clock=2026-11-22T10:00:00+01:00&link_address=7000&point_address=2&password=7"
    )
    opener = parse_target(text).opener(SETTINGS)
    assert isinstance(opener, SimulatedOpener)
    config = opener.meter.config
    assert (config.link_address, config.point_address, config.password, config.seed) == (7000, 2, 7, 7)
    assert config.faults == {"drop": 0.02, "corrupt": 0.01}
    assert config.quirks == {"fill-ff", "not-ready"}
    assert config.clock is not None
    assert config.clock.isoformat() == "2026-11-22T10:00:00+01:00"
    assert opener.byte_time == pytest.approx(11 / 9600)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no target of a known kind"),
        ("north", "no target of a known kind"),
        ("ftp://example.org", "tcp://HOST:PORT"),
        ("ftp://example.org:2217", "no target of a known kind"),
        ("tcp://example.org", "port"),
        ("tcp://example.org:", "port"),
        ("tcp://example.org:0", "port"),
        ("tcp://example.org:70000", "1 to 65535"),
        ("tcp://example.org:meter", "1 to 65535"),
        ("tcp://:40001", "tcp://HOST:PORT"),
        ("tcp:example.org:40001", "tcp://HOST:PORT"),
        ("tcp://example.org:1/x", "tcp://HOST:PORT"),
        ("tcp://[::1:5", "whole number|HOST"),
        ("serial:", "serial:/dev/ttyUSB0"),
        ("simulated:meter", "simulated:"),
        ("simulated:?speed=7", "'speed'"),
        ("simulated:?seed=x", "no valid value"),
        ("simulated:?clock=today", "no valid value"),
        ("simulated:?quirk=none-such", "none-such"),
        ("simulated:?fault=drop=7", "drop"),
        ("simulated:?line=fast", "fast"),
    ],
)
def test_what_is_no_target_is_told_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(InvalidTarget, match=says) as raised:
        parse_target(text)
    assert "\n" not in str(raised.value)


def test_a_line_is_named_after_its_place() -> None:
    async def make() -> str:
        return open_line("tcp://192.0.2.7:40001").name

    assert run(make()) == "tcp://192.0.2.7:40001"


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("iec102", "asyncio"),
        ("iec102.link", "asyncio"),
        ("iec102.asdu", "asyncio"),
        ("iec102.open", "serial"),
    ],
)
def test_what_is_not_needed_is_not_loaded(module: str, without: str) -> None:
    command = f"import {module}, sys; sys.exit({without!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
