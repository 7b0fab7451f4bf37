"""The log of diagnostics: a rotating file in the state folder, without any secret."""

from __future__ import annotations

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, cast

from iec102.errors import InvalidSetting

from iec102_tui import config
from iec102_tui.files import modest

if TYPE_CHECKING:
    from iec102.state import LineState
    from iec102.transport.tap import Tap, TapRecord

_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_SIZE = 1_000_000
_KEPT = 3
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)

_log = logging.getLogger(__name__)
_gateway_log = logging.getLogger("iec102_tui.gateway")
_gateway_log.setLevel(logging.INFO)


class _LogFile(RotatingFileHandler):
    """Makes its folder and itself with the first line. Whatever cannot be written costs the log, not the program."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        encoding, errors = self.encoding, self.errors
        file = open(self.baseFilename, self.mode, encoding=encoding, errors=errors, opener=modest.opener)  # noqa: SIM115
        return cast(TextIOWrapper, file)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging gave it
        """Standard error is the screen."""


def start_log(chosen: str | None, verbosity: int) -> None:
    """Diagnostics go to ``chosen`` or to the user's state folder from now on: with 0 mistakes of the program, with 1
    also what happens on the line, with 2 every frame.

    Raises InvalidSetting for a ``chosen`` file that cannot be written.
    """
    path = Path(chosen) if chosen else config.load()[0].folders.log / "iec102-tui.log"
    if chosen:
        _must_be_writable(path)
    handler = _LogFile(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", errors="replace", delay=True)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _LogFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])


def log_path() -> Path | None:
    """Where diagnostics go; None before they have a place."""
    return next((Path(log.baseFilename) for log in logging.getLogger().handlers if isinstance(log, _LogFile)), None)


def log_state(state: LineState) -> None:
    """A line has another state."""
    _log.info("%s", ", ".join(filter(None, (state.phase, state.step, state.error))))


def log_gateway(text: str) -> None:
    """A gateway has something to say; connections and refused requests are in the log without -v too."""
    _gateway_log.info("%s", text)


def frame_tap() -> Tap | None:
    """Logs the frames of a line; None where nobody wants to know them all."""
    return _log_frame if _log.isEnabledFor(logging.DEBUG) else None


def _log_frame(record: TapRecord) -> None:
    _log.debug("%s %s", record.direction, "(may hold the password)" if record.secret else _frame_in_words(record))


def _frame_in_words(record: TapRecord) -> str:
    from iec102.explain import summary  # loads what decodes every type
    from iec102.link import Garbage

    item = record.item
    data = item.data if isinstance(item, Garbage) else item.encode()
    remarks = [word for word in ("repeat" if record.repeat else "", record.note) if word]
    return "; ".join([f"{data.hex(' ')}  {summary(item)}", *remarks])


def _must_be_writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", opener=modest.opener):
            pass
    except OSError as error:
        raise InvalidSetting(f"the log file {path} cannot be written: {error.strerror or error}") from None
