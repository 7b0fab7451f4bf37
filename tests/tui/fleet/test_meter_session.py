"""A meter of the broker as the live pane sees it, with times that the test hands in."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from iec102.line.state import Phase
from iec102_tui.fleet.gateway import connect_through
from iec102_tui.fleet.meter import Status
from iec102_tui.fleet.meter_session import MeterSession
from iec102_tui.fleet.values import POWER
from support.fleet_boxes import Box
from support.fleet_screen import StillFleet

BOX = Box(2)
KEY = (BOX.site, BOX.meter)


def opened() -> tuple[StillFleet, MeterSession]:
    fleet = StillFleet()
    fleet.fill([BOX], minutes=1)
    return fleet, MeterSession(fleet.feed, KEY, fleet.session)


def told(fleet: StillFleet, session: MeterSession, *said: tuple[str, str]) -> tuple[str, str]:
    for topic, payload in said:
        fleet.say(topic, payload)
    fleet.feed.take()
    session.update()
    return session.replayed


FORGET = [(BOX.of(part), "") for part in ("state", "info", "live")]


def test_a_meter_that_the_broker_forgets_is_stale_and_says_so() -> None:
    fleet, session = opened()
    assert "● live" in session.replayed[0]
    before, ratios = session.latest, session.ratios
    assert before is not None
    fleet.at += 78
    head, detail = told(fleet, session, *FORGET)
    assert fleet.feed.model.rows(fleet.at) == []
    assert session.is_stale()
    assert "▲ stale" in head
    assert "81 s old" in head
    assert detail == "the broker has nothing of it any more"
    assert session.latest is not None
    assert (session.latest.reading, session.latest.read_at) == (before.reading, before.read_at)
    assert session.ratios == ratios
    fleet.at += 3600
    assert "61 min old" in told(fleet, session)[0]


def test_a_lost_meter_that_is_forgotten_is_not_lost_any_more() -> None:
    fleet, session = opened()
    told(fleet, session, (BOX.of("state"), BOX.state(fleet.wall, "lost", "no reply")))
    assert session.latest is not None
    assert (session.latest.state.phase, session.latest.error) == (Phase.LOST, "no reply")
    assert told(fleet, session, *FORGET)[1] == "the broker has nothing of it any more"
    assert session.latest.error is None


def test_a_meter_that_was_forgotten_comes_back() -> None:
    fleet, session = opened()
    told(fleet, session, *FORGET)
    for again in range(5):
        fleet.at += 1
        power = 4321 + again
        head, _detail = told(fleet, session, (BOX.of("live"), BOX.live(fleet.wall, **{"power.active_total": power})))
        assert "● live" in head
        assert session.history is not None
        assert session.latest is not None
        assert session.latest.reading is not None
        assert session.latest.reading.values["power.active_total"].value == power
        assert (fleet.at, power) in session.history.series(POWER, 0.0)


def test_another_meter_of_that_name_with_as_many_readings_is_another() -> None:
    fleet, session = opened()
    assert session.known is not None
    for message in FORGET:
        fleet.say(*message)
    fleet.feed.take()
    for _ in range(session.known.readings):
        fleet.at += 1
        fleet.live(BOX)
        fleet.feed.take()
    session.update()
    assert session.history is not None
    assert session.history.series(POWER, 0.0)[-1][0] == fleet.at


def test_a_meter_that_is_not_there_at_all_says_so() -> None:
    fleet = StillFleet()
    session = MeterSession(fleet.feed, ("box", "gone\x1b"), fleet.session)
    name, detail = session.replayed
    assert name.isprintable()
    assert detail == "the broker has nothing of it any more"
    assert not session.is_stale()


def test_without_values_it_says_so() -> None:
    fleet = StillFleet()
    fleet.say(BOX.of("info"), BOX.info())
    fleet.feed.take()
    session = MeterSession(fleet.feed, KEY, fleet.session)
    assert "no values yet" in session.replayed[1]
    assert not session.is_stale()


@pytest.mark.parametrize("order", [*itertools.permutations(FORGET)], ids=str)
def test_what_is_dropped_one_after_the_other_stays_with_its_age(order: list[tuple[str, str]]) -> None:
    fleet, session = opened()
    before, ratios = session.latest, session.ratios
    assert before is not None
    for message in order:
        fleet.at += 20
        head, detail = told(fleet, session, message)
        assert session.latest is not None
        assert (session.latest.reading, session.latest.read_at) == (before.reading, before.read_at)
        assert (session.ratios, session.key) == (ratios, KEY)
        if message[0].endswith("/live") and message != order[-1]:
            assert "the broker has no values of it any more" in detail
            assert session.is_stale()
    assert ("▲ stale  63 s old" in head, detail) == (True, "the broker has nothing of it any more")


@pytest.mark.parametrize("time", [None, 3600.0], ids=["undated", "from the future"])
def test_values_of_which_nobody_knows_the_age_are_stale_and_have_none(time: float | None) -> None:
    fleet = StillFleet()
    for topic, payload in BOX.retained(fleet.wall):
        if topic != BOX.of("live"):
            fleet.say(topic, payload, retained=True)
    document = json.loads(BOX.live(fleet.wall + timedelta(seconds=time or 0.0)))
    if time is None:
        del document["time"]
    fleet.say(BOX.of("live"), json.dumps(document), retained=True)
    fleet.feed.take()
    session = MeterSession(fleet.feed, KEY, fleet.session)
    came = fleet.wall
    fleet.at += 5
    head, detail = told(fleet, session)
    assert "▲ stale  of unknown age" in head
    assert ("do not say when" if time is None else "clock of its box is off: +60 min") in detail
    assert (session.age(), session.is_stale(), session.is_latest_stale()) == (None, True, True)
    assert session.latest is not None
    assert session.latest.reading is not None
    assert session.latest.reading.time == came + timedelta(seconds=time or 0.0)


def test_the_line_of_an_offline_box_is_never_live() -> None:
    fleet, session = opened()
    head, detail = told(fleet, session, (BOX.site_topic, '{"state": "offline"}'))
    assert "live" not in head
    assert "box is offline" in detail
    assert session.row is not None
    assert (session.row.status, session.row.phase, session.row.phase_text) == (Status.LOST, None, "")
    assert session.latest is not None
    assert session.latest.state.phase is Phase.LOST
    fleet.live(BOX)
    assert "live" not in told(fleet, session, (BOX.of("state"), BOX.state(fleet.wall, "connected")))[0]
    assert session.latest.state.phase is Phase.LOST


def test_there_is_no_gateway_to_a_meter_that_is_forgotten() -> None:
    fleet, session = opened()
    told(fleet, session, *FORGET)
    said: list[str] = []

    class Program:
        def notify(self, message: str, *, markup: bool) -> None:
            said.append(message)

        def open_connection(self, connection: object) -> None:
            raise AssertionError

    connect_through(Program(), fleet.feed, KEY)
    assert said == [f"{BOX.meter}: the broker has nothing of it any more, so there is no way to it."]
