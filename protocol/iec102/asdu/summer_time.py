"""Which instant a time tag means: by its summer time bit (SU), or by the zone (REE profile reference, 4.3).

The problem: a tag is civil time, and SU says whether summer time holds. Not every meter keeps SU: some send civil time
with SU 0 all year, some stay on standard time all year, and in summer both send the same bytes for instants an hour
apart. One tag cannot tell them apart, so what is known of the meter decides how all of its tags are converted:

    mode   10:00 SU=1 in August    10:00 SU=0 in August    02:00 SU=0, 02:00 SU=0 on the day of 25 hours
    bit    08:00 UTC               09:00 UTC               01:00 UTC, 01:00 UTC
    zone   08:00 UTC               08:00 UTC               00:00 UTC, 01:00 UTC

By the zone SU counts only in the hour that comes twice. Where it is the same in all tags of that hour it says nothing,
and the order of the records does: the label steps back where the second hour begins. Records of which only one of the
two hours is there have no instant: a gap is better than a value an hour off.

For tags whose SU fits the zone both modes give the same instant. So nothing has to be known of a meter until a tag
contradicts the zone, and what has been read before does not change when it becomes known.

What tells: the meter's clock (103), in summer; and in any season the hours that it has stored around a change of
clocks: civil time has no 02:00 in March and two in October, standard time has each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from iec102.asdu.timetag import MADRID, TimeTagA, TimeTagB, standard_offset
from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

if TYPE_CHECKING:
    from iec102.asdu.identity import Identity

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
# How far the meter's clock may be off and still tell one hour from the next.
_TOLERANCE = timedelta(minutes=15)
# Days in which a zone that has summer time changes its clocks at least once.
_LONGEST_SEASON = 400


class SummerTime(StrEnum):
    """How time tags are converted: as the setting ``summer_time`` names it."""

    AUTO = "auto"
    BIT = "bit"
    ZONE = "zone"

    @classmethod
    def parse(cls, text: str) -> SummerTime:
        """Parse its name. Raises InvalidSetting."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidSetting(Sentence("setting.summer_time", value=text, choices=", ".join(cls))) from None


class Keeping(StrEnum):
    """What a meter does with SU: keeps it, sends civil time without it, or stays on standard time all year."""

    KEPT = "kept"
    IGNORED = "ignored"
    STANDARD = "standard"

    @property
    def mode(self) -> SummerTime:
        """How its tags are converted."""
        return SummerTime.ZONE if self is Keeping.IGNORED else SummerTime.BIT


@dataclass(frozen=True, slots=True)
class TagConversion:
    """Converts the time tags of one meter. ``mode``: BIT or ZONE. ``standard``: it stays on standard time all year."""

    zone: tzinfo = MADRID
    mode: SummerTime = SummerTime.BIT
    standard: bool = False

    def utc(self, tag: TimeTagA | TimeTagB, near: datetime | None = None) -> datetime | None:
        """Convert one tag into its instant in UTC; None for "no date" and for impossible dates.

        ``near``: an instant (aware) close to it, which decides in the hour that comes twice, where SU may not be kept.
        """
        if self.mode is not SummerTime.ZONE:
            return tag.utc(self.zone)
        civil = _civil(tag)
        if civil is None:
            return None
        first, second = _readings(civil, self.zone)
        if first == second:
            return first
        if near is not None:
            return min((first, second), key=lambda instant: abs(instant - near))
        return first if tag.summer else second

    def local(self, tag: TimeTagA | TimeTagB, near: datetime | None = None) -> datetime | None:
        """Convert one tag into its instant in the zone; None as for ``utc``."""
        instant = self.utc(tag, near)
        return None if instant is None else instant.astimezone(self.zone)

    def series(self, tags: Sequence[TimeTagA | TimeTagB]) -> list[datetime | None]:
        """Convert tags, in the order in which the meter sent them, into their instants in UTC.

        None for "no date", for impossible dates, and in the hour that comes twice where nothing tells which it is.
        """
        found = [self.utc(tag) for tag in tags]
        if self.mode is not SummerTime.ZONE:
            return found
        doubtful: defaultdict[datetime, list[int]] = defaultdict(list)
        for index, tag in enumerate(tags):
            civil = _civil(tag)
            if civil is not None and _readings(civil, self.zone)[0] != _readings(civil, self.zone)[1]:
                # The last label of the hour may be 00:00 of the next day.
                doubtful[(civil - _INSTANT).replace(hour=0, minute=0, second=0, microsecond=0)].append(index)
        for indexes in doubtful.values():
            for index, instant in zip(indexes, self._by_order(tags, indexes), strict=True):
                found[index] = instant
        return found

    def tag(self, when: datetime) -> TimeTagA:
        """Make the tag of an instant (aware) as the meter itself would write it. Raises InvalidSetting."""
        return TimeTagA.of(when, timezone(standard_offset(self.zone)) if self.standard else self.zone)

    def contradicts(self, tag: TimeTagA | TimeTagB) -> bool:
        """Whether SU does not fit the zone. The instant of a change may be labelled either way."""
        minutes = tag.minutes if isinstance(tag, TimeTagB) else tag
        local = minutes.local(self.zone)
        if local is None or (local.hour == minutes.hour and local.day == minutes.day):
            return False  # as nearly all tags
        civil, instant = _civil(minutes), local.astimezone(UTC)
        labels = (_label(instant, self.zone), _label(instant - _INSTANT, self.zone) + _INSTANT)
        return civil not in labels

    def _by_order(self, tags: Sequence[TimeTagA | TimeTagB], indexes: list[int]) -> Iterator[datetime | None]:
        """The instants of the tags of one hour that comes twice."""
        civils = [civil for index in indexes if (civil := _civil(tags[index])) is not None]
        steps = [at for at in range(1, len(civils)) if civils[at] <= civils[at - 1]]
        bits = {tags[index].summer for index in indexes}
        by_bit = len(bits) == 2 or (not steps and self._keeps_bit(tags, indexes))
        for at, civil in enumerate(civils):
            first, second = _readings(civil, self.zone)
            if by_bit:
                yield first if tags[indexes[at]].summer else second
            elif len(steps) == 1:
                yield first if at < steps[0] else second
            else:  # what ends the hour is as a rule the zone's own label
                yield second if not steps and _fold(civil, self.zone, 0) == second else None

    def _keeps_bit(self, tags: Sequence[TimeTagA | TimeTagB], indexes: list[int]) -> bool:
        """Whether the tags around an hour that comes twice tell that the meter keeps SU."""
        around = [tag for index, tag in enumerate(tags) if index not in indexes and _civil(tag) is not None]
        return not any(self.contradicts(tag) for tag in around) and any(
            tag.summer for tag in (*around, *(tags[index] for index in indexes))
        )


