"""`iec102-tui replay`: a capture in the frame log, without a meter."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from iec102_tui.captures.reading import open_capture
from iec102_tui.cli.monitor import must_be_on_terminal, settings_of
from iec102_tui.cli.options import ZONE
from iec102_tui.config import load


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--timezone", type=ZONE, metavar="ZONE", help="For the times (that of the capture, or UTC).")
@click.pass_context
def replay(context: click.Context, file: Path, timezone: str | None) -> int:
    """Open a capture in the frame log, with all its tools and without a meter.

    FILE is JSON Lines, pcapng or text, as the frame log writes them; or lines of hex.
    """
    must_be_on_terminal()
    capture = open_capture(file)
    config, notices = load(settings_of(context.find_root().params))
    from iec102_tui.app import open_replay

    zone = None if timezone is None else ZoneInfo(timezone)
    return open_replay(file, capture, zone=zone, config=config, notices=notices)
