"""iec870ree reads what the simulated meter knows, alone and through the gateway, and decodes what this library does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import iec102
import pytest
from iec102.asdu import MADRID, Identity
from iec102.meter.closings import Closing
from iec102.meter.device import DeviceConfiguration, RecorderSettings
from iec102.meter.information import InformationReader
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod, TariffTables
from support.iec870ree import drive
from support.program import gateway_process, simulated_meter

METER = ("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:07+01:00", "--seed", "7")
START, END = datetime(2026, 9, 1), datetime(2026, 11, 22, 10)
RECORDS = (52, 53, 54, 55, 128, 129, 131, 132, 133)
# The client masks a bit of SPQ away, so that 21 becomes 17.
_THEIR_SPQ = 0x7B
# A tag without a date is the first day of the century to the client.
_THEIR_NO_DATE = datetime(2000, 1, 1, tzinfo=MADRID)


def utc(when: datetime | None) -> str:
    return (when or _THEIR_NO_DATE).astimezone(UTC).isoformat()


def every_year(day: CalendarDay) -> str:
    return f"{day.year or 2099}-{day.month:02}-{day.day:02}"


def closings(found: tuple[Closing, ...]) -> list[Any]:
    """As the client has them: a register a period, its fields in the order of their bytes."""
    return [
        [
            20 + period.period,
            *period.active,
            *period.inductive,
            *period.capacitive,
            *(field for reserve in period.reserves for field in reserve),
            period.maximum,
            utc(period.maximum_time),
            period.maximum_quality,
            period.excess,
            period.excess_quality,
            utc(closing.start),
            utc(closing.end),
        ]
        for closing in found
        for period in closing.periods
    ]


def configuration(found: object) -> dict[str, Any]:
    assert isinstance(found, DeviceConfiguration)
    assert found.ratios is not None
    ports = [[port.speed_words.removesuffix(" bit/s"), port.format_words] for port in found.ports]
    return {
        "manufacturer": found.manufacturer,
        "model": found.model,
        "firmware": found.firmware,
        "device": found.serial_number,
        "standard": f"{found.standard[1]}/{found.standard[0]}",
        "protocol_date": utc(found.protocol_date),
        "battery": found.battery,
        "ports": [ports[0], ports[2]],
        "ratios": [value / 10 for value in vars(found.ratios).values()],
        "periods": list(found.integration_periods),
        "contracts": list(found.active_contracts),
    }


def recorder(found: object) -> dict[str, Any]:
    assert isinstance(found, RecorderSettings)
    assert found.ratios is not None
    assert found.voltage_faults is not None
    assert found.curve_periods is not None
    assert found.program is not None
    ratios = list(vars(found.ratios).values())
    return {
        "192": found.battery,
        "193": found.automatic_summer_time,
        "194": found.shortest_closing,
        "195": [found.critical_alarm, found.other_alarm],
        "196": list(found.voltage_faults),
        "197": list(found.curve_periods),
        "198": [ratios[:2], ratios[2:]],
        "199": {1: "network", 2: "quartz"}[found.clock_source or 0],
        "200": list(found.program.ljust(25, "\0")),
        "201": found.closing_by_button,
    }


def tables(found: TariffTables) -> dict[str, Any]:
    seasons = found.seasons
    assert seasons is not None
    return {
        "193": {
            "direction": seasons.direction,
            "kind": seasons.kind,
            "seasons": [[every_year(each.first_day), each.working_day, each.holiday] for each in seasons.seasons],
            "days": ["".join(map(str, periods)) for periods in seasons.day_types],
            "since": utc(seasons.since),
        },
        "197": {"periods": [found.current_period] * 3, "time": utc(found.current_time)},
    }


async def contract(reader: InformationReader, number: int, start: datetime, end: datetime) -> dict[str, Any]:
    powers, holidays = await reader.read_contracted_powers(number), await reader.read_holidays(number)
    assert isinstance(powers, PowersByPeriod)
    assert isinstance(holidays, HolidayCalendar)
    return {
        "stored": closings((await reader.read_closings(number, start, end)).closings),
        "current": closings((await reader.read_current_tariff(number)).closings),
        "powers": {
            "values": [[20 + period, power] for period, power in powers.kilowatts.items()],
            "time": utc(powers.valid_from),
        },
        "holidays": [every_year(day) for day in holidays.days],
        "tables": tables(await reader.read_tariff_tables(number)),
    }


async def ours(url: str) -> dict[str, Any]:
    start, end = (when.replace(tzinfo=ZoneInfo("Europe/Madrid")) for when in (START, END))
    async with iec102.connect(url, password=1) as meter:
        reader = InformationReader(meter)
        identity = await reader.read_identity()
        assert isinstance(identity, Identity)
        events = {record: (await reader.read_events([record], start=start, end=end)).events for record in RECORDS}
        return {
            "identity": {
                "standard": f"{identity.month}/{identity.year}",
                "manufacturer": identity.manufacturer,
                "device": identity.device_id,
            },
            "configuration": configuration(await reader.read_configuration()),
            "recorder": recorder(await reader.read_recorder()),
            "contracts": [await contract(reader, number, start, end) for number in (1, 2, 3)],
            "events": {
                str(record): [
                    [event.address, event.qualifier & _THEIR_SPQ, int(event.indication), utc(event.time)]
                    for event in found
                ]
                for record, found in events.items()
            },
        }


def theirs(python: str, url: str) -> Any:
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    return drive(python, "knowledge", host, port, "1", "1", "1", START.isoformat(), END.isoformat())


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    with simulated_meter(*METER) as url:
        yield url


@pytest.fixture(scope="module")
def known(meter: str) -> dict[str, Any]:
    return asyncio.run(ours(meter))


@pytest.mark.parametrize("way", ["alone", "through the gateway"])
def test_what_the_client_decodes_is_what_this_library_decodes(
    iec870ree_python: str, meter: str, known: dict[str, Any], way: str
) -> None:
    assert len(known["contracts"][0]["stored"]) == 3 * 7
    if way == "alone":
        assert theirs(iec870ree_python, meter) == known
        return
    with gateway_process(meter) as (url, _gateway):
        assert theirs(iec870ree_python, url) == known
        assert asyncio.run(ours(url)) == known
