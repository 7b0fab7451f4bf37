"""`iec102-tui load-profile`: a load profile from the meter, and from the archive what is there already."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from iec102.asdu.summer_time import SummerTimeState
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import ContentTimeout, LineError, LinkError, RequestRefused, UnexpectedAnswer
from iec102.load_profile.download import MemoryStore, Progress
from iec102.load_profile.intervals import expected_ends
from iec102.load_profile.records import LoadRecord
from iec102.meter.clock_difference import NO_TIME
from iec102.meter.meter import Meter
from iec102.open import open_line

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.archive import Archive, LoadProfileWriter
from iec102_tui.archive.contents import kind_of
from iec102_tui.archive.findings import summer_time_findings, value_findings
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore, LoadProfileStore, MemoryLoadProfileStore
from iec102_tui.cli.load_profile_options import archive_option, chosen_range, load_profile_options
from iec102_tui.cli.notices import ProgressLine, StepNotices, tell
from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.output import check_values, output_of, output_options, register_of
from iec102_tui.cli.run import DONE, FAILED, run_async, sentence
from iec102_tui.diagnostics import frame_tap
from iec102_tui.load_profile.csv_file import in_zone
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.shortfall import shortfall_words
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.profiles.collect_options import REGISTERS
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.progress_text import oddities, progress_words
from iec102_tui.words.text import _

# Failures of the line in a row that are waited out once the meter has answered.
_PATIENCE = 5
_MOST_FINDINGS = 20


@click.command("load-profile")
@target_options
@load_profile_options
@archive_option
@click.option("--no-archive", is_flag=True, help="Neither use the archive nor add to it.")
@click.option("--again", is_flag=True, help="Ask also for what is archived; what differs is kept beside it.")
@output_options
@click.pass_context
def load_profile(
    context: click.Context,
    /,
    target: str,
    start: str | None,
    end: str | None,
    period_name: str | None,
    register: str,
    values: str,
    archive_path: Path | None,
    no_archive: bool,
    again: bool,
    strict: bool,
    **options: Any,
) -> int:
    """Download the load profile of TARGET as CSV.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    A record stands at the END of its interval. A date without a time is 00:00 in the meter's time zone. What comes is
    archived, and what is archived is not asked for again. Intervals that the meter does not give are named on standard
    error, and values that contradict each other. What has come is written also when the meter does not finish; then the
    exit status is 1.
    """
    if no_archive and (archive_path is not None or again):
        raise click.UsageError(_("--no-archive does not go with --archive or --again."))
    output = output_of(options)
    interval, incremental = register_of(context, output, REGISTERS[register]), values == kind_of(True)
    check_values(output, incremental=incremental)
    chosen = connection(context, target, options)
    output.settle(chosen.supply_point)
    bounds = chosen_range(start, end, period_name, chosen.zone)
    archive = None if no_archive else _archive(archive_path)
    now = SYSTEM_CLOCK.wall()
    wanted = Wanted(*(bounds or (now, now)), "", interval, incremental)
    reading = _Reading(chosen, wanted, archive, everything=bounds is None, again=again)
    broken: LineError | LinkError | None = None
    try:
        try:
            run_async(reading.ask(), chosen.name)
        except (LineError, LinkError) as error:
            if reading.progress is None or not reading.progress.fetched:
                raise
            broken = error
        if archive is not None:
            archive.flush()
        ends = expected_ends(reading.wanted.register, reading.wanted.start, reading.wanted.end, chosen.zone)
        written = output.write(reading.records(), ends, chosen.zone)
        reading.report()
    finally:
        if archive is not None:
            archive.close()
    if broken is not None:
        raise broken
    unfinished = reading.progress is not None and reading.progress.unfinished
    return FAILED if not written or unfinished or (strict and reading.gaps) else DONE


def _archive(path: Path | None) -> Archive | None:
    """The archive that was named, or the user's, without which it goes too."""
    try:
        return Archive(path)
    except ArchiveError as error:
        if path is not None:
            raise
        click.echo(_("{problem} It goes on without the archive.", problem=sentence(error)), err=True)
        return None


