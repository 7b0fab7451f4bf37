"""The file in which a collector says how it is doing: for ``collect --status``, and for who looks for its gateways.

Everybody may read it, so that it holds no secret: of a target only what stands before its query, where the number of a
modem or the password of a simulated meter may be. Who holds the lock beside it is the collector that the file is of;
one that was killed leaves the file, and nobody holds the lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import Iec102Error

from iec102_tui.config import PROGRAM
from iec102_tui.files.input_file import content_of, is_held
from iec102_tui.files.whole_file import LARGEST
from iec102_tui.meter_side.gateway_file import leads_to
from iec102_tui.meter_side.gateway_file import running as gateways_running
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

FILE_NAME = "collect.json"
_OF_THE_SYSTEM = Path("/run") / PROGRAM
_GIVEN, _OF_THE_USER = "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"
_MODE, _FOLDER_MODE = 0o644, 0o755
_FORMAT, _VERSION = "format", 1
_LOCK_WAIT = 1.0
_FRESH = 60.0
"""Seconds."""


class CollectorRuns(Iec102Error):
    """Another collector writes this file."""


class NoCollector(Iec102Error):
    """No collector runs that this user could see."""


class WorkStatus(NamedTuple):
    """How one kind of work is doing: times in ISO 8601, ``problem`` a sentence; None: none yet."""

    done: str | None
    due: str | None
    failures: int
    problem: str | None


class MeterStatus(NamedTuple):
    """``target`` without its query; ``gateway``: a URL, None while it does not listen; ``state`` as it is published.

    ``late``: readings that came later than a period behind the one before. ``work``: by its name.
    """

    name: str
    target: str
    link_address: int
    point_address: int
    gateway: str | None
    gateway_problem: str | None
    state: str
    reason: str | None
    identity: str | None
    period: float
    readings: int
    late: int
    last_reading: str | None
    work: Mapping[str, WorkStatus]


class CollectorStatus(NamedTuple):
    """``broker`` and ``archive``: a sentence each on what is wrong, None while nothing is.

    ``site`` is None where nothing is published; ``waiting``: messages that the broker does not have yet.
    """

    version: str
    pid: int
    started: str
    time: str
    site: str | None
    connected: bool
    waiting: int
    dropped_live: int
    dropped_records: int
    broker: str | None
    archive: str | None
    problems: tuple[str, ...]
    meters: tuple[MeterStatus, ...]


def folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where the file may be, in the order in which a collector tries to write and others look.

    The one that the service manager gives; else /run/iec102-tui, and the user's own for who may not write there.
    """
    if given := environment.get(_GIVEN, "").partition(":")[0]:
        return (Path(given),)
    own = environment.get(_OF_THE_USER)
    return (_OF_THE_SYSTEM, Path(own) / PROGRAM if own else platformdirs.user_state_path(PROGRAM))


class StatusFile:
    """The file that this collector writes, as long as it holds the lock. Raises CollectorRuns or OSError."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.path, self._lock = _taken(folders(environment))
        with contextlib.suppress(OSError):
            self.path.unlink()  # of one that was killed: its ports may be anybody's by now

    def write(self, status: CollectorStatus) -> None:
        """Replaces it whole. Raises OSError."""
        document = {_FORMAT: _VERSION, **plain(status)}
        data = json.dumps(document, ensure_ascii=False, indent=1).encode()
        descriptor, name = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=self.path.parent)
        try:
            with open(descriptor, "wb") as file:
                os.fchmod(descriptor, _MODE)
                file.write(data)
            os.replace(name, self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def close(self) -> None:
        """The collector ends: the file goes."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._lock)


