"""Why less came than was asked for, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from iec102.load_profile.download import Progress
from iec102.load_profile.intervals import Register, after
from iec102.load_profile.records import Gap, GapKind

from iec102_tui.load_profile.csv_file import in_zone
from iec102_tui.words.text import _, ngettext

_MOST_STRETCHES = 20


def shortfall_words(progress: Progress, gaps: Sequence[Gap], register: Register, zone: tzinfo) -> Iterator[str]:
    """What was refused, what is still to come, what the meter or the line did not finish."""
    if progress.refused and progress.refused == progress.expected - progress.to_come:
        yield _("The meter refused the whole range: ask for another one, or with --period all for what it has.")
    elif progress.refused:
        yield from _refused_words(gaps, register, zone)
    if progress.to_come:
        yield ngettext(
            "{count} interval is still to come by this machine's clock.",
            "{count} intervals are still to come by this machine's clock.",
            progress.to_come,
        )
    if progress.unfinished:
        yield ngettext(
            "Unfinished: the meter did not end its answer (no cause 10), {count} interval is missing for that: "
            "ask for it again.",
            "Unfinished: the meter did not end its answer (no cause 10), {count} intervals are missing for that: "
            "ask for them again.",
            progress.unfinished,
        )
    elif progress.unended:
        yield _(
            "The meter did not end {count} of its answers (no cause 10), but nothing is missing for that.",
            count=progress.unended,
        )
    if progress.left:
        yield _(
            "Unfinished: {records} of {expected} records came before the line failed.",
            records=progress.records,
            expected=progress.expected,
        )


def _refused_words(gaps: Sequence[Gap], register: Register, zone: tzinfo) -> Iterator[str]:
    """Each stretch of more than one interval."""
    stretches: list[list[Gap]] = []
    for gap in gaps:
        if gap.kind is not GapKind.REFUSED:
            continue
        if stretches and after(register, stretches[-1][-1].end, zone) == gap.end:
            stretches[-1].append(gap)
        else:
            stretches.append([gap])
    longer = [stretch for stretch in stretches if len(stretch) > 1]
    for stretch in longer[:_MOST_STRETCHES]:
        first, last = (in_zone(gap.end, zone) for gap in (stretch[0], stretch[-1]))
        yield _(
            "The meter refused {count} intervals in a row, those that end from {first} to {last}.",
            count=len(stretch),
            first=first,
            last=last,
        )
    if len(longer) > _MOST_STRETCHES:
        yield ngettext(
            "It refused {count} other stretch too.",
            "It refused {count} other stretches too.",
            len(longer) - _MOST_STRETCHES,
        )
