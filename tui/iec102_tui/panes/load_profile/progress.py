"""How far a download is: as a bar, and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iec102.load_profile.download import Progress
from iec102.meter.monitor import Snapshot

from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.progress_text import progress_words
from iec102_tui.words.short_errors import short_error
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102_tui.meter_side.download_job import DownloadJob

_DONE, _LEFT = "\N{BOX DRAWINGS HEAVY HORIZONTAL}", "\N{BOX DRAWINGS LIGHT HORIZONTAL}"


def bar_line(progress: Progress | None, width: int, *, ended: bool, failed: bool) -> Line:
    """What has come, what is missing, what is still to be asked; a number stands in front, not the colour alone."""
    room = max(0, width - 6)
    if progress is None or not progress.expected:
        return [Piece("   0 % ", "muted"), Piece(_LEFT * room, "line")]
    share = (progress.records + progress.gaps + progress.to_come) / progress.expected
    percent = 100 if share >= 1 else int(share * 100)
    settled = min(room, int(share * room))  # rounded down: the last cell is drawn when all has been settled
    gaps = min(settled, -(-(progress.gaps + progress.to_come) * room // progress.expected))
    done = settled - gaps
    role = "error" if failed else "ok" if ended else "accent"
    return [
        Piece(f"{percent:3} % ", "muted"),
        Piece(_DONE * done, role),
        Piece(_DONE * gaps, "warn"),
        Piece(_LEFT * (room - done - gaps), "line"),
    ]


def how_it_goes(job: DownloadJob | None, latest: Snapshot | None, *, brief: bool = False) -> str:
    """How a download goes or has ended, or which key begins one; ``latest`` is what is known of the line and meter.

    ``brief``: what went wrong is said in short.
    """
    if job is None:
        return _("g downloads this range")
    progress = job.progress
    if job.locating and not job.ended:
        return _("looking for the oldest record of the meter")
    if progress is None and not job.ended:
        return _("waiting for the meter")
    if job.error is not None:
        sentence = (brief and short_error(job.error)) or printable(job.error)
        if progress is None:
            return f"! {sentence}"
        return _(
            "{records} of {expected} records, then {sentence}. g goes on",
            records=progress.records,
            expected=progress.expected,
            sentence=sentence,
        )
    said = "" if progress is None else progress_words(progress)
    if job.ended:
        odd = words.odd(len(job.findings)) if job.findings else ""
        unfinished = progress is not None and bool(progress.unfinished)
        return words.ended(said, odd, unfinished=unfinished) + _clock(latest)
    problem = None if progress is None else progress.problem
    waits = f"; {_waits(problem, latest)}" if problem else ""
    return _("{said}, line share {share:.0%}", said=said, share=job.share) + waits


def _clock(latest: Snapshot | None) -> str:
    """The times of the records are no better than the meter's clock."""
    clock = None if latest is None else latest.clock
    return "" if clock is None or clock.is_right else f"; ! {printable(clock.words)}"


def _waits(problem: str, latest: Snapshot | None) -> str:
    """Why nothing comes; what the status line says already is not said again."""
    told = None if latest is None else latest.error or latest.state.error
    return _("waiting for the line") if problem == told else f"! {printable(problem)}"
