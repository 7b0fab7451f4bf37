"""`iec102-tui load-profile`: a load profile as CSV."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click
from iec102.errors import InvalidSetting
from iec102.intervals import Register, checked_range
from iec102.load_profile import Download, MemoryStore, Progress
from iec102.meter import Meter
from iec102.target import open_line

from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.run import DONE, FAILED, run_async
from iec102_tui.connection import Connection
from iec102_tui.diagnostics import frame_tap, log_state
from iec102_tui.download_text import progress_words
from iec102_tui.export import csv_lines, write_whole
from iec102_tui.periods import parse_time

REGISTERS = {"hourly": Register.HOURLY, "quarter-hourly": Register.QUARTER_HOURLY, "daily": Register.DAILY}
# Failures of the line in a row that are waited out once the meter has answered.
_PATIENCE = 5


@click.command("load-profile")
@target_options
@click.option("--from", "start", required=True, metavar="TIME", help="Start, excluded: 2026-11-01 or 2026-11-01T10:00.")
@click.option("--to", "end", required=True, metavar="TIME", help="End, included.")
@click.option(
    "--register", type=click.Choice(list(REGISTERS)), default="hourly", show_default=True, help="Which intervals."
)
@click.option(
    "--values",
    type=click.Choice(["incremental", "absolute"]),
    default="incremental",
    show_default=True,
    help="Energy of each interval, or the registers at its end.",
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write a file, whole or not.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--strict", is_flag=True, help="Exit status 1 when intervals are missing.")
@click.pass_context
def load_profile(
    context: click.Context,
    /,
    target: str,
    start: str,
    end: str,
    register: str,
    values: str,
    output: Path | None,
    force: bool,
    strict: bool,
    **options: Any,
) -> int:
    """Download the load profile of TARGET as CSV.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, simulated:

    A record stands at the END of its interval. A date without a time is 00:00 in the meter's time zone. Intervals that
    the meter does not give are named on standard error.
    """
    chosen = connection(context, target, options)
    bounds = checked_range(parse_time(start, chosen.zone), parse_time(end, chosen.zone))
    if output is not None:
        _check_output(output, force=force)
    store = MemoryStore()
    meter = Meter(
        open_line(chosen.target, chosen.settings, tap=frame_tap(), on_state=log_state),
        chosen.station,
        zone=chosen.zone,
    )
    download = Download(
        meter,
        store,
        REGISTERS[register],
        *bounds,
        incremental=values == "incremental",
        patience=_PATIENCE,
        on_progress=_tell if _on_terminal() else lambda _progress: None,
    )
    run_async(_run(download, meter), chosen.name)
    _write(store, chosen, output, force=force)
    for gap in download.gaps:
        click.echo(f"missing {gap.end.astimezone(chosen.zone).isoformat(timespec='seconds')}: {gap.reason}", err=True)
    return FAILED if strict and download.gaps else DONE


async def _run(download: Download, meter: Meter) -> None:
    try:
        await download.run()
    finally:
        if _on_terminal():
            click.echo(err=True)
        await meter.line.close()


def _check_output(path: Path, *, force: bool) -> None:
    """Before anything is asked of the meter."""
    if path.is_dir():
        raise InvalidSetting(f"{path} is a folder: name a file in it")
    if path.exists() and not force:
        raise InvalidSetting(f"{path} exists already: give another name, or --force to replace it")
    if not path.absolute().parent.is_dir():
        raise InvalidSetting(f"there is no folder {path.absolute().parent} for the file")


def _write(store: MemoryStore, chosen: Connection, output: Path | None, *, force: bool) -> None:
    lines = csv_lines(store.records(), chosen.zone)
    if output is None:
        click.echo("".join(lines), nl=False)
    else:
        write_whole(output, lines, overwrite=force)


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _tell(progress: Progress) -> None:
    """On one line of the terminal, again and again."""
    columns = shutil.get_terminal_size().columns - 1
    click.echo(f"\r{progress_words(progress)[:columns]:{columns}}", nl=False, err=True)
