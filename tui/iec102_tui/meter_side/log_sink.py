"""Diagnostics as a sink: the states and the frames of a line in the log, as -v and -vv ask."""

from __future__ import annotations

from iec102.line.state import LineState
from iec102.transport.tap import TapRecord

from iec102_tui.diagnostics import frame_tap, log_state
from iec102_tui.meter_side.sink import Sink


class LogSink(Sink):
    """What it says to the log goes to a file on the log's own thread."""

    def __init__(self) -> None:
        self._tap = frame_tap()

    def frame(self, record: TapRecord) -> None:
        """With -vv each frame."""
        if self._tap is not None:
            self._tap(record)

    def state(self, state: LineState) -> None:
        """With -v each state."""
        log_state(state)
