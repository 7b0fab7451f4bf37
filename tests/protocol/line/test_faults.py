"""A bad line changes how long a reading takes, and nothing else. Dialogues in virtual time, every fault seeded."""

import asyncio
import random
from datetime import datetime

import pytest
from iec102.asdu import MADRID, IntegratedTotals, Password, read_instantaneous
from iec102.errors import Disconnected, KeyNotAnswered, KeyRefused
from iec102.line import Line
from iec102.link import Frame
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.settings import LineSettings, Station
from iec102.simulated import SimulatedOpener
from iec102.simulator import LineSpeed, SimulatorConfig
from iec102.transport import Direction, TapRecord
from support.scripted_meter import Alter, ScriptedLine, virtual_clock
from support.virtual_time import run

CLOCK = datetime(2026, 11, 22, 10, 0, tzinfo=MADRID)
# October 2026 has a day of 25 hours.
MONTH = datetime(2026, 10, 1, tzinfo=MADRID), datetime(2026, 11, 1, tzinfo=MADRID)
STATION = Station(1, 1, Password(1))
BAD = {"drop": 0.02, "corrupt": 0.02}
WORSE = {"drop": 0.04, "corrupt": 0.04, "noise": 0.05, "delay": 0.03}
PATIENT = LineSettings(retries=10)


def line_to(
    *quirks: str,
    faults: dict[str, float] | None = None,
    seed: int = 1,
    speed: str | None = None,
    settings: LineSettings = PATIENT,
    reconnect: bool = False,
    tap: list[TapRecord] | None = None,
) -> Line:
    config = SimulatorConfig(
        clock=CLOCK,
        seed=seed,
        faults=faults or {},
        quirks=frozenset(quirks),
        line=None if speed is None else LineSpeed.parse(speed),
    )
    heard = None if tap is None else tap.append
    return Line(SimulatedOpener(config), settings, clock=virtual_clock(), reconnect=reconnect, tap=heard)


async def readings(line: Line, count: int) -> list[Reading]:
    meter = Meter(line, STATION)
    result = [await meter.read_instantaneous() for _ in range(count)]
    await line.close()
    return result


async def month(
    line: Line, block: int | None = None, bounds: tuple[datetime, datetime] = MONTH
) -> list[IntegratedTotals]:
    result = await Meter(line, STATION).read_totals(*bounds, block=block)
    await line.close()
    return result


@pytest.mark.parametrize("speed", [None, "9600-8E1"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_readings_on_a_bad_line_equal_those_of_a_clean_one(seed: int, speed: str | None) -> None:
    async def dialogue() -> None:
        (clean,) = await readings(line_to(seed=seed), 1)
        line = line_to(faults=BAD, seed=seed, speed=speed)
        bad = await readings(line, 1000)
        assert len(bad) == 1000
        assert all((reading.values, reading.meter_time) == (clean.values, clean.meter_time) for reading in bad)
        assert line.counters.repeats > 50
        assert line.counters.bad_frames > 20

    run(dialogue())


@pytest.mark.parametrize("faults", [BAD, WORSE], ids=["bad", "worse"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("block", [None, 9], ids=["ranges", "blocks"])
def test_a_month_of_hourly_totals_on_a_bad_line_equals_that_of_a_clean_one(
    block: int | None, seed: int, faults: dict[str, float]
) -> None:
    async def dialogue() -> None:
        clean = await month(line_to(seed=seed), block)
        assert len(clean) == 1 + 31 * 24 + 1  # that at the start, and the hour more of the change
        line = line_to(faults=faults, seed=seed)
        assert await month(line, block) == clean
        assert line.counters.repeats > 0

    run(dialogue())


def test_ranges_and_blocks_give_the_same_totals() -> None:
    async def dialogue() -> None:
        assert await month(line_to(), None) == await month(line_to(), 9)

    run(dialogue())


@pytest.mark.parametrize("seed", range(5))
def test_every_request_is_executed_exactly_once_whatever_happens_to_its_frames(seed: int) -> None:
    """Frames are lost, doubled, garbled and late in both directions; each reading is the next one, none is skipped."""

    def unreliable(chance: random.Random) -> Alter:
        def alter(frame: Frame) -> list[bytes]:
            good = frame.encode()
            fate = chance.random()
            if fate < 0.03:
                return []
            if fate < 0.06:
                return [good, good]
            if fate < 0.09:
                return [good[:-2] + bytes((good[-2] ^ 0x20, good[-1]))]
            if fate < 0.12:
                return [chance.randbytes(5), good]
            return [good]

        return alter

    async def dialogue() -> None:
        chance = random.Random(seed)
        scripted = ScriptedLine(latency=0.02)
        line = Line(scripted, PATIENT, clock=virtual_clock())
        scripted.to_meter = scripted.to_reader = unreliable(chance)
        energies = []
        for _ in range(300):
            scripted.meters[0].not_ready = chance.choice((0, 0, 0, 1, 2))
            (answer,) = await line.exchange(STATION, read_instantaneous(1), who="test")
            energies.append(answer.content.energies.values[0].value)  # type: ignore[attr-defined]
        assert energies == list(range(1001, 1301))
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_readings_go_on_through_disconnections(seed: int) -> None:
    async def dialogue() -> None:
        line = line_to(faults={"disconnect": 0.01}, seed=seed, reconnect=True)
        meter, good, lost = Meter(line, STATION), 0, 0
        while good < 300:
            try:
                await meter.read_instantaneous()
                good += 1
            except Disconnected:
                lost += 1
        assert 0 < lost <= line.counters.connections
        assert line.counters.reconnections >= lost
        await line.close()

    run(dialogue())


# The simulated meter's own ways


@pytest.mark.parametrize("quirk", ["fill-ff", "not-ready", "negative-errors", "start-bound-excluded", "keep-pending"])
def test_readings_do_not_depend_on_how_a_meter_behaves(quirk: str) -> None:
    async def dialogue() -> None:
        (plain,) = await readings(line_to(), 1)
        (same,) = await readings(line_to(quirk), 1)
        assert same.values == plain.values

    run(dialogue())


@pytest.mark.parametrize("quirk", ["", "refuse-login-14", "silent-login"])
def test_a_wrong_key_goes_over_the_line_exactly_once(quirk: str) -> None:
    async def dialogue() -> None:
        records: list[TapRecord] = []
        line = line_to(*filter(None, [quirk]), settings=LineSettings(), reconnect=True, tap=records)
        for _ in range(3):
            with pytest.raises(KeyNotAnswered if quirk == "silent-login" else KeyRefused):
                await Meter(line, Station(1, 1, Password(2))).read_instantaneous()
        keys = [
            record
            for record in records
            if record.direction is Direction.SENT and isinstance(record.item, Frame) and record.item.asdu
        ]
        assert len(keys) == 1
        assert keys[0].secret
        await line.close()

    run(dialogue())


def test_a_cancelled_month_is_not_taken_for_a_day_also_by_a_meter_that_keeps_its_answers() -> None:
    async def dialogue() -> None:
        day = datetime(2026, 11, 1, tzinfo=MADRID), datetime(2026, 11, 2, tzinfo=MADRID)
        clean = await month(line_to(), bounds=day)
        line = line_to("keep-pending", speed="9600-8E1")
        meter = Meter(line, STATION)
        long = asyncio.create_task(meter.read_totals(*MONTH))
        await asyncio.sleep(5)
        long.cancel()
        assert await meter.read_totals(*day) == clean
        await line.close()

    run(dialogue())
