"""What is published: flat JSON that readers of other makers take, and nothing secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from iec102.asdu import Identity, Total
from iec102.asdu.tariff import Energy, Reserve
from iec102.line.state import LineState, Phase
from iec102.load_profile.records import LoadRecord
from iec102.meter.closings import Closing, ClosingPeriod
from iec102.meter.events import MeterEvent
from iec102.meter.signals import SIGNALS
from iec102_tui.meter_data import documents
from iec102_tui.publish import payloads
from iec102_tui.publish.discovery import discovery
from iec102_tui.publish.message import Kind, Message, Site
from support.still_meter import WALL, changed, reading

ZONE = ZoneInfo("Europe/Madrid")
TOPICS = Site("iec102", "box").meter("north")
IDENTITY = Identity(2016, 9, 5, 48304838)


def document(message: Message) -> dict[str, Any]:
    found = json.loads(message.payload)
    assert isinstance(found, dict)
    assert not any(isinstance(value, dict) for value in found.values())
    return found


def test_live_is_the_24_signals_by_their_keys() -> None:
    message = payloads.live(TOPICS, reading(), IDENTITY, 0.41234)
    found = document(message)
    assert (message.kind, message.topic) == (Kind.LIVE, "iec102/box/north/live")
    assert found.pop("time") == "2026-11-22T12:30:05.000+01:00"
    assert found.pop("meter_time") == "2026-11-22T12:30:00+01:00"
    assert found.pop("clock_difference") == 0.412
    assert found.pop("identity") == "5-48304838"
    assert found == {signal.key: reading()[signal.key].value for signal in SIGNALS}


def test_invalid_values_are_named_and_missing_ones_left_out() -> None:
    some = reading(
        vi__voltage_l1=changed("vi.voltage_l1", value=230.1, valid=False),
        vi__voltage_l2=changed("vi.voltage_l2", value=None, valid=False),
    )
    found = document(payloads.live(TOPICS, some))
    assert found["invalid"] == ["vi.voltage_l1"]
    assert found["vi.voltage_l1"] == 230.1
    assert "vi.voltage_l2" not in found


def test_readings_of_one_second_have_times_of_their_own() -> None:
    times = [document(payloads.live(TOPICS, reading(WALL + timedelta(milliseconds=n))))["time"] for n in (0, 250)]
    assert len(set(times)) == 2


def test_state_says_why() -> None:
    lost = LineState(Phase.LOST, error="no answer from link address 1")
    message = payloads.state(TOPICS, lost, WALL)
    assert (message.kind, message.topic) == (Kind.STATUS, "iec102/box/north/state")
    assert document(message) == {
        "state": "lost",
        "reason": "no answer from link address 1",
        "time": "2026-11-22T12:30:05+01:00",
    }
    assert "reason" not in document(payloads.state(TOPICS, LineState(Phase.CONNECTED), WALL))


def test_a_load_profile_is_a_message_an_interval() -> None:
    end = datetime(2026, 11, 1, 0, 0, tzinfo=ZONE)
    message = payloads.profile(TOPICS, LoadRecord(end, (Total(1, 120, 0), Total(2, 0, 0x80))), "hourly", ZONE)
    assert (message.kind, message.topic) == (Kind.RECORD, "iec102/box/north/profile/hourly")
    assert document(message) == {"time": "2026-11-01T00:00:00+01:00", "A+": 120, "q_A+": 0, "A-": 0, "q_A-": 128}


def test_a_closing_is_a_message_a_period() -> None:
    start, end = (datetime(2026, month, 1, tzinfo=ZONE) for month in (10, 11))
    energy, reserve = Energy(8000, 300, 0), Reserve(0, 0x80)
    period = ClosingPeriod(0, energy, energy, energy, 55, start, 0, 0, 0x80, (reserve, reserve))
    answer = Closing(1, start, end, (period, period._replace(period=3)))
    messages = list(payloads.closing(TOPICS, documents.closing(answer)))
    assert {(each.kind, each.topic) for each in messages} == {(Kind.RECORD, "iec102/box/north/closing")}
    found = [document(each) for each in messages]
    assert [each["period"] for each in found] == [0, 3]
    assert found[0]["id"] == "I/2026-10-01T00:00:00+02:00/2026-11-01T00:00:00+01:00/0"
    assert (found[0]["active_kwh"], found[0]["maximum_kw"]) == (300, 55)
    assert len({each["id"] for each in found}) == 2


def test_an_event_has_what_tells_it_apart() -> None:
    event = MeterEvent(52, WALL, 1, 15, True)
    message = payloads.event(TOPICS, event)
    found = document(message)
    assert (message.kind, message.topic) == (Kind.RECORD, "iec102/box/north/event")
    assert found["id"] == "52/2026-11-22T12:30:05.000+01:00/1/15/1"
    assert (found["meaning"], found["time_valid"]) == (event.meaning, True)
    undated = document(payloads.event(TOPICS, event._replace(time=None)))
    assert (undated["id"], undated["time_valid"]) == ("52/None/1/15/1", False)
    assert "time" not in undated


def test_info_names_the_meter() -> None:
    message = payloads.info(
        TOPICS, name="north", link_address=1, point_address=2, timezone="Europe/Madrid", version="1.0"
    )
    assert (message.kind, message.topic) == (Kind.STATUS, "iec102/box/north/info")
    assert document(message) == {
        "name": "north",
        "link_address": 1,
        "point_address": 2,
        "timezone": "Europe/Madrid",
        "version": "1.0",
    }


def test_home_assistant_finds_each_signal() -> None:
    messages = list(discovery(TOPICS, "North"))
    assert len({each.topic for each in messages}) == 24
    for message in messages:
        assert message.kind is Kind.STATUS
        assert re.fullmatch(r"homeassistant/sensor/iec102_box_north/\w+/config", message.topic)
        found = json.loads(message.payload)
        assert found["state_topic"] == TOPICS.of("live")
        assert [each["topic"] for each in found["availability"]] == ["iec102/box/state", "iec102/box/north/state"]
    by_item = {message.topic.split("/")[3]: json.loads(message.payload) for message in messages}
    energy = by_item["energy_active_imported"]
    assert (energy["unit_of_measurement"], energy["device_class"], energy["state_class"]) == (
        "kWh",
        "energy",
        "total_increasing",
    )
    assert by_item["power_reactive_l1"]["unit_of_measurement"] == "kvar"
    assert by_item["power_factor_total"]["device_class"] == "power_factor"
    assert "unit_of_measurement" not in by_item["power_factor_total"]


# Telegraf's parser `json`, by its documentation: objects and lists are flattened with "_", numbers become fields,
# texts and booleans are left out unless they are named as tags or string fields, and the time has a key and a format.


def telegraf(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from telegraf(each, f"{name}_{key}" if name else str(key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from telegraf(each, f"{name}_{number}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, float(value)


def test_telegraf_takes_the_numbers_by_their_keys() -> None:
    found = json.loads(payloads.live(TOPICS, reading(), clock_difference=0.4).payload)
    fields = dict(telegraf(found))
    assert set(fields) == {*(signal.key for signal in SIGNALS), "clock_difference"}
    assert datetime.fromisoformat(found["time"]) == WALL
