"""Which meter of the archive is meant, and which of its load profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

import click
from iec102.errors import InvalidSetting

from iec102_tui.archive.contents import Contents, MeterKey, keeping_of, recall
from iec102_tui.cli.options import resolved
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.profiles.connection import is_url
from iec102_tui.profiles.store import UnknownProfile
from iec102_tui.words.text import _


def chosen_of(there: list[Contents], meter: str | None, answered: Callable[[], MeterKey | None], what: str) -> Contents:
    """Choose the load profile of the meter that is meant. Raises InvalidSetting."""
    if not there:
        raise InvalidSetting(_("the archive has no {what}: iec102-tui archive list says what it has", what=what))
    if meter is None:
        chosen = there
    else:
        chosen = [found for found in there if meter in names_of(found.meter)]
        if not chosen:
            key = answered()
            chosen = [found for found in there if found.meter == key]
    if not chosen:
        raise InvalidSetting(
            _("the archive has no {what} of {meter}: iec102-tui archive list says what it has", what=what, meter=meter)
        )
    if len(chosen) > 1:
        known = "; ".join(str(found.meter) for found in chosen)
        raise InvalidSetting(_("the archive has {what} of several meters, say which: {known}", what=what, known=known))
    return chosen[0]


def meter_named(context: click.Context, path: Path, there: Iterable[MeterKey], meter: str) -> MeterKey:
    """Find the meter that is meant by its number, a profile's name or a URL. Raises InvalidSetting."""
    known = set(there)
    chosen = {key for key in known if meter in names_of(key)}
    answered = None if chosen else answered_at(context, path, meter)
    if answered is not None and answered in known:
        return answered
    if len(chosen) == 1:
        return chosen.pop()
    if not chosen:
        raise InvalidSetting(
            _("the archive has nothing of {meter}: iec102-tui archive list says what it has", meter=meter)
        )
    names = "; ".join(map(str, sorted(chosen)))
    raise InvalidSetting(_("the archive has several such meters, say which: {known}", known=names))


def of_one_mode(path: Path, there: list[Contents], wanted: str | None) -> list[Contents]:
    """Choose of each meter the values whose times were converted as wanted, else as the meter needs it.

    Raises InvalidSetting where that is not known and there are both.
    """
    chosen: list[Contents] = []
    for meter, group in groupby(there, key=lambda found: found.meter):
        profiles = list(group)
        keeping = keeping_of(path, meter)
        several = len({found.summer_time for found in profiles}) > 1
        mode = wanted or (keeping.mode.value if keeping is not None and several else None)
        if mode is None and several:
            raise InvalidSetting(
                _(
                    "the archive has values of {meter} whose times were converted by the bit, and by the zone: "
                    "say which with --summer-time",
                    meter=meter,
                )
            )
        chosen += [found for found in profiles if mode in (None, found.summer_time.value)]
    return chosen


def names_of(meter: MeterKey) -> tuple[str, ...]:
    """The names by which a meter may be called."""
    number = meter.identity.rpartition(" ")[2]
    return str(meter), meter.identity, number, number.rpartition("-")[2]


def supply_point_of(context: click.Context, meter: str | None) -> SupplyPoint:
    """The codes of the profile whose name was given."""
    try:
        return resolved(context, meter, {}).supply_point if meter else SupplyPoint()
    except InvalidSetting:
        return SupplyPoint()  # the meter was named in another way


def answered_at(context: click.Context, path: Path, target: str) -> MeterKey | None:
    """The meter that answered at a profile's target or at a URL when it was read last."""
    try:
        chosen = resolved(context, target, {})
    except UnknownProfile:
        if is_url(target):
            raise
        return None
    return recall(path, chosen.target, chosen.station)
