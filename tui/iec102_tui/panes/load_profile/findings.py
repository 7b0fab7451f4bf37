"""What is found in a load profile: its maxima, what does not fit, and what its month is worth.

The month by its intervals and by what is known of the meter, in the words of ``reconcile --offline``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import partial

from iec102.load_profile.intervals import Register
from iec102.verdict.judgement import Result
from iec102.verdict.month import reconcile

from iec102_tui.archive import ArchiveError
from iec102_tui.load_profile.load_profile import LoadProfile, Wanted
from iec102_tui.load_profile.rows import Row, load_records
from iec102_tui.meter_data.known import Known
from iec102_tui.meter_data.month import bounds_of, month_of
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.load_profile.cells import maxima_words
from iec102_tui.profiles.connection import Connection
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import judgement_line, proof_line

_MOST_FINDINGS = 200
_A_MOMENT = timedelta(seconds=1)


def finding_lines(
    session: Session, connection: Connection, load_profile: LoadProfile, cursor: int, *, marks: bool
) -> list[str]:
    """All of it, the month being that of the interval under the cursor. Not on the interface's thread."""
    downloads = session.downloads
    proof: list[str] = []
    try:
        found = downloads.findings(connection, load_profile.wanted)
        if load_profile.ends:
            at = load_profile.ends[min(cursor, len(load_profile.ends) - 1)] - _A_MOMENT
            known, now = session.meter_data.stored(connection), session.clock.wall()
            sources = partial(downloads.rows, connection), partial(downloads.differing, connection)
            proof += month_lines(*sources, known, at, now, load_profile.zone, marks=marks)
    except ArchiveError as error:
        found, proof = (error.sentence,), []
    lines = maxima_words(load_profile) or [_("No valid values yet.")]
    lines.append(printable(downloads.load_profiles.words))
    lines += [printable(sentence) for sentence in found[:_MOST_FINDINGS]]
    if len(found) > _MOST_FINDINGS:
        more = len(found) - _MOST_FINDINGS
        lines.append(_("and {more} more: iec102-tui archive verify names all", more=more))
    return [*lines, *(["", *proof] if proof else [])]


def month_lines(
    rows: Callable[[Wanted], list[Row]],
    differing: Callable[[Wanted], int],
    known: Known,
    at: datetime,
    now: datetime,
    zone: tzinfo,
    *,
    marks: bool = True,
) -> Iterator[str]:
    """Of the month of an interval's start, up to now.

    ``rows`` of a curve, which may be more than what was asked for, and of how many intervals ``differing`` values were
    given take their time, and raise ArchiveError.
    """
    bounds = bounds_of(at.astimezone(zone).date(), zone)
    start, end = bounds[0], min(bounds[1], now)
    wanted = {register: Wanted(start, end, "", register) for register in Register}
    records = {
        register: [record for record in load_records(rows(each)) if start < record.end <= end]
        for register, each in wanted.items()
    }
    if not any(records.values()):
        return  # the pane says how to get them
    month = month_of(known, bounds, now, zone, records)
    judgements = reconcile(month._replace(differing=sum(map(differing, wanted.values()))))
    yield f"{words.month_of_year(start.month, start.year)}: {proof_line(judgements)}"
    for judgement in judgements:
        yield f" {judgement_line(judgement, marks=marks)}"
    if any(judgement.result is Result.UNKNOWN for judgement in judgements):
        yield _(words.PROOF_ASKS, month=f"{start:%Y-%m}")
