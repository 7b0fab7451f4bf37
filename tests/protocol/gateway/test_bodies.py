"""What may stand behind the header of a request: what is known to stand there, and no frame. In virtual time."""

import pytest
from iec102.asdu import Asdu, Cause, Password, Raw, read_clock, start_session
from iec102.gateway import Policy
from iec102.gateway.policy import READING_TYPES, hides_a_frame
from iec102.link import Frame
from support.dialogue import line_to
from support.gateway import gateway_to
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

NOTHING = (100, 101, 103, 133, 141, 144, 147, 182, 185)
OBJECTS = (150, 156, 162)
RANGES = {102: 10, 122: 12, 123: 12, 134: 10, 189: 11, 190: 11}
NO_SOURCE = (180, 184)  # reads whose layout no source tells
LONGEST = 12
SET_CLOCK = Frame(0x73, 1, bytes.fromhex("B5 01 06 01 00 00 00 64 2A 44 12 08 12")).encode()


class Obedient(ScriptedMeter):
    """Has an answer to everything."""

    def answer(self, request: Asdu) -> list[Asdu]:
        return [echo(request, Cause.CONFIRMATION), echo(request, Cause.TERMINATION)]


async def reached(request: Asdu, policy: Policy) -> bool:
    """Whether a request came to the meter; if not, that it was refused and said."""
    meter = Obedient()
    async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), policy=policy) as gateway:
        app = gateway.connect()
        await app.log_in()
        await app.say(request)
        answer = await app.data()
        if meter.types() == [183]:
            assert answer.encode() == bytes((request.type, request.count, 14)) + request.encode()[3:]
            assert f"type {request.type}" in gateway.told[-1]
            assert gateway.status.clients[0].refused == 1
            return False
        assert meter.requests[1].encode()[6:] == request.encode()[6:]
        return True


def asked(type_: int, body: bytes, count: int = 0) -> Asdu:
    return Asdu(type_, Cause.ACTIVATION, 1, 11, Raw(body), count=count)


def passes(request: Asdu, policy: Policy = Policy()) -> bool:  # noqa: B008 - immutable
    found = False

    async def dialogue() -> None:
        nonlocal found
        found = await reached(request, policy)

    run(dialogue())
    return found


def test_the_reading_types_are_those_of_the_reference() -> None:
    of_a_session = {183, 187}
    assert {*NOTHING, *OBJECTS, *RANGES, *NO_SOURCE, *of_a_session} == READING_TYPES


@pytest.mark.parametrize("type_", NOTHING)
def test_a_request_without_objects_has_no_body(type_: int) -> None:
    assert passes(asked(type_, b""))
    assert passes(asked(type_, b"", count=1)), "N says little in a request"
    assert not passes(asked(type_, b"\x01"))
    assert not passes(asked(type_, SET_CLOCK))


@pytest.mark.parametrize("type_", OBJECTS)
def test_a_list_of_objects_has_as_many_bytes_as_it_says(type_: int) -> None:
    assert passes(asked(type_, b"\xc0\xc1", count=2))
    assert not passes(asked(type_, b"\xc0\xc1", count=1))
    assert not passes(asked(type_, b"\xc0\xc1", count=3))
    assert not passes(asked(type_, b"\xc0", count=0x81)), "SQ is never set"
    assert not passes(asked(type_, SET_CLOCK, count=1))
    assert not passes(asked(type_, SET_CLOCK, count=len(SET_CLOCK))), "as long as it says, but a frame"


@pytest.mark.parametrize(("type_", "length"), RANGES.items())
def test_a_range_has_its_length(type_: int, length: int) -> None:
    assert passes(asked(type_, bytes(length)))
    assert not passes(asked(type_, bytes(length - 1)))
    assert not passes(asked(type_, bytes(length + 1)))
    assert not passes(asked(type_, b""))
    assert not passes(asked(type_, bytes(length) + SET_CLOCK))


