"""A load profile as it is shown: each expected interval once, with its record or as a gap; totals and maxima."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from iec102.application.qualifier import Qualifier
from iec102.curve import CHANNELS, Gap, LoadRecord
from iec102.intervals import Register, expected_ends

REGISTER_NAMES = {Register.HOURLY: "hourly", Register.QUARTER_HOURLY: "quarter-hourly", Register.DAILY: "daily"}
_MEASURED = 6
"""The channels behind are reserved, and never valid."""
LONG_NAMES = (
    "A+ exported active energy (grid -> site), kWh",
    "A- imported active energy (site -> grid), kWh",
    "Ri+ reactive energy Q1, kVArh",
    "Rc+ reactive energy Q2, kVArh",
    "Ri- reactive energy Q3, kVArh",
    "Rc- reactive energy Q4, kVArh",
    "Res1 reserved",
    "Res2 reserved",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user has chosen: the intervals that end in (``start``, ``end``]. ``words`` name the period."""

    start: datetime
    end: datetime
    words: str
    register: Register = Register.HOURLY
    incremental: bool = True

    @property
    def kind(self) -> str:
        """``hourly, incremental``."""
        return f"{REGISTER_NAMES[self.register]}, {'incremental' if self.incremental else 'absolute'}"

    def range_words(self, zone: tzinfo) -> str:
        """``this month: 2026-11-01 00:00 to 2026-11-23 12:00``."""
        bounds = " to ".join(f"{bound.astimezone(zone):%Y-%m-%d %H:%M}" for bound in (self.start, self.end))
        return f"{self.words}: {bounds}" if self.words else bounds

    def over(self, start: datetime, end: datetime, words: str = "") -> Wanted:
        """The same of another range."""
        return replace(self, start=start, end=end, words=words)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What is known of the intervals of ``wanted``, by their ends in UTC.

    ``totals`` and ``maxima`` (value, end) are by channel, None without a valid value; of absolute values the total is
    the difference between the last and the first. ``invalid``: values that were left out of both.
    """

    wanted: Wanted
    zone: tzinfo
    ends: tuple[datetime, ...] = ()
    records: Mapping[datetime, LoadRecord] = field(default_factory=dict)
    reasons: Mapping[datetime, str] = field(default_factory=dict)
    totals: tuple[int | None, ...] = (None,) * len(CHANNELS)
    maxima: tuple[tuple[int, datetime] | None, ...] = (None,) * len(CHANNELS)
    invalid: int = 0

    @property
    def empty(self) -> bool:
        """Nothing of it is known."""
        return not self.records

    def values(self, channel: int) -> list[int | None]:
        """The values of a channel, 0 to 7, in the order of ``ends``; None where there is none or it is invalid."""
        return [self.value(index, channel) for index in range(len(self.ends))]

    def value(self, index: int, channel: int) -> int | None:
        """The valid value of an interval; None where there is none."""
        record = self.records.get(self.ends[index])
        total = None if record is None else record.total(channel + 1)
        return None if total is None or total.quality & Qualifier.IV else total.value


def curve_of(wanted: Wanted, zone: tzinfo, records: Iterable[LoadRecord], gaps: Iterable[Gap] = ()) -> Curve:
    """Sorts out what there is. Takes a tenth of a second for a year of quarter-hours: not in the interface's loop."""
    ends = expected_ends(wanted.register, wanted.start, wanted.end, zone)
    expected = set(ends)
    known = {record.end: record for record in records if record.end in expected}
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    sums: dict[int, int] = {}
    maxima: dict[int, tuple[int, datetime]] = {}
    invalid = 0
    for end in ends:
        if end not in known:
            continue
        for address, value, quality in known[end].totals:
            if quality & Qualifier.IV:
                invalid += address <= _MEASURED
                continue
            first.setdefault(address, value)
            last[address] = value
            sums[address] = sums.get(address, 0) + value
            if address not in maxima or value > maxima[address][0]:
                maxima[address] = value, end
    if not wanted.incremental:
        sums = {address: last[address] - first[address] for address in first}
    addresses = range(1, len(CHANNELS) + 1)
    return Curve(
        wanted,
        zone,
        tuple(ends),
        known,
        {gap.end: gap.reason for gap in gaps if gap.end not in known},
        tuple(sums.get(address) for address in addresses),
        tuple(maxima.get(address) for address in addresses),
        invalid,
    )
