"""`iec102-tui read`: one reading for people or programs, and readings again and again."""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pexpect
import pytest
from iec102.asdu import Password
from iec102.errors import KeyRefused
from iec102.line import Line
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102.link import GarbageKind
from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS, SignalValue
from iec102.settings import LineSettings
from iec102.simulator import SimulatorConfig
from iec102.simulator.config import FAULTS
from iec102_tui.cli.notices import StateNotices
from iec102_tui.cli.read import _watch, _write_table
from iec102_tui.profiles.connection import Connection, resolve
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.words import languages
from support.living_meter import LivingLine, living_clock
from support.program import COMMAND, run
from support.virtual_time import run as run_virtually

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
PROFILES = """\
[profiles.north]
target = "simulated:?password=4242&link_address=77"
link_address = 77
password = 4242

[profiles.asks]
target = "tcp://127.0.0.1:1"
"""


@pytest.fixture
def profiles(tmp_path: Path) -> str:
    path = tmp_path / "profiles.toml"
    path.write_text(PROFILES)
    path.chmod(0o600)
    return str(path)


# One reading


def test_json_is_one_document_with_the_24_signals_in_their_order(program: Program) -> None:
    status, out, err = program("read", FROZEN, "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert list(document) == [
        "time",
        "meter_time",
        "link_address",
        "point_address",
        "signals",
        "identity",
        "clock_difference",
    ]
    assert document["meter_time"] == "2026-11-22T10:00:00+01:00"
    assert datetime.fromisoformat(document["time"]).utcoffset() is not None
    assert (document["link_address"], document["point_address"]) == (1, 1)
    assert [list(signal) for signal in document["signals"]] == [
        ["key", "group", "label", "value", "unit", "valid"]
    ] * len(SIGNALS)
    assert [(signal["key"], signal["unit"]) for signal in document["signals"]] == [
        (signal.key, signal.unit) for signal in SIGNALS
    ]
    assert all(signal["valid"] for signal in document["signals"])
    assert all(isinstance(signal["value"], int | float) for signal in document["signals"])


def test_the_counters_of_the_line_come_on_demand(program: Program) -> None:
    status, out, err = program("read", FROZEN, "--json", "--stats")
    assert (status, err) == (0, "")
    stats = json.loads(out)["stats"]
    assert stats["requests"] == stats["answers"] == 7  # link start, login and reading
    assert stats["bad_frames_by_reason"] == {str(kind): 0 for kind in GarbageKind}
    assert 0 <= stats["round_trip_ms"]["min"] <= stats["round_trip_ms"]["median"] <= stats["round_trip_ms"]["max"]
    assert 0 < stats["line_use_percent"] <= 100


def test_beside_a_table_they_are_a_line_on_standard_error(program: Program) -> None:
    _status, out, err = program("read", FROZEN, "--stats")
    assert "requests" not in out
    assert err.startswith("7 answers to 7 requests  timeouts 0")
    assert err.count("\n") == 1


def test_the_times_are_those_of_the_zone(program: Program) -> None:
    document = json.loads(program("read", FROZEN, "--json", "--timezone", "Atlantic/Canary")[1])
    assert document["meter_time"].endswith("+00:00")
    assert document["time"].endswith("+00:00")


def test_a_frozen_meter_answers_the_same_again(program: Program) -> None:
    first, second = (json.loads(program("read", FROZEN, "--json")[1])["signals"] for _ in range(2))
    assert first == second


def test_the_table_has_the_same_values_with_their_units(program: Program) -> None:
    signals = json.loads(program("read", FROZEN, "--json")[1])["signals"]
    status, out, _err = program("read", FROZEN)
    assert status == 0
    lines = [line for line in out.splitlines() if line.startswith("  ")]
    assert len(lines) == len(signals)
    for line, signal in zip(lines, signals, strict=True):
        label, value, *unit = line.rsplit(maxsplit=2 if signal["unit"] else 1)
        assert label.strip() == signal["label"]
        assert float(value) == signal["value"]
        assert unit == ([signal["unit"]] if signal["unit"] else [])
    assert "meter time 2026-11-22 10:00 CET" in out


def reading_with(**values: SignalValue) -> Reading:
    at = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Europe/Madrid"))
    all_values = {signal.key: SignalValue(signal, 1, True) for signal in SIGNALS}
    all_values |= {value.key: value for value in values.values()}
    return Reading(at, None, 7, 3, MappingProxyType(all_values))


def test_the_table_says_what_is_not_valid_and_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    energy, power = SIGNALS[0], SIGNALS[6]
    _write_table(reading_with(a=SignalValue(energy, 5, False), b=SignalValue(power, None, False)))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if "INVALID" in line] == [["Active", "imported", "5", "kWh", "INVALID"]]
    assert [line.split() for line in lines if "no data" in line] == [["Active", "total", "no", "data", "kW"]]
    assert "meter time no time, link address 7, point address 3" in lines[0]


