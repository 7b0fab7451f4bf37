"""Files that are replaced whole: whatever happens meanwhile, what stands under the name is one version or the other."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from iec102_tui.files.input_file import content_of
from iec102_tui.files.naming import named
from iec102_tui.words.text import _

LARGEST = 16 * 1024 * 1024
"""The largest file that is read, in bytes; a device such as /dev/zero never ends."""
_LOCK_WAIT = 1.0
_TEMPORARY = ".new"


class Changed(Exception):
    """The file is not the version that was to be replaced."""


def read(path: Path) -> bytes | None:
    """The content, or None where there is no such file. Raises OSError."""
    try:
        return content_of(path, LARGEST)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other instances of this program from replacing a file of the same folder; makes the folder. Raises OSError.

    The lock is on the folder: a lock on the file would be lost with the file. Editors do not know it, and where the
    file system has no locks it goes without; `replace` looks at the content for both.
    """
    folder = _real(path).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _lock(descriptor, path):
            _remove_left_over(_real(path))
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> bool:
    deadline = time.monotonic() + _LOCK_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise OSError(errno.EAGAIN, _("another program is saving there"), str(path)) from None
            time.sleep(0.01)  # flock can wait only for ever: a stopped instance would stop this one
        except OSError:
            return False
        else:
            return True


def _remove_left_over(target: Path) -> None:
    """Unfinished versions of an instance that was killed: with the lock held nobody is writing them."""
    for path in target.parent.glob(f".{_escape(target.name)}.*{_TEMPORARY}"):
        with contextlib.suppress(OSError):
            path.unlink()


def _escape(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def replace(path: Path, data: bytes, expected: bytes | None) -> None:
    """Makes ``data`` the content of a file that now holds ``expected``, mode 0600; keeps that version as ``NAME.bak``.

    A symbolic link stays, the file behind it is replaced. Raises Changed when the file holds something else, OSError
    when it cannot be written; in both cases it is as it was.
    """
    with named(path):
        target = _real(path)
        owner = _status(target)
        new = _write(target, data, owner)
        try:
            if expected is not None:
                old = _write(target, expected, owner)
                _rename(old, target.with_name(target.name + ".bak"))
            if read(target) != expected:  # as late as can be: an editor takes no lock
                raise Changed
            os.replace(new, target)
        except BaseException:
            _forget(new)
            raise
        _sync_folder(target.parent)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _status(target: Path) -> os.stat_result | None:
    """Of the file to be replaced. Raises OSError for what a rename would replace and should not."""
    try:
        status = os.stat(target)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _("it is not an ordinary file"), str(target))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, _("it is marked as read-only"), str(target))
    return status


def _write(target: Path, data: bytes, owner: os.stat_result | None) -> str:
    """A complete new file on the disk beside the target, under a name of its own; gives that name."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_TEMPORARY, dir=target.parent)  # mode 0600
    try:
        try:
            if owner and owner.st_uid != os.geteuid():
                _give(descriptor, owner, target)
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        _forget(name)
        raise
    return name


def _give(descriptor: int, owner: os.stat_result, target: Path) -> None:
    """Root may save for a user, who must be able to read it again; nobody else may take a file from its owner."""
    try:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    except PermissionError:
        raise PermissionError(errno.EPERM, _("it belongs to another user"), str(target)) from None


def _rename(name: str, target: Path) -> None:
    try:
        os.replace(name, target)
    except BaseException:
        _forget(name)
        raise


def _forget(name: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name)


def _sync_folder(folder: Path) -> None:
    """Failing is no loss: both versions are whole, and which of them a power cut leaves is all that is open."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
