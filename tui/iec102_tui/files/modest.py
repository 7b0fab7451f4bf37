"""Files that others on the machine have no business in: mode 0640 at most, whatever the umask lets through."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path

MODE = 0o640
"""For the owner and, to read, for its group."""


def opener(path: str, flags: int) -> int:
    """For ``open``: a new file has this mode at most, and so has from now on one that was there. Raises OSError."""
    descriptor = os.open(path, flags, MODE)
    status = os.fstat(descriptor)
    if _is_too_open(status):
        with contextlib.suppress(OSError):  # another's
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) & MODE)
    return descriptor


def make(path: Path) -> None:
    """Makes an empty file unless it is there, and takes from one that is there what is too much. Raises OSError.

    It is made under another name: closing what is open under its own would take away this process's locks on it.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        new = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE))
        try:
            with contextlib.suppress(OSError):  # it is there now, or there are no links
                os.link(new, path)
        finally:
            new.unlink()
        return
    if _is_too_open(status):
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(status.st_mode) & MODE)


def _is_too_open(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and bool(stat.S_IMODE(status.st_mode) & ~MODE)