@pytest.mark.parametrize("type_", NO_SOURCE)
def test_a_reading_whose_layout_nobody_knows_is_no_longer_than_the_longest(type_: int) -> None:
    assert passes(asked(type_, b""))
    assert passes(asked(type_, bytes(LONGEST)))
    assert not passes(asked(type_, bytes(LONGEST + 1)))
    assert not passes(asked(type_, SET_CLOCK))


def test_149_is_a_write() -> None:
    assert not passes(asked(149, b""))
    assert not passes(asked(149, bytes(5), count=1))


def test_what_was_let_pass_has_its_body_too() -> None:
    let = Policy(pass_types=frozenset((181, 250)))
    assert passes(asked(181, bytes(7), count=1), let)
    assert not passes(asked(181, bytes(7) + SET_CLOCK, count=1), let)
    assert passes(asked(250, bytes(30)), let)
    assert not passes(asked(250, bytes(30) + SET_CLOCK), let), "a write that was not let pass, behind one that was"
    assert passes(asked(162, SET_CLOCK), Policy(read_write=True))


@pytest.mark.parametrize("control", [0x53, 0x73])
def test_a_frame_that_begins_in_the_header_or_ends_with_the_outer_one_is_found(control: int) -> None:
    inner = Frame(0x73, 1, bytes.fromhex("B7 01 06 01 00 00 09 00 00 00")).encode()
    # Count, cause, point and record of the outer one are the start bytes, the lengths and the control field.
    begins_in_the_header = bytes((122,)) + inner
    assert hides_a_frame(1, begins_in_the_header)
    # One filling byte gives the outer frame the checksum of the inner one, so that the two end together.
    ends_with_it = [bytes((122, filler)) + inner[:-2] for filler in range(256)]
    ends_with_it = [asdu for asdu in ends_with_it if Frame(control, 1, asdu).encode().endswith(inner)]
    assert len(ends_with_it) == 1
    assert hides_a_frame(1, ends_with_it[0])
    assert not hides_a_frame(1, read_clock(1).encode())


@pytest.mark.parametrize(
    "header",
    [
        {"negative": True},
        {"count": 0},
        {"count": 7},
        {"count": 0x81},
        {"cause": 5},
        {"cause": 14},
        {"test": True},
        {"record": 11},
    ],
    ids=str,
)
@pytest.mark.parametrize("key", [1, 9])
def test_a_login_with_another_header_is_a_login(header: dict[str, int], key: int) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            login = start_session(1, Password(key))
            fields = {"cause": login.cause, "record": 0, "negative": False, "test": False, "count": 1} | header
            await app.say(Asdu(183, point_address=1, content=login.content, **fields))  # type: ignore[arg-type]
            answer = await app.data()
            assert (answer.type, answer.cause, answer.negative, answer.test) == (183, 7, key != 1, False)
            assert answer.count == 1
            assert answer.content == login.content
            assert meter.keys == [key]
            assert (await app.read(read_clock(1)))[0].type == (72 if key == 1 else 103)

    run(dialogue())


@pytest.mark.parametrize("header", [{"negative": True}, {"count": 2}, {"count": 0x81}, {"cause": 5}], ids=str)
def test_a_login_with_another_header_counts_as_a_try(header: dict[str, int]) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            for key in (20, 21, 22, 23, 24):
                fields = {"cause": 6, "negative": False, "count": 1} | header
                content = start_session(1, Password(key)).content
                await app.say(Asdu(183, point_address=1, content=content, **fields))  # type: ignore[arg-type]
                assert (await app.data()).negative
            assert meter.keys == [20, 21, 22]

    run(dialogue())


@pytest.mark.parametrize("body", [b"", b"\x01", bytes(5), bytes(4) + SET_CLOCK])
def test_a_login_whose_key_is_no_key_is_answered_and_goes_nowhere(body: bytes) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.start()
            await app.say(Asdu(183, Cause.ACTIVATION, 1, content=Raw(body), count=1))
            answer = await app.data()
            assert (answer.type, answer.cause, answer.negative) == (183, 7, True)
            assert not meter.requests

    run(dialogue())
