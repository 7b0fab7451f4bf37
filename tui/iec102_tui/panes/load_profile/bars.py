"""Intervals as bars from 0: a scale with round ticks, gaps open, what is to be checked marked at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from iec102.load_profile.intervals import Register

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.widgets.round_scale import scale
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped

_EIGHTHS = " \N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}\N{LOWER HALF BLOCK}" + (
    "\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}\N{LOWER SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"
)
_GAP, _DOUBT, _CURSOR = "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}", "?", "\N{BLACK UP-POINTING SMALL TRIANGLE}"
LENGTHS = {
    Register.HOURLY: timedelta(hours=1),
    Register.QUARTER_HOURLY: timedelta(minutes=15),
    Register.DAILY: timedelta(days=1),
}
"""How long an interval is."""
_ROWS_A_TICK = 3
_HOURS_APART = 6
_LABELS_APART = 3


class Bar(NamedTuple):
    """A value from ``start`` on; ``foot`` is the sign of what is missing or to be checked."""

    start: datetime
    value: int | None
    foot: str = ""


def bars_of(load_profile: LoadProfile, channel: int, shown: range) -> list[Bar]:
    """A bar an interval."""
    return [_bar_of(load_profile, channel, index) for index in shown]


def hour_of(bar: Bar) -> tuple[date, int, int]:
    """Its hour; the doubled one of autumn is two, which a comparison of times would not tell."""
    return bar.start.date(), bar.start.hour, bar.start.fold


def hours_of(bars: Sequence[Bar]) -> list[Bar]:
    """A bar an hour: the sum of its quarters, none where one is missing. The doubled hour of autumn is two."""
    found = []
    for _hour, group in groupby(bars, key=hour_of):
        parts = list(group)
        values = [part.value for part in parts if part.value is not None]
        foot = next((sign for sign in (_GAP, _DOUBT) if any(part.foot == sign for part in parts)), "")
        found.append(Bar(parts[0].start, sum(values) if len(values) == len(parts) else None, foot))
    return found


def bar_lines(
    bars: Sequence[Bar], cursor: int | None, size: tuple[int, int], role: str, *, plain: bool = False
) -> list[Line]:
    """``size`` in columns and rows, the last row for the times. The latest ones, where not all of them have room."""
    width, height = size
    rows = height - 1
    highest = max((bar.value or 0 for bar in bars), default=0)
    marks = scale(highest, max(1, rows // _ROWS_A_TICK))
    labels = _labels(marks.ticks, marks.high, rows)
    room = max((len(text) for text in labels.values()), default=1) + 1
    columns = width - room
    if columns < 1 or rows < 1:
        return []
    first = max(0, len(bars) - columns)
    kept, chosen = bars[first:], None if cursor is None else cursor - first
    each = max(1, columns // max(1, len(kept)))
    drawn = [_drawn(bar, marks.high, rows, plain=plain) for bar in kept]
    lines: list[Line] = []
    for row in range(rows):
        pieces = [Piece(f"{labels.get(row, ''):>{room - 1}} ", "faint")]
        for number, cells in enumerate(drawn):
            sign = cells[row]
            own = {_GAP: "error", _DOUBT: "warn"}.get(sign, "accent" if number == chosen else role)
            pieces.append(Piece(sign.ljust(each) if sign in (_GAP, _DOUBT) else sign * each, own))
        lines.append(_joined(pieces))
    return [*lines, _times(kept, chosen, each, room)]


def _labels(ticks: Sequence[int], high: int, rows: int) -> dict[int, str]:
    """The row of each tick: its line is the upper edge of a bar of that value."""
    return {min(rows - 1, round((1 - tick / high) * rows)): grouped(tick) for tick in reversed(ticks)}


def _bar_of(load_profile: LoadProfile, channel: int, index: int) -> Bar:
    start = (load_profile.ends[index] - LENGTHS[load_profile.wanted.register]).astimezone(load_profile.zone)
    value, quality = load_profile.value(index, channel), load_profile.quality(index, channel)
    if quality:
        return Bar(start, value, _DOUBT)
    missing = load_profile.ends[index] not in load_profile.rows
    gap = value is None and (
        not missing or load_profile.ends[index] in load_profile.reasons or _between(load_profile, index)
    )
    return Bar(start, value, _GAP if gap else "")


def _drawn(bar: Bar, high: int, rows: int, *, plain: bool) -> list[str]:
    """One column from above. What has no valid value is no bar."""
    if bar.value is None:
        return [" "] * (rows - 1) + [bar.foot or " "]
    eighths = round(bar.value / high * rows * 8)
    if bar.value > 0:
        eighths = max(1, eighths)
    cells = []
    for row in range(rows):
        part = min(8, max(0, eighths - 8 * (rows - 1 - row)))
        cells.append(("#" if part >= 4 else " ") if plain else _EIGHTHS[part])
    return [*cells[:-1], bar.foot] if bar.foot else cells


def _between(load_profile: LoadProfile, index: int) -> bool:
    """Something later is known: it was asked for."""
    return any(end in load_profile.rows for end in load_profile.ends[index + 1 : index + 1 + 200])


def _joined(pieces: Sequence[Piece]) -> Line:
    """Neighbours of one role as one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].role == piece.role:
            found[-1] = found[-1]._replace(text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _times(kept: Sequence[Bar], cursor: int | None, each: int, room: int) -> Line:
    """Hours of one day, days of several; a mark below the cursor."""
    line = [" "] * (len(kept) * each + 2)
    mark = -1 if cursor is None else cursor * each
    one_day = bool(kept) and kept[-1].start - kept[0].start <= timedelta(days=2)
    free = 0
    for number, bar in enumerate(kept):
        text = _label(bar.start, one_day=one_day)
        at = number * each
        if text and at >= free and at + len(text) <= len(line) and not at <= mark < at + len(text):
            line[at : at + len(text)] = text
            free = at + len(text) + _LABELS_APART
    pieces = [Piece(" " * room), Piece("".join(line), "faint")]
    if cursor is None or not 0 <= cursor < len(kept):
        return pieces
    before, after = "".join(line[:mark]), "".join(line[mark + 1 :])
    return [pieces[0], Piece(before, "faint"), Piece(_CURSOR, "accent"), Piece(after, "faint")]


def _label(start: datetime, *, one_day: bool) -> str:
    if start.minute:
        return ""
    if one_day:
        return f"{start:%H}" if start.hour % _HOURS_APART == 0 else ""
    return f"{start.day} {words.short_month(start.month)}" if start.hour == 0 else ""
