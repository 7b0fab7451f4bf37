"""A paced line: nothing is faster than the wire, and the last byte is on time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.simulator.pacing import PacedLine
from support.virtual_time import run

BYTE = 11 / 9600


def heard(steps: Callable[[PacedLine, Callable[[bytes], None]], None], byte_time: float = BYTE) -> list[Any]:
    """When how many bytes came out, as pairs."""

    async def talk() -> list[Any]:
        loop = asyncio.get_running_loop()
        found: list[Any] = []
        line = PacedLine(byte_time)
        steps(line, lambda data: found.append((loop.time(), len(data))))
        await asyncio.sleep(1_000)
        return found

    result: list[Any] = run(talk())
    return result


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_bytes_come_out_little_by_little_and_never_early(lengths: list[int]) -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        for length in lengths:
            line.send(bytes(length), hear)

    found = heard(steps)
    count = 0
    for time, length in found:
        count += length
        assert time >= count * BYTE - 1e-9
        assert length <= 0.01 / BYTE
    assert count == sum(lengths)


def test_an_answer_starts_where_its_request_ends() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.arrive(bytes(15), lambda _data: line.send(bytes(6), hear))

    assert heard(steps) == [(pytest.approx(21 * BYTE), 6)]


def test_a_request_waits_while_an_answer_is_on_the_line() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.arrive(bytes(6), lambda _data: line.send(bytes(4), hear))
        asyncio.get_running_loop().call_later(7 * BYTE, line.arrive, bytes(6), hear)

    assert heard(steps) == [(pytest.approx(10 * BYTE), 4), (pytest.approx(16 * BYTE), 6)]


def test_the_line_is_free_while_an_answer_is_delayed() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.arrive(bytes(6), lambda _data: line.send(bytes(3), hear, delay=4.0))
        asyncio.get_running_loop().call_later(3.0, line.arrive, bytes(6), hear)

    assert heard(steps) == [(pytest.approx(3 + 6 * BYTE), 6), (pytest.approx(4 + 9 * BYTE), 3)]


@pytest.mark.parametrize("byte_time", [0.0, BYTE])
@given(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from((0.0, 0.01, 0.2, 4.0)), st.sampled_from((0.0, 0.1, 2.0))))
)
def test_nothing_overtakes_what_is_delayed(byte_time: float, sent: list[tuple[int, float, float]]) -> None:
    async def talk() -> bytes:
        line = PacedLine(byte_time)
        came = bytearray()
        for number, (length, delay, pause) in enumerate(sent):
            line.send(bytes((number,)) * length, came.extend, delay=delay)
            await asyncio.sleep(pause)
        await asyncio.sleep(100)
        return bytes(came)

    assert run(talk()) == b"".join(bytes((number,)) * length for number, (length, _, _) in enumerate(sent))


def test_what_follows_a_delayed_answer_comes_right_behind_it_and_no_later() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.send(bytes(3), hear, delay=4.0)
        asyncio.get_running_loop().call_later(3.5, line.send, bytes(4), hear)
        asyncio.get_running_loop().call_later(6.0, line.send, bytes(5), hear)

    assert heard(steps) == [
        (pytest.approx(4 + 3 * BYTE), 3),
        (pytest.approx(4 + 7 * BYTE), 4),
        (pytest.approx(6 + 5 * BYTE), 5),
    ]


def test_without_a_speed_only_a_delay_takes_time() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.send(bytes(300), hear)
        line.send(bytes(3), hear, delay=4.0)

    assert heard(steps, 0.0) == [(0.0, 300), (4.0, 3)]


def test_what_is_cancelled_never_comes() -> None:
    def steps(line: PacedLine, hear: Callable[[bytes], None]) -> None:
        line.send(bytes(300), hear)
        line.arrive(bytes(6), hear)
        line.send(bytes(3), hear, delay=4.0)
        line.cancel()

    assert heard(steps) == []
