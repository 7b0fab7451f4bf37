"""`info`, `closings`, `tariff` and `events`, and what `read` says of the meter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu import MADRID, Password
from iec102.errors import KeyRefused
from iec102.line.counters import LineCounters
from iec102.meter.reading import Reading
from iec102_tui.cli.information import bounds
from iec102_tui.cli.read import _About, _watch
from iec102_tui.profiles.connection import resolve
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.words.meter_text import event_line
from support.virtual_time import run as run_virtually

METER = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"


Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(program: Program) -> Callable[..., Any]:
    """The document that a command prints."""

    def ask(*arguments: str) -> Any:
        status, out, err = program(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return ask


@pytest.fixture
def said(program: Program) -> Callable[..., str]:
    """What a command says: on standard output, or on standard error where it fails."""

    def ask(*arguments: str, status: int = 0) -> str:
        ended, out, err = program(*arguments)
        assert ended == status, err
        return out if status == 0 else err

    return ask


# info


def test_info_is_a_document(told: Callable[..., Any]) -> None:
    document = told("info", METER)
    assert list(document) == [
        "time",
        "link_address",
        "point_address",
        "clock_difference",
        "identity",
        "configuration",
        "recorder",
        "clock",
        "point",
        "summer_time",
        "absences",
        "kept",
    ]
    assert document["identity"] == {"manufacturer": 251, "device": "48698054", "standard": "2002-04"}
    assert document["clock"]["clock_difference"] == document["clock_difference"]
    assert document["point"]["key"] == "***"
    assert document["summer_time"] == {"begins": "2026-03-29T03:00:00+02:00", "ends": "2026-10-25T02:00:00+01:00"}
    assert document["configuration"]["ratios"] == document["recorder"]["ratios"]
    assert (document["absences"], document["kept"]) == ([], [])


def test_info_names_what_the_meter_does_not_offer_and_shows_nothing_of_it(
    told: Callable[..., Any], said: Callable[..., str]
) -> None:
    meter = f"{METER}&quirk=no-141&quirk=no-156"
    document = told("info", meter)
    assert (document["configuration"], document["recorder"]) == (None, None)
    assert [(absence["type"], absence["cause"]) for absence in document["absences"]] == [(141, 14), (156, 14)]
    text = said("info", meter)
    assert "Configuration" not in text
    assert "Not told\n  this meter does not offer this kind of request (type 141, record 0, cause 14)" in text
    assert "Device                    48698054" in text


# closings


def test_closings_without_a_time_are_the_last_of_each_active_contract(told: Callable[..., Any]) -> None:
    document = told("closings", METER)
    closings = document["closings"]
    assert [(each["contract"], each["start"], each["end"]) for each in closings] == [
        (contract, "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00") for contract in ("I", "II", "III")
    ]
    assert [each["reactive_quadrants"] for each in closings] == [[1, 4], [3, 2], [1, 4]]
    assert [period["period"] for period in closings[0]["periods"]] == list(range(7))
    total, *parts = closings[0]["periods"]
    assert total["active_kwh"] == sum(part["active_kwh"] for part in parts) > 0
    assert total["excess_qualifier_words"] == ["invalid"]
    assert document["unfinished"] is False


def test_closings_are_chosen_by_their_end_and_written_as_a_table(tmp_path: Path, said: Callable[..., str]) -> None:
    file = tmp_path / "closings.csv"
    arguments = ("closings", METER, "--contract", "ii", "--from", "2026-09-01", "--to", "2026-11-01", "-o", str(file))
    assert said(*arguments) == ""
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [row["end"][:10] for row in rows[::7]] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert {row["contract"] for row in rows} == {"II"}
    assert (rows[0]["current"], rows[0]["whole"]) == ("0", "1")
    assert "exists already" in said(*arguments, status=2)
    assert said(*arguments, "--force") == ""


def test_the_running_period_and_the_last_ones_are_for_people_too(said: Callable[..., str]) -> None:
    current = said("closings", METER, "--current", "--contract", "I")
    assert current.startswith("Contract I, 2026-11-01 00:00 to 2026-11-22 10:00, still running\n")
    assert "import: inductive is Q1, capacitive Q4" in current
    assert "not whole" not in current
    last = said("closings", METER, "--last", "2", "--contract", "II")
    assert last.count("Contract II, ") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "2026-11-01"), "--to needs --from"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "must not be before its start"),
        (("--last", "1", "--current"), "give one of them"),
        (("--last", "0"), "0 is not in the range"),
        (("--contract", "IV"), "'IV' is not one of"),
        (("-o", "/nowhere/closings.csv"), "no place for a file"),
    ],
)
def test_a_mistaken_use_is_told_before_the_meter_is_asked(
    arguments: tuple[str, ...], words: str, program: Program
) -> None:
    status, out, err = program("closings", "tcp://127.0.0.1:1", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_a_link_that_leads_nowhere_counts_as_a_file_before_the_meter_is_asked(tmp_path: Path, program: Program) -> None:
    link = tmp_path / "closings.csv"
    link.symlink_to(tmp_path / "elsewhere.csv")
    status, _out, err = program("closings", "tcp://127.0.0.1:1", "-o", str(link))
    assert (status, err) == (2, f"{link} exists already: give another name, or --force to replace it.\n")


def test_who_has_told_nothing_is_named(program: Program) -> None:
    for command, types in (("closings", (134,)), ("events", (102, 101)), ("tariff", (144, 147, 150))):
        meter = METER + "".join(f"&quirk=no-{number}" for number in types)
        status, _out, err = program(command, meter)
        assert status == 1
        assert err.startswith(f"{meter}: this meter does not offer"), err


def test_the_same_day_may_be_the_first_and_the_last() -> None:
    found = bounds("2026-11-01", "2026-11-01", MADRID)
    assert found is not None
    assert found[0] == found[1]


def test_a_meter_without_closings_is_a_failure_and_a_time_without_them_is_none(said: Callable[..., str]) -> None:
    assert "does not offer" in said("closings", f"{METER}&quirk=no-134", status=1)
    assert (
        said("closings", METER, "--from", "2020-01-01", "--to", "2020-06-01")
        == "No closings are stored of this time.\n"
    )


def test_a_meter_that_does_not_end_its_answer_gives_what_came_and_fails(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iec102.asdu.exchange._NO_MORE", 0.05)
    status, out, err = program("closings", f"{METER}&quirk=no-termination", "--contract", "I", "--current")
    assert status == 1
    assert out.startswith("Contract I, ")
    assert "not whole: the meter did not end its answer, and periods may be missing" in out
    assert err == "The meter did not end its answer: closings may be missing.\n"
    status, out, _err = program("closings", f"{METER}&quirk=no-termination", "--contract", "I", "--json")
    (only,) = json.loads(out)["closings"]
    assert (status, only["whole"]) == (1, False)


# tariff


def test_the_tariff_of_all_contracts(told: Callable[..., Any]) -> None:
    document = told("tariff", METER)
    first, second, third = document["contracts"]
    assert [each["contract"] for each in (first, second, third)] == ["I", "II", "III"]
    assert first["contracted_powers"]["periods"][0] == {"period": 1, "contracted_kw": 240}
    assert first["latent_from"] == first["latent_powers"]["valid_from"] == "2027-01-01T00:00:00+01:00"
    assert (first["current_period"], first["current_time"]) == (6, "2026-11-22T10:00:00+01:00")
    assert [each["seasons"]["direction_words"] for each in (first, second)] == ["import", "export"]
    assert first["seasons"]["day_types"][0]["periods_by_hour"] == [6] * 8 + [
        2,
        1,
        1,
        1,
        1,
        1,
        2,
        2,
        2,
        2,
        1,
        1,
        1,
        1,
        2,
        2,
    ]
    assert first["holidays"][0] == {"year": None, "month": 1, "day": 1}
    assert {absence["object"] for absence in document["absences"]} == {192, 195}


def test_a_tariff_shows_only_what_is_told(said: Callable[..., str], program: Program) -> None:
    meter = f"{METER}&quirk=no-144&quirk=no-147"
    status, out, err = program("tariff", meter, "--contract", "I")
    assert status == 0
    assert "Period now                P6 at 2026-11-22 10:00" in out
    assert "Contracted power\n" not in out
    assert "Holidays" not in out
    assert "(type 144, record 134, cause 14)" in err
    everything = f"{meter}&quirk=no-150"
    assert "does not offer" in said("tariff", everything, status=1)


# events


def test_events_are_those_of_the_last_30_days_of_all_records_by_time(told: Callable[..., Any]) -> None:
    document = told("events", METER, "--from", "2026-10-23", "--to", "2026-11-22T10:00")
    times = [event["time"] for event in document["events"]]
    assert times == sorted(times)
    assert {event["record"] for event in document["events"]} >= {52, 53, 129, 131}
    session = next(event for event in document["events"] if event["spa"] == 18 and event["spq"] == 2)
    assert list(session) == ["record", "time", "time_invalid", "spa", "spq", "spi", "meaning", "spi_words"]
    assert session["spi_words"] == ("end", "start")[session["spi"]]


def test_events_of_a_record_as_a_table_and_for_people(tmp_path: Path, said: Callable[..., str]) -> None:
    file = tmp_path / "events.json"
    chosen = ("events", METER, "--record", "53", "--record", "53", "--from", "2026-11-01", "--to", "2026-11-22")
    assert said(*chosen, "-o", str(file)) == ""
    events = json.loads(file.read_text())["events"]
    assert {event["record"] for event in events} == {53}
    lines = said(*chosen).splitlines()
    assert len(lines) == len(events)
    assert "7/9  clock change, old time  SPI 1" in lines[0]


def test_a_meter_without_102_gives_its_whole_records(told: Callable[..., Any]) -> None:
    chosen = ("--record", "129", "--from", "2026-11-20", "--to", "2026-11-22T10:00")
    assert told("events", f"{METER}&quirk=no-102", *chosen)["events"] == told("events", METER, *chosen)["events"] != []


def test_a_meter_without_events_is_a_failure(said: Callable[..., str]) -> None:
    assert "does not offer" in said("events", f"{METER}&quirk=no-102&quirk=no-101", status=1)
    assert said("events", METER, "--from", "2020-01-01", "--to", "2020-01-02") == "No events are stored of this time.\n"
    assert "'60' is not one of" in said("events", METER, "--record", "60", status=2)


def test_new_events_are_those_since_the_visit_before(tmp_path: Path, told: Callable[..., Any], said: Any) -> None:
    chosen = ("events", METER, "--record", "53", "--new", "--archive", str(tmp_path / "archive.sqlite"))
    first = told(*chosen)["events"]
    assert {event["record"] for event in first} == {53}
    assert [event["time"] for event in first] == sorted(event["time"] for event in first)
    assert told(*chosen)["events"] == []
    assert said(*chosen) == "Nothing is new since the visit before.\n"
    other = told("events", METER, "--record", "131", *chosen[4:])["events"]
    assert {event["record"] for event in other} == {131}
    assert "does not go with --from" in said(*chosen, "--from", "2026-11-01", status=2)
    assert "goes with --new" in said("events", METER, "--archive", "x", status=2)


def test_new_events_need_an_archive(tmp_path: Path, said: Callable[..., str]) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_text("something else, and longer than a hundred bytes " * 9)
    assert "is no archive of this program" in said("events", METER, "--new", "--archive", str(path), status=1)


def test_an_event_line_shows_the_bit_beside_what_it_may_mean() -> None:
    from iec102.meter.events import MeterEvent

    assert event_line(MeterEvent(52, None, 3, 1, True, True)) == (
        "no valid time          52     3/1  measuring voltage failure, phase 1  SPI 1 (start?)  INVALID TIME"
    )


# read


def test_read_knows_the_meter_only_when_it_is_asked_to(told: Callable[..., Any], said: Callable[..., str]) -> None:
    document = told("read", METER)
    assert (document["identity"], document["clock_difference"]) == (None, None)
    document = told("read", METER, "--identity")
    assert document["identity"] == {"manufacturer": 251, "device": "48698054"}
    assert isinstance(document["clock_difference"], float)
    assert "Device                    48698054" in said("read", METER, "--identity")
    silent = told("read", f"{METER}&quirk=no-100&quirk=no-103", "--identity")
    assert (silent["identity"], silent["clock_difference"]) == (None, None)


def test_a_watch_knows_the_meter_behind_its_first_document() -> None:
    documents: list[dict[str, Any]] = []

    async def watch() -> None:
        about = _About()

        def write(reading: Reading, _counters: LineCounters) -> None:
            documents.append(reading.to_json(about.identity, about.clock_difference))
            if len(documents) == 3:
                raise KeyRefused("enough")

        with pytest.raises(KeyRefused):
            await _watch(
                resolve("simulated:", {"password": Password(1)}, ProfileStore(Path("/nonexistent"))), 1.0, write, about
            )

    run_virtually(watch())
    assert [each["identity"] is None for each in documents] == [True, False, False]
    assert documents[0]["clock_difference"] is None
    assert abs(documents[1]["clock_difference"]) < 1
