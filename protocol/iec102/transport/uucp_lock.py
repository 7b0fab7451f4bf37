"""Lock files of serial ports, by which minicom, picocom, cu and others keep out of each other's way.

``LCK..ttyUSB0`` holds the process number of the program that has the port: ten characters, right-aligned, and a line
feed (HDB UUCP); old programs write it as four bytes in the machine's order.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from iec102.sentence import Sentence

FOLDERS = (Path("/run/lock"), Path("/var/lock"))
"""The first that is there is used."""

_BINARY = 4
_ATTEMPTS = 3
_PROCESSES = Path("/proc")

_held: set[Path] = set()  # the lock files of this process
_taking = threading.Lock()


class PortHeld(OSError):
    """Another program has the port; the text names it."""

    def __init__(self, holder: str) -> None:
        super().__init__(errno.EBUSY, holder)
        self.holder = holder


@dataclass(slots=True)
class UucpLock:
    """A lock file of this program; ``path`` is None where none could be made."""

    path: Path | None = None

    def release(self) -> None:
        """Take the file away, unless it is another program's meanwhile."""
        path, self.path = self.path, None
        if path is None:
            return
        with _taking:
            _held.discard(path)
            if _pid_in(path) == os.getpid():
                with contextlib.suppress(OSError):
                    path.unlink()


def take(port: str, folders: tuple[Path, ...] = FOLDERS) -> UucpLock:
    """Lock a port by its real name. Raises PortHeld.

    A lock of a process that has ended is taken over. Where no lock can be written, the port is opened without, unless
    another program's lock can be read there: the system's own locks keep others of our kind away.
    """
    path = _path(port, folders)
    if path is None:
        return UucpLock()
    with _taking:
        for _ in range(_ATTEMPTS):
            if path in _held:
                raise PortHeld(Sentence("holder.here"))
            if (pid := _other_that_runs(path)) is not None:
                raise PortHeld(_name(pid))
            try:
                _make(path)
            except FileExistsError:
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    path.unlink()
            except OSError:
                break
            else:
                _held.add(path)
                return UucpLock(path)
    return UucpLock()


def holder(port: str, folders: tuple[Path, ...] = FOLDERS) -> str:
    """The program that has a port, as ``minicom (process 4711)``; empty where nobody is seen. Looks through /proc."""
    path = _path(port, folders)
    pid = None if path is None else _other_that_runs(path)
    if pid is not None:
        return _name(pid)
    device = os.path.realpath(port)
    for process in _PROCESSES.glob("[0-9]*"):
        if int(process.name) != os.getpid() and _has_open(process, device):
            return _name(int(process.name))
    return ""


def _path(port: str, folders: tuple[Path, ...]) -> Path | None:
    folder = next((folder for folder in folders if folder.is_dir()), None)
    name = os.path.realpath(port).removeprefix("/dev/").replace("/", "_")
    return None if folder is None else folder / f"LCK..{name}"


def _make(path: Path) -> None:
    """Whole or not at all: another program must not read half a number."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_text(f"{os.getpid():10}\n", encoding="ascii")
        new.chmod(0o644)
        os.link(new, path)
    finally:
        with contextlib.suppress(OSError):
            new.unlink()


def _pid_in(path: Path) -> int | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if len(data) == _BINARY and not data.strip().isdigit():
        return int.from_bytes(data, sys.byteorder) or None
    first = data.split()[:1]
    pid = int(first[0]) if first and first[0].isdigit() and len(first[0]) < 10 else 0
    return pid or None


def _other_that_runs(path: Path) -> int | None:
    """The process that a lock names; None for one that has ended, and for this one, which may have its number."""
    pid = _pid_in(path)
    return pid if pid is not None and pid != os.getpid() and _runs(pid) else None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _name(pid: int) -> str:
    try:
        name = (_PROCESSES / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        name = ""
    return Sentence("holder.program", name=name, pid=pid) if name else Sentence("holder.process", pid=pid)


def _has_open(process: Path, device: str) -> bool:
    try:
        return any(os.readlink(link) == device for link in (process / "fd").iterdir())
    except OSError:
        return False