def _taken(places: Iterable[Path]) -> tuple[Path, int]:
    """The first of these folders that can be written, with its lock."""
    failure: OSError | None = None
    for folder in places:
        try:
            folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            lock = os.open(_lock_of(folder / FILE_NAME), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
        except OSError as error:
            failure = error
            continue
        with contextlib.suppress(OSError):
            os.fchmod(lock, _MODE)  # whatever the umask
        if not _locked(lock):
            os.close(lock)
            raise CollectorRuns(
                _(
                    "a collector runs already and writes {path}: end that one, or add the meters to it",
                    path=printable(str(folder / FILE_NAME)),
                )
            )
        return folder / FILE_NAME, lock
    raise failure or OSError


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _locked(descriptor: int) -> bool:
    """Whoever looks whether a collector runs holds the lock for a moment, so that it is waited for."""
    deadline = time.monotonic() + _LOCK_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _is_held(path: Path) -> bool:
    """A collector runs that writes this file."""
    try:
        return is_held(_lock_of(path))
    except OSError:
        return False


def running(environment: Mapping[str, str] = os.environ) -> Iterator[CollectorStatus]:
    """What the collectors that run say, each of a folder. One that cannot be read, or is of another version, is not."""
    for _folder, found in _running(environment):
        yield found


def _running(environment: Mapping[str, str]) -> Iterator[tuple[Path, CollectorStatus]]:
    for folder in dict.fromkeys(folders(environment)):
        path = folder / FILE_NAME
        if _is_held(path) and (found := _read(path)) is not None:
            yield folder, found


def _is_fresh(path: Path, now: float) -> bool:
    """It was written a short while ago, also where the clock was set meanwhile."""
    try:
        return abs(now - path.stat().st_mtime) <= _FRESH
    except OSError:
        return False


def status(environment: Mapping[str, str] = os.environ) -> CollectorStatus:
    """What the first of them says. Raises NoCollector."""
    for found in running(environment):
        return found
    raise NoCollector(_("no collector runs on this machine that you could see: start it with iec102-tui collect"))


def gateway_of(
    connection: Connection, environment: Mapping[str, str] = os.environ, clock: Clock = SYSTEM_CLOCK
) -> Through | None:
    """A gateway of this machine that leads to this meter, a collector's before others; None: none does.

    A collector's file that is old is not believed, though it runs: by now another program may listen there.
    """
    station = connection.station
    for folder, found in _running(environment):
        if not _is_fresh(folder / FILE_NAME, clock.wall().timestamp()):
            continue
        for meter in found.meters:
            same = (meter.link_address, meter.point_address) == (station.link_address, station.point_address)
            if meter.gateway and same and leads_to(connection, meter.name, meter.target):
                return Through(meter.gateway)
    for other in gateways_running(environment):
        if station.link_address in other.link_addresses and leads_to(connection, other.name, other.target):
            return Through(other.url, by_collector=False)
    return None


def plain(status: CollectorStatus) -> dict[str, Any]:
    """As JSON has it."""
    meters = [
        {**meter._asdict(), "work": {name: work._asdict() for name, work in meter.work.items()}}
        for meter in status.meters
    ]
    return {**status._asdict(), "problems": list(status.problems), "meters": meters}


def _read(path: Path) -> CollectorStatus | None:
    """What the file says now; of all the meters that look for their gateway one alone has it read."""
    try:
        now = path.stat()
        return _parsed(path, now.st_ino, now.st_mtime_ns, now.st_size)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


@lru_cache(maxsize=4)
def _parsed(path: Path, _inode: int, _written: int, _size: int) -> CollectorStatus | None:
    """By what tells that the file is another one: it is replaced whole."""
    document = json.loads(content_of(path, LARGEST))
    if document.pop(_FORMAT) != _VERSION:
        return None
    meters = [
        MeterStatus(**{**meter, "work": {name: WorkStatus(**work) for name, work in meter["work"].items()}})
        for meter in document["meters"]
    ]
    texts = [text for meter in meters for text in (meter.name, meter.target, meter.gateway or "")]
    if not all(isinstance(text, str) for text in texts):
        return None
    return CollectorStatus(**{**document, "meters": tuple(meters), "problems": tuple(document["problems"])})
