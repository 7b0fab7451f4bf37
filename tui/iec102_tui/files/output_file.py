"""Files that this program writes once and whole: under a name stands a finished file or what was there before."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from iec102.errors import InvalidSetting

from iec102_tui.files.naming import named
from iec102_tui.words.text import _

_EVERYBODY = 0o666
"""The user's own mask takes away from it."""


def write_whole(
    path: Path, parts: Iterable[str] | Iterable[bytes], *, overwrite: bool = False, mode: int = _EVERYBODY
) -> None:
    """Writes a file beside its place, then moves it there. Raises OSError, FileExistsError unless ``overwrite``.

    Text is UTF-8. A symbolic link stays, the file behind it is written; one that leads to no file counts as one that is
    there, since nobody can have meant to make that file. What is no ordinary file, such as a pipe, is
    written as it is. ``mode``: who may read and write it at most.
    """
    target = Path(os.path.realpath(path))
    before = _status(target)
    if (before is not None or path.is_symlink()) and not overwrite:
        raise FileExistsError(errno.EEXIST, _("it exists already"), str(path))
    if before is not None and not stat.S_ISREG(before.st_mode):
        with target.open("wb") as file:
            file.writelines(map(_encoded, parts))
        return
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    with named(path):
        try:
            with open(new, "wb", opener=partial(os.open, mode=mode)) as file:
                file.writelines(map(_encoded, parts))
                file.flush()
                if before is not None:
                    os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode) & mode)
                os.fsync(file.fileno())
            _move(new, target, overwrite=overwrite)
        finally:
            with contextlib.suppress(OSError):
                new.unlink()


def check_free(path: Path, *, force: bool) -> None:
    """Raises InvalidSetting where a file cannot be written under this name, before anything is asked of a meter."""
    if path.is_dir():
        raise InvalidSetting(_("{path} is a folder: name a file in it", path=path))
    if (path.exists() or path.is_symlink()) and not force:
        raise InvalidSetting(_("{path} exists already: give another name, or --force to replace it", path=path))
    if not path.absolute().parent.is_dir():
        raise InvalidSetting(_("there is no folder {folder} for the file", folder=path.absolute().parent))


def _encoded(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _move(new: Path, target: Path, *, overwrite: bool) -> None:
    if not overwrite:
        try:
            os.link(new, target)  # fails where somebody has made the file meanwhile
        except FileExistsError:
            raise
        except OSError:
            pass  # a file system without hard links
        else:
            return
    new.replace(target)
