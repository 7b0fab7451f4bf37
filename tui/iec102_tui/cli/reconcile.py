"""`iec102-tui reconcile`: whether a month is right, by everything that the meter and the archive know of it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import click
from iec102.asdu.timetag import MADRID
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import ContentTimeout, InvalidSetting, RegisterNotAvailable, RequestRefused
from iec102.load_profile.intervals import Register, midnight
from iec102.meter.device import CONTRACTS, DeviceConfiguration
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod
from iec102.open import open_line
from iec102.verdict.judgement import Judgement
from iec102.verdict.month import Month, Proof, closing_of, proof
from iec102.verdict.month import reconcile as judge_month

from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import ArchivedLoadProfile, contents, default_path
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore
from iec102_tui.cli.archive import meter_named, of_one_mode
from iec102_tui.cli.load_profile_options import archive_option
from iec102_tui.cli.notices import StepNotices, tell
from iec102_tui.cli.options import connection, resolved, target_options
from iec102_tui.cli.run import DONE, FOUND, check_output, run_async
from iec102_tui.diagnostics import frame_tap
from iec102_tui.files.output_file import check_free, write_whole
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import PROOF_WORDS, can_mark, judgement_line, report

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_REGISTERS = (Register.QUARTER_HOURLY, Register.HOURLY, Register.DAILY)
_PATIENCE = 5
_DAY = timedelta(days=1)


@click.command()
@target_options
@click.option("--month", metavar="YYYY-MM", required=True, help="The month, such as 2026-10.")
@click.option("--offline", is_flag=True, help="Ask nothing of the meter: what is archived must do.")
@archive_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="A report: .md, or .json.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.pass_context
def reconcile(
    context: click.Context,
    /,
    target: str,
    month: str,
    offline: bool,
    archive_path: Path | None,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> int:
    """Prove a month of TARGET: hours, quarter-hours, days, the closing, the maxima and the contract against each other.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:; with --offline also a meter of the archive.

    What is missing is downloaded into the archive first. Ends with proven, proven with remarks, or not proven and why;
    exit status 0 for the first alone, 3 for the others. Quantities, never prices.
    """
    if output is None:
        check_output()
    else:
        check_free(output, force=force)
    path = archive_path or default_path()
    if offline:
        known = _from_archive(context, path, target, month, options)
    else:
        chosen = connection(context, target, options)
        asked = _Asked(chosen, path, *_bounds(month, chosen.zone))
        run_async(asked.run(), chosen.name)
        known = asked.month
    judgements = judge_month(known)
    result = proof(judgements)
    document = {"month": month, "proof": result.value, "judgements": [each.to_json() for each in judgements]}
    if as_json:
        click.echo(json.dumps(document))
    else:
        for judgement in judgements:
            click.echo(judgement_line(judgement, marks=can_mark()))
        click.echo(_(PROOF_WORDS[result]))
    if output is not None:
        write_whole(output, _report(output, target, month, judgements, document), overwrite=force)
    return DONE if result is Proof.PROVEN else FOUND


def _bounds(month: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants between which the month lies, in the meter's zone. Raises InvalidSetting."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise InvalidSetting(_("{month} is no month: write one like 2026-10", month=month))
    first = date(int(found[1]), int(found[2]), 1)
    start, end = (midnight(day, zone).astimezone(zone) for day in (first, _next(first)))
    if start >= SYSTEM_CLOCK.wall():
        raise InvalidSetting(_("{month} has not begun yet", month=month))
    return start, end


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


class _Asked:
    """What the meter says of a month, and what is archived of it already."""

    def __init__(self, chosen: Connection, path: Path, start: datetime, end: datetime) -> None:
        self._chosen = chosen
        self._path = path
        self._start, self._end = start, end
        # Of a month that has not ended, what is still to come is no gap.
        self.month = Month(start, min(end, SYSTEM_CLOCK.wall()), chosen.zone, {})
        """All that was told."""

    async def run(self) -> None:
        """Downloads and asks. Raises Iec102Error where the line, the link or the key fails."""
        chosen = self._chosen
        archive = Archive(self._path)
        line = open_line(
            chosen.target,
            chosen.settings,
            tap=frame_tap(),
            on_state=StepNotices(chosen.name).state,
        )
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        try:
            for register in _REGISTERS:
                await self._download(meter, archive, register)
            await self._ask(InformationReader(meter))
        finally:
            tell(line.state.remark, chosen.name)
            await line.close()
            archive.close()

    async def _download(self, meter: Meter, archive: Archive, register: Register) -> None:
        """What the meter does not have of a register is not compared."""
        start, end = self.month.start, self.month.end
        wanted = Wanted(start, end, "", register, True)
        store = ArchiveLoadProfileStore(self._path, archive)
        download = LoadProfileDownload(self._chosen, wanted, store, patience=_PATIENCE)
        with contextlib.suppress(RequestRefused, RegisterNotAvailable, ContentTimeout):
            await download.run(meter, lambda: None)
        archive.flush()
        curve = None if download.destination is None else download.destination.store
        if isinstance(curve, ArchivedLoadProfile):
            records = {**self.month.records, register: curve.records(start, end)}
            differing = self.month.differing + len(curve.differing(start, end))
            self.month = self.month._replace(records=records, differing=differing)

    async def _ask(self, reader: InformationReader) -> None:
        """The closing and the calendar of the contract that is billed, and the events."""
        configuration = await reader.read_configuration()
        active = configuration.active_contracts if isinstance(configuration, DeviceConfiguration) else ()
        contracts = active or CONTRACTS
        closing = None
        for contract in contracts:
            read = await reader.read_closings(contract, self._start + _DAY, self._end + _DAY)
            closing = closing_of(read.closings, self._start, self._end)
            if closing is not None or contract == contracts[0]:
                await self._ask_calendar(reader, contract)
            if closing is not None:
                break
        events = await reader.read_events(start=self._start, end=self._end)
        self.month = self.month._replace(closing=closing, events=events.events)

    async def _ask_calendar(self, reader: InformationReader, contract: int) -> None:
        holidays, powers = await reader.read_holidays(contract), await reader.read_contracted_powers(contract)
        self.month = self.month._replace(
            direction=await reader.read_direction(contract),
            seasons=(await reader.read_tariff_tables(contract)).seasons,
            holidays=holidays if isinstance(holidays, HolidayCalendar) else None,
            powers=powers if isinstance(powers, PowersByPeriod) else None,
        )


def _from_archive(context: click.Context, path: Path, target: str, month: str, options: Mapping[str, Any]) -> Month:
    """What is archived of a meter, by its name there, a profile or a URL. Raises InvalidSetting."""
    try:
        zone = resolved(context, target, options).zone
    except InvalidSetting:
        zone = MADRID  # the meter is named as the archive names it
    start, end = _bounds(month, zone)
    if not path.exists():
        raise InvalidSetting(_("there is no archive {path}", path=path))
    there = [found for found in contents(path) if found.incremental]
    key = meter_named(context, path, there, target)
    curves = [
        ArchivedLoadProfile(path, found.meter, found.register, True, found.summer_time)
        for found in of_one_mode(path, [found for found in there if found.meter == key], None)
    ]
    records = {curve.register: curve.records(start, end) for curve in curves}
    end = min(end, SYSTEM_CLOCK.wall())
    return Month(start, end, zone, records, differing=sum(len(curve.differing(start, end)) for curve in curves))


def _report(path: Path, target: str, month: str, judgements: list[Judgement], document: Mapping[str, Any]) -> list[str]:
    """By the ending of the file."""
    name = target.partition("?")[0]
    if path.suffix.lower() == ".json":
        return [json.dumps({"meter": name, **document}, indent=1) + "\n"]
    conclusion = _(PROOF_WORDS[Proof(document["proof"])])
    heading = [(_("Meter"), name), (_("Month"), month)]
    return [f"{line}\n" for line in report(_("Proof of a month"), heading, judgements, conclusion)]
