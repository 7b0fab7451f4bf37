"""The archive keeps values apart by how their times were converted, also in files of its first version."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.asdu import MADRID, Identity, Total
from iec102.asdu.summer_time import Keeping, SummerTime
from iec102.load_profile.intervals import Register
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import Station
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import (
    ArchivedLoadProfile,
    MeterKey,
    contents,
    keeping_of,
    key_of_identity,
    places,
    recall,
)
from iec102_tui.archive.file import APPLICATION_ID, TOTALS, faults
from iec102_tui.archive.findings import findings
from iec102_tui.archive.migration import VERSION
from support.dialogue import line_to
from support.scripted_meter import ScriptedLine

METER = MeterKey("device 251-48304838", 1)
START, HOUR = datetime(2026, 7, 1, tzinfo=UTC), timedelta(hours=1)
END = START + 24 * HOUR
STATION = Station(1, 1)
_COLUMNS = ", ".join(f"{name} INTEGER" for name in TOTALS)
FIRST_VERSION = f"""
CREATE TABLE meter (id INTEGER PRIMARY KEY, identity TEXT NOT NULL, point_address INTEGER NOT NULL,
    UNIQUE (identity, point_address));
CREATE TABLE seen (target TEXT NOT NULL, link_address INTEGER NOT NULL, point_address INTEGER NOT NULL,
    meter INTEGER NOT NULL REFERENCES meter, PRIMARY KEY (target, link_address, point_address)) WITHOUT ROWID;
CREATE TABLE curve (id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter, register INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('incremental', 'absolute')), way TEXT, UNIQUE (meter, register, kind));
CREATE TABLE record (curve INTEGER NOT NULL REFERENCES curve, "end" INTEGER NOT NULL, {_COLUMNS},
    stored INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (curve, "end")) WITHOUT ROWID;
CREATE TABLE differing (curve INTEGER NOT NULL, "end" INTEGER NOT NULL, {_COLUMNS},
    stored INTEGER NOT NULL DEFAULT 0, FOREIGN KEY (curve, "end") REFERENCES record);
CREATE INDEX differing_of ON differing (curve, "end");
INSERT INTO meter VALUES (7, 'device 251-48304838', 1);
INSERT INTO seen VALUES ('tcp://meter:1', 1, 1, 7);
INSERT INTO curve VALUES (3, 7, 11, 'incremental', 'RANGES_8');
INSERT INTO record (curve, "end", v1, q1) VALUES (3, {int(START.timestamp()) + 3600}, 42, 0);
INSERT INTO differing (curve, "end", v1, q1) VALUES (3, {int(START.timestamp()) + 3600}, 43, 0);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""


def record(hours: int, value: int) -> LoadRecord:
    return LoadRecord(START + hours * HOUR, (Total(1, value),))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "archive.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_VERSION)
    return path


def check_old(path: Path) -> None:
    """All that the first version has is there, as what the bit has made of it."""
    (found,) = contents(path)
    assert (found.meter, found.register, found.incremental) == (METER, Register.HOURLY, True)
    assert found.summer_time is SummerTime.BIT
    assert (found.extent.records, found.extent.differing) == (1, 1)
    curve = ArchivedLoadProfile(path, METER, Register.HOURLY)
    assert curve.records(START, END) == [record(1, 42)]
    assert curve.way is ReadMethod.RANGES_8
    assert not curve.contradicts
    assert recall(path, "tcp://meter:1", STATION) == METER
    assert places(path) == {METER: ("tcp://meter:1",)}
    assert keeping_of(path, METER) is None
    assert faults(path) == []


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_the_first_version_is_read_as_it_is(old: Path) -> None:
    check_old(old)
    old.chmod(0o400)
    check_old(old)
    assert version(old) == 1


