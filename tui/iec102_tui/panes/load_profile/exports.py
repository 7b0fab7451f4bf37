"""What is known of a range as a file: our own formats, and those of the sector with the codes of the profile."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from iec102.errors import InvalidSetting

from iec102_tui.closing import begin_work
from iec102_tui.files.file_thread import LONG
from iec102_tui.files.output_file import write_whole
from iec102_tui.files.text_file import dated_path
from iec102_tui.load_profile.formats import Layout, encoded
from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.market_files.formats import MARKET_FORMATS, Interval, MarketFormat
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.market_files.writing import check_point, market_file, sorted_out
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from datetime import date

_OWN = {
    "CSV": Layout(),
    N_("CSV for spreadsheets, with semicolons and labels"): Layout(separator=";", labels=True, bom=True),
    N_("JSON Lines"): Layout("jsonl"),
    "Parquet": Layout("parquet"),
}
_MOST_VERSIONS = 1000


class Export:
    """Asks for the format, and about gaps where the format must not have any unasked; then writes."""

    def __init__(self, pane: Pane, folder: Path, load_profile: LoadProfile) -> None:
        self._pane = pane
        self._folder = folder
        self._load_profile = load_profile
        wanted = load_profile.wanted
        self._market = [
            form for form in MARKET_FORMATS.values() if wanted.incremental and form.register is wanted.register
        ]

    def ask(self) -> None:
        """Over the main screen."""
        own = list(_OWN.values())

        def picked(number: int | None) -> None:
            if number is None:
                return
            if number < len(own):
                begin_work(self._pane, partial(self._write_own, own[number]), group="export")
            else:
                self._begin(self._market[number - len(own)])

        names = [*(_(name) for name in _OWN), *(words.market_format(form.prefix) for form in self._market)]
        self._pane.app.push_screen(PickScreen(_("Export as"), names), picked)

    async def _write_own(self, layout: Layout) -> None:
        load_profile = self._load_profile
        path = dated_path(self._folder, "load-profile", self._pane.session.clock.wall(), layout.format)
        count = sum(end in load_profile.rows for end in load_profile.ends)
        written = self._pane.session.exports.run(lambda: _write(path, load_profile, layout), LONG)
        await self._report(written, path, count)

    def _begin(self, form: MarketFormat) -> None:
        """The codes come from the profile; what is missing is asked about and never filled in."""
        connection = self._pane.session.connection
        point = SupplyPoint() if connection is None else connection.supply_point
        try:
            check_point(form, point, named=True)
        except InvalidSetting as error:
            self._pane.notify(_("{error}.", error=error), severity="error", markup=False)
            return
        intervals, missing = sorted_out(
            form, self._load_profile.records(), self._load_profile.ends, self._load_profile.zone
        )
        if not intervals:
            self._pane.notify(_(words.NOTHING_FIT, reason=missing[0].reason), severity="error", markup=False)
            return

        def answered(number: int | None) -> None:
            if number == 0:
                begin_work(self._pane, partial(self._write_market, form, intervals, point), group="export")

        if not missing:
            answered(0)
            return
        first = f"{missing[0].end.astimezone(self._load_profile.zone):%Y-%m-%d %H:%M}"
        about = [
            words.gaps(len(missing), len(self._load_profile.ends)),
            _(words.FIRST_GAP, end=first, why=missing[0].reason),
        ]
        answers = [_(words.WRITE_WITHOUT), _(words.DO_NOT_WRITE)]
        self._pane.app.push_screen(PickScreen(words.market_format(form.prefix), answers, about, chosen=1), answered)

    async def _write_market(self, form: MarketFormat, intervals: list[Interval], point: SupplyPoint) -> None:
        made = self._pane.session.clock.wall().astimezone(self._load_profile.zone).date()
        making = self._pane.session.exports.run(lambda: _free(self._folder, form, intervals, point, made), LONG)
        try:
            path, content = await making
        except OSError as error:
            await self._pane.report(_failed(error))
            return
        written = self._pane.session.exports.run(lambda: write_whole(path, [content]), LONG)
        await self._report(written, path, len(intervals))

    async def _report(self, written: Awaitable[object], path: Path, count: int) -> None:
        done = words.written(count, str(path), len(self._load_profile.ends) - count)
        await self._pane.report(written, path, done, words.records_are(count))


async def _failed(error: OSError) -> None:
    """For who reports it."""
    raise error


def _free(
    folder: Path, form: MarketFormat, intervals: list[Interval], point: SupplyPoint, made: date
) -> tuple[Path, bytes]:
    """A name that no file has yet: a delivery of the same day has the next version. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for version in range(_MOST_VERSIONS):
        name, content = market_file(form, intervals, point._replace(version=version), made)
        if not (folder / name).exists() or not form.named_by:
            break
    return folder / name, content


def _write(path: Path, load_profile: LoadProfile, layout: Layout) -> None:
    """Not on the interface's thread. Raises OSError, InvalidSetting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, encoded(load_profile.records(), load_profile.zone, layout))
