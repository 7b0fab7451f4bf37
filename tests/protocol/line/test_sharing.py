"""Several users of one line, and users who go away. Dialogues in virtual time."""

import asyncio
import contextlib

import pytest
from iec102.asdu import Password
from iec102.errors import LinkError
from iec102.settings import LineSettings, Station
from support.dialogue import STATION, line_to, load_profile, now, profile_values, values
from support.scripted_meter import ScriptedLine, ScriptedMeter
from support.virtual_time import run


@pytest.mark.parametrize("after", [0.005, 0.015, 0.025, 0.035])
def test_a_cancelled_reading_does_not_disturb_the_next_one(after: float) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        task = asyncio.create_task(values(line))
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await values(line) == meter.energy
        assert line.counters.repeats == 0
        await line.close()

    run(dialogue())


def test_the_rest_of_a_cancelled_load_profile_is_not_taken_for_the_next_answer() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        task = asyncio.create_task(line.exchange(STATION, load_profile(), who="test"))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await profile_values(line) == list(range(24))
        await line.close()

    run(dialogue())


def test_a_cancelled_caller_still_leaves_a_clean_end_of_session() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))

        async def use() -> None:
            try:
                while True:
                    await values(line)
            finally:
                await line.close()

        task = asyncio.create_task(use())
        await asyncio.sleep(0.315)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert meter.types()[-1] == 187
        assert not meter.session

    run(dialogue())


def test_cancelling_during_the_login_lets_it_finish() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        task = asyncio.create_task(values(line))
        await asyncio.sleep(0.075)
        assert meter.keys == [1]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await values(line)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


def test_a_request_that_still_waits_is_cancelled_without_a_byte() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        first = asyncio.create_task(values(line, who="a"))
        second = asyncio.create_task(values(line, who="b"))
        await asyncio.sleep(0.05)
        second.cancel()
        await first
        await asyncio.sleep(1)
        assert meter.types() == [183, 162]
        await line.close()

    run(dialogue())


def test_users_take_turns_whatever_each_has_queued() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine())
        order: list[str] = []

        async def ask(who: str) -> None:
            await values(line, who=who)
            order.append(who)

        tasks = [asyncio.create_task(ask("greedy")) for _ in range(6)]
        tasks += [asyncio.create_task(ask("modest")) for _ in range(3)]
        await asyncio.gather(*tasks)
        assert order == ["greedy", "modest"] * 3 + ["greedy"] * 3
        await line.close()

    run(dialogue())


def test_a_user_who_always_asks_again_gets_half_of_the_line() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine())
        counts = {"live": 0, "download": 0}

        async def use(who: str) -> None:
            while True:
                await values(line, who=who)
                counts[who] += 1

        users = [asyncio.create_task(use(who)) for who in counts]
        await asyncio.sleep(60)
        for user in users:
            user.cancel()
        assert abs(counts["live"] - counts["download"]) <= 1
        assert counts["live"] > 700
        await line.close()

    run(dialogue())


def test_a_dead_meter_does_not_stop_its_neighbour_on_the_same_line() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(ScriptedMeter(1)), LineSettings(timeout=500), reconnect=True)
        await values(line)
        dead = asyncio.create_task(values(line, who="dead", station=Station(2, 1, Password(1))))
        start, count = now(), 0
        while now() < start + 60:
            await values(line, who="alive")
            count += 1
        assert count > 500
        assert not dead.done()
        dead.cancel()
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("way", ["dead", "without content"])
def test_a_meter_that_does_not_answer_has_a_tenth_of_the_line_and_is_back_within_half_a_minute(way: str) -> None:
    """A good one is asked each second. The others' first failures cost more: most of them are back soon."""

    async def dialogue() -> None:
        good, other = ScriptedMeter(1), ScriptedMeter(2)
        scripted = ScriptedLine(good, other)
        line, times, came = line_to(scripted, LineSettings(timeout=3000, retries=0), reconnect=True), [], []

        async def ask(who: str, station: Station, found: list[float]) -> None:
            while True:
                began = now()
                with contextlib.suppress(LinkError):
                    await values(line, who, station)
                    found.append(now())
                await asyncio.sleep(max(0.0, began + 1 - now()))

        users = [
            asyncio.create_task(ask("good", STATION, times)),
            asyncio.create_task(ask("other", Station(2, 1, Password(1)), came)),
        ]
        await asyncio.sleep(10)
        assert min(len(times), len(came)) >= 9
        if way == "dead":
            scripted.meters = (good,)
        else:
            other.answer = lambda _request: []  # type: ignore[method-assign]
        await asyncio.sleep(600)
        assert len([at for at in times if at > 310]) > 0.88 * 300
        assert came[-1] < 20
        scripted.meters = (good, other)
        other.answer = lambda request: ScriptedMeter.answer(other, request)  # type: ignore[method-assign]
        back = now()
        await asyncio.sleep(60)
        assert came[-1] > now() - 2
        assert next(at for at in came if at > back) < back + 30
        for user in users:
            user.cancel()
        await line.close()

    run(dialogue())
