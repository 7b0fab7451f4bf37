"""Which hours of the running month have come, as one number: a bit an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

_HOUR = 3600
MOST_HOURS = 31 * 24 + 1


class MonthOfHours:
    """Fed with the ends of hourly records, in any order; another month begins anew."""

    __slots__ = ("_bits", "_first", "from_the_first", "month")

    def __init__(self) -> None:
        self.month: tuple[int, int] | None = None
        """Year and month."""
        self.from_the_first = False
        """The first hour of the month is there."""
        self._bits = 0
        self._first = 0

    def add(self, end: datetime) -> None:
        """A record; ``end`` by the meter's clock, with its offset. One of an earlier month is left out."""
        began = end - timedelta(hours=1)
        month = (began.year, began.month)
        if self.month is not None and month < self.month:
            return
        start = end.replace(day=1, hour=0, minute=0, second=0, microsecond=0, month=began.month, year=began.year)
        if month != self.month:
            self.month, self._bits, self._first = month, 0, int(start.timestamp()) // _HOUR
            self.from_the_first = False
        if began == start:  # by its own offset: the others are counted from the start by that of whatever came first
            self.from_the_first = True
        place = int(end.timestamp()) // _HOUR - self._first
        if 0 <= place <= MOST_HOURS + 1:
            self._bits |= 1 << place

    @property
    def count(self) -> int:
        """Hours that have come."""
        return self._bits.bit_count()

    @property
    def until(self) -> float:
        """The end of the last one, in seconds since 1970."""
        return float((self._first + self._bits.bit_length() - 1) * _HOUR)

    @property
    def gaps(self) -> int:
        """Hours between the first and the last that have not come."""
        if not self._bits:
            return 0
        first = (self._bits & -self._bits).bit_length()
        return self._bits.bit_length() - first + 1 - self.count
