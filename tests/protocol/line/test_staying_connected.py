"""What happens to a line ends in recovery, and nothing wrong is ever shown. Virtual time, every fault seeded."""

import asyncio
from collections.abc import Mapping

import pytest
from iec102.errors import LineError, LinkError
from iec102.line import Line
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.settings import LineSettings
from iec102.simulator import LineSpeed, SimulatorConfig
from support.dialogue import STATION, now
from support.living_meter import LivingLine
from support.scripted_meter import virtual_clock
from support.virtual_time import run

PERIOD = 1.0
FAULTS = {
    "drop": 0.05,
    "corrupt": 0.05,
    "delay": 0.05,
    "noise": 0.05,
    "length": 0.05,
    "foreign": 0.2,
    "restart": 0.01,
    "disconnect": 0.01,
}
QUIRKS = ["", "echo", "session-timeout-10", "keep-pending"]


def line_to(
    *quirks: str, faults: Mapping[str, float] | None = None, seed: int = 1, speed: str | None = None
) -> tuple[LivingLine, Line]:
    config = SimulatorConfig(
        seed=seed,
        faults=faults or {},
        quirks=frozenset(filter(None, quirks)),
        line=None if speed is None else LineSpeed.parse(speed),
    )
    opener = LivingLine(config)
    return opener, Line(opener, LineSettings(), reconnect=True, clock=virtual_clock())


async def right_readings(opener: LivingLine, line: Line, number: int, period: float = PERIOD) -> int:
    """Reads until so many are right, and gives how many failed; a wrong one ends the test."""
    meter, good, failed = Meter(line, STATION), 0, 0
    while good < number:
        began = now()
        try:
            reading = await meter.read_instantaneous()
        except (LineError, LinkError):
            failed += 1
        else:
            good += 1
            assert opener.meter.is_right(reading, began), f"reading {good} at {now():.3f} s"
        await asyncio.sleep(max(0.0, began + period - now()))
    return failed


def test_the_judge_knows_an_old_reading() -> None:
    async def dialogue() -> None:
        opener, line = line_to()
        meter = Meter(line, STATION)
        old = await meter.read_instantaneous()
        wrong = 0
        for _ in range(100):
            await asyncio.sleep(PERIOD)
            began = now()
            reading = await meter.read_instantaneous()
            assert opener.meter.is_right(reading, began)
            wrong += opener.meter.is_right(old, began)
            old = reading
        assert wrong == 0
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("speed", [None, "9600-8E1"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_ends_in_recovery(fault: str, seed: int, speed: str | None) -> None:
    async def dialogue() -> None:
        opener, line = line_to(faults={fault: FAULTS[fault]}, seed=seed, speed=speed)
        await right_readings(opener, line, 200)
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("quirk", QUIRKS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_faults_together_end_in_recovery(quirk: str, seed: int) -> None:
    async def dialogue() -> None:
        opener, line = line_to(quirk, faults=FAULTS, seed=seed, speed="9600-8E1")
        await right_readings(opener, line, 200, period=11.0 if quirk == "session-timeout-10" else PERIOD)
        await line.close()

    run(dialogue())


def test_a_session_that_the_meter_ends_is_opened_again_and_no_reading_fails() -> None:
    async def dialogue() -> None:
        opener, line = line_to("session-timeout-3")
        assert await right_readings(opener, line, 20, period=5.0) == 0
        await line.close()

    run(dialogue())


def test_a_meter_that_ends_its_session_without_a_word_costs_one_reading_and_no_other() -> None:
    async def dialogue() -> None:
        opener, line = line_to("session-timeout-3", "silent-without-session")
        assert await right_readings(opener, line, 50, period=5.0) == 1
        requests = line.counters.requests
        assert await right_readings(opener, line, 50, period=1.0) == 0
        assert line.counters.requests == requests + 51 * 2  # a login in front of the first, and no other
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("quirk", ["", "silent-without-session"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_meter_that_restarts_in_the_middle_of_a_download_is_downloaded_from_all_the_same(
    quirk: str, seed: int
) -> None:
    async def week(faults: Mapping[str, float]) -> tuple[MemoryStore, Line]:
        opener, line = line_to(quirk, faults=faults, seed=seed)
        store = MemoryStore()
        end = opener.meter.now().replace(hour=0)
        meter = Meter(line, STATION)
        await Download(meter, store, Register.HOURLY, end.replace(day=1), end, shared=True, patience=None).run()
        await line.close()
        return store, line

    async def dialogue() -> None:
        clean, _ = await week({})
        store, line = await week({"restart": 0.02})
        assert line.counters.timeouts > 10
        assert store.records() == clean.records()
        assert len(store.records()) == 21 * 24

    run(dialogue())


@pytest.mark.parametrize("period", [0.25, 1.0, 5.0])
@pytest.mark.parametrize("loss", ["switched off", "disconnected", "frozen"])
def test_values_are_fresh_within_two_periods_and_two_seconds(loss: str, period: float) -> None:
    """The monitor, which asks again by itself; the other side is away for some seconds, again and again."""

    async def dialogue() -> None:
        snapshots = list[Snapshot]()
        opener, line = line_to()
        running = asyncio.create_task(Monitor(Meter(line, STATION), period=period, on_snapshot=snapshots.append).run())
        for number in range(20):
            await asyncio.sleep(7.3 + 0.37 * number)
            if loss == "disconnected":
                opener.away = True
                opener.cut()
            else:
                opener.off = True
            await asyncio.sleep(1.0 + number)
            opener.away = opener.off = False
            if loss == "switched off":
                opener.switch_on()
            back = now()
            await asyncio.sleep(2 * period + 2)
            last = snapshots[-1]
            assert last.read_at is not None
            assert last.read_at > back, f"{number}: {last.state}"
        running.cancel()
        await line.close()

    run(dialogue())
