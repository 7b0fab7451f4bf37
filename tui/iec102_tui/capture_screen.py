"""A capture that is opened from within the monitor: its frames over the main screen."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from iec102_tui.captures.record import Capture
from iec102_tui.main_screen import OverScreen
from iec102_tui.meter_side.replay import ReplaySession
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.frame_log.pane import FrameLogPane
from iec102_tui.words.text import N_


class CaptureScreen(OverScreen):
    """The frame log alone. Escape goes back to where it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_field", N_("Close the capture"), id="capture.close", tooltip=N_("Back to the meters")),
    ]

    def __init__(self, session: ReplaySession, frames: FrameLogPane) -> None:
        super().__init__(session, [frames], "log", alone=True)
        self._replay = session

    def on_unmount(self) -> None:
        """Nothing of it is left running."""
        self._replay.close()


def session_of(path: Path, capture: Capture, beside: Session) -> ReplaySession:
    """The session of a capture that the session of a meter goes on beside; what it writes is told with that one's."""
    session = ReplaySession(path, capture)
    session.written, session.faults = beside.written, beside.faults
    return session
