"""Intervals as bars from 0: a scale with round ticks, gaps open, what is to be checked marked at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.widgets.round_scale import scale
from iec102_tui.words.load_profile_text import CHANNEL_ROLES
from iec102_tui.words.numbers import grouped

_EIGHTHS = " \N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}\N{LOWER HALF BLOCK}" + (
    "\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}\N{LOWER SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"
)
_GAP, _DOUBT, _CURSOR = "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}", "?", "\N{BLACK UP-POINTING SMALL TRIANGLE}"
_ROWS_A_TICK = 3
_HOURS_APART = 6
_LABELS_APART = 3


def bar_lines(
    curve: LoadProfile, channel: int, shown: range, cursor: int | None, size: tuple[int, int], *, plain: bool = False
) -> list[Line]:
    """``size`` in columns and rows, the last row for the times. The latest ones, where not all of them have room."""
    width, height = size
    rows = height - 1
    highest = max((curve.value(index, channel) or 0 for index in shown), default=0)
    marks = scale(highest, max(1, rows // _ROWS_A_TICK))
    labels = _labels(marks.ticks, marks.high, rows)
    room = max((len(text) for text in labels.values()), default=1) + 1
    columns = width - room
    if columns < 1 or rows < 1:
        return []
    kept = shown[-columns:]
    each = max(1, columns // max(1, len(kept)))
    role = CHANNEL_ROLES[channel]
    drawn = [_bar(curve, channel, index, marks.high, rows, plain=plain) for index in kept]
    lines: list[Line] = []
    for row in range(rows):
        pieces = [Piece(f"{labels.get(row, ''):>{room - 1}} ", "faint")]
        for index, cells in zip(kept, drawn, strict=True):
            sign = cells[row]
            own = {_GAP: "error", _DOUBT: "warn"}.get(sign, "accent" if index == cursor else role)
            pieces.append(Piece(sign.ljust(each) if sign in (_GAP, _DOUBT) else sign * each, own))
        lines.append(_joined(pieces))
    return [*lines, _times(curve, kept, cursor, each, room)]


def _labels(ticks: Sequence[int], high: int, rows: int) -> dict[int, str]:
    """The row of each tick: its line is the upper edge of a bar of that value."""
    return {min(rows - 1, round((1 - tick / high) * rows)): grouped(tick) for tick in reversed(ticks)}


def _bar(curve: LoadProfile, channel: int, index: int, high: int, rows: int, *, plain: bool) -> list[str]:
    """One column from above. What has no valid value is no bar."""
    value = curve.value(index, channel)
    quality = curve.quality(index, channel)
    if value is None:
        missing = curve.ends[index] not in curve.rows
        known = not missing or curve.ends[index] in curve.reasons or _between(curve, index)
        foot = _DOUBT if quality else _GAP if known else " "
        return [" "] * (rows - 1) + [foot]
    eighths = round(value / high * rows * 8)
    if value > 0:
        eighths = max(1, eighths)
    cells = []
    for row in range(rows):
        part = min(8, max(0, eighths - 8 * (rows - 1 - row)))
        cells.append(("#" if part >= 4 else " ") if plain else _EIGHTHS[part])
    if quality:
        cells[-1] = _DOUBT
    return cells


def _between(curve: LoadProfile, index: int) -> bool:
    """Something later is known: it was asked for."""
    return any(end in curve.rows for end in curve.ends[index + 1 : index + 1 + 200])


def _joined(pieces: Sequence[Piece]) -> Line:
    """Neighbours of one role as one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].role == piece.role:
            found[-1] = found[-1]._replace(text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _times(curve: LoadProfile, kept: range, cursor: int | None, each: int, room: int) -> Line:
    """Hours of one day, days of several; a mark below the cursor."""
    line = [" "] * (len(kept) * each + 2)
    starts = [(curve.ends[index] - timedelta(seconds=1)).astimezone(curve.zone) for index in kept]
    one_day = bool(starts) and starts[-1] - starts[0] <= timedelta(days=2)
    free = 0
    for number, start in enumerate(starts):
        first = number == 0 or starts[number - 1].replace(minute=0, second=0) != start.replace(minute=0, second=0)
        text = _label(start, one_day=one_day) if first else ""
        at = number * each
        if text and at >= free and at + len(text) <= len(line):
            line[at : at + len(text)] = text
            free = at + len(text) + _LABELS_APART
    pieces = [Piece(" " * room), Piece("".join(line), "faint")]
    if cursor is None or cursor not in kept:
        return pieces
    at = kept.index(cursor) * each
    before, after = "".join(line[:at]), "".join(line[at + 1 :])
    return [pieces[0], Piece(before, "faint"), Piece(_CURSOR, "accent"), Piece(after, "faint")]


def _label(start: datetime, *, one_day: bool) -> str:
    if one_day:
        return f"{start:%H}" if start.hour % _HOURS_APART == 0 else ""
    return f"{start.day} {start:%b}" if start.hour == 0 else ""
