"""`iec102-tui decode`: frames explained."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from iec102.application import Asdu, ClockTime, IntegratedTotals, decode_asdu, type_name
from iec102.errors import InvalidSetting
from iec102.link import Frame, FrameReader, Garbage

from iec102_tui.cli.options import ZONE

_BETWEEN_DIGITS = re.compile(r"[\s:,\-]+")


@click.command()
@click.argument("hex_", metavar="[HEX ... | -]", nargs=-1)
@click.option("--file", "file", metavar="FILE", type=click.Path(), help="Lines of hex in a file.")
@click.option("--timezone", type=ZONE, default="Europe/Madrid", metavar="ZONE", help="The meter's (Europe/Madrid).")
def decode(hex_: tuple[str, ...], file: str | None, timezone: str) -> None:
    """Explain frames: each argument, or each line, is a stream of bytes of its own.

    Prints one JSON object a line for each frame.
    """
    zone = ZoneInfo(timezone)
    for number, text in enumerate(_streams(hex_, file), start=1):
        for item in _items(text, number):
            click.echo(json.dumps(_document(item, zone)))


def _streams(arguments: tuple[str, ...], file: str | None) -> Iterable[str]:
    if file is not None:
        if arguments:
            raise click.UsageError("Give frames or --file, not both.")
        try:
            return Path(file).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            raise InvalidSetting(f"{file} is no text with lines of hex") from None
        except OSError as error:
            raise InvalidSetting(f"{file} cannot be read: {error.strerror or error}") from None
    if arguments in ((), ("-",)):
        return sys.stdin
    return arguments


def _items(text: str, number: int) -> Iterator[Frame | Garbage]:
    try:
        data = bytes.fromhex(_BETWEEN_DIGITS.sub("", text))
    except ValueError:
        raise InvalidSetting(f"stream {number} is not hex: write pairs of digits such as 10 49 01 00 4A 16") from None
    reader = FrameReader()
    yield from reader.feed(data)
    yield from reader.flush()


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
    asdu = None if item.asdu is None else decode_asdu(item.asdu)
    return document if asdu is None else document | _asdu(asdu, zone)


def _asdu(asdu: Asdu, zone: tzinfo) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": asdu.type,
        "cause": asdu.cause,
        "negative": asdu.negative,
        "point_address": asdu.point_address,
        "record": asdu.record,
    }
    if isinstance(asdu.content, IntegratedTotals):
        document["objects"] = [
            {"address": total.address, "value": total.value, "quality": total.quality} for total in asdu.content.totals
        ]
    if isinstance(asdu.content, IntegratedTotals | ClockTime):
        instant = asdu.content.time.local(zone)
        document["time"] = None if instant is None else instant.isoformat()
    document["name"] = type_name(asdu.type)
    return document
