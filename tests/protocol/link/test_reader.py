"""The reader tells frames, garbage and "not enough yet" apart, in any split of the bytes."""

from __future__ import annotations

import itertools
import random
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.link import MAX_FRAME, Frame, FrameReader, Garbage, GarbageKind
from support.real_frames import needs_real_frames, real_frames

STATUS = Frame(0x0B, 1)
DATA = Frame(0x08, 1, bytes(range(40)))
Item = Frame | Garbage
TraceFunction = Any

frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 65_535), st.one_of(st.none(), st.binary(max_size=252)))
noise = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"\x68\xf5\xf5\x68", b"\x68\x68\x68\x68", b"\x10", b"\x68", b"\xff\xff", b"\x16", b"\x68\x03\x03\x68"]
    ),
)
streams = st.lists(st.one_of(frames.map(Frame.encode), noise), max_size=8).map(b"".join)


def read(data: bytes, *cuts: int) -> list[Item]:
    """All items of a stream that is fed in pieces."""
    reader = FrameReader()
    items: list[Item] = []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for begin, end in itertools.pairwise(edges):
        items += reader.feed(data[begin:end])
    return items + reader.flush()


@given(streams, st.lists(st.integers(0, 4000), max_size=6))
def test_any_split_gives_the_same_items(data: bytes, cuts: list[int]) -> None:
    assert read(data, *cuts) == read(data)


@given(streams)
def test_byte_by_byte_gives_the_same_items(data: bytes) -> None:
    assert read(data, *range(len(data))) == read(data)


@given(streams)
def test_every_byte_is_in_a_frame_or_in_garbage_or_is_fill(data: bytes) -> None:
    position = 0
    for item in read(data):
        part = item.data if isinstance(item, Garbage) else item.encode()
        skipped = len(data[position:]) - len(data[position:].lstrip(b"\xff"))
        if data[position : position + len(part)] != part:
            position += skipped
        assert data[position : position + len(part)] == part
        position += len(part)
    assert data[position:].strip(b"\xff") == b""


@given(st.binary(max_size=4000))
def test_any_bytes_never_raise_and_are_never_hoarded(data: bytes) -> None:
    reader = FrameReader()
    for byte in data:
        reader.feed(bytes((byte,)))
        assert reader.pending <= MAX_FRAME
    reader.flush()
    assert reader.pending == 0


@needs_real_frames
def test_a_whole_capture_in_one_stream_with_fill_between_the_frames() -> None:
    stream = b"".join(b"\xff\xff" + data for _direction, data in real_frames())
    items = read(stream)
    assert [item.encode() for item in items if isinstance(item, Frame)] == [data for _direction, data in real_frames()]


def test_an_unfinished_frame_is_not_garbage_yet() -> None:
    reader = FrameReader()
    assert reader.feed(DATA.encode()[:-1]) == []
    assert reader.pending == len(DATA.encode()) - 1
    assert reader.feed(DATA.encode()[-1:]) == [DATA]


def test_fill_before_a_frame_is_skipped_without_a_word() -> None:
    assert read(b"\xff" * 300 + STATUS.encode() + b"\xff") == [STATUS]


def test_a_frame_inside_what_looked_like_a_longer_one_is_found() -> None:
    items = read(b"\x68\x20\x20\x68" + STATUS.encode() + bytes(40))
    assert STATUS in items


def test_noise_that_promises_a_long_frame_gives_the_next_one_back_at_the_deadline() -> None:
    reader = FrameReader()
    assert reader.feed(b"\x68\xf5\xf5\x68" + STATUS.encode()) == []
    garbage, frame = reader.flush()
    assert frame == STATUS
    assert isinstance(garbage, Garbage)
    assert garbage.data == b"\x68\xf5\xf5\x68"
    assert garbage.kind is GarbageKind.INCOMPLETE


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("10 0B 01 00 0D 16", GarbageKind.BAD_CHECKSUM, "expected 0C, found 0D"),
        ("10 0B 01 00 0C 17", GarbageKind.BAD_END, "end character"),
        ("68 09 08 68 08", GarbageKind.BAD_LENGTHS, "9 and 8"),
        ("68 02 02 68 08", GarbageKind.BAD_LENGTHS, "too short"),
        ("68 09 09 69 08", GarbageKind.BAD_LENGTHS, "second start"),
        ("01 04 0C", GarbageKind.NOISE, "no start character"),
        ("10 0B 01", GarbageKind.INCOMPLETE, "not completed"),
    ],
)
def test_garbage_keeps_its_bytes_and_says_why(text: str, kind: GarbageKind, words: str) -> None:
    (garbage,) = read(bytes.fromhex(text))
    assert isinstance(garbage, Garbage)
    assert garbage.data == bytes.fromhex(text)
    assert garbage.kind is kind
    assert words in garbage.reason


def test_long_garbage_comes_in_bounded_pieces() -> None:
    items = FrameReader().feed(b"\x01" * 1000)
    assert [len(item.data) for item in items if isinstance(item, Garbage)] == [MAX_FRAME] * 3


HOSTILE = [
    b"\x68",
    b"\x10",
    b"\x01",
    b"\xff\x10",
    b"\x68\xff\xff\x68",
    b"\x68\x68\x68\x68\x16",
    b"\x68\x03\x03\x68\x16",
    b"\x68\xfd\xfd\x68" + b"\x16" * 60,
]


class CountingBytes(bytes):
    """Bytes that count how many of them are copied out or summed."""

    looked_at = 0

    def __getitem__(self, key: object) -> object:  # type: ignore[override]
        part = super().__getitem__(key)  # type: ignore[index]
        type(self).looked_at += len(part) if isinstance(part, bytes) else 1
        return part


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_input_costs_no_more_a_byte_when_there_is_more_of_it(pattern: bytes) -> None:
    def cost_a_byte(length: int) -> float:
        CountingBytes.looked_at = 0
        reader = FrameReader()
        reader._scan(CountingBytes(pattern * (length // len(pattern))), final=True)
        return CountingBytes.looked_at / length

    assert cost_a_byte(40_000) <= 1.2 * cost_a_byte(4_000)
    assert cost_a_byte(40_000) <= 2 * MAX_FRAME


@pytest.mark.parametrize("piece", [1, 7, 300])
@pytest.mark.parametrize("pattern", HOSTILE)
def test_nor_does_it_in_small_pieces(pattern: bytes, piece: int) -> None:
    def steps_a_byte(length: int) -> float:
        """Lines of the reader that are executed."""
        data = pattern * (length // len(pattern))
        reader = FrameReader()
        steps = 0

        def count(frame: FrameType, event: str, _argument: object) -> TraceFunction:
            nonlocal steps
            steps += event == "line"
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            for begin in range(0, len(data), piece):
                reader.feed(data[begin : begin + piece])
        finally:
            sys.settrace(before)
        return steps / length

    few, many = steps_a_byte(2_000), steps_a_byte(6_000)
    assert many <= 1.25 * few
    assert many <= 60


def test_good_frames_between_random_noise_are_all_found() -> None:
    generator = random.Random(7)
    noise_bytes = bytes(byte for byte in range(256) if byte not in (0x10, 0x68, 0xFF))
    stream = b""
    for _ in range(200):
        stream += bytes(generator.choices(noise_bytes, k=generator.randint(0, 20))) + DATA.encode()
    assert sum(isinstance(item, Frame) for item in read(stream)) == 200
