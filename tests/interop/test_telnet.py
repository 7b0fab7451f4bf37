"""ser2net in front of a meter on a pty: raw, telnet and RFC 2217, at a link address of two bytes 0xFF."""

from __future__ import annotations

import asyncio
import json
import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102.open import parse_target
from iec102.settings import LineSettings
from iec102.transport import Tunable
from support.program import run, simulated_meter
from support.real_programs import ser2net
from support.receiver import Collector

CLOCK = "2026-11-22T10:00:00+01:00"
ADDRESS = "65535"


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    """The pty of a meter at link address FF FF."""
    with simulated_meter("--pty", "--clock", CLOCK, "--link-address", ADDRESS) as url:
        yield url.removeprefix("serial:")


def values(url: str, *options: str) -> dict[str, object]:
    done = run("read", url, "--json", "--link-address", ADDRESS, "--timeout", "2000", "--retries", "0", *options)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    del found["time"]
    return found


def speed(port: str) -> tuple[int, int]:
    """Of the pty, as its driver has it: bit/s and data bits."""
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        _, _, flags, _, _, out, _ = termios.tcgetattr(descriptor)
    finally:
        os.close(descriptor)
    speeds = {getattr(termios, name): int(name[1:]) for name in dir(termios) if name[0] == "B" and name[1:].isdigit()}
    return speeds[out], {termios.CS7: 7, termios.CS8: 8}[flags & termios.CSIZE]


def test_the_same_values_come_raw_by_telnet_and_by_rfc_2217(meter: str, tmp_path: Path) -> None:
    found = []
    for scheme, accepter in (("tcp", "tcp"), ("telnet", "telnet,tcp"), ("rfc2217", "telnet(rfc2217),tcp")):
        with ser2net(tmp_path, meter, accepter) as place:
            found.append(values(f"{scheme}://{place}"))
    assert found[0] == found[1] == found[2]


def test_the_speed_is_really_set(meter: str, tmp_path: Path) -> None:
    async def look(place: str) -> list[tuple[int, int]]:
        opener = parse_target(f"rfc2217://{place}?baudrate=19200").opener(LineSettings(300))
        transport = await opener.open(Collector())
        assert isinstance(transport, Tunable)
        seen = [speed(meter)]
        await transport.tune(LineSettings(1200))
        seen.append(speed(meter))
        transport.close()
        return seen

    with ser2net(tmp_path, meter, "telnet(rfc2217),tcp") as place:
        assert asyncio.run(look(place)) == [(19200, 8), (1200, 8)]


@pytest.mark.parametrize(
    ("accepter", "says"),
    [("tcp", "does not speak telnet"), ("telnet,tcp", "does not let speed and format be set")],
)
def test_a_converter_without_rfc_2217_is_told(meter: str, tmp_path: Path, accepter: str, says: str) -> None:
    with ser2net(tmp_path, meter, accepter) as place:
        done = run("read", f"rfc2217://{place}", "--link-address", ADDRESS)
        assert done.returncode == 1
        assert says in done.stderr


def test_a_meter_is_found_by_trying_formats_over_rfc_2217(meter: str, tmp_path: Path) -> None:
    with ser2net(tmp_path, meter, "telnet(rfc2217),tcp") as place:
        done = run("find", f"rfc2217://{place}?baudrate=4800", "--addresses", ADDRESS, "--link-address", "7", "--json")
        assert done.returncode == 0, done.stderr
        (found,) = json.loads(done.stdout)["found"]
        assert found["target"] == f"rfc2217://{place}"
        assert (found["baudrate"], found["format"], found["link_address"]) == (4800, "8N1", 65535)
