"""A year of quarter-hours, 35,040 records of eight channels, in the archive: written, found, read, listed, exported."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from iec102.asdu import MADRID, Total
from iec102.load_profile.intervals import LONGEST_PIECE, Register, expected_ends
from iec102.load_profile.records import LoadRecord
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, contents
from iec102_tui.load_profile.csv_file import csv_lines
from iec102_tui.meter_data.event_filter import event_condition
from iec102_tui.meter_data.known import KnownEvent
from report import Row, table
from support.known_meter import events

START, END = datetime(2025, 1, 1, tzinfo=MADRID), datetime(2026, 1, 1, tzinfo=MADRID)
ROUNDS = 5
EVENTS = [KnownEvent(event, False) for event in events()] * 1112


def best(action: Callable[[], Any]) -> float:
    """Seconds of the fastest of some rounds."""
    durations = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        action()
        durations.append(time.perf_counter() - begin)
    return min(durations)


def a_year() -> list[LoadRecord]:
    chance = random.Random(7)
    return [
        LoadRecord(end, tuple(Total(address, chance.randrange(500)) for address in range(1, 9)))
        for end in expected_ends(Register.QUARTER_HOURLY, START, END)
    ]


def filtered_events() -> list[KnownEvent]:
    """Those of a filter that looks at words and times."""
    holds = event_condition("voltage after=2026-01-01 or intrusion", MADRID)
    return [known for known in EVENTS if holds(known)]


def main() -> None:
    records = a_year()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        archive = Archive(path)
        curve = archive.curve(MeterKey("device 251-1", 1), Register.QUARTER_HOURLY)
        begin = time.perf_counter()
        longest = 0.0
        for first in range(0, len(records), LONGEST_PIECE):
            put = time.perf_counter()
            curve.put(records[first : first + LONGEST_PIECE])
            longest = max(longest, time.perf_counter() - put)
        archive.flush()
        written = time.perf_counter() - begin
        assert curve.records(START, END) == records
        ends = [record.end for record in records]
        rows = [
            Row("written and synced, in pieces of a week of hours", written, "s"),
            Row("longest time that a piece holds the line's loop", longest * 1000, "ms", 20),
            Row("read into memory", best(lambda: curve.records(START, END)), "s", 0.3),
            Row("what is missing is found", best(lambda: curve.has(ends)), "s"),
            Row("list of ranges and gaps", best(lambda: contents(path)), "s"),
            Row("as CSV", best(lambda: "".join(csv_lines(records, MADRID))), "s"),
            Row("10,000 events are filtered", best(filtered_events) * 1000, "ms", 50),
            Row("size of the file", path.stat().st_size / 1e6, "MB"),
        ]
        archive.close()
    table(f"Archive: a year of quarter-hours, {len(records):,} records", rows)


if __name__ == "__main__":
    main()
