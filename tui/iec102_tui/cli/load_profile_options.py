"""The options that say which load profile is meant, of which time, and where the archive is."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

import click
from iec102.clock import SYSTEM_CLOCK
from iec102.load_profile.intervals import checked_range

from iec102_tui.archive.contents import kind_of
from iec102_tui.cli.completion.candidates import Listed
from iec102_tui.cli.options import together
from iec102_tui.load_profile.periods import PERIODS, parse_time, period
from iec102_tui.profiles.collect_options import REGISTERS
from iec102_tui.words.text import _

ALL = "all"

load_profile_options = together(
    click.option("--from", "start", metavar="TIME", help="Start, excluded: 2026-11-01 or 2026-11-01T10:00."),
    click.option("--to", "end", metavar="TIME", help="End, included."),
    click.option(
        "--period",
        "period_name",
        metavar="PERIOD",
        shell_complete=Listed(lambda: (*PERIODS, ALL)),
        help="Instead: today, yesterday, this-month, last-month, last-N-days, or all that there is.",
    ),
    click.option(
        "--register", type=click.Choice(list(REGISTERS)), default="hourly", show_default=True, help="Which intervals."
    ),
    click.option(
        "--values",
        type=click.Choice([kind_of(True), kind_of(False)]),
        default=kind_of(True),
        show_default=True,
        help="Energy of each interval, or the registers at its end.",
    ),
)
"""Register, kind of values and range."""

archive_option = click.option(
    "--archive",
    "archive_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The archive, if it is not the one in the user's data folder.",
)


def chosen_range(
    start: str | None, end: str | None, period_name: str | None, zone: tzinfo, *, default: str | None = None
) -> tuple[datetime, datetime] | None:
    """The bounds that are meant; None for all that there is. Raises InvalidSetting or click.UsageError."""
    if start is None and end is None:
        period_name = period_name or default
    elif period_name is not None:
        raise click.UsageError(_("--period stands instead of --from and --to."))
    if period_name == ALL:
        return None
    if period_name is not None:
        return checked_range(*period(period_name, SYSTEM_CLOCK.wall(), zone))
    if start is None or end is None:
        raise click.UsageError(_("Give --from and --to, or --period."))
    return checked_range(parse_time(start, zone), parse_time(end, zone))
