"""`iec102-tui decode`: frames explained."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click
from iec102.asdu import MADRID
from iec102.asdu.body import Field
from iec102.errors import InvalidSetting
from iec102.transport.tap import TapRecord

from iec102_tui.captures.document import captured, document
from iec102_tui.captures.export import zone_of
from iec102_tui.captures.frame_text import explained, hex_bytes, masked, meaning, tells
from iec102_tui.captures.reading import CaptureReader
from iec102_tui.captures.text import records_of_line
from iec102_tui.cli.options import ZONE
from iec102_tui.files.input_file import open_file
from iec102_tui.words.library_text import translated_names
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

_STANDARD_INPUT = "-"
_RAW = 8
"""Bytes of a field that stand in its line."""


@click.command()
@click.argument("frames", metavar="[HEX ... | FILE | -]", nargs=-1)
@click.option("--file", "file", metavar="FILE", type=click.Path(), help="A capture, or lines of hex.")
@click.option("--tree", is_flag=True, help="Every field as text: offset, name, meaning and unit.")
@click.option("--fields", is_flag=True, help="Every field in the JSON too.")
@click.option("--timezone", type=ZONE, metavar="ZONE", help="The meter's (that of the capture, or Europe/Madrid).")
def decode(frames: tuple[str, ...], file: str | None, tree: bool, fields: bool, timezone: str | None) -> None:
    """Explain frames: each argument, or each line of standard input, is a stream of bytes of its own.

    FILE is a capture (JSON Lines, pcapng or text), or has lines of hex. Prints one JSON object a line for each frame.
    """
    if tree and fields:
        raise click.UsageError(_("--tree is text, --fields is JSON: give one of them."))
    chosen = None if timezone is None else ZoneInfo(timezone)
    for record, zone in _records(frames, file):
        if tree:
            click.echo("\n".join(translated_names(printable(line)) for line in _text(record, chosen or zone)))
        else:
            click.echo(json.dumps(document(record, chosen or zone, fields=fields)))


def _records(arguments: tuple[str, ...], file: str | None) -> Iterator[tuple[TapRecord, tzinfo]]:
    """Each frame with the zone of its meter."""
    if file is not None:
        if arguments:
            raise click.UsageError(_("Give frames or --file, not both."))
        yield from _of_file(file)
    elif arguments in ((), (_STANDARD_INPUT,)):
        if sys.stdin is None:
            raise InvalidSetting(_("standard input is closed: give frames as arguments, or --file FILE"))
        yield from _of_stream(sys.stdin.buffer, _("standard input"))
    elif _STANDARD_INPUT in arguments:
        raise click.UsageError(_("Give frames or - for standard input, not both."))
    else:
        for number, argument in enumerate(arguments, start=1):
            yield from _of_argument(argument, _("argument {number}", number=number))


def _of_argument(argument: str, place: str) -> Iterator[tuple[TapRecord, tzinfo]]:
    try:
        records = list(records_of_line(argument, place))
    except InvalidSetting as error:
        if _is_file(argument):
            yield from _of_file(argument)
        elif _is_word(argument):
            raise InvalidSetting(
                _("{place}, {argument}, is no hex, and there is no such file", place=place, argument=quoted(argument))
            ) from None
        else:
            raise error from None
    else:
        yield from ((record, MADRID) for record in records)


def _is_file(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def _is_word(text: str) -> bool:
    """One word with letters that no hex digit has, such as the name of a file."""
    return len(text.split()) == 1 and re.search(r"[g-wyz./_]", text, re.IGNORECASE) is not None


def _of_file(name: str) -> Iterator[tuple[TapRecord, tzinfo]]:
    try:
        with open_file(name) as stream:
            yield from _of_stream(stream, name)
    except OSError as error:
        raise InvalidSetting(_("{name} cannot be read: {why}", name=name, why=why(error))) from None


def _of_stream(stream: BinaryIO, name: str) -> Iterator[tuple[TapRecord, tzinfo]]:
    reader = CaptureReader(stream, name)
    for record in reader:
        yield record, MADRID if reader.header is None else zone_of(reader.header)
    for remark in reader.remarks:
        click.echo(printable(f"{name}: {remark}."), err=True)


# As text


def _text(record: TapRecord, zone: tzinfo) -> Iterator[str]:
    """A line for the frame, one for each field, and an empty one."""
    remarks = filter(None, ("repeat" if record.repeat else "", record.note, meaning(record.item, secret=record.secret)))
    yield " ".join(filter(None, (captured(record, zone), record.direction, "; ".join(remarks))))
    for field in explained(record).children:
        yield from _field_lines(field, 0, hex_bytes(record), masked(record))
    yield ""


def _field_lines(field: Field, depth: int, shown: list[str], hidden: frozenset[int]) -> Iterator[str]:
    """Offset, bytes, name, meaning and unit; bits and what is inside under it."""
    secret = tells(field, hidden)
    raw = shown[field.start : field.stop]
    cut = "" if field.children else " ".join(raw[:_RAW]) + (" .." if len(raw) > _RAW else "")
    says = "***" if secret else f"{field.meaning} {field.unit}".strip()
    indent = "  " * depth
    line = f"{field.start:5}  {cut:{3 * _RAW + 3}}{indent}{field.name}" + (f": {says}" if says else "")
    yield line if field.verified else _("{line}  (unverified)", line=line)
    for name, value in () if secret else field.bits:
        yield f"{'':{3 * _RAW + 10}}{indent}  {name}: {value}"
    for child in field.children:
        yield from _field_lines(child, depth + 1, shown, hidden)
