"""The load profile beside other panes: the latest intervals as bars, or the month as a map where there is room."""

from __future__ import annotations

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _


def summary_lines(curve: LoadProfile | None, size: tuple[int, int], *, plain: bool) -> list[Line]:
    """A+ up to the latest interval that is known."""
    if curve is None:
        return []
    width, height = size
    if curve.empty:
        return [[], [Piece(_(words.SUMMARY_EMPTY).center(width), "muted")]]
    latest = max(index for index, end in enumerate(curve.ends) if end in curve.rows)
    totals = [_total(curve, channel) for channel in (0, 1)]
    head = [piece for total in totals for piece in total]
    return [head, *bar_lines(curve, 0, range(latest + 1), None, (width, height - 1), plain=plain)]


def _total(curve: LoadProfile, channel: int) -> list[Piece]:
    total = curve.totals[channel]
    if total is None:
        return []
    name = _(words.CHANNEL_NAMES[channel])
    return [
        Piece(f"{name} ", "muted"),
        Piece(f"{grouped(total)} {words.UNITS[channel]}  ", words.CHANNEL_ROLES[channel], bold=True),
    ]
