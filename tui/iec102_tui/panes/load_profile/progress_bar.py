"""How far a download is, as a bar."""

from __future__ import annotations

from iec102.load_profile.download import Progress

from iec102_tui.widgets.picture_view import Line, Piece

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
