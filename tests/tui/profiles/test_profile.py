import math
import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102.settings import BAUDRATES, FORMATS, RANGES
from iec102_tui.profiles.collect_options import CollectOptions
from iec102_tui.profiles.limits import Limit
from iec102_tui.profiles.profile import decode, encode, unknown_keys
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.profiles.settings_table import KEYS, Profile, check, wanted

FULL = """
target = "serial:/dev/serial/by-id/usb-FTDI_1-if00"
baudrate = 19200
format = "8E1"
link_address = 12345
point_address = 2
password = 4242
timeout = 1500
retries = 5
delay = 20
settle = 1500
dial = "+34600123456"
modem_init = "ATZ; AT+CBST=7,0,1"
modem_timeout = 90000
hang_up_after = 120
identification = "^ID=12345$"
poll_period = 2.5
autoconnect = true
timezone = "Atlantic/Canary"
voltage_ratio = "66000/110"
current_ratio = "500/5"
summer_time = "zone"
cups = "ES0021000000000001RK1P"
distributor = "0021"
retailer = "0100"
cil = "ES0021000000000001RK1F001"
gateway = "127.0.0.1:40200"
gateway_allow = "192.0.2.0/24, 198.51.100.7"
gateway_types = "181, 185"
gateway_addresses = "2, 3"
gateway_lend = 30
gateway_lend_to = "192.0.2.7"

[limits]
"vi.voltage_l1" = [207, 253]
"power.active_total" = [-inf, 450.5]

[collect]
live = 5
profile = ["hourly", "quarter-hourly"]
every = "15min"
"""


def only_fault(**table: object) -> str:
    profile, faults = decode({"target": "tcp://meter:40001", **table})
    assert profile is None
    assert len(faults) == 1
    return f"{faults[0].key} {faults[0].message}"


def test_a_profile_needs_nothing_but_a_target_and_has_the_defaults_of_the_command_line() -> None:
    profile, faults = decode({"target": "tcp://meter:40001"})
    assert not faults
    assert profile == Profile(
        target="tcp://meter:40001",
        baudrate=9600,
        format="8N1",
        link_address=1,
        point_address=1,
        password=None,
        timeout=3000,
        retries=3,
        delay=0,
        poll_period=1.0,
        timezone="Europe/Madrid",
        voltage_ratio=None,
        current_ratio=None,
        summer_time="auto",
    )


def test_every_key_is_read() -> None:
    profile, faults = decode(tomllib.loads(FULL))
    assert not faults
    assert profile == Profile(
        target="serial:/dev/serial/by-id/usb-FTDI_1-if00",
        baudrate=19200,
        format="8E1",
        link_address=12345,
        point_address=2,
        password=Password(4242),
        timeout=1500,
        retries=5,
        delay=20,
        settle=1500,
        dial="+34600123456",
        modem_init="ATZ; AT+CBST=7,0,1",
        modem_timeout=90_000,
        hang_up_after=120,
        identification="^ID=12345$",
        poll_period=2.5,
        autoconnect=True,
        timezone="Atlantic/Canary",
        voltage_ratio=Ratio.parse("66000/110"),
        current_ratio=Ratio.parse("500/5"),
        summer_time="zone",
        gateway="127.0.0.1:40200",
        gateway_allow="192.0.2.0/24, 198.51.100.7",
        gateway_types="181, 185",
        gateway_addresses="2, 3",
        gateway_lend=30,
        cups="ES0021000000000001RK1P",
        distributor="0021",
        retailer="0100",
        cil="ES0021000000000001RK1F001",
        gateway_lend_to="192.0.2.7",
        limits=(Limit("vi.voltage_l1", 207.0, 253.0), Limit("power.active_total", -math.inf, 450.5)),
        collect=CollectOptions(5.0, ("hourly", "quarter-hourly"), "15min"),
    )


def test_what_is_written_is_what_was_read() -> None:
    table = tomllib.loads(FULL)
    profile, _ = decode(table)
    assert profile
    assert encode(profile) == table
    assert tuple(encode(profile)) == KEYS


_whole = {
    key: st.integers(RANGES[key][0], RANGES[key][1])
    for key in ("link_address", "point_address", "timeout", "retries", "delay")
}
_ratios = st.builds(lambda one, other: Ratio.parse(f"{one}/{other}"), st.integers(1, 999_999), st.integers(1, 999_999))


@given(
    st.builds(
        Profile,
        target=st.sampled_from(["tcp://10.0.0.1:40001", "tcp://[::1]:1", "serial:/dev/ttyUSB0"]),
        baudrate=st.sampled_from(BAUDRATES),
        format=st.sampled_from(FORMATS),
        password=st.none() | st.builds(Password, st.integers(0, 2**32 - 1)),
        poll_period=st.floats(0, 86_400),
        timezone=st.sampled_from(["Europe/Madrid", "UTC"]),
        voltage_ratio=st.none() | _ratios,
        current_ratio=st.none() | _ratios,
        summer_time=st.sampled_from(("auto", "bit", "zone")),
        **_whole,
    )
)
def test_every_profile_survives_its_file(profile: Profile) -> None:
    assert decode(tomllib.loads(tomli_w.dumps(encode(profile)))) == (profile, [])


@pytest.mark.parametrize(
    ("key", "lowest", "highest"),
    [
        ("link_address", 0, 65_535),
        ("point_address", 0, 65_535),
        ("timeout", 100, 600_000),
        ("retries", 0, 100),
        ("delay", 0, 600_000),
        ("modem_timeout", 1000, 600_000),
        ("hang_up_after", 1, 86_400),
        ("poll_period", 0, 86_400),
        ("password", 0, 4_294_967_295),
        ("baudrate", 300, 115_200),
    ],
)
def test_both_ends_of_a_range_are_in_it_and_their_neighbours_are_not(key: str, lowest: int, highest: int) -> None:
    for value in (lowest, highest):
        profile, faults = decode({"target": "tcp://meter:40001", key: value})
        assert profile, faults
    for value in (lowest - 1, highest + 1, 10**30, -(10**30)):
        said = only_fault(**{key: value})
        assert said.startswith(f"{key} ")
        assert str(highest) in said
        assert str(lowest) in said
        if key != "password":
            assert f"is {value}; it must be" in said


