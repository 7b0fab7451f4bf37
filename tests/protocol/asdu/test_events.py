"""Events and the time ranges by which they and closings are asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    Event,
    Events,
    Raw,
    TimeRange,
    TimeTagA,
    TimeTagB,
    decode_asdu,
    read_closings,
    read_events,
)

START, END = TimeTagA.from_bytes(bytes.fromhex("00 00 01 0A 09")), TimeTagA.from_bytes(bytes.fromhex("00 00 01 02 0A"))


def events_of(text: str) -> Events:
    asdu = decode_asdu(bytes.fromhex(text))
    assert asdu is not None
    assert isinstance(asdu.content, Events)
    return asdu.content


def test_two_events_of_a_real_meter() -> None:
    """A failure of the measuring voltage of phase 1, both senses within one second."""
    first, second = events_of("01 02 05 01 00 34 03 02 00 10 00 07 4B 02 19 03 03 00 10 00 07 4B 02 19").events
    assert (first.address, first.qualifier, first.indication) == (3, 1, False)
    assert (second.address, second.qualifier, second.indication) == (3, 1, True)
    assert str(first.time.local()) == "2025-02-11 07:00:04+01:00"
    assert first.time == second.time


def test_requests() -> None:
    assert read_events(1, 52, START, END).encode() == bytes.fromhex("66 00 06 01 00 34 00 00 01 0A 09 00 00 01 02 0A")
    assert read_closings(1, 136, START, END).encode() == bytes.fromhex(
        "86 01 06 01 00 88 00 00 01 0A 09 00 00 01 02 0A"
    )


def test_what_is_no_whole_number_of_events_keeps_its_bytes() -> None:
    asdu = decode_asdu(bytes.fromhex("01 02 05 01 00 34 03 02 00 10 00 07 4B 02 19"))
    assert asdu is not None
    assert isinstance(asdu.content, Raw)


events = st.builds(
    Event, st.integers(0, 255), st.integers(0, 127), st.booleans(), st.integers(0, 2**56 - 1).map(TimeTagB)
)
tags = st.integers(0, 2**40 - 1).map(TimeTagA)


@given(st.lists(events, max_size=27).map(tuple))
def test_events_both_ways(content: tuple[Event, ...]) -> None:
    asdu = Asdu(1, 5, record=52, content=Events(content))
    assert decode_asdu(asdu.encode()) == asdu


@given(tags, tags, st.integers(0, 127), st.sampled_from([102, 134]))
def test_time_ranges_both_ways(start: TimeTagA, end: TimeTagA, count: int, type_: int) -> None:
    asdu = Asdu(type_, 6, record=52, content=TimeRange(start, end, count))
    assert decode_asdu(asdu.encode()) == asdu
