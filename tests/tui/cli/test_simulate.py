"""`iec102-tui simulate` as other programs start it."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
from collections.abc import Callable

import pytest
from support.program import COMMAND, run, simulated_meter

CLOCK = "2026-11-22T10:00:00+01:00"
STATUS = bytes.fromhex("10 49 01 00 4A 16")
STATUS_ANSWER = bytes.fromhex("10 0B 01 00 0C 16")
RESET = bytes.fromhex("10 40 01 00 41 16")
LOGIN = bytes.fromhex("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16")
POLL = bytes.fromhex("10 5B 01 00 5C 16")
READ = bytes.fromhex("68 0C 0C 68 73 01 00 A2 03 05 01 00 00 C0 C1 C2 62 16")

Program = Callable[..., tuple[int, str, str]]


def address(url: str) -> tuple[str, int]:
    found = re.fullmatch(r"tcp://([\d.]+):(\d+)", url)
    assert found is not None
    return found[1], int(found[2])


def asked(client: socket.socket, data: bytes, length: int) -> bytes:
    client.sendall(data)
    heard = b""
    while len(heard) < length:
        piece = client.recv(length - len(heard))
        assert piece, "the meter has closed the connection"
        heard += piece
    return heard


def session(url: str) -> bytes:
    """What the meter says to a reading of everything, without any part of this project on the reader's side."""
    with socket.create_connection(address(url), 10) as client:
        heard = asked(client, STATUS, 6) + asked(client, RESET, 6)
        heard += asked(client, LOGIN, 6) + asked(client, POLL, 19)
        heard += asked(client, READ, 6)
        return heard + asked(client, POLL, 6 + 3 + 6 + 30 + 38 + 27)


def test_it_says_that_it_is_ready_and_nothing_else() -> None:
    with subprocess.Popen([*COMMAND, "simulate"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as meter:
        assert meter.stdout is not None
        assert meter.stderr is not None
        line = meter.stdout.readline()
        assert re.fullmatch(r"ready tcp://127\.0\.0\.1:\d+\n", line)
        session(line.split()[1])
        meter.terminate()
        assert (meter.stdout.read(), meter.stderr.read(), meter.wait()) == ("", "", 0)


def test_clock_and_seed_decide_every_byte_in_every_process() -> None:
    heard = []
    for seed in ("7", "7", "8"):
        with simulated_meter("--clock", CLOCK, "--seed", seed) as url:
            heard.append(session(url))
    assert heard[0] == heard[1] != heard[2]


def test_a_clock_without_an_offset_is_in_the_meters_zone_and_not_in_the_machines() -> None:
    heard = []
    for clock, zone in ((CLOCK, "UTC"), ("2026-11-22T10:00:00", "America/New_York"), ("2026-11-22 10:00", "UTC")):
        environment = os.environ | {"TZ": zone}
        command = [*COMMAND, "simulate", "--clock", clock]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as meter:
            assert meter.stdout is not None
            heard.append(session(meter.stdout.readline().split()[1]))
            meter.terminate()
    assert heard[0] == heard[1] == heard[2]


def test_clients_do_not_disturb_each_other() -> None:
    with (
        simulated_meter("--clock", CLOCK) as url,
        socket.create_connection(address(url), 10) as first,
        socket.create_connection(address(url), 10) as second,
    ):
        for client in (first, second):
            asked(client, RESET, 6)
            asked(client, LOGIN, 6)
        login = asked(first, POLL, 19)
        asked(second, STATUS[:3], 0)  # half a frame
        asked(first, READ, 6)
        assert len(asked(first, POLL, 110)) == 110
        second.sendall(STATUS[3:])
        assert second.recv(6) == STATUS_ANSWER
        assert asked(second, POLL, 19) == login


def test_a_client_that_has_gone_leaves_the_meter_to_the_next() -> None:
    with simulated_meter("--clock", CLOCK) as url:
        for _ in range(3):
            with socket.create_connection(address(url), 10) as client:
                client.sendall(STATUS + RESET + LOGIN[:9])
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # gone without a farewell
        assert session(url)


def test_a_pty_is_a_port_that_programs_can_open() -> None:
    with simulated_meter("--pty", "--clock", CLOCK) as url:
        path = url.removeprefix("serial:")
        assert stat.S_ISCHR(os.stat(path).st_mode)
        for _ in range(2):
            port = os.open(path, os.O_RDWR | os.O_NOCTTY)
            try:
                os.write(port, STATUS)
                assert os.read(port, 64) == STATUS_ANSWER
            finally:
                os.close(port)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--tcp", "no..host:0"], 1, "no such host"),
        (["--tcp", "192.0.2.1:0"], 1, "address of this machine"),
        (["--tcp", "127.0.0.1"], 2, "HOST:PORT"),
        (["--tcp", "127.0.0.1:65536"], 2, "65535"),
        (["--tcp", ":4000"], 2, "HOST:PORT"),
        (["--tcp", "127.0.0.1:\u0664"], 2, "HOST:PORT"),
        (["--clock", "1999-12-31"], 2, "2000"),
        (["--clock", "2100-01-01"], 2, "2099"),
        (["--clock", "0001-01-01T00:00+05:00"], 2, "2000"),
        (["--quirk", "slow-MS"], 2, "slow-200"),
        (["--fault", "drop=often"], 2, "drop=0.02"),
        (["--fault", "drop=nan"], 2, "0 to 1"),
        (["--line", "\u0669-8E1"], 2, "9600-8E1"),
        (["--seed", "x"], 2, "seed"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(program: Program, options: list[str], status: int, said: str) -> None:
    ended, out, err = program("simulate", *options)
    assert (ended, out) == (status, "")
    assert said in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2


def test_help_names_every_quirk_and_every_fault(program: Program) -> None:
    from iec102.simulator import FAULTS, QUIRKS

    status, out, _err = program("simulate", "--help")
    assert status == 0
    for name in (*QUIRKS, *FAULTS):
        assert f"{name}: " in out


def test_a_port_in_use_is_said() -> None:
    with simulated_meter() as url:
        done = run("simulate", "--tcp", url.removeprefix("tcp://"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "another program uses this port" in done.stderr
