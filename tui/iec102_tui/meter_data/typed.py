"""What documents hold, typed again as the library has it: the other way of ``documents``."""

from __future__ import annotations

from datetime import datetime, tzinfo

from iec102.asdu.tariff import Energy, Reserve
from iec102.meter.closings import Closing, ClosingPeriod
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod, SeasonStart, SeasonTable

from iec102_tui.meter_data.documents import Document


def season_table_of(document: Document) -> SeasonTable:
    """Seasons and day types."""
    seasons = (SeasonStart(_day(each), each["working_day_type"], each["holiday_type"]) for each in document["seasons"])
    types = (tuple(each["periods_by_hour"]) for each in document["day_types"])
    return SeasonTable(document["direction"], document["kind"], tuple(seasons), tuple(types), None)


def holidays_of(contract: int, document: Document) -> HolidayCalendar:
    """Holidays of a contract (1 to 3)."""
    return HolidayCalendar(contract, tuple(_day(each) for each in document["days"]))


def powers_of(contract: int, document: Document, zone: tzinfo) -> PowersByPeriod:
    """Contracted powers of a contract (1 to 3)."""
    kilowatts = {each["period"]: each["contracted_kw"] for each in document["periods"]}
    return PowersByPeriod(contract, kilowatts, _moment(document["valid_from"], zone))


def closing_of(contract: int, document: Document, zone: tzinfo) -> Closing:
    """A closing of a contract (1 to 3), times in ``zone``."""
    start, end = (_moment(document[name], zone) for name in ("start", "end"))
    return Closing(
        contract, start, end, tuple(_period(each, zone) for each in document["periods"]), document["current"]
    )


def _period(told: Document, zone: tzinfo) -> ClosingPeriod:
    return ClosingPeriod(
        told["period"],
        _energy(told, "active", "kwh"),
        _energy(told, "inductive", "kvarh"),
        _energy(told, "capacitive", "kvarh"),
        told["maximum_kw"],
        _moment(told["maximum_time"], zone),
        told["maximum_qualifier"],
        told["excess"],
        told["excess_qualifier"],
        (_reserve(told, 7), _reserve(told, 8)),
    )


def _energy(told: Document, name: str, unit: str) -> Energy:
    return Energy(told[f"{name}_register_{unit}"], told[f"{name}_{unit}"], told[f"{name}_qualifier"])


def _reserve(told: Document, number: int) -> Reserve:
    return Reserve(told[f"reserve_{number}"], told[f"reserve_{number}_qualifier"])


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(zone)


def _day(document: Document) -> CalendarDay:
    return CalendarDay(document["year"], document["month"], document["day"])
