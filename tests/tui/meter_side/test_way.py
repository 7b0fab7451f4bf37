"""A meter whose line a collector has: through its gateway while that is there, else over its own line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from iec102.gateway import Address, GatewaySettings
from iec102.line.state import LineState, Phase
from iec102_tui.meter_side import key_file
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from iec102_tui.meter_side.sink import Sink
from iec102_tui.meter_side.way import Through, Way
from iec102_tui.profiles.connection import Connection
from support.scripted_meter import ScriptedMeter, virtual_clock
from support.scripted_wires import HERE, Wires, saved
from support.virtual_time import run

GATEWAY = Through("tcp://127.0.0.1:40102")
SOON = 15.0


class Collector:
    """Says whether it has the line, and what is said of that."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, key: int = 1) -> None:
        self.wires = Wires(monkeypatch)
        self.direct = [ScriptedMeter(1, key=key), ScriptedMeter(2)]
        self.shared = [ScriptedMeter(1, key=key), ScriptedMeter(2)]
        self.wires.behind = {HERE: self.direct, GATEWAY.url: self.shared}
        self.gateway: Through | None = GATEWAY
        self.said: list[str] = []

    def look(self) -> Through | None:
        return self.gateway

    def end(self) -> None:
        """Its port may be another program's from now on."""
        self.gateway = None
        self.wires.lines[0].cut()

    def service(self, connection: Connection, through: Through | None = GATEWAY) -> MeterService:
        return MeterService(
            connection, clock=virtual_clock(), through=through, look=self.look, on_notice=self.said.append
        )

    def openings(self) -> list[int]:
        return [len(line.openings) for line in self.wires.lines]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Collector:
    return Collector(monkeypatch)


def together(steps: Callable[[Meters], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        meters = Meters(clock=virtual_clock())
        try:
            await steps(meters)
        finally:
            await meters.close()

    run(main())


def state(meter: MeterService) -> tuple[Phase, Through | None]:
    assert meter.snapshot is not None
    return meter.snapshot.state.phase, meter.through


def test_the_port_of_a_collector_that_has_ended_is_never_tried_again(collector: Collector) -> None:
    async def steps(meters: Meters) -> None:
        meters.add(north := collector.service(saved("north")))
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.CONNECTED, GATEWAY)
        assert north.snapshot is not None
        before = north.snapshot
        phases: list[Phase] = []
        north.watch(_States(phases))
        collector.end()
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.CONNECTED, None)
        assert Phase.CLOSED not in phases
        assert collector.openings() == [1, 1]
        assert (collector.shared[0].keys, collector.direct[0].keys) == ([1], [1])
        assert collector.said == ["north: no collector has the line any more. It is read directly."]
        assert north.snapshot.serial > before.serial
        assert north.snapshot.reads > before.reads
        collector.gateway = GATEWAY
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.CONNECTED, GATEWAY)
        assert collector.said[1:] == ["north: a collector has the line now. It is read through the collector."]
        assert collector.wires.lines[1].end is not None
        assert collector.wires.lines[1].end.receiver is None  # it was given back
        assert len(collector.wires.lines) == 3

    together(steps)


def test_meters_that_share_a_gateway_leave_it_one_after_the_other_and_none_tries_it_again(collector: Collector) -> None:
    async def steps(meters: Meters) -> None:
        north, south = collector.service(saved("north")), collector.service(saved("south", address=2))
        meters.add(north)
        await asyncio.sleep(1.6)
        meters.add(south)
        await asyncio.sleep(SOON + 0.2)  # the first to look is who has opened the line
        assert len(collector.wires.lines) == 1
        collector.end()
        await asyncio.sleep(SOON)
        assert [state(each) for each in (north, south)] == [(Phase.CONNECTED, None)] * 2
        assert len(collector.wires.lines[0].attempts) == 1

    together(steps)


