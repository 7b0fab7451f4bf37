"""Judge how far a meter's clock is from this machine's, and say it (REE profile reference, 6.1 and 4.3).

Over 30 s is to be told, over 10 minutes makes measurements doubtful. A clock that is off by whole hours while its
summer time flag (SU) is right is a meter read in the wrong time zone, or a wrong clock. One whose flag contradicts the
zone, and that is off by just that hour, does not keep the flag: its clock is right, and its times are to be converted
by the zone.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from iec102.asdu.timetag import standard_offset

TOLD = 30.0
"""Seconds from which a difference is told."""

DOUBTFUL = 600.0
"""Seconds from which the times of a meter's values are doubtful."""

NO_TIME = "the meter answered with no valid date and time: check its clock"

_HOUR = 3600.0
# Seconds by which a clock in another zone may be off besides.
_WHOLE_HOUR = 300.0
# A time tag of whole minutes is known to half of one, either way.
_HALF_MINUTE = 30.0
# Where meters of this profile stand, and the zones next to them; the likeliest first.
_ZONES = ("Europe/Madrid", "Atlantic/Canary", "Europe/Lisbon", "Atlantic/Azores", "Europe/Athens", "UTC")

_MINUTE, _DAY, _YEAR = 60, 86_400, 365.25


class ClockKind(StrEnum):
    """What there is to do about a clock."""

    RIGHT = "right"
    OFF = "off"
    DOUBTFUL = "doubtful"
    OTHER_ZONE = "other zone"
    NO_FLAG = "summer time flag not kept"


class ClockVerdict(NamedTuple):
    """``difference``: seconds that the meter is ahead of this machine, ``unsure`` of so many either way.

    ``zone`` is the name of a time zone that would fit, empty where none is known.
    """

    kind: ClockKind
    difference: float
    zone: str = ""
    unsure: float = 0.0

    @property
    def is_right(self) -> bool:
        """There is nothing to tell."""
        return self.kind is ClockKind.RIGHT

    @property
    def is_doubtful(self) -> bool:
        """The times of the meter's values cannot be relied on."""
        return self.kind not in (ClockKind.RIGHT, ClockKind.OFF)

    @property
    def words(self) -> str:
        """One sentence: how far it is off, and what to check; empty where there is nothing to tell."""
        if self.is_right:
            return ""
        off = f"the meter's clock is {self._off} this machine's"
        if self.kind is ClockKind.OTHER_ZONE:
            return f"{off}, with the right summer time flag: --timezone {self.zone} would fit, or its clock is wrong"
        if self.kind is ClockKind.NO_FLAG:
            return (
                f"{off} by its summer time flag (SU), and right without it: it does not keep that flag, "
                "so that its times are an hour off: check --summer-time"
            )
        if self.kind is ClockKind.OFF:
            return f"{off}: check both clocks"
        zone = " and --timezone" if _whole_hours(self.difference, self.unsure) else ""
        return f"{off}, so that the times of its values are doubtful: check both clocks{zone}"

    @property
    def short(self) -> str:
        """The same for a line of figures, such as ``3 s ahead`` or ``WRONG: 1 h behind, Atlantic/Canary?``."""
        if abs(self.difference) - self.unsure < 1:
            return "right"
        side = f"{span_words(abs(self.difference))} {'ahead' if self.difference > 0 else 'behind'}"
        if self.kind is ClockKind.RIGHT:
            return "right" if self.unsure >= _HALF_MINUTE else side
        if self.kind is ClockKind.OFF:
            return f"OFF: {side}"
        hint = {ClockKind.OTHER_ZONE: f", {self.zone}?", ClockKind.NO_FLAG: " by SU"}.get(self.kind, "")
        return f"WRONG: {side}{hint}"

    @property
    def _off(self) -> str:
        about = "about " if self.unsure >= 1 else ""
        side = "ahead of" if self.difference > 0 else "behind"
        return f"{about}{span_words(abs(self.difference))} {side}"


def judge_clock(
    difference: float, at: datetime, zone: tzinfo, summer: bool | None, *, unsure: float = 0.0
) -> ClockVerdict:
    """The verdict on a meter that is ``difference`` seconds ahead, converted in ``zone`` by its summer time flag.

    ``at``: this machine's time (aware). ``summer``: the flag, None where it was not used. ``unsure``: seconds by which
    the difference may be wrong either way; nothing is told that this could explain.
    """
    if abs(difference) - unsure <= TOLD:
        return ClockVerdict(ClockKind.RIGHT, difference, unsure=unsure)
    expected = bool(at.astimezone(zone).dst())
    hours = _whole_hours(difference, unsure)
    if summer is not None and summer != expected:
        if hours == (1 if expected else -1):
            return ClockVerdict(ClockKind.NO_FLAG, difference, unsure=unsure)
    elif hours and (name := _zone_that_fits(standard_offset(zone) + timedelta(hours=hours), at, expected)):
        return ClockVerdict(ClockKind.OTHER_ZONE, difference, name, unsure)
    kind = ClockKind.DOUBTFUL if abs(difference) - unsure > DOUBTFUL else ClockKind.OFF
    return ClockVerdict(kind, difference, unsure=unsure)


def judge_minute(meter: datetime, at: datetime, zone: tzinfo, summer: bool | None) -> ClockVerdict:
    """The verdict by a time tag of whole minutes: the clock stands anywhere in that minute."""
    difference = (meter - at).total_seconds() + _HALF_MINUTE
    return judge_clock(difference, at, zone, summer, unsure=_HALF_MINUTE)


def span_words(seconds: float) -> str:
    """``45 s``, ``12 min``, ``1 h``, ``3 h 8 min``, ``5 days``, ``26 years``."""
    if round(seconds) < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, _MINUTE)
    if not hours:
        return f"{minutes} min"
    if seconds < 2 * _DAY:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = int(seconds // _DAY)
    return f"{days} days" if days < 2 * _YEAR else f"{int(days / _YEAR)} years"


def _whole_hours(difference: float, unsure: float) -> int:
    """How many hours it is off, where it is off by hardly anything else; else 0."""
    hours = round(difference / _HOUR)
    return hours if abs(difference - hours * _HOUR) - unsure <= _WHOLE_HOUR else 0


def _zone_that_fits(offset: timedelta, at: datetime, summer: bool) -> str:
    """A zone with this standard offset that has, or has not, summer time now."""
    for name in _ZONES:
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            continue
        if standard_offset(zone) == offset and bool(at.astimezone(zone).dst()) == summer:
            return name
    return ""
