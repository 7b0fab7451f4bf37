"""`iec102-tui closings`: what was billed, by contract and tariff period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
from iec102.meter.closings import Closings
from iec102.meter.information import InformationReader

from iec102_tui.cli.information import (
    NothingTold,
    bounds,
    check_file,
    contract_option,
    from_meter,
    heading,
    output_option,
    put_out,
    report,
    wanted_contracts,
)
from iec102_tui.cli.options import connection, force_option, json_option, target_options
from iec102_tui.cli.run import DONE, FAILED, sentence
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.rows import CLOSING_COLUMNS, closing_rows, csv_text
from iec102_tui.words.meter_text import closing_lines
from iec102_tui.words.text import _


class _Read(NamedTuple):
    """The closings of one contract, and its direction where the meter tells it."""

    closings: Closings
    direction: int | None


@click.command()
@target_options
@contract_option
@click.option("--from", "start", metavar="TIME", help="Those that end from then on: 2026-11-01 or 2026-11-01T10:00.")
@click.option("--to", "end", metavar="TIME", help="And up to then; both are included.")
@click.option("--last", type=click.IntRange(1, 500), metavar="N", help="The latest N of each contract (1).")
@click.option("--current", is_flag=True, help="The billing period that runs.")
@json_option
@output_option
@force_option
@click.pass_context
def closings(
    context: click.Context,
    /,
    target: str,
    contract: str | None,
    start: str | None,
    end: str | None,
    last: int | None,
    current: bool,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> int:
    """Print the closings (cierres) of TARGET: what each billing period added, by tariff period.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    Without a time: the last closing of each active contract. A closing counts by its end.
    """
    check_file(output, force=force)
    chosen = connection(context, target, options)
    times = bounds(start, end, chosen.zone)
    if sum((times is not None, last is not None, current)) > 1:
        raise click.UsageError(_("--from, --last and --current are three ways to choose: give one of them."))

    async def ask(reader: InformationReader) -> dict[int, _Read]:
        contracts = await wanted_contracts(reader, contract)
        return {number: await _read(reader, number, times, last or 1, current=current) for number in contracts}

    found = from_meter(chosen, ask)
    every = [each.closings for each in found.values()]
    refused = [absence for each in every for absence in each.absences if not absence.is_empty]
    if refused and not any(each.closings or each.kept for each in every):
        raise NothingTold(refused[0], chosen.name)
    document = {**heading(chosen), "closings": _documents(found)}
    document["unfinished"] = any(each.is_unfinished for each in every)
    document |= documents.not_told(
        (a for each in every for a in each.absences), (k for each in every for k in each.kept)
    )
    table = csv_text(CLOSING_COLUMNS, closing_rows(document["closings"]))
    put_out(document, _text(found), table, as_json=as_json, path=output, force=force)
    report(refused, (kept for each in every for kept in each.kept), chosen.name)
    if document["unfinished"]:
        click.echo(sentence(_("the meter did not end its answer: closings may be missing")), err=True)
        return FAILED
    return DONE


async def _read(
    reader: InformationReader, number: int, times: tuple[datetime, datetime] | None, last: int, *, current: bool
) -> _Read:
    if current:
        found = await reader.read_current_tariff(number)
    elif times is not None:
        found = await reader.read_closings(number, *times)
    else:
        found = await reader.read_last_closings(number, last)
    if not found.closings:
        return _Read(found, None)
    return _Read(found, await reader.read_direction(number))


def _documents(found: dict[int, _Read]) -> list[documents.Document]:
    return [
        {**documents.closing(closing, read.direction), "whole": closing.is_whole}
        for read in found.values()
        for closing in read.closings.closings
    ]


def _text(found: dict[int, _Read]) -> str:
    told = ((closing, read.direction) for read in found.values() for closing in read.closings.closings)
    lines = ("\n".join(closing_lines(closing, direction)) for closing, direction in told)
    return "\n\n".join(lines) or _("No closings are stored of this time.")
