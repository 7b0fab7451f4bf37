"""The clock of a meter is kept as that of the meter that answered, not of who has answered there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from iec102_tui.archive.contents import MeterKey
from iec102_tui.meter_side.meter_data import MeterData
from iec102_tui.profiles.connection import demo

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
FIRST, OTHER = MeterKey("device 2002-1", 1), MeterKey("device 2002-2", 1)


def differences(data: MeterData, key: MeterKey) -> list[float]:
    return [point.difference for point in data.store.known(key, demo().zone).clock]


def test_the_clock_of_another_meter_behind_the_same_line_is_kept_apart(tmp_path: Path) -> None:
    data = MeterData(tmp_path / "archive.sqlite")
    place = demo().place
    data.note_clock(demo(), NOW, 1.0, FIRST.identity)
    assert [point.difference for point in data.load(demo()).clock] == [1.0]
    assert not (tmp_path / "archive.sqlite").exists()  # until it is known that the meter is to be kept
    data._placed(place, FIRST)
    data.note_clock(demo(), NOW + timedelta(hours=1), 2.0, FIRST.identity)
    data.note_clock(demo(), NOW + timedelta(hours=2), 90.0, OTHER.identity)
    assert (differences(data, FIRST), differences(data, OTHER)) == ([1.0, 2.0], [])
    assert [point.difference for point in data.load(demo()).clock] == [1.0, 2.0]
    data._placed(place, OTHER)
    assert (differences(data, FIRST), differences(data, OTHER)) == ([1.0, 2.0], [90.0])
    data.close()
