"""What is new in the archive is noted once, whoever adds it, from when somebody asks until it is passed on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.asdu import MADRID, Total
from iec102.asdu.summer_time import SummerTime
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102.meter.events import MeterEvent
from iec102_tui.archive import news
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.file import TOTALS, faults
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.archive.news import Curve, NewClosing, NewEvent, NewRecord

METER, OTHER = MeterKey("device 5-1", 1), MeterKey("device 5-2", 1)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=MADRID)
HOURLY = Curve(Register.HOURLY, True, SummerTime.BIT)
EVENT = MeterEvent(52, NOON, 3, 2, indication=False)
CLOSING = {"contract": "I", "start": None, "end": NOON.isoformat(), "direction": None, "periods": [{"period": 0}]}


def record(hour: int, value: int = 1) -> LoadRecord:
    return LoadRecord((NOON + timedelta(hours=hour)).astimezone(UTC), (Total(1, value, 0),))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def told(archive: Archive, count: int = 100, meters: tuple[MeterKey, ...] = (METER,)) -> news.Batch:
    archive.flush()
    return news.oldest(archive.path, count, [(meter, MADRID) for meter in meters])


def test_each_is_noted_once_in_the_order_in_which_it_came(archive: Archive) -> None:
    curve, data = archive.curve(METER, Register.HOURLY), MeterDataStore(archive.path)
    curve.put([record(-9)])
    archive.flush()
    data.keep_events(METER, [EVENT._replace(record=53)])
    data.close()
    news.begin(archive)
    news.begin(archive)
    curve.put([record(0), record(1)])
    curve.put([record(1), record(1, 7), record(2), record(-9)])
    archive.flush()
    data.keep_events(METER, [EVENT, EVENT])
    data.keep_told(METER, "seasons-1", {"direction": 2, "direction_words": "export"}, NOON)
    data.keep_closings(METER, 1, [CLOSING, CLOSING])
    data.close()
    found = told(archive).news
    assert found[:3] == tuple(NewRecord(METER, HOURLY, record(hour)) for hour in (0, 1, 2))
    assert found[3:] == (NewEvent(METER, EVENT), NewClosing(METER, {**CLOSING, "direction": "export"}))
    assert faults(archive.path) == []


def test_what_is_passed_on_is_forgotten_and_what_came_meanwhile_is_not(archive: Archive) -> None:
    curve = archive.curve(METER, Register.HOURLY)
    news.begin(archive)
    curve.put([record(hour) for hour in range(5)])
    first = told(archive, 3)
    assert [each.record for each in first.news] == [record(0), record(1), record(2)]  # type: ignore[union-attr]
    curve.put([record(5)])
    assert told(archive, 3) == first, "until it is said to be passed on"
    news.forget(archive, first)
    assert [each.record for each in told(archive).news] == [record(3), record(4), record(5)]  # type: ignore[union-attr]
    news.forget(archive, told(archive))
    assert told(archive) == news.Batch()
    curve.put([record(6)])
    assert len(told(archive).news) == 1


def test_a_meter_that_nobody_asks_for_is_left_out_and_looked_at(archive: Archive) -> None:
    news.begin(archive)
    archive.curve(OTHER, Register.QUARTER_HOURLY, False, SummerTime.ZONE).put([record(0)])
    archive.curve(METER, Register.HOURLY).put([record(0)])
    batch = told(archive)
    assert (len(batch.numbers), [each.meter for each in batch.news]) == (2, [METER])
    (other,) = told(archive, meters=(OTHER,)).news
    assert other == NewRecord(OTHER, Curve(Register.QUARTER_HOURLY, False, SummerTime.ZONE), record(0))


def test_nothing_is_noted_when_nobody_asks_any_more(archive: Archive) -> None:
    assert told(archive) == news.Batch()
    news.begin(archive)
    archive.curve(METER, Register.HOURLY).put([record(0)])
    news.end(archive)
    archive.curve(METER, Register.HOURLY).put([record(1)])
    assert told(archive) == news.Batch()
    news.begin(archive)
    assert told(archive) == news.Batch()


def test_another_program_that_stores_is_noted_too(archive: Archive) -> None:
    news.begin(archive)
    archive.flush()
    other = Archive(archive.path)
    other.curve(METER, Register.HOURLY).put([record(0)])
    other.close()
    assert len(told(archive).news) == 1


def test_what_was_taken_out_of_the_archive_meanwhile_is_no_news(archive: Archive) -> None:
    news.begin(archive)
    archive.curve(METER, Register.HOURLY).put([record(0)])
    archive.flush()
    archive.later(lambda connection: connection.execute("DELETE FROM record"))
    batch = told(archive)
    assert (len(batch.numbers), batch.news) == (1, ())


def test_what_is_damaged_stands_in_the_way_of_nothing(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    news.begin(archive)
    archive.curve(METER, Register.HOURLY).put([record(0), record(1)])
    data = MeterDataStore(archive.path)
    data.keep_closings(METER, 1, [CLOSING])
    data.close()

    def damage(connection: sqlite3.Connection) -> None:
        connection.execute(f"""UPDATE record SET {TOTALS[0]} = 'x' WHERE "end" = (SELECT min("end") FROM record)""")
        connection.execute("UPDATE closing SET document = '{'")

    archive.carry_out(damage)
    batch = told(archive)
    assert len(batch.numbers) == 3
    assert batch.news == (NewRecord(METER, HOURLY, record(1)),)
    assert caplog.text.count("cannot be read") == 2
