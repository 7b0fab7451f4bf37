"""One application and a meter: what the gateway answers itself, and what it passes on. Dialogues in virtual time."""

import asyncio

import pytest
from iec102.asdu import Asdu, Cause, Raw, read_clock, read_identity, read_instantaneous
from iec102.link import Answer, Function, request
from support.dialogue import line_to, load_profile, now
from support.gateway import Application, gateway_to
from support.scripted_meter import ScriptedLine, ScriptedMeter
from support.virtual_time import run


def test_status_and_reset_are_answered_without_the_meter() -> None:
    async def dialogue() -> None:
        line = ScriptedLine()
        async with gateway_to(line_to(line, reconnect=True)) as gateway:
            await gateway.connect().start()
            assert not line.openings

    run(dialogue())


def test_a_session_with_a_reading() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            assert await app.log_in()
            (values,) = await app.read(read_instantaneous(1))
            assert (values.type, values.cause) == (163, Cause.REQUEST)
            assert (await app.read(read_identity(1)))[0].type == 71
            assert (await app.log_out()).cause == Cause.CONFIRMATION
            assert meter.types() == [183, 162, 100]

    run(dialogue())


def test_a_lost_answer_is_repeated_from_memory() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            ask = app.next_frame(Function.USER_DATA, read_clock(1).encode())
            poll = app.next_frame(Function.CLASS_2)
            first = [await app.ask(ask), await app.ask(ask), await app.ask(poll), await app.ask(poll)]
            assert first[0] == first[1]
            assert first[2] == first[3]
            assert first[2].asdu is not None
            assert meter.types() == [183, 103]

    run(dialogue())


def test_a_poll_without_data_is_held_for_a_second() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            began = now()
            assert await app.poll() is None
            assert now() - began == pytest.approx(1.0)

    run(dialogue())


def test_a_poll_that_is_held_is_answered_when_data_come() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter, latency=0.1), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            began = now()
            assert (await app.read(read_clock(1)))[0].type == 72
            assert now() - began == pytest.approx(0.4)

    run(dialogue())


def test_a_poll_that_is_given_up_counts_all_the_same() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            with pytest.raises(TimeoutError):
                await app.ask(app.next_frame(Function.CLASS_2), within=0.5)
            assert (await app.read(read_clock(1)))[0].type == 72
            assert app.frames.empty()

    run(dialogue())


def test_a_range_comes_with_its_echoes() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            answers = await app.read(load_profile())
            assert [asdu.cause for asdu in answers] == [7, *[5] * 24, 10]
            assert [asdu.content.totals[0].value for asdu in answers[1:-1]] == list(range(24))  # type: ignore[attr-defined]

    run(dialogue())


@pytest.mark.parametrize("type_", [137, 143, 181, 186, 132, 250])
def test_what_may_change_the_meter_is_acknowledged_and_refused(type_: int) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            asked = Asdu(type_, Cause.ACTIVATION, 1, 3, Raw(b"\x01\x02"), count=1)
            (answer,) = await app.read(asked)
            assert answer.encode() == bytes((type_, 1, 14)) + asked.encode()[3:]
            assert meter.types() == [183]
            assert f"type {type_}" in gateway.told[-1]
            assert app.name in gateway.told[-1]

    run(dialogue())


class Vendor(ScriptedMeter):
    """Knows types that the library does not."""

    def answer(self, request: Asdu) -> list[Asdu]:
        point, body = request.point_address, Raw(bytes(range(5)))
        match request.type:
            case 250:
                return [Asdu(251, Cause.REQUEST, point, 7, body, count=1)]
            case 252:
                parts = [Asdu(253, Cause.REQUEST, point, part, body) for part in range(3)]
                confirm = Asdu(252, Cause.CONFIRMATION, point, 0, request.content, count=request.count)
                return [confirm, *parts, Asdu(252, Cause.TERMINATION, point, 0, request.content, count=request.count)]
            case 254:
                return [Asdu(254, Cause.CONFIRMATION, point, 0, request.content, count=request.count)]
        return super().answer(request)


@pytest.mark.parametrize(("type_", "answers"), [(250, [251]), (252, [252, 253, 253, 253, 252]), (254, [254])])
def test_unknown_types_pass_unchanged(type_: int, answers: list[int]) -> None:
    async def dialogue() -> None:
        from iec102.gateway import Policy

        line = line_to(ScriptedLine(Vendor()), reconnect=True)
        async with gateway_to(line, policy=Policy(pass_types=frozenset((250, 252, 254)))) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.say(Asdu(type_, Cause.ACTIVATION, 1, 0, Raw(b"\xaa\xbb\xcc"), count=0x81))
            got = [await app.data() for _ in answers]
            assert [asdu.type for asdu in got] == answers
            assert await app.poll() is None
            assert (await app.read(read_clock(1)))[0].type == 72
            if type_ != 254:
                assert got[1 if type_ == 252 else 0].content == Raw(bytes(range(5)))

    run(dialogue())


def test_another_link_address_gets_no_answer() -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            for address in (2, 0, 0xFFFF):
                with pytest.raises(TimeoutError):
                    await app.ask(request(Function.LINK_STATUS, address))
            assert (await app.ask(request(Function.LINK_STATUS, 1))).function == Answer.LINK_STATUS
            assert "link address 2" in gateway.told[-1]

    run(dialogue())


def test_two_meters_on_a_line() -> None:
    async def dialogue() -> None:
        meters = ScriptedMeter(1), ScriptedMeter(2, key=9)
        line = line_to(ScriptedLine(*meters), reconnect=True)
        async with gateway_to(line, link_addresses=frozenset((1, 2))) as gateway:
            first, second = gateway.connect("a"), gateway.connect("b")
            second.link_address = 2
            await asyncio.gather(first.log_in(1), second.log_in(9))
            await asyncio.gather(first.read(read_clock(1)), second.read(read_identity(1)))
            assert meters[0].types() == [183, 103]
            assert meters[1].types() == [183, 100]

    run(dialogue())


def test_where_another_meter_answers_its_applications_have_to_begin_anew() -> None:
    """They would take it for the one before: to them the line was never lost."""

    async def dialogue() -> None:
        line = line_to(ScriptedLine(ScriptedMeter(1), ScriptedMeter(2)), reconnect=True)
        async with gateway_to(line, link_addresses=frozenset({1, 2})) as gateway:
            first, second = gateway.connect("a"), Application(gateway, "b", link_address=2)
            for each in (first, second):
                await each.log_in()
            gateway.another_meter_answers(1)
            assert [client.name for client in gateway.status.clients] == [second.name]
            assert await gateway.connect("a").log_in()
            assert await second.read(read_clock(1))
            assert "127.0.0.1:1097: disconnected: another meter answers at link address 1 now" in gateway.told

    run(dialogue())
