"""Several meters on one loop: they share lines where they can, and none holds another up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from iec102.asdu import TransformerRatios
from iec102.asdu.password import Password
from iec102.errors import ContentTimeout
from iec102.line.state import Phase
from iec102.link import Frame
from iec102.meter.meter import Meter
from iec102.sentence import Sentence
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from iec102_tui.meter_side.shared_line import Login, place_of
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.gateway_options import GatewayOptions
from support.scripted_meter import ScriptedMeter, virtual_clock
from support.scripted_wires import HERE, THERE, Wires, saved
from support.virtual_time import run

Steps = Callable[[Meters], Coroutine[Any, Any, None]]


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Wires:
    return Wires(monkeypatch)


def together(steps: Steps) -> None:
    async def main() -> None:
        meters = Meters(clock=virtual_clock())
        try:
            await steps(meters)
        finally:
            await meters.close()
        assert meters.services == []

    run(main())


def service(connection: Connection, **options: Any) -> MeterService:
    return MeterService(connection, clock=virtual_clock(), **options)


def reads(meter: MeterService) -> int:
    return 0 if meter.snapshot is None else meter.snapshot.reads


def phase(meter: MeterService) -> Phase | None:
    return None if meter.snapshot is None else meter.snapshot.state.phase


def test_each_meter_is_read_at_its_own_pace(wires: Wires) -> None:
    async def steps(meters: Meters) -> None:
        often, seldom = service(saved("often")), service(saved("seldom", THERE, poll_period=10.0))
        meters.add(often)
        meters.add(seldom)
        await asyncio.sleep(60)
        assert meters.services == [often, seldom]
        assert 59 <= reads(often) <= 61
        assert 6 <= reads(seldom) <= 7

    together(steps)
    assert len(wires.lines) == 2


def test_a_meter_that_is_dead_delays_no_other_line(wires: Wires) -> None:
    wires.mute.add(THERE)

    async def steps(meters: Meters) -> None:
        dead, well = service(saved("dead", THERE)), service(saved("well"))
        meters.add(dead)
        meters.add(well)
        await asyncio.sleep(60)
        assert 59 <= reads(well) <= 61
        assert reads(dead) == 0
        assert phase(dead) in (Phase.WAITING, Phase.OPENING, Phase.STARTING)
        assert phase(well) is Phase.CONNECTED

    together(steps)


def test_meters_behind_one_line_share_it_until_the_last_is_left(wires: Wires) -> None:
    first, second = ScriptedMeter(1), ScriptedMeter(2)
    wires.behind[HERE] = [first, second]

    async def steps(meters: Meters) -> None:
        one, two = service(saved("one")), service(saved("two", address=2))
        meters.add(one)
        meters.add(two)
        await asyncio.sleep(10)
        assert len(wires.lines) == 1
        assert meters.line_of(one) is meters.line_of(two) is not None
        assert 9 <= reads(one) <= 11
        assert 9 <= reads(two) <= 11
        await meters.remove(one)
        assert phase(one) is Phase.CLOSED
        assert first.types()[-1] == 187
        assert wires.lines[0].end is not None
        assert wires.lines[0].end.receiver is not None
        before, asked = reads(two), len(first.requests)
        await asyncio.sleep(10)
        assert reads(two) >= before + 9
        assert len(first.requests) == asked
        await meters.remove(two)
        assert second.types()[-1] == 187
        assert wires.lines[0].end.receiver is None
        assert meters.line_of(two) is None

    together(steps)
    assert len(wires.lines) == 1


def test_what_one_meter_behind_a_line_refuses_is_not_the_state_of_the_other(wires: Wires) -> None:
    wires.behind[HERE] = [ScriptedMeter(1), ScriptedMeter(2, key=7)]

    async def steps(meters: Meters) -> None:
        well, refused, silent = (service(saved(f"m{address}", address=address)) for address in (1, 2, 3))
        for each in (well, refused, silent):
            meters.add(each)
        await asyncio.sleep(5)
        seen: set[Phase | None] = set()
        for _ in range(300):
            await asyncio.sleep(0.5)
            seen.add(phase(well))
            assert phase(refused) is Phase.REFUSED
            assert phase(silent) in (Phase.OPENING, Phase.STARTING, Phase.WAITING)
        assert seen == {Phase.CONNECTED}
        assert reads(well) > 40

    together(steps)
    assert wires.behind[HERE][1].keys == [1]  # and it was not sent again by itself


def test_a_meter_that_is_added_again_has_its_password_sent_again(wires: Wires) -> None:
    wires.behind[HERE] = [ScriptedMeter(1), ScriptedMeter(2, key=7)]

    async def steps(meters: Meters) -> None:
        well, refused, again = service(saved("well")), service(saved("r", address=2)), service(saved("r", address=2))
        meters.add(well)
        meters.add(refused)
        await asyncio.sleep(20)
        await meters.remove(refused)
        assert phase(refused) is Phase.CLOSED
        meters.add(again)
        await asyncio.sleep(20)
        assert phase(again) is Phase.REFUSED

    together(steps)
    assert wires.behind[HERE][1].keys == [1, 1]


def test_a_password_that_was_refused_is_not_sent_again_where_nobody_asks(wires: Wires) -> None:
    """Over the same line or, with other settings, over another one; with another password it is."""
    wires.behind[HERE] = [ScriptedMeter(1), ScriptedMeter(2, key=7)]

    async def steps(meters: Meters) -> None:
        well = service(saved("well"))
        meters.add(well, asked=False)
        for settings in ({}, {}, {"timeout": 2000}, {"timeout": 2001}):
            refused = service(saved("r", address=2, **settings))
            meters.add(refused, asked=False)
            await asyncio.sleep(20)
            await meters.remove(refused)
            if settings:
                await meters.remove(well)  # it has the line with the usual settings
        meters.add(right := service(saved("r", address=2, password=Password(7))), asked=False)
        await asyncio.sleep(20)
        assert phase(right) is Phase.CONNECTED

    together(steps)
    assert wires.behind[HERE][1].keys == [1, 7]


def test_a_password_that_was_refused_after_its_meter_was_left_is_known_over_another_line(wires: Wires) -> None:
    """A login is not broken off, and its line goes on where others use it."""
    wires.behind[HERE] = [ScriptedMeter(1), ScriptedMeter(2, key=7)]

    async def steps(meters: Meters) -> None:
        meters.add(service(saved("well")))
        await asyncio.sleep(20)
        sent = asyncio.Event()

        def to_meter(frame: Frame) -> list[bytes]:
            if frame.address == 2 and frame.asdu and frame.asdu[0] == 183:
                sent.set()
            return [frame.encode()]

        wires.lines[0].to_meter = to_meter
        meters.add(refused := service(saved("r", address=2)), asked=False)
        await sent.wait()
        await meters.remove(refused)
        assert not refused.was_refused
        await asyncio.sleep(20)
        meters.add(again := service(saved("r", address=2, timeout=2000)), asked=False)
        await asyncio.sleep(20)
        assert phase(again) is Phase.REFUSED

    together(steps)
    assert wires.behind[HERE][1].keys == [1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("tcp://HOST:40001", "tcp://host:40001/", True),
        ("tcp://host:40001", "tcp://host:40002", False),
        ("modem:/dev/modem?dial=600123456", "modem:/dev/modem?dial=600123457", False),
        ("simulated:?seed=1", "simulated:?seed=2", False),
    ],
)
def test_a_refused_password_is_known_however_the_target_is_written(one: str, other: str, same: bool) -> None:
    assert (Login.of(saved("one", one)) == Login.of(saved("other", other))) is same
    assert Login.of(saved("one", one)) != Login.of(saved("one", one, password=Password(2)))


def test_the_ratios_are_those_of_the_meter_that_answers_now(wires: Wires, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind each connection there may be another meter."""
    small, large = TransformerRatios(10, 10, 5000, 50), TransformerRatios(10, 10, 10000, 50)
    told = [small, large, None, small, ContentTimeout(Sentence("link.no_content", address=1, seconds=9))]

    async def read_ratios(_meter: Meter) -> TransformerRatios | None:
        answer = told[len(wires.lines[0].openings) - 1]
        if isinstance(answer, ContentTimeout):
            raise answer
        return answer

    monkeypatch.setattr(Meter, "read_ratios", read_ratios)

    async def steps(meters: Meters) -> None:
        meters.add(north := service(saved("north", current_ratio=None)))
        for ratios in told:
            await asyncio.sleep(20)
            assert north.meeting.ratios == (None if isinstance(ratios, ContentTimeout) else ratios)
            wires.lines[0].cut()

    together(steps)