@pytest.mark.parametrize("key", [key for key in KEYS if key != "target"])
@pytest.mark.parametrize("value", [True, [], {"a": 1}, "many words", 1.5, float("nan"), float("inf"), -1, ""])
def test_a_value_of_another_kind_is_refused_with_what_may_be_there(key: str, value: object) -> None:
    if (key, value) in (("poll_period", 1.5), ("autoconnect", True)):  # of its kind
        return
    assert wanted(key) in only_fault(**{key: value})


def test_a_missing_target_is_said_with_the_kinds_of_targets() -> None:
    profile, faults = decode({"baudrate": 9600})
    assert profile is None
    assert [(fault.key, "tcp://HOST:PORT" in fault.message) for fault in faults] == [("target", True)]


@pytest.mark.parametrize("target", ["ftp://meter:21", "meter", "", "tcp://meter", "tcp://meter:99999", "serial:"])
def test_a_target_that_makes_no_sense_is_refused(target: str) -> None:
    profile, faults = decode({"target": target})
    assert profile is None
    assert faults[0].key == "target"


@pytest.mark.parametrize(
    "name", ["Mars/Phobos", "", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/Madrid\0", "x" * 300]
)
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    assert "Europe/Madrid" in only_fault(timezone=name)


def test_all_faults_of_a_profile_are_said_in_the_order_of_its_keys() -> None:
    _, faults = decode({"current_ratio": "5", "baudrate": "fast", "retries": -1, "target": 5})
    assert [fault.key for fault in faults] == ["target", "baudrate", "retries", "current_ratio"]


@pytest.mark.parametrize("password", ["s3cret-9999", "99991234567", 99991234567, -9999, 9999.5, [9999], {"x": 9999}])
def test_a_wrong_password_is_not_shown(password: object) -> None:
    said = only_fault(password=password)
    assert said == "password must be a whole number of 0 to 4294967295."


def test_the_repr_of_a_profile_does_not_show_the_password() -> None:
    profile, _ = decode(tomllib.loads(FULL))
    assert "4242" not in repr(profile)
    assert "4242" not in str(profile)
    assert "password=***" in repr(profile)


def test_what_is_shown_of_a_wrong_value_cannot_change_the_terminal() -> None:
    said = only_fault(format="\x1b]0;owned\x07\u202e\n" + "x" * 1000)
    assert said.isprintable()
    assert len(said) < 200


def test_markup_in_a_value_is_plain_text() -> None:
    assert '"[bold red]8N1[/]"' in only_fault(format="[bold red]8N1[/]")


def test_a_key_that_no_profile_has_is_named_with_the_one_perhaps_meant() -> None:
    (fault, other) = unknown_keys({"target": "simulated:", "link_adress": 5, "zzz": 1})
    assert fault.key == "link_adress"
    assert "did you mean link_address?" in fault.message
    assert other.message.endswith("no effect.")


def test_a_profile_made_by_the_program_is_checked_too() -> None:
    with pytest.raises(InvalidSetting):
        Profile(target="tcp://meter:40001", timeout=5)
    with pytest.raises(InvalidSetting):
        Profile(target="tcp://meter:40001", poll_period=float("nan"))
    with pytest.raises(InvalidSetting):
        Profile(target="meter")


def test_a_form_can_check_one_key() -> None:
    check("baudrate", 9600)
    with pytest.raises(InvalidSetting, match="70000"):
        check("link_address", 70000)


_texts = st.text("aE/:18N.-[ \0\x1b\u202eñ", max_size=12)
_values = st.none() | st.booleans() | st.integers() | st.floats() | _texts | st.lists(_texts, max_size=2)


@given(st.dictionaries(st.sampled_from(KEYS), _values))
def test_no_table_makes_the_decoder_fail(table: dict[str, object]) -> None:
    profile, faults = decode(table)
    assert (profile is None) == bool(faults)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"vi.voltage_l4": [1, 2]}, '"vi.voltage_l4" is no signal'),
        ({"vi": {"voltage_l1": [1, 2]}}, "in quotes"),
        ({"vi.voltage_l1": [1, 2, 3]}, "two numbers"),
        ({"vi.voltage_l1": [1, "2"]}, "two numbers"),
        ({"vi.voltage_l1": [True, 2]}, "two numbers"),
        ({"vi.voltage_l1": [math.nan, 2]}, "two numbers"),
        ({"vi.voltage_l1": 207}, "two numbers"),
        ({"vi.voltage_l1": [253, 207]}, "lowest value first"),
        ({"vi.voltage_l1": [253, 253]}, "lowest value first"),
        ({"vi.voltage_l1": [math.inf, math.inf]}, "lowest value first"),
    ],
)
def test_limits_that_make_no_sense_are_refused_with_the_signal(limits: dict[str, object], words: str) -> None:
    said = only_fault(limits=limits)
    assert words in said
    assert said.startswith("limits is wrong: ")


def test_a_limit_holds_its_bounds_and_an_infinite_one_is_none() -> None:
    limit = Limit("vi.voltage_l1", 207.0, 253.0)
    assert [limit.crossed(value) for value in (206.9, 207.0, 253.0, 253.1)] == [207.0, None, None, 253.0]
    assert Limit("power.active_total", -math.inf, 450.0).crossed(-1e9) is None
