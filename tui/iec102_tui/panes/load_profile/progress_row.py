"""The row below a load profile: how far its download is, as a bar and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iec102.meter.monitor import Snapshot
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import Static

from iec102_tui.panes.load_profile.progress import bar_line, how_it_goes
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.words.plain_text import whole_parts

if TYPE_CHECKING:
    from iec102_tui.meter_side.download_job import DownloadJob

_BAR, _ROOM_FOR_SENTENCES = 25, 108
"""Columns of the bar with the blank behind it, and those from which what went wrong is said whole."""


class ProgressRow(Horizontal):
    """Draws itself again when it gets another room."""

    def __init__(self) -> None:
        super().__init__(id="load-profile-job")
        self._job: DownloadJob | None = None
        self._latest: Snapshot | None = None
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield PictureView(id="load-profile-bar")
        yield Static("", id="load-profile-progress", markup=False)

    def show(self, job: DownloadJob | None, latest: Snapshot | None, problem: str) -> None:
        """``problem`` is a sentence that stands in place of how the download goes."""
        self._job, self._latest, self._problem = job, latest, problem
        self._draw()

    @on(Resize)
    @on(PictureView.Measured)
    def _measured(self, event: Resize | PictureView.Measured) -> None:
        event.stop()
        self._draw()

    def _draw(self) -> None:
        job, width = self._job, self.size.width
        said = self._problem or how_it_goes(job, self._latest, brief=width < _ROOM_FOR_SENTENCES)
        bad = "!" in said or (job is not None and job.error is not None)
        room = width - (0 if job is None else _BAR)
        text = said if bad or room < 1 else whole_parts(said, room).rstrip()
        words = self.query_one("#load-profile-progress", Static)
        if words.content != text:
            words.update(text)
        words.set_class(bad, "bad")  # a sentence must be read to its end
        bar = self.query_one("#load-profile-bar", PictureView)
        bar.display = job is not None
        if job is not None:
            bar.show([bar_line(job.progress, bar.size.width, ended=job.ended, failed=job.error is not None)])
