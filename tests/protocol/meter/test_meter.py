"""What a user of the library calls, against the simulated meter, in virtual time."""

import asyncio
import itertools
import json
from datetime import UTC, datetime, timedelta

import iec102
import pytest
from iec102.asdu import (
    MADRID,
    Asdu,
    Cause,
    Energies,
    ObjectList,
    Password,
    Powers,
    Raw,
    TimeTagB,
    VoltagesCurrents,
)
from iec102.clock import Clock
from iec102.errors import (
    InvalidSetting,
    InvalidTarget,
    KeyRefused,
    ObjectNotAvailable,
    PeriodNotAvailable,
    UnexpectedAnswer,
)
from iec102.line import Line
from iec102.load_profile.intervals import Register
from iec102.meter.meter import Meter
from iec102.settings import LineSettings, Station
from support.dialogue import STATION, line_to
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter, echo, virtual_clock
from support.virtual_time import run

FROZEN = "simulated:?clock=2026-11-22T10:00:00+01:00"


def test_the_example_of_the_documentation_works() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, link_address=1, point_address=1, password=1) as meter:
            reading = await meter.read_instantaneous()
            assert reading["power.active_total"].unit == "kW"
            assert isinstance(reading["power.active_total"].value, int)

    run(dialogue())


def test_a_reading_has_all_24_signals_and_both_times() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, password=1) as meter:
            reading = await meter.read_instantaneous()
        assert list(reading.values) == [signal.key for signal in iec102.SIGNALS]
        assert all(value.valid and value.value is not None for value in reading.values.values())
        assert reading.meter_time == datetime(2026, 11, 22, 10, 0, tzinfo=MADRID)
        assert reading.time.utcoffset() is not None

    run(dialogue())


def test_the_json_of_a_reading_is_the_documented_one() -> None:
    class EnergiesOnly(ScriptedMeter):
        def measured(self, request: Asdu) -> tuple[Energies | Powers | VoltagesCurrents, ...]:
            return super().measured(request)[:1]

    async def dialogue() -> None:
        line = line_to(ScriptedLine(EnergiesOnly()))
        reading = await Meter(line, STATION).read_instantaneous()
        await line.close()
        document = json.loads(json.dumps(reading.to_json()))
        assert list(document) == [
            "time",
            "meter_time",
            "link_address",
            "point_address",
            "signals",
            "identity",
            "clock_difference",
        ]
        assert document["time"] == document["meter_time"] == "2026-11-22T10:00:00+01:00"
        assert len(document["signals"]) == 24
        assert document["signals"][0] == {
            "key": "energy.active_imported",
            "group": "Energy",
            "label": "Active imported",
            "value": 1001,
            "unit": "kWh",
            "valid": True,
        }
        # This meter sends object 192 only.
        assert document["signals"][8] == {
            "key": "power.factor_total",
            "group": "Power",
            "label": "Power factor total",
            "value": None,
            "unit": None,
            "valid": False,
        }

    run(dialogue())


def test_the_identity_is_that_of_the_meter() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, password=1) as meter:
            assert (await meter.read_identity()).device_id == 48_304_838

    run(dialogue())


def test_the_clock_is_compared_at_the_middle_of_the_exchange() -> None:
    class Ahead(ScriptedMeter):
        def time(self) -> datetime:
            return NOW + timedelta(seconds=asyncio.get_running_loop().time() + 7)

    def clock() -> Clock:
        return Clock(virtual_clock().boottime, lambda: NOW + timedelta(seconds=asyncio.get_running_loop().time()))

    async def dialogue() -> None:
        # The meter takes its time when the request is there: 0.2 s after it was sent, of 0.8 s in all.
        line = Line(ScriptedLine(Ahead(), latency=0.2), LineSettings(), clock=clock())
        reading = await Meter(line, STATION).read_clock()
        assert reading.round_trip == pytest.approx(0.8)
        assert reading.difference == pytest.approx(7 - 0.2, abs=0.002)
        assert abs(reading.difference - 7) <= reading.round_trip / 2
        assert not reading.repeated
        await line.close()

    run(dialogue())


