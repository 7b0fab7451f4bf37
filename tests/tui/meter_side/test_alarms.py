"""Alarms: each crossing is told once while it lasts, and once when it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from iec102_tui import diagnostics
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.meter_side.alarms import READINGS_BACK, Alarm, AlarmWatch, crossings, log_alarm
from iec102_tui.panes.live.signal_grid import SignalGrid
from iec102_tui.profiles.limits import Limit, Limits
from support.still_meter import WALL, StillSession, changed, reading, snapshot

LIMITS: Limits = (Limit("vi.voltage_l1", 207.0, 253.0), Limit("power.active_total", -1000.0, 450.0))


def volts(value: float | None, *, valid: bool = True) -> Any:
    return reading(vi__voltage_l1=changed("vi.voltage_l1", value=value, valid=valid))


def watched(*values: float | None) -> AlarmWatch:
    watch = AlarmWatch("north", LIMITS)
    for value in values:
        watch.reading(volts(value, valid=value is not None))
    return watch


def test_an_alarm_does_not_repeat_itself_while_it_lasts() -> None:
    watch = watched(230.0, 254.1, 256.0, 254.0)
    assert list(watch.alarms) == [Alarm(WALL, "north", "vi.voltage_l1", 254.1, 253.0)]
    assert watch.begun == 1


def test_it_ends_after_readings_within_the_limits_and_may_begin_again() -> None:
    watch = watched(206.0, *[230.0] * READINGS_BACK, 254.0)
    assert [alarm.limit for alarm in watch.alarms] == [207.0, None, 253.0]
    assert watch.begun == 2


def test_a_value_that_wavers_about_a_limit_is_one_alarm() -> None:
    assert watched(*[253.1, 252.9] * 20).begun == 1


def test_an_invalid_value_neither_begins_an_alarm_nor_ends_one() -> None:
    assert watched(None, None).begun == 0
    watch = watched(254.0, *[None] * 10)
    assert len(watch.alarms) == 1
    invalid = AlarmWatch("north", LIMITS)
    invalid.reading(volts(300.0, valid=False))
    assert invalid.begun == 0


def test_each_signal_has_an_alarm_of_its_own() -> None:
    watch = AlarmWatch("north", LIMITS)
    both = {"power__active_total": changed("power.active_total", value=500.0)}
    watch.reading(reading(vi__voltage_l1=changed("vi.voltage_l1", value=254.0), **both))
    assert [alarm.key for alarm in watch.alarms] == ["vi.voltage_l1", "power.active_total"]


def test_what_is_beyond_a_limit_now_is_marked() -> None:
    assert crossings(LIMITS, volts(254.0)) == {"vi.voltage_l1": True}
    assert crossings(LIMITS, volts(100.0)) == {"vi.voltage_l1": False}
    assert crossings(LIMITS, volts(254.0, valid=False)) == {}
    assert crossings(LIMITS, None) == {}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "state" / "alarms.log"
    diagnostics.start_alarm_log(path)
    yield path
    logger = logging.getLogger("iec102_tui.alarms")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()


def test_the_log_has_a_line_for_each_beginning_and_end(log: Path) -> None:
    watch = AlarmWatch("north\x1b[31m", LIMITS, log_alarm)
    for value in (254.1, *[240.0] * READINGS_BACK):
        watch.reading(volts(value))
    logging.getLogger("iec102_tui.alarms").handlers[0].flush()
    first, second = log.read_text("utf-8").splitlines()
    assert first.startswith("2026-11-22T12:30:05+01:00  north")
    assert first.endswith("Voltage phase 1: 254.1 V, above 253")
    assert second.endswith("Voltage phase 1: 240.0 V, within its limits again")
    assert "\x1b" not in first


@pytest.mark.parametrize("bell", [True, False])
def test_an_alarm_marks_the_value_tells_once_and_rings_if_asked(*, bell: bool) -> None:
    session = StillSession(snapshot(reading()))
    assert session.connection is not None
    session.connection = session.connection.with_settings(limits=LIMITS)
    session.alarm_watch = AlarmWatch("north", LIMITS)

    async def run() -> None:
        app = MonitorApp(session, None, Config(bell=bell))
        rung: list[None] = []
        app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f3")  # whatever pane is on the screen
            for number in range(3):
                assert session.alarm_watch is not None
                session.alarm_watch.reading(volts(254.1))
                session.show(snapshot(volts(254.1))._replace(reads=43 + number))
                await pilot.pause()
            assert [one.message for one in app._notifications] == ["Voltage phase 1: 254.1 V, above 253"]
            assert len(rung) == bell
            await pilot.press("f2")
            grid = app.screen.query_one(SignalGrid)
            shown = "\n".join(grid.render_line(y).text for y in range(grid.size.height))
            assert "\N{BLACK UP-POINTING TRIANGLE}254.1" in shown
            assert "1 alarm" in shown
            await pilot.press("a")
            await pilot.pause()
            assert "Voltage phase 1: 254.1 V, above 253" in str(app.screen.query_one(".lines Static").render())

    asyncio.run(run())


def test_without_limits_the_list_of_alarms_says_how_to_give_some() -> None:
    async def run() -> None:
        app = MonitorApp(StillSession(snapshot(reading())), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("a")
            await pilot.pause()
            assert '"vi.voltage_l1" = [207, 253]' in str(app.screen.query_one(".lines Static").render())

    asyncio.run(run())
