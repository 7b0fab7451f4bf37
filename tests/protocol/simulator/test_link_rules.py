"""The simulated meter on the link, frame by frame: real sessions, repetitions, noise, silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import Asdu, TimeTagA, read_blocks, read_clock, read_identity, read_instantaneous, read_totals
from iec102.asdu.timetag import MADRID
from iec102.link import MAX_FRAME, Answer, Frame, Function, answer, request
from iec102.simulator import SimulatorConfig
from support.meter_port import MeterPort
from support.virtual_time import run

CLOCK = datetime(2026, 11, 22, 10, 0, 30, tzinfo=MADRID)
CONFIG = SimulatorConfig(clock=CLOCK)
ACK = answer(Answer.ACK, 1)
NO_DATA = answer(Answer.NO_DATA, 1)
DAY = TimeTagA.of(datetime(2026, 11, 20, tzinfo=MADRID)), TimeTagA.of(datetime(2026, 11, 21, tzinfo=MADRID))

# The session of Alonso-Abella and Chenlo (Era Solar 2010), from the link's start to the first echo.
PAPER = """
> 10 49 58 1B BC 16
< 10 0B 58 1B 7E 16
> 10 40 58 1B B3 16
< 10 00 58 1B 73 16
> 10 49 58 1B BC 16
< 10 0B 58 1B 7E 16
> 68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16
< 10 00 58 1B 73 16
> 10 5B 58 1B CE 16
< 68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16
> 68 15 15 68 73 58 1B 7A 01 06 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 C6 16
< 10 00 58 1B 73 16
> 10 5B 58 1B CE 16
< 68 15 15 68 08 58 1B 7A 01 07 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 5C 16
"""
# An Actaris SL762B asked until a day 0 (innoWatt/icra-tarifes-optic).
DAY_ZERO_REQUEST = "7B 01 06 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11"
DAY_ZERO_ANSWER = "68 15 15 68 08 01 00 7B 01 12 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11 EE 16"


def dialogue(steps: Callable[[MeterPort], Awaitable[None]], config: SimulatorConfig = CONFIG) -> None:
    async def talk() -> None:
        with MeterPort(config) as port:
            await steps(port)

    run(talk())


def test_the_session_of_the_paper_is_answered_byte_for_byte() -> None:
    clock = datetime(2009, 9, 25, tzinfo=MADRID)
    config = SimulatorConfig(link_address=7000, password=7, clock=clock, quirks=frozenset(["su-ignored"]))

    async def steps(port: MeterPort) -> None:
        lines = PAPER.split("\n")[1:-1]
        for said, expected in zip(lines[::2], lines[1::2], strict=True):
            heard = await port.say(bytes.fromhex(said[2:]))
            assert heard is not None
            assert heard.encode().hex(" ").upper() == expected[2:]
        first = await port.say(bytes.fromhex("10 7B 58 1B EE 16"))
        assert first is not None
        assert first.asdu is not None
        assert first.asdu.startswith(bytes.fromhex("08 08 05 01 00 0B 01"))
        assert first.asdu.endswith(bytes.fromhex("00 81 B2 09 09"))  # Friday 2009-09-18 01:00, summer time

    dialogue(steps, config)


def test_an_impossible_date_is_refused_as_a_real_meter_does_it() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        await port.send(bytes.fromhex(DAY_ZERO_REQUEST))
        heard = await port.poll()
        assert heard is not None
        assert heard.encode() == bytes.fromhex(DAY_ZERO_ANSWER)

    dialogue(steps)


def test_a_repeated_poll_gets_the_same_answer_and_the_next_one_goes_on() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        await port.send(read_totals(1, 11, 1, 8, *DAY, incremental=True))
        heard = [await port.poll(again=again) for again in (False, False, True, True, False)]
        assert heard[1] == heard[2] == heard[3] != heard[0]
        assert heard[4] not in heard[:4]

    dialogue(steps)


def test_a_repeated_request_is_confirmed_and_not_executed_again() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        assert await port.send(read_clock(1)) == ACK
        assert await port.send(read_clock(1), again=True) == ACK
        first = await port.poll()
        assert first is not None
        assert first.asdu is not None
        assert await port.poll() == NO_DATA

    dialogue(steps)


def test_no_data_is_a_valid_answer_that_moves_the_frame_count() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        await port.send(read_identity(1))
        assert await port.poll() == NO_DATA
        assert await port.poll(again=True) == NO_DATA
        data = await port.poll()
        assert data is not None
        assert data.asdu is not None

    dialogue(steps, replace(CONFIG, quirks=frozenset(["not-ready"])))


def test_status_does_not_move_the_frame_count_and_a_reset_puts_it_back() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        await port.send(read_identity(1))
        assert await port.status() == answer(Answer.LINK_STATUS, 1)
        first = await port.poll()
        assert await port.status() == answer(Answer.LINK_STATUS, 1)
        assert await port.poll(again=True) == first
        await port.reset()
        assert await port.poll() == NO_DATA  # FCB 1 again, and what was pending is gone

    dialogue(steps)


@pytest.mark.parametrize(
    "frame",
    [
        request(Function.LINK_STATUS, 2),
        request(Function.LINK_STATUS, 0xFFFF),
        Frame(0x44, 0xFFFF, read_clock(1).encode()),  # send, no reply
        Frame(0x53 & ~0x10, 1, read_clock(1).encode()),  # function 3 without a valid frame count bit
        Frame(0x5A, 1),  # class 1 data
        answer(Answer.ACK, 1),
    ],
)
def test_what_is_not_for_this_meter_is_not_answered(frame: Frame) -> None:
    async def steps(port: MeterPort) -> None:
        assert await port.say(frame) is None
        assert await port.status() is not None

    dialogue(steps)


@pytest.mark.parametrize(
    ("asdu", "asdus"),
    [
        (read_blocks(1, 11, 9, *DAY, incremental=True), 5),
        (read_blocks(1, 12, 10, *DAY, incremental=True), 17),
        (read_blocks(1, 12, 11, *DAY, incremental=False), 9),
        (Asdu(141, 5), -1),
    ],
)
def test_no_frame_is_longer_than_261_bytes(asdu: Asdu, asdus: int) -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        answers = await port.ask(asdu)
        assert len(answers) == asdus + 2
        assert max(len(answer(Answer.USER_DATA, 1, part.encode()).encode()) for part in answers) <= MAX_FRAME

    dialogue(steps)


def test_an_unfinished_frame_is_given_up_after_a_silence() -> None:
    async def steps(port: MeterPort) -> None:
        # What looks like the start of a frame of 251 bytes swallows what follows it at once ...
        assert await port.say(bytes.fromhex("68 F5 F5 68") + ACK.encode()) is None
        # ... and nothing that comes later.
        assert await port.status() is not None

    dialogue(steps)


def test_a_good_frame_inside_what_looked_like_a_longer_one_is_answered() -> None:
    async def steps(port: MeterPort) -> None:
        assert await port.say(bytes.fromhex("68 F5 F5 68") + request(Function.LINK_STATUS, 1).encode()) is not None

    dialogue(steps)


def test_noise_before_every_frame_loses_none() -> None:
    async def steps(port: MeterPort) -> None:
        for _ in range(100):
            assert await port.status() is not None
        assert len(port.heard) > 600

    dialogue(steps, replace(CONFIG, faults={"noise": 1.0}))


@pytest.mark.parametrize("quirk", ["slow-200", "slow-0"])
def test_a_slow_meter_takes_its_time_for_each_answer(quirk: str) -> None:
    async def steps(port: MeterPort) -> None:
        for _ in range(3):
            await port.status()
        delay = int(quirk.removeprefix("slow-")) / 1000
        assert port.times == pytest.approx([delay, 2 * delay, 3 * delay])

    dialogue(steps, replace(CONFIG, quirks=frozenset([quirk])))


def test_a_session_may_end_by_itself() -> None:
    async def steps(port: MeterPort) -> None:
        await port.log_in()
        await asyncio.sleep(50)
        assert [asdu.type for asdu in await port.ask(read_identity(1))] == [71]
        await asyncio.sleep(70)
        (refused,) = await port.ask(read_identity(1))
        assert (refused.type, refused.cause) == (100, 14)

    dialogue(steps, replace(CONFIG, quirks=frozenset(["session-timeout-60"])))


def transcript(config: SimulatorConfig) -> bytes:
    """All that the meter says in a session with every kind of reading."""

    async def talk() -> bytes:
        with MeterPort(config) as port:
            await port.log_in()
            for asdu in (
                read_identity(1),
                read_clock(1),
                read_totals(1, 21, 1, 8, TimeTagA.of(CLOCK - timedelta(days=30)), TimeTagA.of(CLOCK), incremental=True),
                read_blocks(1, 12, 9, *DAY, incremental=False),
                read_instantaneous(1),
                Asdu(141, 5),
            ):
                await port.ask(asdu)
            return bytes(port.heard)

    heard: bytes = run(talk())
    return heard


def test_clock_and_seed_decide_every_byte() -> None:
    assert transcript(CONFIG) == transcript(replace(CONFIG, clock=CLOCK))
    assert transcript(CONFIG) != transcript(replace(CONFIG, seed=2))
    assert transcript(CONFIG) != transcript(replace(CONFIG, clock=CLOCK + timedelta(seconds=1)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=100), max_size=8), st.sampled_from(["", "fill-ff", "not-ready", "keep-pending"]))
def test_hostile_bytes_never_raise_and_never_deafen_the_meter(pieces: list[bytes], quirk: str) -> None:
    config = replace(CONFIG, quirks=frozenset(filter(None, [quirk])), faults={"noise": 0.1})

    async def talk() -> None:
        with MeterPort(config, patience=1.0) as port:
            for piece in pieces:
                await port.say(piece)
            assert await port.status() is not None

    run(talk())
