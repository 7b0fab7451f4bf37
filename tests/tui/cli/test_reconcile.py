"""`iec102-tui reconcile`: a clean month is proven, and each planted fault is named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102.verdict.month import Month, Proof
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, default_path
from iec102_tui.cli.reconcile import _is_of
from iec102_tui.cli.reconcile_report import JudgedMonth, ToldMonths
from iec102_tui.words.verdict_text import proof_line
from support.whole_month import a_month

Program = Callable[..., tuple[int, str, str]]

METER = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
NUMBER = "48698054"
MONTH = ("--month", "2026-10")
TEN = 1792486800
"""2026-10-20 11:00 summer time: the end of an hour."""
TEN_OF_JANUARY = 1768899600
"""2026-01-20 10:00."""
MIDNIGHT = 1792533600
"""The end of that day."""


@pytest.fixture
def filled(program: Program) -> None:
    assert program("reconcile", METER, *MONTH)[0] == 3


def change(statement: str) -> None:
    connection = sqlite3.connect(default_path())
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def curve(register: int) -> str:
    return f"(SELECT id FROM curve WHERE register = {register})"


def judged(program: Program, target: str = METER, *more: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(program("reconcile", target, *MONTH, "--json", *more)[1])
    return document


def judged_of(program: Program, month: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(program("reconcile", METER, "--month", month, "--json")[1])
    return document


def faults(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["code"], each["subject"]) for each in document["judgements"] if each["result"] == "fault"}


@pytest.mark.usefixtures("filled")
def test_a_clean_month_has_no_fault(program: Program) -> None:
    document = judged(program)
    assert document["month"] == "2026-10"
    assert document["proof"] == "proven with remarks"
    assert faults(document) == set()
    good = {each["code"] for each in document["judgements"] if each["result"] == "good"}
    assert good >= {
        "month.complete",
        "month.quarter_hours",
        "month.days",
        "month.closing",
        "month.periods",
        "month.maximum",
    }
    assert judged(program, NUMBER, "--offline") == document
    # Contract II exports, contract III is as the first.
    closed = {each["subject"]: each["result"] for each in document["judgements"] if each["code"] == "month.closing"}
    assert closed.keys() == {"A+", "Ri+", "Rc-", "II A-", "II Ri-", "II Rc+", "III A+", "III Ri+", "III Rc-"}
    assert set(closed.values()) <= {"good", "remark"}


LACKING = {
    "closing": ({"month.closing", "month.periods", "month.maximum"}, "there is no closing of this month"),
    "event_range": ({"month.events"}, "the events of this month are not all known"),
    "told WHERE kind = 'seasons-1'": ({"month.periods", "month.maximum", "month.power", "month.reactive"}, "seasons"),
    "told WHERE kind = 'holidays-1'": ({"month.periods", "month.maximum", "month.power", "month.reactive"}, "holidays"),
    "told WHERE kind = 'powers-1'": ({"month.power"}, "the contracted powers are not known"),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("what", LACKING)
def test_what_the_archive_lacks_is_named_and_not_judged(program: Program, what: str) -> None:
    change(f"DELETE FROM {what}")
    document = judged(program, NUMBER, "--offline")
    codes, words = LACKING[what]
    unknown = {each["code"]: each["text"] for each in document["judgements"] if each["result"] == "unknown"}
    if "seasons" in what:  # the direction of the contract is told with them
        assert "imports or what it exports" in unknown.pop("month.closing")
    assert unknown.keys() == codes
    assert all(words in text for text in unknown.values())
    assert faults(document) == set()
    assert "without --offline" in program("reconcile", NUMBER, *MONTH, "--offline")[2]
    assert judged(program) == judged(program, NUMBER, "--offline")  # asked again, it is there again


def test_without_closing_and_calendar_a_file_gives_the_periods(program: Program, tmp_path: Path) -> None:
    for register in ("hourly", "quarter-hourly"):
        program("load-profile", METER, "--from", "2026-10-01", "--to", "2026-11-01", "--register", register)
    path = tmp_path / "tariff.toml"
    path.write_text('[seasons]\n"01-01" = { working_day = "D", holiday = "D" }\n[day_types]\nD = { "0-24" = 3 }\n')
    document = judged(program, NUMBER, "--offline", "--tariff", str(path))
    (reactive,) = [each for each in document["judgements"] if each["code"] == "month.reactive"]
    assert (reactive["result"], reactive["subject"]) in {("good", ""), ("remark", "P3")}
    path.write_text("")
    status, out, err = program("reconcile", NUMBER, *MONTH, "--offline", "--tariff", str(path))
    assert (status, out) == (2, "")
    assert "tariff.toml is no tariff calendar" in err


@pytest.mark.usefixtures("filled")
def test_another_calendar_than_the_closings_is_seen(program: Program, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "docs" / "tariffs" / "peninsula-6-periods.toml"
    assert judged(program, NUMBER, "--offline", "--tariff", str(shipped)) == judged(program, NUMBER, "--offline")
    path = tmp_path / "other.toml"
    path.write_text(shipped.read_text().replace('"10-12", ', ""))  # a Monday of this month
    codes = {code for code, _period in faults(judged(program, NUMBER, "--offline", "--tariff", str(path)))}
    assert "month.periods" in codes


def test_a_year_is_each_of_its_months(program: Program) -> None:
    year = ("reconcile", METER.replace("2026-11", "2026-02"), "--month", "2026")
    status, out, _ = program(*year)
    assert status == 3
    heads = [line.partition("  ")[0] for line in out.splitlines() if line.startswith("2026-")]
    assert heads == ["2026-01", "2026-02"]
    document = json.loads(program(*year, "--offline", "--json")[1])
    assert (document["year"], document["proof"]) == ("2026", "proven with remarks")
    assert [each["month"] for each in document["months"]] == heads
    assert not [code for each in document["months"] for code in faults(each)]
    one = json.loads(program(*year[:3], "2026-01", "--offline", "--json")[1])
    assert document["months"][0] == one
    assert "the month has not ended" in json.dumps(document["months"][1])
    change(f'DELETE FROM record WHERE curve = {curve(11)} AND "end" = {TEN_OF_JANUARY}')
    document = json.loads(program(*year, "--offline", "--json")[1])
    assert [each["proof"] for each in document["months"]] == ["not proven", "proven with remarks"]
    assert document["proof"] == "not proven"  # a year is worth what its worst month is


def test_a_year_in_which_a_month_is_wrong_is_not_one_that_nothing_confirms() -> None:
    """A month of which the archive has nothing stands before it."""
    whole = a_month(1)
    empty = Month(whole.start, whole.end, whole.zone, {})
    wrong = whole._replace(records={**whole.records, Register.QUARTER_HOURLY: a_month(2).of(Register.QUARTER_HOURLY)})
    months = [JudgedMonth.of(month) for month in (empty, wrong)]
    told = ToldMonths("north", MeterKey("device 1-1", 1), whole.zone, "2026", months, None, {}, None)
    assert [each.proof for each in months] == [Proof.NOT_PROVEN] * 2
    assert [*told.lines(marks=True)][-1] == proof_line(months[1].judgements) != proof_line(months[0].judgements)


@pytest.mark.usefixtures("filled")
def test_a_closing_that_was_given_in_two_ways_is_named(program: Program) -> None:
    change("UPDATE closing SET document = replace(document, '\"maximum_kw\":2', '\"maximum_kw\":9')")
    assert ("month.differing", "closing") in faults(judged(program))


@pytest.mark.usefixtures("filled")
def test_a_damaged_document_is_one_sentence(program: Program) -> None:
    change("UPDATE closing SET document = '{}'")
    status, out, err = program("reconcile", NUMBER, *MONTH, "--offline")
    assert (status, out) == (1, "")
    assert "is damaged" in err


@pytest.mark.usefixtures("filled")
def test_a_gap_is_named(program: Program) -> None:
    change(f'DELETE FROM record WHERE curve = {curve(11)} AND "end" = {TEN}')
    status, out, _ = program("reconcile", NUMBER, *MONTH, "--offline")
    assert status == 3
    assert "1 of 745 intervals (hourly values) is missing, the first ends at 2026-10-20 11:00" in out
    assert out.splitlines()[-1].startswith("Not proven")


@pytest.mark.usefixtures("filled")
def test_a_changed_value_is_named_with_its_hour(program: Program) -> None:
    change(f'UPDATE record SET v1 = v1 + 7 WHERE curve = {curve(11)} AND "end" = {TEN}')
    document = judged(program, NUMBER, "--offline")
    assert faults(document) == {("month.quarter_hours", "A+"), ("month.days", "A+")}
    (text,) = [each["text"] for each in document["judgements"] if each["code"] == "month.quarter_hours"]
    assert "2026-10-20 11:00" in text


@pytest.mark.usefixtures("filled")
def test_a_closing_that_does_not_fit_its_hours_is_named(program: Program) -> None:
    """The same change in hours, quarter-hours and days: only the closing knows better."""
    for register, end in ((11, TEN), (12, TEN), (21, MIDNIGHT)):
        change(f'UPDATE record SET v1 = v1 + 90 WHERE curve = {curve(register)} AND "end" = {end}')
    found = faults(judged(program))
    assert ("month.closing", "A+") in found
    assert any(code == "month.periods" for code, _period in found)
    assert any(code == "month.maximum" for code, _period in found)
    assert not {code for code, _ in found} & {"month.quarter_hours", "month.days", "month.complete"}


@pytest.mark.usefixtures("filled")
def test_a_rounding_is_a_remark_and_one_in_all_is_none(program: Program) -> None:
    change(f'UPDATE record SET v3 = v3 + 1 WHERE curve = {curve(11)} AND "end" = {TEN}')
    document = judged(program, NUMBER, "--offline")
    assert faults(document) == set()
    change(f'UPDATE record SET v3 = v3 + 1 WHERE curve = {curve(11)} AND "end" IN ({TEN + 3600}, {TEN + 7200})')
    document = judged(program, NUMBER, "--offline")
    remarks = {(each["code"], each["subject"]) for each in document["judgements"] if each["result"] == "remark"}
    assert ("month.quarter_hours", "Ri+") in remarks


@pytest.mark.usefixtures("filled")
def test_values_that_are_not_valid_prove_nothing(program: Program) -> None:
    change(f'UPDATE record SET q1 = 128 WHERE curve = {curve(11)} AND "end" = {TEN}')
    assert ("month.qualifiers", "") in faults(judged(program, NUMBER, "--offline"))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("spoil", ["DELETE FROM record", "UPDATE record SET q1 = 128"])
def test_hours_whose_quarters_are_missing_or_not_valid_are_no_proof(program: Program, spoil: str) -> None:
    """What was not compared is in no sum that is said to agree."""
    change(f'{spoil} WHERE curve = {curve(12)} AND "end" = {TEN}')
    document = judged(program, NUMBER, "--offline")
    partly, agreed = (each for each in document["judgements"] if each["code"] == "month.quarter_hours")
    assert (partly["result"], partly["figures"]) == ("unknown", {"compared": 744, "expected": 745})
    whole = next(each for each in document["judgements"] if each["code"] == "month.days")
    assert agreed["figures"]["whole_kwh"] < whole["figures"]["whole_kwh"]
    assert document["proof"] != "proven"


def test_what_is_still_to_come_is_no_gap(program: Program) -> None:
    document = judged_of(program, "2026-11")
    assert faults(document) == set()
    (hours,) = [
        each for each in document["judgements"] if (each["code"], each["subject"]) == ("month.complete", "hourly")
    ]
    assert hours["figures"] == {"expected": 21 * 24 + 10, "missing": 0}
    # The calendar is asked for without a closing too.
    assert {each["result"] for each in document["judgements"] if each["code"] == "month.reactive"} <= {"good", "remark"}


def test_a_meter_that_cannot_be_reached_is_a_failure(program: Program) -> None:
    status, out, err = program("reconcile", "tcp://127.0.0.1:1", *MONTH, "--timeout", "200", "--retries", "0")
    assert (status, out) == (1, "")
    assert "refused" in err


def test_a_month_of_nothing_is_not_proven(program: Program) -> None:
    program("load-profile", METER, "--from", "2026-11-01", "--to", "2026-11-02")
    document = judged(program, NUMBER, "--offline")
    assert document["proof"] == "not proven"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--month", "2026-13"), "is no month"),
        (("--month", "october"), "is no month"),
        (("--month", "2099-01"), "not begun"),
        ((), "--month"),
    ],
)
def test_what_is_no_month_is_said(program: Program, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = program("reconcile", METER, *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_an_unknown_meter_is_said(program: Program) -> None:
    assert program("reconcile", "99", *MONTH, "--offline")[0] == 2
    program("load-profile", METER, "--from", "2026-11-01", "--to", "2026-11-02")
    status, _, err = program("reconcile", "99", *MONTH, "--offline")
    assert status == 2
    assert "nothing of 99" in err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("ending", ["md", "json"])
def test_a_report_is_written(program: Program, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"october.{ending}"
    program("reconcile", NUMBER, *MONTH, "--offline", "-o", str(path))
    assert "2026-10" in path.read_text()
    assert "proven" in path.read_text().lower()


@pytest.mark.usefixtures("filled")
def test_values_that_were_given_twice_otherwise_are_named(program: Program) -> None:
    archive = Archive(default_path())
    curve = archive.curve(MeterKey(f"device 251-{NUMBER}", 1), Register.HOURLY)
    start = datetime.fromtimestamp(TEN - 3600, UTC)
    (record,) = curve.records(start, start + timedelta(hours=1))
    first, *others = record.totals
    curve.put([LoadRecord(record.end, (first._replace(value=first.value + 1), *others))])
    archive.close()
    assert faults(judged(program, METER, "--offline")) == {("month.differing", "")}


# A distributor's file

CUPS = "ES0021000000000001RK1P"
OF_TEN = ";11;2026/10/20 11:00:00;1;"


@pytest.fixture
def north(tmp_path: Path) -> tuple[str, str, str]:
    path = tmp_path / "profiles.toml"
    codes = f'cups = "{CUPS}"\ndistributor = "0021"\nretailer = "0100"\n'
    path.write_text(f'[profiles.north]\ntarget = "{METER}"\npassword = 1\n{codes}')
    return "--profiles", str(path), "north"


def p1d(program: Program, folder: Path) -> Path:
    """The month as the distributor has it."""
    path = folder / "month.p1d"
    time = ("--from", "2026-10-01", "--to", "2026-11-01")
    codes = ("--file-format", "p1d", "--cups", CUPS, "--distributor", "0021", "--retailer", "0100")
    assert program("load-profile", METER, *time, *codes, "-o", str(path))[0] == 0
    return path


def changed_file(path: Path, more: int, version: int) -> Path:
    lines = path.read_text().splitlines()
    place = next(place for place, line in enumerate(lines) if OF_TEN in line)
    fields = lines[place].split(";")
    fields[4] = str(int(fields[4]) + more)
    changed = path.with_suffix(f".{version}")
    changed.write_text("\n".join([*lines[:place], ";".join(fields), *lines[place + 1 :]]) + "\n")
    return changed


def of_file(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in document["judgements"] if each["code"] == "month.file"]


@pytest.mark.usefixtures("filled")
def test_a_distributors_file_is_held_against_the_meter(
    program: Program, tmp_path: Path, north: tuple[str, str, str]
) -> None:
    path = p1d(program, tmp_path)
    assert program("archive", "import", str(changed_file(path, 7, 0)))[0] == 0
    other = tmp_path / "other.csv"  # of no CUPS
    program("load-profile", METER, "--from", "2026-10-01", "--to", "2026-10-02", "-o", str(other))
    assert program("archive", "import", str(other))[0] == 0
    profiles, file, name = north
    document = json.loads(program(profiles, file, "reconcile", name, *MONTH, "--json")[1])
    (only,) = of_file(document)
    assert (only["result"], only["subject"]) == ("fault", "A+")
    assert only["text"].startswith(f"P1D {CUPS} and the meter differ in 1 interval")
    assert "2026-10-20 11:00 CEST" in only["text"]
    assert only["figures"]["file_kwh"] - only["figures"]["meter_kwh"] == 7
    assert not of_file(judged(program))  # no profile, no name: nothing is compared
    assert of_file(judged(program, METER, "--against", CUPS)) == [only]
    assert of_file(judged(program, METER, "--against", CUPS[:20])) == [only]  # without its border point
    assert program("archive", "import", str(changed_file(path, 0, 1)))[0] == 0  # the correction
    (only,) = of_file(judged(program, METER, "--against", f"P1D {CUPS}"))
    assert only["result"] == "good"
    document = json.loads(
        program("reconcile", METER, "--month", "2026-09", "--offline", "--against", CUPS, "--json")[1]
    )
    (only,) = of_file(document)
    assert (only["result"], only["text"]) == ("unknown", f"P1D {CUPS} has nothing of this month: not compared")


@pytest.mark.parametrize(
    ("cups", "same"),
    [(CUPS, True), (CUPS[:20], True), (CUPS[:20] + "2P", False), (CUPS[:19], False), (CUPS[:19] + "X", False)],
)
def test_a_file_is_of_a_supply_point_with_or_without_its_border_point(cups: str, same: bool) -> None:
    assert _is_of(MeterKey(f"P1D {CUPS}", 0), cups) is same
    assert _is_of(MeterKey(f"P1D {cups}", 0), CUPS) is same


@pytest.mark.usefixtures("filled")
def test_an_unknown_file_is_said(program: Program) -> None:
    status, out, err = program("reconcile", METER, *MONTH, "--offline", "--against", "P1D ES1")
    assert (status, out) == (2, "")
    assert "no imported file P1D ES1; it has: none" in err
