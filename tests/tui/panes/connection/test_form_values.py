"""Profiles as the texts of a form, and back."""

import math

import pytest
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102.settings import LineSettings
from iec102_tui.panes.connection.form_values import (
    SERIAL,
    Texts,
    addresses_of,
    empty_texts,
    fields_of,
    found_texts,
    line_of,
    preset_texts,
    read,
    texts_of,
)
from iec102_tui.profiles.limits import Limit
from iec102_tui.profiles.presets import read_presets
from iec102_tui.profiles.profile import Profile
from iec102_tui.profiles.ratio import Ratio

TARGETS = [
    "telnet://meter.example:23",
    "rfc2217://[::1]:4001",
    "modem:/dev/ttyUSB0",
    "listen://127.0.0.1:40001",
    "listen://0.0.0.0:40001?allow=192.0.2.0/24,198.51.100.7",
    "serial:/dev/ttyUSB0",
    "tcp://meter.example:40001",
    "tcp://[::1]:4001",
    "simulated:",
    "simulated:?seed=7",
]


@pytest.mark.parametrize("target", TARGETS)
def test_a_profile_comes_back_as_it_was(target: str) -> None:
    profile = Profile(
        target=target, password=Password(7), poll_period=0.5, format="7E1", voltage_ratio=Ratio.parse("66000/110")
    )
    assert read(texts_of(profile)).profile == profile


def test_a_profile_without_password_and_ratios_leaves_their_fields_empty() -> None:
    texts = texts_of(Profile(target="simulated:"))
    assert (texts["password"], texts["voltage_ratio"]) == ("", "")
    filled = read(texts).profile
    assert filled is not None
    assert filled.password is None


def _reasons(**changes: str) -> Texts:
    return dict(read({**texts_of(Profile(target="tcp://host:4001")), **changes}).reasons)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("link_address", "65536", "0 to 65535"),
        ("link_address", "", "0 to 65535"),
        ("point_address", "1.5", "0 to 65535"),
        ("password", "4294967296", "0 to 4294967295"),
        ("timeout", "99", "100 to 600000 ms"),
        ("retries", "9" * 5000, "0 to 100"),
        ("delay", "-1", "0 to 600000 ms"),
        ("poll_period", "nan", "0 to 86400 s"),
        ("poll_period", "1_0", "0 to 86400 s"),
        ("timezone", "Europe/Nowhere", "time zone"),
        ("summer_time", "su", '"auto", "bit" and "zone"'),
        ("voltage_ratio", "500", "primary/secondary"),
        ("host", "", "host name"),
        ("host", "a/b", "host name"),
        ("host", "[", "host name"),
        ("tcp_port", "0", "1 to 65535"),
        ("tcp_port", "65536", "1 to 65535"),
        ("tcp_port", "1/", "1 to 65535"),
    ],
)
def test_a_wrong_text_is_said_at_its_own_field(field: str, text: str, words: str) -> None:
    reasons = _reasons(**{field: text})
    assert list(reasons) == [field]
    assert words in reasons[field]


def test_a_wrong_password_is_not_repeated_in_the_reason() -> None:
    assert "31337x" not in _reasons(password="31337x")["password"]


def test_fields_of_another_kind_of_target_are_not_looked_at() -> None:
    assert not _reasons(kind="Simulated", host="", tcp_port="", port="")


def test_wrong_options_of_the_simulated_meter_are_named() -> None:
    assert "no option" in _reasons(kind="Simulated", options="nonsense=1")["options"]


def test_a_new_meter_lacks_its_port_alone() -> None:
    assert list(read(empty_texts()).reasons) == ["port"]


def test_a_preset_fills_in_and_leaves_the_rest_to_the_user() -> None:
    presets = read_presets()
    endesa, naturgy = preset_texts(presets["Endesa"]), preset_texts(presets["Naturgy"])
    assert (endesa["format"], endesa["link_address"], endesa["password"]) == ("8E1", "", "1")
    assert (naturgy["link_address"], naturgy["point_address"], naturgy["password"]) == ("1", "", "")


def test_the_line_of_a_form_is_known_whatever_else_is_wrong_in_it() -> None:
    texts = empty_texts() | {"link_address": "", "timeout": "500", "format": "8E1"}
    assert line_of(texts) == (None, LineSettings(format="8E1", timeout=500))
    assert line_of(texts | {"port": "/dev/ttyUSB0"})[0] == "serial:/dev/ttyUSB0"
    network = texts | {"kind": "Ethernet", "host": "192.0.2.7", "tcp_port": "40001"}
    assert line_of(network)[0] == "tcp://192.0.2.7:40001"
    assert line_of(texts | {"timeout": "soon"})[1] == LineSettings(format="8E1")
    with pytest.raises(InvalidSetting, match="tcp port"):
        line_of(network | {"tcp_port": ""})