def test_a_line_is_given_back_before_another_takes_its_place(wires: Wires) -> None:
    async def steps(meters: Meters) -> None:
        slow, quick = service(saved("slow")), service(saved("quick", timeout=500))
        meters.add(slow)
        await asyncio.sleep(5)
        leaving = asyncio.create_task(meters.remove(slow))
        await asyncio.sleep(0)
        meters.add(quick)
        await asyncio.sleep(5)
        assert leaving.done()
        assert wires.lines[0].end is not None
        assert wires.lines[0].end.receiver is None
        assert 4 <= reads(quick) <= 6

    together(steps)
    assert wires.lines[1].openings[0] >= wires.lines[0].sent[-1][0]


def test_a_gateway_serves_all_meters_of_its_line(wires: Wires) -> None:
    wires.behind[HERE] = [ScriptedMeter(1), ScriptedMeter(2)]

    async def steps(meters: Meters) -> None:
        one, two = service(saved("one")), service(saved("two", address=2))
        meters.add(one)
        await asyncio.sleep(5)
        one.start_gateway(GatewayOptions("127.0.0.1:0").settings(1))
        await asyncio.sleep(5)
        meters.add(two)
        await asyncio.sleep(5)
        line = meters.line_of(two)
        assert line is not None
        assert line.gateway is not None
        assert one.gateway is two.gateway is line.gateway
        assert line.gateway.url.startswith("tcp://127.0.0.1:")
        assert line.served == {1, 2}
        await meters.remove(one)
        assert two.gateway is not None
        two.stop_gateway()
        await asyncio.sleep(5)
        assert two.gateway is None

    together(steps)


