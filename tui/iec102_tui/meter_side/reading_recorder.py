"""Recording of all readings to CSV, by a thread of its own: a slow card must not stall the meter side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS

from iec102_tui.meter_side.sink import FileSink

HEADER = ("time", "meter_time", *(signal.key for signal in SIGNALS), "invalid")
_WAITING: Final = 10_000
"""Readings that may wait for a slow disk."""
_PERIOD = 0.5


class Recorder(FileSink[Reading]):
    """One file. ``time`` and ``meter_time`` are ISO 8601; ``invalid`` names the keys whose values are invalid.

    A value that the meter did not send is empty. A crash loses at most the last second.
    """

    def __init__(self, path: Path, started: float) -> None:
        """Makes a new file, on its thread. ``started``: the age clock."""
        super().__init__(path, "recorder", waiting=_WAITING, lost="readings", period=_PERIOD)
        self.started = started
        self._file: TextIO | None = None
        self.start()

    def reading(self, reading: Reading) -> None:
        """Takes a reading; never blocks."""
        self.add(reading)

    def _open(self) -> None:
        import csv  # loaded when it is used

        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("x", encoding="utf-8", newline="")
        csv.writer(self._file).writerow(HEADER)
        self._file.flush()

    def _write(self, items: Sequence[Reading]) -> None:
        import csv

        assert self._file is not None
        csv.writer(self._file).writerows(map(row, items))
        self._file.flush()

    def _release(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def row(reading: Reading) -> list[object]:
    """One line of the file."""
    values = reading.values.values()
    invalid = " ".join(value.key for value in values if value.value is not None and not value.valid)
    meter_time = "" if reading.meter_time is None else reading.meter_time.isoformat(timespec="seconds")
    numbers = ("" if value.value is None else value.value for value in values)
    return [reading.time.isoformat(timespec="milliseconds"), meter_time, *numbers, invalid]
