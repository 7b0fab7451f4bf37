"""The load-profile pane: choose a load profile, download it, look at it, export it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from iec102.asdu import MADRID
from iec102.load_profile.intervals import expected_ends
from iec102.load_profile.records import Gap
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from iec102_tui.archive import ArchiveError
from iec102_tui.closing import begin_work
from iec102_tui.load_profile.choice import CHOICES, EVERYTHING, LoadProfileChoice
from iec102_tui.load_profile.load_profile import LoadProfile, Wanted, load_profile_of
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.load_profile.cells import words_of
from iec102_tui.panes.load_profile.choice_line import ChoiceLine, range_words
from iec102_tui.panes.load_profile.figures import UNIT_WORDS
from iec102_tui.panes.load_profile.progress_row import ProgressRow
from iec102_tui.panes.load_profile.summary import summary_lines
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102_tui.meter_side.download_job import DownloadJob
    from iec102_tui.panes.load_profile.dates_dialog import Range
    from iec102_tui.panes.load_profile.view import LoadProfileView

# Between two looks at what a running download has brought: seconds, and times what a look takes.
_RELOAD_SECONDS, _RELOAD_FACTOR = 1.0, 10


class LoadProfilePane(Pane):
    """Beside other panes the choice and the progress; alone also the intervals."""

    TITLE = N_("Load profile")
    KEY = "F4"
    ROOM = (120, 36)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "download", N_("Download"), id="curve.download", tooltip=N_("Download what is missing of this range")
        ),
        Binding("p", "period", N_("Period"), id="curve.period", tooltip=N_("Today, yesterday, this month, ...")),
        Binding("t", "dates", N_("Dates"), id="curve.dates", tooltip=N_("From and to, typed or by a calendar")),
        Binding(
            "r",
            "register",
            N_("Register"),
            id="curve.register",
            show=False,
            tooltip=N_("Hourly, quarter-hourly, daily"),
        ),
        Binding(
            "a", "values", N_("Values"), id="curve.values", show=False, tooltip=N_("Incremental or absolute values")
        ),
        Binding("space", "pause", N_("Pause"), id="curve.pause", tooltip=N_("Pause the download, or go on")),
        Binding("x", "cancel", N_("Cancel"), id="curve.cancel", tooltip=N_("End the download; what has come is kept")),
        Binding(
            "o", "share", N_("Line share"), id="curve.share", show=False, tooltip=N_("Part of the line for a download")
        ),
        Binding("e", "export", N_("Export"), id="curve.export", tooltip=N_("What is known of this range to a file")),
        Binding(
            "enter",
            "words",
            N_("In words"),
            id="curve.words",
            show=False,
            tooltip=N_("This interval and its qualifiers"),
        ),
        Binding(
            "m",
            "findings",
            N_("Maxima"),
            id="curve.findings",
            show=False,
            tooltip=N_("Maxima, what does not fit, what the month proves"),
        ),
    ]

    def __init__(self, session: Session, exports: Path, *, plain: bool = False) -> None:
        super().__init__(session, id="load-profile")
        self._exports = exports
        self._plain = plain
        self._above = ChoiceLine(id="load-profile-choice")
        self._choice = LoadProfileChoice()
        self._load_profile: LoadProfile | None = None
        self._problem = ""
        self._adopted: object = None
        self._known: object = None
        self._reload_at = float("-inf")
        self._loading = False
        self._complete = False
        """All parts are mounted."""

    @cached_property
    def _view(self) -> LoadProfileView:
        """Made when it is first shown, or behind the first picture of the program."""
        from iec102_tui.panes.load_profile.view import LoadProfileView  # loaded when it is used

        return LoadProfileView(id="load-profile-view", plain=self._plain)

    def compose(self) -> ComposeResult:
        summary = PictureView(id="load-profile-summary")
        summary.display = self.can_focus = not self.full
        self._complete = self.full
        if self.full:
            yield self._above
            yield self._view
        yield summary
        yield ProgressRow()

    async def mount_hidden(self) -> None:
        if not self._complete:
            self._above.display = self._view.display = self.full
            await self.mount(self._above, self._view, before=0)
            self._complete = True
            if self._load_profile is not None:
                self._view.show(self._load_profile, self._empty_words)

    @property
    def zone(self) -> tzinfo:
        """The meter's."""
        return MADRID if self.session.connection is None else self.session.connection.zone

    @property
    def _job(self) -> DownloadJob | None:
        """The download of the meter that is shown."""
        return self.session.downloads.job_of(self.session.connection)

    @property
    def wanted(self) -> Wanted:
        """What is chosen, as of now."""
        return self._choice.wanted(self.session.clock.wall(), self.zone)

    def focus_content(self) -> None:
        if self.full and self._complete:
            self._view.focus_content()
        else:
            self.focus()

    def session_changed(self) -> None:
        self._show()

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._show)

    @on(PictureView.Measured)
    def _measured(self) -> None:
        self._say_choice()

    def watch_full(self) -> None:
        if self.is_mounted:
            focused = self.has_focus_within or self.has_focus
            if self._complete:
                self._view.display = self._above.display = self.full
            self.can_focus = self.query_one("#load-profile-summary").display = not self.full
            if focused:
                self.focus_content()
            self._show()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        running = self.session.downloads.runs(self.session.connection)
        if action in ("pause", "cancel"):
            return running
        if action in ("download", "dates"):
            return not running
        return self.full or action not in ("words",)

    def action_download(self) -> None:
        """Downloads what is missing of the chosen range."""
        self._start(everything=False)

    def _start(self, *, everything: bool) -> None:
        session = self.session
        if session.service is None or session.connection is None:
            self.notify(_("There is no meter to ask: connect to one first (F1)."), markup=False)
            return
        wanted = self._choice.everything(session.clock.wall(), self.zone) if everything else self.wanted
        session.downloads.start(session.service, session.connection, wanted, everything=everything)
        self._show()
        self.refresh_bindings()

    def action_pause(self) -> None:
        """Holds the download, or lets it go on."""
        self.session.downloads.pause(self.session.connection)

    def action_cancel(self) -> None:
        """Ends the download."""
        self.session.downloads.cancel(self.session.connection)

    def action_share(self) -> None:
        """Gives the download another part of the line's time."""
        share = self.session.downloads.next_share()
        self.notify(_("A download takes at most {share:.0%} of the line's time.", share=share), markup=False)
        self._show()

    def action_register(self) -> None:
        """Hourly, quarter-hourly, daily values."""
        self._choice.next_register()
        self._show()

    def action_values(self) -> None:
        """Incremental or absolute values."""
        self._choice.other_values()
        self._show()

    def action_period(self) -> None:
        """Chooses one of the usual ranges."""
        from iec102_tui.widgets.pick_dialog import PickScreen  # dialogs are loaded when they are used

        names = list(CHOICES)

        def picked(number: int | None) -> None:
            if number is None:
                return
            if names[number] == EVERYTHING:
                self._start(everything=True)
            else:
                self._choice.take_period(names[number])
            self._show()

        choices = [_(period) for period in CHOICES.values()]
        self.app.push_screen(PickScreen(_("Period"), choices, chosen=self._choice.number), picked)

    def action_dates(self) -> None:
        """Asks for both bounds."""
        from iec102_tui.panes.load_profile.dates_dialog import DatesScreen

        def picked(bounds: Range | None) -> None:
            if bounds is not None:
                self._choice.take_range(*bounds)
                self._show()

        wanted = self.wanted
        self.app.push_screen(DatesScreen(wanted.start, wanted.end, self.zone), picked)

    def action_words(self) -> None:
        """Shows the interval under the cursor in words."""
        from iec102_tui.widgets.text_dialog import TextScreen

        if self._load_profile is not None and self._load_profile.ends:
            self.app.push_screen(TextScreen(_("Interval"), words_of(self._load_profile, self._view.cursor)))

    async def action_findings(self) -> None:
        """Shows the maxima with their times, and what does not fit."""
        from iec102_tui.widgets.text_dialog import TextScreen

        load_profile, connection = self._load_profile, self.session.connection
        if load_profile is None or connection is None:
            return
        from iec102_tui.panes.load_profile.findings import finding_lines  # loads the verdict

        lines = await asyncio.to_thread(
            finding_lines, self.session, connection, load_profile, self._view.cursor, marks=not self._plain
        )
        self.app.push_screen(TextScreen(_("Maxima and findings"), lines))

    async def action_export(self) -> None:
        """Asks for the format and writes what is known of the range now, which may be more than is shown yet."""
        try:
            load_profile = await asyncio.to_thread(self._sorted_out, self.wanted, self.zone, self._gaps)
        except ArchiveError as error:
            self.notify(f"{printable(error.sentence)}.", severity="error", markup=False)
            return
        if load_profile.empty:
            self.notify(_("There is nothing to export yet: g downloads this range."), markup=False)
            return
        from iec102_tui.panes.load_profile.exports import Export  # loaded when it is used

        Export(self, self._exports, load_profile).ask()

    # What is shown

    def _show(self) -> None:
        if not self.display:
            return
        job = self._job
        if job is not None and job is not self._adopted and job.everything and not job.locating:
            self._adopted = job
            self._choice.take_range(job.wanted.start, job.wanted.end)
        wanted = self.wanted
        progress = None if job is None else job.progress
        self._say_choice()
        row = self.query_one(ProgressRow)
        row.display = self.full or job is not None
        row.show(job, self.session.latest, self._problem)
        known = (
            self.session.connection,
            wanted,
            None if progress is None else (progress.records, progress.gaps),
            job is not None and job.ended,
        )
        now = self.session.clock.boottime()
        finished = job is None or job.ended
        if known != self._known and (finished or now >= self._reload_at):
            if self._known is not None and finished:
                self.refresh_bindings()
            self._known, self._reload_at = known, now + _RELOAD_SECONDS
            begin_work(self, self._load, group="load-profile")

    def _say_choice(self) -> None:
        """The row above, or what stands in the border beside other panes."""
        load_profile, wanted = self._load_profile, self.wanted
        if self.full and not self._complete:
            return
        if self.full:
            cursor = self._view.cursor
            here = load_profile.ends[cursor] if load_profile is not None and cursor < len(load_profile.ends) else None
            shown = here if self._view.shows_map else None
            self._above.say(wanted, self.zone, self._view.channel, load_profile, shown)
            return
        parts = [wanted.words or range_words(wanted, self.zone)]
        if load_profile is not None and load_profile.ends and not load_profile.empty:
            known, expected = len(load_profile.rows), len(load_profile.ends)
            typeset = (grouped(known), grouped(expected))
            parts.append(words.how_much(known, expected, typeset, UNIT_WORDS[wanted.register]))
        self.aside = " \N{MIDDLE DOT} ".join(parts)
        picture = self.query_one("#load-profile-summary", PictureView)
        if picture.size:
            picture.show(summary_lines(self._load_profile, picture.size, plain=self._plain))

    def on_load_profile_table_moved(self) -> None:
        """The choice names the interval under the cursor."""
        self._say_choice()

    def on_load_profile_view_channel_chosen(self) -> None:
        """The choice names the channel."""
        self._say_choice()

    @property
    def _empty_words(self) -> str:
        job = self._job
        if job is not None and not job.ended:
            return ""
        wanted = self.wanted
        count = len(expected_ends(wanted.register, wanted.start, wanted.end, self.zone))
        what, unit = range_words(wanted, self.zone), _(UNIT_WORDS[wanted.register])
        return words.nothing_yet(what, grouped(count), unit, has_meter=self.session.connection is not None)

    async def _load(self) -> None:
        """Sorts out in a thread what is known; what has changed meanwhile is loaded after it."""
        if self._loading:
            self._known = None
            return
        self._loading = True
        began = self.session.clock.boottime()
        try:
            self._load_profile = await asyncio.to_thread(self._sorted_out, self.wanted, self.zone, self._gaps)
            self._problem = ""
        except ArchiveError as error:
            self._problem = f"! {printable(error.sentence)}"
        finally:
            self._loading = False
        if self._load_profile is not None and self._complete:
            self._view.show(self._load_profile, self._empty_words)
        now = self.session.clock.boottime()
        self._reload_at = now + max(_RELOAD_SECONDS, _RELOAD_FACTOR * (now - began))
        self._show()

    @property
    def _gaps(self) -> Sequence[Gap]:
        """What the meter has not given of the values that are wanted."""
        job = self._job
        return () if job is None or not job.wanted.is_like(self.wanted) else job.gaps

    def _sorted_out(self, wanted: Wanted, zone: tzinfo, gaps: Iterable[Gap]) -> LoadProfile:
        """Not on the interface's thread."""
        connection = self.session.connection
        rows = [] if connection is None else self.session.downloads.rows(connection, wanted)
        return load_profile_of(wanted, zone, rows, gaps)
