"""What was closed of a month: one closing, or several that follow on each other and are added up.

A contract is also closed by command, by a button or by a change of its tariff: then the month is in several closings,
none of which is that of the month.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import NamedTuple

from iec102.asdu.tariff import Energy
from iec102.meter.closings import Closing, ClosingPeriod

_NEAR = timedelta(minutes=1)
"""By which the bounds of a closing may be off."""


class Closed(NamedTuple):
    """``closing``: of the whole month, None where there is none; added up of ``parts``, given in so many ``ways``.

    ``partly``: there are closings of the month, but they do not make it up from its start to its end.
    """

    closing: Closing | None = None
    parts: int = 1
    ways: int = 1
    partly: bool = False


def closed_in(closings: Iterable[Closing], start: datetime, end: datetime) -> Closed:
    """Of the stored closings of one contract, oldest first; of one that was given in several ways, the last."""
    stored = [each for each in closings if _is_stored(each)]
    whole = closings_of(stored, start, end)
    inside = [each for each in stored if each not in whole and _overlap(each, start, end) > _NEAR]
    chain = _chain([each for each in inside if _is_within(each, start, end)], start, end)
    if chain is None:
        partly = not whole and bool(inside)
        return Closed(whole[-1] if whole else None, ways=max(1, len(whole)), partly=partly)
    added, ways = reduce(_added, (given[-1] for given in chain)), max(map(len, chain))
    if not whole:
        return Closed(added, len(chain), ways)
    differs = not _says_the_same(added, whole[-1], len(chain))
    return Closed(whole[-1], ways=max(ways, len(whole) + differs))


def closings_of(closings: Iterable[Closing], start: datetime, end: datetime) -> list[Closing]:
    """The stored closings of a month, whose bounds may be a minute off; several where they were given otherwise."""
    return [each for each in closings if _is_stored(each) and _has_bounds(each, start, end)]


def _is_stored(closing: Closing) -> bool:
    return None not in (closing.start, closing.end) and closing.is_whole and not closing.is_current


def _has_bounds(closing: Closing, start: datetime, end: datetime) -> bool:
    assert closing.start is not None
    assert closing.end is not None
    return abs(closing.start - start) <= _NEAR and abs(closing.end - end) <= _NEAR


def _is_within(closing: Closing, start: datetime, end: datetime) -> bool:
    assert closing.start is not None
    assert closing.end is not None
    return closing.start >= start - _NEAR and closing.end <= end + _NEAR


def _overlap(closing: Closing, start: datetime, end: datetime) -> timedelta:
    """How much of it lies in the month."""
    assert closing.start is not None
    assert closing.end is not None
    return min(closing.end, end) - max(closing.start, start)


def _chain(closings: Sequence[Closing], start: datetime, end: datetime) -> list[list[Closing]] | None:
    """From the start to the end without a hole, each link with all the ways it was given in; None: there is none."""
    found: list[list[Closing]] = []
    at = start
    while abs(at - end) > _NEAR:
        following = [each for each in closings if each.start is not None and abs(each.start - at) <= _NEAR]
        if not following:
            return None
        latest = max(each.end for each in following if each.end is not None)
        found.append([each for each in following if each.end is not None and abs(each.end - latest) <= _NEAR])
        at = latest
    return found


def _added(one: Closing, other: Closing) -> Closing:
    """A period that one of them does not tell is not told of both."""
    others = {period.period: period for period in other.periods}
    periods = tuple(_added_period(period, others[period.period]) for period in one.periods if period.period in others)
    return Closing(other.contract, one.start, other.end, periods)


def _added_period(one: ClosingPeriod, other: ClosingPeriod) -> ClosingPeriod:
    highest = max(one, other, key=lambda period: period.maximum)
    return other._replace(
        active=_added_energy(one.active, other.active),
        inductive=_added_energy(one.inductive, other.inductive),
        capacitive=_added_energy(one.capacitive, other.capacitive),
        maximum=highest.maximum,
        maximum_time=highest.maximum_time,
        maximum_quality=one.maximum_quality | other.maximum_quality,
    )


def _added_energy(one: Energy, other: Energy) -> Energy:
    return Energy(other.absolute, one.incremental + other.incremental, one.quality | other.quality)


def _says_the_same(added: Closing, whole: Closing, parts: int) -> bool:
    """In maxima, and in energies but for the rounding of each part, in the periods that both tell."""
    told = {period.period: period for period in added.periods}
    return all(_fits(told[period.period], period, parts) for period in whole.periods if period.period in told)


def _fits(added: ClosingPeriod, whole: ClosingPeriod, parts: int) -> bool:
    energies = ((added.active, whole.active), (added.inductive, whole.inductive), (added.capacitive, whole.capacitive))
    return added.maximum == whole.maximum and all(
        abs(one.incremental - other.incremental) <= parts for one, other in energies
    )
