"""Whatever arrives on the listening side: no exception, no task that ends, and the next application is served."""

from __future__ import annotations

import asyncio
import os

from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import Asdu, Cause, read_clock
from iec102.gateway import Policy
from iec102.gateway.policy import READING_TYPES, hides_a_frame
from iec102.link import Frame
from support.dialogue import line_to
from support.gateway import gateway_to
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

TIMES = int(os.environ.get("FUZZ", "1"))
"""How many times as much is tried: `FUZZ=100 python -m pytest` on this file."""

LOGIN = bytes.fromhex("B7 01 06 01 00 00 01 00 00 00")

# A frame that sets the clock, which must not come to the meter in the body of another.
SET_CLOCK = Frame(0x73, 1, bytes.fromhex("B5 01 06 01 00 00 00 64 2A 44 12 08 12")).encode()
LENGTHS = (0, 1, 4, 5, 7, 10, 11, 12)  # of the bodies of all known requests

times = st.builds(bytes, st.tuples(*[st.integers(0, 255)] * 5))
bodies = st.one_of(
    st.sampled_from(LENGTHS).flatmap(lambda length: st.binary(min_size=length, max_size=length)),
    st.builds(bytes, st.lists(st.sampled_from(range(192, 202)), max_size=10)),
    st.builds(
        lambda head, first, last: head + first + last, st.sampled_from((b"", b"\x09", b"\x01\x08")), times, times
    ),
    st.binary(max_size=240),
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Every type with a body of its own, that of another, a cut one, one too long, or with a frame in it."""
    type_ = draw(st.one_of(st.sampled_from(sorted(READING_TYPES)), st.integers(0, 255)))
    body = draw(bodies)
    match draw(st.integers(0, 5)):
        case 0:
            body += SET_CLOCK
        case 1:
            body = SET_CLOCK + body
        case 2:
            body = body[:-1]
        case 3:
            body += b"\0"
    body = body[:246]
    count = draw(st.sampled_from((len(body) & 0x7F, 0, 1, 0x68, 0x81)))
    record = draw(st.sampled_from((0, 11, 12, 21, 52, 134)))
    return bytes((type_, count, draw(st.sampled_from((5, 6, 0x46))), 1, 0, record)) + body


asdus = st.one_of(
    requests(),
    requests(),
    st.binary(max_size=40),
    st.builds(
        lambda type_, count, cause, record, body: bytes((type_, count, cause, 1, 0, record)) + body,
        st.integers(0, 255),
        st.sampled_from((0, 1, 3, 0x7F, 0xFF)),
        st.integers(0, 255),
        st.sampled_from((0, 11, 12, 21, 52, 134)),
        st.binary(max_size=40),
    ),
    st.just(LOGIN),
)
frames = st.builds(
    lambda control, address, asdu: Frame(control, address, asdu).encode(),
    st.one_of(st.sampled_from((0x40, 0x49, 0x53, 0x73, 0x5B, 0x7B)), st.integers(0, 255)),
    st.sampled_from((1, 1, 1, 1, 0, 2, 0xFFFF)),
    st.one_of(st.none(), asdus),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A frame with a byte changed, cut off, or put in."""
    data = bytearray(draw(frames))
    at = draw(st.integers(0, len(data) - 1))
    match draw(st.integers(0, 2)):
        case 0:
            data[at] = draw(st.integers(0, 255))
        case 1:
            del data[at:]
        case _:
            data.insert(at, draw(st.integers(0, 255)))
    return bytes(data)


steps = st.tuples(st.one_of(frames, damaged(), st.binary(max_size=600)), st.sampled_from((0.0, 0.0, 0.005, 0.1, 1.5)))


def fits(asked: Asdu) -> bool:
    """As the reference has it, with a table of its own."""
    length = len(asked.content.encode_body())
    match asked.type:
        case 150 | 156 | 162:
            return length == asked.count
        case 180 | 184:
            return length <= 12
        case 102 | 134:
            return length == 10
        case 189 | 190:
            return length == 11
        case 122 | 123:
            return length == 12
        case 183:
            return length == 4
        case _:
            return length == 0


@settings(max_examples=150 * TIMES, deadline=None)
@given(st.lists(steps, max_size=25), st.booleans())
def test_any_bytes_at_any_time(script: list[tuple[bytes, float]], read_write: bool) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter), reconnect=True)
        async with gateway_to(line, policy=Policy(read_write=read_write)) as gateway:
            wild, tame = gateway.connect("a"), gateway.connect("b")
            assert await tame.log_in()

            async def go_wild() -> None:
                for data, pause in script:
                    wild.send(data)
                    await asyncio.sleep(pause)

            going_wild = asyncio.create_task(go_wild())
            while not going_wild.done():
                assert (await tame.read(read_clock(1)))[0].type == 72
            await going_wild
            late = gateway.connect("c")
            assert await late.log_in()
            assert (await late.read(read_clock(1)))[0].type == 72
            assert gateway.status.clients
            assert len(asyncio.all_tasks()) < 10
            assert read_write or set(meter.types()) <= READING_TYPES
            assert read_write or not any(hides_a_frame(1, asked.encode()) for asked in meter.requests)
            assert read_write or all(fits(asked) for asked in meter.requests)

    run(dialogue())


class Obedient(ScriptedMeter):
    """Has an answer to everything."""

    def answer(self, request: Asdu) -> list[Asdu]:
        return [echo(request, Cause.CONFIRMATION), echo(request, Cause.TERMINATION)]


@settings(max_examples=150 * TIMES, deadline=None)
@given(st.lists(requests(), min_size=5, max_size=25))
def test_any_body_of_any_type_behind_a_login(script: list[bytes]) -> None:
    async def dialogue() -> None:
        meter = Obedient()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            app = gateway.connect()
            for data in script:
                if not await app.log_in():
                    return  # too many keys: that is another test's
                await app.say(data)
                assert await app.poll() is not None
            asked = [request for request in meter.requests if request.type != 183]
            assert {request.type for request in asked} <= READING_TYPES
            assert all(fits(request) for request in asked)
            assert not any(hides_a_frame(1, request.encode()) for request in asked)

    run(dialogue())
