"""What a service says, on standard error: for the journal with the priority of each line in front (sd-daemon(3))."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from iec102_tui.cli.run import sentence

_STREAM = "JOURNAL_STREAM"
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_LOWEST = 7


class Journal(logging.Handler):
    """Takes what some loggers say from INFO on, and of the others the errors. A stream that is closed costs nothing."""

    def __init__(self, stream: TextIO, *loggers: str, environment: Mapping[str, str] = os.environ) -> None:
        super().__init__(logging.INFO)
        self._stream = stream
        self._loggers = loggers
        self._is_journal = _is_journal(stream, environment)
        for name in loggers:
            logging.getLogger(name).setLevel(logging.INFO)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is for a person who looks at the service."""
        own = any(record.name == name or record.name.startswith(f"{name}.") for name in self._loggers)
        return own or record.levelno >= logging.ERROR

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line; where a fault came from is in the log of diagnostics."""
        prefix = f"<{_priority(record.levelno)}>" if self._is_journal else ""
        try:
            self._stream.write(f"{prefix}{sentence(record.getMessage())}\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass


def start_journal(*loggers: str) -> Journal | None:
    """These loggers are heard on standard error from now on; None where that is closed."""
    if sys.stderr is None:
        return None
    journal = Journal(sys.stderr, *loggers)
    logging.getLogger().addHandler(journal)
    return journal


def _priority(level: int) -> int:
    return next((priority for least, priority in _PRIORITIES if level >= least), _LOWEST)


def _is_journal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """The variable names the stream that leads to the journal; standard error may lead elsewhere."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get(_STREAM) == f"{status.st_dev}:{status.st_ino}"
