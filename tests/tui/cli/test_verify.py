"""`iec102-tui verify`: the verdict in words and as JSON, the report, the exit status."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from iec102.asdu import MADRID
from iec102.errors import LinkError
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102_tui.archive.contents import default_path
from iec102_tui.cli.verify import _Visit
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.words.verdict_text import can_mark
from support.virtual_time import run

Program = Callable[..., tuple[int, str, str]]

NUMBER = "48698054"
REAL_READINGS = _Visit._readings
METER = "simulated:?clock=2026-11-20T10:00:07%2B01:00&seed=7"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of readings in a moment: the same one, as if it had come every five seconds."""

    async def readings(_visit: _Visit, meter: Meter) -> list[Reading]:
        one = await meter.read_instantaneous()
        return [
            Reading(one.time + timedelta(seconds=at), one.meter_time, 1, 1, one.values, one.summer)
            for at in range(0, 61, 5)
        ]

    monkeypatch.setattr(_Visit, "_readings", readings)


def test_a_good_meter_ends_with_status_0(program: Program) -> None:
    status, out, err = program("verify", METER, "--expect-serial", NUMBER)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[-1] == "No fault was found; 2 points could not be judged."
    assert any("right meter" in line for line in lines)
    assert any("go together in all three phases" in line for line in lines)


def test_another_meter_is_a_fault(program: Program) -> None:
    status, out, _ = program("verify", METER, "--expect-serial", "1")
    assert status == 3
    assert f"another meter: number {NUMBER} where 1 was expected" in out
    assert out.splitlines()[-1] == "1 fault was found."


def test_a_meter_that_does_not_tell_the_expected_number_is_not_called_good(program: Program) -> None:
    status, out, _ = program("verify", f"{METER}&quirk=no-100", "--expect-serial", NUMBER, "--json")
    document = json.loads(out)
    assert (status, document["verdict"]) == (0, "unknown")
    assert document["judgements"][0]["figures"] == {"serial": None, "expected": int(NUMBER)}


def test_the_first_visit_is_remembered(program: Program) -> None:
    assert "nothing says yet" in program("verify", METER)[1]
    assert "right meter" in program("verify", METER)[1]


def test_json_has_the_verdict_and_each_judgement(program: Program) -> None:
    status, out, _ = program("verify", METER, "--expect-serial", "1", "--json")
    document = json.loads(out)
    assert (status, document["verdict"]) == (3, "fault")
    assert all(set(each) == {"code", "subject", "result", "text", "figures"} for each in document["judgements"])
    assert document["judgements"][0]["code"] == "meter.serial"
    assert document["judgements"][0]["figures"] == {"serial": int(NUMBER), "expected": 1}


def test_ratios_of_the_profile_are_held_against_the_meter(program: Program, tmp_path: Path) -> None:
    profiles = tmp_path / "profiles.toml"
    profiles.write_text(
        f'[profiles.north]\ntarget = "{METER}"\npassword = 1\nvoltage_ratio = "1/1"\ncurrent_ratio = "1000/5"\n'
    )
    status, out, _ = program("--profiles", str(profiles), "verify", "north", "--json")
    codes = {each["code"] for each in json.loads(out)["judgements"] if each["result"] == "fault"}
    assert status == 3
    assert codes == {"meter.ratio", "wiring.ratio", "meter.clock"}  # the meter's time is not this machine's


def test_a_way_that_fails_is_said_with_status_1(program: Program) -> None:
    status, out, err = program("verify", "tcp://127.0.0.1:1", "--timeout", "200", "--retries", "0")
    assert status == 1
    assert "FAILED" in out
    assert err
    status, out, _ = program("verify", "tcp://127.0.0.1:1", "--timeout", "200", "--retries", "0", "--json")
    assert (status, json.loads(out)) == (1, {"verdict": "unknown", "judgements": []})


def test_settings_and_the_clock_are_judged(program: Program) -> None:
    document = json.loads(program("verify", METER, "--json")[1])
    found = {(each["code"], each["subject"]): each for each in document["judgements"]}
    good = {key for key, each in found.items() if each["result"] == "good"}
    assert good >= {
        ("meter.clock", ""),
        ("meter.summer_bit", ""),
        ("meter.address", ""),
        ("meter.battery", ""),
        ("meter.summer_time", ""),
        ("meter.periods", ""),
        ("meter.alarms", ""),
        ("meter.closings", "I"),
    }
    assert found["meter.drift", ""]["result"] == "unknown"
    assert "-0.0" not in json.dumps(document)