def comes_twice(tag: TimeTagA, zone: tzinfo) -> bool:
    """Whether the label of this tag, without SU, stands for two instants of the zone."""
    civil = _civil(tag)
    if civil is None:
        return False
    first, second = _readings(civil, zone)
    return first != second


def _civil(tag: TimeTagA | TimeTagB) -> datetime | None:
    """What the tag says, without a zone; None for "no date" and for impossible dates."""
    instant = tag.utc(UTC)
    if instant is None:
        return None
    civil = instant.replace(tzinfo=None)
    return civil + _HOUR if tag.summer else civil


def _label(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _fold(civil: datetime, zone: tzinfo, fold: int) -> datetime:
    return civil.replace(tzinfo=zone, fold=fold).astimezone(UTC)


@lru_cache(maxsize=256)
def _readings(civil: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants that a civil time of the zone may mean, the earlier one first; mostly twice the same.

    Of an hour that comes twice both ends count: a meter may label its last instant from before the change or from
    behind it.
    """
    first, second = _fold(civil, zone, 0), _fold(civil, zone, 1)
    if first < second:
        return first, second
    before = _fold(civil - _INSTANT, zone, 0), _fold(civil - _INSTANT, zone, 1)
    if before[0] < before[1]:
        return before[0] + _INSTANT, first
    return first, first  # a time that spring leaves out counts as the standard time that it would have been


# What tells whether a meter keeps SU


def judge_clock(tag: TimeTagB | TimeTagA, now: datetime, zone: tzinfo) -> Keeping | None:
    """What the meter's time at ``now`` (aware) tells; None where it could be either, or is off too far."""
    by_bit = tag.utc(zone)
    by_zone = TagConversion(zone, SummerTime.ZONE).utc(tag, now)
    if by_bit is None or by_zone is None:
        return None
    if by_bit == by_zone:
        return Keeping.KEPT if tag.summer else None
    if abs(by_zone - now) <= _TOLERANCE:
        return Keeping.IGNORED
    if abs(by_bit - now) <= _TOLERANCE:
        return Keeping.KEPT if tag.summer else Keeping.STANDARD
    return None


def judge_hours(tags: Sequence[TimeTagA], change: datetime, zone: tzinfo) -> Keeping | None:
    """What the hourly records around a change of clocks tell; None where they tell nothing.

    STANDARD from an autumn alone may also be a meter that keeps one of two equal labels: ask for a spring too.
    """
    conversion = TagConversion(zone)
    dated = [tag for tag in tags if not tag.invalid and _civil(tag) is not None]
    wrong = [tag for tag in dated if conversion.contradicts(tag)]
    if not wrong:
        return Keeping.KEPT if any(tag.summer for tag in dated) else None
    labels = [_civil(tag) for tag in dated]
    before, behind = _label(change - _INSTANT, zone) + _INSTANT, _label(change, zone)
    first, last = min(before, behind), max(before, behind)
    # The labels around the change, from the one before the earlier of its two to the one behind the later.
    counts = [labels.count(first + number * _HOUR) for number in range(-1, (last - first) // _HOUR + 2)]
    if before > behind:
        if any(count > 1 for count in counts[1:-1]):
            return Keeping.IGNORED
    elif counts[0] and counts[-1] and not counts[1] and counts[-2]:
        return Keeping.IGNORED
    plain = all(count == 1 for count in counts) and not any(tag.summer for tag in dated)
    return Keeping.STANDARD if plain else None


def touches_summer(start: datetime, end: datetime, zone: tzinfo) -> bool:
    """Whether summer time holds anywhere from ``start`` to ``end`` (aware)."""
    at = start
    while at < end:
        if at.astimezone(zone).dst():
            return True
        at += _DAY
    return bool(end.astimezone(zone).dst())


def latest_changes(now: datetime, zone: tzinfo, count: int = 2) -> list[datetime]:
    """The latest changes of clocks before ``now``, in UTC, the latest first; fewer where the zone has none."""
    found: list[datetime] = []
    late = now.astimezone(UTC).replace(second=0, microsecond=0)
    for _day in range(_LONGEST_SEASON):
        early = late - _DAY
        if _offset(early, zone) != _offset(late, zone):
            found.append(_change_between(early, late, zone))
            if len(found) == count:
                break
        late = early
    return found


def changes_of_year(now: datetime, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """When summer time begins and ends in the year of ``now`` (aware), in UTC; None where the zone has none."""
    year = now.astimezone(zone).year
    changes = latest_changes(datetime(year + 1, 1, 1, tzinfo=UTC), zone)
    found = {bool((at + _HOUR).astimezone(zone).dst()): at for at in changes if at.astimezone(zone).year == year}
    return found.get(True), found.get(False)


def _change_between(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    minute = timedelta(minutes=1)
    while late - early > minute:
        middle = early + (late - early) // minute // 2 * minute
        if _offset(middle, zone) == _offset(early, zone):
            early = middle
        else:
            late = middle
    return late


def _offset(instant: datetime, zone: tzinfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


class SummerTimeState:
    """What a program knows of one meter's summer time: the setting, and what was found. Shared by all who read it.

    ``asked``: the meter has been asked, so that what is not known now will not be known. ``contradicted``: a tag was
    seen whose SU does not fit the zone.
    """

    def __init__(self, zone: tzinfo = MADRID, setting: SummerTime = SummerTime.AUTO) -> None:
        self.zone = zone
        self.setting = setting
        self.found: Keeping | None = None
        self.asked = False
        self.contradicted = False
        self._meter: tuple[Identity | None] | None = None
        self._looked_at: TimeTagA | TimeTagB | None = None

    def belongs_to(self, meter: Identity | None) -> None:
        """Note which meter answers, None: one that does not tell. What was found of another does not hold for it."""
        if self._meter is not None and self._meter != (meter,):
            self.found, self.asked, self.contradicted = None, False, False
            self._looked_at = None
        self._meter = (meter,)

    @property
    def settled(self) -> bool:
        """Whether the mode will stay as it is."""
        return self.setting is not SummerTime.AUTO or self.found is not None

    @property
    def conversion(self) -> TagConversion:
        """How tags are converted now: what is not settled, by the bit."""
        mode = self.setting
        if mode is SummerTime.AUTO:
            mode = SummerTime.BIT if self.found is None else self.found.mode
        return TagConversion(self.zone, mode, mode is SummerTime.BIT and self.found is Keeping.STANDARD)

    def saw(self, tag: TimeTagA | TimeTagB) -> None:
        """Notice a tag that contradicts the zone."""
        self.contradicted |= self.conversion.contradicts(tag)

    def clock_time(self, tag: TimeTagA | TimeTagB, now: datetime) -> tuple[datetime | None, bool | None]:
        """The meter's time in the zone at ``now`` (aware), from which this learns; None as for ``local``.

        Behind it SU of the tag; None where the time is converted without it.
        """
        if tag != self._looked_at:  # a tag stands for a minute, in which it tells nothing new
            self._looked_at = tag
            self.saw(tag)
            if self.found is None:
                self.found = judge_clock(tag, now, self.zone)
        conversion = self.conversion
        uses_bit = conversion.mode is SummerTime.BIT and not conversion.standard
        return conversion.local(tag, now), tag.summer if uses_bit else None

    @property
    def remark(self) -> str | None:
        """One sentence on tags that contradict the zone, with what is done about it; None where there are none."""
        if not self.contradicted:
            return None
        return remark(self.setting, self.found, self.zone)

    @property
    def unsettled(self) -> str | None:
        """One sentence where it was asked in vain whether the meter keeps SU, else None."""
        return None if self.settled or not self.asked else remark(self.setting, None, self.zone)


def remark(setting: SummerTime, found: Keeping | None, zone: tzinfo) -> str:
    """What is said of a SU that does not fit the zone."""
    if setting is SummerTime.AUTO and found is None:
        return Sentence("summer_time.not_settled", zone=zone)
    if setting is SummerTime.ZONE:
        return Sentence("summer_time.as_set_zone", zone=zone)
    if setting is SummerTime.BIT:
        return Sentence("summer_time.as_set_bit", zone=zone)
    if found is Keeping.IGNORED:
        return Sentence("summer_time.ignored", zone=zone)
    if found is Keeping.STANDARD:
        return Sentence("summer_time.standard", zone=zone)
    return Sentence("summer_time.kept", zone=zone)
