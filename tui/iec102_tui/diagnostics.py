"""The log of diagnostics: a rotating file in the state folder, without any secret."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs
from iec102.errors import InvalidSetting

_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_SIZE = 1_000_000
_KEPT = 3
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def log_path(chosen: str | None = None) -> Path:
    """The file of `--log-file`, or `iec102-tui.log` in the user's state folder."""
    return Path(chosen) if chosen else platformdirs.user_state_path("iec102-tui") / "iec102-tui.log"


def start_log(chosen: str | None, verbosity: int) -> None:
    """Diagnostics go to the file from now on; the file is made with the first line.

    A state folder that cannot be written costs the log, not the program. A file that the user has named must be
    writable: raises InvalidSetting.
    """
    path = log_path(chosen)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if chosen:
            path.touch()
    except OSError as error:
        if chosen:
            raise InvalidSetting(f"the log file {path} cannot be written: {error.strerror or error}") from None
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler = RotatingFileHandler(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])
    logging.raiseExceptions = False
