"""The meter of last time, for who comes back after a closed terminal: its name alone, never a password."""

from __future__ import annotations

import contextlib
from pathlib import Path

import platformdirs

from iec102_tui.config import PROGRAM
from iec102_tui.files import whole_file
from iec102_tui.profiles.connection import DEMO, Connection, demo

_LONGEST = 1_000


def default_path() -> Path:
    """In the folder of the program's state."""
    return platformdirs.user_state_path(PROGRAM) / "last-meter"


def remember(connection: Connection, path: Path | None = None) -> None:
    """Notes the profile's name, or the target where there is none. Raises OSError."""
    file = path or default_path()
    text = DEMO if connection.name == demo().name and connection.target == DEMO else connection.name
    data = f"{text}\n".encode()
    with whole_file.locked(file):
        before = whole_file.read(file)
        if before != data:
            with contextlib.suppress(whole_file.Changed):  # of two instances one is the last
                whole_file.replace(file, data, before)


def last(path: Path | None = None) -> str | None:
    """The name or target of the meter of last time; None where there was none."""
    try:
        data = whole_file.read(path or default_path())
    except OSError:
        return None
    text = "" if data is None else data.decode("utf-8", "replace").strip()
    return text if text and text.isprintable() and len(text) < _LONGEST else None
