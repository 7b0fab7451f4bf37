"""Each application has its own key and session; the meter has one. Dialogues in virtual time."""

import asyncio

import pytest
from iec102.asdu import Asdu, Cause, Password, read_clock, start_session
from iec102.errors import KeyRefused
from iec102.settings import Station
from support.dialogue import line_to, values
from support.gateway import Application, gateway_to
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run


class TwoKeys(ScriptedMeter):
    """Takes the keys 1 and 2, and tells which one the session of each request had."""

    def __init__(self) -> None:
        super().__init__(key=1)
        self.used: list[int] = []

    def _log_in(self, request: Asdu, key: Password) -> None:
        self.key = key.reveal() if key in (Password(1), Password(2)) else 1
        super()._log_in(request, key)

    def answer(self, request: Asdu) -> list[Asdu]:
        self.used.append(self.key)
        return super().answer(request)


def test_the_meter_gets_the_key_of_the_one_whose_turn_it_is() -> None:
    async def dialogue() -> None:
        meter = TwoKeys()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            first, second = gateway.connect("a"), gateway.connect("b")
            assert await first.log_in(1)
            assert await second.log_in(2)
            for app in (first, second, second, first):
                assert (await app.read(read_clock(1)))[0].type == 72
            assert meter.used == [1, 2, 2, 1]
            assert meter.keys == [1, 2, 1, 2, 1]

    run(dialogue())


def test_live_reading_keeps_its_own_key() -> None:
    async def dialogue() -> None:
        meter = TwoKeys()
        line = line_to(ScriptedLine(meter), reconnect=True)
        async with gateway_to(line) as gateway:
            app = gateway.connect()
            await values(line)
            assert await app.log_in(2)
            await values(line)
            await app.read(read_clock(1))
            assert meter.used == [1, 1, 2]

    run(dialogue())


def test_a_refused_key_is_one_applications_error_and_is_not_sent_again() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            good, wrong, other = gateway.connect("a"), gateway.connect("b"), gateway.connect("c")
            assert await good.log_in(1)
            for app in (wrong, other, wrong):
                assert not await app.log_in(77)
            assert meter.keys == [1, 77]
            assert (await good.read(read_clock(1)))[0].type == 72
            assert meter.keys == [1, 77, 1]
            assert not any("77" in line for line in gateway.told)
            assert sum("***" in line and wrong.name in line for line in gateway.told) == 2

    run(dialogue())


def test_an_application_that_walks_through_keys_is_stopped_before_the_meter_locks_out() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            good, walker = gateway.connect("a"), gateway.connect("b")
            assert await good.log_in(1)
            for key in (10, 11, 10, 12, 13, 14, 13, 10):
                assert not await walker.log_in(key)
            again = gateway.connect("c")
            assert not await again.log_in(16)
            assert meter.keys == [1, 10, 11, 12]
            assert "127.0.0.1: no other is tried" in gateway.told[-1]
            assert await again.log_in(1)
            elsewhere = Application(gateway, "d", host="127.0.0.9")
            assert not await elsewhere.log_in(16)
            assert meter.keys == [1, 10, 11, 12, 16]
            assert (await good.read(read_clock(1)))[0].type == 72

    run(dialogue())


def test_a_key_that_is_refused_with_an_error_cause_is_refused_so_again() -> None:
    class Fourteen(ScriptedMeter):
        def _log_in(self, request: Asdu, key: Password) -> None:
            self.keys.append(key.reveal())
            self.answers.append(echo(request, Cause.TYPE_NOT_AVAILABLE))

    async def dialogue() -> None:
        meter = Fourteen()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            for _ in range(2):
                await app.say(start_session(1, Password(5)))
                answer = await app.data()
                assert (answer.type, answer.cause, answer.negative) == (183, 14, False)
            assert meter.keys == [5]

    run(dialogue())


@pytest.mark.parametrize("login", ["silent", "mute"])
def test_a_key_that_is_not_answered_counts_as_refused(login: str) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = ScriptedLine(meter)
        async with gateway_to(line_to(line, reconnect=True)) as gateway:
            app = gateway.connect()
            meter.login = login
            if login == "mute":
                line.to_meter = lambda frame: [] if frame.asdu else [frame.encode()]
            await app.start()
            for _ in range(2):
                await app.say(start_session(1, Password(5)))
                answer = await app.data()
                assert (answer.cause, answer.negative) == (7, True)
            assert len(meter.keys) <= 1
            sent = {frame.fcb for _, frame in line.sent if frame.asdu and frame.asdu[0] == 183}
            assert len(sent) == 1, "one 183, repeated with the same FCB only"

    run(dialogue())


def test_a_key_that_was_refused_to_live_reading_is_refused_to_applications_too() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter), reconnect=True)
        async with gateway_to(line) as gateway:
            with pytest.raises(KeyRefused):
                await values(line, station=Station(1, 1, Password(9)))
            assert not await gateway.connect().log_in(9)
            assert meter.keys == [9]

    run(dialogue())


def test_the_end_of_one_session_is_not_the_end_of_the_others() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            first, second = gateway.connect("a"), gateway.connect("b")
            await first.log_in()
            await second.log_in()
            assert (await first.log_out()).cause == Cause.CONFIRMATION
            assert (await second.read(read_clock(1)))[0].type == 72
            (refused,) = await first.read(read_clock(1))
            assert (refused.type, refused.cause) == (103, Cause.TYPE_NOT_AVAILABLE)
            assert meter.types() == [183, 103]

    run(dialogue())


def test_without_a_login_nothing_reaches_the_meter() -> None:
    async def dialogue() -> None:
        line = ScriptedLine()
        async with gateway_to(line_to(line, reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            assert [asdu.cause for asdu in await app.read(read_clock(1))] == [Cause.TYPE_NOT_AVAILABLE]
            assert not line.openings

    run(dialogue())


def test_a_request_to_another_point_runs_under_the_session_that_there_is() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            (clock,) = await app.read(read_clock(2))
            assert (clock.type, clock.point_address) == (72, 2)
            assert meter.types() == [183, 103]

    run(dialogue())


def test_a_key_that_the_meter_no_longer_takes_ends_the_session() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = ScriptedLine(meter)
        async with gateway_to(line_to(line, reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            meter.key = 3
            line.cut()
            for _ in range(2):
                assert [asdu.cause for asdu in await app.read(read_clock(1))] == [Cause.TYPE_NOT_AVAILABLE]
            assert meter.keys == [1, 1]

    run(dialogue())


def test_many_logins_at_once_are_one_for_the_meter() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            apps = [gateway.connect(letter) for letter in "abcdefgh"]
            assert all(await asyncio.gather(*(app.log_in() for app in apps)))
            assert meter.keys == [1]

    run(dialogue())

    async def wrong() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            apps = [gateway.connect(letter) for letter in "abcdefgh"]
            assert not any(await asyncio.gather(*(app.log_in(8) for app in apps)))
            assert meter.keys == [8]

    run(wrong())
