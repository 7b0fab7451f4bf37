"""The decode tree covers every byte exactly once, and names what the reference names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu.body import Field
from iec102.asdu.explain import explain
from iec102.asdu.names import NOT_IN_REFERENCE
from iec102.link import Frame, FrameReader, Garbage

REAL_FRAMES = Path(__file__).parents[4] / "shared" / "real_frames.jsonl"


def only_frame(text: str) -> Frame:
    (item,) = FrameReader().feed(bytes.fromhex(text))
    assert isinstance(item, Frame)
    return item


def leaf(tree: Field, name: str) -> Field:
    return next(field for field in tree.leaves() if field.name == name)


def assert_covers(tree: Field, length: int) -> None:
    position = 0
    for field in tree.leaves():
        assert field.start == position
        assert field.stop > field.start
        position = field.stop
    assert position == length


@pytest.mark.skipif(not REAL_FRAMES.exists(), reason=f"{REAL_FRAMES} is not there: it is kept beside the project")
def test_every_real_frame_is_explained_without_an_unknown_byte() -> None:
    for line in REAL_FRAMES.read_text().splitlines():
        text = json.loads(line)["hex"]
        tree = explain(only_frame(text))
        assert_covers(tree, len(bytes.fromhex(text)))
        assert [field for field in tree.leaves() if NOT_IN_REFERENCE in field.meaning] == []


@given(st.integers(0, 255), st.integers(0, 65535), st.one_of(st.none(), st.binary(max_size=252)))
def test_any_frame_gives_a_tree_that_covers_each_byte_once(control: int, address: int, asdu: bytes | None) -> None:
    frame = Frame(control, address, asdu)
    assert_covers(explain(frame), len(frame.encode()))


@given(st.integers(0, 255), st.integers(0, 127), st.binary(max_size=246))
def test_any_body_of_any_type_gives_a_tree_that_covers_each_byte_once(type_: int, count: int, body: bytes) -> None:
    frame = Frame(0x08, 1, bytes((type_, count, 5, 1, 0, 11)) + body)
    assert_covers(explain(frame), len(frame.encode()))


@given(st.binary(min_size=1, max_size=600))
def test_any_bytes_of_a_line_are_explained(data: bytes) -> None:
    reader = FrameReader()
    for item in reader.feed(data) + reader.flush():
        assert_covers(explain(item), len(item.data if isinstance(item, Garbage) else item.encode()))


def test_an_error_echo_names_its_cause_and_record() -> None:
    tree = explain(only_frame("681515680801007B01120100 0B01010000010311000020 0311EE16".replace(" ", "")))
    assert leaf(tree, "cause").meaning == "18: integration period not available"
    assert leaf(tree, "record").meaning == "11: load profile 1 (hourly)"
    assert leaf(tree, "from").meaning == "2017-03-01 00:00"


def test_the_power_of_a_real_answer_is_split_into_its_bits() -> None:
    text = (
        "68686868080100A303050100 00C062E70300D20F010099B100005E2500009D010000060B000037926E0415"
        "C10800000300009A03020000000000DC0103000001000005020200000100 00AA0137926E0415"
        "C20C00005509000 00D00005509000 00C000047090000 37926E04150316".replace(" ", "")
    )
    tree = explain(only_frame(text))
    flags = leaf(tree, "power factor and flags")
    assert flags.meaning == "0.922"
    assert dict(flags.bits)["active direction"] == "import"
    assert dict(flags.bits)["quadrant"] == "Q1"


def test_the_access_key_is_never_named() -> None:
    tree = explain(only_frame("680D0D6873581BB70106010000 07000000AC16".replace(" ", "")))
    assert leaf(tree, "access key").meaning == "***"


def test_the_field_at_an_offset_is_found() -> None:
    tree = explain(only_frame("10491B00 6416".replace(" ", "")))
    assert tree.at(1).name == "control"
    with pytest.raises(LookupError):
        tree.at(6)
