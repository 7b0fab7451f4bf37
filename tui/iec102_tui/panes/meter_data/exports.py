"""What is known of a meter as a file: its closings, its events, or all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path

from iec102_tui.closing import begin_work
from iec102_tui.files.file_thread import LONG
from iec102_tui.files.text_file import dated_path
from iec102_tui.meter_data.export import all_json, closings_csv, events_csv, write
from iec102_tui.meter_data.known import Known, KnownEvent
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.text import _


class Export:
    """Asks what to write, and writes it. ``events`` are those that the pane shows."""

    def __init__(self, pane: Pane, folder: Path, known: Known, events: Sequence[KnownEvent], zone: tzinfo) -> None:
        now = pane.session.clock.wall().astimezone(zone)
        self._pane = pane
        self._folder = folder
        self._texts: list[tuple[str, str, Callable[[], str]]] = [
            ("closings", "csv", lambda: closings_csv(known)),
            ("events", "csv", lambda: events_csv(events)),
            ("meter-data", "json", lambda: all_json(known, now)),
        ]

    def ask(self) -> None:
        """Ask over the main screen."""

        def picked(number: int | None) -> None:
            if number is not None:
                begin_work(self._pane, partial(self._write, *self._texts[number]), group="export")

        self._pane.app.push_screen(PickScreen(_(words.EXPORT_AS), [_(each) for each in words.EXPORTS]), picked)

    async def _write(self, name: str, ending: str, text: Callable[[], str]) -> None:
        path = dated_path(self._folder, name, self._pane.session.clock.wall(), ending)
        written = self._pane.session.exports.run(lambda: write(path, text()), LONG)
        await self._pane.report(written, path, _(words.WRITTEN, path=path), _(words.DATA_ARE))
