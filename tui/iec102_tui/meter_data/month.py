"""A month of a meter to be judged: its load profiles beside what is known of it besides them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple, TypeVar

from iec102.asdu.names import CONTRACT_NAMES
from iec102.asdu.timetag import EVERY_YEAR
from iec102.load_profile.intervals import Register, midnight
from iec102.load_profile.records import LoadRecord
from iec102.meter.device import CONTRACTS
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod, SeasonTable
from iec102.verdict.closed import closed_in
from iec102.verdict.month import Contract, Month

from iec102_tui.meter_data.documents import CONTRACT_STATES, Document
from iec102_tui.meter_data.known import CONFIGURATION, HOLIDAYS, POWERS, SEASONS, Known
from iec102_tui.meter_data.typed import closing_of, holidays_of, powers_of, season_table_of

EVENT_RECORDS_NEEDED = (52, 53)
"""The records of the supply and of the clock."""
_ACTIVE = max(CONTRACT_STATES)

Bounds = tuple[datetime, datetime]
T = TypeVar("T")


class Calendar(NamedTuple):
    """Which tariff period an hour belongs to. ``name`` says where it comes from."""

    name: str
    seasons: SeasonTable
    holidays: HolidayCalendar


def bounds_of(first: date, zone: tzinfo) -> Bounds:
    """The instants between which the month of a date lies, in ``zone``."""
    first = first.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = (midnight(day, zone).astimezone(zone) for day in (first, following))
    return start, end


def month_of(
    known: Known,
    bounds: Bounds,
    now: datetime,
    zone: tzinfo,
    records: Mapping[Register, Sequence[LoadRecord]],
    *,
    calendar: Calendar | None = None,
) -> Month:
    """Of each contract that is billed: the first active one with a closing of this month comes first.

    Where the meter does not tell which are active, those with closings of this month are, else the first. ``now``: what
    is still to come is no gap. ``calendar`` takes the place of the meter's.
    """
    start, end = bounds
    until = min(end, now)
    told = _told_active(known.document(CONFIGURATION))
    every = [_contract_of(known, number, bounds, zone, calendar) for number in told or CONTRACTS]
    first = next((each for each in every if each.closing is not None), every[0])
    return Month(
        start,
        until,
        zone,
        records,
        events=[each.event for each in known.events if each.event.time and start <= each.event.time <= until],
        events_known=all(_covers(known.event_ranges.get(record), start, until) for record in EVENT_RECORDS_NEEDED),
        further=[
            each for each in every if each is not first and (told or each.closing is not None or each.closed_partly)
        ],
        **first._asdict(),
    )


def _contract_of(known: Known, contract: int, bounds: Bounds, zone: tzinfo, calendar: Calendar | None) -> Contract:
    """What is known of a contract (1 to 3) in a month."""
    closed = closed_in((closing_of(contract, each, zone) for each in known.closings.get(contract, ())), *bounds)
    held = partial(known.documents_of, contract=contract, start=bounds[0], end=bounds[1])
    latest = known.document(SEASONS, contract)
    return Contract(
        contract,
        closed.closing,
        direction=None if latest is None else season_table_of(latest).direction,
        seasons=_seasons_of(held(SEASONS), bounds) if calendar is None else calendar.seasons,
        holidays=_holidays_of(contract, held(HOLIDAYS), bounds[0].date()) if calendar is None else calendar.holidays,
        powers=_powers_of(contract, held(POWERS), bounds, zone),
        closing_ways=closed.ways,
        closing_parts=closed.parts,
        closed_partly=closed.partly,
    )


def _seasons_of(told: Sequence[Document], bounds: Bounds) -> SeasonTable | None:
    """The table that was in force over the whole month; None where that is not known."""
    found = _in_force([(_since(each["active_since"]), season_table_of(each)) for each in told], bounds)
    if found is None:
        return None
    since, table = found
    return table if since is None or since <= bounds[0] else None


def _powers_of(contract: int, told: Sequence[Document], bounds: Bounds, zone: tzinfo) -> PowersByPeriod | None:
    """Those that held at the end of the month, else the first that hold later on: from when is told with them."""
    every = [powers_of(contract, each, zone) for each in told]
    found = _in_force([(each.in_force_since, each) for each in every], bounds)
    if found is not None:
        return found[1]
    later = [each for each in every if each.in_force_since is not None and each.in_force_since >= bounds[1]]
    return later[-1] if len(later) == len(every) and later else None


def _holidays_of(contract: int, told: Sequence[Document], first: date) -> HolidayCalendar | None:
    """None where it was told otherwise before, and the days of the month may be those of either."""
    every = [holidays_of(contract, each) for each in told]
    telling = [each for each in every if each.tells(first.year)] or every[:1]
    days = {
        frozenset(day.day for day in each.days if day.year in (None, first.year) and day.month == first.month)
        for each in telling
    }
    return telling[0] if len(days) == 1 else None


def _in_force(told: Sequence[tuple[datetime | None, T]], bounds: Bounds) -> tuple[datetime | None, T] | None:
    """Of what may have held in a month, each with the time from when it does, the latest first.

    What came into force after the month is none of it. Where there is no such time, all that was told before must be
    the same, since nobody knows when one took the place of the other.
    """
    begun = [(since, each) for since, each in told if since is None or since < bounds[1]]
    if not begun:
        return None
    since, latest = begun[0]
    if since is None and any(other != latest for _since, other in begun):
        return None
    return begun[0]


def _since(text: str | None) -> datetime | None:
    """None where it always held: without a date, or of every year."""
    since = None if text is None else datetime.fromisoformat(text)
    return None if since is None or since.year >= EVERY_YEAR else since


def active_contracts(configuration: Document | None) -> tuple[int, ...]:
    """The numbers of the contracts that the meter calls active; all where it does not tell."""
    return _told_active(configuration) or tuple(CONTRACTS)


def _told_active(configuration: Document | None) -> tuple[int, ...]:
    told = () if configuration is None else configuration["contracts"]
    active = {each["contract"] for each in told if each["state"] == _ACTIVE}
    return tuple(number for number, name in CONTRACT_NAMES.items() if name in active)


def _covers(known: tuple[datetime, datetime] | None, start: datetime, end: datetime) -> bool:
    """Ranges are kept in whole seconds."""
    return known is not None and known[0] <= start and end - known[1] < timedelta(seconds=1)
