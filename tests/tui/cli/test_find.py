"""`iec102-tui find` as scripts see it; how it searches is tested with the library."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from support.program import run, simulated_meter


def test_the_address_of_a_meter_behind_a_converter() -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--link-address", "54321") as url:
        done = run("find", url, "--meter-id", "ES 0090054321", "--wait", "100", "--timeout", "200")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{url}: link address 54321, answered in ")
    assert "2 addresses" in done.stderr


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