def test_what_is_not_valid_is_said_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    languages.use("es")
    try:
        _write_table(reading_with(a=SignalValue(SIGNALS[0], 5, False)))
    finally:
        languages.use("en")
    assert "NO VÁLIDO" in capsys.readouterr().out


# Which meter, and with which password


def test_a_profile_is_read_by_its_name(profiles: str, program: Program) -> None:
    status, out, _err = program("--profiles", profiles, "read", "north", "--json")
    assert status == 0
    assert json.loads(out)["link_address"] == 77


def test_the_profiles_of_the_environment_are_found(profiles: str) -> None:
    assert run("read", "north", IEC102_TUI_PROFILES=profiles).returncode == 0


def test_options_go_before_the_profile(profiles: str, program: Program) -> None:
    arguments = ("--link-address", "78", "--timeout", "100", "--retries", "0")
    status, _out, err = program("--profiles", profiles, "read", "north", *arguments)
    assert status == 1
    assert "link address" in err


@pytest.mark.parametrize(
    ("environment", "arguments", "status"),
    [
        ({}, (), 0),
        ({"IEC102_PASSWORD": "1"}, (), 1),
        ({"IEC102_PASSWORD": ""}, (), 0),
        ({"IEC102_PASSWORD": "1"}, ("--password", "4242"), 0),
        ({}, ("--password", "1"), 1),
    ],
)
def test_the_password_comes_from_the_command_line_then_the_environment_then_the_profile(
    environment: dict[str, str], arguments: tuple[str, ...], status: int, profiles: str
) -> None:
    assert run("--profiles", profiles, "read", "north", *arguments, **environment).returncode == status