def test_the_gateway_that_a_person_wished_is_open_over_the_next_line_too(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(key_file, "default_path", lambda: tmp_path / "keys.json")
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))

    async def steps(meters: Meters) -> None:
        meters.add(north := collector.service(saved("north")))
        north.start_gateway(GatewaySettings(Address("127.0.0.1", 0)))
        await asyncio.sleep(SOON)
        assert north.gateway is not None
        collector.end()
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.CONNECTED, None)
        assert north.gateway is not None
        north.stop_gateway()
        await asyncio.sleep(1)
        assert north.gateway is None

    together(steps)


def test_values_keep_their_age_while_the_way_changes(collector: Collector) -> None:
    async def steps(meters: Meters) -> None:
        meters.add(north := collector.service(saved("north")))
        await asyncio.sleep(SOON)
        collector.wires.mute.add(HERE)
        assert north.snapshot is not None
        read_at, reading = north.snapshot.read_at, north.snapshot.reading
        assert reading is not None
        collector.end()
        await asyncio.sleep(SOON)
        assert not north.snapshot.state.connected
        assert (north.snapshot.read_at, north.snapshot.reading) == (read_at, reading)

    together(steps)


def test_a_password_that_was_refused_goes_out_over_neither_way_again(monkeypatch: pytest.MonkeyPatch) -> None:
    collector = Collector(monkeypatch, key=7)

    async def steps(meters: Meters) -> None:
        meters.add(north := collector.service(saved("north")))
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.REFUSED, GATEWAY)
        collector.end()
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.REFUSED, None)
        assert north.was_refused
        collector.gateway = GATEWAY
        await asyncio.sleep(SOON)
        assert state(north)[0] is Phase.REFUSED
        assert collector.shared[0].keys + collector.direct[0].keys == [1]

    together(steps)


def test_a_line_is_given_to_the_collector_only_where_all_its_meters_are_read_there(collector: Collector) -> None:
    async def steps(meters: Meters) -> None:
        collector.gateway = None
        north = collector.service(saved("north"), None)
        south = MeterService(saved("south", address=2), clock=virtual_clock())
        for each in (north, south):
            meters.add(each)
        await asyncio.sleep(SOON)
        collector.gateway = GATEWAY
        await asyncio.sleep(SOON)
        assert [state(each) for each in (north, south)] == [(Phase.CONNECTED, None)] * 2
        await meters.remove(south)
        await asyncio.sleep(SOON)
        assert state(north) == (Phase.CONNECTED, GATEWAY)

    together(steps)


def test_work_goes_before_the_collector_and_ends_with_the_collector(collector: Collector) -> None:
    said: list[str] = []

    async def steps(meters: Meters) -> None:
        collector.gateway = None
        meters.add(north := collector.service(saved("north"), None))
        await asyncio.sleep(SOON)
        over = asyncio.Event()
        north.submit(lambda _meter: _until(over), failed=said.append)
        collector.gateway = GATEWAY
        await asyncio.sleep(SOON)
        assert north.through is None
        over.set()
        await asyncio.sleep(SOON)
        assert north.through == GATEWAY
        over.clear()
        north.submit(lambda _meter: _until(over), failed=said.append)
        await asyncio.sleep(1)
        collector.gateway = None
        collector.wires.lines[1].cut()
        await asyncio.sleep(SOON)
        assert said == ["another line leads to the meter now: begin it again"]

    together(steps)


class _States(Sink):
    def __init__(self, phases: list[Phase]) -> None:
        self._phases = phases

    def state(self, state: LineState) -> None:
        self._phases.append(state.phase)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def test_the_gateway_of_a_service_is_not_called_the_collectors() -> None:
    found: list[Through | None] = [None, Through("tcp://127.0.0.1:1", by_collector=False)]
    said: list[str] = []

    async def steps() -> None:
        way = Way(found[-1], lambda: found[0], said.append)
        for _ in range(2):
            await way.look()
            way.take("north")
            found.reverse()

    run(steps())
    assert said == [
        "north: no gateway of this machine has the line any more. It is read directly.",
        "north: a gateway of this machine has the line now. It is read through that.",
    ]
