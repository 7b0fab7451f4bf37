"""`iec102-tui load-profile` and the archive: nothing is asked for twice, and what contradicts itself is said."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from iec102 import Frame, FrameReader
from iec102.clock import Clock
from iec102.load_profile.read_method import ReadMethod
from iec102_tui.archive import archive
from iec102_tui.archive import file as archive_file
from iec102_tui.archive.contents import ArchivedLoadProfile, contents, default_path
from iec102_tui.cli import load_profile_options as load_profile_options
from iec102_tui.meter_side import download as download_module
from iec102_tui.profiles.collect_options import REGISTERS
from support.program import simulated_meter
from support.relay import Relay

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
DAY = ("--from", "2026-11-01", "--to", "2026-11-02")


def asked_for_records(relay: Relay) -> int:
    """How many readings of totals the meter was asked for."""
    return sum(b"\xbe\x01\x06" in frame or b"\x7b\x01\x06" in frame for frame in requests(relay))


def requests(relay: Relay) -> list[bytes]:
    return [item.asdu for item in FrameReader().feed(relay.asked) if isinstance(item, Frame) and item.asdu]


def test_what_is_archived_is_not_asked_for_again(program: Program) -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:07+01:00") as url, Relay(url) as relay:
        whole = program("load-profile", relay.url, "--from", "2026-11-01", "--to", "2026-11-04", "--no-archive")
        assert (whole[0], asked_for_records(relay)) == (0, 1)
        assert program("load-profile", relay.url, "--from", "2026-11-02", "--to", "2026-11-03")[0] == 0
        assert asked_for_records(relay) == 2
        asked = program("load-profile", relay.url, "--from", "2026-11-01", "--to", "2026-11-04")
        assert asked == whole
        assert asked_for_records(relay) == 4  # what was missing on both sides
        assert program("load-profile", relay.url, "--from", "2026-11-01", "--to", "2026-11-04") == whole
        assert asked_for_records(relay) == 4
        assert program("load-profile", relay.url, "--from", "2026-11-01", "--to", "2026-11-04", "--again") == whole
        assert asked_for_records(relay) == 5


def test_the_archive_is_the_named_one_or_none(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "mine.sqlite"
    assert program("load-profile", FROZEN, *DAY, "--no-archive")[0] == 0
    assert not default_path().exists()
    assert program("load-profile", FROZEN, *DAY, "--archive", str(path))[0] == 0
    assert not default_path().exists()
    (found,) = contents(path)
    assert (str(found.meter), found.extent.records) == ("device 251-48698054, point 1", 24)


def test_meters_are_apart_in_the_archive(program: Program) -> None:
    first = program("load-profile", FROZEN, *DAY)[1]
    other = program("load-profile", FROZEN.replace("seed=7", "seed=8"), *DAY)[1]
    assert first != other
    assert program("load-profile", FROZEN, *DAY)[1] == first


def test_the_way_is_remembered(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    target = FROZEN + "&quirk=no-blocks"
    program("load-profile", target, *DAY)
    (found,) = contents(default_path())
    assert ArchivedLoadProfile(default_path(), found.meter, found.register).way is ReadMethod.RANGES_8
    asked: list[ReadMethod | None] = []
    real = download_module.Download

    def noted(*arguments: Any, way: ReadMethod | None, **options: Any) -> Any:
        asked.append(way)
        return real(*arguments, way=way, **options)

    monkeypatch.setattr(download_module, "Download", noted)
    program("load-profile", target, "--from", "2026-11-02", "--to", "2026-11-03")
    assert asked == [ReadMethod.RANGES_8]


def test_an_archive_that_cannot_be_used_is_said_before_the_meter_is_asked(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no archive")
    status, out, err = program("load-profile", "tcp://127.0.0.1:1", *DAY, "--archive", str(path))
    assert (status, out) == (1, "")
    assert "is no archive of this program" in err
    default_path().parent.mkdir(parents=True)
    default_path().write_text("no archive")
    status, out, err = program("load-profile", FROZEN, *DAY)
    assert (status, len(out.splitlines())) == (0, 25)
    assert "without the archive" in err


def test_a_disk_that_is_full_is_one_sentence_and_the_rest_is_kept(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program("load-profile", FROZEN, *DAY)[0] == 0
    before = stored()

    def without_room(path: Path) -> sqlite3.Connection:
        connection = archive_file.open_for_writing(path)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(archive, "open_for_writing", without_room)
        status, out, err = program("load-profile", FROZEN, "--from", "2026-01-01", "--to", "2026-11-02")
    assert (status, out) == (1, "")
    (sentence,) = err.splitlines()
    assert sentence.startswith(f"The disk is full, the archive {default_path()} takes nothing more: make room")
    # A piece that fits into the room that is left may have come before the one that does not.
    assert len(before) == 24
    assert before <= stored()
    assert program("load-profile", FROZEN, "--from", "2026-01-01", "--to", "2026-11-02")[0] == 0
    assert len(stored()) == 305 * 24


def stored() -> set[tuple[object, ...]]:
    """The rows of the archive's records."""
    with contextlib.closing(sqlite3.connect(default_path())) as connection:
        return set(connection.execute("SELECT * FROM record WHERE curve = 1"))