def test_a_clock_of_zeros_is_no_clock() -> None:
    class Unset(ScriptedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            return [Asdu(72, Cause.REQUEST, 1, content=iec102.asdu.ClockTime(TimeTagB(0)))]

    async def dialogue() -> None:
        line = line_to(ScriptedLine(Unset()))
        with pytest.raises(UnexpectedAnswer, match="clock"):
            await Meter(line, STATION).read_clock()
        await line.close()

    run(dialogue())


def test_an_answer_that_does_not_fit_its_layout_is_an_error_and_the_line_goes_on() -> None:
    class Odd(ScriptedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            if request.type == 162:
                return [Asdu(163, Cause.REQUEST, 1, content=Raw(b"\xc0\x01\x02"), count=1)]
            return super().answer(request)

    async def dialogue() -> None:
        meter = Odd()
        line = line_to(ScriptedLine(meter))
        with pytest.raises(UnexpectedAnswer, match="type 163"):
            await Meter(line, STATION).read_instantaneous()
        assert (await Meter(line, STATION).read_identity()).device_id == 48_304_838
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("block", [None, 9, 10, 11])
def test_totals_come_as_records_by_ranges_and_by_blocks(block: int | None) -> None:
    async def dialogue() -> None:
        start, end = datetime(2026, 11, 20, tzinfo=MADRID), datetime(2026, 11, 21, tzinfo=MADRID)
        async with iec102.connect(FROZEN, password=1) as meter:
            records = await meter.read_totals(start, end, block=block)
        ends = [record.time.utc() for record in records]
        assert ends == [(start + timedelta(hours=hour)).astimezone(UTC) for hour in range(25)]
        addresses = {9: (1, 2, 3, 4, 5, 6, 7, 8), 10: (1, 2, 3, 4, 5, 6), 11: (1, 3, 6)}.get(block or 9)
        assert all(tuple(total.address for total in record.totals) == addresses for record in records)

    run(dialogue())


def test_incremental_totals_are_the_steps_of_the_absolute_ones() -> None:
    async def dialogue() -> None:
        start, end = datetime(2026, 11, 20, tzinfo=MADRID), datetime(2026, 11, 20, 12, tzinfo=MADRID)
        async with iec102.connect(FROZEN, password=1) as meter:
            steps = await meter.read_totals(start, end, register=Register.QUARTER_HOURLY, objects=(1, 2))
            levels = await meter.read_totals(
                start - timedelta(minutes=15), end, register=Register.QUARTER_HOURLY, incremental=False, objects=(1, 2)
            )
        assert len(steps) == 1 + 48
        for position in (0, 1):
            registers = [record.totals[position].value for record in levels]
            increments = [record.totals[position].value for record in steps]
            assert [later - earlier for earlier, later in itertools.pairwise(registers)] == increments

    run(dialogue())


def test_a_period_that_the_meter_has_not_stored_is_refused_by_name() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, password=1) as meter:
            with pytest.raises(PeriodNotAvailable):
                await meter.read_totals(datetime(2010, 1, 1, tzinfo=UTC), datetime(2010, 1, 2, tzinfo=UTC))
            with pytest.raises(InvalidSetting, match="time zone"):
                await meter.read_totals(datetime(2026, 1, 1), datetime(2026, 1, 2))

    run(dialogue())


def test_leaving_the_block_ends_the_session_also_when_it_is_left_by_an_error_or_cancelled() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)

        async def use() -> None:
            line = line_to(scripted)
            try:
                while True:
                    await Meter(line, STATION).read_instantaneous()
            finally:
                await line.close()

        task = asyncio.create_task(use())
        await asyncio.sleep(1.234)
        task.cancel()
        start = asyncio.get_running_loop().time()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() - start < 0.2
        assert meter.types()[-1] == 187

    run(dialogue())


def test_connect_checks_its_settings_before_anything_is_opened() -> None:
    with pytest.raises(InvalidSetting, match="link address"):
        iec102.connect("simulated:", link_address=70_000)
    with pytest.raises(InvalidSetting, match="timeout"):
        iec102.connect("simulated:", timeout=1)
    with pytest.raises(InvalidSetting, match="Mars"):
        iec102.connect("simulated:", timezone="Mars/Olympus")
    with pytest.raises(InvalidTarget):
        iec102.connect("ftp://example.org")
    with pytest.raises(InvalidSetting, match="password"):
        iec102.connect("simulated:", password=-1)


def test_a_wrong_password_is_refused_by_name() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, password=2) as meter:
            with pytest.raises(KeyRefused):
                await meter.read_instantaneous()

    run(dialogue())


def test_times_come_in_the_zone_that_was_asked_for() -> None:
    async def dialogue() -> None:
        async with iec102.connect(FROZEN, password=Password(1), timezone="Atlantic/Canary") as meter:
            reading = await meter.read_instantaneous()
            assert str(reading.time.tzinfo) == "Atlantic/Canary"
            assert reading.meter_time is not None
            assert str(reading.meter_time.tzinfo) == "Atlantic/Canary"

    run(dialogue())


def test_another_point_is_asked_with_its_own_address() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        reading = await Meter(line, Station(1, 300, Password(1))).read_instantaneous()
        assert reading.point_address == 300
        assert [request.point_address for request in meter.requests] == [300, 300]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("offered", [{192}, {192, 194}])
def test_a_meter_that_offers_some_objects_only_is_asked_for_those(offered: set[int]) -> None:
    class Modest(ScriptedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            if isinstance(request.content, ObjectList) and not offered.issuperset(request.content.objects):
                return [echo(request, Cause.OBJECT_NOT_AVAILABLE)]
            return super().answer(request)

    async def dialogue() -> None:
        scripted = Modest()
        line = line_to(ScriptedLine(scripted))
        meter = Meter(line, STATION)
        for _ in range(3):
            assert (await meter.read_instantaneous())["energy.active_imported"].value == scripted.energy
        asked = [request.content.objects for request in scripted.requests if isinstance(request.content, ObjectList)]
        assert asked == [(192, 193, 194), (192,), (193,), (194,), *[tuple(sorted(offered))] * 3]
        await line.close()

    run(dialogue())


def test_a_meter_without_any_of_the_objects_says_so() -> None:
    class Mute(ScriptedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            return [echo(request, Cause.OBJECT_NOT_AVAILABLE)]

    async def dialogue() -> None:
        line = line_to(ScriptedLine(Mute()))
        with pytest.raises(ObjectNotAvailable):
            await Meter(line, STATION).read_instantaneous()
        await line.close()

    run(dialogue())
