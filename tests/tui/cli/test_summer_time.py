"""`--summer-time`: meters of raw bytes that do not keep the bit, read by the command line."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from iec102.asdu import MADRID
from iec102.asdu.summer_time import Keeping, SummerTime
from iec102.clock import wall
from iec102.load_profile.intervals import Register, expected_ends
from iec102_tui.archive.contents import contents, default_path, keeping_of
from support.machine_clock import machine_time
from support.raw_clock_memory import RawClockMemory, value_of
from support.raw_meter import RawMeter, serving

Program = Callable[..., tuple[int, str, str]]

NOW = wall().astimezone(UTC)
"""The meter's clock is right, so that this runs in summer and in winter."""
SINCE = NOW - timedelta(days=500)
YEAR = next(year for year in (NOW.year, NOW.year - 1) if datetime(year, 7, 9, tzinfo=UTC) < NOW)
DAY = datetime(YEAR, 7, 6, tzinfo=MADRID)
FROM_TO = ("--from", f"{YEAR}-07-06", "--to", f"{YEAR}-07-07")


def meter(kind: str, **options: Any) -> RawMeter:
    return RawMeter(RawClockMemory(kind, lambda: wall().astimezone(UTC), options.pop("since", SINCE), **options))


def right(day: datetime = DAY) -> list[tuple[str, str]]:
    ends = expected_ends(Register.HOURLY, day, day + timedelta(days=1), MADRID)
    return [(end.astimezone(MADRID).isoformat(timespec="seconds"), str(value_of(end))) for end in ends]


def rows(out: str) -> list[tuple[str, str]]:
    return [(line.split(",")[0], line.split(",")[1]) for line in out.splitlines()[1:]]


@pytest.mark.parametrize(("kind", "said"), [("bare", "read as civil time"), ("standard", "standard time all year")])
@pytest.mark.parametrize("options", [(), ("--no-archive",)])
def test_the_right_24_rows_and_one_sentence(program: Program, kind: str, said: str, options: tuple[str, ...]) -> None:
    with serving(meter(kind)) as url:
        for _time in range(2):
            status, out, err = program("load-profile", url, *FROM_TO, *options)
            assert (status, rows(out)) == (0, right())
            (sentence,) = err.splitlines()
            assert said in sentence
            assert "Europe/Madrid" in sentence


def test_a_meter_that_keeps_the_bit_needs_no_word(program: Program) -> None:
    with serving(meter("kept")) as url:
        status, out, err = program("load-profile", url, *FROM_TO)
        assert (status, rows(out), err) == (0, right(), "")


def test_what_was_found_is_remembered(program: Program) -> None:
    raw = meter("bare")
    with serving(raw) as url:
        program("load-profile", url, *FROM_TO)
        (found,) = contents(default_path())
        assert found.summer_time is SummerTime.ZONE
        assert keeping_of(default_path(), found.meter) is Keeping.IGNORED
        raw.types.clear()
        day = datetime(YEAR, 7, 7, tzinfo=MADRID)
        _, out, _ = program("load-profile", url, "--from", f"{YEAR}-07-07", "--to", f"{YEAR}-07-08")
        assert rows(out) == right(day)
        assert raw.types.count(103) == 1  # the clocks are compared; nothing else needs it
        assert raw.types.count(123) == 1


def test_a_changed_mode_asks_the_range_again_and_never_mixes(program: Program) -> None:
    raw = meter("bare")
    with serving(raw) as url:
        _, by_bit, err = program("load-profile", url, *FROM_TO, "--summer-time", "bit")
        assert rows(by_bit) != right()
        assert "as --summer-time bit says" in err
        raw.types.clear()
        _, by_zone, err = program("load-profile", url, *FROM_TO, "--summer-time", "zone")
        assert rows(by_zone) == right()
        assert 123 in raw.types
        assert "differing" not in err
        raw.types.clear()
        again = program("load-profile", url, *FROM_TO, "--summer-time", "bit")[1]
        assert again == by_bit
        assert 123 not in raw.types


def test_what_an_earlier_version_has_archived_by_the_bit_is_asked_for_again(program: Program) -> None:
    with serving(meter("bare")) as url:
        program("load-profile", url, *FROM_TO, "--summer-time", "bit")
        with contextlib.closing(sqlite3.connect(default_path())) as connection:
            connection.executescript("UPDATE meter SET summer_time = NULL")
        assert rows(program("load-profile", url, *FROM_TO)[1]) == right()


def test_what_cannot_be_settled_is_said_with_the_option(program: Program) -> None:
    with serving(meter("bare", since=NOW - timedelta(hours=3), refused=(103, 156, 185, 189, 190))) as url:
        status, _, err = program("load-profile", url, *FROM_TO)
        assert status == 0
        assert "ummer time not settled" in err.splitlines()[0]
        assert "--summer-time bit or zone" in err
        winter = ("--from", f"{YEAR}-01-20", "--to", f"{YEAR}-01-21")
        assert "settled" not in program("load-profile", url, *winter)[2]


def test_export_takes_what_is_right_for_the_meter(program: Program) -> None:
    with serving(meter("bare")) as url:
        by_bit = program("load-profile", url, *FROM_TO, "--summer-time", "bit")[1]
        program("load-profile", url, *FROM_TO, "--summer-time", "zone")
        status, _, err = program("archive", "export", *FROM_TO)
        assert status == 2
        assert "say which with --summer-time" in err
        assert program("archive", "export", *FROM_TO, "--summer-time", "bit")[1] == by_bit
        program("load-profile", url, *FROM_TO)
        assert rows(program("archive", "export", *FROM_TO)[1]) == right()
        assert "summer time by the zone" in program("archive")[1]
        assert "as --summer-time bit says" in program("archive", "verify")[2]


def test_read_says_once_what_it_does(program: Program) -> None:
    july = datetime(2026, 7, 20, 10, 30, tzinfo=MADRID)
    raw = RawMeter(RawClockMemory("bare", lambda: july, SINCE))
    with serving(raw) as url, machine_time(july):
        for mode, hour in (("bit", "11:30 CEST"), ("zone", "10:30 CEST")):
            status, out, err = program("read", url, "--summer-time", mode)
            assert status == 0
            assert f"2026-07-20 {hour}" in out
            assert err.count(f"as --summer-time {mode} says") == 1
            assert len(err.splitlines()) == (1 if mode == "zone" else 2)  # by the bit the clock is an hour off


def test_a_mode_that_there_is_not_is_refused(program: Program) -> None:
    status, _, err = program("read", "simulated:", "--summer-time", "su")
    assert status == 2
    assert "auto" in err
