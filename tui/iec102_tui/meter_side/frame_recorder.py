"""Recording of all frames to files, by a thread of its own: a slow card must not stall the meter side."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.transport.tap import TapRecord

from iec102_tui.captures.json_lines import frame_line, header_line
from iec102_tui.captures.marks import CaptureHeader
from iec102_tui.meter_side.sink import FileSink
from iec102_tui.words.text import _

SIZE: Final = 16 * 1024 * 1024
"""Bytes from which a new file is begun."""
_WAITING = 50_000
"""Frames that may wait for a slow disk."""
_PERIOD = 0.5
"""Seconds between two looks at what is waiting; with what a sync takes, a crash loses less than the last second."""
_NONE = -1
"""No file is open."""


class CaptureRecorder(FileSink[TapRecord]):
    """Frames as JSON Lines, in files of mode 0600 named after the time (UTC), this process and their order.

    Passwords are masked. A crash loses at most the last second.
    """

    def __init__(self, folder: Path, header: CaptureHeader, *, size: int = SIZE, clock: Clock = SYSTEM_CLOCK) -> None:
        """Makes the first file, on its thread. Each file has a ``header`` with its time."""
        self.started = clock.boottime()
        self.written = 0
        """Frames so far."""
        self.files = 0
        """The number of that file."""
        self._folder = folder
        self._name = f"frames-{clock.wall():%Y%m%d-%H%M%S}-{os.getpid()}"
        self._header = header
        self._limit = size
        self._clock = clock
        self._file = _NONE
        super().__init__(self._next_path(1), "frames", waiting=_WAITING, lost="frames", period=_PERIOD)
        self._first = self.path
        self.start()

    def frame(self, record: TapRecord) -> None:
        """Takes a frame; never blocks."""
        self.add(record)

    def words(self) -> str:
        """Where the frames are: the path of the file, or of the first and the name of the last."""
        first, last = self._first, self.path
        if first == last:
            return super().words()
        files = _("{first} to {last}", first=first, last=last.name)
        return f"{files} ({self.error})" if self.error else files

    # On the thread

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._begin()
        self._first = self.path

    def _write(self, items: Sequence[TapRecord]) -> None:
        """In pieces that fit the size of a file."""
        waiting = deque(items)
        while waiting:
            lines: list[bytes] = []
            room = self._limit - self._size
            while waiting and room > 0:
                lines.append(frame_line(waiting.popleft()))
                room -= len(lines[-1])
            self._put(b"".join(lines))
            os.fsync(self._file)
            self.written += len(lines)
            if room <= 0:
                self._release()
                self._begin()

    def _begin(self) -> None:
        now = self._clock.wall()
        while True:
            self.files += 1
            self.path = self._next_path(self.files)
            with contextlib.suppress(FileExistsError):  # of a recording that ended within this second
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                break
        self._size = 0
        self._put(header_line(replace(self._header, time=now)))

    def _next_path(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number:03}.jsonl"

    def _release(self) -> None:
        file, self._file = self._file, _NONE
        if file != _NONE:
            os.close(file)

    def _put(self, data: bytes) -> None:
        self._size += len(data)
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
