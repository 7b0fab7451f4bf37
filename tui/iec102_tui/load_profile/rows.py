"""Load profile records as rows: an end in seconds since 1970 and the totals, as the archive and the screen keep them.

A year of quarter-hours takes a tenth of the memory of its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

from iec102.asdu.totals import Total, total_of
from iec102.load_profile.records import CHANNELS, LoadRecord

Row = tuple[int | None, ...]
"""The end in seconds since 1970, eight values, eight qualifiers."""

_CHANNELS = len(CHANNELS)


def columns(record: LoadRecord) -> tuple[int | None, ...]:
    """The end and the totals of a record as a row."""
    totals: list[int | None] = [None] * (2 * _CHANNELS)
    for address, value, quality in record.totals:
        if 1 <= address <= _CHANNELS:
            totals[address - 1] = value
            totals[address - 1 + _CHANNELS] = quality
    return seconds(record.end), *totals


class _Totals(dict[tuple[int, int | None, int | None], Total | None]):
    """Equal totals are made once: a year of quarter-hours has 280,000 of them, most of them small numbers."""

    def __missing__(self, parts: tuple[int, int | None, int | None]) -> Total | None:
        total = self[parts] = None if parts[1] is None else total_of(parts)
        return total


def load_records(rows: Iterable[Sequence[Any]]) -> list[LoadRecord]:
    """Records of rows of an end and totals, column by column because that is twice as fast."""
    ends, *found = list(zip(*rows, strict=True)) or [()]
    totals = _Totals()
    channels = [
        map(totals.__getitem__, zip(repeat(address), values, qualifiers))
        for address, (values, qualifiers) in enumerate(zip(found[:_CHANNELS], found[_CHANNELS:], strict=True), start=1)
    ]
    return [
        LoadRecord(instant(end), given if None not in given else tuple(total for total in given if total is not None))
        for end, given in zip(ends, zip(*channels, strict=True), strict=True)
    ]


def seconds(when: datetime) -> int:
    """Since 1970, as times stand in the file."""
    return int(when.timestamp())


def instant(stored: int) -> datetime:
    """A time of the file in UTC."""
    return datetime.fromtimestamp(stored, UTC)
