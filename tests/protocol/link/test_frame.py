"""FT1.2 frames: bytes on the line and fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102.link import Answer, Frame, FrameReader, Function, answer, request
from support.real_frames import needs_real_frames, real_frames

# The session of a real meter (REE profile reference, 9.1), as this library names its frames.
GOLDEN = [
    (request(Function.LINK_STATUS, 7000), "10 49 58 1B BC 16"),
    (answer(Answer.LINK_STATUS, 7000), "10 0B 58 1B 7E 16"),
    (request(Function.RESET, 7000), "10 40 58 1B B3 16"),
    (answer(Answer.ACK, 7000), "10 00 58 1B 73 16"),
    (
        request(Function.USER_DATA, 7000, fcb=True, asdu=bytes.fromhex("B7 01 06 01 00 00 07 00 00 00")),
        "68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16",
    ),
    (request(Function.CLASS_2, 7000, fcb=False), "10 5B 58 1B CE 16"),
    (request(Function.CLASS_2, 7000, fcb=True), "10 7B 58 1B EE 16"),
    (
        answer(Answer.USER_DATA, 7000, bytes.fromhex("B7 01 07 01 00 00 07 00 00 00")),
        "68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16",
    ),
    (
        request(Function.USER_DATA, 7000, fcb=False, asdu=bytes.fromhex("BB 00 06 01 00 00")),
        "68 09 09 68 53 58 1B BB 00 06 01 00 00 88 16",
    ),
    (answer(Answer.NO_DATA, 1), "10 09 01 00 0A 16"),
]


@pytest.mark.parametrize(("frame", "text"), GOLDEN)
def test_frames_of_real_meters_both_ways(frame: Frame, text: str) -> None:
    assert frame.encode() == bytes.fromhex(text)
    assert FrameReader().feed(bytes.fromhex(text)) == [frame]


@needs_real_frames
def test_every_captured_frame_is_read_and_encoded_alike() -> None:
    for direction, data in real_frames():
        (frame,) = FrameReader().feed(data)
        assert isinstance(frame, Frame)
        assert frame.encode() == data
        assert frame.request == (direction == "request")


def test_the_control_field_of_a_request() -> None:
    frame = request(Function.USER_DATA, 1, fcb=True, asdu=b"x")
    assert (frame.function, frame.request, frame.fcb, frame.fcv, frame.dfc) == (3, True, True, True, False)
    assert request(Function.RESET, 1).fcv is False


def test_an_answer_has_no_fcb_and_may_ask_for_a_pause() -> None:
    frame = answer(Answer.ACK, 1, dfc=True)
    assert (frame.fcb, frame.fcv, frame.dfc) == (None, False, True)


@pytest.mark.parametrize("frame", [Frame(0x53, 65_536), Frame(0x53, -1), Frame(0x53, 1, bytes(253))])
def test_what_no_frame_can_carry_is_refused(frame: Frame) -> None:
    with pytest.raises(InvalidSetting):
        frame.encode()


@given(st.integers(0, 255), st.integers(0, 65_535), st.one_of(st.none(), st.binary(max_size=252)))
def test_encode_then_read_is_the_identity(control: int, address: int, asdu: bytes | None) -> None:
    frame = Frame(control, address, asdu)
    assert FrameReader().feed(frame.encode()) == [frame]
