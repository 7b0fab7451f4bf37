"""Which tariff period it is now, and how much power is contracted in it, by what the meter told of its tariff."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.meter.device import CONTRACTS
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, SeasonStart, SeasonTable

from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import HOLIDAYS, NOW, POWERS, SEASONS, Known

_IMPORT = 1


class ContractedNow(NamedTuple):
    """Of the first contract that imports: its number (1 to 3), the period (1 to 9) and its power in kW."""

    contract: int
    period: int
    power: float


def contracted_now(known: Known, when: datetime, zone: tzinfo) -> ContractedNow | None:
    """What holds at an instant; None where the meter did not tell it, or tells another period than its tables."""
    for contract in CONTRACTS:
        powers, seasons = known.document(POWERS, contract), known.document(SEASONS, contract)
        if powers is None or seasons is None or seasons["direction"] != _IMPORT:
            continue
        kilowatts = {each["period"]: each["contracted_kw"] for each in powers["periods"]}
        if not any(kilowatts.values()):
            continue
        period = _period(known, contract, when.astimezone(zone))
        power = kilowatts.get(period or -1)
        return None if period is None or not power else ContractedNow(contract, period, float(power))
    return None


def _period(known: Known, contract: int, when: datetime) -> int | None:
    seasons, now = known.document(SEASONS, contract), known.document(NOW, contract)
    if seasons is None or now is None or now["current_time"] is None:
        return None
    table, holidays = season_table_of(seasons), holidays_of(contract, known.document(HOLIDAYS, contract))
    # The meter's own word is the proof that its tables are understood: weekends as holidays, hours from midnight on.
    told_at = datetime.fromisoformat(now["current_time"]).astimezone(when.tzinfo)
    if table.period_at(told_at, holidays) != now["current_period"]:
        return None
    return table.period_at(when, holidays)


def season_table_of(document: Document) -> SeasonTable:
    """The typed form of a document of seasons."""
    seasons = (SeasonStart(_day(each), each["working_day_type"], each["holiday_type"]) for each in document["seasons"])
    types = (tuple(each["periods_by_hour"]) for each in document["day_types"])
    return SeasonTable(document["direction"], document["kind"], tuple(seasons), tuple(types), None)


def holidays_of(contract: int, document: Document | None) -> HolidayCalendar:
    """The typed form of a document of holidays; none where there is none."""
    days = () if document is None else tuple(_day(each) for each in document["days"])
    return HolidayCalendar(contract, days)


def _day(document: Document) -> CalendarDay:
    return CalendarDay(document["year"], document["month"], document["day"])
