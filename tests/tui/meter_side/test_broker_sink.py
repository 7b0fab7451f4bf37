"""A meter as the broker is told of it: which it is, its readings, its states; never the simulated one by itself."""

from __future__ import annotations

import json
from pathlib import Path

from iec102.asdu import Identity, TransformerRatios
from iec102.clock import Clock
from iec102.line.state import LineState, Phase
from iec102_tui.load_profile.month_count import MonthCount
from iec102_tui.meter_side.broker_sink import BrokerSink, Publishing
from iec102_tui.profiles.connection import demo, resolve
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.publish.message import Kind, Message, Site
from iec102_tui.publish.settings import BrokerSettings, Host
from support.still_meter import WALL, reading

RATIOS = TransformerRatios(660_000, 1_100, 5_000, 50)
SETTINGS = BrokerSettings((Host("127.0.0.1", 1, False),), Site("iec102", "box"))
REAL = resolve("tcp://192.0.2.1:4001?dial=600123456", {}, ProfileStore(Path("/nowhere")))


def sink(settings: BrokerSettings = SETTINGS) -> tuple[BrokerSink, list[Message]]:
    published: list[Message] = []
    return BrokerSink(REAL, settings, published.append, Clock(wall=lambda: WALL)), published


def test_the_broker_is_told_which_meter_it_is_and_again_when_it_is_known() -> None:
    made, published = sink()
    assert [message.topic.rpartition("/")[2] for message in published] == ["info"]
    made.about(Identity(2016, 9, 5, 48304838), 0.4)
    assert json.loads(published[-1].payload)["device"] == "48304838"
    made.reading(reading())
    live = json.loads(published[-1].payload)
    assert (published[-1].kind, live["identity"], live["clock_difference"]) == (Kind.LIVE, "5-48304838", 0.4)
    assert "600123456" not in str(published)


def test_how_complete_the_month_is_goes_with_what_is_said_of_the_meter() -> None:
    made, published = sink()
    assert "month_gaps" not in json.loads(published[-1].payload)
    made.about(Identity(2016, 9, 5, 48304838), 0.4, RATIOS)
    for gaps in (3, 3, 0):
        made.month(MonthCount(gaps, WALL))
    infos = [json.loads(message.payload) for message in published]
    assert [each.get("month_gaps") for each in infos] == [None, None, 3, 0]
    assert {each["month_until"] for each in infos[2:]} == {"2026-11-22T12:30:05+01:00"}
    assert all(each["device"] == "48304838" and each["primary_voltage_v"] == 66000 for each in infos[1:])
    made.month(None)
    assert "month_gaps" not in json.loads(published[-1].payload)


def test_what_the_meter_before_has_said_is_not_said_of_one_that_says_nothing() -> None:
    made, published = sink()
    made.about(Identity(2016, 9, 5, 48304838), 0.4, RATIOS)
    made.about(None, 0.4)
    assert "device" not in json.loads(published[-1].payload)
    count = len(published)
    made.about(None, 0.5)
    assert len(published) == count  # another clock is said with the readings


def test_the_gateway_is_told_where_other_machines_may_connect() -> None:
    alone = {"gateway": "0.0.0.0:40001"}
    for options, said in ((alone, None), ({**alone, "gateway_allow": "192.0.2.0/24"}, "0.0.0.0:40001")):
        connection = resolve("tcp://192.0.2.1:4001", options, ProfileStore(Path("/nowhere")))
        published: list[Message] = []
        BrokerSink(connection, SETTINGS, published.append)
        assert json.loads(published[0].payload).get("gateway") == said


def test_steps_of_one_state_are_one_message() -> None:
    made, published = sink()
    before = len(published)
    for state in (
        LineState(Phase.OPENING, "a"),
        LineState(Phase.OPENING, "b", attempt=2),
        LineState(Phase.CONNECTED),
        LineState(Phase.LOST, error="no reply"),
    ):
        made.state(state)
    made.end()
    states = [json.loads(message.payload)["state"] for message in published[before:]]
    assert states == ["opening", "connected", "lost", "idle"]


def test_home_assistant_is_told_where_it_is_wanted() -> None:
    assert len(sink()[1]) == 1
    assert len(sink(SETTINGS._replace(discovery=True))[1]) == 25


def test_the_monitor_does_not_publish_the_simulated_meter(tmp_path: Path) -> None:
    publishing = Publishing(SETTINGS, tmp_path / "queue.sqlite", lambda _status: None)
    publishing.start()
    try:
        assert publishing.sink_of_real(demo()) is None
        real = publishing.sink_of_real(REAL)
        assert real is not None
        real.reading(reading())
    finally:
        said = publishing.close(0.1)
    assert said is not None
    assert said.startswith("1 reading was not published, it waits and goes out with the next program that publishes: ")
