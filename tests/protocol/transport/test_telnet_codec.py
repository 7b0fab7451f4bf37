"""Telnet without a connection: what is negotiated, and bytes that stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.settings import LineSettings
from iec102.transport.telnet_codec import PortCommand, TelnetCodec, port_commands

WILL_BINARY, WONT_BINARY, DO_BINARY, DONT_BINARY = (bytes((255, verb, 0)) for verb in (251, 252, 253, 254))


def begun(*, port_control: bool = False) -> TelnetCodec:
    codec = TelnetCodec(port_control=port_control)
    codec.outgoing.clear()
    return codec


def test_binary_mode_is_asked_for_both_ways_and_port_control_where_it_is_wanted() -> None:
    assert bytes(TelnetCodec().outgoing) == WILL_BINARY + DO_BINARY
    assert bytes(TelnetCodec(port_control=True).outgoing) == WILL_BINARY + bytes((255, 251, 44)) + DO_BINARY


@given(
    st.binary(max_size=300), st.integers(1, 7), st.sampled_from([DO_BINARY + WILL_BINARY, DONT_BINARY + WONT_BINARY])
)
def test_any_bytes_come_out_as_they_went_in_however_they_are_cut(data: bytes, cut: int, modes: bytes) -> None:
    codec = begun()
    codec.decode(modes)
    wire = codec.encode(data)
    assert b"".join(codec.decode(wire[at : at + cut]) for at in range(0, len(wire), cut)) == data
    assert not codec.outgoing


def test_a_side_that_refuses_binary_mode_has_a_zero_behind_each_carriage_return() -> None:
    codec = begun()
    assert codec.encode(b"\r") == b"\r"
    codec.decode(DONT_BINARY + WONT_BINARY)
    assert codec.encode(b"\x68\r\xff") == b"\x68\r\0\xff\xff"
    assert codec.decode(b"\r") + codec.decode(b"\0\r\0\0") == b"\r\r\0"


def test_commands_are_taken_out_in_any_pieces() -> None:
    wire = b"\x10" + bytes((255, 251, 1)) + b"\x49" + bytes((255, 241)) + bytes((255, 250, 24, 1, 255, 240)) + b"\x16"
    for cut in range(1, 8):
        codec = begun()
        assert b"".join(codec.decode(wire[at : at + cut]) for at in range(0, len(wire), cut)) == b"\x10\x49\x16"
        assert bytes(codec.outgoing) == bytes((255, 254, 1))  # echoing above all is refused
        assert codec.speaks_telnet


def test_each_request_is_answered_once_and_no_answer_is() -> None:
    codec = begun()
    codec.decode(DO_BINARY + WILL_BINARY)
    assert codec.is_settled
    assert not codec.outgoing
    codec.decode(DO_BINARY + WILL_BINARY)
    assert not codec.outgoing
    codec.decode(bytes((255, 253, 31)))
    assert bytes(codec.outgoing) == bytes((255, 252, 31))
    codec.outgoing.clear()
    codec.decode(bytes((255, 254, 31, 255, 252, 1)))
    assert not codec.outgoing


def test_offers_that_are_wanted_are_taken() -> None:
    codec = begun()
    codec.decode(bytes((255, 251, 3, 255, 253, 3)))
    assert bytes(codec.outgoing) == bytes((255, 253, 3, 255, 251, 3))


def test_an_answer_about_the_port_may_hold_bytes_of_0xff() -> None:
    codec = begun(port_control=True)
    codec.decode(bytes((255, 253, 44)))
    assert codec.controls_port
    for byte in bytes((255, 250, 44, 101, 0, 0, 255, 255, 0, 255, 240)):
        assert codec.decode(bytes((byte,))) == b""
    assert list(codec.answers) == [PortCommand(101, b"\0\0\xff\0")]


def test_a_subnegotiation_without_an_end_does_not_hold_the_line_for_ever() -> None:
    codec = begun()
    codec.decode(bytes((255, 250, 24)) + bytes(70))
    assert codec.decode(b"\x10\x49") == b"\x10\x49"


def test_a_byte_of_0xff_that_begins_no_command_is_one_of_the_line() -> None:
    codec = begun()
    assert codec.decode(b"\xff\x10\x16") == b"\xff\x10\x16"
    assert not codec.speaks_telnet


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        (LineSettings(9600, "8E1"), ["00002580", "08", "03", "01"]),
        (LineSettings(300, "7O2"), ["0000012c", "07", "02", "02"]),
        (LineSettings(115200, "8N1"), ["0001c200", "08", "01", "01"]),
    ],
)
def test_speed_and_format_are_four_commands(settings: LineSettings, values: list[str]) -> None:
    assert [(command.number, command.value.hex()) for command in port_commands(settings)] == list(
        zip((1, 2, 3, 4), values, strict=True)
    )
