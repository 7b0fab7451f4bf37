"""ASDUs: bytes of real meters, both ways; nothing raises and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    Block,
    BlockRequest,
    Cause,
    ClockTime,
    Content,
    Identity,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    Password,
    RangeRequest,
    Raw,
    TimeRange,
    TimeTagA,
    TimeTagB,
    Total,
    TotalBlocks,
    decode,
    decode_asdu,
    end_session,
    read_blocks,
    read_clock,
    read_identity,
    read_instantaneous,
    read_totals,
    start_session,
    type_name,
)
from iec102.asdu.catalogue import (
    _DECODERS,
    CATALOGUE,
    READING_TYPES,
    SECRET_TYPES,
    Course,
    Row,
    answer_to,
    fits,
    row_of,
)
from iec102.asdu.instantaneous import (
    Energies,
    Energy,
    InstantaneousObject,
    Power,
    Powers,
    VoltageCurrent,
    VoltagesCurrents,
)
from iec102.errors import InvalidSetting
from iec102.link import Frame, FrameReader
from support.real_frames import needs_real_frames, real_frames


def asdu_of(text: str) -> Asdu:
    (frame,) = FrameReader().feed(bytes.fromhex(text))
    assert isinstance(frame, Frame)
    asdu = decode(frame)
    assert asdu is not None
    assert asdu.encode() == frame.asdu
    return asdu


def tag(text: str) -> TimeTagA:
    return TimeTagA.from_bytes(bytes.fromhex(text))


REQUESTS = [
    (start_session(1, Password(7)), "B7 01 06 01 00 00 07 00 00 00"),
    (end_session(1), "BB 00 06 01 00 00"),
    (read_identity(1), "64 00 05 01 00 00"),
    (read_clock(1), "67 00 05 01 00 00"),
    (read_instantaneous(1), "A2 03 05 01 00 00 C0 C1 C2"),
    (read_instantaneous(1, (192,)), "A2 01 05 01 00 00 C0"),
    (
        read_totals(1, 11, 1, 8, tag("00 12 09 09 00"), tag("00 13 09 09 00"), incremental=False),
        "7A 01 06 01 00 0B 01 08 00 12 09 09 00 00 13 09 09 00",
    ),
    (
        read_totals(258, 12, 1, 1, tag("00 01 03 11 00"), tag("00 20 03 11 00")),
        "7B 01 06 02 01 0C 01 01 00 01 03 11 00 00 20 03 11 00",
    ),
    (
        read_blocks(1, 11, 9, tag("00 01 0A 09 00"), tag("00 01 02 0A 00")),
        "BE 01 06 01 00 0B 09 00 01 0A 09 00 00 01 02 0A 00",
    ),
    (
        read_blocks(1, 21, 10, tag("00 01 0A 09 00"), tag("00 01 02 0A 00"), incremental=False),
        "BD 01 06 01 00 15 0A 00 01 0A 09 00 00 01 02 0A 00",
    ),
]


@pytest.mark.parametrize(("asdu", "text"), REQUESTS)
def test_requests_both_ways(asdu: Asdu, text: str) -> None:
    assert asdu.encode() == bytes.fromhex(text)
    assert decode_asdu(bytes.fromhex(text)) == asdu


@needs_real_frames
def test_every_captured_frame_keeps_its_bytes() -> None:
    for _direction, data in real_frames():
        (frame,) = FrameReader().feed(data)
        assert isinstance(frame, Frame)
        asdu = decode(frame)
        assert (None if asdu is None else asdu.encode()) == frame.asdu


@pytest.mark.parametrize(
    ("text", "type_", "content"),
    [
        ("68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C0 DD 16", 162, ObjectList((192,))),
        ("68 09 09 68 53 58 1B BB 00 06 01 00 00 88 16", 187, Raw()),
        (
            "68 13 13 68 73 58 1B 86 01 06 01 00 88 00 00 01 0A 09 00 00 01 02 0A 1D 16",
            134,
            TimeRange(tag("00 00 01 0A 09"), tag("00 00 01 02 0A"), 1),
        ),
        ("68 0B 0B 68 73 13 BF 9C 02 05 01 00 00 C3 C4 70 16", 156, ObjectList((195, 196))),
        ("68 0A 0A 68 73 13 BF 96 01 05 01 00 86 C5 2D 16", 150, ObjectList((197,))),
    ],
)
def test_requests_of_real_readers(text: str, type_: int, content: Content) -> None:
    asdu = asdu_of(text)
    assert (asdu.type, asdu.content) == (type_, content)


def test_the_error_echo_of_a_real_meter() -> None:
    asdu = asdu_of("68 15 15 68 08 01 00 7B 01 12 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11 EE 16")
    assert (asdu.cause, asdu.is_error, asdu.negative) == (Cause.PERIOD_NOT_AVAILABLE, True, False)
    assert isinstance(asdu.content, RangeRequest)


def test_the_cause_is_masked_and_p_n_and_t_are_kept() -> None:
    asdu = decode_asdu(bytes.fromhex("B7 01 C7 01 00 00 07 00 00 00"))
    assert asdu is not None
    assert (asdu.cause, asdu.negative, asdu.test) == (7, True, True)


def test_absolute_totals_of_the_photovoltaic_plant() -> None:
    asdu = asdu_of(
        "68 3E 3E 68 08 58 1B 08 08 05 01 00 0B 01 18 01 00 00 00 02 6E 1F 03 00 00 03 04 00 00 00 00 04 00 00 00 00 00"
        "05 CC BE 00 00 00 06 98 0D 00 00 00 07 00 00 00 00 80 08 00 00 00 00 80 00 81 B2 09 09 E1 16"
    )
    assert isinstance(asdu.content, IntegratedTotals)
    assert asdu.content.totals[:2] == (Total(1, 280), Total(2, 204_654))
    assert asdu.content.totals[4:] == (Total(5, 48_844), Total(6, 3_480), Total(7, 0, 0x80), Total(8, 0, 0x80))
    assert str(asdu.content.time.local()) == "2009-09-18 01:00:00+02:00"


def test_blocks_of_a_real_meter_are_five_hours_of_eight_values() -> None:
    hours = ((0x49, 0x16), (0x50, 0x12), (0x4B, 0x14), (0x4B, 0x13), (0x4D, 0x13))
    text = "8C 05 05 01 00 0B"
    for hour, (imported, fourth) in enumerate(hours, start=1):
        exported = "01" if hour == 2 else "00"
        text += f"09 {imported:02X} 00 00 00 00 00 00 00 00 00 {exported} 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
        text += f"{fourth:02X} 00 00 00 00 00 00 00 00 80 00 00 00 00 80 00 8{hour} D5 05 10"
    asdu = decode_asdu(bytes.fromhex(text))
    assert asdu is not None
    assert isinstance(asdu.content, TotalBlocks)
    assert [block.totals[0] for block in asdu.content.blocks] == [Total(1, imported) for imported, _ in hours]
    assert [block.totals[5] for block in asdu.content.blocks] == [Total(6, fourth) for _, fourth in hours]
    assert asdu.content.blocks[0].integrated_totals().totals[7] == Total(8, 0, 0x80)
    assert asdu.encode() == bytes.fromhex(text)


def test_the_identity_of_a_real_meter() -> None:
    asdu = asdu_of("68 0F 0F 68 08 01 00 47 01 05 01 00 00 24 42 C6 12 E1 02 78 16")
    assert asdu.content == Identity(2002, 4, 66, 48_304_838)


def test_a_clock_answer_has_no_object_address() -> None:
    asdu = decode_asdu(bytes.fromhex("48 01 05 01 00 00 0A 2A 10 0B E7 02 0A"))
    assert asdu is not None
    assert asdu.content == ClockTime(TimeTagB.from_bytes(bytes.fromhex("0A 2A 10 0B E7 02 0A")))


def test_setting_the_clock_may_be_confirmed_without_the_time() -> None:
    asdu = decode_asdu(bytes.fromhex("B5 00 07 01 00 00"))
    assert asdu is not None
    assert asdu.content == Raw(b"")


def test_the_instantaneous_values_of_a_real_meter() -> None:
    asdu = asdu_of(
        "68 68 68 68 08 01 00 A3 03 05 01 00 00 C0 62 E7 03 00 D2 0F 01 00 99 B1 00 00 5E 25 00 00 9D 01 00 00"
        "06 0B 00 00 37 92 6E 04 15 C1 08 00 00 03 00 00 9A 03 02 00 00 00 00 00 DC 01 03 00 00 01 00 00 05 02"
        "02 00 00 01 00 00 AA 01 37 92 6E 04 15 C2 0C 00 00 55 09 00 00 0D 00 00 55 09 00 00 0C 00 00 47 09 00"
        "00 37 92 6E 04 15 03 16"
    )
    values = asdu.content
    assert isinstance(values, InstantaneousValues)
    assert values.energies is not None
    assert values.powers is not None
    assert values.voltages_currents is not None
    assert values.addresses == {192, 193, 194}
    assert [total.value for total in values.energies.values] == [255_842, 69_586, 45_465, 9_566, 413, 2_822]
    total = values.powers.total
    assert (total.active, total.reactive, total.factor, total.quadrant, total.invalid) == (8, 3, 922, 1, False)
    assert [phase.active for phase in (values.powers.l1, values.powers.l2, values.powers.l3)] == [2, 3, 2]
    assert values.voltages_currents.l1 == VoltageCurrent(12, 2389)
    assert values.voltages_currents.l3 == VoltageCurrent(12, 2375)
    assert str(values.powers.time.local()) == "2021-04-14 18:55:00+02:00"


def test_a_total_has_thirty_bits_and_its_own_invalid_bit() -> None:
    body = b"\xc0" + b"\xff\xff\xff\x3f" + b"\x01\x00\x00\x80" + b"\x02\x00\x00\x40" + bytes(12) + bytes(5)
    asdu = decode_asdu(bytes.fromhex("A3 01 05 01 00 00") + body)
    assert asdu is not None
    assert isinstance(asdu.content, InstantaneousValues)
    assert asdu.content.energies is not None
    assert asdu.content.energies.values[:3] == (Energy(0x3FFF_FFFF), Energy(1, invalid=True), Energy(2, reserved=True))


def first_object(address: int, body: bytes) -> InstantaneousObject:
    """What 163 with this object alone is decoded to."""
    asdu = decode_asdu(bytes((163, 1, 5, 1, 0, 0, address)) + body + bytes(5))
    assert asdu is not None
    assert isinstance(asdu.content, InstantaneousValues)
    return asdu.content.objects[0]


def power_of(word: int) -> Power:
    """The power of these eight bytes."""
    found = first_object(193, word.to_bytes(8, "little") + bytes(24))
    assert isinstance(found, Powers)
    return found.total


@pytest.mark.parametrize(
    ("flags", "quadrant", "signs"), [(0, 1, (5, 7)), (1, 2, (-5, 7)), (3, 3, (-5, -7)), (2, 4, (5, -7))]
)
def test_the_signs_of_a_power_are_its_quadrant(flags: int, quadrant: int, signs: tuple[int, int]) -> None:
    power = power_of(5 | 7 << 24 | flags << 58)
    assert power.quadrant == quadrant
    assert (power.signed_active, power.signed_reactive) == signs
    assert not power.invalid
    assert power_of(1 << 63).invalid


def test_the_voltage_of_a_public_test_vector_is_invalid() -> None:
    # 34 09 00 80: 235.6 V with the flag in the top bit of the last byte
    found = first_object(194, bytes.fromhex("0C 00 00 34 09 00 80") + bytes(14))
    assert isinstance(found, VoltagesCurrents)
    assert found.l1 == VoltageCurrent(12, 2356, invalid=True)


@pytest.mark.parametrize(
    "text",
    [
        "0B 02 05 01 00 0B 01 72 00 00 00 00 00 81 A1 07 10",  # says two totals, carries one
        "0B 81 05 01 00 0B 01 72 00 00 00 00 00 81 A1 07 10",  # SQ set
        "8C 01 05 01 00 0B 0C 72 00 00 00 00 00 81 A1 07 10",  # block of an unknown object
        "A3 01 05 01 00 00 C0 01 02",  # cut off
        "A3 01 05 01 00 00 C5 01 02",  # unknown object
        "47 01 05 01 00 00 24 42",
        "F0 01 05 01 00 00 24 42",  # unknown type
    ],
)
def test_what_does_not_fit_its_layout_keeps_its_bytes_and_gives_no_value(text: str) -> None:
    asdu = decode_asdu(bytes.fromhex(text))
    assert asdu is not None
    assert asdu.content == Raw(bytes.fromhex(text)[6:])


def test_less_than_a_header_is_no_asdu() -> None:
    assert decode_asdu(b"\xa3\x01\x05\x01\x00") is None
    assert decode(Frame(0x0B, 1)) is None


@given(st.binary(min_size=6, max_size=252))
def test_any_bytes_survive(data: bytes) -> None:
    asdu = decode_asdu(data)
    assert asdu is not None
    assert asdu.encode() == data


TYPES = list(_DECODERS)


@given(st.sampled_from(TYPES), st.integers(0, 255), st.binary(max_size=246))
def test_any_body_of_a_known_type_survives(type_: int, count: int, body: bytes) -> None:
    data = bytes((type_, count, 5, 1, 0, 11)) + body
    asdu = decode_asdu(data)
    assert asdu is not None
    assert asdu.encode() == data


tags = st.integers(0, 2**40 - 1).map(TimeTagA)
totals = st.builds(Total, st.integers(0, 255), st.integers(0, 2**32 - 1), st.integers(0, 255))
powers = st.integers(0, 2**64 - 1).map(power_of)
phases = st.builds(VoltageCurrent, st.integers(0, 2**24 - 1), st.integers(0, 2**30 - 1), st.booleans(), st.booleans())
energies = st.builds(Energy, st.integers(0, 2**30 - 1), st.booleans(), st.booleans())
objects = st.one_of(
    st.builds(Energies, st.tuples(*[energies] * 6), tags),
    st.builds(Powers, powers, powers, powers, powers, tags),
    st.builds(VoltagesCurrents, phases, phases, phases, tags),
)
contents = st.one_of(
    st.builds(IntegratedTotals, st.lists(totals, max_size=30).map(tuple), tags).map(lambda content: (11, content)),
    st.lists(objects, min_size=1, max_size=3).map(tuple).map(InstantaneousValues).map(lambda content: (163, content)),
    st.builds(RangeRequest, st.integers(0, 255), st.integers(0, 255), tags, tags).map(lambda content: (122, content)),
    st.builds(BlockRequest, st.integers(0, 255), tags, tags).map(lambda content: (190, content)),
    st.lists(st.integers(0, 255), max_size=5).map(tuple).map(ObjectList).map(lambda content: (162, content)),
)


@given(contents, st.integers(0, 63), st.integers(0, 65_535), st.integers(0, 255), st.booleans(), st.booleans())
def test_encode_then_decode_is_the_identity(
    content: tuple[int, IntegratedTotals], cause: int, point: int, record: int, negative: bool, test: bool
) -> None:
    asdu = Asdu(content[0], cause, point, record, content[1], negative, test)
    assert decode_asdu(asdu.encode()) == asdu
    assert decode_asdu(replace(asdu, record=1).encode()) != replace(asdu, record=2)


def test_types_have_names_and_an_unknown_one_its_number() -> None:
    assert type_name(163) == "instantaneous values"
    assert type_name(199) == "type 199"


def test_the_key_is_in_no_text_of_an_asdu() -> None:
    asdu = start_session(1, Password(42_424_242))
    assert "42424242" not in f"{asdu!r} {asdu}"


POWER = Power(1, 1, 1)
ZERO = TimeTagA(0)


@pytest.mark.parametrize(
    "asdu",
    [
        Asdu(256, 5),
        Asdu(100, 64),
        Asdu(100, 5, point_address=65_536),
        Asdu(100, 5, record=-1),
        read_totals(1, 11, 1, 256, ZERO, ZERO),
        Asdu(11, 5, content=IntegratedTotals((Total(1, 2**32),), ZERO)),
        Asdu(163, 5, content=InstantaneousValues((Energies((Energy(2**30),) * 6, ZERO),))),
        Asdu(163, 5, content=InstantaneousValues((Energies((Energy(1),) * 5, ZERO),))),
        Asdu(163, 5, content=InstantaneousValues((Powers(Power(-1, 1, 1), POWER, POWER, POWER, ZERO),))),
        Asdu(163, 5, content=InstantaneousValues((Powers(Power(1, 1, 1024), POWER, POWER, POWER, ZERO),))),
        Asdu(163, 5, content=InstantaneousValues((VoltagesCurrents(*[VoltageCurrent(2**24, 1)] * 3, ZERO),))),
        Asdu(140, 5, content=TotalBlocks((Block(12, (), ZERO),))),
        Asdu(140, 5, content=TotalBlocks((Block(11, (), ZERO),))),
        Asdu(71, 5, content=Identity(1999, 4, 66, 1)),
        Asdu(71, 5, content=Identity(2002, 16, 66, 1)),
    ],
)
def test_a_value_that_its_field_cannot_hold_is_refused_and_spoils_no_other(asdu: Asdu) -> None:
    with pytest.raises(InvalidSetting):
        asdu.encode()


def test_every_answer_has_a_row_and_what_is_not_known_has_a_number() -> None:
    for row in CATALOGUE.values():
        assert row.answer is None or row.answer in CATALOGUE, row
        assert (row.course is None) == (row.answer is None), row
    assert row_of(199) == Row(199, "type 199", opaque=True)


@pytest.mark.parametrize(
    ("request_", "answer", "course"),
    [
        (100, 71, Course.DIRECT),
        (101, 1, Course.ACTIVATED),
        (102, 1, Course.ACTIVATED),
        (103, 72, Course.DIRECT),
        (122, 8, Course.ACTIVATED),
        (123, 11, Course.ACTIVATED),
        (133, 135, Course.ACTIVATED),
        (134, 136, Course.ACTIVATED),
        (141, 142, Course.DIRECT),
        (144, 145, Course.DIRECT),
        (147, 148, Course.DIRECT),
        (150, 151, Course.DIRECT),
        (156, 157, Course.DIRECT),
        (162, 163, Course.DIRECT),
        (180, 128, Course.ACTIVATED),
        (182, 129, Course.DIRECT),
        (184, 130, Course.ACTIVATED),
        (185, 131, Course.DIRECT),
        (189, 139, Course.ACTIVATED),
        (190, 140, Course.ACTIVATED),
        (181, 181, Course.COMMAND),
        (183, 183, Course.COMMAND),
        (187, 187, Course.COMMAND),
    ],
)
def test_what_answers_a_request_and_how(request_: int, answer: int, course: Course) -> None:
    assert (row_of(request_).answer, row_of(request_).course) == (answer, course)
    assert row_of(answer).name


def test_reads_and_writes() -> None:
    """149 writes holidays; 180 and 184 read signatures; the session is no write."""
    requests = {row.type for row in CATALOGUE.values() if row.course is not None}
    assert requests - READING_TYPES == {137, 143, 146, 149, 181, 186}
    assert requests >= READING_TYPES >= {147, 180, 184, 183, 187}
    assert {132, 163} & READING_TYPES == set()


def test_the_frames_of_three_types_carry_the_key() -> None:
    assert {129, 132, 183} == SECRET_TYPES


@pytest.mark.parametrize("request_", [102, 122, 123, 134, 189, 190])
def test_the_bounds_of_a_range_stand_where_its_layout_has_them(request_: int) -> None:
    layout = row_of(request_).layout
    assert layout is not None
    assert (row_of(request_).bounds, layout.offset("end")) == (layout.offset("start"), layout.offset("start") + 5)


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("A2 03 05 01 00 00 C0 C1 C2", True),
        ("A2 03 05 01 00 00 C0 C1", False),
        ("A2 01 05 01 00 00 C0 B5 01 06 01 00 00", False),
        ("67 00 05 01 00 00", True),
        ("67 00 05 01 00 00 00", False),
        ("BE 01 06 01 00 0B 09 00 01 0A 09 00 00 01 02 0A 00", True),
        ("BE 01 06 01 00 0B 09 00 01 0A 09 00 00 01 02 0A 00 00", False),
        ("BB 00 06 01 00 00", True),
        ("B4 00 06 01 00 0B 01 02", True),  # nobody tells what stands in it
        ("B4 00 06 01 00 0B" + "00" * 13, False),
        ("C7 00 06 01 00 0B" + "00" * 13, True),
        ("95 02 06 01 00 86 01 02", True),  # one source alone tells what stands in it
        ("B5 01 06 01 00 00 0A 2A 10 0B E7 02 0A", True),
        ("B5 01 06 01 00 00 0A 2A 10 0B E7 02 0A 00", False),
    ],
)
def test_the_body_that_a_request_has(text: str, fitting: bool) -> None:
    asdu = decode_asdu(bytes.fromhex(text))
    assert asdu is not None
    assert fits(asdu) is fitting


def test_data_for_a_request_goes_to_its_point_and_record() -> None:
    asked = Asdu(123, Cause.ACTIVATION, 7, 11)
    assert answer_to(asked, Raw(b"x")) == Asdu(11, Cause.REQUEST, 7, 11, Raw(b"x"))
    with pytest.raises(ValueError, match="nobody knows what answers type 11"):
        answer_to(Asdu(11, Cause.REQUEST), Raw())