class _Reading(LoadProfileDownload):
    """One load profile of one meter, from the archive and from the meter."""

    def __init__(
        self, chosen: Connection, wanted: Wanted, archive: Archive | None, *, everything: bool, again: bool
    ) -> None:
        store: LoadProfileStore = MemoryLoadProfileStore()
        if archive is not None:
            store = ArchiveLoadProfileStore(archive.path, archive, again=again)
        super().__init__(chosen, wanted, store, everything=everything, patience=_PATIENCE)
        self._summer_time: SummerTimeState | None = None
        self._line = ProgressLine()

    async def ask(self) -> None:
        """Asks the meter. Raises Iec102Error; what has come by then is kept."""
        chosen = self.connection
        line = open_line(chosen.target, chosen.settings, tap=frame_tap(), on_state=StepNotices(chosen.name).state)
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        self._summer_time = meter.summer_time
        try:
            await self.run(meter, self._tell)
        finally:
            self._line.end()
            tell(line.state.remark, chosen.name)
            await line.close()

    async def placed(self, meter: Meter) -> None:
        """Tells a clock that is off: the times of the records are no better."""
        try:
            verdict = (await meter.read_clock()).verdict
        except UnexpectedAnswer:
            tell(NO_TIME, self.connection.name)
        except (RequestRefused, ContentTimeout):
            pass  # not every meter has a clock that can be read
        else:
            tell(verdict.words, self.connection.name)
        if self.everything:
            self.wanted = self.wanted.over(self.wanted.start, await self._present(meter))

    async def _present(self, meter: Meter) -> datetime:
        """The end of everything that a meter has."""
        try:
            return (await meter.read_clock()).meter
        except (RequestRefused, UnexpectedAnswer):
            return SYSTEM_CLOCK.wall()

    def records(self) -> list[LoadRecord]:
        """What is there of the range, oldest first."""
        if (archived := self._archived) is not None:
            return archived.records(self.wanted.start, self.wanted.end)
        store = None if self.destination is None else self.destination.store
        return store.records() if isinstance(store, MemoryStore) else []

    @property
    def _archived(self) -> LoadProfileWriter | None:
        """The load profile in the archive; None where the records are kept in memory."""
        store = None if self.destination is None else self.destination.store
        return store if isinstance(store, LoadProfileWriter) else None

    def report(self) -> None:
        """Says on standard error what is missing and what does not fit."""
        zone, progress = self.connection.zone, self.progress or Progress(0)
        if (words := self._summer_time_words()) is not None:
            click.echo(sentence(words), err=True)
        for gap in self.gaps:
            click.echo(_("missing {time}: {why}", time=in_zone(gap.end, zone), why=gap.reason), err=True)
        for words in shortfall_words(progress, self.gaps, self.wanted.register, zone):
            click.echo(words, err=True)
        if odd := ", ".join(oddities(progress)):
            click.echo(_("The meter sent records that did not fit: {odd}.", odd=odd), err=True)
        if self._archived is not None:
            found = list(value_findings(self._archived, self.wanted.start, self.wanted.end, zone))
            for words in found[:_MOST_FINDINGS]:
                click.echo(words, err=True)
            if len(found) > _MOST_FINDINGS:
                click.echo(
                    _("and {count} more: iec102-tui archive verify names all.", count=len(found) - _MOST_FINDINGS),
                    err=True,
                )

    def _summer_time_words(self) -> str | None:
        """What is to be said of the meter's summer time, in one sentence."""
        state = self._summer_time
        if state is not None and (state.contradicted or state.unsettled):
            return state.remark or state.unsettled
        return (
            None if self._archived is None else next(summer_time_findings(self._archived, self.connection.zone), None)
        )

    def _tell(self) -> None:
        """On one line of the terminal, again and again."""
        if self.progress is not None:
            self._line.show(progress_words(self.progress))
