"""Schemes: a target in the parts of a form, and back."""

import pytest
from iec102.open import SCHEMES, parse_target


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
