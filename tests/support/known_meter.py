"""A meter of which everything is known, without one: documents as a reading leaves them in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from iec102.meter.events import MeterEvent
from iec102_tui.archive.contents import MeterKey
from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_side.meter_data import MeterData
from support.still_meter import WALL, ZONE, StillSession

KEY = MeterKey("device 5-50112873", 1)
DAY = timedelta(days=1)
READ = WALL - timedelta(minutes=25)
_RATIOS = {
    "primary_voltage_v": 66000.0,
    "secondary_voltage_v": 110.0,
    "primary_current_a": 500.0,
    "secondary_current_a": 5.0,
}
IDENTITY = {"manufacturer": 5, "device": "50112873", "standard": "2002-04"}


def configuration(speed: str = "9600 bit/s") -> Document:
    """As documents.py gives a 142."""
    ports = [
        {"name": name, "speed": int(words[:2]), "speed_words": words, "format_words": form}
        for name, words, form in (("1", speed, "8N1"), ("2", "19200 bit/s", "8E1"), ("optical", "9600 bit/s", "8E1"))
    ]
    return {
        "manufacturer": 5,
        "model": "SM",
        "firmware": 1,
        "device": "50112873",
        "standard": "2002-04",
        "protocol_date": None,
        "battery_percent": 91,
        "ports": ports,
        "ratios": _RATIOS,
        "integration_periods_minutes": [60, 15, 0],
        "contracts": [
            {"contract": name, "state": state, "state_words": words}
            for name, state, words in (("I", 2, "active"), ("II", 2, "active"), ("III", 1, "inactive"))
        ],
    }


RECORDER = {
    "battery_percent": 91,
    "automatic_summer_time": True,
    "critical_alarm": True,
    "other_alarm": False,
    "voltage_fault_detection": [True, True, True],
    "clock_source": 1,
    "clock_source_words": "network",
}
POINT = {"link_address": 12873, "points": 1, "point_address": 1, "key": "***", "integration_period_minutes": 60}


def period(number: int, register: int, added: int, maximum: int, at: datetime | None) -> Document:
    """One tariff period of a closing."""
    quality = {name: value for each in ("active", "inductive", "capacitive", "maximum") for name, value in _good(each)}
    return {
        "period": number,
        "active_register_kwh": register,
        "active_kwh": added,
        "inductive_register_kvarh": register // 4,
        "inductive_kvarh": added // 4,
        "capacitive_register_kvarh": register // 16,
        "capacitive_kvarh": added // 16,
        "maximum_kw": maximum,
        "maximum_time": None if at is None else at.isoformat(),
        "excess": 0,
        "excess_qualifier": 128,
        "excess_qualifier_words": ["invalid"],
        **quality,
        "reserve_7": 0,
        "reserve_7_qualifier": 128,
        "reserve_8": 0,
        "reserve_8_qualifier": 128,
    }


def _good(name: str) -> list[tuple[str, object]]:
    return [(f"{name}_qualifier", 0), (f"{name}_qualifier_words", [])]


def closing(month: int, year: int = 2026, *, contract: str = "I", current: bool = False) -> Document:
    """The closing at the first of a month."""
    end = datetime(year, month, 1, tzinfo=ZONE)
    start = (end - DAY).replace(day=1)
    behind = (2026 - year) * 12 + 11 - month
    rows = [
        (1, 812_311 - 4_120 * behind, 4_120, 388, end - 17 * DAY),
        (2, 602_910 - 3_904 * behind, 3_904, 412, end - 23 * DAY),
        (3, 0, 0, 0, None),
        (6, 1_290_455 - 9_855 * behind, 9_855, 148, end - 26 * DAY),
        (0, 2_705_676 - 17_879 * behind, 17_879, 412, end - 23 * DAY),
    ]
    return {
        "contract": contract,
        "current": current,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "direction": None,
        "reactive_quadrants": None,
        "periods": [period(*row) for row in rows],
    }


def seasons(direction: int = 1) -> Document:
    """Working days: P1 from 9 to 14 and 18 to 22, P2 around it, P6 at night; P6 on weekends."""
    working = [6] * 8 + [2] + [1] * 5 + [2] * 4 + [1] * 4 + [2] * 2
    return {
        "direction": direction,
        "direction_words": "import" if direction == 1 else "export",
        "kind": 2,
        "active_since": None,
        "seasons": [{"year": None, "month": 1, "day": 1, "working_day_type": 1, "holiday_type": 2}],
        "day_types": [{"day_type": 1, "periods_by_hour": working}, {"day_type": 2, "periods_by_hour": [6] * 24}],
    }


def powers(**kilowatts: int) -> Document:
    """Contracted powers: ``powers(P1=450)``."""
    return {
        "valid_from": datetime(2025, 1, 1, tzinfo=ZONE).isoformat(),
        "periods": [{"period": int(name[1:]), "contracted_kw": value} for name, value in kilowatts.items()],
    }


def events() -> list[MeterEvent]:
    """A voltage failure, a clock change, closings, parameters, an intrusion; one whose time is not valid."""
    rows = [
        (datetime(2026, 11, 21, 16, 12, 4), 52, 3, 2, False),
        (datetime(2026, 11, 21, 16, 9, 51), 52, 3, 2, True),
        (datetime(2026, 11, 14, 3, 0, 2), 53, 7, 11, False),
        (datetime(2026, 11, 14, 3, 0), 53, 7, 9, False),
        (datetime(2026, 11, 1), 131, 7, 21, False),
        (datetime(2026, 10, 28, 9, 15, 22), 54, 15, 1, False),
        (datetime(2026, 10, 3, 11, 41, 19), 128, 18, 1, False),
        (datetime(2026, 10, 1), 131, 7, 21, False),
    ]
    dated = [MeterEvent(record, at.replace(tzinfo=ZONE), spa, spq, spi) for at, record, spa, spq, spi in rows]
    return [*dated, MeterEvent(205, None, 200, 9, indication=False, is_invalid=True)]


def fill(data: MeterData, session: StillSession) -> None:
    """Everything of the meter that the session shows; the latest two events were not there at the visit before."""
    connection, store = session.connection, data.store
    assert connection is not None
    store.remember(connection.target, connection.station, KEY)
    store.keep_told(KEY, "identity", IDENTITY, READ)
    store.keep_told(KEY, "configuration", configuration("4800 bit/s"), READ - 40 * DAY)
    store.keep_told(KEY, "configuration", configuration(), READ - 8 * DAY)
    store.keep_told(KEY, "configuration", configuration(), READ)
    store.keep_told(KEY, "recorder", RECORDER, READ)
    store.keep_told(KEY, "point", POINT, READ)
    store.keep_lack(KEY, "summer_time", {"type": 185, "record": 0, "object": None, "cause": 14, "reason": "x"}, READ)
    store.keep_told(KEY, "clock", {"clock_difference": 0.4}, READ)
    for contract, direction in ((1, 1), (2, 2)):
        store.keep_told(KEY, f"seasons-{contract}", seasons(direction), READ)
        store.keep_told(KEY, f"powers-{contract}", powers(P1=450, P2=450, P3=450, P6=500), READ)
        time = (WALL - 2 * DAY).isoformat()  # a Friday, half past twelve
        store.keep_told(KEY, f"now-{contract}", {"current_period": 1, "current_time": time}, READ)
        store.keep_told(KEY, f"holidays-{contract}", {"days": [{"year": None, "month": 11, "day": 1}]}, READ)
    store.keep_closings(KEY, 1, [closing(month) for month in range(2, 12)])
    store.keep_closings(KEY, 2, [closing(month, contract="II") for month in (10, 11)])
    store.keep_told(KEY, "current-1", closing(12, current=True), READ)
    found = events()
    store.keep_events(KEY, found[2:])
    store.visit(KEY)
    store.keep_events(KEY, found)
    store.note_range(KEY, 52, WALL - 366 * DAY, READ)
    for hours in range(34 * 24):
        at = WALL.astimezone(UTC) - timedelta(hours=34 * 24 - hours)
        store.keep_clock(KEY, at, -3.6 + 0.2 * hours / 24 + 0.15 * (hours // 9 % 3))
    data.load(connection)


def known_session() -> StillSession:
    """A session whose meter is known."""
    from support.screen_states import MONITOR

    session = StillSession(MONITOR["live"])
    fill(session.meter_data, session)
    return session
