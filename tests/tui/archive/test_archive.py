"""The archive: what is put is there for good, nothing is replaced, and whatever is wrong is one sentence."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.asdu import MADRID, Total
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.settings import Station
from iec102_tui.archive import ArchiveError
from iec102_tui.archive import archive as archive_module
from iec102_tui.archive import file as archive_file
from iec102_tui.archive.archive import Archive, LoadProfileWriter
from iec102_tui.archive.contents import MeterKey, contents, default_path
from iec102_tui.archive.file import APPLICATION_ID, faults, vacuum

METER = MeterKey("device 251-48304838", 1)
NOBODY = 65_534
START = datetime(2026, 10, 24, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(hours: int, *values: int, quality: int = 0) -> LoadRecord:
    return LoadRecord(
        START + hours * HOUR, tuple(Total(address, value, quality) for address, value in enumerate(values, start=1))
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path / "data" / "archive.sqlite")
    yield made
    made.close()


@pytest.fixture
def hours(archive: Archive) -> LoadProfileWriter:
    return archive.curve(METER, Register.HOURLY)


def all_of(curve: LoadProfileWriter) -> list[LoadRecord]:
    curve.archive.flush()
    return curve.records(START - 1000 * HOUR, START + 1000 * HOUR)


def test_what_was_put_is_there_again_with_all_channels_and_qualifiers(
    archive: Archive, hours: LoadProfileWriter
) -> None:
    records = [record(1, 1, 2, 3, 4, 5, 6, 7, 2**32 - 1, quality=0xFF), record(2, 0), LoadRecord(START, ())]
    sparse = LoadRecord(START + 3 * HOUR, (Total(1, 5, 0x80), Total(8, 6)))
    hours.put(records)
    hours.put([sparse])
    assert all_of(hours) == [records[2], records[0], records[1], sparse]
    archive.close()
    again = Archive(archive.path)
    assert all_of(again.curve(METER, Register.HOURLY)) == [records[2], records[0], records[1], sparse]
    again.close()


def test_a_range_begins_behind_its_start_and_ends_with_its_end(archive: Archive, hours: LoadProfileWriter) -> None:
    hours.put([record(number, number) for number in range(10)])
    archive.flush()
    assert [found.totals[0].value for found in hours.records(START + 2 * HOUR, START + 5 * HOUR)] == [3, 4, 5]


def test_curves_are_apart_by_meter_point_register_and_kind(archive: Archive) -> None:
    keys = [
        (meter, register, incremental)
        for meter in (METER, MeterKey(METER.identity, 2), MeterKey("link 1", 1))
        for register in Register
        for incremental in (True, False)
    ]
    for number, key in enumerate(keys):
        archive.curve(*key).put([record(0, number)])
    archive.flush()
    for number, key in enumerate(keys):
        assert all_of(archive.curve(*key)) == [record(0, number)]
    assert {(found.meter, found.register, found.incremental) for found in contents(archive.path)} == set(keys)


def test_the_repeated_hour_of_autumn_is_two_records(archive: Archive, hours: LoadProfileWriter) -> None:
    ends = expected_ends(Register.HOURLY, datetime(2026, 10, 25, tzinfo=MADRID), datetime(2026, 10, 26, tzinfo=MADRID))
    hours.put([LoadRecord(end, (Total(1, number),)) for number, end in enumerate(ends)])
    assert len(all_of(hours)) == 25
    assert list(hours.has(ends)) == ends


def test_what_is_on_its_way_to_the_disk_is_there_already_for_a_download(
    archive: Archive, hours: LoadProfileWriter
) -> None:
    held = threading.Event()
    archive.later(lambda _connection: held.wait() and None)
    hours.put([record(1, 1)])
    asked = [START + number * HOUR for number in range(3)]
    assert list(hours.has(asked)) == [START + HOUR]
    assert hours.records(START, START + 2 * HOUR) == []
    held.set()
    archive.flush()
    assert list(hours.has(asked)) == [START + HOUR]
    assert list(hours.has([])) == []


def test_a_value_that_differs_is_kept_beside_the_archived_one(archive: Archive, hours: LoadProfileWriter) -> None:
    hours.put([record(1, 10), record(2, 20), record(3, 30)])
    for _ in range(2):
        hours.put([record(1, 10), record(2, 21), record(3, 30, quality=0x80)])
    hours.put([record(2, 22)])
    assert all_of(hours) == [record(1, 10), record(2, 20), record(3, 30)]
    found = hours.differing(START, START + 3 * HOUR)
    assert [(item.archived, item.other) for item in found] == [
        (record(2, 20), record(2, 21)),
        (record(2, 20), record(2, 22)),
        (record(3, 30), record(3, 30, quality=0x80)),
    ]
    assert not hours.differing(START, START + HOUR)
    assert contents(archive.path)[0].extent.differing == 3


def test_channels_that_were_not_asked_for_are_filled_in_later(archive: Archive, hours: LoadProfileWriter) -> None:
    hours.put([LoadRecord(START, (Total(1, 5), Total(3, 6)))])
    hours.put([record(0, 5, 1, 6, 2)])
    hours.put([LoadRecord(START, (Total(1, 5),))])
    assert all_of(hours) == [record(0, 5, 1, 6, 2)]
    assert not hours.differing(START - HOUR, START)


def test_who_was_where_and_which_way_was_used_is_remembered(archive: Archive, hours: LoadProfileWriter) -> None:
    station = Station(7, 1)
    assert archive.recall("tcp://127.0.0.1:40001", station) is None
    archive.remember("tcp://127.0.0.1:40001", station, METER)
    archive.flush()
    assert archive.recall("tcp://127.0.0.1:40001", station) == METER
    assert archive.recall("tcp://127.0.0.1:40001", Station(8, 1)) is None
    assert hours.way is None
    for way in (ReadMethod.RANGES_8, None):
        hours.remember(way)
        archive.flush()
        assert hours.way is ReadMethod.RANGES_8


def test_the_password_of_a_simulated_meter_is_not_stored(archive: Archive) -> None:
    target = "simulated:?seed=7&password=4711&line=9600-8E1"
    archive.remember(target, Station(), METER)
    archive.close()
    assert b"4711" not in archive.path.read_bytes()
    again = Archive(archive.path)
    assert again.recall(target, Station()) == METER
    again.close()


def test_contents_name_the_holes(archive: Archive) -> None:
    quarters = archive.curve(METER, Register.QUARTER_HOURLY)
    quarters.put([LoadRecord(START + number * HOUR / 4, (Total(1, 1),)) for number in (*range(4), 6, 7, 20)])
    days = expected_ends(Register.DAILY, datetime(2026, 10, 20, tzinfo=MADRID), datetime(2026, 10, 31, tzinfo=MADRID))
    archive.curve(METER, Register.DAILY).put([LoadRecord(end, ()) for end in days if end != days[8]])
    archive.flush()
    first, second = (found.extent for found in contents(archive.path))
    assert (first.first, first.last, first.records) == (START, START + 5 * HOUR, 7)
    assert [(hole.after - START, hole.before - START, hole.missing) for hole in first.holes] == [
        (HOUR * 3 / 4, HOUR * 6 / 4, 2),
        (HOUR * 7 / 4, HOUR * 5, 12),
    ]
    assert [(hole.after, hole.before, hole.missing) for hole in second.holes] == [(days[7], days[9], 1)]


def test_two_programs_write_at_the_same_time(archive: Archive) -> None:
    other = Archive(archive.path)
    threads = [
        threading.Thread(
            target=lambda kept=kept, offset=offset: [  # type: ignore[misc]
                kept.curve(METER, Register.HOURLY).put([record(2 * number + offset, number)]) for number in range(50)
            ]
        )
        for kept, offset in ((archive, 0), (other, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(all_of(archive.curve(METER, Register.HOURLY))) == 100


def test_the_default_is_in_the_users_data_folder_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_path() == Path(os.environ["XDG_DATA_HOME"]) / "iec102-tui" / "archive.sqlite"
    monkeypatch.setenv("IEC102_TUI_FOLDERS_ARCHIVE", "/mnt/usb")
    assert default_path() == Path("/mnt/usb/archive.sqlite")


# What can be wrong with the file


def said(path: Path) -> str:
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_file_that_is_something_else_stays_as_it_is(tmp_path: Path) -> None:
    text, other = tmp_path / "text", tmp_path / "other.sqlite"
    text.write_text("time,A+\n" * 1000)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (value)")
    connection.close()
    before = text.read_bytes(), other.read_bytes()
    assert "no archive of this program" in said(text)
    assert "no archive of this program" in said(other)
    assert (text.read_bytes(), other.read_bytes()) == before


@pytest.mark.parametrize("begun", [False, True])
def test_a_file_in_which_no_table_was_made_yet_is_an_empty_archive(tmp_path: Path, *, begun: bool) -> None:
    """As one is left behind whose disk was full when it was made."""
    path = tmp_path / "archive.sqlite"
    path.touch()
    if begun:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
    before = path.read_bytes()
    assert contents(path) == []
    (said,) = faults(path)  # by who looks for damage: it may have been cut off
    assert said.startswith("there is nothing in it, not even its tables")
    assert path.read_bytes() == before
    Archive(path).close()
    assert contents(path) == []
    assert faults(path) == []


def test_an_archive_of_a_newer_version_is_left_alone(archive: Archive) -> None:
    archive.close()
    connection = sqlite3.connect(archive.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "newer version" in said(archive.path)


@pytest.mark.parametrize("value", ["text", 1.5, b"bytes", "\x1b]52;c;cHduZWQ=\x07"])
def test_a_value_of_a_wrong_type_is_found_and_never_read_as_one(
    archive: Archive, hours: LoadProfileWriter, value: object
) -> None:
    hours.put([record(1, 5), record(2, 6)])
    archive.flush()
    with sqlite3.connect(archive.path) as other:
        other.execute("UPDATE record SET v1 = ? WHERE v1 = 6", (value,))
    assert faults(archive.path) == ["1 value is no whole number in column v1 of record, the first in curve 1"]
    with pytest.raises(ArchiveError, match="no whole number"):
        all_of(hours)
    with pytest.raises(ArchiveError, match="no whole number"):
        hours.rows(START, START + 9 * HOUR)


def test_a_pipe_is_no_archive(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ArchiveError, match="no ordinary file"):
        Archive(pipe)
    with pytest.raises(ArchiveError, match="no ordinary file"):
        contents(pipe)


def test_a_folder_a_missing_folder_and_a_damaged_file(
    archive: Archive, hours: LoadProfileWriter, tmp_path: Path
) -> None:
    assert "cannot be opened" in said(tmp_path)
    assert "cannot be used" in said(Path("/dev/null/archive.sqlite"))
    hours.put([record(number, number) for number in range(5000)])
    archive.close()
    data = bytearray(archive.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xff" * 20_000
    archive.path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        hours.records(START, START + 5000 * HOUR)
    with pytest.raises(ArchiveError, match="damaged"):
        faults(archive.path)


def test_a_locked_archive_says_so(archive: Archive, hours: LoadProfileWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_file, "WAIT", 0.0)
    impatient = Archive(archive.path)
    connection = sqlite3.connect(archive.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    assert "in use by another program" in said(archive.path)
    impatient.curve(METER, Register.HOURLY).put([record(1, 1)])
    with pytest.raises(ArchiveError, match="in use"):
        impatient.flush()
    connection.execute("ROLLBACK")
    connection.close()
    kept = impatient.curve(METER, Register.HOURLY)
    kept.put([record(1, 1)])
    impatient.close()
    assert all_of(hours) == [record(1, 1)]


def test_a_full_disk_costs_the_piece_and_is_said_by_the_next_one(archive: Archive, hours: LoadProfileWriter) -> None:
    hours.put([record(0, 1)])
    archive.flush()
    archive.later(lambda connection: connection.execute("PRAGMA max_page_count = 1") and None)
    many = [record(number, number) for number in range(1, 900)]
    hours.put(many)
    with pytest.raises(ArchiveError, match="disk is full"):
        archive.flush()
    assert list(hours.has([entry.end for entry in many])) == []
    hours.put(many)
    archive.later(lambda connection: connection.execute("PRAGMA max_page_count = 1000000") and None)
    with pytest.raises(ArchiveError, match="disk is full"):
        archive.flush()
    hours.put(many)
    assert len(all_of(hours)) == 900


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder of a user who may not write everything, as root may; the test runs as that user."""
    with tempfile.TemporaryDirectory() as folder:
        user = os.geteuid()
        if user == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)


