import pytest
from iec102.asdu import Password
from iec102.errors import InvalidSetting
from iec102.settings import RANGES, LineSettings, Station


def test_the_defaults_are_the_documented_ones() -> None:
    settings = LineSettings()
    assert (settings.baudrate, settings.format, settings.timeout, settings.retries, settings.delay) == (
        9600,
        "8N1",
        3000,
        3,
        0,
    )
    assert (Station().link_address, Station().point_address, Station().password) == (1, 1, None)


@pytest.mark.parametrize("name", ["timeout", "retries", "delay"])
def test_a_line_setting_is_taken_within_its_range_only(name: str) -> None:
    low, high, _ = RANGES[name]
    for value in (low, high):
        assert getattr(LineSettings(**{name: value}), name) == value  # type: ignore[arg-type]
    for value in (low - 1, high + 1):
        with pytest.raises(InvalidSetting, match=rf"{name}.*{value}.*{low} to {high}"):
            LineSettings(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["link_address", "point_address"])
def test_an_address_has_sixteen_bits(name: str) -> None:
    assert getattr(Station(**{name: 65_535}), name) == 65_535  # type: ignore[arg-type]
    for value in (-1, 65_536):
        with pytest.raises(InvalidSetting, match=rf"{name.replace('_', ' ')}.*{value}.*0 to 65535"):
            Station(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("format_", ["", "8", "9N1", "8X1", "8N3", "8N1 "])
def test_a_format_that_no_port_has_is_told(format_: str) -> None:
    with pytest.raises(InvalidSetting, match="format"):
        LineSettings(format=format_)


@pytest.mark.parametrize("rate", [0, 299, 1234, 230_400])
def test_a_speed_that_no_meter_has_is_told(rate: int) -> None:
    with pytest.raises(InvalidSetting, match="baud rate"):
        LineSettings(baudrate=rate)


@pytest.mark.parametrize(("form", "bits"), [("8N1", 10), ("8E1", 11), ("7E1", 10), ("7N1", 9), ("8O2", 12)])
def test_a_byte_takes_its_start_data_parity_and_stop_bits(form: str, bits: int) -> None:
    assert LineSettings(baudrate=300, format=form).byte_time == pytest.approx(bits / 300)


def test_a_station_does_not_show_its_password() -> None:
    assert "12345678" not in repr(Station(password=Password(12345678)))
