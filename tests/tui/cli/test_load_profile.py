"""`iec102-tui load-profile`: the CSV to the letter, what is missing, and files that are whole."""

from __future__ import annotations

import csv
import io
import itertools
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from iec102.asdu import Total
from iec102.load_profile.download import Progress
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102_tui.files.output_file import write_whole
from iec102_tui.load_profile.csv_file import HEADER, csv_lines
from iec102_tui.load_profile.periods import parse_time, period
from iec102_tui.words.progress_text import duration_words, progress_words
from support.spoken import spoken_in

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
DAY = ("--from", "2026-11-01", "--to", "2026-11-02")
MADRID = ZoneInfo("Europe/Madrid")


def test_the_header_is_the_documented_one(program: Program) -> None:
    status, out, err = program("load-profile", FROZEN, *DAY)
    assert (status, err) == (0, "")
    documented = "time,A+,A-,Ri+,Rc+,Ri-,Rc-,Res1,Res2,q_A+,q_A-,q_Ri+,q_Rc+,q_Ri-,q_Rc-,q_Res1,q_Res2"
    assert out.splitlines()[0] == documented == HEADER
    assert "\r" not in out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_with_the_name_of_the_file(program: Program) -> None:
    status, _, err = program("load-profile", FROZEN, *DAY, "-o", "/dev/full", "--force")
    assert (status, err) == (1, "/dev/full: cannot be written: No space left on device.\n")


def test_a_day_begins_behind_from_and_ends_with_to(program: Program) -> None:
    rows = list(csv.reader(io.StringIO(program("load-profile", FROZEN, *DAY)[1])))[1:]
    assert len(rows) == 24
    assert rows[0][0] == "2026-11-01T01:00:00+01:00"
    assert rows[-1][0] == "2026-11-02T00:00:00+01:00"
    assert all(len(row) == 17 for row in rows)
    assert all(value.isdecimal() for row in rows for value in row[1:9])
    assert {row[9] for row in rows} == {"00"}
    assert {row[15] for row in rows} == {"80"}


@pytest.mark.parametrize(
    ("start", "end", "register", "count"),
    [
        ("2026-03-29", "2026-03-30", "hourly", 23),
        ("2026-10-25", "2026-10-26", "hourly", 25),
        ("2026-10-25", "2026-10-26", "quarter-hourly", 100),
        ("2026-10-01", "2026-11-01", "daily", 31),
        ("2026-11-01T10:00", "2026-11-01 12:00", "hourly", 2),
        ("2026-11-01T10:00+00:00", "2026-11-01T12:00", "hourly", 1),
    ],
)
def test_registers_and_times_mean_what_they_say(
    program: Program, start: str, end: str, register: str, count: int
) -> None:
    status, out, _err = program("load-profile", FROZEN, "--from", start, "--to", end, "--register", register)
    assert status == 0
    times = [line.partition(",")[0] for line in out.splitlines()[1:]]
    assert len(times) == len(set(times)) == count
    assert times == sorted(times, key=datetime.fromisoformat)


def test_times_have_the_offset_of_the_zone(program: Program) -> None:
    out = program("load-profile", FROZEN, *DAY, "--timezone", "Atlantic/Canary")[1]
    assert out.splitlines()[1].startswith("2026-11-01T01:00:00+00:00,")


def test_absolute_values_grow_by_the_incremental_ones(program: Program) -> None:
    steps, levels = (
        [int(line.split(",")[1]) for line in program("load-profile", FROZEN, *DAY, *extra)[1].splitlines()[1:]]
        for extra in ((), ("--values", "absolute"))
    )
    assert [later - earlier for earlier, later in itertools.pairwise(levels)] == steps[1:]


