"""The columns of the fleet: which there are at a width, what stands in a cell, and by what a column is sorted.

Pure functions of rows and times. Each cell is exactly as wide as its column, so that what does not change in a row is
not drawn again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from iec102_tui.fleet.cells import (
    NUMBER,
    Moment,
    Piece,
    age_piece,
    measured,
    month_piece,
    new_piece,
    piece_instead,
    plain_age,
    power_pieces,
    seconds_piece,
    state_piece,
    stated_piece,
)
from iec102_tui.fleet.meter import Row, Status
from iec102_tui.words import fleet_text as words
from iec102_tui.words.plain_text import shortened
from iec102_tui.words.text import _

HEAD = 4
"""Columns before the name: cursor, mark, sign, a blank."""


_MARGIN = 1
"""Columns that stay free at the right."""


class Column(NamedTuple):
    """``width`` at least, with the blank behind or before it; ``most`` where it grows with the screen.

    ``from_width``: columns of the screen from which it is there. ``cell`` gives the text, which is fitted to the width;
    ``gap`` blanks stand before what begins at the left, and of what is left it gets ``pace`` cells in its turn.
    ``order`` is what rows are sorted by; ``down``: the largest first, unless it is turned round.
    """

    id: str
    head: str
    width: int
    cell: Callable[[Row, Moment], Piece]
    order: Callable[[Row, float], Any]
    from_width: int = 0
    most: int = 0
    left: bool = False
    gap: int = 0
    pace: int = 1
    down: bool = False


class Placed(NamedTuple):
    """A column at its place on the screen."""

    column: Column
    x: int
    width: int


def placed(columns: Sequence[Column], width: int) -> list[Placed]:
    """Those that there are at a width; what is left goes to those that grow, in turn."""
    there = [column for column in columns if width >= column.from_width]
    widths = [column.width for column in there]
    left = width - HEAD - _MARGIN - sum(widths)
    growing = [place for place, column in enumerate(there) if column.most > column.width]
    while left > 0 and growing:
        for place in [*growing]:
            if not left:
                break
            more = min(there[place].pace, there[place].most - widths[place], left)
            widths[place] += more
            left -= more
            if widths[place] >= there[place].most:
                growing.remove(place)
    x, found = HEAD, []
    for column, size in zip(there, widths, strict=True):
        found.append(Placed(column, x, size))
        x += size
    return found


def fitted(text: str, width: int, *, left: bool, gap: int = 0) -> str:
    """Text in a column: at its left or right end, one blank between columns at least.

    Where there is no room text at the left is cut, with ``>``, and at the right there are asterisks.
    """
    text, room = " " * gap + text, max(0, width - 1)
    if cell_len(text) > room:  # of a number no part may be left out
        text = set_cell_size(text, max(0, room - 1)) + ">" * (room > 0) if left else "*" * min(3, room)
    blanks = " " * (width - cell_len(text))
    return text + blanks if left else blanks + text


def heading(columns: Sequence[Placed]) -> str:
    """The heads."""
    heads = []
    for column, _x, width in columns:
        text, room = _(column.head), width - column.gap - 1
        if cell_len(text) > room:
            text = set_cell_size(text, max(0, room - 1)) + "."
        heads.append(fitted(text, width, left=column.left, gap=column.gap))
    return " " * HEAD + "".join(heads)


def line(row: Row, columns: Sequence[Placed], now: Moment, trend: Callable[[int], str]) -> Iterator[Piece]:
    """A row from its name on. ``trend`` draws the last hour in so many cells.

    Where there are no values to show, what is wrong stands in their place.
    """
    instead = piece_instead(row, now)
    room = 0
    for each in columns:
        column = each.column
        if instead is not None and column.id in _VALUES:
            room += each.width
            continue
        if instead is not None and room:
            yield _fit(instead, room, left=True, gap=_GAP)
            room = 0
        if column.id == "hour":
            role = "export" if (row.power or 0) < 0 else "import"
            yield Piece(" " * _GAP + trend(each.width - _GAP), role if row.status is Status.LIVE else "muted")
        elif column.id == "power":
            number, arrow = power_pieces(row)
            yield number._replace(text=fitted(number.text, each.width - 2, left=False))
            yield arrow
        else:
            yield _fit(column.cell(row, now), each.width, left=column.left, gap=column.gap)
    if instead is not None and room:
        yield _fit(instead, room, left=True, gap=_GAP)


def _fit(piece: Piece, width: int, *, left: bool, gap: int) -> Piece:
    """Its short form where there is no room for the long one."""
    text = piece.short if piece.short and gap + cell_len(piece.text) >= width else piece.text
    return piece._replace(text=fitted(text, width, left=left, gap=gap))


_GAP = 2
_VALUES = ("power", "reactive", "factor", "volts", "age", "hour")


def _link(row: Row) -> int | None:
    return int(row.link_address) if row.link_address.isdecimal() and row.link_address.isascii() else None


@lru_cache(maxsize=20_000)
def natural(text: str) -> tuple[tuple[str, int], ...]:
    """What text is sorted by: FV 2 stands before FV 10."""
    parts = _DIGITS.split(text.casefold())
    numbers = [int(number) for number in parts[1::2]] + [0]
    return tuple(zip(parts[0::2], numbers, strict=True))


_DIGITS = re.compile(r"([0-9]{1,15})")


def _by(value: Callable[[Row], str]) -> Callable[[Row, float], object]:
    return lambda row, _now: natural(value(row))


def _number(name: str, head: str, width: int, decimals: int, role: str, value: Callable[[Row], float | None]) -> Column:
    """Of a measured value, the largest first."""
    return Column(
        name,
        head,
        width,
        lambda row, _now: measured(value(row), decimals, role, row),
        lambda row, _now: value(row),
        down=True,
    )


_ORDER = {status: place for place, status in enumerate(Status)}
STATE = Column(
    "state", words.STATE, 0, lambda _row, _now: Piece(""), lambda row, _now: _ORDER[row.status], from_width=10_000
)
"""Not a column of its own: its sign stands before the name."""
_NAME = Column(
    "meter",
    words.METER,
    16,
    lambda row, _now: Piece(row.name, "strong" if row.status is Status.LIVE else "foreground"),
    _by(lambda row: row.name),
    most=34,
    left=True,
)
_BOX = Column("box", words.BOX, 10, lambda row, _now: Piece(row.site, "muted"), _by(lambda row: row.site), 0, 13, True)
VALUES = (
    _NAME,
    _BOX,
    Column(
        "power",
        words.POWER,
        NUMBER + 3,
        lambda row, _now: Piece(""),
        lambda row, _now: row.power,
        down=True,
    ),
    _number("reactive", words.REACTIVE, 8, 0, "reactive", lambda row: row.reactive),
    _number("factor", words.FACTOR, 7, 3, "foreground", lambda row: row.factor),
    _number("volts", words.VOLTS, 7, 1, "foreground", lambda row: row.volts),
    Column("age", words.AGE, 9, age_piece, lambda row, now: row.age(now), down=True),
    Column(
        "hour",
        words.HOUR,
        12,
        lambda _row, _now: Piece(""),
        lambda row, _now: row.power,
        100,
        42,
        left=True,
        gap=_GAP,
        pace=3,
    ),
    Column(
        "month",
        words.MONTH,
        12,
        month_piece,
        lambda row, _now: row.gaps,
        110,
        left=True,
        gap=_GAP,
        down=True,
    ),
    Column("new", words.NEW, 5, new_piece, lambda row, _now: row.new_events, 76, down=True),
)
STATES = (
    _NAME,
    _BOX,
    Column(
        "what",
        words.WHAT,
        30,
        state_piece,
        lambda row, _now: row.phase_text,
        most=40,
        left=True,
        gap=_GAP,
    ),
    Column(
        "heard",
        words.HERE,
        8,
        lambda row, now: Piece("-", "faint") if row.heard_at is None else plain_age(now.at - row.heard_at),
        lambda row, now: None if row.heard_at is None else now - row.heard_at,
        down=True,
    ),
    Column(
        "stated",
        words.BY_ITS_CLOCK,
        11,
        stated_piece,
        lambda row, _now: None if row.stated is None else -row.stated,
        down=True,
    ),
    Column(
        "clock",
        words.CLOCK,
        11,
        lambda row, _now: seconds_piece(row.clock_off),
        lambda row, _now: row.clock_off and abs(row.clock_off),
        95,
        down=True,
    ),
    Column(
        "meter_clock",
        words.METER_CLOCK,
        14,
        lambda row, _now: seconds_piece(row.meter_clock),
        lambda row, _now: row.meter_clock and abs(row.meter_clock),
        115,
        down=True,
    ),
    Column(
        "link", words.LINK, 9, lambda row, _now: Piece(row.link_address, "muted"), lambda row, _now: _link(row), 130
    ),
    Column(
        "identity",
        words.IDENTITY,
        16,
        lambda row, _now: Piece(row.identity, "muted"),
        _by(lambda row: row.identity),
        140,
        left=True,
        gap=_GAP,
    ),
    Column(
        "gateway",
        words.GATEWAY,
        18,
        lambda row, _now: Piece(shortened(row.gateway, 30), "muted"),
        _by(lambda row: row.gateway),
        155,
        26,
        left=True,
        gap=_GAP,
    ),
)
SORTED = (STATE, *VALUES, *STATES[2:])
"""What rows can be sorted by."""


def column_of(name: str) -> Column:
    """A column by its id."""
    return next(column for column in SORTED if column.id == name)


def in_order(rows: Sequence[Row], by: str, *, turned: bool, now: float) -> list[Row]:
    """Rows sorted by a column, then by name, box and topic; ``turned``: the other way round than it is meant.

    What is not known stands behind what is, either way.
    """
    column = column_of(by)
    found = sorted(rows, key=lambda row: (natural(row.name), natural(row.site), row.key))
    valued = [(column.order(row, now), row) for row in found]
    known = sorted((each for each in valued if each[0] is not None), key=_VALUE, reverse=column.down is not turned)
    return [row for _value, row in known] + [row for value, row in valued if value is None]


_VALUE = itemgetter(0)
