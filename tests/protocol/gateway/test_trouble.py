"""Applications that misbehave, and a meter that goes away: nobody else is disturbed, and nothing hangs.

Dialogues in virtual time; beside each misbehaving application one reads in order, and so does live reading.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

import pytest
from iec102.asdu import (
    Asdu,
    Cause,
    IntegratedTotals,
    Password,
    RangeRequest,
    Raw,
    TimeTagA,
    Total,
    read_clock,
    read_instantaneous,
    read_totals,
    start_session,
)
from iec102.gateway import Policy
from iec102.link import Answer, Frame, Function, Garbage, request
from iec102.load_profile.intervals import Register, expected_ends
from iec102.sentence import Sentence, parts_of
from iec102.transport import TapRecord
from support.dialogue import STATION, line_to, load_profile, now, values
from support.gateway import Application, MemoryGateway, gateway_to
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

RESET = request(Function.RESET, 1)
STATUS = request(Function.LINK_STATUS, 1)

Misbehaviour = Callable[[Application], Awaitable[None]]


async def vanishes_behind_a_request(app: Application) -> None:
    await app.log_in()
    await app.say(read_instantaneous(1))
    app.vanish()


async def vanishes_in_a_download(app: Application) -> None:
    await app.log_in()
    await app.say(days(60))
    await app.data()
    await app.data()
    app.vanish()


async def vanishes_in_what_cannot_be_cut(app: Application) -> None:
    await app.log_in()
    await app.say(Asdu(101, Cause.ACTIVATION, 1, 52))
    await asyncio.sleep(0.05)
    app.vanish()


async def vanishes_at_login(app: Application) -> None:
    await app.start()
    await app.say(start_session(1, Password(1)))
    app.vanish()


async def repeats_every_frame(app: Application) -> None:
    await app.start()
    for asdu in (start_session(1, Password(1)), read_clock(1)):
        frame = app.next_frame(Function.USER_DATA, asdu.encode())
        for _ in range(20):
            assert (await app.ask(frame)).function == Answer.ACK
        poll = app.next_frame(Function.CLASS_2)
        answers = [await app.ask(poll) for _ in range(20)]
        assert len(set(answers)) == 1


async def sends_garbage(app: Application) -> None:
    chance = random.Random(4)
    for _ in range(50):
        app.send(chance.randbytes(chance.randint(1, 300)))
        await asyncio.sleep(0.1)


async def begins_frames_and_ends_none(app: Application) -> None:
    for _ in range(30):
        app.send(b"\x68\xff\xff\x68\x73\x01")
        await asyncio.sleep(0.3)


async def never_polls(app: Application) -> None:
    await app.log_in()
    await app.say(days(300))
    await asyncio.sleep(60)


async def polls_for_ever(app: Application) -> None:
    await app.start()
    for _ in range(60):
        assert await app.poll() is None


async def floods_with_requests(app: Application) -> None:
    await app.log_in()
    for _ in range(3000):
        app.send(app.next_frame(Function.USER_DATA, read_instantaneous(1).encode()).encode())
        await asyncio.sleep(0.001)


async def floods_with_downloads(app: Application) -> None:
    await app.log_in()
    for number in range(300):
        asked = (load_profile(), days(1 + number))[number % 2]
        app.send(app.next_frame(Function.USER_DATA, asked.encode()).encode())
        await asyncio.sleep(0.03)


async def floods_with_resets(app: Application) -> None:
    await app.log_in()
    for _ in range(300):
        app.send(app.next_frame(Function.USER_DATA, load_profile().encode()).encode())
        app.send(RESET.encode())
        await asyncio.sleep(0.01)


async def floods_with_bytes(app: Application) -> None:
    app.send(STATUS.encode() * 10_000)
    await asyncio.sleep(1)
    assert app.gone


async def does_not_read(app: Application) -> None:
    await app.start()
    app.unread = True
    for _ in range(20_000):
        if app.gone:
            return
        app.send(STATUS.encode())
        await asyncio.sleep(0.001)
    raise AssertionError("it is still connected")


async def has_a_wrong_key(app: Application) -> None:
    for _ in range(5):
        assert not await app.log_in(666)


async def speaks_to_everybody(app: Application) -> None:
    for address in (0, 2, 0xFFFE, 0xFFFF):
        for function in range(16):
            app.send(Frame(0x40 | function, address).encode())
            app.send(Frame(0x73, address, start_session(1, Password(666)).encode()).encode())
            await asyncio.sleep(0.1)
    assert app.frames.empty()


async def answers_instead_of_asking(app: Application) -> None:
    for function in range(16):
        app.send(Frame(function, 1).encode())
        app.send(Frame(function, 1, b"\x48\x01\x05\x01\x00\x00").encode())
        await asyncio.sleep(0.1)
    assert app.frames.empty()


async def sends_odd_requests(app: Application) -> None:
    await app.log_in()
    for data in (b"", b"\xb7", b"\xb7\x01\x06\x01\x00\x00", b"\x7b\x01\x06\x01\x00\x0b", bytes(252), b"\xff" * 252):
        app.send(app.next_frame(Function.USER_DATA, data).encode())
        await asyncio.sleep(1.5)
    for type_ in range(256):
        app.send(app.next_frame(Function.USER_DATA, bytes((type_, 0x85, 6, 1, 0, 99)) + bytes(20)).encode())
        await asyncio.sleep(0.01)


MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    vanishes_behind_a_request,
    vanishes_in_a_download,
    vanishes_in_what_cannot_be_cut,
    vanishes_at_login,
    repeats_every_frame,
    sends_garbage,
    begins_frames_and_ends_none,
    never_polls,
    polls_for_ever,
    floods_with_requests,
    floods_with_downloads,
    floods_with_resets,
    floods_with_bytes,
    does_not_read,
    has_a_wrong_key,
    speaks_to_everybody,
    answers_instead_of_asking,
    sends_odd_requests,
)


def days(number: int) -> Asdu:
    """A request for the hours of the last days."""
    return read_totals(1, 11, 1, 8, TimeTagA.of(NOW - timedelta(days=number)), TimeTagA.of(NOW))


class Curve(ScriptedMeter):
    """Has a record for each hour, and events that cannot be cut."""

    def answer(self, asked: Asdu) -> list[Asdu]:
        if isinstance(asked.content, RangeRequest) and asked.content.start != asked.content.end:
            start, end = asked.content.start.utc(), asked.content.end.utc()
            assert start is not None
            assert end is not None
            ends = expected_ends(Register.HOURLY, start, end)
            data = [
                Asdu(11, Cause.REQUEST, 1, 11, IntegratedTotals((Total(1, number),), TimeTagA.of(time)))
                for number, time in zip(count(int(start.timestamp()) // 3600), ends, strict=False)
            ]
            return [echo(asked, Cause.CONFIRMATION), *data, echo(asked, Cause.TERMINATION)]
        if asked.type == 101:
            events = (bytes((1, 2, number, 0, 0, 10, 1, 1, 26)) for number in range(60))
            data = [Asdu(1, Cause.REQUEST, 1, 52, Raw(event), count=1) for event in events]
            return [Asdu(101, 7, 1, 52, count=0), *data, Asdu(101, 10, 1, 52, count=0)]
        return super().answer(asked)


@pytest.mark.parametrize("misbehave", MISBEHAVIOURS, ids=lambda function: function.__name__)
def test_nobody_else_is_disturbed_by_one_who(misbehave: Misbehaviour) -> None:
    async def dialogue() -> None:
        meter = Curve()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line) as gateway:
            app = gateway.connect("a")
            await app.log_in()
            longest = 0.0
            bad = asyncio.create_task(misbehave(gateway.connect("b")))
            before = now()
            while not bad.done() or now() - before < 10:
                began = now()
                assert await values(line) == meter.energy
                longest = max(longest, now() - began)
                assert (await app.read(read_clock(1)))[0].type == 72
                await asyncio.sleep(0.2)
            await bad
            assert longest < 2.5
            assert line.counters.repeats == 0
            assert line.counters.connections == 1
            assert meter.resets <= 2, "the meter's link was started again"
            assert meter.keys.count(666) <= 1

    run(dialogue())


def test_what_is_not_polled_is_not_asked() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.say(days(300))
            await asyncio.sleep(200)
            asked = meter.types().count(123)
            assert asked < 20
            await asyncio.sleep(60)
            assert meter.types().count(123) == asked

    run(dialogue())


def test_who_says_nothing_is_disconnected() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True), idle=30.0) as gateway:
            quiet, busy = gateway.connect("a"), gateway.connect("b")
            for _ in range(25):
                await asyncio.sleep(2)
                assert (await busy.ask(STATUS)).function == Answer.LINK_STATUS
                quiet.send(b"noise")
            assert quiet.gone
            assert not busy.gone
            assert [status.name for status in gateway.status.clients] == [busy.name]
            assert any("nothing was heard" in line and quiet.name in line for line in gateway.told)

    run(dialogue())


def test_every_connection_is_said_with_its_address() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True), max_clients=1) as gateway:
            app, other = gateway.connect("a"), gateway.connect("b")
            await asyncio.sleep(0.1)
            app.vanish()
            assert gateway.told == [
                f"{app.name}: connected",
                f"{other.name}: not admitted: the limit of 1 connected applications is reached",
                f"{app.name}: disconnected",
            ]

    run(dialogue())


def test_all_that_a_gateway_says_can_be_said_in_another_language() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            flood, app = gateway.connect("a"), gateway.connect("b")
            flood.send(bytes(2000))
            app.vanish()
            gateway.reset_keys()
            said = [part.code for text in gateway.told for part in parts_of(text) if isinstance(part, Sentence)]
            assert [code for code in said if code not in ("client.said", "client.connected")] == [
                "client.disconnected",
                "client.not_waiting",
                "client.gone",
                "gateway.keys_forgotten",
            ]

    run(dialogue())


def test_the_limit_of_applications() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True), max_clients=2) as gateway:
            apps = [gateway.connect(letter) for letter in "abc"]
            await asyncio.sleep(0.1)
            assert [app.gone for app in apps] == [False, False, True]
            assert "not admitted" in gateway.told[-1]
            apps[0].vanish()
            await gateway.connect("d").start()

    run(dialogue())


def test_who_is_in_no_network_that_may_connect_is_not_admitted() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            stranger = Application(gateway, "a", host="192.0.2.7")
            await asyncio.sleep(0.1)
            assert stranger.gone
            assert "192.0.2.7" in gateway.told[-1]

    run(dialogue())


def test_who_has_gone_again_before_its_address_was_looked_at_is_not_admitted() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            ghost = Application(gateway, "a", host=None)
            await asyncio.sleep(0.1)
            assert ghost.gone
            assert "not admitted" in gateway.told[-1]

    run(dialogue())


def test_what_came_with_the_bytes_for_which_an_application_was_disconnected_is_dropped() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(), reconnect=True)
        async with gateway_to(line, link_addresses=frozenset((1, 2))) as gateway:
            app = gateway.connect("a")
            app.unread = True
            connection = app._connection
            assert connection._transport is not None
            while connection._transport.get_write_buffer_size() <= 65_536:
                app.send(STATUS.encode())
            app.send(STATUS.encode() + request(Function.LINK_STATUS, 2).encode())
            await asyncio.sleep(0.1)
            assert app.gone
            assert list(connection._handlers) == [1]

    run(dialogue())


@pytest.mark.parametrize("asked", [read_clock(1), days(20)], ids=["direct", "range"])
@pytest.mark.parametrize("after", [0.005, 0.015, 0.5, 3.0, 8.0])
@pytest.mark.parametrize("how", ["cut", "mute"])
def test_a_request_survives_a_meter_that_is_lost_and_back(asked: Asdu, after: float, how: str) -> None:
    async def dialogue() -> None:
        meter = Curve()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line) as gateway:
            app = gateway.connect()
            await app.log_in()
            alone = await app.read(asked)
            loop = asyncio.get_running_loop()
            loop.call_later(after, lose, scripted, how)
            loop.call_later(after + 40, find, scripted)
            assert await app.read(asked) == alone
            await asyncio.sleep(after + 60)
            assert (await app.read(read_clock(1)))[0].type == 72

    run(dialogue())


def lose(scripted: ScriptedLine, how: str) -> None:
    scripted.away = scripted.mute = True
    if how == "cut":
        scripted.cut()


def find(scripted: ScriptedLine) -> None:
    scripted.away = scripted.mute = False


def test_what_was_asked_before_is_no_answer_to_what_is_asked_now() -> None:
    """Of an exchange that takes long the record that is on its way when it is given up."""

    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.records = 60
        async with gateway_to(line_to(ScriptedLine(meter, latency=0.2), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.say(load_profile())
            await asyncio.sleep(5)
            answers = await app.read(read_instantaneous(1))
            assert [asdu.type for asdu in answers] == [163]

    run(dialogue())


def test_a_command_is_not_repeated_when_its_answer_was_lost() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, policy=Policy(read_write=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.read(read_clock(1))
            await app.say(Asdu(181, Cause.ACTIVATION, 1, 0, Raw(bytes(7)), count=1))
            await asyncio.sleep(0.015)
            scripted.to_reader = lambda frame: [] if frame.asdu else [frame.encode()]
            with pytest.raises(TimeoutError):
                await app.data(30)
            scripted.to_reader = lambda frame: [frame.encode()]
            await asyncio.sleep(30)
            assert meter.types().count(181) == 1
            await app.start()
            assert (await app.read(read_clock(1)))[0].type == 72
            assert "no answer to set date and time" in " ".join(gateway.told)

    run(dialogue())


def test_the_end_of_the_gateway_under_load_leaves_live_reading_alone() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=True)
        await values(line)
        async with gateway_to(line) as gateway:
            apps = [gateway.connect(letter) for letter in "abc"]
            await asyncio.gather(*(app.log_in() for app in apps))
            for app in apps:
                await app.say(load_profile())
            await asyncio.sleep(0.05)
            began = now()
            await MemoryGateway.close(gateway)
            assert now() - began < 3.5
            assert all(app.gone for app in apps)
            assert await values(line) == meter.energy
            await gateway.start()
            assert await gateway.connect("d").log_in()
            assert await values(line) == meter.energy
            assert line.counters.repeats == 0

    run(dialogue())


def test_no_task_is_left_behind() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(), reconnect=True)
        async with gateway_to(line) as gateway:
            for _ in range(20):
                app = gateway.connect()
                await app.log_in(STATION.password.reveal() if STATION.password else 1)
                await app.say(load_profile())
                app.vanish()
                await asyncio.sleep(5)
            names = [task.get_name() for task in asyncio.all_tasks()]
            assert not [name for name in names if name.startswith("gateway")]

    run(dialogue())


def test_what_comes_between_the_frames_of_an_application_may_be_its_key() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            app.send(b"\x68\x0d\x0d\x68\x73\x01\x00\xb7\x01\x06\x01\x00\x00\x07\x00\x00\x00\x00\x16")
            await asyncio.sleep(2)
            assert (await app.ask(request(Function.LINK_STATUS, 1))).function == Answer.LINK_STATUS
            records: list[TapRecord] = gateway.frames  # type: ignore[attr-defined]
            assert {record.secret for record in records if isinstance(record.item, Garbage)} == {True}
            assert {record.secret for record in records if isinstance(record.item, Frame)} == {False}

    run(dialogue())
