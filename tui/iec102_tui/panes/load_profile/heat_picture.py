"""The heat map drawn: days from left to right, hours from top to bottom, two hours a row where there is little room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from iec102_tui.panes.load_profile.heat_cells import Cell, HeatMap, Hour, State
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

_LABEL, _SHORT_LABEL = 7, 4
DAYS = 31
_LEAST_CELL, _MOST_CELL = 2, 7
_HEAD = 1
_EVERY = 5
_HALF, _FULL = "\N{UPPER HALF BLOCK}", "\N{FULL BLOCK}"
_GAP, _DOUBT, _UNKNOWN = "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}", "?", "\N{MIDDLE DOT}"
_LEGEND_STEPS = 20
Place = tuple[date, Hour]


class Form(NamedTuple):
    """How wide a day and how many rows an hour is; ``half``: two hours a row, ``signs``: neither blocks nor colours."""

    cell: int
    rows: int = 1
    half: bool = False
    signs: bool = False

    @property
    def label(self) -> int:
        """How wide the hours' names are."""
        return _SHORT_LABEL if self.half else _LABEL


def width_for(cell: int, *, half: bool) -> int:
    """How wide the longest month is with days of ``cell`` columns."""
    return Form(cell, half=half).label + DAYS * cell


def form_for(shown: HeatMap, size: tuple[int, int], *, signs: bool) -> Form:
    """The largest form that fits into so many columns and rows."""
    width, height = size
    hours = len(shown.hours)
    half = height < hours + _HEAD and not signs
    cell = min(max((width - (_SHORT_LABEL if half else _LABEL)) // DAYS, _LEAST_CELL), _MOST_CELL)
    if signs:
        return Form(_LEAST_CELL, signs=True)
    return Form(cell, half=True) if half else Form(cell, min(3, (height - _HEAD) // hours))


def rows_of(shown: HeatMap, *, half: bool) -> int:
    """How many rows a map takes with its head."""
    hours = len(shown.hours)
    return _HEAD + (-(-hours // 2) if half else hours)


def map_lines(shown: HeatMap, cursor: Place | None, size: tuple[int, int], *, signs: bool) -> list[Line]:
    """The days above, then the hours. Where not all hours fit, those around the cursor."""
    form = form_for(shown, size, signs=signs)
    hours = shown.hours
    groups = [hours[at : at + 2] for at in range(0, len(hours), 2)] if form.half else [[hour] for hour in hours]
    body = [line for group in groups for line in _row(shown, group, cursor, form)]
    room = max(1, size[1] - _HEAD)
    at = 0 if cursor is None else next(row for row, group in enumerate(groups) if cursor[1] in group) * form.rows
    first = max(0, min(at - room // 2, len(body) - room))
    return [_head(shown, cursor, form), *body[first : first + room]]


def _head(shown: HeatMap, cursor: Place | None, form: Form) -> Line:
    """Every day where there is room, else every fifth; the day of the cursor always."""
    chosen = None if cursor is None else cursor[0]
    pieces = [Piece(" " * form.label)]
    every = 1 if form.cell > _LEAST_CELL else _EVERY
    for day in shown.days:
        near = chosen is not None and chosen != day and abs((day - chosen).days) < 2 and every > 1
        text = str(day.day) if day == chosen or (not near and (day.day % every == 0 or day.day == 1)) else ""
        role = "accent" if day == chosen else "foreground" if day.weekday() >= 5 else "faint"
        pieces.append(Piece(text.rjust(2).center(form.cell), role, bold=day == chosen))
    return pieces


def _row(shown: HeatMap, group: Sequence[Hour], cursor: Place | None, form: Form) -> Iterator[Line]:
    here = cursor is not None and cursor[1] in group
    label = f" {group[0].hour:02}" if form.half and not group[0].again else group[0].label
    for number in range(form.rows):
        head = Piece((label if number == 0 else "").ljust(form.label), "accent" if here else "faint", bold=here)
        pieces = [head]
        for day in shown.days:
            chosen = cursor is not None and here and cursor[0] == day
            if form.signs:
                pieces.append(Piece(shown.sign(day, group[0]), reverse=chosen))
            elif chosen and cursor is not None:
                pieces.append(_cursor(shown, shown.cells.get(cursor), form))
            elif form.half:
                pieces += _halves(shown, [shown.cells.get((day, hour)) for hour in group], form.cell)
            else:
                pieces.append(_whole(shown, shown.cells.get((day, group[0])), form.cell))
        yield pieces


def _cursor(shown: HeatMap, cell: Cell | None, form: Form) -> Piece:
    """Brackets on the colour of the hour at the cursor."""
    inside = (
        "".center(form.cell - 2) if cell is None or cell.value is not None else _mark(cell)[0].center(form.cell - 2)
    )
    under = _share(shown, cell)
    dark = under is not None and under > 0.5
    return Piece(f"[{inside[: form.cell - 2]}]", "background" if dark else "strong", bold=True, under=under)


def _mark(cell: Cell) -> tuple[str, str]:
    """The sign of an hour that is not good, and its role."""
    if cell.state is State.DOUBTFUL:
        return _DOUBT, "warn"
    return (_GAP, "error") if cell.state is State.GAP else (_UNKNOWN, "line")


def _share(shown: HeatMap, cell: Cell | None) -> float | None:
    return None if cell is None or cell.value is None else shown.share(cell.value)


def _whole(shown: HeatMap, cell: Cell | None, width: int) -> Piece:
    if cell is None:
        return Piece(" " * width)
    share = _share(shown, cell)
    if cell.state is State.GOOD:
        return Piece(_FULL * width, heat=share)
    sign, role = _mark(cell)
    if share is not None:
        role = "background" if share > 0.5 else "strong"
    return Piece(sign.center(width), role, bold=True, under=share)


def _halves(shown: HeatMap, cells: Sequence[Cell | None], width: int) -> Iterator[Piece]:
    """Two hours, the upper one in the colour of the text; the first column carries the sign of one that is not good."""
    upper, lower = cells[0], cells[1] if len(cells) > 1 else None
    above, below = _share(shown, upper), _share(shown, lower)
    worst = next((cell for cell in cells if cell is not None and cell.state in (State.GAP, State.DOUBTFUL)), None)
    if worst is not None:
        sign, role = _mark(worst)
        ground = above if above is not None else below
        if worst.state is State.DOUBTFUL and ground is not None:
            role = "background" if ground > 0.5 else "strong"
        yield Piece(sign, role, bold=True, under=ground)
        width -= 1
    unknown = [cell for cell in cells if cell is not None and cell.state is State.UNKNOWN]
    if above is None and below is None:
        yield Piece((_UNKNOWN if unknown else " ").ljust(width), "line")
    elif above is None:
        yield Piece("\N{LOWER HALF BLOCK}" * width, heat=below)
    else:
        yield Piece(_HALF * width, heat=above, under=below)


def legend(shown: HeatMap, unit: str, width: int, *, signs: bool) -> Line:
    """The colours from the lowest to the highest, and the signs."""
    low, high = grouped(shown.lowest), f"{grouped(shown.highest)} {unit}"
    marks = [
        Piece(f"   {'x' if signs else _GAP} {_(words.GAP)}", "error"),
        Piece(f"  {_(words.CHECK)}", "warn"),
        Piece(f"  {'_' if signs else _UNKNOWN} {_(words.UNKNOWN)}", "faint"),
    ]
    room = width - _LABEL - len(low) - len(high) - 2 - sum(len(piece.text) for piece in marks[:2])
    if room < len(marks[2].text) + 6:
        marks.pop()
    steps = max(4, min(2 * _LEGEND_STEPS, room - (len(marks[2].text) if len(marks) > 2 else 0)))
    if signs:
        return [Piece(" " * _LABEL), Piece(f"{low} . : - = + * # % @ {high}", "faint"), *marks]
    scale = [Piece(_FULL, heat=step / (steps - 1)) for step in range(steps)]
    return [Piece(" " * (_LABEL - len(low) - 1)), Piece(f"{low} ", "faint"), *scale, Piece(f" {high}", "faint"), *marks]
