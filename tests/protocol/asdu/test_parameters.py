"""Parameters of a measuring point, dates of summer time, the recorder's objects."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    Password,
    PointParameters,
    Raw,
    Recorder,
    RecorderObject,
    SummerTimeDates,
    TimeTagA,
    decode_asdu,
    read_point_parameters,
    read_summer_time_dates,
)
from iec102.asdu.configuration import RECORDER_LENGTHS

tags = st.integers(0, 2**40 - 1).map(TimeTagA)
words, bytes_ = st.integers(0, 65_535), st.integers(0, 255)
parameters = st.builds(
    PointParameters,
    words,
    bytes_,
    words,
    st.integers(0, 2**32 - 1).map(Password),
    bytes_,
    words,
    st.binary(max_size=234),
)
objects = st.sampled_from(list(RECORDER_LENGTHS)).flatmap(
    lambda address: st.binary(min_size=RECORDER_LENGTHS[address], max_size=RECORDER_LENGTHS[address]).map(
        lambda data: RecorderObject(address, data)
    )
)


def test_a_whole_answer_of_129_fills_the_longest_asdu_and_does_not_print_the_key() -> None:
    content = PointParameters(7000, 1, 1, Password(1_234_567_890), 60, 4000)
    asdu = Asdu(129, 5, content=content)
    assert len(asdu.encode()) == 252
    assert decode_asdu(asdu.encode()) == asdu
    assert "1234567890" not in repr(asdu)


@given(parameters)
def test_parameters_both_ways(content: PointParameters) -> None:
    asdu = Asdu(129, 5, content=content)
    assert decode_asdu(asdu.encode()) == asdu


@given(tags, tags)
def test_dates_of_summer_time_both_ways(begins: TimeTagA, ends: TimeTagA) -> None:
    asdu = Asdu(131, 5, content=SummerTimeDates(begins, ends))
    assert decode_asdu(asdu.encode()) == asdu


@given(st.lists(objects, max_size=5).map(tuple))
def test_objects_of_the_recorder_both_ways(content: tuple[RecorderObject, ...]) -> None:
    asdu = Asdu(157, 5, content=Recorder(content))
    found = decode_asdu(asdu.encode())
    assert found == asdu
    for part in content:
        assert Recorder(content).data(part.address) is not None


def test_an_object_of_the_recorder_that_is_not_known_keeps_all_bytes() -> None:
    asdu = decode_asdu(bytes.fromhex("9D 02 05 01 00 00 C0 55 D0 01"))
    assert asdu is not None
    assert asdu.content == Raw(bytes.fromhex("C0 55 D0 01"))


def test_requests() -> None:
    assert read_point_parameters(1).encode() == bytes.fromhex("B6 00 05 01 00 00")
    assert read_summer_time_dates(1).encode() == bytes.fromhex("B9 00 05 01 00 00")
