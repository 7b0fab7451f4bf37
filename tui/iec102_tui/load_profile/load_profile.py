"""A load profile as it is shown: each expected interval once, with its record or as a gap; totals and maxima."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from operator import itemgetter
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.records import CHANNELS, Gap, LoadRecord

from iec102_tui.load_profile.rows import Row, load_records, seconds
from iec102_tui.words.text import N_, _

REGISTER_NAMES = {
    Register.HOURLY: N_("hourly"),
    Register.QUARTER_HOURLY: N_("quarter-hourly"),
    Register.DAILY: N_("daily"),
}
_VALUES, _QUALITIES = 1, 1 + len(CHANNELS)
_NOTHING: Row = (None,) * (1 + 2 * len(CHANNELS))
_INVALID = int(Qualifier.IV)
"""As a number: a flag is made anew by each ``&``, some hundred thousand times for a year."""

_MEASURED = 6
"""The channels behind are reserved, and never valid."""
LONG_NAMES = (
    N_("A+ imported active energy (grid -> site), kWh"),
    N_("A- exported active energy (site -> grid), kWh"),
    N_("Ri+ reactive energy Q1, kVArh"),
    N_("Rc+ reactive energy Q2, kVArh"),
    N_("Ri- reactive energy Q3, kVArh"),
    N_("Rc- reactive energy Q4, kVArh"),
    N_("Res1 reserved"),
    N_("Res2 reserved"),
)


class Wanted(NamedTuple):
    """What the user has chosen: the intervals that end in (``start``, ``end``]. ``words`` name the period."""

    start: datetime
    end: datetime
    words: str
    register: Register = Register.HOURLY
    incremental: bool = True

    def is_like(self, other: Wanted) -> bool:
        """Whether another one is of the same values, of whatever range."""
        return (self.register, self.incremental) == (other.register, other.incremental)

    @property
    def kind(self) -> str:
        """The values in words: ``hourly, incremental``."""
        return f"{_(REGISTER_NAMES[self.register])}, {_('incremental') if self.incremental else _('absolute')}"

    def range_words(self, zone: tzinfo) -> str:
        """``this month: 2026-11-01 00:00 to 2026-11-23 12:00``."""
        start, end = (f"{bound.astimezone(zone):%Y-%m-%d %H:%M}" for bound in (self.start, self.end))
        bounds = _("{start} to {end}", start=start, end=end)
        return f"{self.words}: {bounds}" if self.words else bounds

    def over(self, start: datetime, end: datetime, words: str = "") -> Wanted:
        """The same of another range."""
        return self._replace(start=start, end=end, words=words)


@dataclass(frozen=True, slots=True, eq=False)
class LoadProfile:
    """What is known of the intervals of ``wanted``, by their ends in UTC.

    ``totals`` and ``maxima`` (value, end) are by channel, None without a valid value; of absolute values the total is
    the difference between the last and the first. ``invalid``: values that were left out of both.
    """

    wanted: Wanted
    zone: tzinfo
    ends: tuple[datetime, ...] = ()
    rows: Mapping[datetime, Row] = field(default_factory=dict)
    reasons: Mapping[datetime, str] = field(default_factory=dict)
    totals: tuple[int | None, ...] = (None,) * len(CHANNELS)
    maxima: tuple[tuple[int, datetime] | None, ...] = (None,) * len(CHANNELS)
    invalid: int = 0

    @property
    def empty(self) -> bool:
        """Nothing of it is known."""
        return not self.rows

    def values(self, channel: int) -> list[int | None]:
        """The values of a channel, 0 to 7, in the order of ``ends``; None where there is none or it is invalid."""
        return [self.value(index, channel) for index in range(len(self.ends))]

    def value(self, index: int, channel: int) -> int | None:
        """The valid value of an interval; None where there is none."""
        row = self.rows.get(self.ends[index], _NOTHING)
        return None if (row[_QUALITIES + channel] or 0) & _INVALID else row[_VALUES + channel]

    def quality(self, index: int, channel: int) -> int:
        """The qualifier of a value; 0 where there is none."""
        return self.rows.get(self.ends[index], _NOTHING)[_QUALITIES + channel] or 0

    def record(self, index: int) -> LoadRecord | None:
        """An interval with its qualifiers; None where it is missing."""
        row = self.rows.get(self.ends[index])
        return None if row is None else next(iter(load_records([row])))

    def records(self) -> list[LoadRecord]:
        """All that there are, oldest first."""
        return load_records(self.rows[end] for end in self.ends if end in self.rows)


def load_profile_of(wanted: Wanted, zone: tzinfo, rows: Iterable[Row], gaps: Iterable[Gap] = ()) -> LoadProfile:
    """Sorts out what there is. Takes a tenth of a second for a year of quarter-hours: not in the interface's loop."""
    ends = expected_ends(wanted.register, wanted.start, wanted.end, zone)
    found = {row[0]: row for row in rows}
    known = {end: found[stamp] for end in ends if (stamp := seconds(end)) in found}
    sums = [_sum_up(ends, known, channel, incremental=wanted.incremental) for channel in range(len(CHANNELS))]
    invalid = sum((row[_QUALITIES + channel] or 0) >> 7 & 1 for row in known.values() for channel in range(_MEASURED))
    return LoadProfile(
        wanted,
        zone,
        tuple(ends),
        known,
        {gap.end: gap.reason for gap in gaps if gap.end not in known},
        tuple(total for total, _maximum in sums),
        tuple(maximum for _total, maximum in sums),
        invalid,
    )


def _sum_up(
    ends: Sequence[datetime], rows: Mapping[datetime, Row], channel: int, *, incremental: bool
) -> tuple[int | None, tuple[int, datetime] | None]:
    """The total and the maximum of the valid values."""
    at, quality = _VALUES + channel, _QUALITIES + channel
    valid = [
        (value, end)
        for end in ends
        if (row := rows.get(end)) is not None and (value := row[at]) is not None and not (row[quality] or 0) & _INVALID
    ]
    if not valid:
        return None, None
    total = sum(value for value, _end in valid) if incremental else valid[-1][0] - valid[0][0]
    return total, max(valid, key=itemgetter(0))
