"""The outcome of single frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.link import Answer, Frame, FrameReader, Garbage, GarbageKind, answer
from iec102.simulator.config import FAULTS
from iec102.simulator.faults import DELAY, Faults

FRAMES = [answer(Answer.ACK, 1).encode(), answer(Answer.USER_DATA, 7000, bytes(range(40))).encode()]


@given(st.sampled_from(FRAMES), st.integers(0, 10_000))
def test_corruption_is_one_byte_and_the_checksum_shows_it(frame: bytes, seed: int) -> None:
    corrupt = Faults({"corrupt": 1.0}, seed).outcome_of(frame).data
    assert len(corrupt) == len(frame)
    assert sum(one != other for one, other in zip(corrupt, frame, strict=True)) == 1
    reader = FrameReader()
    first = (reader.feed(corrupt) + reader.flush())[0]
    assert isinstance(first, Garbage)
    assert first.kind is GarbageKind.BAD_CHECKSUM


@given(st.sampled_from(FRAMES), st.integers(0, 10_000))
def test_noise_stands_before_the_frame(frame: bytes, seed: int) -> None:
    noisy = Faults({"noise": 1.0}, seed).outcome_of(frame).data
    assert noisy.endswith(frame)
    assert 1 <= len(noisy) - len(frame) <= 12
    reader = FrameReader()
    frames = [item.encode() for item in reader.feed(noisy) + reader.flush() if isinstance(item, Frame)]
    assert frame in frames


@pytest.mark.parametrize("name", list(FAULTS))
def test_rates_are_kept(name: str) -> None:
    faults, frame = Faults({name: 0.02}, 7), FRAMES[1]
    touched = sum(
        outcome.data != frame or outcome.disconnect or outcome.restart or outcome.delay > 0
        for outcome in (faults.outcome_of(frame) for _ in range(20_000))
    )
    assert touched == pytest.approx(400, rel=0.2)


@given(st.integers(0, 10_000))
def test_a_wrong_length_is_garbage_and_leaves_the_next_frame_whole(seed: int) -> None:
    wrong = Faults({"length": 1.0}, seed).outcome_of(FRAMES[1]).data
    assert wrong != FRAMES[1]
    assert len(wrong) == len(FRAMES[1])
    reader = FrameReader()
    items = reader.feed(wrong + FRAMES[0]) + reader.flush()
    assert isinstance(items[0], Garbage)
    assert [item.encode() for item in items if isinstance(item, Frame)] == [FRAMES[0]]


def test_a_frame_without_a_length_passes() -> None:
    assert Faults({"length": 1.0}, 1).outcome_of(FRAMES[0]).data == FRAMES[0]


@pytest.mark.parametrize("frame", FRAMES)
def test_foreign_traffic_is_the_same_frame_of_another_address(frame: bytes) -> None:
    other, own = FrameReader().feed(Faults({"foreign": 1.0}, 1).outcome_of(frame).data)
    assert isinstance(other, Frame)
    assert isinstance(own, Frame)
    assert own.encode() == frame
    assert (other.control, other.asdu) == (own.control, own.asdu)
    assert other.address != own.address


def test_a_delay_is_longer_than_the_usual_timeout() -> None:
    assert Faults({"delay": 1.0}, 1).outcome_of(FRAMES[0]).delay == DELAY > 3.0


def test_no_fault_is_no_fault() -> None:
    assert Faults({}, 1).outcome_of(FRAMES[0]).data == FRAMES[0]
    assert Faults({"drop": 0.0}, 1).outcome_of(FRAMES[0]).data == FRAMES[0]
