"""Schemes: a target in the parts of a form, and back."""

import pytest
from iec102.errors import InvalidTarget
from iec102.open import SCHEMES, parse_target, without_settings
from iec102.settings import LineSettings


@pytest.mark.parametrize(
    ("target", "fields", "again"),
    [
        ("tcp://192.0.2.7:40001", {"host": "192.0.2.7", "tcp_port": "40001"}, None),
        ("tcp://[2001:db8::7]:502", {"host": "2001:db8::7", "tcp_port": "502"}, None),
        (
            "tcp://meter.example.org:5001/",
            {"host": "meter.example.org", "tcp_port": "5001"},
            "tcp://meter.example.org:5001",
        ),
        ("TCP://localhost:1", {"host": "localhost", "tcp_port": "1"}, "tcp://localhost:1"),
        ("serial:/dev/ttyUSB0", {"port": "/dev/ttyUSB0"}, None),
        ("serial:///dev/ttyUSB0", {"port": "/dev/ttyUSB0"}, "serial:/dev/ttyUSB0"),
        ("telnet://192.0.2.7:23", {"host": "192.0.2.7", "tcp_port": "23"}, None),
        ("rfc2217://[2001:db8::7]:502", {"host": "2001:db8::7", "tcp_port": "502"}, None),
        ("simulated:", {"options": ""}, None),
        ("simulated:?seed=7&line=9600-8E1", {"options": "seed=7&line=9600-8E1"}, None),
    ],
)
def test_a_target_is_taken_apart_and_put_together(target: str, fields: dict[str, str], again: str | None) -> None:
    scheme = SCHEMES[target.partition(":")[0].lower()]
    assert scheme.split(target) == fields
    assert scheme.join(fields) == (again or target)
    assert parse_target(scheme.join(fields))


def test_each_field_that_is_wrong_is_told_alone() -> None:
    tcp = SCHEMES["tcp"]
    assert tcp.wrong({"host": "192.0.2.7", "tcp_port": "40001"}) == {}
    assert tcp.wrong({"host": "", "tcp_port": "40001"}) == {"host": "must be a host name or an IP address"}
    assert tcp.wrong({"host": "192.0.2.7", "tcp_port": "x"}) == {"tcp_port": "must be a whole number of 1 to 65535"}
    assert set(tcp.wrong({})) == {"host", "tcp_port"}
    assert SCHEMES["serial"].wrong({"port": " "}) == {"port": "choose a port: Down lists them"}


def test_each_example_is_a_target() -> None:
    for name, scheme in SCHEMES.items():
        assert parse_target(scheme.example).text == scheme.example
        assert scheme.name == name


def test_the_query_gives_settings_of_the_line() -> None:
    target = parse_target("rfc2217://192.0.2.7:40001?baudrate=19200&format=8e1")
    assert target.settings == {"baudrate": 19200, "format": "8E1"}
    assert target.host == "192.0.2.7"
    assert target.opener(LineSettings()).byte_time == 11 / 19200
    assert target.opener(LineSettings()).name == "rfc2217://192.0.2.7:40001"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("rfc2217://192.0.2.7:40001?baud=9600", "no option 'baud' here, only baudrate, format"),
        ("rfc2217://192.0.2.7:40001?baudrate=fast", "baudrate must be a whole number"),
        ("rfc2217://192.0.2.7:40001?baudrate=5", "baud rate 5 is not one of"),
        ("rfc2217://192.0.2.7:40001?format=8X1", "format '8X1' is not one of"),
        ("telnet://192.0.2.7:23?baudrate=9600", "no option 'baudrate' here, only dial"),
        ("tcp://192.0.2.7:23?dial=x", "must be digits"),
    ],
)
def test_a_query_that_is_wrong_is_told(target: str, says: str) -> None:
    with pytest.raises(InvalidTarget, match=says):
        parse_target(target)


def test_settings_can_be_taken_out_of_a_target() -> None:
    assert without_settings("rfc2217://h:1?baudrate=1200&format=8E1", ["baudrate"]) == "rfc2217://h:1?format=8E1"
    assert without_settings("rfc2217://h:1?baudrate=1200", ["baudrate", "format"]) == "rfc2217://h:1"
    assert without_settings("simulated:?link_address=5", ["link_address"]) == "simulated:?link_address=5"
