"""The log of diagnostics: a rotating file in the state folder, without any secret."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, cast

from iec102.errors import InvalidSetting

from iec102_tui import config
from iec102_tui.files import modest
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102.line.state import LineState
    from iec102.transport.tap import Tap, TapRecord

FILE_NAME = "iec102-tui.log"
ALARMS_NAME = "alarms.log"
"""The log of alarms, beside that of diagnostics."""
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_SIZE = 1_000_000
_KEPT = 3
_WAITING = 10_000
"""Lines that may wait for a slow disk."""
_FAREWELL = 2.0
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)

_log = logging.getLogger(__name__)
_gateway_log = logging.getLogger("iec102_tui.gateway")
_alarm_log = logging.getLogger("iec102_tui.alarms")
_gateway_log.setLevel(logging.INFO)


class _File(RotatingFileHandler):
    """Makes its folder and itself with the first line. Whatever cannot be written costs the log, not the program."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        encoding, errors = self.encoding, self.errors
        file = open(self.baseFilename, self.mode, encoding=encoding, errors=errors, opener=modest.opener)  # noqa: SIM115
        return cast(TextIOWrapper, file)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging gave it
        """Standard error is the screen."""


class _LogFile(logging.Handler):
    """Lines are written by a thread of their own, which begins with the first one: a slow card must stall nobody.

    Only who has to say that the program failed waits until that is written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._file = _File(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", errors="replace", delay=True)
        self._lines: queue.Queue[str | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._given = 0
        self._written = 0
        self._progress = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a line; where too many wait it is lost."""
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            return
        self._given += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log", daemon=True)
            self._thread.start()
        if record.levelno >= logging.ERROR:
            self.flush()

    def flush(self) -> None:
        """Waits until what was given is written, in bounded time."""
        given = self._given
        with self._progress:
            self._progress.wait_for(lambda: self._written >= given, _FAREWELL)

    def close(self) -> None:
        """Writes what waits."""
        self.flush()
        if self._thread is not None:
            with contextlib.suppress(queue.Full):
                self._lines.put_nowait(None)
        super().close()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            self._file.emit(logging.makeLogRecord({"msg": line}))
            with self._progress:
                self._written += 1
                self._progress.notify_all()
        self._file.close()


def start_log(chosen: str | None, verbosity: int) -> None:
    """Diagnostics go to ``chosen`` or to the user's state folder from now on: with 0 mistakes of the program, with 1
    also what happens on the line, with 2 every frame.

    Raises InvalidSetting for a ``chosen`` file that cannot be written.
    """
    path = Path(chosen) if chosen else config.load()[0].folders.log / FILE_NAME
    if chosen:
        _must_be_writable(path)
    handler = _LogFile(path)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _LogFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])


def start_alarm_log(path: Path) -> None:
    """Alarms are written to this file from now on, one a line; it is made with the first of them."""
    _alarm_log.setLevel(logging.INFO)
    _alarm_log.propagate = False
    for old in _alarm_log.handlers[:]:
        _alarm_log.removeHandler(old)
        old.close()
    _alarm_log.addHandler(_LogFile(path))


def log_path() -> Path | None:
    """Where diagnostics go; None before they have a place."""
    return next((log.path for log in logging.getLogger().handlers if isinstance(log, _LogFile)), None)


def log_state(state: LineState) -> None:
    """A line has another state."""
    from iec102_tui.words.state_text import PHASE_WORDS  # nothing has a state before lines are imported

    _log.info("%s", ", ".join(filter(None, (_(PHASE_WORDS[state.phase]), state.step, state.error))))


def log_gateway(text: str) -> None:
    """A gateway has something to say; connections and refused requests are in the log without -v too."""
    _gateway_log.info("%s", text)


def frame_tap() -> Tap | None:
    """Logs the frames of a line; None where nobody wants to know them all."""
    return _log_frame if _log.isEnabledFor(logging.DEBUG) else None


def _log_frame(record: TapRecord) -> None:
    _log.debug("%s %s", record.direction, _("(may hold the password)") if record.secret else _frame_in_words(record))


def _frame_in_words(record: TapRecord) -> str:
    from iec102.asdu.summary import summary  # loads what decodes every type
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
        raise InvalidSetting(_("the log file {path} cannot be written: {why}", path=path, why=why(error))) from None
