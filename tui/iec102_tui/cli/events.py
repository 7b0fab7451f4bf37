"""`iec102-tui events`: what has happened to a meter."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from iec102.clock import SYSTEM_CLOCK
from iec102.meter.events import EVENT_RECORDS, MANUFACTURER_RECORDS

from iec102_tui.cli.information import (
    NothingTold,
    bounds,
    check_file,
    force_option,
    from_meter,
    heading,
    json_option,
    output_option,
    put_out,
    report,
)
from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.run import DONE, FAILED, sentence
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.rows import EVENT_COLUMNS, csv_text
from iec102_tui.words.meter_text import absence_words, event_line
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
    first, last = bounds(start, end, chosen.zone) or _last_days()
    wanted = [int(record) for record in dict.fromkeys(records)] or EVENT_RECORDS
    found = from_meter(chosen, lambda reader: reader.read_events(wanted, start=first, end=last))
    refused = [absence for absence in found.absences if not absence.is_empty]
    if len(refused) == len(wanted) and not found.events and not found.kept:
        raise NothingTold(absence_words(refused[0]))
    told = [documents.event(event) for event in found.events]
    document = {**heading(chosen), "events": told, "unfinished": found.is_unfinished}
    document |= documents.not_told(found.absences, found.kept)
    text = "\n".join(map(event_line, found.events)) or _("No events are stored of this time.")
    put_out(document, text, csv_text(EVENT_COLUMNS, told), as_json=as_json, path=output, force=force)
    report(refused, found.kept, chosen.name)
    if found.is_unfinished:
        click.echo(sentence(_("the meter did not end its answer: events may be missing")), err=True)
        return FAILED
    return DONE


def _last_days() -> tuple[datetime, datetime]:
    now = SYSTEM_CLOCK.wall()
    return now - _USUAL, now
