"""Attempts to connect that overlap: hosts that never answer, slow ones, and ports that come back. Virtual time."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from iec102.errors import ConnectFailed
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.settings import LineSettings
from iec102.transport import Receiver
from support.dialogue import line_to, now, values
from support.scripted_meter import ScriptedEnd, ScriptedLine
from support.virtual_time import run


class SlowHost(ScriptedLine):
    """A host that takes ``patience`` seconds to accept; more than ``deadline`` is an attempt that failed."""

    def __init__(self, patience: float, deadline: float = 5.0) -> None:
        super().__init__()
        self.patience = patience
        self.deadline = deadline
        self.waiting = 0
        self.most_waiting = 0
        self.ends: list[ScriptedEnd] = []

    async def open(self, receiver: Receiver) -> ScriptedEnd:
        self.attempts.append(now())
        self.waiting += 1
        self.most_waiting = max(self.waiting, self.most_waiting)
        try:
            async with asyncio.timeout(self.deadline):
                await asyncio.sleep(self.patience)
        except TimeoutError as error:
            raise ConnectFailed("slow: nothing answered in time") from error
        finally:
            self.waiting -= 1
        self.end = ScriptedEnd(self, receiver)
        self.ends.append(self.end)
        return self.end


class Port(ScriptedLine):
    """A serial port that is pulled out and put back by ``away``; ``seen``: its device is there, and not ready."""

    seen = False

    def is_there(self) -> bool:
        return self.seen or not self.away


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_a_silent_host_is_tried_every_second_and_a_half_whatever_the_request_timeout() -> None:
    async def dialogue() -> None:
        host = SlowHost(1e9, deadline=10.0)
        line = line_to(host, LineSettings(timeout=10_000), reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(590)
        assert max(gaps(host.attempts)) <= 1.5 + 1e-6
        assert min(gaps(host.attempts)) >= 0.9
        assert host.most_waiting <= 7
        host.patience, back = 0.05, now()
        await waiting
        assert now() - back <= 1.75
        assert host.waiting == 0  # all others were closed
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("seconds", [1.6, 4.0, 4.9])
def test_a_host_slower_than_the_attempts_are_apart_is_reached_without_an_error(seconds: float) -> None:
    async def dialogue() -> None:
        states = list[LineState]()
        host = SlowHost(seconds)
        line = line_to(host, reconnect=True, states=states)
        assert await values(line) == 1001
        assert now() < seconds + 0.5
        assert [state.phase for state in states] == [Phase.OPENING, Phase.STARTING, Phase.LOGIN, Phase.CONNECTED]
        assert len(host.ends) == 1
        await asyncio.sleep(10)
        assert await values(line) == 1002
        assert line.counters.connections == 1
        await line.close()

    run(dialogue())


def test_after_ten_minutes_a_silent_host_is_tried_one_attempt_at_a_time_with_a_countdown() -> None:
    async def dialogue() -> None:
        states = list[LineState]()
        host = SlowHost(1e9)
        line = line_to(host, reconnect=True, states=states)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(1200)
        host.most_waiting = 0
        seen = len(host.attempts)
        await asyncio.sleep(2400)
        assert host.most_waiting == 1
        assert max(gaps(host.attempts[seen:])) <= 35.0
        waits = [state for state in states if state.phase is Phase.WAITING]
        assert waits[-1].attempt == len(waits)
        assert waits[-1].next_attempt is not None
        waiting.cancel()
        await line.close()

    run(dialogue())


def test_a_line_that_is_closed_ends_all_its_attempts() -> None:
    async def dialogue() -> None:
        host = SlowHost(1e9)
        line = line_to(host, reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(4)
        assert host.waiting == 3
        await line.close()
        await asyncio.sleep(0)
        assert host.waiting == 0
        with pytest.raises(Exception, match="closed"):
            await waiting

    run(dialogue())


def test_without_reconnection_there_is_one_attempt() -> None:
    async def dialogue() -> None:
        host = SlowHost(1e9)
        line = line_to(host)
        with pytest.raises(ConnectFailed):
            await values(line)
        assert len(host.attempts) == 1
        await line.close()

    run(dialogue())


def test_a_port_is_opened_by_one_attempt_at_a_time() -> None:
    async def dialogue() -> None:
        class SlowPort(ScriptedLine):
            opening = 0

            async def open(self, receiver: Receiver) -> ScriptedEnd:
                self.opening += 1
                assert self.opening == 1
                await asyncio.sleep(7)
                self.opening -= 1
                return await super().open(receiver)

        line = line_to(SlowPort(), reconnect=True)
        assert await values(line) == 1001
        await line.close()

    run(dialogue())


def after(seconds: float, steps: Callable[[Port, Line], Awaitable[None]]) -> None:
    """A port that is pulled out under a line in use, and so many seconds later ``steps``."""

    async def dialogue() -> None:
        port = Port()
        line = line_to(port, reconnect=True)
        await values(line)
        port.away = True
        port.cut()
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(seconds)
        await steps(port, line)
        await waiting
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("seconds", [1.1, 60.3, 3600.7])
def test_a_port_that_reappears_is_opened_at_once(seconds: float) -> None:
    async def steps(port: Port, line: Line) -> None:
        port.away = False
        opened = len(port.openings)
        await asyncio.sleep(0.3)
        assert len(port.openings) == opened + 1

    after(seconds, steps)


def test_a_port_that_reappears_and_is_not_ready_yet_is_tried_again_soon() -> None:
    """The system makes the device first, and sets its permissions a moment later."""

    async def steps(port: Port, line: Line) -> None:
        port.seen = True
        await asyncio.sleep(5)
        assert max(gaps([at for at in port.attempts if at > 3600])) <= 1.5
        port.away = False

    after(3600, steps)
