"""A meter whose clock is wrong is told by every command that reads it: by how much, and which zone would fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.machine_clock import machine_time

Program = Callable[..., tuple[int, str, str]]

MADRID = ZoneInfo("Europe/Madrid")
AT = datetime(2026, 11, 22, 10, 0, 7, tzinfo=MADRID)
DAY = ("--from", "2026-10-25", "--to", "2026-10-26", "--no-archive")


def meter(at: datetime) -> str:
    return f"simulated:?clock={at.isoformat().replace('+', '%2B')}"


OLD = meter(datetime(2000, 1, 1, 0, 5, tzinfo=MADRID))
CANARY = meter(AT - timedelta(hours=1))
SECONDS = meter(AT + timedelta(seconds=95))
RIGHT = meter(AT + timedelta(seconds=20))


def told(program: Program, *arguments: str) -> tuple[int, str, str]:
    with machine_time(AT):
        return program(*arguments, real_clock=True)


@pytest.mark.parametrize("command", [("read",), ("read", "--json"), ("check",), ("load-profile", *DAY)])
@pytest.mark.parametrize(
    ("target", "says"),
    [
        (OLD, "26 years behind this machine's, so that the times of its values are doubtful"),
        (CANARY, "1 h behind this machine's, with the right summer time flag: --timezone Atlantic/Canary would fit"),
        (SECONDS, "s ahead of this machine's: check both clocks"),
    ],
)
def test_a_clock_that_is_off_is_told(program: Program, command: tuple[str, ...], target: str, says: str) -> None:
    status, _out, err = told(program, command[0], target, *command[1:])
    assert says in err
    assert err.count("the meter's clock") == 1
    assert status == (1 if command == ("check",) and target is not SECONDS else 0)


@pytest.mark.parametrize("command", [("read",), ("check",), ("load-profile", *DAY)])
def test_a_clock_that_is_right_is_not_told(program: Program, command: tuple[str, ...]) -> None:
    assert told(program, command[0], RIGHT, *command[1:])[::2] == (0, "")


def test_the_zone_that_fits_is_not_told(program: Program) -> None:
    assert told(program, "read", CANARY, "--timezone", "Europe/Madrid")[2] != ""
    there = meter(AT.astimezone(ZoneInfo("Atlantic/Canary")).replace(tzinfo=MADRID))
    assert told(program, "read", there, "--timezone", "Atlantic/Canary")[2] == ""


def test_the_check_names_the_clock_as_its_last_step(program: Program) -> None:
    _status, out, _err = told(program, "check", OLD, "--json")
    document = json.loads(out)
    assert document["ok"] is False
    assert document["steps"][-1]["step"] == "clock compared"
    assert "26 years" in document["steps"][-1]["error"]
    status, out, _err = told(program, "check", SECONDS)
    assert status == 0
    assert out.splitlines()[-1].startswith("warn   clock compared")


def test_a_reading_asks_no_more_than_before(program: Program) -> None:
    _status, out, _err = told(program, "read", OLD, "--json", "--stats")
    assert json.loads(out)["stats"]["requests"] == 7