def test_missing_intervals_are_named_and_the_rest_is_written(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    arguments = ("load-profile", FROZEN, "--from", "2026-11-22T08:00", "--to", "2026-11-22T12:00", "-o", str(path))
    status, out, err = program(*arguments, real_clock=True)
    assert (status, out) == (0, "")
    clock, *missing = err.splitlines()
    assert "the meter's clock is" in clock
    assert [line.partition(": ")[0] for line in missing] == [
        "missing 2026-11-22T11:00:00+01:00",
        "missing 2026-11-22T12:00:00+01:00",
    ]
    assert len(path.read_text().splitlines()) == 3
    assert program(*arguments, "--force", "--strict", real_clock=True)[0] == 1


def test_an_existing_file_is_replaced_only_when_told(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("mine")
    status, _out, err = program("load-profile", FROZEN, *DAY, "-o", str(path))
    assert status == 2
    assert "--force" in err
    assert path.read_text() == "mine"
    assert program("load-profile", FROZEN, *DAY, "-o", str(path), "--force")[0] == 0
    assert path.read_text().startswith("time,")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2026-11-02", "--to", "2026-11-01"), "after its start"),
        (("--from", "yesterday", "--to", "2026-11-01"), "no date"),
        (("--from", "1970-01-01", "--to", "2026-11-01"), "1970"),
        (("--from", "2026-03-29T02:30", "--to", "2026-11-01"), "does not exist"),
        (("--from", "2026-03-29"), "--to"),
        ((*DAY, "--register", "weekly"), "weekly"),
        ((*DAY, "-o", "/nowhere/at/all.csv"), "folder"),
        ((*DAY, "-o", "/"), "folder"),
        ((*DAY, "--period", "today"), "--period"),
        (("--period", "last-week"), "last-N-days"),
        (("--period", "last-0-days"), "out of range"),
        (("--period", "last-99999-days"), "out of range"),
        ((), "--period"),
        ((*DAY, "--no-archive", "--again"), "--again"),
        ((*DAY, "--decimal-comma", "--separator", ","), "--separator"),
        ((*DAY, "--file-format", "parquet"), "--output"),
    ],
)
def test_wrong_use_is_said_before_the_meter_is_asked(program: Program, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = program("load-profile", "tcp://127.0.0.1:1", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_a_meter_that_is_away_and_one_without_quarters_end_with_status_1(program: Program) -> None:
    status, out, err = program("load-profile", "tcp://127.0.0.1:1", *DAY)
    assert (status, out) == (1, "")
    assert "127.0.0.1:1" in err
    status, out, err = program("load-profile", FROZEN + "&quirk=no-quarter-hours", *DAY, "--register", "quarter-hourly")
    assert (status, out) == (1, "")
    assert "no quarter-hourly values" in err


def test_it_stands_in_the_help(program: Program) -> None:
    assert "load-profile" in program("--help")[1]
    status, out, _err = program("load-profile", "--help")
    assert status == 0
    assert "--strict" in out


# The parts


def test_a_channel_that_the_meter_does_not_give_is_empty() -> None:
    record = LoadRecord(datetime(2026, 10, 25, 1, tzinfo=UTC), (Total(1, 7, 0xC1), Total(3, 0)))
    assert list(csv_lines([record], MADRID))[1] == "2026-10-25T02:00:00+01:00,7,,0,,,,,,c1,,00,,,,,\n"


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with pytest.raises(FileExistsError):
        write_whole(link, ["new"])
    write_whole(link, ["new"], overwrite=True)
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def lines() -> list[str]:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_whole(path, (line for _ in range(1) for line in lines()), overwrite=True)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", "2026-03-15 00:00", "2026-03-15 10:20"),
        ("yesterday", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("this-month", "2026-03-01 00:00", "2026-03-15 10:20"),
        ("last-month", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("last-7-days", "2026-03-08 00:00", "2026-03-15 00:00"),
    ],
)
def test_the_usual_ranges(name: str, start: str, end: str) -> None:
    now = datetime(2026, 3, 15, 9, 20, tzinfo=UTC)
    assert period(name, now, MADRID) == (parse_time(start, MADRID), parse_time(end, MADRID))


def test_progress_in_words() -> None:
    progress = Progress(
        expected=744, records=168, fetched=168, gaps=2, octets=9120, elapsed=10.0, way=ReadMethod.BLOCKS_8
    )
    words = "168 of 744 records, 2 missing, 34 s left, by blocks (object 9), 17.0/s, 9120 bytes"
    assert progress_words(progress) == words
    with spoken_in("es"):
        assert "por bloques (objeto 9)" in progress_words(progress)
    assert [duration_words(seconds) for seconds in (0.2, 119, 121, 9000)] == ["1 s", "119 s", "3 min", "2.5 h"]