def test_a_dash_takes_the_password_from_standard_input(
    profiles: str, program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("4242\n")
    with open(tmp_path / "password") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert program("--profiles", profiles, "read", "north", "--password", "-")[0] == 0
        assert program("--profiles", profiles, "read", "north", "--password", "-")[0] == 2


def test_a_dash_asks_on_a_terminal_and_shows_nothing(profiles: str) -> None:
    command = [*COMMAND, "--profiles", profiles, "read", "north", "--password", "-"]
    child = pexpect.spawn(command[0], command[1:], env={**os.environ}, timeout=120, encoding="utf-8")
    child.expect("Password: ")
    child.sendline("4242")
    said = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "4242" not in said
    assert "Active imported" in said


def test_ctrl_c_at_the_question_ends_with_130(profiles: str) -> None:
    command = [*COMMAND, "--profiles", profiles, "read", "asks"]
    child = pexpect.spawn(command[0], command[1:], env={**os.environ}, timeout=120, encoding="utf-8")
    child.expect("Password: ")
    child.sendintr()
    assert "Traceback" not in child.read()
    child.close()
    assert child.exitstatus == 130


def test_without_a_terminal_a_missing_password_is_wrong_usage(profiles: str) -> None:
    done = run("--profiles", profiles, "read", "asks")
    assert done.returncode == 2
    assert "password" in done.stderr


# Again and again


class Enough(Exception):
    """The test has seen all that it wants."""


def connection(target: str = FROZEN, **options: Any) -> Connection:
    return resolve(target, options, ProfileStore(Path("/nonexistent")))


def readings(number: int, period: float, target: Connection) -> list[tuple[float, Reading]]:
    """So many readings of a watch, with the time of each on the clock of the loop, in virtual time."""
    seen: list[tuple[float, Reading]] = []

    def write(reading: Reading, _counters: LineCounters) -> None:
        seen.append((asyncio.get_running_loop().time(), reading))
        if len(seen) == number:
            raise Enough

    with pytest.raises(Enough):
        run_virtually(_watch(target, period, write))
    return seen


def test_readings_begin_a_period_apart() -> None:
    times = [at for at, _reading in readings(5, 0.25, connection())]
    assert [at - times[0] for at in times] == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_reading_longer_than_the_period_is_followed_at_once() -> None:
    times = [at for at, _reading in readings(4, 0.1, connection(f"{FROZEN}&line=9600-8E1"))]
    back_to_back = [at for at, _reading in readings(4, 0, connection(f"{FROZEN}&line=9600-8E1"))]
    assert times == pytest.approx(back_to_back)
    assert times[3] - times[2] > 0.1


def test_lost_answers_and_connections_are_gone_through_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    target = connection(
        f"{FROZEN}&fault=drop=0.2&fault=disconnect=0.01".replace("seed=7", "seed=8"), timeout=100, retries=2
    )
    seen = [reading for _at, reading in readings(100, 1.0, target)]
    assert len({id(reading) for reading in seen}) == len(seen)
    assert all(reading.values == seen[0].values for reading in seen)
    said = capsys.readouterr().err.splitlines()
    assert any("no answer" in line.lower() for line in said)
    assert any(line.startswith("Connected to simulated") for line in said)
    assert all(line.endswith(".") for line in said)
    assert all(one != two for one, two in itertools.pairwise(said))


class Ways:
    """Instead of the target: a meter whose values change, and what was written of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, config: SimulatorConfig) -> None:
        self.opener = LivingLine(config)
        self.wrong = 0
        self.times: list[float] = [0.0]
        monkeypatch.setattr("iec102_tui.cli.read.open_line", self.open)

    def open(self, _target: str, settings: LineSettings, **options: Any) -> Line:
        return Line(self.opener, settings, clock=living_clock(), **options)

    def write(self, reading: Reading, _counters: LineCounters) -> None:
        """A reading is fresh when the meter has measured it since the one before."""
        self.wrong += not self.opener.meter.is_right(reading, self.times[-1])
        self.times.append(asyncio.get_running_loop().time())

    async def watch(self, seconds: float, *steps: Callable[[], object]) -> None:
        """Watches so long, does a step, and so on."""
        watching = asyncio.create_task(_watch(connection("simulated:"), 1.0, self.write))
        for step in (*steps, lambda: None):
            await asyncio.sleep(seconds)
            step()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


EVERY_FAULT = dict.fromkeys(FAULTS, 0.03) | {"restart": 0.005, "disconnect": 0.01, "foreign": 0.2}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("quirk", ["echo", "session-timeout-10"])
def test_a_watch_goes_on_through_everything_and_prints_only_what_is_fresh(
    quirk: str, seed: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = Ways(monkeypatch, SimulatorConfig(seed=seed, quirks=frozenset((quirk,)), faults=EVERY_FAULT))
    run_virtually(ways.watch(1800.0))
    assert ways.wrong == 0
    assert len(ways.times) > 400
    assert 1800 - ways.times[-1] < 60
    said = capsys.readouterr().err.splitlines()
    assert all(one != two for one, two in itertools.pairwise(said))
    assert all(line.endswith(".") for line in said)


def test_each_change_of_state_is_one_line_however_long_it_lasts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = Ways(monkeypatch, SimulatorConfig())
    opener = ways.opener

    def pull_out() -> None:
        opener.away = True
        opener.cut()

    def put_back() -> None:
        opener.away = False

    run_virtually(ways.watch(120.0, pull_out, put_back, pull_out, put_back))
    assert capsys.readouterr().err.splitlines() == [
        "Connected to simulated.",
        *[
            "simulated:: the other side closed the connection: "
            "check the converter, its cable, and whether another program uses it.",
            "simulated: there is no line.",
            "Connected to simulated.",
        ]
        * 2,
    ]
    assert ways.wrong == 0
    assert sorted(round(later - earlier) for earlier, later in itertools.pairwise(ways.times))[-3:] == [1, 121, 121]


def test_an_echo_is_said_beside_the_connection(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = Ways(monkeypatch, SimulatorConfig(quirks=frozenset(("echo",))))
    run_virtually(ways.watch(60.0))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Connected to simulated; the optical head echoes")


def test_a_refused_password_ends_a_watch(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyRefused):
        run_virtually(_watch(connection(password=Password(9)), 1.0, lambda reading, counters: None))
    assert capsys.readouterr() == ("", "")  # the error that ends the command says it, once


def test_a_watch_writes_one_document_a_line() -> None:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "read", "simulated:?seed=7", "--json", "--watch", "0.05"],
        timeout=120,
        dimensions=(24, 10_000),
    )
    child.expect_exact(b"Connected to")
    child.readline()
    documents = [json.loads(child.readline()) for _ in range(3)]
    child.sendintr()
    child.read()
    child.close()
    assert child.exitstatus == 130
    assert all(len(document["signals"]) == len(SIGNALS) for document in documents)


def test_news_are_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    news = StateNotices("north")
    lost = LineState(Phase.LOST, error="tcp://north:1: no answer")
    waiting = lost._replace(phase=Phase.WAITING)
    connected = LineState(Phase.CONNECTED)
    for state in (LineState(Phase.OPENING), connected, connected, lost, waiting, lost, connected):
        news.state(state)
    news.well()
    news.trouble("the meter refused")
    news.trouble("the meter refused")
    assert capsys.readouterr().err.splitlines() == [
        "Connected to north.",
        "tcp://north:1: no answer.",
        "Connected to north.",
        "north: the meter refused.",
    ]
