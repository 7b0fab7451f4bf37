"""`read --publish` where there is no broker: what is said, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from iec102_tui.cli import publishing
from iec102_tui.config import Folders, load
from iec102_tui.publish.message import Kind
from iec102_tui.publish.store import Store

Program = Callable[..., tuple[int, str, str]]
READ = ("read", "simulated:?password=4242", "--password", "4242")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("IEC102_TUI_CONFIG", str(path))
    return path


def test_the_reading_is_printed_and_waits_and_the_command_fails(
    config: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PATIENCE", 0.1)
    config.write_text('[broker]\nurl = "mqtt://127.0.0.1:1"\nsite = "box"\n')
    for waiting, words in (
        (1, "1 reading was not published, it waits"),
        (2, "2 readings were not published, they wait"),
    ):
        status, out, err = program(*READ, "--publish")
        assert status == 1
        assert "Active imported" in out
        assert err.startswith(words)
        assert err.endswith("nothing listens at 127.0.0.1:1: check url in [broker], and whether the broker runs.\n")
        store = Store(Folders().archive / "publish-box.sqlite")
        kept = store.oldest(9, ())
        store.close()
        assert [(each.kind, each.topic) for each in kept] == [(Kind.LIVE, "iec102/box/simulated/live")] * waiting
        assert "4242" not in str(kept)


def test_the_monitor_says_why_it_does_not_publish_and_opens_all_the_same(config: Path) -> None:
    config.write_text('[broker]\nurl = "mqtt://127.0.0.1:1"\nmonitor = true\nversion = 7\n')
    notices: list[str] = []
    assert publishing.for_monitor(load()[0], notices) is None
    assert "version must be 3 (MQTT 3.1.1) or 5." in notices[0]
    config.write_text('[broker]\nurl = "mqtt://127.0.0.1:1"\n')
    assert publishing.for_monitor(load()[0], notices) is None
    assert len(notices) == 1


def test_without_a_broker_it_is_wrong_use(config: Path, program: Program) -> None:
    status, out, err = program(*READ, "--publish")
    assert (status, out) == (2, "")
    assert err == f'There is no broker: set url = "mqtts://HOST:PORT" in {config}, [broker].\n'


def test_a_file_of_settings_that_is_none_is_named(config: Path, program: Program) -> None:
    config.write_text("[broker")
    status, out, err = program(*READ, "--publish")
    assert (status, out) == (2, "")
    assert "is not valid TOML" in err


def test_two_programs_do_not_publish_for_one_site(config: Path, program: Program) -> None:
    config.write_text('[broker]\nurl = "mqtt://127.0.0.1:1"\nsite = "box"\n')
    store = Store(Folders().archive / "publish-box.sqlite")
    status, out, err = program(*READ, "--publish")
    store.close()
    assert (status, out) == (1, "")
    assert err == ("Another program publishes for this site already: end that one, or name another site in [broker].\n")


def test_a_file_of_the_password_that_is_not_there_is_named(config: Path, program: Program) -> None:
    config.write_text('[broker]\nurl = "mqtt://127.0.0.1:1"\nusername = "box"\npassword_file = "/nowhere/x"\n')
    status, out, err = program(*READ, "--publish")
    assert (status, out) == (2, "")
    assert "password_file of [broker] cannot be read: /nowhere/x: No such file or directory" in err
