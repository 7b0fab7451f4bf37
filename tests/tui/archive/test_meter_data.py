"""What meters know besides their values, in the archive: each once, changes beside what they change."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.asdu import MADRID
from iec102.meter.events import MeterEvent
from iec102.settings import Station
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.file import APPLICATION_ID, faults
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_data.clock_drift import drift
from iec102_tui.meter_data.known import Change, ClockPoint, Known

METER = MeterKey("device 5-50112873", 1)
NOW = datetime(2026, 11, 27, 18, 5, tzinfo=MADRID)
DAY = timedelta(days=1)


def event(seconds: float = 0.0, record: int = 52, *, qualifier: int = 2, indication: bool = False) -> MeterEvent:
    return MeterEvent(record, NOW - DAY + timedelta(seconds=seconds), 3, qualifier, indication)


def closing(month: int, active: int = 100, contract: str = "I") -> dict[str, object]:
    start, end = (datetime(2026, number, 1, tzinfo=MADRID).isoformat() for number in (month - 1, month))
    period = {"period": 0, "active_kwh": active}
    return {"contract": contract, "current": False, "start": start, "end": end, "direction": None, "periods": [period]}


@pytest.fixture(params=["archive", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MeterDataStore:
    return MeterDataStore(tmp_path / "archive.sqlite" if request.param == "archive" else None)


def known(store: MeterDataStore) -> Known:
    return store.known(METER, MADRID)


def test_nothing_is_known_of_a_meter_that_was_never_read(store: MeterDataStore) -> None:
    assert known(store).is_empty
    assert store.recall("tcp://north:1", Station(1, 1)) is None
    assert store.ranges(METER) == {}


def test_events_are_kept_once_by_record_time_and_code(store: MeterDataStore) -> None:
    same_second = [event(), event(indication=True), event(qualifier=3), event(0.25), event(record=53)]
    store.keep_events(METER, same_second)
    store.keep_events(METER, [*same_second, event(60)])
    found = [each.event for each in known(store).events]
    assert found[0] == event(60)
    assert sorted(found) == sorted([*same_second, event(60)])


def test_events_without_a_time_come_last_and_once(store: MeterDataStore) -> None:
    lost = MeterEvent(54, None, 15, 0, indication=False)
    store.keep_events(METER, [lost, event()])
    store.keep_events(METER, [lost])
    assert [each.event for each in known(store).events] == [event(), lost]


def test_what_is_new_is_what_came_since_the_visit(store: MeterDataStore) -> None:
    store.keep_events(METER, [event(), event(record=53)])
    assert store.new_events(METER, [52], MADRID) == [event()]
    store.visit(METER, [52])
    assert store.new_events(METER, [52, 53], MADRID) == [event(record=53)]
    store.visit(METER)
    store.keep_events(METER, [event(), event(9)])
    assert [each.is_new for each in known(store).events] == [True, False, False]


def test_of_which_time_events_are_known_grows(store: MeterDataStore) -> None:
    store.note_range(METER, 52, NOW - 30 * DAY, NOW - 9 * DAY)
    store.note_range(METER, 52, NOW - 10 * DAY, NOW)
    store.note_range(METER, 53, NOW - 5 * DAY, NOW - DAY)
    store.note_range(METER, 53, NOW - DAY / 2, NOW)  # a hole: what is before it does not count
    assert store.ranges(METER) == {52: (NOW - 30 * DAY, NOW), 53: (NOW - DAY / 2, NOW)}
    assert (known(store).events_since, known(store).events_until) == (NOW - DAY / 2, NOW)
    store.note_range(METER, 53, NOW - 9 * DAY, NOW - 8 * DAY)  # a hole again: nothing is known of the days between
    assert store.ranges(METER)[53] == (NOW - DAY / 2, NOW)
    assert known(store).event_ranges == store.ranges(METER)


def test_closings_are_kept_once_and_another_content_beside(store: MeterDataStore) -> None:
    store.keep_closings(METER, 1, [closing(10), closing(11)])
    store.keep_closings(METER, 1, [{**closing(11), "direction": "import"}, closing(9)])
    store.keep_closings(METER, 2, [closing(11, contract="II")])
    ends = [document["end"][:7] for document in known(store).closings[1]]
    assert ends == ["2026-09", "2026-10", "2026-11"]
    store.keep_closings(METER, 1, [closing(11, active=101)])
    assert [document["periods"][0]["active_kwh"] for document in known(store).closings[1]][-2:] == [100, 101]


def test_a_changed_configuration_is_kept_beside_the_old_one_and_told(store: MeterDataStore) -> None:
    before = {"model": "SM", "ports": [{"name": "1", "speed": 6}, {"name": "2", "speed": 8}]}
    after = {"model": "SM", "ports": [{"name": "1", "speed": 5}, {"name": "2", "speed": 8}]}
    store.keep_told(METER, "configuration", before, NOW - 2 * DAY)
    store.keep_told(METER, "configuration", before, NOW - DAY)
    assert known(store).told["configuration"][1:] == (NOW - 2 * DAY, NOW - DAY)
    assert known(store).changes == ()
    store.keep_told(METER, "configuration", after, NOW)
    found = known(store)
    assert found.told["configuration"] == (after, NOW, NOW)
    assert found.changes == (Change("configuration", "ports 1 speed", 6, 5, NOW),)
    (earlier,) = found.earlier["configuration"]
    assert earlier.document["ports"][0]["speed"] == 6


def test_what_changes_by_itself_is_no_change(store: MeterDataStore) -> None:
    store.keep_told(METER, "now-1", {"current_period": 3}, NOW - DAY)
    store.keep_told(METER, "now-1", {"current_period": 6}, NOW)
    assert known(store).document("now", 1) == {"current_period": 6}
    assert known(store).changes == ()


def test_what_is_not_told_is_named_until_it_is_told(store: MeterDataStore) -> None:
    store.keep_told(METER, "recorder", {"battery_percent": 91}, NOW - DAY)
    store.keep_lack(METER, "recorder", {"type": 156, "reason": "refused"}, NOW)
    assert known(store).document("recorder") == {"battery_percent": 91}
    assert [(lack.kind, lack.document["type"], lack.at) for lack in known(store).lacks] == [("recorder", 156, NOW)]
    store.keep_told(METER, "recorder", {"battery_percent": 91}, NOW)
    assert known(store).lacks == ()


def test_clock_differences_are_thinned_to_one_an_hour(store: MeterDataStore) -> None:
    for minutes in range(0, 180, 10):
        store.keep_clock(METER, NOW + timedelta(minutes=minutes), 0.4 + minutes / 1000)
    points = known(store).clock
    assert [point.at.strftime("%H:%M") for point in points] == ["18:05", "19:05", "20:05"]
    assert [point.difference for point in points] == [0.4, 0.46, 0.52]


def test_who_answers_where_is_remembered(store: MeterDataStore) -> None:
    store.remember("tcp://north:1", Station(1, 1), METER)
    assert store.recall("tcp://north:1", Station(1, 1)) == METER


def test_another_program_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    first = MeterDataStore(path)
    first.keep_events(METER, [event()])
    first.close()
    assert [each.event for each in MeterDataStore(path).known(METER, MADRID).events] == [event()]


def test_an_archive_that_cannot_be_used_is_replaced_by_memory_and_named(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_text("something else, and longer than a hundred bytes " * 9)
    store = MeterDataStore(path)
    store.keep_events(METER, [event()])
    assert "is no archive" in store.problem
    assert [each.event for each in known(store).events] == [event()]


SECOND_VERSION_MARK = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 2;"


def second_version(path: Path) -> None:
    """A file as it was before meter data: what came with them is taken out again."""
    MeterDataStore(path).keep_clock(METER, NOW, 0.0)
    store = MeterDataStore(path)
    store.keep_clock(METER, NOW, 0.0)
    store.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for name in ("event", "event_range", "closing", "told", "lacking", "clock"):
            connection.execute(f"DROP TABLE {name}")
        connection.executescript(SECOND_VERSION_MARK)


def test_a_file_of_the_second_version_is_read_as_it_is_and_migrated_when_written(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    second_version(path)
    store = MeterDataStore(path)
    assert known(store).is_empty
    store.keep_events(METER, [event()])
    assert [each.event for each in known(store).events] == [event()]
    store.close()
    assert faults(path) == []


def test_documents_and_numbers_that_are_none_are_found(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    store = MeterDataStore(path)
    store.keep_told(METER, "identity", {"device": "1"}, NOW)
    store.keep_clock(METER, NOW, 0.4)
    store.close()
    assert faults(path) == []
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE told SET document = '{'")
        connection.execute("UPDATE clock SET difference = 'x'")
        connection.commit()
    found = faults(path)
    assert any("column difference of clock" in sentence for sentence in found)
    assert any("a document of told" in sentence for sentence in found)


def points(*differences: float, step: timedelta = DAY) -> list[ClockPoint]:
    return [ClockPoint(NOW.astimezone(UTC) + step * number, value) for number, value in enumerate(differences)]


def test_the_drift_is_what_the_clock_gains_a_day() -> None:
    found = drift(points(*(0.2 * number for number in range(35))))
    assert found is not None
    assert round(found.a_day, 6) == 0.2
    assert found.days == 34


def test_the_drift_begins_anew_when_the_clock_was_set() -> None:
    found = drift(points(*(number * 0.5 for number in range(100)), *(number * 0.5 for number in range(5))))
    assert found is not None
    assert (round(found.a_day, 6), found.days) == (0.5, 4)


@pytest.mark.parametrize("differences", [(), (0.4,), (0.4, 0.5)])
def test_below_a_day_there_is_no_drift(differences: tuple[float, ...]) -> None:
    assert drift(points(*differences, step=DAY / 3)) is None
