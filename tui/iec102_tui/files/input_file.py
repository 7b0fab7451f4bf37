"""Files that are only read. A pipe or a device where a file should be would never end, or never begin."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import BinaryIO

from iec102_tui.words.text import _


def open_file(path: Path | str) -> BinaryIO:
    """Open an ordinary file for reading. Raises OSError, also for a pipe and a device."""
    check_ordinary(path)  # opening a pipe would wait for somebody who writes it
    return open(path, "rb")


def content_of(path: Path | str, largest: int) -> bytes:
    """All of an ordinary file. Raises OSError, also where it has more bytes than ``largest``."""
    with open_file(path) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, _("it is larger than {size} MB", size=largest // 1024 // 1024), str(path))
    return content


def check_ordinary(path: Path | str) -> None:
    """Raises OSError for a pipe or a device, and where there is nothing. Folders have a sentence of the system."""
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, _("it is a pipe or a device and no ordinary file"), str(path))


def is_held(path: Path) -> bool:
    """Whether its maker, who holds the lock on it, still runs. Raises OSError, also for a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
