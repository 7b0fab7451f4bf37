"""Whether the records of a load profile agree: hours with their quarter-hours, days with their hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.asdu import MADRID, Qualifier
from iec102.load_profile.intervals import Register, before, expected_ends
from iec102.load_profile.records import CHANNELS, LoadRecord

PARTS: Mapping[Register, Register] = {
    Register.HOURLY: Register.QUARTER_HOURLY,
    Register.DAILY: Register.HOURLY,
}
"""What the intervals of a register are made of."""


# An enumeration takes five times as long as its number, and a year has 300,000 values.
NOT_VALID = int(Qualifier.IV)


class Difference(NamedTuple):
    """A total of the interval that ends at ``end`` (UTC), and what the records of ``PARTS`` say of the same."""

    register: Register
    end: datetime
    address: int
    value: int
    of_parts: int


def differences(
    register: Register,
    records: Iterable[LoadRecord],
    parts: Iterable[LoadRecord],
    *,
    incremental: bool = True,
    zone: tzinfo = MADRID,
) -> Iterator[Difference]:
    """Where records of a register do not agree with those of its parts."""
    for compared in comparisons(register, records, parts, incremental=incremental, zone=zone):
        if compared.value != compared.of_parts:
            yield compared


def comparisons(
    register: Register,
    records: Iterable[LoadRecord],
    parts: Iterable[LoadRecord],
    *,
    incremental: bool = True,
    zone: tzinfo = MADRID,
) -> Iterator[Difference]:
    """Every total that can be held against its parts, equal or not.

    Increments must be the sum of theirs; absolute values must be those that stand at the same time. What cannot be
    compared is left out: intervals of which a part is missing, channels that one of them does not have, and values
    that the meter calls invalid (IV).
    """
    found = {part.end: _valid(part) for part in parts}
    for record in records:
        ends = [record.end]
        if incremental:
            ends = expected_ends(PARTS[register], before(register, record.end, zone), record.end, zone)
        there = [found[end] for end in ends if end in found]
        if len(there) < len(ends):
            continue
        for address, value in _valid(record).items():
            known = [part[address] for part in there if address in part]
            if len(known) == len(ends):
                yield Difference(register, record.end, address, value, sum(known))


def _valid(record: LoadRecord) -> dict[int, int]:
    """The values of a record by channel, without the invalid ones."""
    return {
        total.address: total.value
        for total in record.totals
        if total.address <= len(CHANNELS) and not total.quality & NOT_VALID
    }
