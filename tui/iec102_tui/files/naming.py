"""What cannot be written is named as it was asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors inside are of this file: a full disk names none, and of a new version beside it nobody has heard."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # what is not the system's has words of its own, which a file name would hide
            error.filename = str(path)
        raise