@pytest.mark.parametrize(
    ("meter_id", "address", "known"),
    [("90012345", "7", "12345,7,1"), ("", "", "1"), ("none", "1", "1"), ("", "x", "1"), ("70000", "0", "0,1")],
)
def test_the_addresses_to_try_are_those_of_the_form_and_the_usual_one(meter_id: str, address: str, known: str) -> None:
    assert addresses_of(empty_texts() | {"meter_id": meter_id, "link_address": address}) == known


def test_what_was_found_fills_in_target_settings_and_address() -> None:
    texts = found_texts("serial:/dev/ttyUSB0", 7, LineSettings(1200, "8E1"))
    assert texts == {
        "kind": SERIAL,
        "port": "/dev/ttyUSB0",
        "baudrate": "1200",
        "format": "8E1",
        "link_address": "7",
    }
    assert found_texts("tcp://192.0.2.7:40001", 7, None) == {
        "kind": "Ethernet",
        "host": "192.0.2.7",
        "tcp_port": "40001",
        "link_address": "7",
    }


def test_what_the_query_of_a_target_says_has_its_fields() -> None:
    texts = texts_of(Profile(target="tcp://moxa:4001?dial=+34600&hang_up_after=90"))
    assert (texts["tcp_port"], texts["dial"], texts["hang_up_after"]) == ("4001", "+34600", "90")
    profile = read(texts).profile
    assert profile is not None
    assert (profile.target, profile.dial, profile.hang_up_after) == ("tcp://moxa:4001", "+34600", 90)
    texts = texts_of(Profile(target="rfc2217://moxa:4001?baudrate=1200"))
    assert (texts["tcp_port"], texts["baudrate"]) == ("4001", "1200")


def test_each_kind_has_the_settings_of_its_way() -> None:
    assert fields_of("Modem") == (
        *("port", "baudrate", "format", "dial", "modem_init", "modem_timeout", "hang_up_after"),
    )
    assert fields_of("Ethernet") == ("host", "tcp_port", "dial")
    assert fields_of("RFC 2217") == ("host", "tcp_port", "baudrate", "format")
    assert fields_of("Meter calls") == ("listen_host", "listen_port", "allow", "identification")
    assert fields_of("Serial") == ("port", "baudrate", "format")


def test_a_number_that_no_field_shows_calls_nobody() -> None:
    modem = texts_of(Profile(target="modem:/dev/ttyUSB0", dial="600"))
    assert line_of(modem)[0] == "modem:/dev/ttyUSB0?dial=600"
    serial = read(modem | {"kind": "Serial"}).profile
    assert serial is not None
    assert serial.dial is None
    assert not read(modem | {"kind": "Serial", "identification": "("}).reasons
    assert read(modem | {"dial": "x"}).reasons["dial"].startswith("must be the number of the meter's modem")


def test_who_may_call_is_asked_where_a_meter_calls_in() -> None:
    texts = texts_of(Profile(target="listen://127.0.0.1:40001"))
    assert (
        "say which networks the meter may call from" in read(texts | {"listen_host": "0.0.0.0"}).reasons["listen_host"]
    )
    assert list(read(texts | {"listen_port": "x"}).reasons) == ["listen_port"]
    assert "'here' is no network" in read(texts | {"allow": "here"}).reasons["listen_host"]


def test_limits_pass_through_the_form_unharmed_and_can_be_written_there() -> None:
    limits = (Limit("vi.voltage_l1", 207.0, 253.5), Limit("power.active_total", -math.inf, 450.0))
    texts = texts_of(Profile(target="simulated:", limits=limits))
    assert texts["limits"] == "vi.voltage_l1 207 253.5, power.active_total -inf 450"
    filled = read(texts).profile
    assert filled is not None
    assert filled.limits == limits
    unlimited = read({**texts, "limits": " "}).profile
    assert unlimited is not None
    assert not unlimited.limits


@pytest.mark.parametrize("text", ["vi.voltage_l1", "vi.voltage_l1 207", "vi.voltage_l1 a b", "volts 1 2", ", ,", "nan"])
def test_limits_that_make_no_sense_are_said_at_their_field(text: str) -> None:
    filled = read({**texts_of(Profile(target="simulated:")), "limits": text})
    assert filled.profile is None
    assert [*filled.reasons] == ["limits"]
