"""Which tariff period it is now, and how much power is contracted in it, by what the meter told of its tariff."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.meter.device import CONTRACTS
from iec102.meter.tariffs import HolidayCalendar

from iec102_tui.meter_data.known import HOLIDAYS, NOW, POWERS, SEASONS, Known
from iec102_tui.meter_data.typed import holidays_of, season_table_of

_IMPORT = 1


class ContractedNow(NamedTuple):
    """What is contracted now in the first contract that imports: its number (1 to 3), the period (1 to 9), kW."""

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
    told = known.document(HOLIDAYS, contract)
    table, holidays = (
        season_table_of(seasons),
        HolidayCalendar(contract, ()) if told is None else holidays_of(contract, told),
    )
    # The meter's own word is the proof that its tables are understood: weekends as holidays, hours from midnight on.
    told_at = datetime.fromisoformat(now["current_time"]).astimezone(when.tzinfo)
    if table.period_at(told_at, holidays) != now["current_period"]:
        return None
    return table.period_at(when, holidays)
