"""Which passwords meters have refused, kept for a collector that is started again by itself.

Meters lock out, and a collector that is killed, or has lost its power, is started again within seconds: each time it
would send a refused password once more. So what was refused is in a file while a collector runs, and goes with an end
that was asked for: a person who starts it then wants the password to be sent.

What is kept of a password is a tag of 16 bits, which cannot be turned back (``iec102.gateway.key_attempts``): of all
passwords 65,536 have the same one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs
from iec102.errors import AccessError, KeyNotAnswered, KeyRefused
from iec102.gateway import new_salt
from iec102.sentence import Sentence

from iec102_tui.config import PROGRAM
from iec102_tui.files import whole_file
from iec102_tui.meter_side.shared_line import Login
from iec102_tui.profiles.connection import Connection

_log = logging.getLogger(__name__)

_NAME = "collect-refused.json"
_TAG_BYTES = 2
_VERSION = 1


class RefusedFile:
    """File work, which never fails: what cannot be read is not known, and what cannot be written is in the log."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or platformdirs.user_state_path(PROGRAM) / _NAME
        self._salt = new_salt()
        self._causes: dict[str, int | None] = {}
        """By tag; None: not answered."""
        try:
            if (data := whole_file.read(self._path)) is not None:
                document = json.loads(data)
                salt, causes = bytes.fromhex(document["salt"]), dict(document["refused"])
                if document["version"] == _VERSION and salt and all(_is_cause(cause) for cause in causes.values()):
                    self._salt, self._causes = salt, causes
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            _log.warning("%s: %s", self._path, error)

    def refusal_of(self, connection: Connection) -> AccessError | None:
        """What has become of the password of this meter, at the latest end that nobody had asked for."""
        address = connection.station.link_address
        if not self._causes or (tag := self._tag(connection)) not in self._causes:
            return None
        if (cause := self._causes[tag]) is None:
            return KeyNotAnswered(Sentence("access.not_answered", address=address))
        return KeyRefused(Sentence("access.refused_before", address=address), cause)

    def keep(self, refusals: Iterable[tuple[Connection, AccessError]]) -> None:
        """These are refused now, and no others."""
        causes = {
            self._tag(connection): refusal.cause if isinstance(refusal, KeyRefused) else None
            for connection, refusal in refusals
        }
        if causes == self._causes:
            return
        document = {"version": _VERSION, "salt": self._salt.hex(), "refused": causes}
        try:
            with whole_file.locked(self._path):
                data = (json.dumps(document, indent=1) + "\n").encode()
                whole_file.replace(self._path, data, whole_file.read(self._path))
        except (OSError, whole_file.Changed) as error:
            _log.warning("%s: %s", self._path, error)
        else:
            self._causes = causes

    def forget(self) -> None:
        """The collector ends because it was asked to."""
        self._causes = {}
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            pass
        except OSError as error:
            _log.warning("%s: %s", self._path, error)

    def _tag(self, connection: Connection) -> str:
        place, dial, identification, station = Login.of(connection)
        key = 0 if station.password is None else station.password.reveal()
        text = "\n".join(map(str, (place, dial, identification, station.link_address, station.point_address)))
        data = f"{text}\n".encode() + key.to_bytes(4, "little")
        return hashlib.blake2b(data, key=self._salt, digest_size=_TAG_BYTES).hexdigest()


def _is_cause(cause: object) -> bool:
    return cause is None or type(cause) is int
