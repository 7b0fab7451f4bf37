"""Recording of all readings to CSV, by a thread of its own: a slow card must not stall the meter side."""

from __future__ import annotations

import csv
import logging
import queue
import threading
from pathlib import Path

from iec102.reading import Reading
from iec102.signals import SIGNALS

_log = logging.getLogger(__name__)

_WAITING = 10_000
_FLUSH_SECONDS = 1.0
HEADER = ("time", "meter_time", *(signal.key for signal in SIGNALS), "invalid")


class Recorder:
    """One file. ``time`` and ``meter_time`` are ISO 8601; ``invalid`` names the keys whose values are invalid.

    A value that the meter did not send is empty. A crash loses at most the last second.
    """

    def __init__(self, path: Path, started: float) -> None:
        """Makes the file; raises OSError where that is not possible. ``started``: the age clock."""
        self.path = path
        self.started = started
        self.error: str | None = None
        self._readings: queue.Queue[Reading | None] = queue.Queue(_WAITING)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("x", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)
        self._file.flush()
        self._thread = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._thread.start()

    def add(self, reading: Reading) -> None:
        """Takes a reading; never blocks. A disk that is minutes behind costs readings, and the recorder says so."""
        try:
            self._readings.put_nowait(reading)
        except queue.Full:
            self.error = "the disk is too slow: readings are lost"

    def close(self) -> None:
        """Writes what waits and closes the file."""
        try:
            self._readings.put(None, timeout=_FLUSH_SECONDS)
        except queue.Full:
            _log.warning("the recording was ended with readings unwritten")
        self._thread.join(_FLUSH_SECONDS)

    def _write(self) -> None:
        try:
            with self._file:
                while True:
                    try:
                        reading = self._readings.get(timeout=_FLUSH_SECONDS)
                    except queue.Empty:
                        self._file.flush()
                        continue
                    if reading is None:
                        return
                    self._writer.writerow(row(reading))
                    if self._readings.empty():
                        self._file.flush()
        except OSError as error:
            self.error = f"recording ended: {error.strerror or error}"
            _log.warning("%s: %s", self.path, self.error)


def row(reading: Reading) -> list[object]:
    """One line of the file."""
    values = reading.values.values()
    invalid = " ".join(value.key for value in values if value.value is not None and not value.valid)
    meter_time = "" if reading.meter_time is None else reading.meter_time.isoformat(timespec="seconds")
    numbers = ("" if value.value is None else value.value for value in values)
    return [reading.time.isoformat(timespec="milliseconds"), meter_time, *numbers, invalid]
