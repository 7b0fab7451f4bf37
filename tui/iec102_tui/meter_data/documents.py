"""What a meter has told as JSON: names in snake_case with their unit, times in ISO 8601, codes beside their words.

The names are those of docs/information.md, and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from iec102.asdu import Identity, TransformerRatios, qualifier_words
from iec102.asdu.names import CONTRACT_NAMES, NOT_IN_REFERENCE
from iec102.asdu.tariff import Energy
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import Closing, ClosingPeriod, Closings, reactive_quadrants
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings, SummerTimeChanges
from iec102.meter.events import MeterEvent
from iec102.meter.reading import ClockReading
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod, SeasonTable

Document = dict[str, Any]

CONTRACT_STATES = {0: "not available", 1: "inactive", 2: "active"}
DIRECTIONS = {1: "import", 2: "export"}
CLOCK_SOURCES = {1: "network", 2: "quartz"}


def moment(when: datetime | None) -> str | None:
    """To the second, or to the millisecond where there are any."""
    if when is None:
        return None
    return when.isoformat(timespec="milliseconds" if when.microsecond else "seconds")


def identity(answer: Identity) -> Document:
    """Who made the meter, and its number in decimal digits as on the label."""
    return {
        "manufacturer": answer.manufacturer,
        "device": str(answer.device_id),
        "standard": f"{answer.year}-{answer.month:02}",
    }


def clock(reading: ClockReading) -> Document:
    """The meter's clock beside this machine's; seconds that it is ahead."""
    return {
        "meter_time": moment(reading.meter),
        "time": moment(reading.local),
        "clock_difference": round(reading.difference, 3),
        "round_trip": round(reading.round_trip, 3),
        "judgement": str(reading.verdict.kind),
    }


def configuration(answer: DeviceConfiguration) -> Document:
    """Type 142."""
    return {
        "manufacturer": answer.manufacturer,
        "model": answer.model,
        "firmware": answer.firmware,
        "device": str(answer.serial_number),
        "standard": f"{answer.standard[0]}-{answer.standard[1]:02}",
        "protocol_date": moment(answer.protocol_date),
        "battery_percent": answer.battery,
        "ports": [
            {
                "name": port.name,
                "speed": port.speed,
                "speed_words": port.speed_words or NOT_IN_REFERENCE,
                "format": port.format,
                "format_words": port.format_words or NOT_IN_REFERENCE,
                "start_mode": port.start_mode,
                "start_string": port.start_string,
            }
            for port in answer.ports
        ],
        "ratios": ratios(answer.ratios),
        "integration_periods_minutes": list(answer.integration_periods),
        "contracts": [
            {
                "contract": CONTRACT_NAMES[number],
                "state": state,
                "state_words": CONTRACT_STATES.get(state, NOT_IN_REFERENCE),
            }
            for number, state in enumerate(answer.contracts, 1)
        ],
    }


def ratios(found: TransformerRatios | None) -> Document | None:
    """Volts and amperes of the measuring transformers; None where they make no sense."""
    if found is None:
        return None
    return {
        "primary_voltage_v": found.primary_voltage / 10,
        "secondary_voltage_v": found.secondary_voltage / 10,
        "primary_current_a": found.primary_current / 10,
        "secondary_current_a": found.secondary_current / 10,
    }


def recorder(answer: RecorderSettings) -> Document:
    """Type 157: only the objects that the meter gave."""
    periods, source = answer.curve_periods, answer.clock_source
    found: Document = {
        "battery_percent": answer.battery,
        "automatic_summer_time": answer.automatic_summer_time,
        "shortest_closing_minutes": answer.shortest_closing,
        "critical_alarm": answer.critical_alarm,
        "other_alarm": answer.other_alarm,
        "voltage_fault_detection": None if answer.voltage_faults is None else list(answer.voltage_faults),
        "load_profile_periods_minutes": None if periods is None else list(periods),
        "ratios": ratios(answer.ratios),
        "clock_source": source,
        "clock_source_words": None if source is None else CLOCK_SOURCES.get(source, NOT_IN_REFERENCE),
        "program": answer.program,
        "closing_by_button": answer.closing_by_button,
    }
    return {name: value for name, value in found.items() if value is not None}


def point_parameters(answer: MeasuringPointParameters) -> Document:
    """Type 129; the key stays masked."""
    return {
        "link_address": answer.link_address,
        "points": answer.points,
        "point_address": answer.point_address,
        "key": str(answer.key),
        "integration_period_minutes": answer.integration_period,
        "depth": answer.depth,
    }


def summer_time(answer: SummerTimeChanges) -> Document:
    """Type 131."""
    return {"begins": moment(answer.begins), "ends": moment(answer.ends)}


def closing(answer: Closing, direction: int | None = None) -> Document:
    """One closing with its periods, the totals as period 0. ``direction`` of the contract, where it is known."""
    quadrants = reactive_quadrants(direction)
    return {
        "contract": CONTRACT_NAMES[answer.contract],
        "current": answer.is_current,
        "start": moment(answer.start),
        "end": moment(answer.end),
        "direction": DIRECTIONS.get(direction or 0),
        "reactive_quadrants": None if quadrants is None else list(quadrants),
        "periods": [closing_period(period) for period in answer.periods],
    }


def closed(found: Closings, now: datetime) -> list[Document]:
    """The closings that stay as they are: whole, and none that ends after ``now`` (aware)."""
    return [closing(each) for each in found.closings if each.is_whole and (each.end is None or each.end <= now)]


def closing_period(period: ClosingPeriod) -> Document:
    """``active_kwh`` is what the billing period added, ``active_register_kwh`` the register at its end, and so on."""
    return {
        "period": period.period,
        **_energy("active", "kwh", period.active),
        **_energy("inductive", "kvarh", period.inductive),
        **_energy("capacitive", "kvarh", period.capacitive),
        "maximum_kw": period.maximum,
        "maximum_time": moment(period.maximum_time),
        **_qualifier("maximum", period.maximum_quality),
        "excess": period.excess,
        **_qualifier("excess", period.excess_quality),
        **{f"reserve_{number}": reserve.value for number, reserve in zip((7, 8), period.reserves, strict=True)},
        **{
            f"reserve_{number}_qualifier": reserve.quality
            for number, reserve in zip((7, 8), period.reserves, strict=True)
        },
    }


def _energy(name: str, unit: str, energy: Energy) -> Document:
    return {
        f"{name}_{unit}": energy.incremental,
        f"{name}_register_{unit}": energy.absolute,
        **_qualifier(name, energy.quality),
    }


def _qualifier(name: str, quality: int) -> Document:
    return {f"{name}_qualifier": quality, f"{name}_qualifier_words": [str(words) for words in qualifier_words(quality)]}


def powers(answer: PowersByPeriod) -> Document:
    """Contracted power by tariff period."""
    return {
        "valid_from": moment(answer.valid_from),
        "periods": [{"period": period, "contracted_kw": power} for period, power in sorted(answer.kilowatts.items())],
    }


def holidays(answer: HolidayCalendar) -> list[Document]:
    """``year`` is null for a holiday of every year."""
    return [_day(day) for day in answer.days]


def seasons(answer: SeasonTable) -> Document:
    """Seasons and day types; the numbers of day types count from 1."""
    return {
        "direction": answer.direction,
        "direction_words": DIRECTIONS.get(answer.direction, NOT_IN_REFERENCE),
        "kind": answer.kind,
        "active_since": moment(answer.since),
        "seasons": [
            {**_day(season.first_day), "working_day_type": season.working_day, "holiday_type": season.holiday}
            for season in answer.seasons
        ],
        "day_types": [
            {"day_type": number, "periods_by_hour": list(periods)} for number, periods in enumerate(answer.day_types, 1)
        ],
    }


def _day(day: CalendarDay) -> Document:
    return {"year": day.year, "month": day.month, "day": day.day}


def event(answer: MeterEvent) -> Document:
    """``spi_words`` are not verified: sources and a real meter contradict each other."""
    return {
        "record": answer.record,
        "time": moment(answer.time),
        "time_invalid": answer.is_invalid,
        "spa": answer.address,
        "spq": answer.qualifier,
        "spi": int(answer.indication),
        "meaning": answer.meaning,
        "spi_words": answer.sense or None,
    }


def absence(answer: Absence) -> Document:
    """What the meter refused: type and record of the request, object where one was asked for alone, cause."""
    return {
        "type": answer.type,
        "record": answer.record,
        "object": answer.object or None,
        "cause": answer.cause or None,
        "reason": str(answer.reason),
    }


def kept(answer: KeptBytes) -> Document:
    """An answer that is not understood, in hex."""
    return {
        "type": answer.type,
        "record": answer.record,
        "object": answer.object or None,
        "hex": answer.data.hex(" "),
    }


def not_told(absences: Iterable[Absence], unknown: Iterable[KeptBytes]) -> Document:
    """What every document ends with: what was not given, and what is not understood."""
    return {"absences": [absence(each) for each in absences], "kept": [kept(each) for each in unknown]}