def test_who_waits_for_one_transaction_hears_of_that_one_alone(archive: Archive) -> None:
    def fail(_connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("this one")

    archive.later(fail)
    archive.carry_out(lambda connection: None)
    with pytest.raises(ArchiveError, match="this one"):
        archive.flush()
    with pytest.raises(ArchiveError, match="this one"):
        archive.carry_out(fail)
    archive.flush()


def test_who_comes_when_it_is_closed_does_not_wait_for_ever(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "_LOOK", 0.01)
    archive.close()
    for late in (archive.flush, lambda: archive.carry_out(lambda _connection: None)):
        with pytest.raises(ArchiveError, match="was closed"):
            late()


def test_what_waits_for_the_disk_is_bounded_and_the_piece_too_many_is_asked_again(
    archive: Archive, hours: LoadProfileWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MOST_WAITING", 3)
    free, begun = threading.Event(), threading.Event()
    archive.later(lambda _connection: begun.set() or free.wait(120))  # type: ignore[func-returns-value]
    assert begun.wait(120)
    for number in range(3):
        hours.put([record(number, number)])
    with pytest.raises(ArchiveError, match=r"does not keep up \(3 pieces wait\): check the disk"):
        hours.put([record(9, 9)])
    assert list(hours.has([START + 2 * HOUR, START + 9 * HOUR])) == [START + 2 * HOUR]
    free.set()
    assert len(all_of(hours)) == 3


def test_a_disk_that_never_answers_holds_up_neither_the_end_nor_who_waits_for_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    free, begun, told = threading.Event(), threading.Event(), threading.Event()
    archive.later(lambda _connection: begun.set() or free.wait(120))  # type: ignore[func-returns-value]
    assert begun.wait(120)

    def flush() -> None:
        with pytest.raises(ArchiveError, match="has not taken all"):
            archive.flush()
        told.set()

    threading.Thread(target=flush, daemon=True).start()
    while not archive._flushes:
        pass
    with pytest.raises(ArchiveError, match="has not taken all that was downloaded"):
        archive.close(0.0)
    assert told.wait(120)
    free.set()
    archive.close()


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)])
def test_a_read_only_archive_is_read_but_not_written(nobodys_folder: Path, file_mode: int, folder_mode: int) -> None:
    archive = Archive(nobodys_folder / "data" / "archive.sqlite")
    hours = archive.curve(METER, Register.HOURLY)
    hours.put([record(1, 1)])
    archive.close()
    archive.path.chmod(file_mode)
    archive.path.parent.chmod(folder_mode)
    try:
        assert "cannot be written" in said(archive.path)
        assert hours.records(START, START + HOUR) == [record(1, 1)]
    finally:
        archive.path.parent.chmod(0o700)


def test_an_archive_is_whole_and_smaller_when_vacuumed(archive: Archive, hours: LoadProfileWriter) -> None:
    hours.put([record(number, number) for number in range(5000)])
    archive.flush()
    archive.later(lambda connection: connection.execute("DELETE FROM record") and None)
    archive.close()
    before = archive.path.stat().st_size
    vacuum(archive.path)
    assert archive.path.stat().st_size < before
    assert faults(archive.path) == []
    head = sqlite3.connect(archive.path)
    assert head.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    head.close()
