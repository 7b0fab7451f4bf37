"""`iec102-tui load-profile` and meters that refuse ranges, cut their answers or do not end them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from iec102.clock import Clock
from iec102.line import Line
from iec102.line import dialogue as conversation
from iec102.settings import LineSettings
from iec102_tui.archive.contents import default_path
from iec102_tui.cli import load_profile
from support.raw_line import RawLine
from support.raw_memory import MADRID, RawMemory, hours
from support.raw_meter import RawMeter

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
BEGINS = datetime(2021, 3, 10, tzinfo=MADRID)
STORED = hours(BEGINS, datetime(2021, 4, 20, tzinfo=MADRID))
RANGE = ("--from", "2021-03-08", "--to", "2021-03-12")
FAST = ("--timeout", "100", "--retries", "0")


@pytest.fixture
def meter_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[RawMemory, bool], None]:
    """Puts a meter of raw bytes in the place of any target."""

    def put(memory: RawMemory, mute: bool) -> None:
        def open_line(_target: str, settings: LineSettings, **options: Any) -> Line:
            return Line(RawLine(RawMeter(memory, mute=mute)), settings, **options)

        monkeypatch.setattr(load_profile, "open_line", open_line)
        monkeypatch.setattr(conversation, "_SEARCH_TIME", 0.1)

    return put


MeterOf = Callable[[RawMemory, bool], None]


def rows(out: str) -> list[str]:
    return [line.partition(",")[0] for line in out.splitlines()[1:]]


def times(ends: list[datetime]) -> list[str]:
    return [end.astimezone(MADRID).isoformat() for end in ends]


def archived() -> int:
    with contextlib.closing(sqlite3.connect(default_path())) as connection:
        return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])


@pytest.mark.parametrize("cause", [13, 18])
def test_a_range_that_begins_before_the_memory(program: Program, meter_of: MeterOf, cause: int) -> None:
    meter_of(RawMemory(STORED, lambda start, _end: start < BEGINS, cause=cause), False)
    status, out, err = program("load-profile", "tcp://raw:1", *RANGE, *FAST)
    assert status == 0
    assert rows(out) == times(hours(BEGINS, datetime(2021, 3, 12, tzinfo=MADRID)))
    lines = err.splitlines()
    assert lines[0] == f"missing 2021-03-08T01:00:00+01:00: the meter refused it (cause {cause})"
    assert len(lines) == 48 + 1
    assert lines[-1] == (
        "The meter refused 48 intervals in a row, those that end from 2021-03-08T01:00:00+01:00 "
        "to 2021-03-10T00:00:00+01:00."
    )
    assert program("load-profile", "tcp://raw:1", *RANGE, *FAST, "--strict")[0] == 1


def test_a_range_that_is_refused_whole_is_said_so(program: Program, meter_of: MeterOf) -> None:
    memory = RawMemory(STORED, lambda _start, _end: True)
    meter_of(memory, False)
    status, out, err = program("load-profile", "tcp://raw:1", *RANGE, *FAST)
    assert (status, rows(out)) == (0, [])
    assert err.splitlines()[-1] == (
        "The meter refused the whole range: ask for another one, or with --period all for what it has."
    )
    assert len(memory.questions) <= 6
    assert program("load-profile", "tcp://raw:1", *RANGE, *FAST, "--strict")[0] == 1


@pytest.mark.parametrize(
    "quirks", ["longest-range-24", "max-records-38", "max-records-2", "refuses-future", "refuses-past", "no-blocks"]
)
def test_what_the_meter_has_comes_whatever_it_refuses(program: Program, quirks: str) -> None:
    asked = ("--from", "2026-11-10", "--to", "2026-11-15", "--no-archive")
    plain = program("load-profile", FROZEN, *asked)
    assert (plain[0], len(rows(plain[1])), plain[2]) == (0, 120, "")
    assert program("load-profile", f"{FROZEN}&quirk={quirks}", *asked) == plain


def test_all_that_the_meter_has_where_it_refuses_what_is_before_and_behind(program: Program) -> None:
    asked = ("--period", "all", "--register", "daily", "--no-archive")
    plain = program("load-profile", FROZEN, *asked)
    assert program("load-profile", f"{FROZEN}&quirk=refuses-past&quirk=refuses-future", *asked)[:2] == plain[:2]


def test_hours_still_to_come_are_no_gaps(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 22, 9, 0, 7, tzinfo=UTC)
    monkeypatch.setattr(
        load_profile, "open_line", with_clock(load_profile.open_line, Clock(wall=lambda: now.astimezone(MADRID)))
    )
    for quirk in ("", "&quirk=refuses-future"):
        status, out, err = program(
            "load-profile", FROZEN + quirk, "--from", "2026-11-22", "--to", "2026-11-23", "--strict", "--no-archive"
        )
        assert (status, len(rows(out))) == (0, 10)
        assert err == "14 intervals are still to come by this machine's clock.\n"


def with_clock(open_line: Callable[..., Line], clock: Clock) -> Callable[..., Line]:
    return lambda target, settings, **options: open_line(target, settings, clock=clock, **options)


@pytest.mark.parametrize("output", [False, True])
def test_what_came_of_an_answer_without_an_end_is_written_archived_and_said(
    program: Program, meter_of: MeterOf, tmp_path: Path, output: bool
) -> None:
    stored = hours(BEGINS, datetime(2021, 3, 12, 20, tzinfo=MADRID))
    meter_of(RawMemory(stored, breaks_at=10), False)
    path = tmp_path / "out.csv"
    extra = ("-o", str(path)) if output else ()
    status, out, err = program(
        "load-profile", "tcp://raw:1", "--from", "2021-03-12", "--to", "2021-03-13", *FAST, *extra
    )
    assert status == 1
    assert len(rows(path.read_text() if output else out)) == archived() == 20
    lines = err.splitlines()
    assert [line.partition(": ")[0] for line in lines[:4]] == [
        f"missing 2021-03-{day}T{hour}:00:00+01:00" for day, hour in ((12, 21), (12, 22), (12, 23), (13, "00"))
    ]
    assert all("did not finish its answer" in line for line in lines[:4])
    assert lines[4].startswith("Unfinished: the meter did not end its answer (no cause 10), 4 intervals are missing")


def test_a_line_that_dies_in_the_middle_of_an_answer(
    program: Program, meter_of: MeterOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter_of(RawMemory(STORED, breaks_at=10), True)
    monkeypatch.setattr(load_profile, "_PATIENCE", 0)
    status, out, err = program("load-profile", "tcp://raw:1", "--from", "2021-03-12", "--to", "2021-03-13", *FAST)
    assert status == 1
    assert len(rows(out)) == archived() == 9
    assert "Unfinished: " in err.splitlines()[0]
    assert "of 24 records came before the line failed." in err.splitlines()[0]
    assert "no answer from link address 1" in err.splitlines()[1]


def test_an_answer_that_has_all_and_does_not_end_is_said(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "_SEARCH_TIME", 0.1)
    plain = program("load-profile", FROZEN, "--from", "2026-11-10", "--to", "2026-11-11", "--no-archive")
    status, out, err = program(
        "load-profile",
        f"{FROZEN}&quirk=no-termination",
        *("--from", "2026-11-10", "--to", "2026-11-11", "--no-archive", *FAST),
    )
    assert (status, out) == plain[:2]
    assert err == "The meter did not end 1 of its answers (no cause 10), but nothing is missing for that.\n"
