"""Continuous reading in virtual time."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from iec102.asdu import Asdu, Cause, Password
from iec102.clock import Clock
from iec102.errors import InvalidSetting, KeyRefused
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.meter.meter import Meter
from iec102.meter.monitor import CLOCK_PERIOD, Monitor, Snapshot
from iec102.settings import LineSettings, Station
from support.dialogue import STATION, now
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run


class TimedMeter(ScriptedMeter):
    """Its clock is ``ahead`` seconds ahead of this machine's; remembers when it was asked for what."""

    def __init__(self, ahead: float = 0.0) -> None:
        super().__init__()
        self.ahead = ahead
        self.asked: list[tuple[float, int]] = []

    def answer(self, request: Asdu) -> list[Asdu]:
        self.asked.append((now(), request.type))
        return super().answer(request)

    def time(self) -> datetime:
        return NOW + timedelta(seconds=now() + self.ahead)

    def times(self, type_: int) -> list[float]:
        return [at for at, asked in self.asked if asked == type_]


class Watch:
    """A monitor on a scripted line, and its snapshots."""

    def __init__(
        self,
        scripted: ScriptedLine,
        period: float,
        settings: LineSettings | None = None,
        clock_period: float | None = CLOCK_PERIOD,
    ) -> None:
        self.snapshots: list[Snapshot] = []
        clock = Clock(now, lambda: NOW + timedelta(seconds=now()))
        self.line = Line(
            scripted, settings or LineSettings(), reconnect=True, clock=clock, on_state=self._state_changed
        )
        self.monitor = Monitor(
            Meter(self.line, STATION), period=period, on_snapshot=self.snapshots.append, clock_period=clock_period
        )

    def _state_changed(self, state: LineState) -> None:
        self.monitor.state_changed(state)

    @property
    def last(self) -> Snapshot:
        return self.snapshots[-1]

    async def run_for(self, seconds: float) -> None:
        task = asyncio.create_task(self.monitor.run())
        await asyncio.sleep(seconds)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def watch(
    check: Callable[[Watch, TimedMeter], None],
    *,
    period: float,
    seconds: float,
    latency: float = 0.01,
    ahead: float = 0,
    clock_period: float | None = CLOCK_PERIOD,
) -> None:
    async def dialogue() -> None:
        meter = TimedMeter(ahead)
        watch = Watch(ScriptedLine(meter, latency=latency), period, clock_period=clock_period)
        await watch.run_for(seconds)
        check(watch, meter)
        await watch.line.close()

    run(dialogue())


def test_readings_start_one_period_apart_from_start_to_start() -> None:
    def check(watch: Watch, meter: TimedMeter) -> None:
        gaps = [later - earlier for earlier, later in itertools.pairwise(meter.times(162)[1:])]
        assert gaps == pytest.approx([5.0] * len(gaps))
        assert watch.last.reads == 20

    watch(check, period=5.0, seconds=99)


def test_back_to_back_readings_leave_no_pause() -> None:
    def check(watch: Watch, meter: TimedMeter) -> None:
        gaps = [later - earlier for earlier, later in itertools.pairwise(meter.times(162)[1:])]
        assert gaps == pytest.approx([0.04] * len(gaps))
        assert watch.last.rate == pytest.approx(25, rel=0.01)

    watch(check, period=0, seconds=30)


def test_a_reading_that_takes_longer_than_the_period_is_followed_at_once_and_never_overlaps() -> None:
    def check(watch: Watch, meter: TimedMeter) -> None:
        gaps = [later - earlier for earlier, later in itertools.pairwise(meter.times(162)[1:])]
        assert gaps == pytest.approx([2.0] * len(gaps))
        assert watch.last.rate == pytest.approx(0.5, rel=0.05)

    watch(check, period=1.0, seconds=60, latency=0.5)


def test_the_clock_is_read_at_connection_and_every_ten_minutes_and_delays_no_reading() -> None:
    def check(watch: Watch, meter: TimedMeter) -> None:
        assert meter.times(103) == pytest.approx([0.17, 600, 1200], abs=2.5)
        gaps = [later - earlier for earlier, later in itertools.pairwise(meter.times(162)[1:])]
        assert gaps == pytest.approx([1.0] * len(gaps))
        assert watch.last.clock_difference == pytest.approx(-90.0, abs=0.02)
        assert watch.last.clock is not None
        assert watch.last.clock.words.startswith("the meter's clock is 90 s behind this machine's")

    watch(check, period=1.0, seconds=1500, ahead=-90)


def test_without_a_clock_period_nothing_but_the_values_is_asked_for() -> None:
    def check(watch: Watch, meter: TimedMeter) -> None:
        assert not meter.times(103)
        assert len(meter.times(162)) == 60
        assert watch.last.clock_difference is None

    watch(check, period=1.0, seconds=59.5, clock_period=None)


def test_snapshots_are_numbered_and_hold_the_last_good_reading_with_its_time() -> None:
    def check(watch: Watch, _meter: TimedMeter) -> None:
        assert [snapshot.serial for snapshot in watch.snapshots] == list(range(1, len(watch.snapshots) + 1))
        assert watch.snapshots[0].reading is None
        assert watch.last.reading is not None
        assert watch.last.reading["energy.active_imported"].value == 1010
        assert watch.last.read_at == pytest.approx(9.04, abs=0.1)
        assert watch.last.error is None
        assert watch.last.state.phase is Phase.CONNECTED

    watch(check, period=1.0, seconds=9.5)


