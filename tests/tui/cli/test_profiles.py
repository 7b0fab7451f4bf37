from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from iec102_tui.cli import cli
from iec102_tui.profiles.store import InvalidProfile, UnknownProfile
from support.program import run

TWO = """\
[profiles.north]
target = "tcp://north:40001"
link_address = 12345
password = 4242
voltage_ratio = "66000/110"

[profiles."far south"]
target = "serial:/dev/ttyUSB0"
"""
Profiles = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text(TWO)
    path.chmod(0o600)
    return path


@pytest.fixture
def profiles(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Profiles:
    """`iec102-tui --profiles FILE profiles ...`; what the program would say last is in `exception`."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--profiles", str(path), "profiles", *arguments])

    return invoke


def test_the_list_has_a_profile_a_line(profiles: Profiles) -> None:
    done = profiles("list")
    assert done.exit_code == 0
    assert done.stdout == "north      tcp://north:40001\nfar south  serial:/dev/ttyUSB0\n"
    assert done.stderr == ""


def test_the_list_has_what_works_and_says_what_does_not(path: Path, profiles: Profiles) -> None:
    path.write_text(TWO.replace("12345", "123456"))
    done = profiles("list")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["north      (has an error)", "far south  serial:/dev/ttyUSB0"]
    assert "profiles.north.link_address is 123456" in done.stderr


def test_an_empty_list_says_where_it_looked(path: Path, profiles: Profiles) -> None:
    path.write_text("")
    done = profiles("list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert str(path) in done.stderr


def test_the_path_is_printed_whether_there_is_a_file_or_not(path: Path, profiles: Profiles) -> None:
    assert profiles("path").stdout == f"{path}\n"
    path.unlink()
    assert profiles("path").stdout == f"{path}\n"


def test_a_file_without_errors_is_said_to_have_none(path: Path, profiles: Profiles) -> None:
    done = profiles("check")
    assert done.exit_code == 0
    assert done.stdout == f"{path}: 2 profiles, no errors.\n"
    assert done.stderr == ""


def test_every_error_of_the_file_is_said(path: Path, profiles: Profiles) -> None:
    path.write_text(TWO.replace("12345", "123456").replace("4242", '"4242x"') + "[profiles.west]\ntimeout = 5\n")
    done = profiles("check")
    assert done.exit_code == 2
    assert done.stdout == ""
    said = [line.partition(": profiles.")[2] for line in done.stderr.splitlines()]
    assert [line.split()[0] for line in said] == ["north.link_address", "north.password", "west.timeout", "west.target"]
    assert "4242" not in done.stderr


def test_a_key_that_means_nothing_is_told_and_is_no_error(path: Path, profiles: Profiles) -> None:
    path.write_text(TWO.replace("link_address", "link_adress"))
    done = profiles("check")
    assert done.exit_code == 0
    assert "did you mean link_address?" in done.stderr


def test_a_file_with_passwords_that_others_can_read_is_told(path: Path, profiles: Profiles) -> None:
    path.chmod(0o644)
    assert "chmod 600" in profiles("check").stderr
    path.write_text(TWO.replace("password = 4242\n", ""))
    assert profiles("check").stderr == ""


def test_broken_toml_is_named_with_its_line(path: Path, profiles: Profiles) -> None:
    path.write_text("[profiles.north]\ntarget = \n")
    for command in ("check", "list"):
        done = profiles(command)
        assert done.exit_code == 2
        assert "line 2" in done.stderr


def test_a_file_that_was_named_and_does_not_exist_is_an_error(path: Path, profiles: Profiles) -> None:
    path.unlink()
    for command in (["check"], ["list"], ["show", "north"]):
        done = profiles(*command)
        assert isinstance(done.exception, UnknownProfile)
        assert str(path) in str(done.exception)


def test_the_file_in_the_users_folder_need_not_exist(tmp_path: Path) -> None:
    done = run("profiles", "check", XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path))
    assert done.returncode == 0
    assert "does not exist yet" in done.stdout
    assert str(tmp_path / "iec102-tui" / "profiles.toml") in done.stdout
    assert not (tmp_path / "iec102-tui" / "profiles.toml").exists()


def test_a_profile_is_shown_with_its_password_masked(profiles: Profiles) -> None:
    done = profiles("show", "north")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["[profiles.north]", 'target = "tcp://north:40001"']
    assert 'voltage_ratio = "66000/110"' in done.stdout
    assert "timeout = 3000" in done.stdout
    assert "4242" not in done.stdout
    assert "***" in done.stdout


def test_a_profile_without_a_password_is_shown_to_ask_for_it(profiles: Profiles) -> None:
    assert "asked for" in profiles("show", "far south").stdout


def test_an_unknown_or_wrong_profile_cannot_be_shown(path: Path, profiles: Profiles) -> None:
    assert isinstance(profiles("show", "nobody").exception, UnknownProfile)
    path.write_text(TWO.replace("12345", "123456"))
    assert isinstance(profiles("show", "north").exception, InvalidProfile)


def test_names_that_could_change_the_terminal_are_printed_harmlessly(path: Path, profiles: Profiles) -> None:
    path.write_text('[profiles."\\u001B]0;x\\u0007\\n[red]"]\ntarget = "serial:\u202e"\nunknown = 1\n')
    for command in (["list"], ["check"], ["show", "\x1b]0;x\x07\n[red]"]):
        done = profiles(*command)
        assert done.exit_code == 0
        assert all(line.isprintable() for line in done.output.splitlines())
    assert r"\x1b]0;x\x07\n[red]" in profiles("list").stdout


def test_the_number_of_a_modem_is_masked_when_asked(path: Path, profiles: Profiles) -> None:
    path.write_text(
        '[profiles.url]\ntarget = "tcp://moxa:1?hang_up_after=5&dial=+34600123456"\n'
        '[profiles.key]\ntarget = "modem:/dev/ttyUSB0"\ndial = "600123456"\n'
    )
    for name, number, masked in (("url", "+34600123456", "dial=+346***"), ("key", "600123456", 'dial = "600***"')):
        assert number in profiles("show", name).stdout
        shown = profiles("show", name, "--mask-numbers").stdout
        assert masked in shown
        assert "123456" not in shown
