"""A month of a meter to be judged: its load profiles beside what is known of it besides them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from iec102.asdu.timetag import EVERY_YEAR
from iec102.load_profile.intervals import Register, midnight
from iec102.load_profile.records import LoadRecord
from iec102.meter.device import CONTRACTS
from iec102.meter.tariffs import HolidayCalendar, SeasonTable
from iec102.verdict.closed import closed_in
from iec102.verdict.month import Contract, Month

from iec102_tui.meter_data.documents import CONTRACT_STATES, Document
from iec102_tui.meter_data.known import CONFIGURATION, HOLIDAYS, POWERS, SEASONS, Known
from iec102_tui.meter_data.typed import closing_of, holidays_of, powers_of, season_table_of
from iec102_tui.words.meter_text import CONTRACT_NAMES

EVENT_RECORDS_NEEDED = (52, 53)
"""The records of the supply and of the clock."""
_ACTIVE = max(CONTRACT_STATES)


class Calendar(NamedTuple):
    """Which tariff period an hour belongs to. ``name`` says where it comes from."""

    name: str
    seasons: SeasonTable
    holidays: HolidayCalendar


def bounds_of(first: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants between which the month of a date lies, in ``zone``."""
    first = first.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = (midnight(day, zone).astimezone(zone) for day in (first, following))
    return start, end


def month_of(
    known: Known,
    bounds: tuple[datetime, datetime],
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


def _contract_of(
    known: Known, contract: int, bounds: tuple[datetime, datetime], zone: tzinfo, calendar: Calendar | None
) -> Contract:
    """What is known of a contract (1 to 3) in a month."""
    closed = closed_in((closing_of(contract, each, zone) for each in known.closings.get(contract, ())), *bounds)
    seasons, holidays, powers = (known.document(kind, contract) for kind in (SEASONS, HOLIDAYS, POWERS))
    own = None if seasons is None else season_table_of(seasons)
    days = None if holidays is None else holidays_of(contract, holidays)
    return Contract(
        contract,
        closed.closing,
        direction=None if own is None else own.direction,
        seasons=(own if _held(seasons, bounds[0]) else None) if calendar is None else calendar.seasons,
        holidays=days if calendar is None else calendar.holidays,
        powers=None if powers is None else powers_of(contract, powers, zone),
        closing_ways=closed.ways,
        closing_parts=closed.parts,
        closed_partly=closed.partly,
    )


def active_contracts(configuration: Document | None) -> tuple[int, ...]:
    """The numbers of the contracts that the meter calls active; all where it does not tell."""
    return _told_active(configuration) or tuple(CONTRACTS)


def _told_active(configuration: Document | None) -> tuple[int, ...]:
    told = () if configuration is None else configuration["contracts"]
    active = {each["contract"] for each in told if each["state"] == _ACTIVE}
    return tuple(number for number, name in CONTRACT_NAMES.items() if name in active)


def _held(seasons: Document | None, start: datetime) -> bool:
    """The meter's calendar was in force by then; one without a date, or of every year, always was."""
    if seasons is None or seasons["active_since"] is None:
        return True
    since = datetime.fromisoformat(seasons["active_since"])
    return since <= start or since.year >= EVERY_YEAR


def _covers(known: tuple[datetime, datetime] | None, start: datetime, end: datetime) -> bool:
    """Ranges are kept in whole seconds."""
    return known is not None and known[0] <= start and end - known[1] < timedelta(seconds=1)