def test_lost_answers_do_not_stop_it_and_the_last_values_stay() -> None:
    async def dialogue() -> None:
        meter = TimedMeter()
        scripted = ScriptedLine(meter)
        watch = Watch(scripted, 1.0, LineSettings(timeout=500, retries=1))
        task = asyncio.create_task(watch.monitor.run())
        await asyncio.sleep(10)
        before = watch.last
        scripted.mute = True
        await asyncio.sleep(30)
        during = watch.last
        assert during.reading == before.reading
        assert during.read_at == before.read_at
        assert during.error is not None
        assert "no answer" in during.error
        assert during.rate < before.rate / 2
        assert during.counters.timeouts > 10
        scripted.mute = False
        back = now()
        await asyncio.sleep(4)
        assert watch.last.error is None
        fresh = [at for at in meter.times(162) if at > back]
        assert fresh[0] - back < 4.0  # two periods and two seconds
        assert watch.last.counters.reconnections == 1
        task.cancel()
        await watch.line.close()

    run(dialogue())


def test_a_connection_that_breaks_is_told_at_once_and_the_clock_is_read_again_afterwards() -> None:
    async def dialogue() -> None:
        meter = TimedMeter()
        scripted = ScriptedLine(meter)
        watch = Watch(scripted, 1.0)
        task = asyncio.create_task(watch.monitor.run())
        await asyncio.sleep(10.5)
        scripted.away = True
        scripted.cut()
        assert watch.last.state.phase is Phase.LOST
        await asyncio.sleep(20)
        assert {snapshot.state.phase for snapshot in watch.snapshots[-4:]} == {Phase.OPENING, Phase.WAITING}
        scripted.away = False
        await asyncio.sleep(5)
        assert len(meter.times(103)) == 2
        assert watch.last.counters.connections == 2
        task.cancel()
        await watch.line.close()

    run(dialogue())


def test_a_refused_password_ends_it_after_a_last_snapshot() -> None:
    async def dialogue() -> None:
        meter = TimedMeter()
        meter.key = 99
        watch = Watch(ScriptedLine(meter), 1.0)
        with pytest.raises(KeyRefused):
            await watch.monitor.run()
        assert meter.keys == [1]
        assert "password" in (watch.last.error or "")
        assert watch.last.state.phase is Phase.REFUSED
        await watch.line.close()

    run(dialogue())


def test_a_meter_that_refuses_the_values_is_asked_again_without_haste() -> None:
    class Refusing(TimedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            if request.type == 162:
                self.asked.append((now(), 162))
                return [echo(request, Cause.RECORD_NOT_AVAILABLE)]
            return super().answer(request)

    async def dialogue() -> None:
        meter = Refusing()
        watch = Watch(ScriptedLine(meter), 0.0)
        await watch.run_for(60)
        assert len(meter.times(162)) < 150
        await watch.line.close()

    run(dialogue())


@pytest.mark.parametrize("silent", [False, True])
def test_a_meter_without_a_clock_is_read_all_the_same(silent: bool) -> None:
    class NoClock(TimedMeter):
        def answer(self, request: Asdu) -> list[Asdu]:
            if request.type == 103:
                self.asked.append((now(), 103))
                return [] if silent else [echo(request, Cause.TYPE_NOT_AVAILABLE)]
            return super().answer(request)

    async def dialogue() -> None:
        meter = NoClock()
        watch = Watch(ScriptedLine(meter), 10.0)
        await watch.run_for(5000)
        assert watch.last.reads > 493
        assert watch.last.clock_difference is None
        assert watch.last.clock is not None  # by the minutes of the values, which stand still
        assert watch.last.clock.is_doubtful
        assert watch.last.error is None
        assert len(meter.times(103)) == 4  # now, after 10, 30 and 70 minutes
        await watch.line.close()

    run(dialogue())


def test_the_clock_of_the_meter_before_is_not_that_of_the_meter_behind_a_new_connection() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(TimedMeter(ahead=90))
        watch = Watch(scripted, 1.0)
        task = asyncio.create_task(watch.monitor.run())
        await asyncio.sleep(10)
        assert watch.last.clock_difference == pytest.approx(90, abs=0.02)
        other = TimedMeter()
        other.answer = lambda request: [] if request.type == 103 else TimedMeter.answer(other, request)  # type: ignore
        scripted.meters, seen = (other,), len(watch.snapshots)
        scripted.cut()
        await asyncio.sleep(60)
        behind = [each for each in watch.snapshots[seen:] if each.reads > watch.snapshots[seen - 1].reads]
        assert behind
        assert {each.clock_difference for each in behind} == {None}
        task.cancel()
        await watch.line.close()

    run(dialogue())


def test_a_clock_answer_that_was_repeated_is_not_believed() -> None:
    async def dialogue() -> None:
        meter = TimedMeter()
        scripted = ScriptedLine(meter)
        watch = Watch(scripted, 1.0)
        lost = iter([True])
        scripted.to_meter = lambda frame: [] if meter.times(103) and any(lost) else [frame.encode()]
        await watch.run_for(20)
        assert len(meter.times(103)) == 2
        assert watch.last.clock_difference == pytest.approx(0, abs=0.02)
        await watch.line.close()

    run(dialogue())


def test_a_negative_period_is_an_invalid_setting() -> None:
    async def dialogue() -> None:
        line = Line(ScriptedLine(), LineSettings())
        with pytest.raises(InvalidSetting, match="poll period"):
            Monitor(Meter(line, Station(1, 1, Password(1))), period=-1, on_snapshot=lambda _: None)

    run(dialogue())