def test_a_target_that_cannot_be_opened_is_a_sentence_of_its_meter(wires: Wires) -> None:
    async def steps(meters: Meters) -> None:
        mistaken, well = service(saved("mistaken"), target="tcp://"), service(saved("well"))
        meters.add(mistaken)
        meters.add(well)
        await asyncio.sleep(5)
        assert mistaken.has_ended
        assert "tcp://" in str(mistaken.failure)
        assert meters.services == [well]
        assert reads(well) > 3

    together(steps)


def test_work_that_waits_for_a_line_is_done_when_it_is_there_or_told_that_it_is_not(wires: Wires) -> None:
    told: list[str] = []

    async def work(_meter: object) -> None:
        told.append("done")

    async def steps(meters: Meters) -> None:
        one, two = service(saved("one")), service(saved("two", THERE))
        for each in (one, two):
            each.submit(work, failed=told.append)
        meters.add(one)
        await asyncio.sleep(1)
        assert told == ["done"]
        meters.add(two)
        await meters.remove(two)
        assert told == ["done", "the meter was left"]

    together(steps)


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("serial:/dev/ttyUSB0", "dev/ttyusb0"),
        ("serial:///dev/ttyUSB0?baudrate=19200", "dev/ttyusb0"),
        ("modem:/dev/ttyUSB0?dial=600123456", "dev/ttyusb0"),
        ("tcp://192.0.2.1:40001?dial=1", "192.0.2.1:40001"),
        ("rfc2217://192.0.2.1:40001", "192.0.2.1:40001"),
        ("simulated:", ""),
        ("listen://127.0.0.1:40001", ""),
    ],
)
def test_a_place_is_what_one_line_has_alone(target: str, place: str) -> None:
    assert place_of(target) == place
