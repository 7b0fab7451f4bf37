"""What a month is worth, by its intervals and by what is known of the meter: the words of ``reconcile --offline``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from iec102.load_profile.intervals import Register
from iec102.verdict.judgement import Result
from iec102.verdict.month import reconcile

from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.rows import Row, load_records
from iec102_tui.meter_data.known import Known
from iec102_tui.meter_data.month import bounds_of, month_of
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import judgement_line, proof_line


def month_lines(
    rows: Callable[[Wanted], list[Row]], known: Known, at: datetime, now: datetime, zone: tzinfo, *, marks: bool = True
) -> Iterator[str]:
    """Of the month of an interval's start, up to now. ``rows`` takes its time, and raises ArchiveError."""
    bounds = bounds_of(at.astimezone(zone).date(), zone)
    start, end = bounds[0], min(bounds[1], now)
    records = {register: load_records(rows(Wanted(start, end, "", register))) for register in Register}
    if not any(records.values()):
        return  # the pane says how to get them
    judgements = reconcile(month_of(known, bounds, now, zone, records))
    yield f"{words.month_of_year(start.month, start.year)}: {proof_line(judgements)}"
    for judgement in judgements:
        yield f" {judgement_line(judgement, marks=marks)}"
    if any(judgement.result is Result.UNKNOWN for judgement in judgements):
        yield _(words.PROOF_ASKS, month=f"{start:%Y-%m}")
