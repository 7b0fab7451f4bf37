"""The options of commands that write a load profile, and the writing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import REGISTER_WORDS, LoadRecord

from iec102_tui.cli.market_output import MARKET_OPTIONS, MarketOptions, MarketOutput, market_options
from iec102_tui.cli.options import force_option, together
from iec102_tui.cli.run import check_output
from iec102_tui.files.output_file import check_free, write_whole
from iec102_tui.load_profile.formats import FORMATS, Layout, check_parquet, encoded
from iec102_tui.market_files.formats import MARKET_FORMATS
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

OUTPUT = ("output", "force", "file_format", "separator", "decimal_comma", "labels", "bom")
"""The names of what ``Output`` is made from."""

_SEPARATORS = {",": ",", ";": ";", "tab": "\t"}

output_options = together(
    click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write a file, whole or not."),
    force_option,
    click.option(
        "--file-format",
        type=click.Choice([*FORMATS, *MARKET_FORMATS]),
        help="csv, jsonl, parquet, or a file of the sector; otherwise by the ending of FILE, or csv.",
    ),
    click.option("--separator", type=click.Choice(list(_SEPARATORS)), help="Between the columns of a CSV (,)."),
    click.option("--decimal-comma", is_flag=True, help="For spreadsheets that have it: ; between columns."),
    click.option("--labels", is_flag=True, help="Direction and unit of each channel in the header of a CSV."),
    click.option("--bom", is_flag=True, help="A byte order mark before the text, for spreadsheets."),
    click.option("--strict", is_flag=True, help="Exit status 1 when intervals are missing."),
    market_options,
)
"""Where the load profile goes, and how it is written."""


def output_of(options: dict[str, Any]) -> Output | MarketOutput:
    """What these options mean, which are taken out of ``options``. Raises InvalidSetting or OutputClosed."""
    own = {name: options.pop(name) for name in OUTPUT}
    market = MarketOptions(**{name: options.pop(name) for name in MARKET_OPTIONS})
    if own["file_format"] in MARKET_FORMATS:
        return MarketOutput(own["file_format"], own["output"], market, force=own["force"])
    return Output(**own)


def register_of(context: click.Context, output: Output | MarketOutput, named: Register) -> Register:
    """The intervals that a file holds: its format's, else those of ``--register``. Raises InvalidSetting."""
    if output.register is None or output.register is named:
        return named
    if context.get_parameter_source("register") is not ParameterSource.DEFAULT:
        raise InvalidSetting(
            _("this format holds {words}: leave out --register", words=REGISTER_WORDS[output.register])
        )
    return output.register


class Output:
    """What these options mean. Raises InvalidSetting or OutputClosed, before anything is asked of a meter."""

    def __init__(
        self,
        output: Path | None,
        force: bool,
        file_format: str | None,
        separator: str | None,
        decimal_comma: bool,
        labels: bool,
        bom: bool,
    ) -> None:
        if separator == "," and decimal_comma:
            raise InvalidSetting(_("a comma cannot separate columns and decimals: give another --separator"))
        chosen = _SEPARATORS[separator or (";" if decimal_comma else ",")]
        ending = output.suffix.lower().removeprefix(".") if output else ""
        self.layout = Layout(file_format or (ending if ending in FORMATS else "csv"), chosen, labels, bom)
        self.path = output
        self._force = force
        if self.layout.format == "parquet":
            if output is None:
                raise InvalidSetting(_("Parquet is no text: name a file with --output"))
            check_parquet()
        if output is not None:
            check_free(output, force=force)
        else:
            check_output()

    @property
    def register(self) -> Register | None:
        """The intervals that the format has: any."""
        return None

    def settle(self, point: SupplyPoint) -> None:
        """Says nothing of the supply point."""

    def write(self, records: Sequence[LoadRecord], _ends: Sequence[datetime], zone: tzinfo) -> bool:
        """To the file, whole, or to standard output."""
        parts = encoded(records, zone, self.layout)
        if self.path is None:
            click.echo(b"".join(parts), nl=False)
            return True
        try:
            write_whole(self.path, parts, overwrite=self._force)
        except OSError as error:
            told = _("cannot be written: {why}", why=why(error))
            raise OSError(error.errno, told, str(self.path)) from error
        return True


def check_values(output: Output | MarketOutput, *, incremental: bool) -> None:
    """Raises InvalidSetting for registers where the sector's files have the energy of each interval."""
    if output.register is not None and not incremental:
        raise InvalidSetting(_("this format holds the energy of each interval: leave out --values"))


def echo_path(path: Path) -> None:
    """Print a path as it is for a script, and with what is invisible in it written out for a terminal."""
    click.echo(printable(str(path)) if sys.stdout is not None and sys.stdout.isatty() else path)
