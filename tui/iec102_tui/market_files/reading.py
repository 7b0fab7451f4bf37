"""Reads files of the sector back: P1D, P2D and F5D, so that a distributor's values can be held against a meter's."""

from __future__ import annotations

import bz2
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import NamedTuple

from iec102.asdu.totals import total_of
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS, LoadRecord

from iec102_tui.market_files.formats import MEASURE_TYPE, SIMEL_MINUTE, SIMEL_TIME, WH
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import _

LARGEST = 64 * 1024 * 1024
"""Bytes of a file, unpacked: a year of quarter-hours of one meter has 4 million."""

_BZIP2 = b"BZh"
_CHANNELS = len(CHANNELS)
_SEASONS = {"0": False, "1": True}
_STEPS = {
    timedelta(minutes=15): Register.QUARTER_HOURLY,
    timedelta(hours=1): Register.HOURLY,
    timedelta(hours=23): Register.DAILY,
    timedelta(hours=24): Register.DAILY,
    timedelta(hours=25): Register.DAILY,
}


class Source(NamedTuple):
    """What a file is of: ``name`` is its format and its CUPS. ``rounded``: values of it that were no whole kWh."""

    name: str
    register: Register
    records: list[LoadRecord]
    rounded: int = 0


def read(content: bytes, zone: tzinfo, name: str) -> list[Source]:
    """What a file holds, by supply point. ``name`` stands for the point in our own CSV, which does not say it.

    Raises InvalidSetting for what is no such file, with the number of the line.
    """
    lines = list(_lines(content))
    if not lines:
        raise InvalidSetting(_("the file is empty"))
    if lines[0].startswith(("time,", "time;", "time\t")):
        return [_of_csv(lines, name)]
    read_line = _LAYOUTS.get(len(lines[0].split(";")))
    if read_line is None:
        raise InvalidSetting(_("the file is none of P1D, P2D, F5D and the CSV of this program"))
    found: dict[str, Source] = {}
    for number, line in enumerate(lines, start=1):
        try:
            kind, register, cups, record, rounded = read_line(line.split(";"), zone)
        except (ValueError, LookupError, InvalidSetting) as error:
            raise InvalidSetting(
                _("line {number} is not like the first, or has no sense: {text}", number=number, text=quoted(line[:60]))
            ) from error
        source = found.get(cups) or Source(f"{kind} {cups}", register, [])
        source.records.append(record)
        found[cups] = source._replace(rounded=source.rounded + rounded)
    return list(found.values())


_Line = tuple[str, Register, str, LoadRecord, int]


def _lines(content: bytes) -> Iterator[str]:
    if content.startswith(_BZIP2):
        content = _unpacked(content)
    if len(content) > LARGEST:
        raise InvalidSetting(_("the file has more than {size} MB", size=LARGEST // 1024 // 1024))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidSetting(_("the file is no text")) from None
    return (line for line in text.splitlines() if line.strip())


def _unpacked(content: bytes) -> bytes:
    """All streams of a bzip2 file, as packers that work in parallel write several. Raises InvalidSetting."""
    parts, size = [], 0
    while content and size <= LARGEST:
        unpack = bz2.BZ2Decompressor()
        try:
            part = unpack.decompress(content, LARGEST + 1 - size)
        except (OSError, ValueError):
            raise InvalidSetting(_("the file is packed with bzip2, but damaged")) from None
        parts.append(part)
        size += len(part)
        if not unpack.eof and size <= LARGEST:
            raise InvalidSetting(_("the file is packed with bzip2, but its end is missing or damaged"))
        content = unpack.unused_data
    return b"".join(parts)


def _whole(text: str, unit: int = 1) -> tuple[int, bool]:
    """A number in whole units, and whether it had to be rounded. Raises ValueError."""
    try:
        number = Decimal(text) / unit
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    whole = int(number.to_integral_value())
    return whole, whole != number


def _with_qualities(register: Register, kind: str) -> Callable[[Sequence[str], tzinfo], _Line]:
    def read_line(parts: Sequence[str], zone: tzinfo) -> _Line:
        cups, measure, time, season, *rest = parts
        if measure != MEASURE_TYPE:
            raise ValueError(measure)
        values = [_whole(part) for part in rest[: 2 * _CHANNELS : 2]]
        qualities = [int(part) for part in rest[1 : 2 * _CHANNELS : 2]]
        totals = [
            total_of((address, value, quality))
            for address, ((value, _rounded), quality) in enumerate(zip(values, qualities, strict=True), start=1)
        ]
        record = LoadRecord(_instant(time, SIMEL_TIME, season, zone), tuple(totals))
        return kind, register, cups, record, sum(rounded for _value, rounded in values)

    return read_line


def _billed(parts: Sequence[str], zone: tzinfo) -> _Line:
    cups, time, season, *rest = parts
    values = [_whole(part, WH) for part in rest[:6]]
    totals = tuple(total_of((address, value, 0)) for address, (value, _rounded) in enumerate(values, start=1))
    end = _instant(time, SIMEL_MINUTE, season, zone)
    return "F5D", Register.HOURLY, cups, LoadRecord(end, totals), sum(rounded for _value, rounded in values)


_LAYOUTS: dict[int, Callable[[Sequence[str], tzinfo], _Line]] = {
    23: _with_qualities(Register.HOURLY, "P1D"),
    22: _with_qualities(Register.QUARTER_HOURLY, "P2D"),
    13: _billed,
}
"""By the number of fields of a line, the empty one behind the last semicolon too."""


def _instant(text: str, form: str, season: str, zone: tzinfo) -> datetime:
    """A local time with its season; ValueError where the zone has no such time in that season."""
    local = datetime.strptime(text, form)
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold)
        instant = moment.astimezone(UTC)
        is_there = instant.astimezone(zone).replace(tzinfo=None, fold=0) == local
        if is_there and bool(moment.dst()) is _SEASONS[season]:
            return instant
    raise ValueError(text)


def _of_csv(lines: Sequence[str], name: str) -> Source:
    """Our own CSV, whatever separates its columns; channels by their place."""
    separator = lines[0][len("time")]
    records = []
    for number, line in enumerate(lines[1:], start=2):
        parts = line.split(separator)
        try:
            local = datetime.fromisoformat(parts[0])
            if local.tzinfo is None:  # the machine's own zone would be taken
                raise ValueError(parts[0])
            end = local.astimezone(UTC)
            totals = tuple(
                total_of((address, int(value), int(quality, 16)))
                for address, value, quality in zip(
                    range(1, _CHANNELS + 1), parts[1 : 1 + _CHANNELS], parts[1 + _CHANNELS :], strict=True
                )
                if value
            )
        except (ValueError, IndexError) as error:
            raise InvalidSetting(
                _("line {number} is no record of a load profile: {text}", number=number, text=quoted(line[:60]))
            ) from error
        records.append(LoadRecord(end, totals))
    return Source(f"CSV {name}", _register_of([record.end for record in records]), records)


def _register_of(ends: Iterable[datetime]) -> Register:
    """By the shortest step between two records. Raises InvalidSetting."""
    sorted_ends = sorted(set(ends))
    steps = [later - sooner for sooner, later in pairwise(sorted_ends)]
    register = _STEPS.get(min(steps)) if steps else None
    if register is None:
        raise InvalidSetting(_("the records are no hours, quarter-hours or days"))
    return register
