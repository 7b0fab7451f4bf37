"""A layout read by hand is the layout; records of a layout; the tree of what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Block,
    Energies,
    Energy,
    InstantaneousValues,
    IntegratedTotals,
    Power,
    Powers,
    TimeTagA,
    Total,
    TotalBlocks,
    VoltageCurrent,
    VoltagesCurrents,
)
from iec102.asdu.body import Body, Field
from iec102.asdu.content import Content, Struct, field, shared
from iec102.asdu.events import Event
from iec102.asdu.instantaneous import ObjectList
from iec102.asdu.layout import Layout, Listed, Part, Rest, decode, explain
from iec102.asdu.leaves import TIME_A, number, packed
from iec102.asdu.tariff import TariffPeriod
from iec102.asdu.totals import BLOCK_ADDRESSES

tags = st.integers(0, 2**40 - 1).map(TimeTagA)
words, bytes_ = st.integers(0, 2**32 - 1), st.integers(0, 255)
totals = st.builds(Total, bytes_, words, bytes_)
energies = st.builds(Energy, st.integers(0, 2**30 - 1), st.booleans(), st.booleans())
flag = st.booleans()
kilowatts = st.integers(0, 2**24 - 1)
powers = st.builds(Power, kilowatts, kilowatts, st.integers(0, 1023), flag, flag, flag, st.integers(0, 7))
phases = st.builds(VoltageCurrent, kilowatts, st.integers(0, 2**30 - 1), flag, flag)


def block(object_: int) -> st.SearchStrategy[Block]:
    some = [st.builds(Total, st.just(address), words, bytes_) for address in BLOCK_ADDRESSES[object_]]
    return st.builds(Block, st.just(object_), st.tuples(*some), tags)


by_hand = st.one_of(
    st.builds(IntegratedTotals, st.lists(totals, max_size=40).map(tuple), tags),
    st.sampled_from(list(BLOCK_ADDRESSES)).flatmap(block).map(lambda one: (one,) * 2).map(TotalBlocks),
    st.lists(
        st.one_of(
            st.builds(Energies, st.tuples(*[energies] * 6), tags),
            st.builds(Powers, powers, powers, powers, powers, tags),
            st.builds(VoltagesCurrents, phases, phases, phases, tags),
        ),
        max_size=3,
    )
    .map(tuple)
    .map(InstantaneousValues),
)


@given(by_hand)
def test_what_is_read_by_hand_is_what_the_layout_says(content: Content) -> None:
    """Of types 8, 11, 139, 140 and 163; the repr tells truth values from numbers, where == does not."""
    body = content.encode_body()
    found = type(content).decode_body(body, content.count)
    assert found == content == decode(content.layout, body, content.count)
    assert repr(found) == repr(content) == repr(decode(content.layout, body, content.count))


@given(by_hand, st.integers(0, 127), st.integers(0, 246), st.binary(max_size=8))
def test_what_does_not_fit_by_hand_does_not_fit_the_layout(content: Content, count: int, at: int, more: bytes) -> None:
    body, n = content.encode_body(), content.count
    for wrong, said in ((body, count), (body[:at], n), (body[:at] + more + body[at:], n)):
        assert type(content).decode_body(wrong, said) == decode(content.layout, wrong, said)


class Pair(Content):
    """Two numbers in a byte, then a time, then what is left."""

    low: int = field("numbers", packed(4, 4, meaning=str))
    high: int = shared()
    time: TimeTagA = field("time", TIME_A)
    rest: bytes = field("rest", Rest(), default=b"")


def test_a_record_is_made_by_place_or_by_name_and_has_defaults() -> None:
    pair = Pair(1, 2, TimeTagA(5))
    assert pair == Pair(1, high=2, time=TimeTagA(5), rest=b"")
    assert pair != Pair(1, 3, TimeTagA(5))
    assert hash(pair) == hash(Pair(1, 2, TimeTagA(5)))
    assert repr(pair) == "Pair(low=1, high=2, time=TimeTagA(bits=5), rest=b'')"
    match pair:
        case Pair(low, high):
            assert (low, high) == (1, 2)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((1, 2), {}),
        ((1, 2, TimeTagA(0), b"", 3), {}),
        ((1, 2, TimeTagA(0)), {"low": 1}),
        ((1, 2), {"when": 0}),
    ],
)
def test_a_record_is_made_of_its_fields_and_no_others(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Pair(*values, **named)  # type: ignore[arg-type]


def test_a_record_cannot_be_changed() -> None:
    pair = Pair(1, 2, TimeTagA(5))
    with pytest.raises(AttributeError):
        pair.low = 3  # type: ignore[misc]


def test_a_record_has_the_bytes_of_its_layout() -> None:
    pair = Pair(1, 2, TimeTagA(5), b"xyz")
    assert pair.encode_body() == b"\x21\x05\0\0\0\0xyz"
    assert Pair.decode_body(pair.encode_body(), 1) == pair
    assert Pair.decode_body(b"\x21\x05", 1) is None


def tree(layout: Layout, data: bytes, count: int = 1) -> list[Field]:
    fields: list[Field] = []
    explain(layout, Body(data, 0, len(data), count, fields))
    return fields


def test_a_body_that_ends_early_shows_what_is_there_and_says_so() -> None:
    first, second = tree(Pair.layout, b"\x21\x05")
    assert (first.name, first.meaning) == ("numbers", "(1, 2)")
    assert (second.name, second.start, second.stop) == ("bytes", 1, 2)
    assert second.meaning == "the frame ends before this type's layout does"


def test_a_body_with_more_bytes_shows_them() -> None:
    class One(Struct):
        value: int = field("value", number(1))

    assert [field.meaning for field in tree(One.layout, b"\1\2\3")] == ["1", "not in the reference"]
    assert decode(One.layout, b"\1\2\3", 1) is None


def test_groups_inside_groups_keep_their_numbers() -> None:
    class Inner(Struct):
        value: int = field("value #", number(1))

    class Outer(Struct):
        values: tuple[Inner, ...] = field("inner #", Listed(Inner.layout, "how many"))

    class Whole(Struct):
        parts: tuple[Outer, ...] = field("outer #", Listed(Outer.layout))

    groups = tree(Whole.layout, b"\2\7\7\1\7", 2)
    assert [(group.name, [child.name for child in group.children]) for group in groups] == [
        ("outer 1", ["how many", "inner 1", "inner 2"]),
        ("outer 2", ["how many", "inner 1"]),
    ]


def test_a_layout_knows_where_its_parts_stand() -> None:
    assert (Event.layout.size, Event.layout.offset("time")) == (9, 2)
    assert (TariffPeriod.layout.size, TariffPeriod.layout.offset("end")) == (63, 58)
    assert Pair.layout.size is None


def test_numbers_that_are_encoded_at_once_are_those_of_the_parts() -> None:
    layout = Layout(Total, Part("address", "", number(1)), Part("value", "", number(4)), Part("quality", "", number(1)))
    assert layout.encode(Total(1, 0x01020304, 0x80)) == b"\x01\x04\x03\x02\x01\x80"


@given(st.lists(bytes_, max_size=246).map(tuple))
def test_a_list_of_objects_is_written_by_hand_as_its_layout_says(objects: tuple[int, ...]) -> None:
    asked = ObjectList(objects)
    assert asked.encode_body() == ObjectList.layout.encode(asked)
    assert asked.count == ObjectList.layout.number_of(asked)
