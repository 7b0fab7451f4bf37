"""`iec102-tui decode`: frames explained."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import click
from iec102.application import Asdu, ClockTime, IntegratedTotals, decode_asdu, type_name
from iec102.errors import InvalidSetting
from iec102.link import Frame, FrameReader, Garbage

from iec102_tui.cli.options import ZONE
from iec102_tui.plain_text import quoted

_STANDARD_INPUT = "-"
# What people and programs put between the bytes, and in front of the first one.
_NO_DIGITS = re.compile(r"\b0x|[\s:,;\-\ufeff]+", re.IGNORECASE)
_NO_HEX = re.compile("[^0-9a-f]", re.IGNORECASE)
# A good frame around less than the header of an ASDU has the same keys as any other.
_TOO_SHORT = dict.fromkeys(("type", "cause", "negative", "point_address", "record")) | {"name": "too short for an ASDU"}


@click.command()
@click.argument("hex_", metavar="[HEX ... | -]", nargs=-1)
@click.option("--file", "file", metavar="FILE", type=click.Path(), help="Lines of hex in a file.")
@click.option("--timezone", type=ZONE, default="Europe/Madrid", metavar="ZONE", help="The meter's (Europe/Madrid).")
def decode(hex_: tuple[str, ...], file: str | None, timezone: str) -> None:
    """Explain frames: each argument, or each line of standard input, is a stream of bytes of its own.

    Prints one JSON object a line for each frame.
    """
    zone = ZoneInfo(timezone)
    for place, text in _streams(hex_, file):
        for item in _items(text, place):
            click.echo(json.dumps(_document(item, zone)))


def _streams(arguments: tuple[str, ...], file: str | None) -> Iterator[tuple[str, str]]:
    """Each stream with the words for where it stands."""
    if file is not None:
        if arguments:
            raise click.UsageError("Give frames or --file, not both.")
        yield from _lines_of_file(file)
    elif arguments in ((), (_STANDARD_INPUT,)):
        if sys.stdin is None:
            raise InvalidSetting("standard input is closed: give frames as arguments, or --file FILE")
        yield from _lines(sys.stdin.buffer, "standard input")
    elif _STANDARD_INPUT in arguments:
        raise click.UsageError("Give frames or - for standard input, not both.")
    else:
        for number, argument in enumerate(arguments, start=1):
            yield f"argument {number}", argument


def _lines_of_file(name: str) -> Iterator[tuple[str, str]]:
    try:
        with open(name, "rb") as lines:
            yield from _lines(lines, name)
    except OSError as error:
        raise InvalidSetting(f"{name} cannot be read: {error.strerror or error}") from None


def _lines(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        yield f"line {number} of {name}", line.decode("utf-8", errors="replace")


def _items(text: str, place: str) -> Iterator[Frame | Garbage]:
    reader = FrameReader()
    yield from reader.feed(_bytes(text, place))
    yield from reader.flush()


def _bytes(text: str, place: str) -> bytes:
    digits = _NO_DIGITS.sub("", text)
    if wrong := _NO_HEX.search(digits):
        raise InvalidSetting(f"{place} has {quoted(wrong[0])}, which is no hex digit: write it like 10 49 01 00 4A 16")
    if len(digits) % 2:
        raise InvalidSetting(f"{place} has {len(digits)} hex digits, but each byte is two: one is missing or too many")
    return bytes.fromhex(digits)


def _document(item: Frame | Garbage, zone: tzinfo) -> dict[str, Any]:
    if isinstance(item, Garbage):
        return {"kind": "garbage", "hex": item.data.hex(), "reason": item.reason}
    document: dict[str, Any] = {
        "kind": "fixed" if item.asdu is None else "variable",
        "request": item.request,
        "link_address": item.address,
        "function": item.function,
        "fcb": item.fcb,
    }
    if item.asdu is None:
        return document
    asdu = decode_asdu(item.asdu)
    return document | (_TOO_SHORT if asdu is None else _asdu(asdu, zone))


def _asdu(asdu: Asdu, zone: tzinfo) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": asdu.type,
        "cause": asdu.cause,
        "negative": asdu.negative,
        "point_address": asdu.point_address,
        "record": asdu.record,
    }
    content = asdu.content
    if isinstance(content, IntegratedTotals):
        document["objects"] = [
            {"address": total.address, "value": total.value, "quality": total.quality} for total in content.totals
        ]
    if isinstance(content, IntegratedTotals | ClockTime):
        instant = content.time.local(zone)
        document["time"] = None if instant is None else instant.isoformat()
    return document | {"name": type_name(asdu.type)}