def test_a_file_of_the_first_version_is_brought_up_where_it_is_written(old: Path) -> None:
    Archive(old).close()
    assert version(old) == VERSION
    check_old(old)
    archive = Archive(old)
    curve = archive.curve(METER, Register.HOURLY, True, SummerTime.ZONE)
    curve.put([record(1, 99)])
    archive.remember_keeping(METER, Keeping.IGNORED)
    archive.close()
    assert keeping_of(old, METER) is Keeping.IGNORED
    assert faults(old) == []
    fresh = old.with_name("fresh.sqlite")
    Archive(fresh).close()
    assert schema(old) == schema(fresh)


def schema(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted((row[1], row[2], row[5]) for row in connection.execute(f"PRAGMA table_info({table})"))
            for table in tables
        }


def test_a_migration_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iec102_tui.archive import migration

    monkeypatch.setattr(migration, "_FROM_1", (*migration._FROM_1[:-1], "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(Exception, match="archive"):
        Archive(old)
    assert version(old) == 1
    check_old(old)


def test_values_that_were_converted_otherwise_never_stand_together(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    by_bit = archive.curve(METER, Register.HOURLY)
    by_zone = archive.curve(METER, Register.HOURLY, True, SummerTime.ZONE)
    by_bit.put([record(hour + 1, hour) for hour in range(3)])
    ends = [START + hour * HOUR for hour in range(5)]
    archive.flush()
    assert list(by_zone.has(ends)) == []
    by_zone.put([record(hour, hour) for hour in range(3)])
    archive.close()
    assert [found.totals[0].value for found in by_bit.records(START, END)] == [0, 1, 2]
    assert [found.totals[0].value for found in by_zone.records(START, END)] == [1, 2]
    assert by_bit.differing(START, END) == []
    assert [found.summer_time for found in contents(archive.path)] == [SummerTime.BIT, SummerTime.ZONE]
    assert by_zone.sibling(Register.DAILY).summer_time is SummerTime.ZONE


@pytest.mark.parametrize(
    ("mode", "keeping", "said"),
    [
        (SummerTime.ZONE, Keeping.IGNORED, "read as civil time (summer time by zone)"),
        (SummerTime.BIT, Keeping.STANDARD, "standard time all year"),
        (SummerTime.ZONE, None, "as --summer-time zone says"),
        (SummerTime.BIT, Keeping.IGNORED, "as --summer-time bit says"),
        (SummerTime.BIT, None, "summer time not settled"),
    ],
)
def test_a_bit_that_does_not_fit_is_a_finding(
    tmp_path: Path, mode: SummerTime, keeping: Keeping | None, said: str
) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    curve = archive.curve(METER, Register.HOURLY, True, mode)
    curve.put([record(1, 1)])
    archive.flush()
    assert list(findings(curve, START, END, MADRID)) == []
    curve.note_contradictions(3)
    archive.remember_keeping(METER, keeping)
    archive.close()
    (words,) = findings(curve, START, END, MADRID)
    assert said in words


def test_what_was_found_of_one_meter_is_not_kept_of_another_one(tmp_path: Path) -> None:
    async def steps() -> None:
        archive = Archive(tmp_path / "archive.sqlite")
        meter = Meter(line_to(ScriptedLine()), STATION)
        winter = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
        first, second = (Identity(2002, 4, 251, device) for device in (48304838, 2))
        meter.summer_time.found = Keeping.IGNORED
        meter.summer_time.belongs_to(first)
        assert (await archive.settle(meter, METER, *winter)).mode is SummerTime.ZONE
        other = key_of_identity(second, STATION)
        meter.summer_time.belongs_to(second)
        assert (await archive.settle(meter, other, *winter)).mode is SummerTime.BIT
        archive.flush()
        meter.summer_time.belongs_to(first)
        assert (await archive.settle(meter, METER, *winter)).mode is SummerTime.ZONE
        archive.close()
        assert keeping_of(archive.path, other) is None
        await meter.line.close()

    asyncio.run(steps())
