"""The load profile beside other panes: the latest intervals as bars, or the month as a map where there is room."""

from __future__ import annotations

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines, bars_of
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _


def summary_lines(load_profile: LoadProfile | None, size: tuple[int, int], *, plain: bool) -> list[Line]:
    """A+ up to the latest interval that is known."""
    if load_profile is None:
        return []
    width, height = size
    if load_profile.empty:
        return [*[[]] * ((height - 1) // 2), [Piece(_(words.SUMMARY_EMPTY).center(width), "muted")]]
    latest = max(index for index, end in enumerate(load_profile.ends) if end in load_profile.rows)
    bars = bars_of(load_profile, 0, range(max(0, latest + 1 - width), latest + 1))
    return [
        _head(load_profile, width),
        *bar_lines(bars, None, (width, height - 1), words.CHANNEL_ROLES[0], plain=plain),
    ]


def _head(load_profile: LoadProfile, width: int) -> Line:
    """What was imported and exported, as much of it as has room."""
    for channels, brief in (((0, 1), False), ((0, 1), True), ((0,), True)):
        pieces = [piece for channel in channels for piece in _total(load_profile, channel, brief=brief)]
        if sum(len(piece.text) for piece in pieces) <= width:
            return pieces
    return []


def _total(load_profile: LoadProfile, channel: int, *, brief: bool) -> list[Piece]:
    total = load_profile.totals[channel]
    if total is None:
        return []
    name = _(words.CHANNEL_NAMES[channel])
    if brief:
        name = name.split(" (")[0]
    return [
        Piece(f"{name} ", "muted"),
        Piece(f"{grouped(total)} {words.UNITS[channel]}  ", words.CHANNEL_ROLES[channel], bold=True),
    ]
