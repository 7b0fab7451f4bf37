"""Transformer ratios, configuration, parameters of a measuring point, dates of summer time, the recorder's objects."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    Configuration,
    Password,
    PointParameters,
    Port,
    Raw,
    Recorder,
    RecorderObject,
    SummerTimeDates,
    TimeTagA,
    decode_asdu,
    read_point_parameters,
    read_summer_time_dates,
)
from iec102.asdu.configuration import (
    RECORDER_LENGTHS,
    TransformerRatios,
    ratios_of,
    read_configuration,
    read_recorder_ratios,
)

# The ratios of a real meter: 17 500 V to 110 V, 2.5 A to 5 A is what it sends; a plausible one beside it.
PLAUSIBLE = TransformerRatios(175_000, 1_100, 5_000, 50)
PACKED = struct.pack("<4I", 175_000, 1_100, 5_000, 50)


def configuration(offset: int, packed: bytes) -> Asdu:
    return Asdu(142, 5, content=Raw(bytes(offset) + packed + bytes(246 - offset - 16)), count=1)


@pytest.mark.parametrize("offset", [42, 61])
def test_the_ratios_are_found_at_either_place(offset: int) -> None:
    assert ratios_of(configuration(offset, PACKED)) == PLAUSIBLE


def test_the_recorder_object_has_them_behind_its_address() -> None:
    assert ratios_of(Asdu(157, 5, content=Raw(b"\xc6" + PACKED), count=1)) == PLAUSIBLE


@pytest.mark.parametrize(
    "values",
    [(0, 0, 0, 0), (175_000, 0, 5_000, 50), (20_000_000, 1_100, 5_000, 50), (1_100, 175_000, 5_000, 50)],
)
def test_ratios_that_make_no_sense_are_none(values: tuple[int, int, int, int]) -> None:
    assert ratios_of(configuration(42, struct.pack("<4I", *values))) is None


@given(st.sampled_from([142, 157, 163]), st.binary(max_size=246))
def test_any_answer_is_looked_at_without_a_fault(type_: int, body: bytes) -> None:
    ratios_of(Asdu(type_, 5, content=Raw(body), count=1))


def test_the_requests() -> None:
    assert read_configuration(1).encode() == bytes.fromhex("8D 00 05 01 00 00")
    assert read_recorder_ratios(1).encode() == bytes.fromhex("9C 01 05 01 00 00 C6")


# As a real meter sends it, but for its secondary current and its reserve.
REAL = (
    "42 4B 41 4D C6 12 E1 02 24 00 80 0A 02 03 26 06 08 FF" + "20" * 20 + "06 08 06 08"
    "98 AB 02 00 4C 04 00 00 19 00 00 00 32 00 00 00 3C 0F 00 1A"
)


def whole(text: str) -> bytes:
    return bytes.fromhex("8E 01 05 01 00 00") + bytes.fromhex(text).ljust(246, b"\0")


def test_the_configuration_of_a_real_meter() -> None:
    asdu = decode_asdu(whole(REAL))
    assert asdu is not None
    assert asdu.encode() == whole(REAL)
    found = asdu.content
    assert isinstance(found, Configuration)
    assert (found.manufacturer, found.model, found.firmware, found.serial_number) == (66, b"KA", 77, 48_304_838)
    assert (found.standard_year, found.standard_month, found.battery) == (2002, 4, 38)
    assert found.protocol_date.year == 2003
    assert found.ports == (Port(6, 8, 255, b" " * 20), Port(6, 8), Port(6, 8))
    assert found.ratios == TransformerRatios(175_000, 1_100, 25, 50)
    assert (found.integration_periods, found.contracts) == ((60, 15, 0), 0x1A)


def test_two_full_ports_are_read_where_only_they_give_ratios() -> None:
    head, port = REAL[: REAL.index("06 08 FF")], "06 08 FF" + "20" * 20
    text = head + port + port + PACKED.hex() + "3C0F001A"
    asdu = decode_asdu(whole(text))
    assert asdu is not None
    assert asdu.encode() == whole(text)
    assert isinstance(asdu.content, Configuration)
    assert asdu.content.ports == (Port(6, 8, 255, b" " * 20),) * 2
    assert asdu.content.ratios == PLAUSIBLE


@given(st.binary(min_size=246, max_size=246))
def test_any_configuration_keeps_its_bytes(body: bytes) -> None:
    asdu = decode_asdu(bytes.fromhex("8E 01 05 01 00 00") + body)
    assert asdu is not None
    assert isinstance(asdu.content, Configuration)
    assert asdu.content.encode_body() == body


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


def test_requests_of_parameters() -> None:
    assert read_point_parameters(1).encode() == bytes.fromhex("B6 00 05 01 00 00")
    assert read_summer_time_dates(1).encode() == bytes.fromhex("B9 00 05 01 00 00")
