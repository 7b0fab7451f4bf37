"""Text that the user keeps: copies of the screen, under a name that says when."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from pathlib import Path


def dated_path(folder: Path, what: str, when: datetime, suffix: str) -> Path:
    """``FOLDER/what-20261122-123005-PID.suffix``: two running programs do not meet, nor two files of one second."""
    name = f"{what}-{when:%Y%m%d-%H%M%S}-{os.getpid()}"
    names = itertools.chain((name,), (f"{name}-{number}" for number in itertools.count(2)))
    return next(path for path in (folder / f"{name}.{suffix}" for name in names) if not path.exists())


def write_text(path: Path, text: str) -> None:
    """Writes a new file, folders and all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
