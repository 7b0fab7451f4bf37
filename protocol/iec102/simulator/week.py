"""The week of the site behind the simulated meter: kinds of days, and how the power runs through them."""

from __future__ import annotations

import math
from enum import Enum
from typing import NamedTuple

_NIGHT_LOAD = 105.0  # kW
_DAY_LOAD = 130.0
_SOLAR_PEAK = 120.0

_FIRST_WEEKDAY = 5  # 2000-01-01 was a Saturday; Monday is 0


class Shape(Enum):
    """How the active power runs through a segment."""

    FLAT = "constant"
    HUMP = "constant, with a hump"
    FALL = "falls to zero"
    RISE = "rises from zero"
    SUN = "zero, with a hump"


class Segment(NamedTuple):
    """Hours of the day with one shape and one quadrant (1 to 4); ``tangent`` is |Q| over |P|.

    ``is_sunny``: the panels of a site feed in.
    """

    start: int
    end: int
    shape: Shape
    quadrant: int
    tangent: float
    is_sunny: bool = False

    @property
    def fluctuates(self) -> bool:
        """Only where the power stays far from zero: a fluctuation must not turn its sign."""
        return self.shape in (Shape.FLAT, Shape.HUMP)

    def power(self, hour: float) -> float:
        """The size of the active power in kW at an hour of the day."""
        part = (hour - self.start) / (self.end - self.start)
        match self.shape:
            case Shape.FLAT:
                return _NIGHT_LOAD
            case Shape.HUMP:
                return _NIGHT_LOAD + _DAY_LOAD * (1 - math.cos(2 * math.pi * part)) / 2
            case Shape.FALL:
                return _NIGHT_LOAD * (1 - part)
            case Shape.RISE:
                return _NIGHT_LOAD * part
            case Shape.SUN:
                return _SOLAR_PEAK * (1 - math.cos(2 * math.pi * part)) / 2

    def energy(self, until: float) -> float:
        """The integral of ``power`` from the segment's start to an hour of the day, in kWh."""
        length = self.end - self.start
        part = (until - self.start) / length
        hump = length * (part - math.sin(2 * math.pi * part) / (2 * math.pi)) / 2
        match self.shape:
            case Shape.FLAT:
                return _NIGHT_LOAD * length * part
            case Shape.HUMP:
                return _NIGHT_LOAD * length * part + _DAY_LOAD * hump
            case Shape.FALL:
                return _NIGHT_LOAD * length * (part - part * part / 2)
            case Shape.RISE:
                return _NIGHT_LOAD * length * part * part / 2
            case Shape.SUN:
                return _SOLAR_PEAK * hump


WORKDAY = (
    Segment(0, 6, Shape.FLAT, 4, 0.22),
    Segment(6, 22, Shape.HUMP, 1, 0.38),
    Segment(22, 24, Shape.FLAT, 4, 0.22),
)
# On Sundays the site stands still and its solar plant feeds the grid around noon.
RESTDAY = (
    Segment(0, 10, Shape.FLAT, 4, 0.22),
    Segment(10, 11, Shape.FALL, 1, 0.30),
    Segment(11, 16, Shape.SUN, 3, 0.12),
    Segment(16, 17, Shape.RISE, 1, 0.30),
    Segment(17, 24, Shape.FLAT, 4, 0.22),
)


class Kind(Enum):
    """Days of one kind are numbered through the weeks, and their factors sum up without a table."""

    WORK = "Monday to Friday"
    SATURDAY = "Saturday"
    REST = "Sunday"

    @classmethod
    def of(cls, day: int) -> Kind:
        """The kind of a day, by days since 2000-01-01."""
        weekday = (day + _FIRST_WEEKDAY) % 7
        return cls.WORK if weekday < 5 else cls.SATURDAY if weekday == 5 else cls.REST

    def before(self, day: int) -> int:
        """How many days of this kind lie before a day, from the Monday before 2000-01-01."""
        week, weekday = divmod(day + _FIRST_WEEKDAY, 7)
        if self is Kind.WORK:
            return 5 * week + min(weekday, 5)
        return week + (self is Kind.SATURDAY and weekday > 5)
