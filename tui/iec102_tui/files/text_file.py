"""Text that the user keeps: copies of the screen, under a name that says when."""

from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import datetime
from pathlib import Path

_MOST_NAMES = 1_000

_given: Counter[Path] = Counter()
_giving = threading.Lock()


def dated_path(folder: Path, what: str, when: datetime, suffix: str) -> Path:
    """``FOLDER/what-20261122-123005-PID.suffix``: two running programs do not meet, nor two files of one second.

    Does not look at the disk: the interface names files that other threads write.
    """
    name = f"{what}-{when:%Y%m%d-%H%M%S}-{os.getpid()}"
    first = folder / f"{name}.{suffix}"
    with _giving:
        if len(_given) >= _MOST_NAMES:  # of other seconds
            _given.clear()
        _given[first] += 1
        number = _given[first]
    return first if number == 1 else folder / f"{name}-{number}.{suffix}"


def write_text(path: Path, text: str) -> None:
    """Writes a new file, folders and all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