@pytest.mark.parametrize(("gained", "result"), [(0.2, "good"), (4.0, "fault")])
def test_the_drift_is_that_of_the_kept_differences(program: Program, gained: float, result: str) -> None:
    program("verify", METER)
    now = int(datetime(2026, 11, 20, 10, tzinfo=MADRID).timestamp())
    connection = sqlite3.connect(default_path())
    with connection:
        (meter,) = connection.execute("SELECT id FROM meter").fetchone()
        assert connection.execute("SELECT count(*) FROM clock").fetchone() == (1,)
        for days in range(1, 11):
            row = (meter, (now - days * 86_400) // 3600, now - days * 86_400, round(-gained * days * 1000))
            connection.execute("INSERT INTO clock VALUES (?, ?, ?, ?)", row)
    connection.close()
    document = json.loads(program("verify", METER, "--json")[1])
    (drift,) = (each for each in document["judgements"] if each["code"] == "meter.drift")
    assert drift["result"] == result
    assert drift["figures"]["drift_s_a_day"] == pytest.approx(gained, abs=0.05)


def test_a_way_that_fails_is_a_report_too(program: Program, tmp_path: Path) -> None:
    for ending in ("md", "json"):
        path = tmp_path / f"report.{ending}"
        arguments = ("--timeout", "200", "--retries", "0", "-o", str(path))
        assert program("verify", "tcp://127.0.0.1:1", *arguments)[0] == 1
        text = path.read_text()
        assert "refused" in text
        assert "port open" in text


def test_a_wrong_clock_is_a_judgement_and_no_failure(program: Program) -> None:
    status, out, _ = program("verify", "simulated:?clock=2020-01-01T00:00", "--json", real_clock=True)
    assert status == 3
    assert "meter.clock" in {each["code"] for each in json.loads(out)["judgements"] if each["result"] == "fault"}


@pytest.mark.parametrize("ending", [".md", ".json"])
def test_the_report_has_the_proof_and_no_password(program: Program, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    target = f"{METER}&password=7654321"
    assert program("verify", target, "-o", str(path))[0] == 0
    text = path.read_text()
    assert "voltages and currents go together" in text
    assert "start session" in text
    assert "7654321" not in text
    assert "B1 CB 74" not in text  # the same on the wire
    assert "??" in text
    assert program("verify", target, "-o", str(path))[0] == 2


def test_a_meter_that_is_lost_while_it_is_read_is_a_failure_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line would be tried for ever: behind the time that was asked for it is given up."""

    class Lost:
        def __init__(self, _meter: object, on_snapshot: Callable[[object], None], **_options: object) -> None:
            self._on_snapshot = on_snapshot

        async def run(self) -> None:
            self._on_snapshot(SimpleNamespace(reading=None, error="no answer from link address 1"))
            await asyncio.Event().wait()

    monkeypatch.setattr("iec102_tui.cli.verify.Monitor", Lost)
    visit = _Visit(connection_of(METER, Profile(target=METER)), None, 60.0)

    async def read() -> float:
        with pytest.raises(LinkError, match="no answer from link address 1"):
            await REAL_READINGS(visit, None)  # type: ignore[arg-type]
        return asyncio.get_running_loop().time()

    assert 60 < run(read()) < 300


def test_a_profile_that_asks_rarely_is_read_often_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    periods = []

    class Periods:
        def __init__(self, _meter: object, period: float, **_options: object) -> None:
            periods.append(period)

        async def run(self) -> None:
            raise LinkError("enough")

    monkeypatch.setattr("iec102_tui.cli.verify.Monitor", Periods)
    for asked in (3600.0, 2.0):
        visit = _Visit(connection_of(METER, Profile(target=METER, poll_period=asked)), None, 60.0)
        with pytest.raises(LinkError):
            run(REAL_READINGS(visit, None))  # type: ignore[arg-type]
    assert periods == [5.0, 2.0]


def test_ticks_only_where_they_come_out() -> None:
    assert can_mark("utf-8")
    assert not can_mark("ascii")
    assert not can_mark("no such encoding")


@pytest.mark.parametrize("command", [("verify",), ("reconcile", "--month", "2026-10")])
def test_a_report_of_another_kind_is_refused_before_the_meter_is_asked(
    command: tuple[str, ...], tmp_path: Path, program: Program
) -> None:
    status, _out, said = program(*command, "tcp://nobody.invalid:1", "-o", str(tmp_path / "report.pdf"))
    assert status == 2
    assert "a report ends in .md or .json" in said
    assert not list(tmp_path.iterdir())
