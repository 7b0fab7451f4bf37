"""Recording of all frames to files, by a thread of its own: a slow card must not stall the meter side."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Final

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.transport.tap import TapRecord

from iec102_tui.captures.json_lines import frame_line, header_line
from iec102_tui.captures.record import CaptureHeader

_log = logging.getLogger(__name__)

SIZE: Final = 16 * 1024 * 1024
"""Bytes from which a new file is begun."""
_WAITING = 50_000
"""Frames that may wait for a slow disk."""
_PERIOD = 0.5
"""Seconds between two looks at what is waiting; with what a sync takes, a crash loses less than the last second."""
_FAREWELL = 2.0
_NONE = -1
"""No file is open."""


class CaptureRecorder:
    """Frames as JSON Lines, in files of mode 0600 named after the time (UTC), this process and their order.

    Passwords are masked. A crash loses at most the last second.
    """

    def __init__(self, folder: Path, header: CaptureHeader, *, size: int = SIZE, clock: Clock = SYSTEM_CLOCK) -> None:
        """Makes the first file; raises OSError where that is not possible. Each file has a ``header`` with its time."""
        self.path: Path
        """The file that is written now."""
        self.started = clock.boottime()
        self.written = 0
        """Frames so far."""
        self.files = 0
        """The number of that file."""
        self.error: str | None = None
        """Why frames are missing, as one sentence."""
        self._folder = folder
        self._name = f"frames-{clock.wall():%Y%m%d-%H%M%S}-{os.getpid()}"
        self._header = header
        self._limit = size
        self._clock = clock
        self._frames: deque[TapRecord] = deque()
        self._wake = threading.Event()
        self._closing = False
        folder.mkdir(parents=True, exist_ok=True)
        self._begin()
        self._first = self.path
        self._thread = threading.Thread(target=self._run, name="frames", daemon=True)
        self._thread.start()

    def add(self, record: TapRecord) -> None:
        """Takes a frame; never blocks. A disk that is minutes behind costs frames, and the recorder says so."""
        if len(self._frames) < _WAITING:
            self._frames.append(record)
        else:
            self.error = "the disk is too slow: frames are lost"

    def end(self) -> None:
        """Has what waits written and the file closed; returns at once."""
        self._closing = True
        self._wake.set()

    def close(self) -> None:
        """Writes what waits and closes the file, in bounded time."""
        self.end()
        self._thread.join(_FAREWELL)

    def words(self) -> str:
        """Where the frames are: the path of the file, or of the first and the name of the last."""
        first, last = self._first, self.path
        where = str(last) if first == last else f"{first} to {last.name}"
        return f"{where} ({self.error})" if self.error else where

    # On the thread

    def _run(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(_PERIOD)
                self._write()
            self._write()  # what came while the last lines were written
        except OSError as error:
            self._frames.clear()
            self.error = f"recording ended: {error.strerror or error}"
            _log.warning("%s: %s", self.path, self.error)
        finally:
            self._end()

    def _write(self) -> None:
        """All that waits, in pieces that fit the size of a file."""
        while self._frames:
            lines: list[bytes] = []
            room = self._limit - self._size
            while self._frames and room > 0:
                lines.append(frame_line(self._frames.popleft()))
                room -= len(lines[-1])
            self._put(b"".join(lines))
            self.written += len(lines)
            os.fsync(self._file)
            if room <= 0:
                self._end()
                self._begin()

    def _begin(self) -> None:
        now = self._clock.wall()
        while True:
            self.files += 1
            self.path = self._folder / f"{self._name}-{self.files:03}.jsonl"
            with contextlib.suppress(FileExistsError):  # of a recording that ended within this second
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                break
        self._size = 0
        self._put(header_line(replace(self._header, time=now)))

    def _end(self) -> None:
        file, self._file = self._file, _NONE
        if file != _NONE:
            os.close(file)

    def _put(self, data: bytes) -> None:
        self._size += len(data)
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
