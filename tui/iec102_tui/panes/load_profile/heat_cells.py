"""A load profile as a map: a column a day, a row an hour, the brighter the higher the value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.words.load_profile_text import AGAIN
from iec102_tui.words.text import _

SIGNS = (" .", " :", " -", " =", " +", " *", " #", "%%", "@@")
"""For terminals without blocks and colours: the darker the higher."""
NOTHING = "  "
"""There is no such hour: of the day that is an hour short, or outside the range."""
_HOURS = 24


class State(Enum):
    """What is known of an hour."""

    GOOD = auto()
    DOUBTFUL = auto()
    """A part of it is invalid or has a warning in its qualifier."""
    GAP = auto()
    """A part of it is missing, between others that are there or because the meter said so."""
    UNKNOWN = auto()
    """It was not downloaded yet."""


class Cell(NamedTuple):
    """The sum of an hour, of what is valid; None where nothing is, or a part is missing."""

    value: int | None
    state: State = State.GOOD


class Hour(NamedTuple):
    """An hour of a day by its beginning on the clock, 0 to 23; ``again``: the second one of that name in autumn."""

    hour: int
    again: bool = False

    @property
    def label(self) -> str:
        """``02-03``, and under it ``again``."""
        return _(AGAIN) if self.again else f"{self.hour:02}-{self.hour + 1:02}"


class HeatMap(NamedTuple):
    """``cells`` by day and hour, the brightest of them ``highest``; ``lowest`` is 0 unless the values are counters.

    The hour that an autumn day has twice is two cells: their sum would look like a peak.
    """

    days: tuple[date, ...]
    cells: dict[tuple[date, Hour], Cell]
    lowest: int = 0
    highest: int = 0

    @property
    def hours(self) -> list[Hour]:
        """The rows, from the top: 24, and one more where a day has an hour twice."""
        return sorted({*map(Hour, range(_HOURS)), *(hour for _day, hour in self.cells)})

    def share(self, value: int) -> float:
        """Where a value is between the lowest and the highest, 0 to 1."""
        span = self.highest - self.lowest
        return (value - self.lowest) / span if span else 0.0

    def sign(self, day: date, hour: Hour) -> str:
        """Two characters, for a map without colours."""
        cell = self.cells.get((day, hour))
        if cell is None:
            return NOTHING
        if cell.state is State.DOUBTFUL:
            return " ?"
        if cell.state is not State.GOOD or cell.value is None:
            return " x" if cell.state is State.GAP else " _"
        return SIGNS[int(self.share(cell.value) * (len(SIGNS) - 1))]


def heat_map(load_profile: LoadProfile, channel: int, cursor: int) -> HeatMap:
    """Of the month in which the interval at ``cursor`` is."""
    cells: dict[tuple[date, Hour], Cell] = {}
    shown = window(load_profile, cursor, Zoom.MONTH)
    known = [index for index in shown if load_profile.ends[index] in load_profile.rows]
    inner = range(known[0], known[-1] + 1) if known else range(0)
    for index in shown:
        place = place_of(load_profile, index)
        found = _cell(load_profile, channel, index, hole=index in inner)
        cells[place] = _together(cells[place], found) if place in cells else found
    values: Sequence[int] = [cell.value for cell in cells.values() if cell.value is not None]
    days = tuple(sorted({day for day, _hour in cells}))
    lowest = 0 if load_profile.wanted.incremental else min(values, default=0)
    return HeatMap(days, cells, lowest, max(values, default=0))


def _cell(load_profile: LoadProfile, channel: int, index: int, *, hole: bool) -> Cell:
    end = load_profile.ends[index]
    if end not in load_profile.rows:
        return Cell(None, State.GAP if hole or end in load_profile.reasons else State.UNKNOWN)
    value, quality = load_profile.value(index, channel), load_profile.quality(index, channel)
    if value is None and not quality:
        return Cell(None, State.GAP)  # the meter gives no such channel
    return Cell(value, State.DOUBTFUL if quality else State.GOOD)


def _together(one: Cell, other: Cell) -> Cell:
    """Two parts of an hour."""
    if one.value is None or other.value is None:
        states = (one.state, other.state)
        worst = next(state for state in (State.DOUBTFUL, State.GAP, State.UNKNOWN, State.GOOD) if state in states)
        return Cell(None, worst)
    return Cell(one.value + other.value, max(one.state, other.state, key=lambda state: state.value))


def place_of(load_profile: LoadProfile, index: int) -> tuple[date, Hour]:
    """The day and the hour in which an interval begins."""
    inside: datetime = (load_profile.ends[index] - timedelta(seconds=1)).astimezone(load_profile.zone)
    return inside.date(), Hour(inside.hour, bool(inside.fold))
