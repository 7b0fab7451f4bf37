"""The options of commands that write files of the sector, and the writing."""

from __future__ import annotations

import bz2
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

import click
from iec102.clock import SYSTEM_CLOCK
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord

from iec102_tui.cli.options import together
from iec102_tui.cli.run import check_output
from iec102_tui.files.output_file import check_free, write_whole
from iec102_tui.load_profile.csv_file import in_zone
from iec102_tui.market_files.formats import MARKET_FORMATS
from iec102_tui.market_files.point import (
    METHODS,
    NO_INVOICE,
    SupplyPoint,
    check_cil,
    check_company,
    check_cups,
    check_invoice,
)
from iec102_tui.market_files.writing import check_point, lines, market_file, sorted_out
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _, ngettext

MARKET_OPTIONS = (
    *("cups", "distributor", "retailer", "cil", "method", "firm", "invoice", "file_version", "bz2", "allow_gaps"),
)
"""The names of what ``MarketOptions`` is made from."""


def _checked(check: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """As the callback of an option."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        return None if value is None else check(value)

    return callback


market_options = together(
    click.option("--cups", metavar="CUPS", callback=_checked(check_cups), help="Of the supply point, in market files."),
    click.option(
        "--distributor", metavar="CODE", callback=_checked(check_company), help="Four digits, in market files."
    ),
    click.option("--retailer", metavar="CODE", callback=_checked(check_company), help="Four digits, in market files."),
    click.option("--cil", metavar="CIL", callback=_checked(check_cil), help="Of a generating installation."),
    click.option(
        "--method",
        metavar="N",
        type=click.Choice([str(method) for method in METHODS]),
        default="4",
        help="How the values were obtained: 1 to 3 firm, 4 to 6 provisional (4), 7 to 11 and 22 estimated.",
    ),
    click.option("--firm", type=click.Choice(["0", "1"]), default="0", help="Whether the values are firm (0)."),
    click.option(
        "--invoice",
        metavar="NUMBER",
        default=NO_INVOICE,
        callback=_checked(check_invoice),
        help="Of a billed curve (F5D).",
    ),
    click.option(
        "--file-version", metavar="N", type=click.IntRange(0, 999), default=0, help="Of the market file, from 0."
    ),
    click.option("--bz2", is_flag=True, help="Pack the market file with bzip2."),
    click.option("--allow-gaps", is_flag=True, help="Write a market file in which intervals are missing."),
)
"""What files of the sector say beside the values."""


class MarketOptions(NamedTuple):
    """What was given; None where the profile is asked."""

    cups: str | None
    distributor: str | None
    retailer: str | None
    cil: str | None
    method: str
    firm: str
    invoice: str
    file_version: int
    bz2: bool
    allow_gaps: bool

    def over(self, point: SupplyPoint) -> SupplyPoint:
        """The codes of the profile, with those that were given before them."""
        return SupplyPoint(
            self.cups or point.cups,
            self.distributor or point.distributor,
            self.retailer or point.retailer,
            self.cil or point.cil,
            int(self.method),
            int(self.firm),
            self.invoice,
            self.file_version,
        )


class MarketOutput:
    """Writes a file of the sector. Raises InvalidSetting or OutputClosed, before anything is asked of a meter.

    ``output`` names a file, or a folder in which the file gets the sector's name; None is standard output.
    """

    def __init__(self, code: str, output: Path | None, options: MarketOptions, *, force: bool) -> None:
        self._form = MARKET_FORMATS[code]
        self._output = output
        self._options = options
        self._force = force
        self._named = output is not None and output.is_dir()
        self._point = SupplyPoint()
        if output is None:
            check_output()
        elif not self._named:
            check_free(output, force=force)

    @property
    def register(self) -> Register:
        """The intervals that the format has."""
        return self._form.register

    def settle(self, point: SupplyPoint) -> None:
        """Takes the codes of the profile. Raises InvalidSetting where one is missing."""
        self._point = self._options.over(point)
        check_point(self._form, self._point, named=self._named)

    def write(self, records: Sequence[LoadRecord], ends: Sequence[datetime], zone: tzinfo) -> bool:
        """Writes what there is of the expected intervals (``ends``); False where gaps forbid it. Raises OSError."""
        intervals, missing = sorted_out(self._form, records, ends, zone)
        there = {record.end for record in records}
        for end, reason in missing:
            if end in there:  # what the meter has not given is named by the command
                click.echo(_("missing {moment}: {reason}", moment=in_zone(end, zone), reason=reason), err=True)
        if missing and not self._options.allow_gaps:
            click.echo(_nothing_written(len(missing), len(ends)), err=True)
            return False
        made = SYSTEM_CLOCK.wall().astimezone(zone).date()
        if self._named or (self._output is not None and self._output.suffix.lower() == ".zip"):
            name, content = market_file(self._form, intervals, self._point, made, packed=self._options.bz2)
        else:
            content = "".join(lines(self._form, intervals, self._point)).encode()
            name, content = "", bz2.compress(content) if self._options.bz2 else content
        if self._output is None:
            click.echo(content, nl=False)
            return True
        path = self._output / name if self._named else self._output
        if self._named:
            check_free(path, force=self._force)
        try:
            write_whole(path, [content], overwrite=self._force)
        except OSError as error:
            raise OSError(error.errno, _("cannot be written: {why}", why=why(error)), str(path)) from error
        if self._named:
            click.echo(_("written to {path}", path=path), err=True)
        return True


def _nothing_written(missing: int, expected: int) -> str:
    return ngettext(
        "{count} of {expected} intervals is missing, so no file was written: --allow-gaps writes it without it.",
        "{count} of {expected} intervals are missing, so no file was written: --allow-gaps writes it without them.",
        missing,
        expected=expected,
    )
