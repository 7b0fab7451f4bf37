"""The files in which gateways of this machine say where they listen: so others get to a meter whose line is taken.

A gateway has a file for as long as it runs, and a lock on it: who was killed leaves the file, and nobody has the lock.
Everybody may read it, so that it holds no secret: of a target only what stands before its query, where the number of a
modem or the password of a simulated meter may be. The collector has a file of its own with the gateways of all its
lines (``collect.status``).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs
from iec102.gateway import GatewaySettings

from iec102_tui.config import PROGRAM
from iec102_tui.files.input_file import content_of, is_held
from iec102_tui.profiles.connection import DEMO, Connection

_OF_SERVICES = Path("/run/iec102-gateway")
"""Each service of the unit ``iec102-gateway@`` has a folder there."""
_GIVEN, _OF_THE_USER = "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"
_PREFIX, _SUFFIX = "gateway-", ".json"
_MODE, _FOLDER_MODE = 0o644, 0o755
_LARGEST = 64 * 1024
_FORMAT, _VERSION = "format", 1
_ANY_HOST = ("0.0.0.0", "::")  # noqa: S104


class Listening(NamedTuple):
    """A gateway that runs. ``name``: of the profile of its line; ``target`` without its query; ``url``: where it is."""

    pid: int
    name: str
    target: str
    link_addresses: tuple[int, ...]
    url: str


class GatewayFile:
    """The file of one gateway of this process; nobody finds it where it cannot be written."""

    def __init__(self, listening: Listening, environment: Mapping[str, str] = os.environ) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            self._write(listening, _own_folder(environment))

    def _write(self, listening: Listening, folder: Path) -> None:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        _tidy(folder)
        descriptor, name = tempfile.mkstemp(prefix=".", dir=folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # before anybody can see it
            os.write(descriptor, json.dumps({_FORMAT: _VERSION, **listening._asdict()}).encode())
            os.fchmod(descriptor, _MODE)
            self._path = folder / f"{_PREFIX}{listening.pid}-{Path(name).name.lstrip('.')}{_SUFFIX}"
            os.rename(name, self._path)
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        self._descriptor = descriptor

    def close(self) -> None:
        """The gateway ends: the file goes."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(descriptor)


def announced(
    connection: Connection, settings: GatewaySettings, url: str, environment: Mapping[str, str] = os.environ
) -> GatewayFile | None:
    """The file of a gateway that listens now; None for one that would not let the programs of this machine in."""
    listen = settings.listen
    if not (listen.is_local or listen.host in _ANY_HOST or settings.policy.admits(listen.host)):
        return None
    addresses = tuple(sorted(settings.link_addresses))
    target = public_target(connection.target)
    return GatewayFile(Listening(os.getpid(), connection.name, target, addresses, url), environment)


def running(environment: Mapping[str, str] = os.environ) -> Iterator[Listening]:
    """The gateways of other processes that this user sees. One of another version, or that cannot be read, is none."""
    for path in _files(environment):
        if (found := _read(path)) is not None and found.pid != os.getpid():
            yield found


def leads_to(connection: Connection, name: str, target: str) -> bool:
    """Whether a line of that target, of the profile ``name``, is that of this meter."""
    settings = connection.settings
    # Behind one modem are many meters, told apart by their number: by the name of the profile here.
    is_named = settings.dial is not None or settings.identification is not None
    # Each simulated one is made with its line, as its query says.
    is_named = is_named or connection.target.lower().startswith(DEMO)
    return (name == connection.name or not is_named) and _place(target) == _place(connection.target)


def public_target(target: str) -> str:
    """A target as it may be told to everybody."""
    return target.partition("?")[0]


def _place(target: str) -> str:
    """One text for one port, whichever of its names is given, and however it is written."""
    scheme, _colon, rest = public_target(target).partition(":")
    path = rest.removeprefix("//") if rest.startswith("///") else rest
    is_host = path.startswith("//") or not path.startswith("/")
    return f"{scheme}:{path.rstrip('/')}".lower() if is_host else f"{scheme.lower()}:{os.path.realpath(path)}"


def _own_folder(environment: Mapping[str, str]) -> Path:
    if given := environment.get(_GIVEN, "").partition(":")[0]:
        return Path(given)
    own = environment.get(_OF_THE_USER)
    return Path(own) / PROGRAM if own else platformdirs.user_state_path(PROGRAM)


def _files(environment: Mapping[str, str]) -> Iterable[Path]:
    pattern = f"{_PREFIX}*{_SUFFIX}"
    return [*sorted(_OF_SERVICES.glob(f"*/{pattern}")), *sorted(_own_folder(environment).glob(pattern))]


def _read(path: Path) -> Listening | None:
    try:
        if not is_held(path):
            return None
        document = json.loads(content_of(path, _LARGEST))
        if document.pop(_FORMAT) != _VERSION:
            return None
        pid, name, target, url = int(document["pid"]), *(str(document[key]) for key in ("name", "target", "url"))
        return Listening(pid, name, target, tuple(map(int, document["link_addresses"])), url)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _tidy(folder: Path) -> None:
    """Removes what gateways that were killed have left."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if not is_held(path):
                path.unlink()
