"""`iec102-tui events`: what has happened to a meter."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from iec102.asdu import Identity
from iec102.clock import SYSTEM_CLOCK
from iec102.meter.events import EVENT_RECORDS, MANUFACTURER_RECORDS, MeterEvents, by_time
from iec102.meter.information import InformationReader

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.contents import MeterKey, default_path, key_of_address, key_of_identity
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.cli.information import (
    NothingTold,
    bounds,
    check_file,
    from_meter,
    heading,
    output_option,
    put_out,
    report,
)
from iec102_tui.cli.load_profile_options import archive_option
from iec102_tui.cli.options import connection, force_option, json_option, target_options
from iec102_tui.cli.run import DONE, FAILED, sentence
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.rows import EVENT_COLUMNS, csv_text
from iec102_tui.meter_side.event_reading import read_record, settle_tags
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.meter_text import event_line
from iec102_tui.words.text import _

_RECORDS = [str(record) for record in (*EVENT_RECORDS, *MANUFACTURER_RECORDS)]
_USUAL = timedelta(days=30)


@click.command()
@target_options
@click.option(
    "--record",
    "records",
    type=click.Choice(_RECORDS),
    multiple=True,
    metavar="N",
    help="A record of events: 52 to 55, 128 to 133, or 200 to 227 of a manufacturer; again for more (the first ten).",
)
@click.option("--from", "start", metavar="TIME", help="From then on: 2026-11-01 or 2026-11-01T10:00 (30 days ago).")
@click.option("--to", "end", metavar="TIME", help="And up to then; both are included (now).")
@click.option(
    "--new", "only_new", is_flag=True, help="What was not there at the visit before; it is kept in the archive."
)
@archive_option
@json_option
@output_option
@force_option
@click.pass_context
def events(
    context: click.Context,
    /,
    target: str,
    records: tuple[str, ...],
    start: str | None,
    end: str | None,
    only_new: bool,
    archive_path: Path | None,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> int:
    """Print the events of TARGET by time: restarts, voltage failures, clock changes, parameters, sessions.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    SPI is the meter's own bit; what it means is not verified.
    """
    check_file(output, force=force)
    chosen = connection(context, target, options)
    if only_new and (start is not None or end is not None):
        raise click.UsageError(_("--new does not go with --from or --to."))
    if archive_path is not None and not only_new:
        raise click.UsageError(_("--archive goes with --new."))
    times = bounds(start, end, chosen.zone) or _last_days()
    wanted = [int(record) for record in dict.fromkeys(records)] or [*EVENT_RECORDS]
    visit = _Visit(chosen, wanted, archive_path or default_path()) if only_new else None
    try:
        return _told(chosen, wanted, times, visit, as_json=as_json, output=output, force=force)
    finally:
        if visit is not None:
            visit.store.close()


def _told(
    chosen: Connection,
    wanted: list[int],
    times: tuple[datetime, datetime],
    visit: _Visit | None,
    *,
    as_json: bool,
    output: Path | None,
    force: bool,
) -> int:
    async def ask(reader: InformationReader) -> MeterEvents:
        if visit is not None:
            return await visit.read(reader)
        return await reader.read_events(wanted, start=times[0], end=times[1])

    found = from_meter(chosen, ask)
    refused = [absence for absence in found.absences if not absence.is_empty]
    if len(refused) == len(wanted) and not found.events and not found.kept:
        raise NothingTold(refused[0], chosen.name)
    told = [documents.event(event) for event in found.events]
    document = {**heading(chosen), "events": told, "unfinished": found.is_unfinished}
    document |= documents.not_told(found.absences, found.kept)
    nothing = _("No events are stored of this time.") if visit is None else _("Nothing is new since the visit before.")
    text = "\n".join(map(event_line, found.events)) or nothing
    put_out(document, text, csv_text(EVENT_COLUMNS, told), as_json=as_json, path=output, force=force)
    if visit is not None:
        visit.seen()
    report(refused, found.kept, chosen.name)
    if found.is_unfinished:
        click.echo(sentence(_("the meter did not end its answer: events may be missing")), err=True)
        return FAILED
    return DONE


class _Visit:
    """Reads what is not archived yet, and knows what nobody has seen."""

    def __init__(self, chosen: Connection, records: list[int], path: Path) -> None:
        self.store = MeterDataStore(path)
        self._chosen = chosen
        self._records = records
        self._key: MeterKey | None = None

    async def read(self, reader: InformationReader) -> MeterEvents:
        """The new ones, by time, with what the meter has refused. Raises Iec102Error."""
        identity, station = await reader.read_identity(), reader.meter.station
        key = key_of_identity(identity, station) if isinstance(identity, Identity) else key_of_address(station)
        self._key = key
        self.store.remember(self._chosen.target, self._chosen.station, key)
        if self.store.problem:
            raise ArchiveError(self.store.problem)
        await settle_tags(reader.meter)
        parts = [await read_record(reader, self.store, key, record) for record in self._records]
        return MeterEvents(
            by_time(self.store.new_events(key, self._records, self._chosen.zone)),
            tuple(absence for part in parts for absence in part.absences),
            tuple(kept for part in parts for kept in part.kept),
            any(part.is_unfinished for part in parts),
        )

    def seen(self) -> None:
        """They were told: the next time they are no longer new. Raises ArchiveError."""
        if self._key is not None:
            self.store.visit(self._key, self._records)


def _last_days() -> tuple[datetime, datetime]:
    now = SYSTEM_CLOCK.wall()
    return now - _USUAL, now
