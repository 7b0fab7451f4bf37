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
from iec102.sentence import Sentence

TOLD = 30.0
"""Seconds from which a difference is told."""

DOUBTFUL = 600.0
"""Seconds from which the times of a meter's values are doubtful."""

NO_TIME = Sentence("answer.no_time")

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
    OTHER_ZONE = "other_zone"
    NO_FLAG = "no_flag"


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
        """Whether the clock is right, so that there is nothing to say."""
        return self.kind is ClockKind.RIGHT

    @property
    def is_doubtful(self) -> bool:
        """Whether the times of the meter's values cannot be relied on."""
        return self.kind not in (ClockKind.RIGHT, ClockKind.OFF)

    @property
    def words(self) -> str:
        """One sentence: how far it is off, and what to check; empty where there is nothing to tell."""
        if self.is_right:
            return ""
        if self.kind is ClockKind.OTHER_ZONE:
            return Sentence("clock.other_zone", off=self._off, zone=self.zone)
        if self.kind is ClockKind.DOUBTFUL and _whole_hours(self.difference, self.unsure):
            return Sentence("clock.doubtful_hours", off=self._off)
        return Sentence(_WORDS[self.kind], off=self._off)

    @property
    def short(self) -> str:
        """The same for a line of figures, such as ``3 s ahead`` or ``WRONG: 1 h behind, Atlantic/Canary?``."""
        if abs(self.difference) - self.unsure < 1:
            return Sentence("clock.short_right")
        code = "clock.short_ahead" if self.difference > 0 else "clock.short_behind"
        side = Sentence(code, span=span_words(abs(self.difference)))
        if self.kind is ClockKind.RIGHT:
            return Sentence("clock.short_right") if self.unsure >= _HALF_MINUTE else side
        if self.kind is ClockKind.OTHER_ZONE:
            return Sentence("clock.short_other_zone", side=side, zone=self.zone)
        return Sentence(_SHORT_WORDS[self.kind], side=side)

    @property
    def _off(self) -> Sentence:
        ahead, behind = _ABOUT if self.unsure >= 1 else _SIDES
        return Sentence(ahead if self.difference > 0 else behind, span=span_words(abs(self.difference)))


_SIDES = "clock.ahead", "clock.behind"
_ABOUT = "clock.about_ahead", "clock.about_behind"
_WORDS = {
    ClockKind.OFF: "clock.off",
    ClockKind.DOUBTFUL: "clock.doubtful",
    ClockKind.NO_FLAG: "clock.no_flag",
}
_SHORT_WORDS = {
    ClockKind.OFF: "clock.short_off",
    ClockKind.DOUBTFUL: "clock.short_doubtful",
    ClockKind.NO_FLAG: "clock.short_no_flag",
}


def judge_clock(
    difference: float, at: datetime, zone: tzinfo, summer: bool | None, *, unsure: float = 0.0
) -> ClockVerdict:
    """Judge a clock that is ``difference`` seconds ahead, converted in ``zone`` by its summer time flag.

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
    """Judge a clock by a time tag of whole minutes: it stands anywhere in that minute."""
    difference = (meter - at).total_seconds() + _HALF_MINUTE
    return judge_clock(difference, at, zone, summer, unsure=_HALF_MINUTE)


def span_words(seconds: float) -> str:
    """Say a span of seconds: ``45 s``, ``12 min``, ``1 h``, ``3 h 8 min``, ``5 days``, ``26 years``."""
    if round(seconds) < 2 * _MINUTE:
        return Sentence("span.seconds", seconds=seconds)
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, _MINUTE)
    if not hours:
        return Sentence("span.minutes", minutes=minutes)
    if seconds < 2 * _DAY:
        return (
            Sentence("span.hours_minutes", hours=hours, minutes=rest) if rest else Sentence("span.hours", hours=hours)
        )
    days = int(seconds // _DAY)
    return Sentence("span.days", days=days) if days < 2 * _YEAR else Sentence("span.years", years=int(days / _YEAR))


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
