"""Whatever arrives on the listening side: no exception, no task that ends, and the next application is served."""

from __future__ import annotations

import asyncio
import os

from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import read_clock
from iec102.gateway import Policy
from iec102.gateway.policy import READING_TYPES
from iec102.link import Frame
from support.dialogue import line_to
from support.gateway import gateway_to
from support.scripted_meter import ScriptedLine, ScriptedMeter
from support.virtual_time import run

TIMES = int(os.environ.get("FUZZ", "1"))
"""How many times as much is tried: `FUZZ=100 python -m pytest` on this file."""

LOGIN = bytes.fromhex("B7 01 06 01 00 00 01 00 00 00")

asdus = st.one_of(
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

    run(dialogue())