def test_values_that_contradict_each_other_are_reported(program: Program) -> None:
    for register in REGISTERS:
        assert program("load-profile", FROZEN, *DAY, "--register", register)[::2] == (0, "")
    connection = sqlite3.connect(default_path())
    with connection:
        connection.execute('UPDATE record SET v1 = v1 + 1000 WHERE curve = 1 AND "end" = 1793498400')
    connection.close()
    status, out, err = program("load-profile", FROZEN, *DAY, "--again")
    assert status == 0
    value = int(out.splitlines()[3].split(",")[1])
    day = int(program("load-profile", FROZEN, *DAY, "--register", "daily")[1].splitlines()[1].split(",")[1])
    differing, quarters, daily = err.splitlines()
    assert differing.startswith(
        f"differing 2026-11-01T03:00:00+01:00: A+ is archived as {value}, the meter gave {value - 1000} on "
    )
    assert quarters == (
        f"sum 2026-11-01T03:00:00+01:00: A+ is {value} in the hourly values, "
        f"the quarter-hourly values add up to {value - 1000}"
    )
    assert daily == (
        f"sum 2026-11-02T00:00:00+01:00: A+ is {day} in the daily values, the hourly values add up to {day + 1000}"
    )


# Periods


def test_a_period_stands_instead_of_from_and_to(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 22, 9, 0, 7, tzinfo=UTC)
    monkeypatch.setattr(load_profile_options, "SYSTEM_CLOCK", Clock(wall=lambda: now))
    for name, first, count in (
        ("today", "2026-11-22T01:00:00+01:00", 10),
        ("yesterday", "2026-11-21T01:00:00+01:00", 24),
        ("this-month", "2026-11-01T01:00:00+01:00", 21 * 24 + 10),
        ("last-3-days", "2026-11-19T01:00:00+01:00", 72),
    ):
        status, out, err = program("load-profile", FROZEN, "--period", name)
        rows = out.splitlines()[1:]
        assert (status, err, rows[0].partition(",")[0], len(rows)) == (0, "", first, count)


def test_all_is_from_the_oldest_record_to_the_newest(program: Program) -> None:
    status, out, err = program("load-profile", FROZEN, "--period", "all", "--register", "daily")
    rows = out.splitlines()[1:]
    assert (status, err, len(rows)) == (0, "", 800)
    assert rows[0].startswith("2024-09-14T00:00:00+02:00,")
    assert rows[-1].startswith("2026-11-22T00:00:00+01:00,")
    without = program("load-profile", FROZEN, "--period", "all", "--register", "daily", "--no-archive")
    assert without == (status, out, err)
