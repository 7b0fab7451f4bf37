"""`iec102-tui find` as scripts see it; how it searches is tested with the library."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import tomllib
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from iec102_tui.profiles.serial_ports import SerialPort
from support.program import COMMAND, on_terminal, run, simulated_meter

Program = Callable[..., tuple[int, str, str]]

STRICT = "simulated:?line=9600-8E1&quirk=strict-line&link_address=12345"


def test_the_address_of_a_meter_behind_a_converter() -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--link-address", "54321") as url:
        done = run("find", url, "--meter-id", "ES 0090054321", "--wait", "100", "--timeout", "200")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{url}: link address 54321, answered in ")
    assert done.stderr.startswith("Trying link address 54321, 1: at most 1 s, then a slower round")


def test_what_is_found_is_saved_and_a_name_that_is_taken_is_not(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    with simulated_meter("--tcp", "127.0.0.1:0", "--link-address", "7") as url:
        arguments = ("--profiles", str(file), "find", url, "--addresses", "5-9", "--wait", "100", "--timeout", "200")
        assert run(*arguments, "--save", "north").returncode == 0
        again = run(*arguments, "--save", "north")
    table = tomllib.loads(file.read_text())["profiles"]["north"]
    assert (table["target"], table["link_address"]) == (url, 7)
    assert again.returncode != 0
    assert "north" in again.stderr


def test_what_is_known_of_the_meter_goes_into_its_profile(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    with simulated_meter("--tcp", "127.0.0.1:0", "--link-address", "7") as url:
        known = ("--link-address", "7", "--point-address", "2", "--password", "48", "--timeout", "200", "--delay", "5")
        done = run("--profiles", str(file), "find", url, *known, "--wait", "100", "--save", "north")
    assert done.returncode == 0
    assert done.stderr.startswith("Trying link address 7, 1: ")
    table = tomllib.loads(file.read_text())["profiles"]["north"]
    known = {"link_address": 7, "point_address": 2, "password": 48, "timeout": 200, "delay": 5}
    assert {key: table[key] for key in known} == known


def test_a_meter_with_another_format_on_a_line_that_garbles() -> None:
    done = run("find", "simulated:?line=9600-8E1&quirk=strict-line&link_address=3", "--addresses", "3", "--json")
    assert done.returncode == 0
    (found,) = json.loads(done.stdout)["found"]
    assert (found["link_address"], found["baudrate"], found["format"]) == (3, 9600, "8E1")


def test_nobody_there_is_one_sentence_and_status_1() -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--link-address", "7") as url:
        done = run("find", url, "--addresses", "1,2", "--wait", "100", "--timeout", "100")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "check the cable" in done.stderr


def test_wrong_use_is_status_2() -> None:
    assert run("find", "simulated:", "--addresses", "5-1").returncode == 2
    assert run("find", "simulated:", "--meter-id", "none").returncode == 2
    assert run("find", "simulated:", "--wait", "1").returncode == 2


def test_a_profile_gives_what_is_tried_first_and_may_be_put_right(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(f'[profiles.north]\ntarget = "{STRICT}"\nlink_address = 12345\nformat = "8O1"\ntimeout = 500\n')
    status, out, err = program("--profiles", str(file), "find", "north", "--save", "north")
    assert status == 0
    assert re.search(r": link address 12345 at 9600-8E1, answered in \d+ ms\n\Z", out)
    assert err.startswith("Trying 9600-8O1, 9600-8N1, 9600-8E1 and 141 more with link address 12345, 1: at most")
    assert 'Saved as "north"' in err
    table = tomllib.loads(file.read_text())["profiles"]["north"]
    assert table == {"target": STRICT, "link_address": 12345, "format": "8E1", "timeout": 500}


def test_a_name_that_is_taken_is_told_before_anything_is_asked(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text('[profiles.north]\ntarget = "simulated:"\n')
    status, out, err = program("--profiles", str(file), "find", "simulated:", "--save", "north")
    assert (status, out) == (2, "")
    assert err == 'There is a profile "north" already: give another name.\n'
    assert program("find", "simulated:", "--save", "tcp:1")[0] == 2


def test_where_the_converter_sets_the_format_it_is_null(program: Program) -> None:
    status, out, _err = program("find", "simulated:?link_address=7", "--json")
    assert status == 0
    (found,) = json.loads(out)["found"]
    assert found == {
        "target": "simulated:?link_address=7",
        "baudrate": None,
        "format": None,
        "link_address": 7,
        "seconds": 0,
    }


def test_a_port_that_is_not_there_is_one_sentence(program: Program) -> None:
    status, out, err = program("find", "serial:/dev/ttyUSB99")
    assert (status, out) == (1, "")
    assert "there is no such port" in err.splitlines()[-1]


def test_no_ports_at_all_is_one_sentence(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102_tui.cli.find.serial_ports", list)
    status, out, err = program("find")
    assert (status, out) == (1, "")
    assert "shows no serial port" in err


@pytest.fixture
def silent_port() -> Iterator[str]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_all_ports_are_listed_and_searched_at_once(
    program: Program, monkeypatch: pytest.MonkeyPatch, silent_port: str
) -> None:
    with simulated_meter("--pty", "--link-address", "7") as url:
        ports = [
            SerialPort(path, f"{path} (a port)") for path in ("/dev/nope", silent_port, url.removeprefix("serial:"))
        ]
        monkeypatch.setattr("iec102_tui.cli.find.serial_ports", lambda: ports)
        status, out, err = program("find", "--addresses", "7")
    assert status == 0
    assert out.startswith(f"{url}: link address 7 at 9600-8N1")
    assert err.count("(a port)") == 3
    assert "serial:/dev/nope: there is no such port" in err


def test_what_is_tried_is_shown_on_a_terminal_and_stopped_with_ctrl_c(silent_port: str) -> None:
    with on_terminal("find", f"serial:{silent_port}") as terminal:
        while b"of 144" not in b"".join(data for _at, data in terminal.chunks):
            assert terminal.poll() is None
            terminal.read(0.1)
        terminal.type(b"\x03")
        assert terminal.end() == 130
    shown = b"".join(data for _at, data in terminal.chunks).decode()
    assert "9600-8N1, link address 1: 1 of 144" in shown
    assert "Traceback" not in shown


def test_what_has_been_heard_is_told_when_it_is_stopped() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    port = os.ttyname(slave)
    with on_terminal("find", f"serial:{port}", "--wait", "100") as terminal:
        os.read(master, 6)
        os.write(master, b"\r\nlogin: ")
        while b"3 of 144" not in b"".join(data for _at, data in terminal.chunks):
            assert terminal.poll() is None
            terminal.read(0.1)
        terminal.type(b"\x03")
        assert terminal.end() == 130
    os.close(master)
    os.close(slave)
    shown = b"".join(data for _at, data in terminal.chunks).decode()
    assert f"serial:{port}: something answers here, but not this protocol: 0D 0A 6C 6F" in shown


def test_sigterm_ends_it_well(silent_port: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "find", f"serial:{silent_port}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, "", "")
