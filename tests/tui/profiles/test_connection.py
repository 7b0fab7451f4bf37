from pathlib import Path

import pytest
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting, InvalidTarget
from iec102.open import parse_target
from iec102.settings import LineSettings, Station
from iec102_tui.profiles.connection import connection_of, demo, is_url, resolve
from iec102_tui.profiles.profile import Profile
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.profiles.store import InvalidProfile, ProfileStore, UnknownProfile

FILE = """
[profiles.north]
target = "tcp://north:40001"
link_address = 5
password = 4242
timeout = 500
poll_period = 2.5
timezone = "Atlantic/Canary"
voltage_ratio = "66000/110"

[profiles.wrong]
target = "tcp://wrong:40001"
timeout = 5
"""


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    path = tmp_path / "profiles.toml"
    path.write_text(FILE)
    return ProfileStore(path)


def test_a_name_gives_what_the_profile_says(store: ProfileStore) -> None:
    connection = resolve("north", {}, store)
    assert connection.name == "north"
    assert connection.target == "tcp://north:40001"
    assert connection.settings == LineSettings(timeout=500)
    assert connection.station == Station(5, 1, Password(4242))
    assert connection.zone.key == "Atlantic/Canary"
    assert connection.poll_period == 2.5
    assert connection.voltage_ratio == Ratio.parse("66000/110")
    assert connection.current_ratio is None


def test_options_go_before_the_profile_and_those_not_given_do_not(store: ProfileStore) -> None:
    options = {"link_address": 7, "password": Password(1), "timeout": None, "format": "8E1", "timezone": "UTC"}
    connection = resolve("north", options, store)
    assert connection.station == Station(7, 1, Password(1))
    assert connection.settings == LineSettings(timeout=500, format="8E1")
    assert connection.zone.key == "UTC"


def test_an_option_out_of_its_range_is_refused(store: ProfileStore) -> None:
    for target in ("north", "tcp://meter:40001"):
        with pytest.raises(InvalidSetting, match="600000"):
            resolve(target, {"timeout": 5}, store)


def test_a_url_has_the_defaults_and_needs_no_profiles(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text("broken")
    connection = resolve("tcp://meter:40001", {"link_address": 9}, ProfileStore(path))
    assert connection.name == connection.target == "tcp://meter:40001"
    assert connection.settings == LineSettings()
    assert connection.station == Station(9)
    assert (connection.zone.key, connection.poll_period) == ("Europe/Madrid", 1.0)


def test_an_unknown_name_and_an_unknown_kind_of_target_are_told_apart(store: ProfileStore) -> None:
    with pytest.raises(UnknownProfile, match="nort"):
        resolve("nort", {}, store)
    with pytest.raises(UnknownProfile):
        resolve("C:", {}, store)
    with pytest.raises(InvalidTarget, match="ftp"):
        resolve("ftp://meter", {}, store)
    with pytest.raises(InvalidTarget):
        resolve("tcp:", {}, store)
    with pytest.raises(InvalidProfile, match="timeout"):
        resolve("wrong", {}, store)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("tcp://meter:1", True),
        ("TCP://meter:1", True),
        ("serial:/dev/ttyUSB0", True),
        ("simulated:", True),
        ("ftp://meter", True),
        ("north", False),
        ("plant: north", False),
        ("simulated", False),
    ],
)
def test_what_is_a_url_cannot_be_a_name(text: str, url: bool) -> None:
    assert is_url(text) is url


def test_the_demo_needs_nothing_from_the_user() -> None:
    connection = demo()
    assert connection.name == "demo"
    assert connection.target == "simulated:"
    assert connection.station == Station(1, 1, Password(1))
    assert (connection.voltage_ratio, connection.current_ratio) == (Ratio.parse("1/1"), Ratio.parse("500/5"))
    assert connection.poll_period == 1.0


def test_a_simulated_meter_is_asked_as_it_was_made(store: ProfileStore) -> None:
    connection = resolve("simulated:?link_address=7&point_address=3&password=99", {}, store)
    assert connection.station == Station(7, 3, Password(99))
    wrong = resolve("simulated:?link_address=7&password=99", {"link_address": 8, "password": Password(0)}, store)
    assert wrong.station == Station(8, 1, Password(0))
    assert connection_of("saved", Profile(target="simulated:")).station.password == Password(1)


@pytest.mark.parametrize("query", ["password=x", "link_address=x", "link_address=70000", "password=-1", "nosuch=1"])
def test_a_simulated_meter_that_cannot_be_made_is_refused(store: ProfileStore, query: str) -> None:
    with pytest.raises(InvalidSetting):
        resolve(f"simulated:?{query}", {}, store)


def test_a_password_that_was_asked_for_completes_a_connection(store: ProfileStore) -> None:
    connection = resolve("tcp://meter:40001", {}, store)
    assert connection.station.password is None
    assert connection.with_password(Password(5)).station == Station(password=Password(5))
    assert connection.with_password(Password(5)).settings == connection.settings


def test_the_repr_of_a_connection_does_not_show_the_password(store: ProfileStore) -> None:
    assert "4242" not in repr(resolve("north", {}, store))


def test_options_go_before_the_query_of_the_url_and_that_before_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text(
        '[profiles.far]\ntarget = "rfc2217://far:1?baudrate=1200"\nbaudrate = 300\nformat = "8E1"\npassword = 1\n'
    )
    far = ProfileStore(path)
    connection = resolve("far", {}, far)
    assert connection.settings == LineSettings(1200, "8E1")
    assert connection.target == "rfc2217://far:1?baudrate=1200"
    connection = resolve("far", {"baudrate": 2400}, far)
    assert connection.settings == LineSettings(2400, "8E1")
    assert parse_target(connection.target).opener(connection.settings).byte_time == 11 / 2400
    assert resolve("rfc2217://far:1?format=7E1", {"format": None}, far).settings == LineSettings(format="7E1")


def test_a_call_has_a_longer_timeout_by_itself_and_one_that_is_given_stands(store: ProfileStore) -> None:
    assert resolve("modem:/dev/ttyUSB0?dial=1", {}, store).settings.timeout == 10_000
    assert resolve("tcp://moxa:1?dial=1", {}, store).settings.timeout == 10_000
    assert resolve("tcp://moxa:1", {"dial": "1"}, store).settings.timeout == 10_000
    assert resolve("tcp://moxa:1", {}, store).settings.timeout == 3000
    assert resolve("modem:/dev/ttyUSB0?dial=1", {"timeout": 3000}, store).settings.timeout == 3000
    saved = connection_of("far", Profile(target="modem:/dev/ttyUSB0", dial="1", timeout=5000))
    assert saved.settings.timeout == 5000


def test_what_tells_meters_at_one_target_apart_belongs_to_it(store: ProfileStore) -> None:
    one, other = (
        connection_of("far", Profile(target="modem:/dev/ttyUSB0", dial=number)).target for number in ("+34600", "601")
    )
    assert (one, other) == ("modem:/dev/ttyUSB0?dial=+34600", "modem:/dev/ttyUSB0?dial=601")
    assert parse_target(one).settings == {"dial": "+34600"}
    given = resolve("modem:/dev/ttyUSB0?dial=600&hang_up_after=5", {"dial": "601"}, store)
    assert given.settings.dial == "601"
    assert given.settings.hang_up_after == 5
    assert parse_target(given.target).opener(given.settings).name == "modem:/dev/ttyUSB0"
