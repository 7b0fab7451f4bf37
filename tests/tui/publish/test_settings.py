"""[broker]: what the keys mean, and what is said where they are wrong; no password in any sentence."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from iec102.errors import InvalidSetting
from iec102_tui.config import load
from iec102_tui.publish.message import Site
from iec102_tui.publish.outbox import Limits
from iec102_tui.publish.settings import BrokerSettings, Host, broker_settings


def test_a_url_is_enough() -> None:
    assert broker_settings({"url": "mqtt://broker.example"}, None, host="box 7") == BrokerSettings(
        (Host("broker.example", 1883, False),), Site("iec102", "box_7")
    )


def test_every_key_is_read_from_config_toml(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        """
        [broker]
        url = ["mqtts://a.example", "mqtts://[2001:db8::1]:8884"]
        username = "box"
        password_file = "/etc/broker.password"
        ca = "/etc/ca.pem"
        certificate = "/etc/box.pem"
        key = "/etc/box.key"
        site = "north"
        topic = "company/meters"
        version = 5
        discovery = true
        monitor = true
        queue_size = 1
        queue_age = 2
        """
    )
    config, said = load({}, {}, path)
    assert not said
    found = broker_settings(config.broker, path)
    assert found == BrokerSettings(
        (Host("a.example", 8883, True), Host("2001:db8::1", 8884, True)),
        Site("company/meters", "north"),
        "box",
        Path("/etc/broker.password"),
        Path("/etc/ca.pem"),
        Path("/etc/box.pem"),
        Path("/etc/box.key"),
        5,
        True,
        True,
        Limits(1024 * 1024, 7200.0),
    )
    assert [str(host) for host in found.hosts] == ["a.example:8883", "[2001:db8::1]:8884"]


GOOD = {"url": "mqtts://b"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, 'there is no broker: set url = "mqtts://HOST:PORT" in [broker]'),
        ({"url": []}, "there is no broker"),
        ({"url": "http://b"}, "[broker]: url must be "),
        ({"url": 7}, "url must be "),
        ({"url": ["mqtt://a", "mqtt://b:0"]}, "url must be "),
        ({"url": "mqtt://b:99999"}, "url must be "),
        ({"url": "mqtt://b/path"}, "url must be "),
        ({"url": "mqtts://me:hunter2@b"}, "no name and password in url: use username and password_file"),
        (GOOD | {"password": "hunter2"}, "password is not known and has no effect; did you mean password_file?"),
        (GOOD | {"version": 4}, "version must be 3 (MQTT 3.1.1) or 5"),
        (GOOD | {"version": True}, "version must be 3"),
        (GOOD | {"topic": "a/#"}, "topic must be what all topics begin with"),
        (GOOD | {"topic": "/a"}, "topic must be "),
        (GOOD | {"site": "//"}, "cannot be part of a topic"),
        (GOOD | {"discovery": 1}, "discovery must be true or false"),
        (GOOD | {"password_file": "/x"}, "password_file goes with username"),
        (GOOD | {"key": "/x"}, "key goes with certificate"),
        ({"url": "mqtt://b", "ca": "/x"}, "ca has no effect without encryption: write mqtts:// in url"),
        ({"url": ["mqtts://a", "mqtt://b"], "certificate": "/x"}, "certificate has no effect without encryption"),
        (GOOD | {"queue_size": 0}, "queue_size must be a whole number of 1 to 100000 MB"),
    ],
)
def test_what_is_wrong_is_said(table: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        broker_settings(table, None, host="box")
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_file_is_named() -> None:
    with pytest.raises(InvalidSetting, match=r"/etc/config.toml, \[broker\]: version must be"):
        broker_settings(GOOD | {"version": 7}, Path("/etc/config.toml"), host="box")


def test_the_password_is_the_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter 2 \n")
    settings = broker_settings(GOOD | {"username": "u", "password_file": str(file)}, None, host="box")
    assert settings.password() == "hunter 2 "
    file.unlink()
    with pytest.raises(InvalidSetting, match=r"password_file of \[broker\] cannot be read: .*: No such file"):
        settings.password()


def test_files_of_tls_that_are_none_are_named_and_their_content_is_not_said(tmp_path: Path) -> None:
    file = tmp_path / "x.pem"
    file.write_text("hunter2")
    for name in ("ca", "certificate"):
        settings = broker_settings(GOOD | {name: str(file)}, None, host="box")
        with pytest.raises(InvalidSetting, match=rf"{name}.* of \[broker\] cannot be read") as caught:
            settings.tls()
        assert "hunter2" not in str(caught.value)


def test_certificates_are_checked_unless_there_is_no_encryption() -> None:
    context = broker_settings(GOOD, None, host="box").tls()
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert broker_settings({"url": "mqtt://b"}, None, host="box").tls() is None
