"""When a line tries again, and how it comes back. Time is handed in, or virtual."""

import asyncio
import itertools

import pytest
from iec102.errors import Disconnected, InvalidSetting
from iec102.line.reconnect import Backoff, LineShare
from iec102.line.state import LineState, Phase
from iec102.settings import LineSettings
from iec102.transport import Receiver
from support.dialogue import line_to, now, values
from support.scripted_meter import ScriptedEnd, ScriptedLine, ScriptedMeter
from support.virtual_time import run


def attempts(backoff: Backoff, until: float, duration: float = 0.0) -> list[float]:
    """The times of attempts that all fail, each after ``duration`` seconds."""
    times, at = [], 0.0
    while at < until:
        times.append(at)
        at = backoff.failed(at + duration)
    return times


def test_attempts_are_at_most_one_and_a_half_seconds_apart_in_the_first_ten_minutes() -> None:
    times = [at for at in attempts(Backoff(), 3600) if at <= 600]
    assert all(later - earlier <= 1.5 for earlier, later in itertools.pairwise(times))
    assert times[-1] > 598


def test_attempts_grow_apart_afterwards_up_to_thirty_seconds() -> None:
    times = attempts(Backoff(), 7200)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times) if earlier > 601]
    assert gaps == sorted(gaps)
    assert gaps[-1] == 30
    assert times[-1] > 7200 - 31


def test_the_first_attempt_after_a_loss_comes_soon() -> None:
    assert Backoff().failed(100.0) < 100.5


def test_after_a_success_the_next_loss_begins_anew() -> None:
    backoff = Backoff()
    attempts(backoff, 3600)
    backoff.succeeded()
    assert (backoff.attempt, backoff.next_attempt) == (0, None)
    assert backoff.failed(5000.0) < 5000.5


def test_somebody_in_a_hurry_need_not_wait() -> None:
    backoff = Backoff()
    attempts(backoff, 3600)
    backoff.hurry()
    assert backoff.next_attempt is None


def test_a_meter_leaves_the_line_to_others_for_longer_each_time_but_after_its_first_failure() -> None:
    share = LineShare()
    assert [share.failed(2.0) for _ in range(7)] == [0, 2, 4, 8, 16, 18, 18]
    share.failures = 0
    assert [share.failed(2.0) for _ in range(2)] == [0, 2]
    assert [share.failed(30.0) for _ in range(4)][-1] == 120


# The line


def test_requests_wait_while_the_line_is_away_and_are_answered_when_it_is_back() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        scripted.away = True
        line = line_to(scripted, reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(300)
        assert not waiting.done()
        assert all(later - earlier <= 1.5 for earlier, later in itertools.pairwise(scripted.attempts))
        scripted.away = False
        back = now()
        assert await waiting == 1001
        assert now() - back < 1.5
        await line.close()

    run(dialogue())


def test_the_state_counts_down_to_the_next_attempt() -> None:
    async def dialogue() -> None:
        scripted, states = ScriptedLine(), list[LineState]()
        scripted.away = True
        line = line_to(scripted, reconnect=True, states=states)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(3000)
        waits = [state for state in states if state.phase is Phase.WAITING]
        assert [state.attempt for state in waits] == list(range(1, len(waits) + 1))
        assert all(state.error == "scripted: there is no line" for state in waits)
        last = waits[-1]
        assert last.next_attempt is not None
        assert now() < last.next_attempt <= now() + 30
        assert [state.error for state in states if state.phase is Phase.OPENING][1:] == [last.error] * (len(waits) - 1)
        scripted.away = False
        await waiting
        assert states[-1].phase is Phase.CONNECTED
        assert (states[-1].error, states[-1].attempt, states[-1].next_attempt) == (None, 0, None)
        await line.close()

    run(dialogue())


def test_somebody_in_a_hurry_is_served_at_once() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        scripted.away = True
        line = line_to(scripted, reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(3000)
        scripted.away = False
        line.hurry()
        start = now()
        await waiting
        assert now() - start < 0.5
        await line.close()

    run(dialogue())


def test_a_meter_that_comes_back_is_seen_within_one_and_a_half_seconds() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, reconnect=True)  # the request timeout is 3 s
        scripted.mute = True
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(100.3)
        scripted.mute = False
        back = now()
        await waiting
        assert now() - back < 1.75, scripted.sent[-12:]
        await line.close()

    run(dialogue())


def test_a_meter_slower_than_the_probes_is_reached_all_the_same() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(latency=1.2)  # 2.4 s there and back, the request timeout is 3 s
        line = line_to(scripted, reconnect=True)
        assert await values(line) == 1001
        assert await values(line) == 1002
        await line.close()

    run(dialogue())


def test_a_connection_that_the_other_side_closes_is_opened_again_for_the_next_request() -> None:
    async def dialogue() -> None:
        scripted, states = ScriptedLine(), list[LineState]()
        line = line_to(scripted, reconnect=True, states=states)
        await values(line)
        scripted.cut()
        assert states[-1].phase is Phase.LOST
        assert "closed the connection" in (states[-1].error or "")
        assert await values(line) == 1002
        assert line.counters.connections == 2
        assert line.counters.reconnections == 1
        await line.close()

    run(dialogue())


def test_a_connection_lost_in_the_middle_of_a_reading_fails_that_reading_only() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, reconnect=True)
        await values(line)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(0.025)
        scripted.cut()
        with pytest.raises(Disconnected):
            await reading
        assert await values(line) == 1003
        await line.close()

    run(dialogue())


def test_a_converter_that_accepts_and_closes_at_once_is_not_hammered() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()

        class Hostile(ScriptedLine):
            async def open(self, receiver: Receiver) -> ScriptedEnd:
                end = await scripted.open(receiver)
                asyncio.get_running_loop().call_later(0.01, scripted.cut)
                return end

        line = line_to(Hostile(), reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(60)
        assert 40 <= len(scripted.openings) <= 65
        waiting.cancel()
        await line.close()

    run(dialogue())


def test_an_invalid_setting_stops_reconnection_and_says_so() -> None:
    async def dialogue() -> None:
        tries = 0

        class Unable(ScriptedLine):
            async def open(self, receiver: Receiver) -> ScriptedEnd:
                nonlocal tries
                tries += 1
                raise InvalidSetting("the port does not offer 115200 7O2")

        states = list[LineState]()
        line = line_to(Unable(), reconnect=True, states=states)
        with pytest.raises(InvalidSetting):
            await values(line)
        await asyncio.sleep(100)
        assert tries == 1
        assert states[-1].phase is Phase.STOPPED
        assert states[-1].error == "the port does not offer 115200 7O2"
        await line.close()

    run(dialogue())


def test_a_request_that_is_cancelled_while_it_waits_ends_the_attempts() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        scripted.away = True
        line = line_to(scripted, reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(10)
        waiting.cancel()
        await asyncio.sleep(0)
        count = len(scripted.attempts)
        await asyncio.sleep(100)
        assert len(scripted.attempts) == count
        await line.close()

    run(dialogue())


def test_a_restarted_meter_is_logged_in_to_again() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, LineSettings(timeout=1000, retries=1), reconnect=True)
        await values(line)
        scripted.meters = (ScriptedMeter(),)  # knows no session, no FCB
        with pytest.raises(Exception, match="link address 1"):
            await values(line)
        assert await values(line) == 1001
        await line.close()

    run(dialogue())
