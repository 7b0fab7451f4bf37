"""`iec102-tui load-profile`: a load profile from the meter, and from the archive what is there already."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from iec102.asdu.summer_time import SummerTimeState, TagConversion
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import ContentTimeout, LineError, LinkError, RegisterNotAvailable, RequestRefused, UnexpectedAnswer
from iec102.load_profile.download import Download, MemoryStore, Progress
from iec102.load_profile.intervals import Register
from iec102.load_profile.oldest import stored_since
from iec102.load_profile.records import REGISTER_WORDS, Gap, LoadProfileReader, LoadRecord, ReadMethod
from iec102.meter.clock_difference import NO_TIME
from iec102.meter.meter import Meter
from iec102.open import open_line

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.archive import Archive, LoadProfileWriter
from iec102_tui.archive.contents import ask_who, kind_of
from iec102_tui.archive.findings import summer_time_findings, value_findings
from iec102_tui.cli.load_profile_options import REGISTERS, archive_option, chosen_range, load_profile_options
from iec102_tui.cli.notices import tell
from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.output import OUTPUT, Output, in_zone, output_options
from iec102_tui.cli.run import DONE, FAILED, run_async, sentence
from iec102_tui.diagnostics import frame_tap, log_state
from iec102_tui.load_profile.shortfall import shortfall_words
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.progress_text import oddities, progress_words

# Failures of the line in a row that are waited out once the meter has answered.
_PATIENCE = 5
_MOST_FINDINGS = 20
# What is not bounded goes back so far at least.
_A_YEAR = timedelta(days=366)


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

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, simulated:

    A record stands at the END of its interval. A date without a time is 00:00 in the meter's time zone. What comes is
    archived, and what is archived is not asked for again. Intervals that the meter does not give are named on standard
    error, and values that contradict each other. What has come is written also when the meter does not finish; then the
    exit status is 1.
    """
    if no_archive and (archive_path is not None or again):
        raise click.UsageError("--no-archive does not go with --archive or --again.")
    output = Output(**{name: options.pop(name) for name in OUTPUT})
    chosen = connection(context, target, options)
    bounds = chosen_range(start, end, period_name, chosen.zone)
    archive = None if no_archive else _archive(archive_path)
    reading = _Reading(chosen, REGISTERS[register], values == kind_of(True), bounds, archive, again=again)
    broken: LineError | LinkError | None = None
    try:
        try:
            run_async(reading.run(), chosen.name)
        except (LineError, LinkError) as error:
            if not reading.progress.fetched:
                raise
            broken = error
        if archive is not None:
            archive.flush()
        output.write(reading.records(), chosen.zone)
        reading.report()
    finally:
        if archive is not None:
            archive.close()
    if broken is not None:
        raise broken
    return FAILED if reading.progress.unfinished or (strict and reading.gaps) else DONE


def _archive(path: Path | None) -> Archive | None:
    """The archive that was named, or the user's, without which it goes too."""
    try:
        return Archive(path)
    except ArchiveError as error:
        if path is not None:
            raise
        click.echo(f"{sentence(error)} It goes on without the archive.", err=True)
        return None


class _AskedAgain(LoadProfileWriter):
    """Asks for everything, to compare."""

    def has(self, ends: Sequence[datetime]) -> Iterable[datetime]:
        return []


