"""Bytes on a line whose two ends are set differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102.link import Answer, Function, answer, request
from iec102.settings import BAUDRATES, FORMATS, LineSettings
from iec102.simulator import LineSpeed, SimulatorConfig, connect_memory
from iec102.simulator.wire import heard
from support.receiver import Collector
from support.virtual_time import run

STATUS = request(Function.LINK_STATUS, 12345).encode()
SPEEDS = st.builds(
    lambda rate, form: LineSpeed.parse(f"{rate}-{form}"), st.sampled_from(BAUDRATES), st.sampled_from(FORMATS)
)


def through(data: bytes, sent: str, port: str, *, checked: bool = True) -> bytes:
    return heard(data, LineSpeed.parse(sent), LineSpeed.parse(port), checked=checked)


@given(st.binary(max_size=40), SPEEDS)
def test_between_equal_ports_all_bits_of_a_byte_arrive(data: bytes, speed: LineSpeed) -> None:
    kept = bytes(byte & ((1 << speed.data_bits) - 1) for byte in data)
    assert heard(data, speed, speed, checked=True) == kept


@given(st.binary(max_size=20), SPEEDS, SPEEDS, st.booleans())
def test_whatever_the_settings_something_finite_arrives(
    data: bytes, sent: LineSpeed, port: LineSpeed, checked: bool
) -> None:
    found = heard(data, sent, port, checked=checked)
    assert len(found) <= len(data) * 10 * (1 + port.baudrate // sent.baudrate)
    assert not checked or len(found) <= len(heard(data, sent, port, checked=False))


@pytest.mark.parametrize(
    ("sent", "port"),
    [
        ("9600-8N1", "9600-8E1"),
        ("9600-8E1", "9600-8N1"),
        ("9600-8O1", "9600-8E1"),
        ("9600-7E1", "9600-8E1"),
        ("9600-8N1", "4800-8N1"),
        ("1200-8E1", "9600-8E1"),
    ],
)
def test_a_request_with_other_settings_does_not_arrive_whole(sent: str, port: str) -> None:
    assert STATUS not in through(STATUS, sent, port)


def test_one_stop_bit_more_or_less_does_no_harm() -> None:
    assert through(STATUS, "9600-8E2", "9600-8E1") == STATUS
    assert through(STATUS, "9600-8E1", "9600-8E2") == STATUS


def test_the_port_of_this_machine_hands_over_bytes_with_a_wrong_parity() -> None:
    assert through(STATUS, "9600-8E1", "9600-8O1") == b""
    assert through(STATUS, "9600-8E1", "9600-8O1", checked=False) == STATUS


def test_a_reader_of_the_simulated_meter_is_understood_only_with_the_settings_of_its_line() -> None:
    async def dialogue() -> bytes:
        config = SimulatorConfig(
            link_address=12345, line=LineSpeed.parse("9600-8E1"), quirks=frozenset({"strict-line"})
        )
        collector = Collector()
        transport = connect_memory(config, collector, LineSettings())
        transport.write(STATUS)
        await transport.tune(LineSettings(format="8E1"))
        transport.write(STATUS)
        return await collector.has(6)

    assert run(dialogue()) == answer(Answer.LINK_STATUS, 12345).encode()


def test_a_line_can_only_be_strict_where_there_is_one() -> None:
    with pytest.raises(InvalidSetting, match="9600-8E1"):
        SimulatorConfig(quirks=frozenset({"strict-line"}))
