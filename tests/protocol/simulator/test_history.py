"""What happens to the simulated meter: its clock drifts and is set, sessions, restarts, contracts closed by command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from iec102.asdu import Asdu, Cause, ClockTime, Events, Password, TimeTagA, TimeTagB, decode_asdu, start_session
from iec102.asdu.session import end_session
from iec102.asdu.tariff import read_current_tariff, read_holidays
from iec102.errors import InvalidSetting, InvalidTarget
from iec102.open import open_line
from iec102.settings import LineSettings
from iec102.simulator import SimulatedMeter, SimulatorConfig, history
from iec102.simulator.station import MeterStation

BEGAN = datetime(2026, 11, 22, 9, 0, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Wall:
    """This machine's clock."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    clock = Wall()
    monkeypatch.setattr(history, "wall", clock)
    return clock


def answers(station: MeterStation, request: Asdu) -> Iterator[Asdu]:
    station.user_data(request.encode())
    while (data := station.next_data()) is not None:
        answer = decode_asdu(data)
        assert answer is not None
        yield answer


def told(meter: SimulatedMeter, record: int) -> list[tuple[int, int, bool, datetime | None]]:
    """The events that were not made up, as another reader reads them."""
    station = meter.station()
    station.user_data(start_session(1, Password(meter.config.password)).encode())
    found = answers(station, Asdu(101, Cause.ACTIVATION, 1, record))
    contents = [asdu.content for asdu in found if isinstance(asdu.content, Events)]
    events = [event for content in contents for event in content.events]
    return [
        (event.address, event.qualifier, event.indication, at)
        for event in events
        if (at := event.time.utc()) is not None and at >= BEGAN.replace(microsecond=0)
    ]


def logged_in(meter: SimulatedMeter) -> MeterStation:
    station = meter.station()
    assert list(answers(station, start_session(1, Password(1))))
    return station


def test_a_clock_drifts_from_its_start(wall: Wall) -> None:
    meter = SimulatedMeter(SimulatorConfig(clock_drift=86.4))
    assert meter.now() == BEGAN
    wall.now += HOUR
    assert meter.now() == BEGAN + HOUR + timedelta(seconds=3.6)


def test_a_clock_runs_from_the_time_that_it_is_given(wall: Wall) -> None:
    start = datetime(2024, 5, 1, 12, tzinfo=UTC)
    meter = SimulatedMeter(SimulatorConfig(clock_start=start, clock_drift=86.4))
    assert meter.now() == start
    wall.now += HOUR
    assert meter.now() == start + HOUR + timedelta(seconds=3.6)


def test_a_drift_is_an_option_of_the_simulated_meter_and_has_a_range() -> None:
    open_line("simulated:?clock_drift=-2.5", LineSettings())
    with pytest.raises(InvalidTarget):
        open_line("simulated:?clock_drift=9999", LineSettings())
    with pytest.raises(InvalidSetting):
        SimulatorConfig(clock_drift=float("nan"))


@pytest.mark.parametrize("clock", [None, BEGAN])
def test_a_clock_that_is_set_tells_the_old_time_and_the_new_one(wall: Wall, clock: datetime | None) -> None:
    meter = SimulatedMeter(SimulatorConfig(clock=clock))
    to = BEGAN + 3 * HOUR
    request = Asdu(181, Cause.ACTIVATION, 1, content=ClockTime(TimeTagB.of(to)))
    assert [asdu.cause for asdu in answers(logged_in(meter), request)] == [7]
    assert meter.now() == to
    wall.now += HOUR
    assert told(meter, 53)[:1] == [(7, 9, True, BEGAN)]
    assert (7, 11, True, to) in told(meter, 53)


def test_a_session_begins_and_ends_and_notes_each_contract_once(wall: Wall) -> None:
    meter = SimulatedMeter(SimulatorConfig())
    station = logged_in(meter)
    for request in (read_holidays(1, 135), read_current_tariff(1, 135)):
        list(answers(station, request))
    wall.now += HOUR / 2
    list(answers(station, end_session(1)))
    wall.now += HOUR
    assert (18, 2, True, BEGAN) in told(meter, 129)
    assert (18, 2, False, BEGAN + HOUR / 2) in told(meter, 129)
    assert told(meter, 132) == [(18, 22, True, BEGAN)]
    assert told(meter, 131) == []


def test_a_contract_is_closed_by_command(wall: Wall) -> None:
    meter = SimulatedMeter(SimulatorConfig())
    station = logged_in(meter)
    assert [asdu.cause for asdu in answers(station, Asdu(137, Cause.ACTIVATION, 1, 134))] == [7]
    assert [asdu.cause for asdu in answers(station, Asdu(137, Cause.ACTIVATION, 1, 140))] == [15]
    wall.now += HOUR
    assert told(meter, 131) == [(7, 21, True, BEGAN)]
    totals = next(asdu for asdu in answers(station, read_current_tariff(1, 134)) if asdu.type == 135)
    assert totals.content.periods[0].start == TimeTagA.of(BEGAN)  # type: ignore[attr-defined]


def test_a_restart_is_told_when_the_power_is_back(wall: Wall) -> None:
    meter = SimulatedMeter(SimulatorConfig())
    meter.history.restarted(6)
    wall.now += HOUR
    assert (1, 2, True, BEGAN + timedelta(seconds=6)) in told(meter, 52)


def test_a_frozen_clock_knows_nothing_of_its_readers() -> None:
    meter = SimulatedMeter(SimulatorConfig(clock=BEGAN))
    before = told(meter, 129)
    logged_in(meter)
    meter.history.restarted(6)
    assert told(meter, 129) == before
    assert not meter.history.happened
