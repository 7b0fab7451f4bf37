"""What is known of the keys that meters were asked, in a file of the state folder: tags and counts, never a key."""

from __future__ import annotations

import asyncio
import errno
import json
import math
from pathlib import Path
from typing import Any

import platformdirs
from iec102.gateway import KeptKey, KeptKeys, Outcome, new_salt

from iec102_tui.config import PROGRAM
from iec102_tui.files import whole_file
from iec102_tui.words.text import _

_NAME = "gateway-keys.json"
_VERSION = 1


def default_path() -> Path:
    """In the user's state folder; a service has one of its own."""
    return platformdirs.user_state_path(PROGRAM) / _NAME


class KeyFile:
    """Keeps the counts of all lines that this user's gateways share; mode 0600. Any number of gateways may write it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    async def load(self, line: str) -> KeptKeys | None:
        """What is kept of a line; None where there is no file. Raises OSError."""
        return await asyncio.to_thread(self._load, line)

    async def save(self, line: str, kept: KeptKeys) -> KeptKeys:
        """Adds what is known now; gives all that is kept of the line. Raises OSError."""
        return await asyncio.to_thread(self._save, line, kept)

    def reset(self, line: str | None, now: float) -> int:
        """Forgets the refused keys of a line, or of all, also for gateways that run; gives how many. Raises OSError."""
        data = whole_file.read(self.path)
        document = {} if data is None else self._parse(data)
        forgotten = 0
        for name in document.get("lines", {}) if line is None else (line,):
            kept = _line_of(document, name) if document else KeptKeys(new_salt())
            wrong = [key for key in kept.keys if key.outcome is not Outcome.ACCEPTED]
            self._save(name, kept._replace(reset_at=max([now, *(key.at for key in wrong)])))
            forgotten += len(wrong)
        return forgotten

    def _load(self, line: str) -> KeptKeys | None:
        data = whole_file.read(self.path)
        return None if data is None else _line_of(self._parse(data), line)

    def _save(self, line: str, kept: KeptKeys) -> KeptKeys:
        with whole_file.locked(self.path):
            data = whole_file.read(self.path)
            try:
                document = self._parse(data) if data is not None else {}
            except OSError:
                document = {}  # it was said when it was read; the damaged version is kept beside the new one
            merged = _line_of(document, line).merged(kept) if document else kept
            lines = {**document.get("lines", {}), line: _words_of(merged)}
            new = {"version": _VERSION, "salt": merged.salt.hex(), "lines": lines}
            try:
                whole_file.replace(self.path, (json.dumps(new, indent=1) + "\n").encode(), data)
            except whole_file.Changed:
                raise OSError(errno.EAGAIN, _("another program has changed it"), str(self.path)) from None
        return merged

    def _parse(self, data: bytes) -> dict[str, Any]:
        """The document, of which everything has been looked at. Raises OSError."""
        try:
            document = json.loads(data)
            for line in document["lines"]:
                _line_of(document, line)
            if document["version"] != _VERSION or not _line_of(document, "").salt:
                raise ValueError
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            why = _("it is damaged, or of a newer version: move it away, and the counts begin anew")
            raise OSError(errno.EINVAL, why, str(self.path)) from None
        return dict(document)


def _line_of(document: dict[str, Any], line: str) -> KeptKeys:
    """Raises ValueError, TypeError, KeyError or AttributeError for what is not as this program writes it."""
    found = document["lines"].get(line, {"reset_at": 0.0, "keys": []})
    keys = tuple(
        KeptKey(int(address), bytes.fromhex(tag).hex(), Outcome(outcome), _time(at), int(cause))
        for address, tag, outcome, at, cause in found["keys"]
    )
    return KeptKeys(bytes.fromhex(document["salt"]), keys, _time(found["reset_at"]))


def _time(value: Any) -> float:
    if not math.isfinite(time := float(value)):
        raise ValueError
    return time


def _words_of(kept: KeptKeys) -> dict[str, Any]:
    return {"reset_at": kept.reset_at, "keys": [list(key) for key in kept.keys]}
