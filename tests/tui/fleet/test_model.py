"""What the model makes of topics and payloads, with times that the test hands in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import MADRID
from iec102.meter.signals import SIGNALS
from iec102_tui.fleet import model as model_module
from iec102_tui.fleet.cells import Moment, month_piece, state_words
from iec102_tui.fleet.meter import FIRST_PATIENCE, LEAST_PATIENCE, Row, Status
from iec102_tui.fleet.model import Arrived, FleetModel, summary_of
from iec102_tui.fleet.month import MonthOfHours
from iec102_tui.fleet.payloads import LARGEST_PAYLOAD, LARGEST_RECORD, NO_JSON, NO_TOPIC, TOO_LARGE, TOO_MANY
from iec102_tui.fleet.trend import MINUTES, HourTrend
from support.fleet_boxes import Box

WALL = datetime(2026, 11, 28, 17, 7, tzinfo=UTC)
START = 5_000.0


class Heard:
    """A model with a clock of its own, which hears what the test says."""

    def __init__(self, **options: int) -> None:
        self.model = FleetModel("iec102", **options)
        self.at = START

    @property
    def wall(self) -> datetime:
        return WALL + timedelta(seconds=self.at - START)

    def say(self, topic: str, payload: str | bytes, *, retained: bool = False) -> None:
        data = payload if isinstance(payload, bytes) else payload.encode()
        self.model.take(Arrived(topic, data, retained, self.at, self.wall.timestamp()))

    def live(self, box: Box, *, behind: float = 0.0, retained: bool = False, **changes: object) -> None:
        self.say(box.of("live"), box.live(self.wall - timedelta(seconds=behind), **changes), retained=retained)

    def online(self, box: Box, state: str = "connected") -> None:
        self.say(box.site_topic, box.site_state(self.wall))
        self.say(box.of("state"), box.state(self.wall, state))

    def row(self, box: Box) -> Row:
        return next(row for row in self.model.rows(self.at) if row.key == (box.site, box.meter))


BOX, OTHER = Box(2), Box(3)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_reading_becomes_a_row(heard: Heard) -> None:
    heard.online(BOX)
    heard.say(BOX.of("info"), BOX.info())
    heard.live(
        BOX,
        **{
            "power.active_total": -756,
            "power.reactive_total": 226,
            "power.factor_total": 0.946,
            "vi.voltage_l1": 230.0,
            "vi.voltage_l2": 232.0,
            "vi.voltage_l3": 231.0,
        },
    )
    row = heard.row(BOX)
    assert (row.name, row.site, row.status) == ("Hospital", "box-019", Status.LIVE)
    assert (row.power, row.reactive, row.factor, row.volts) == (-756, 226, 0.946, 231.0)
    assert row.age(heard.at + 3) == 3
    assert (row.identity, row.link_address) == ("5-48300002", "3")


def test_an_invalid_value_is_none(heard: Heard) -> None:
    heard.online(BOX)
    heard.live(BOX, invalid=["power.active_total", "vi.voltage_l1", "no such", 7])
    row = heard.row(BOX)
    assert row.power is None
    assert row.volts is not None


def test_values_become_stale_and_say_how_old_they_are(heard: Heard) -> None:
    heard.online(BOX)
    for _ in range(4):
        heard.live(BOX)
        heard.at += 5
    assert heard.row(BOX).status is Status.LIVE
    heard.at += 60
    row = heard.row(BOX)
    assert row.status is Status.STALE
    assert row.age(heard.at) == 65
    heard.live(BOX)
    assert heard.row(BOX).status is Status.LIVE


def test_patience_follows_how_often_values_come(heard: Heard) -> None:
    heard.live(BOX)
    meter = heard.model.meter((BOX.site, BOX.meter))
    assert meter is not None
    assert meter.patience == FIRST_PATIENCE
    for _ in range(5):
        heard.at += 60
        heard.live(BOX)
    assert meter.patience == 122
    for _ in range(5):
        heard.at += 1
        heard.live(BOX)
    assert meter.patience == LEAST_PATIENCE


def test_a_retained_value_is_as_old_as_it_says(heard: Heard) -> None:
    heard.online(BOX)
    heard.live(BOX, behind=3600, retained=True)
    row = heard.row(BOX)
    assert row.status is Status.STALE
    assert row.age(heard.at) == 3600


def test_a_lost_meter_is_lost_since_its_line_was_and_not_since_the_last_attempt(heard: Heard) -> None:
    heard.online(BOX)
    heard.at += 60
    lost_at = heard.wall.timestamp()
    for state in ("lost", "waiting", "opening", "starting", "lost", "waiting"):
        heard.say(BOX.of("state"), BOX.state(heard.wall, state))
        assert heard.row(BOX).since == lost_at
        heard.at += 30
    heard.model.connected()
    heard.say(BOX.site_topic, BOX.site_state(heard.wall))
    heard.say(BOX.of("state"), BOX.state(heard.wall, "waiting"), retained=True)
    assert heard.row(BOX).since == lost_at
    refused_at = heard.wall.timestamp()
    heard.say(BOX.of("state"), BOX.state(heard.wall, "refused"))
    assert heard.row(BOX).since == refused_at


def test_a_lost_meter_whose_loss_nobody_has_heard_was_read_until_its_last_values(heard: Heard) -> None:
    heard.say(BOX.site_topic, BOX.site_state(heard.wall), retained=True)
    heard.say(BOX.of("state"), BOX.state(heard.wall, "waiting"), retained=True)
    assert heard.row(BOX).since is None
    heard.live(BOX, behind=7200, retained=True)
    assert heard.row(BOX).since == heard.wall.timestamp() - 7200


def test_a_meter_whose_state_nobody_tells_is_as_it_is_since_nobody_knows_when(heard: Heard) -> None:
    heard.online(BOX)
    heard.live(BOX)
    heard.say(BOX.of("state"), b"")
    heard.at += 7200
    row = heard.row(BOX)
    assert (row.status, row.since) == (Status.STALE, None)
    assert state_words(row, Moment(heard.at, heard.wall.timestamp(), UTC)) == ""


@pytest.mark.parametrize("behind", [7200.0, -7200.0])
def test_a_publisher_with_a_wrong_clock_is_not_stale_for_ever(heard: Heard, behind: float) -> None:
    heard.online(BOX)
    for _ in range(5):
        heard.live(BOX, behind=behind)
        heard.at += 5
    row = heard.row(BOX)
    assert row.status is Status.LIVE
    assert row.clock_off == pytest.approx(-behind, abs=1)
    assert row.age(heard.at) == pytest.approx(5, abs=1)
    for _ in range(4):  # it was set right
        heard.live(BOX)
        heard.at += 5
    assert heard.row(BOX).clock_off is None


def test_a_box_whose_clock_begins_in_1970_has_a_wrong_clock_and_no_old_value_is_new(heard: Heard) -> None:
    heard.online(BOX)
    began = datetime(1970, 1, 1, tzinfo=UTC)

    def reading() -> str:
        return BOX.live(began + timedelta(seconds=heard.at - START))

    for _ in range(5):
        heard.at += 2
        heard.say(BOX.of("live"), reading())
    row = heard.row(BOX)
    assert (row.status, row.clock_off) == (Status.LIVE, pytest.approx((began - WALL).total_seconds()))
    frozen = reading()
    for _ in range(60):
        heard.at += 2
        heard.say(BOX.of("live"), frozen)
    row = heard.row(BOX)
    assert (row.status, row.age(heard.at)) == (Status.STALE, pytest.approx(120))


def test_values_without_a_time_are_told_from_those_with_one(heard: Heard) -> None:
    heard.online(BOX)
    heard.say(BOX.of("live"), '{"power.active_total": 1}')
    row = heard.row(BOX)
    assert (row.status, row.is_undated, row.age(heard.at)) == (Status.LIVE, True, 0)
    heard.live(BOX)
    assert not heard.row(BOX).is_undated


def test_a_value_that_no_meter_has_room_for_is_none_and_spoils_no_sum(heard: Heard) -> None:
    for box in (BOX, OTHER):
        heard.online(box)
    heard.live(OTHER, **{"power.active_total": 500})
    most = {
        "power.active_total": 2**24 - 1,
        "power.reactive_total": 1 - 2**24,
        "power.factor_total": 1.023,
        "energy.active_imported": 2**30 - 1,
        "vi.current_l1": 1_677_721.5,
        "vi.voltage_l1": 107_374_182.3,
    }
    for times, taken in ((1, True), (1.01, False), (1e9, False), (-1e9, False)):
        heard.live(BOX, **{name: value * times for name, value in most.items()})
        meter = heard.model.meter((BOX.site, BOX.meter))
        assert meter is not None
        assert meter.live is not None
        names = [signal.key for signal in SIGNALS]
        assert [meter.live.raw[names.index(name)] is not None for name in most] == [taken] * len(most), times
    assert summary_of(heard.model.rows(heard.at)).imported == 500
    assert all(signal.key in BOX.live(WALL) for signal in SIGNALS)


@pytest.mark.parametrize("blank", ["", " ", "   "])
def test_a_name_of_blanks_is_none(heard: Heard, blank: str) -> None:
    heard.live(BOX)
    heard.say(BOX.of("info"), BOX.info(name=blank))
    assert heard.row(BOX).name == BOX.meter
    box = Box(5)
    box.site = box.meter = blank or " "
    heard.live(box)
    row = next(row for row in heard.model.rows(heard.at) if row.key == (box.site, box.meter))
    assert row.name.strip()
    assert row.site.strip()


def test_what_a_box_with_a_clock_ahead_delivers_late_is_old(heard: Heard) -> None:
    heard.online(BOX)
    for _ in range(5):
        heard.at += 5
        heard.live(BOX, behind=-3600)
    assert heard.row(BOX).age(heard.at) == 0
    heard.at += 5
    heard.live(BOX, behind=600 - 3600)
    row = heard.row(BOX)
    assert (row.status, row.age(heard.at)) == (Status.STALE, pytest.approx(600))
    for _ in range(4):  # no: its clock was set back
        heard.at += 5
        heard.live(BOX, behind=600 - 3600)
    row = heard.row(BOX)
    assert (row.status, row.age(heard.at), row.clock_off) == (Status.LIVE, 0, pytest.approx(3000))


def test_what_is_retained_is_taken_though_the_clock_of_the_box_was_ahead_before(heard: Heard) -> None:
    heard.online(BOX)
    ahead = heard.wall + timedelta(hours=2)
    heard.say(BOX.of("state"), BOX.state(ahead, "connected"))
    heard.live(BOX, behind=-7200, **{"power.active_total": 1})
    heard.at += 60
    heard.model.connected()  # meanwhile its clock was set right, and its line was lost
    heard.say(BOX.site_topic, BOX.site_state(heard.wall), retained=True)
    heard.say(BOX.of("state"), BOX.state(heard.wall, "lost", "no reply"), retained=True)
    heard.live(BOX, behind=20, retained=True, **{"power.active_total": 2})
    row = heard.row(BOX)
    assert (row.status, row.reason, row.power) == (Status.LOST, "no reply", 2)
    assert row.age(heard.at) == pytest.approx(7220)  # its clock may be ahead still: the older of both
    heard.say(BOX.of("state"), BOX.state(heard.wall - timedelta(seconds=30), "connected"), retained=True)
    assert heard.row(BOX).status is Status.LOST  # what a node has that is behind is still left out


def test_an_old_value_that_is_delivered_late_is_old(heard: Heard) -> None:
    heard.online(BOX)
    heard.live(BOX, behind=600)
    assert heard.row(BOX).status is Status.STALE
    assert heard.row(BOX).clock_off is None


@pytest.mark.parametrize("behind", [300.0, -300.0])
@pytest.mark.parametrize("every", [0.4, 0.95, 2.0])
def test_the_same_reading_sent_again_says_nothing_of_the_clock(heard: Heard, every: float, behind: float) -> None:
    heard.online(BOX)
    reading, began = BOX.live(heard.wall - timedelta(seconds=behind)), heard.at
    while heard.at < began + 600:
        heard.say(BOX.of("live"), reading)
        heard.at += every
    row = heard.row(BOX)
    assert row.status is Status.STALE
    assert row.age(heard.at) == pytest.approx(heard.at - began + max(0.0, behind))


def test_a_box_with_a_wrong_clock_that_stands_still_has_the_age_since_then(heard: Heard) -> None:
    heard.online(BOX)
    for _ in range(4):
        heard.at += 1
        heard.live(BOX, behind=7200)
    reading, began = BOX.live(heard.wall - timedelta(seconds=7200)), heard.at
    for _ in range(60):
        heard.at += 0.95
        heard.say(BOX.of("live"), reading)
    row = heard.row(BOX)
    assert (row.status, row.clock_off) == (Status.STALE, pytest.approx(-7200))
    assert row.age(heard.at) == pytest.approx(heard.at - began)


def test_old_readings_that_come_fast_one_after_the_other_say_nothing_of_the_clock(heard: Heard) -> None:
    heard.online(BOX)
    for second in range(20):  # of a second each
        heard.say(BOX.of("live"), BOX.live(WALL - timedelta(seconds=900 - second)))
        heard.at += 0.4
    row = heard.row(BOX)
    assert (row.status, row.clock_off) == (Status.STALE, None)


def test_a_retained_value_from_the_future_has_no_age(heard: Heard) -> None:
    heard.online(BOX)
    heard.live(BOX, behind=-3600, retained=True)
    row = heard.row(BOX)
    assert row.age(heard.at) is None
    assert row.status is Status.STALE
    assert row.clock_off == 3600


def test_a_meter_s_state_holds_only_while_its_box_is_online(heard: Heard) -> None:
    heard.online(BOX, "lost")
    heard.live(BOX)
    assert heard.row(BOX).status is Status.LOST
    heard.say(BOX.site_topic, json.dumps({"state": "offline"}))
    row = heard.row(BOX)
    assert (row.status, row.box_offline, row.phase) == (Status.LOST, True, None)
    assert row.since == heard.wall.timestamp()
    heard.model.connected()  # until the broker says it again nobody knows
    row = heard.row(BOX)
    assert (row.status, row.trusted, row.phase_text) == (Status.LIVE, False, "")


def test_a_last_will_that_was_retained_does_not_say_since_when(heard: Heard) -> None:
    heard.live(BOX, retained=True)
    heard.say(BOX.site_topic, json.dumps({"state": "offline"}), retained=True)
    assert heard.row(BOX).since is None


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("connected", Status.LIVE),
        ("lent", Status.LIVE),
        ("opening", Status.LIVE),
        ("lost", Status.LOST),
        ("refused", Status.LOST),
        ("closed", Status.OFF),
        ("\x1b[2J", Status.LIVE),
    ],
)
def test_states_become_a_status(heard: Heard, state: str, status: Status) -> None:
    heard.online(BOX, state)
    heard.live(BOX)
    assert heard.row(BOX).status is status
    assert heard.row(BOX).phase_text.isprintable()


def test_two_boxes_with_the_same_meter_name_are_two(heard: Heard) -> None:
    for site in ("box-1", "box-2"):
        heard.say(f"iec102/{site}/north/live", BOX.live(heard.wall))
    assert sorted(row.key for row in heard.model.rows(heard.at)) == [("box-1", "north"), ("box-2", "north")]


def test_what_the_broker_holds_no_more_is_forgotten(heard: Heard) -> None:
    heard.live(BOX, retained=True)
    heard.say(BOX.of("info"), BOX.info())
    heard.say(BOX.of("info"), "")
    assert len(heard.model) == 1
    heard.say(BOX.of("live"), "")
    assert len(heard.model) == 0
    assert heard.model.rows(heard.at) == []


def test_a_node_of_a_cluster_that_is_behind_brings_nothing_old_back(heard: Heard) -> None:
    heard.online(BOX, "connected")
    old = BOX.state(heard.wall - timedelta(hours=1), "lost")
    heard.live(BOX, **{"power.active_total": 2})
    heard.say(BOX.of("state"), old, retained=True)
    heard.live(BOX, behind=30, retained=True, **{"power.active_total": 1})
    assert (heard.row(BOX).status, heard.row(BOX).power) == (Status.LIVE, 2)


def test_sums_are_of_the_meters_that_are_live(heard: Heard) -> None:
    for box, power in ((BOX, 100), (OTHER, -40)):
        heard.online(box)
        heard.live(box, **{"power.active_total": power})
    lost = Box(4)
    heard.online(lost, "lost")
    heard.live(lost, **{"power.active_total": 1000})
    summary = summary_of(heard.model.rows(heard.at))
    assert (summary.imported, summary.exported, summary.total) == (100, 40, 3)
    assert summary.counts[Status.LOST] == 1


def test_events_are_new_until_they_are_seen_and_come_once(heard: Heard) -> None:
    heard.live(BOX)
    for minute in (1, 2, 2):
        heard.say(*BOX.event(heard.wall + timedelta(minutes=minute)))
    assert heard.row(BOX).new_events == 2
    heard.model.seen((BOX.site, BOX.meter))
    assert heard.row(BOX).new_events == 0


def test_gaps_of_the_month(heard: Heard) -> None:
    for hour in (1, 2, 5, 4):
        heard.say(*BOX.hour(datetime(2026, 11, 1, hour, tzinfo=UTC)))
    row = heard.row(BOX)
    assert (row.gaps, row.complete) == (1, False)
    heard.say(*BOX.hour(datetime(2026, 11, 1, 3, tzinfo=UTC)))
    assert (heard.row(BOX).gaps, heard.row(BOX).complete) == (0, True)
    heard.say(BOX.of("info"), BOX.info(month_gaps=3))  # the box knows it better
    assert (heard.row(BOX).gaps, heard.row(BOX).complete) == (3, False)


def test_a_box_tells_of_its_meters_as_they_come_and_go(heard: Heard) -> None:
    same_box = Box(4)
    same_box.site = BOX.site
    for box in (BOX, same_box, OTHER):
        heard.online(box)
        heard.live(box)
    heard.model.rows(heard.at)
    for part in ("state", "live"):
        heard.say(BOX.of(part), "")
    heard.say(BOX.site_topic, '{"state": "offline"}')
    assert {row.key[1]: row.box_offline for row in heard.model.rows(heard.at)} == {
        same_box.meter: True,
        OTHER.meter: False,
    }
    heard.live(BOX)
    heard.say(BOX.site_topic, BOX.site_state(heard.wall))
    assert [row.box_offline for row in heard.model.rows(heard.at)] == [False] * 3


def test_an_old_count_of_the_month_says_nothing_of_now(heard: Heard) -> None:
    def cell(*said: tuple[str, str]) -> str:
        for message in said:
            heard.say(*message)
        return month_piece(heard.row(BOX), Moment(heard.at, heard.wall.timestamp())).text

    def info(gaps: object, until: datetime) -> tuple[str, str]:
        return BOX.of("info"), BOX.info(month_gaps=gaps, month_until=until.isoformat())

    heard.online(BOX)
    assert cell() == "-"
    for back, word in ((1, "complete"), (25, "complete"), (27, "?"), (-2, "?"), (24 * 31, "?")):
        assert cell(info(0, heard.wall - timedelta(hours=back))) == word, back
    assert cell(info(3, heard.wall)) == "3 gaps"
    for wrong in (-1, 1e9, "none", None, True):
        assert cell(info(wrong, heard.wall)) == "-", wrong
    hours = [datetime(2026, 11, 1, hour, tzinfo=MADRID) for hour in (1, 2, 3)]  # those that are heard grow old too
    assert cell(*map(BOX.hour, hours)) == "?"
    assert heard.row(BOX).month_until == hours[-1].timestamp()
    assert cell(BOX.hour(heard.wall.replace(minute=0))) == "662 gaps"


def test_a_month_that_has_not_been_heard_from_its_first_hour_is_not_complete() -> None:
    month = MonthOfHours()
    for hour in range(9, 20):
        month.add(datetime(2026, 11, 20, hour, tzinfo=UTC))
    assert (month.count, month.gaps, month.from_the_first) == (11, 0, False)
    month.add(datetime(2026, 12, 1, 0, tzinfo=UTC))  # the end of the last hour of November
    assert month.month == (2026, 11)
    month.add(datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert (month.month, month.count) == ((2026, 12), 1)
    month.add(datetime(2026, 11, 3, 1, tzinfo=UTC))
    assert (month.month, month.count) == ((2026, 12), 1)


@pytest.mark.parametrize(("month_number", "hours"), [(10, 745), (3, 743), (11, 720)])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "newest first"])
def test_a_month_is_complete_from_its_first_hour_on_also_where_the_clock_changes(
    month_number: int, hours: int, *, turned: bool
) -> None:
    began = datetime(2026, month_number, 1, tzinfo=MADRID).astimezone(UTC)
    ends = [(began + timedelta(hours=hour)).astimezone(MADRID).isoformat() for hour in range(1, hours + 1)]
    for missing, gaps, first in ((None, 0, True), (0, 0, False), (400, 1, True), (1, 1, True)):
        month = MonthOfHours()
        for end in reversed(ends) if turned else ends:
            if missing is None or end != ends[missing]:
                month.add(datetime.fromisoformat(end))
        assert month.month == (2026, month_number)
        assert (month.count, month.gaps) == (hours - (missing is not None), gaps)
        assert month.from_the_first is first, missing
    month.add(datetime.fromisoformat(ends[-1]) + timedelta(hours=2))
    assert (month.count, month.from_the_first) == (1, False)


def test_the_trend_is_the_mean_of_each_minute_and_a_gap_is_a_gap() -> None:
    trend = HourTrend()
    for at, value in ((0.0, 10), (30.0, 20), (180.0, 7)):
        trend.add(at, value)
    assert trend.points() == [(30.0, 15.0), (210.0, 7.0)]
    trend.add(180.0 + 60 * MINUTES, 1)
    assert trend.points() == [(210.0 + 60 * MINUTES, 1.0)]


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("iec102/box", b"{}", NO_TOPIC),
        ("iec102//meter/live", b"{}", NO_TOPIC),
        ("iec102/box/meter/live/late", b"{}", NO_TOPIC),
        ("other/box/meter/live", b"{}", NO_TOPIC),
        (f"iec102/{'x' * 400}/meter/live", b"{}", NO_TOPIC),
        ("iec102/box/meter/live", b"[" * LARGEST_PAYLOAD, NO_JSON),
        ("iec102/box/meter/live", b"\xff\xfe", NO_JSON),
        ("iec102/box/meter/live", b"[1]", NO_JSON),
        ("iec102/box/meter/live", b"1" * 5000, NO_JSON),
        ("iec102/box/meter/live", b" " * (LARGEST_PAYLOAD + 1), TOO_LARGE),
        ("iec102/box/meter/event", b" " * (LARGEST_RECORD + 1), TOO_LARGE),
    ],
)
def test_what_is_refused_is_counted_and_changes_nothing(heard: Heard, topic: str, payload: bytes, reason: str) -> None:
    heard.say(topic, payload)
    assert dict(heard.model.refused) == {reason: 1}
    assert heard.model.rows(heard.at) == []


def test_wrong_types_are_as_if_they_were_not_there(heard: Heard) -> None:
    values = {
        "time": 12, "power.active_total": "9", "power.reactive_total": True, "power.factor_total": {"a": 1},
        "vi.voltage_l1": 10**400, "vi.voltage_l2": [1], "invalid": {"a": 1}, "clock_difference": None,
    }  # fmt: skip
    heard.say(BOX.of("live"), json.dumps(values))
    heard.say(BOX.of("live"), '{"power.active_total": NaN, "vi.voltage_l1": Infinity, "vi.voltage_l2": 1e999}')
    heard.say(BOX.of("state"), '{"state": 7, "reason": ["x"], "time": "99999-01-01T00:00:00+99:00"}')
    heard.say(BOX.of("info"), '{"name": "\\u001b]0;owned\\u0007", "month_gaps": "many", "gateway": {}}')
    row = heard.row(BOX)
    assert (row.power, row.reactive, row.factor, row.volts, row.gaps, row.gateway) == (None,) * 5 + ("",)
    assert row.name.isprintable()
    assert "owned" in row.name


def test_meters_are_bounded() -> None:
    heard = Heard(most_meters=3)
    for number in range(5):
        heard.live(Box(number))
    assert len(heard.model) == 3
    assert heard.model.refused[TOO_MANY] == 2


def test_records_of_all_meters_are_bounded(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "MOST_RECORDS", 50)
    for number in range(40):
        for minute in range(3):
            heard.say(*Box(number).event(heard.wall + timedelta(minutes=minute)))
    meters = [heard.model.meter((Box(number).site, Box(number).meter)) for number in range(40)]
    assert sum(len(meter.records) for meter in meters if meter) == 50


_PARTS = st.sampled_from(["state", "live", "info", "event", "closing", "profile/hourly", "live/late", "", "a/b/c"])
_NAMES = st.sampled_from(["box", "north", "\x1b[2J", "é" * 50, "..", " ", "+", "box/deeper", ""]) | st.text(max_size=20)
_KEYS = st.sampled_from(
    [
        *("time", "state", "reason", "name", "id", "power.active_total", "vi.voltage_l1", "invalid", "month_gaps"),
        *("clock_difference", "meter_time", "timezone", "waiting", "dropped_live", "primary_voltage_v", "gateway"),
    ]
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        ["online", "offline", "lost", "2026-11-28T17:07:00+00:00", "2026-13-99", "0001-01-01T00:00+14:00"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_DOCUMENTS = st.dictionaries(_KEYS | st.text(max_size=10), _VALUES, max_size=12).map(
    lambda document: json.dumps(document).encode()
)
_MESSAGES = st.tuples(_NAMES, _NAMES, _PARTS, _DOCUMENTS | st.binary(max_size=60) | st.just(b""), st.booleans())


@settings(max_examples=60)
@given(st.lists(_MESSAGES, max_size=12))
def test_whatever_comes_nothing_breaks_and_all_of_it_can_be_shown(
    messages: list[tuple[str, str, str, bytes, bool]],
) -> None:
    from iec102_tui.fleet.cells import Moment
    from iec102_tui.fleet.columns import HEAD, SORTED, STATES, VALUES, in_order, line, placed
    from iec102_tui.fleet.data_pane import tellings
    from iec102_tui.fleet.export import csv_of
    from rich.cells import cell_len

    heard = Heard()
    for site, meter, part, payload, retained in messages:
        heard.say(f"iec102/{site}/{meter}/{part}" if meter else f"iec102/{site}/{part}", payload, retained=retained)
        heard.at += 1.5
    rows = heard.model.rows(heard.at)
    now = Moment(heard.at, heard.wall.timestamp(), UTC)
    for columns in (VALUES, STATES):
        there = placed(columns, 120)
        for row in rows:
            text = "".join(piece.text for piece in line(row, there, now, lambda width: "x" * width))
            assert text.isprintable()
            assert cell_len(text) == sum(each.width for each in there) <= 120 - HEAD
    for column in SORTED:
        for turned in (False, True):
            assert len(in_order(rows, column.id, turned=turned, now=heard.at)) == len(rows)
    assert len(csv_of(rows, heard.at).splitlines()) == len(rows) + 1
    for row in rows:
        found = heard.model.meter(row.key)
        assert found is not None
        for telling in tellings(found, heard.model.site(row.key[0]), UTC):
            assert all(each.isprintable() for each in telling)
