"""The part of a load profile that a plot shows: a day, a week, a month or all of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from enum import Enum

from iec102.load_profile.intervals import midnight

from iec102_tui.load_profile.load_profile import LoadProfile


class Zoom(Enum):
    """How long the part is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


def window(load_profile: LoadProfile, cursor: int, zoom: Zoom) -> range:
    """The indexes of the intervals in the day, week (from Monday) or month of the one at ``cursor``.

    An interval belongs to the day in which it begins: the one that ends at 00:00 is the last of the day before.
    """
    if zoom is Zoom.ALL or not load_profile.ends:
        return range(len(load_profile.ends))
    # Just before its end, an instant that belongs to it.
    day = (load_profile.ends[cursor] - timedelta(seconds=1)).astimezone(load_profile.zone).date()
    if zoom is Zoom.WEEK:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    elif zoom is Zoom.MONTH:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        first, after = day, day + timedelta(days=1)
    start, end = midnight(first, load_profile.zone), midnight(after, load_profile.zone)
    return range(bisect_right(load_profile.ends, start), bisect_right(load_profile.ends, end))


def neighbour(load_profile: LoadProfile, cursor: int, zoom: Zoom, by: int) -> int:
    """The cursor in the day, week or month before (-1) or behind (1); where it is when there is none."""
    shown = window(load_profile, cursor, zoom)
    if not shown or (by < 0 and shown.start == 0) or (by > 0 and shown.stop == len(load_profile.ends)):
        return cursor
    return shown.start - 1 if by < 0 else shown.stop


def index_of(load_profile: LoadProfile, end: datetime | None) -> int:
    """Where an interval is, or the one that comes nearest behind it; 0 for None."""
    if end is None or not load_profile.ends:
        return 0
    return min(bisect_left(load_profile.ends, end), len(load_profile.ends) - 1)
