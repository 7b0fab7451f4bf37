"""Load profiles without a meter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from iec102.asdu import MADRID, Total
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.records import Gap, LoadRecord
from iec102_tui.load_profile.load_profile import LoadProfile, Wanted, load_profile_of
from iec102_tui.load_profile.rows import columns


def local(*parts: int) -> datetime:
    """A moment at the meter."""
    return datetime(*(*parts, 0, 0)[:5], tzinfo=MADRID)


def wanted(start: datetime, end: datetime, register: Register = Register.HOURLY, *, incremental: bool = True) -> Wanted:
    """A choice without a name."""
    return Wanted(start, end, "", register, incremental)


def records_of(
    choice: Wanted, value: Callable[[int], int] = lambda index: index, *, channels: int = 8
) -> list[LoadRecord]:
    """A record an interval: ``value`` of its index on channel 1, ten times that on channel 2, and so on."""
    ends = expected_ends(choice.register, choice.start, choice.end, MADRID)
    return [
        LoadRecord(end, tuple(Total(number, value(index) * 10 ** (number - 1)) for number in range(1, channels + 1)))
        for index, end in enumerate(ends)
    ]


def with_quality(record: LoadRecord, channel: int, quality: int) -> LoadRecord:
    """The record with another qualifier of a channel, 1 to 8."""
    totals = (total._replace(quality=quality) if total.address == channel else total for total in record.totals)
    return LoadRecord(record.end, tuple(totals))


def curve(choice: Wanted, records: list[LoadRecord], *gaps: tuple[datetime, str]) -> LoadProfile:
    """As the screen gets it."""
    return load_profile_of(choice, MADRID, map(columns, records), [Gap(end, reason) for end, reason in gaps])


HOUR = timedelta(hours=1)
