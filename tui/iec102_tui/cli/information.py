"""What the commands about the meter itself share: how they ask, and how they say what they were not told."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click
from iec102.asdu.names import CONTRACT_NUMBERS
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import Iec102Error, InvalidSetting
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.device import CONTRACTS, contracts_of
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.open import open_line

from iec102_tui.cli.notices import StepNotices, tell
from iec102_tui.cli.run import check_output, run_async, sentence
from iec102_tui.diagnostics import frame_tap
from iec102_tui.files.output_file import write_whole
from iec102_tui.load_profile.periods import parse_time
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.meter_text import absence_words, kept_words
from iec102_tui.words.text import _

T = TypeVar("T")

ALL = "all"

contract_option = click.option(
    "--contract", type=click.Choice([*CONTRACT_NUMBERS, ALL], case_sensitive=False), help="One contract, or all three."
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a file, whole or not: JSON where it ends in .json, else CSV.",
)


class NothingTold(Iec102Error):
    """The meter has refused all that the command asked for."""

    def __init__(self, absence: Absence, name: str) -> None:
        super().__init__(absence_words(absence))
        self.add_note(name)


def from_meter(chosen: Connection, ask: Callable[[InformationReader], Awaitable[T]]) -> T:
    """Asks the meter, in one session. Raises Iec102Error."""
    found: list[T] = []

    async def asked() -> None:
        line = open_line(chosen.target, chosen.settings, tap=frame_tap(), on_state=StepNotices(chosen.name).state)
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        try:
            found.append(await ask(InformationReader(meter)))
        finally:
            tell(line.state.remark, chosen.name)
            tell(meter.summer_time.remark, chosen.name)
            await line.close()

    run_async(asked(), chosen.name)
    return found[0]


def heading(chosen: Connection) -> dict[str, Any]:
    """What every document begins with."""
    now = SYSTEM_CLOCK.wall().astimezone(chosen.zone)
    return {
        "time": now.isoformat(timespec="seconds"),
        "link_address": chosen.station.link_address,
        "point_address": chosen.station.point_address,
    }


async def wanted_contracts(reader: InformationReader, contract: str | None) -> tuple[int, ...]:
    """The one that was named, or all; without either those that the meter says are active, all where it does not."""
    if contract is not None:
        return CONTRACTS if contract == ALL else (CONTRACT_NUMBERS[contract.upper()],)
    return contracts_of(await reader.read_configuration())


def bounds(start: str | None, end: str | None, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The range that was given, up to now where it has no end; None without one. Raises InvalidSetting."""
    if start is None:
        if end is not None:
            raise click.UsageError(_("--to needs --from."))
        return None
    last = SYSTEM_CLOCK.wall().astimezone(zone) if end is None else parse_time(end, zone)
    first = parse_time(start, zone)
    if last < first:
        raise InvalidSetting(_("the end of the range must not be before its start"))
    return first, last


def check_file(path: Path | None, *, force: bool) -> None:
    """Raises InvalidSetting or OutputClosed, before a meter is asked."""
    if path is None:
        check_output()
    elif path.is_dir() or not path.absolute().parent.is_dir():
        raise InvalidSetting(_("{path} is no place for a file: name one in a folder that is there", path=path))
    elif (path.exists() or path.is_symlink()) and not force:
        raise InvalidSetting(_("{path} exists already: give another name, or --force to replace it", path=path))


def put_out(
    document: Mapping[str, Any], text: str, table: str | None, *, as_json: bool, path: Path | None, force: bool
) -> None:
    """To a file, as JSON or CSV by its ending; else to standard output, as JSON or as text for people."""
    if path is None:
        click.echo(json.dumps(document) if as_json else text)
        return
    is_json = as_json or path.suffix.lower() == ".json"
    write_whole(path, [json.dumps(document) + "\n" if is_json or table is None else table], overwrite=force)


def report(absences: Iterable[Absence], kept: Iterable[KeptBytes], name: str) -> None:
    """Says on standard error what was not told, each reason once."""
    for words in dict.fromkeys((*map(absence_words, absences), *map(kept_words, kept))):
        click.echo(sentence(f"{name.rstrip(':')}: {words}"), err=True)