class _Reading:
    """One curve of one meter, from the archive and from the meter."""

    def __init__(
        self,
        chosen: Connection,
        register: Register,
        incremental: bool,
        bounds: tuple[datetime, datetime] | None,
        archive: Archive | None,
        *,
        again: bool,
    ) -> None:
        self._chosen = chosen
        self._register = register
        self._incremental = incremental
        self._bounds = bounds
        self._archive = archive
        self._curve_type = _AskedAgain if again else LoadProfileWriter
        self._memory = MemoryStore()
        self._curve: LoadProfileWriter | None = None
        self.progress = Progress(0)
        self._summer_time: SummerTimeState | None = None
        self.gaps: tuple[Gap, ...] = ()

    async def run(self) -> None:
        """Asks the meter. Raises Iec102Error; what has come by then is kept."""
        chosen = self._chosen
        line = open_line(chosen.target, chosen.settings, tap=frame_tap(), on_state=log_state)
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        self._summer_time = meter.summer_time
        try:
            if self._archive is not None:
                key = await ask_who(meter)
                self._archive.remember(chosen.target, chosen.station, key)
                conversion = await self._archive.settle(meter, key, *self._reach())
                self._curve = self._curve_type(self._archive, key, self._register, self._incremental, conversion.mode)
            else:
                await meter.settle_summer_time(*self._reach())
                conversion = meter.summer_time.conversion
            await self._compare_clock(meter)
            way = self._curve.way if self._curve else None
            if self._bounds is None:
                self._bounds, way = await self._all(meter, conversion, way)
            await self._download(meter, self._bounds, conversion, way)
        finally:
            tell(line.state.remark, chosen.name)
            await line.close()

    async def _compare_clock(self, meter: Meter) -> None:
        """Tells a clock that is off: the times of the records are no better. Raises Iec102Error."""
        try:
            verdict = (await meter.read_clock()).verdict
        except UnexpectedAnswer:
            tell(NO_TIME, self._chosen.name)
        except (RequestRefused, ContentTimeout):
            return  # not every meter has a clock that can be read
        else:
            tell(verdict.words, self._chosen.name)

    def _reach(self) -> tuple[datetime, datetime]:
        """The time of the records that are wanted, as far as it is known."""
        now = SYSTEM_CLOCK.wall()
        return self._bounds or (now - _A_YEAR, now)

    async def _download(
        self, meter: Meter, bounds: tuple[datetime, datetime], conversion: TagConversion, way: ReadMethod | None
    ) -> None:
        download = Download(
            meter,
            self._curve or self._memory,
            self._register,
            *bounds,
            incremental=self._incremental,
            patience=_PATIENCE,
            way=way,
            conversion=conversion,
            on_progress=_tell if _on_terminal() else lambda _progress: None,
        )
        try:
            await download.run()
        finally:
            self.gaps, self.progress = download.gaps, download.progress
            if self._curve is not None:
                self._curve.remember(self.progress.way)
                self._curve.note_contradictions(self.progress.contradicting)
            if _on_terminal():
                click.echo(err=True)

    async def _all(
        self, meter: Meter, conversion: TagConversion, way: ReadMethod | None
    ) -> tuple[tuple[datetime, datetime], ReadMethod]:
        """From the oldest record that the meter has to its own present, and the way that has found it."""
        try:
            now = (await meter.read_clock()).meter
        except (RequestRefused, UnexpectedAnswer):
            now = SYSTEM_CLOCK.wall()
        reader = LoadProfileReader(
            meter,
            self._register,
            incremental=self._incremental,
            zone=meter.zone,
            way=way,
            conversion=conversion,
        )
        store = self._curve or self._memory
        oldest = await stored_since(reader, now, has=store.has, put=store.put)
        if oldest is None:
            raise RegisterNotAvailable(f"the meter has stored no {REGISTER_WORDS[self._register]} yet")
        return (oldest, now), reader.way

    def records(self) -> list[LoadRecord]:
        """What is there of the range, oldest first."""
        if self._curve is None or self._bounds is None:
            return self._memory.records()
        return self._curve.records(*self._bounds)

    def report(self) -> None:
        """Says on standard error what is missing and what does not fit."""
        zone = self._chosen.zone
        if (words := self._summer_time_words()) is not None:
            click.echo(sentence(words), err=True)
        for gap in self.gaps:
            click.echo(f"missing {in_zone(gap.end, zone)}: {gap.reason}", err=True)
        for words in shortfall_words(self.progress, self.gaps, self._register, zone):
            click.echo(words, err=True)
        if odd := ", ".join(oddities(self.progress)):
            click.echo(f"The meter sent records that did not fit: {odd}.", err=True)
        if self._curve is not None and self._bounds is not None:
            found = list(value_findings(self._curve, *self._bounds, zone))
            for words in found[:_MOST_FINDINGS]:
                click.echo(words, err=True)
            if len(found) > _MOST_FINDINGS:
                click.echo(f"and {len(found) - _MOST_FINDINGS} more: iec102-tui archive verify names all.", err=True)

    def _summer_time_words(self) -> str | None:
        """What is to be said of the meter's summer time, in one sentence."""
        state = self._summer_time
        if state is not None and (state.contradicted or state.unsettled):
            return state.remark or state.unsettled
        return None if self._curve is None else next(summer_time_findings(self._curve, self._chosen.zone), None)


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _tell(progress: Progress) -> None:
    """On one line of the terminal, again and again."""
    columns = shutil.get_terminal_size().columns - 1
    click.echo(f"\r{progress_words(progress)[:columns]:{columns}}", nl=False, err=True)
