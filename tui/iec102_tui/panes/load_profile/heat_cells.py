"""A load profile as a map: a column a day, a row an hour, the darker the sign the higher the value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.window import Zoom, window

SIGNS = (" .", " :", " -", " =", " +", " *", " #", "%%", "@@")
GAP = " ?"
NOTHING = "  "
"""There is no such hour: of the day that is an hour short, or outside the range."""
_HOURS = 24


class Hour(NamedTuple):
    """An hour of a day by its beginning on the clock, 0 to 23; ``again``: the second one of that name in autumn."""

    hour: int
    again: bool = False

    @property
    def label(self) -> str:
        """``02-03``, and under it ``again``."""
        return "again" if self.again else f"{self.hour:02}-{self.hour + 1:02}"


class HeatMap(NamedTuple):
    """``cells`` by day and hour: the sum of the hour, None where a part of it is missing.

    The hour that an autumn day has twice is two cells: their sum would look like a peak.
    """

    days: tuple[date, ...]
    cells: dict[tuple[date, Hour], int | None]
    lowest: int = 0
    highest: int = 0

    @property
    def hours(self) -> list[Hour]:
        """The rows, from the top: 24, and one more where a day has an hour twice."""
        return sorted({*map(Hour, range(_HOURS)), *(hour for _day, hour in self.cells)})

    def sign(self, day: date, hour: Hour) -> str:
        """Two characters."""
        if (day, hour) not in self.cells:
            return NOTHING
        value = self.cells[day, hour]
        return GAP if value is None else SIGNS[self._level(value)]

    def _level(self, value: int) -> int:
        span = self.highest - self.lowest
        return (value - self.lowest) * (len(SIGNS) - 1) // span if span else 0


def heat_map(curve: LoadProfile, channel: int, cursor: int) -> HeatMap:
    """Of the month in which the interval at ``cursor`` is."""
    cells: dict[tuple[date, Hour], int | None] = {}
    for index in window(curve, cursor, Zoom.MONTH):
        place = place_of(curve, index)
        value = curve.value(index, channel)
        before = cells.get(place, 0)
        cells[place] = None if value is None or before is None else before + value
    known: Sequence[int] = [value for value in cells.values() if value is not None]
    days = tuple(sorted({day for day, _hour in cells}))
    return HeatMap(days, cells, min(known, default=0), max(known, default=0))


def place_of(curve: LoadProfile, index: int) -> tuple[date, Hour]:
    """The day and the hour in which an interval begins."""
    inside: datetime = (curve.ends[index] - timedelta(seconds=1)).astimezone(curve.zone)
    return inside.date(), Hour(inside.hour, bool(inside.fold))
