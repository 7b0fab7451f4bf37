"""The way to a meter by the gateway of its box: only what is an address gets into a target."""

from __future__ import annotations

import json

import pytest
from iec102.errors import InvalidSetting
from iec102_tui.fleet.gateway import connection_through, target_of
from iec102_tui.fleet.meter import Meter
from iec102_tui.fleet.payloads import Document
from support.fleet_boxes import Box


@pytest.mark.parametrize(
    ("gateway", "target"),
    [
        ("192.0.2.7:40001", "tcp://192.0.2.7:40001"),
        ("tcp://box-17.example:40001", "tcp://box-17.example:40001"),
        ("[2001:db8::1]:40001", "tcp://[2001:db8::1]:40001"),
        ("0.0.0.0:40001", "tcp://box-17:40001"),
        ("[::]:40001", "tcp://box-17:40001"),
        ("box:0", None),
        ("box:70000", None),
        ("box", None),
        ("tcp://box:1?password=7", None),
        ("serial:/dev/ttyUSB0", None),
        ("modem:/dev/ttyUSB0?dial=0906123456", None),
        ("-box:1", None),
        ("a b:1", None),
        ("\N{ARABIC-INDIC DIGIT ONE}:1", None),
    ],
)
def test_what_a_box_says_of_its_gateway(gateway: str, target: str | None) -> None:
    assert target_of(gateway, "box-17") == target


def test_a_box_whose_name_is_none_of_a_host_is_not_guessed_at() -> None:
    assert target_of("0.0.0.0:1", "../x") is None


def meter(**info: object) -> Meter:
    found, box = Meter(("box-17", "north")), Box(1)
    document: Document = {**json.loads(box.info()), **info}
    found.take_info(document)
    return found


def test_a_connection_has_the_meter_s_addresses_and_no_password() -> None:
    connection = connection_through(meter(gateway="192.0.2.7:40001", timezone="Atlantic/Canary"))
    assert connection.target == "tcp://192.0.2.7:40001"
    assert (connection.station.link_address, connection.station.point_address) == (2, 1)
    assert connection.station.password is None
    assert str(connection.zone) == "Atlantic/Canary"
    assert "192.0.2.7:40001" in connection.name


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({}, "does not say where its gateway is"),
        ({"gateway": "not one"}, "no address: not one"),
        ({"gateway": "192.0.2.7:1", "link_address": 70000}, "link address and point address"),
        ({"gateway": "192.0.2.7:1", "point_address": 1.5}, "link address and point address"),
        ({"gateway": "192.0.2.7:1", "point_address": None}, "link address and point address"),
    ],
)
def test_where_there_is_no_way_it_says_why(info: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        connection_through(meter(**info))


@pytest.mark.parametrize("gateway", ["127.0.0.1:1", "tcp://localhost:1", "[::1]:1", "127.1:1"])
def test_a_loopback_of_another_machine_is_not_taken_for_one_of_this(gateway: str) -> None:
    with pytest.raises(InvalidSetting, match="for the programs of that box alone"):
        connection_through(meter(gateway=gateway), "this-box")
    assert connection_through(meter(gateway=gateway), "box-17").target.endswith(":1")


def test_a_zone_that_is_none_is_that_of_the_profile() -> None:
    assert str(connection_through(meter(gateway="192.0.2.7:1", timezone="../etc")).zone) == "Europe/Madrid"
