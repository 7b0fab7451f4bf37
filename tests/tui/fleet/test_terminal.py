"""The command on a real terminal, with a real broker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import InvalidSetting
from iec102_tui.config import Config
from iec102_tui.fleet.opening import feed_of
from support.fleet_boxes import Box
from support.mosquitto import broker
from support.program import on_terminal, run
from support.real_programs import required

PATIENCE = 60.0


def test_a_fleet_on_a_terminal(tmp_path: Path) -> None:
    boxes = [Box(number) for number in range(3)]
    with broker(tmp_path / "broker") as made:
        for box in boxes:
            for topic, payload in box.retained(SYSTEM_CLOCK.wall()):
                command = [required("mosquitto_pub"), "-p", str(made.port), "-t", topic, "-m", payload, "-q", "1", "-r"]
                subprocess.run(command, check=True, timeout=PATIENCE)
        with on_terminal("fleet", made.url, columns=80, rows=24, HOME=str(tmp_path)) as terminal:
            terminal.wait_for("3 live", PATIENCE)
            terminal.type(b"/cantera\r")
            terminal.wait_for("1 of 3 pass the filter", PATIENCE)
            terminal.type(b"\r")
            terminal.wait_for("Active imported", PATIENCE)
            terminal.type(b"\x1b")
            terminal.wait_for("1 of 3 pass the filter", PATIENCE)
            made.kill()
            terminal.wait_for("broker away, values of", PATIENCE)
            terminal.type(b"q")
            assert terminal.end(PATIENCE) == 0


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    ended = run("fleet", "mqtt://broker.example", HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "terminal" in ended.stderr


@pytest.mark.parametrize(
    ("broker", "url", "words"),
    [
        ({}, None, "There is no broker"),
        ({}, "mqtt://user:secret@broker.example", "no name and password in url"),
        ({}, "http://broker.example", "url must be"),
        ({"url": "mqtt://a", "password_file": "x"}, None, "goes with username"),
    ],
)
def test_what_is_wrong_with_the_settings_is_one_sentence(broker: dict[str, str], url: str | None, words: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        feed_of(Config(broker=broker), url)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_url_goes_before_the_settings_and_keeps_their_login() -> None:
    config = Config(broker={"url": "mqtt://a", "username": "box", "site": "here"}, low_bandwidth=True)
    settings = feed_of(config, "mqtt://b,mqtt://c").settings
    assert [host.name for host in settings.hosts] == ["b", "c"]
    assert settings.username == "box"
    assert feed_of(config).settings.hosts[0].name == "a"
