"""What the intervals of a month prove by themselves: sums of registers, gaps, qualifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from iec102.load_profile.intervals import Register, midnight
from iec102.verdict.month import Month, reconcile

from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.rows import Row, load_records
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import judgement_line

_SHOWN = ("month.complete", "month.quarter_hours", "month.days", "month.qualifiers")
"""The rest needs the closing, the calendar and the contract, which only the meter tells."""


def month_lines(
    rows: Callable[[Wanted], list[Row]], at: datetime, now: datetime, zone: tzinfo, *, marks: bool = True
) -> Iterator[str]:
    """Of the month of an interval's start, up to now. ``rows`` takes its time, and raises ArchiveError."""
    first = at.astimezone(zone).date().replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    start, end = midnight(first, zone), min(midnight(following, zone), now)
    records = {register: load_records(rows(Wanted(start, end, "", register))) for register in Register}
    yield words.month_of_year(first.month, first.year)
    for judgement in reconcile(Month(start, end, zone, records)):
        if judgement.code in _SHOWN:
            yield f" {judgement_line(judgement, marks=marks)}"
    yield _(words.PROOF_ASKS, month=f"{first:%Y-%m}")
