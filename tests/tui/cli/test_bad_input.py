"""Mistakes that a new user makes: each ends in one sentence that says what to check, with the promised exit status.

What it answers is all that counts: the real program in a process of its own, and where one table has many mistakes, the
command line in this one.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.program import run, simulated_meter

SECRET = "4242424242"
QUICK = ("--password", "1", "--timeout", "150", "--retries", "1")
METER_FAILED, WRONG_USE = 1, 2
Program = Callable[..., tuple[int, str, str]]
Refusal = Callable[..., str]


def sentence(status: int, *arguments: str, **environment: str) -> str:
    """The one sentence with which the program refuses these arguments, after checking that it is all there is."""
    done = run(*arguments, **environment)
    return the_one(status, (done.returncode, done.stdout, done.stderr))


def the_one(status: int, done: tuple[int, str, str]) -> str:
    found, output, errors = done
    assert found == status, done
    assert output == ""
    assert "Traceback" not in errors
    lines = [line for line in errors.splitlines() if line.strip()]
    if status == WRONG_USE:  # the usage may stand before it
        lines = [line for line in lines if not line.startswith(("Usage:", "Try "))]
    assert len(lines) == 1, errors
    assert lines[0].endswith((".", "?")), lines[0]
    assert len(lines[0]) < 400
    return lines[0]


@pytest.fixture
def refusal(program: Program, monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """``sentence`` without a process."""

    def refused(status: int, *arguments: str, **environment: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            return the_one(status, program(*arguments))

    return refused


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    with simulated_meter("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:00+01:00") as url:
        yield url


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles.north]\ntarget = "tcp://127.0.0.1:1"\n\n[profiles.south]\ntarget = "simulated:"\n')
    path.chmod(0o600)
    return path


@contextlib.contextmanager
def listening() -> Iterator[int]:
    """A port on which somebody accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    with listening() as port:
        return port


# Profiles


@pytest.mark.parametrize("command", [("read", "noth"), ("--profile", "noth"), ("profiles", "show", "noth")])
def test_an_unknown_profile_is_named_with_those_that_exist(profiles: Path, command: tuple[str, ...]) -> None:
    said = sentence(WRONG_USE, "--profiles", str(profiles), *command)
    assert "noth" in said
    assert "north" in said


def test_a_broken_toml_file_is_named_with_the_line(profiles: Path) -> None:
    profiles.write_text("[profiles.north]\ntarget = \n")
    said = sentence(WRONG_USE, "--profiles", str(profiles), "read", "north")
    assert str(profiles) in said
    assert "line 2" in said


def test_a_profiles_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    assert str(missing) in sentence(WRONG_USE, "--profiles", str(missing), "read", "north")


def test_a_folder_in_place_of_the_profiles_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in sentence(WRONG_USE, "--profiles", str(tmp_path), "read", "north")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("link_address = 70000", "link_address"),
        ('link_address = "five"', "link_address"),
        ('format = "9X1"', "format"),
        ("timeout = 5", "timeout"),
        ('timezone = "Mars/Phobos"', "timezone"),
        ('voltage_ratio = "66000:110"', "voltage_ratio"),
        ("poll_period = -1.0", "poll_period"),
    ],
)
def test_a_wrong_value_in_a_profile_is_named_and_the_other_profiles_work(
    profiles: Path, line: str, key: str, refusal: Refusal, program: Program
) -> None:
    profiles.write_text(profiles.read_text().replace("[profiles.south]", f"{line}\n[profiles.south]"))
    said = refusal(WRONG_USE, "--profiles", str(profiles), "read", "north")
    assert "north" in said
    assert key in said
    assert program("--profiles", str(profiles), "read", "south")[0] == 0


def test_a_wrong_password_in_a_profile_is_not_shown(profiles: Path) -> None:
    profiles.write_text(f'[profiles.north]\ntarget = "simulated:"\npassword = "{SECRET}x"\n')
    said = sentence(WRONG_USE, "--profiles", str(profiles), "read", "north")
    assert "password" in said
    assert SECRET not in said


# Targets and options


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("ftp://127.0.0.1:21", "ftp"),
        ("tcp://127.0.0.1", "port"),
        ("tcp://127.0.0.1:99999", "99999"),
        ("tcp://127.0.0.1:abc", "abc"),
        ("tcp://:40001", "host"),
        ("serial:", "serial:"),
        ("simulated:?speed=9", "speed"),
        ("simulated:?quirk=nosuch", "nosuch"),
        ("simulated:?fault=drop=2", "drop"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(target: str, named: str, refusal: Refusal) -> None:
    assert named in refusal(WRONG_USE, "read", target).lower()


@pytest.mark.parametrize(
    ("option", "value", "range_end"),
    [
        ("--link-address", "70000", "65535"),
        ("--link-address", "-1", "65535"),
        ("--point-address", "65536", "65535"),
        ("--timeout", "99", "600000"),
        ("--retries", "101", "100"),
        ("--delay", "600001", "600000"),
        ("--baudrate", "200", "115200"),
        ("--format", "9X1", "8N1"),
        ("--timezone", "Mars/Phobos", "Europe/Madrid"),
        ("--watch", "-1", "0"),
        ("--watch", "soon", ""),
    ],
)
def test_an_option_out_of_range_is_refused_with_its_range(
    option: str, value: str, range_end: str, refusal: Refusal
) -> None:
    said = refusal(WRONG_USE, "read", "simulated:", option, value)
    assert option.lstrip("-") in said.lower()
    assert range_end in said


@pytest.mark.parametrize("text", [f"{SECRET}99", f"x{SECRET}", f"-{SECRET}"])
def test_a_password_that_is_no_key_is_refused_without_showing_it(text: str, refusal: Refusal) -> None:
    assert SECRET not in refusal(WRONG_USE, "read", "simulated:", f"--password={text}")
    assert SECRET not in refusal(WRONG_USE, "read", "simulated:", IEC102_PASSWORD=text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("read",),
        ("red", "simulated:"),
        ("read", "simulated:", "more"),
        ("read", "simulated:", "--nosuch"),
        ("simulate", "--clock", "yesterday"),
        ("simulate", "--line", "9600-9Q1"),
        ("simulate", "--line", "fast"),
        ("simulate", "--quirk", "nosuch"),
        ("simulate", "--fault", "nosuch=0.1"),
        ("simulate", "--fault", "drop"),
        ("simulate", "--fault", "drop=2"),
        ("simulate", "--tcp", "nowhere"),
        ("simulate", "--tcp", "127.0.0.1:0", "--pty"),
        ("simulate", "--link-address", "70000"),
        ("decode", "104"),
        ("decode", "hello"),
        ("decode", "--file", "/nonexistent/capture"),
    ],
)
def test_wrong_use_of_a_command_is_refused(arguments: tuple[str, ...], refusal: Refusal) -> None:
    refusal(WRONG_USE, *arguments)


def test_the_monitor_is_not_opened_without_a_terminal() -> None:
    assert "terminal" in sentence(WRONG_USE, "--demo")


# The line and the meter


def test_a_port_on_which_nobody_listens_is_named() -> None:
    target = f"tcp://127.0.0.1:{closed_port()}"
    assert target.removeprefix("tcp://") in sentence(METER_FAILED, "read", target, *QUICK)


def test_a_host_that_does_not_exist_is_named() -> None:
    assert "no-such-host.invalid" in sentence(METER_FAILED, "read", "tcp://no-such-host.invalid:40001", *QUICK)


def test_a_host_that_does_not_answer_is_said_with_what_to_check() -> None:
    with listening() as port:
        said = sentence(METER_FAILED, "read", f"tcp://127.0.0.1:{port}", *QUICK)
    assert "answer" in said


def test_a_host_that_hangs_up_at_once_is_said() -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--fault", "disconnect=1") as url:
        said = sentence(METER_FAILED, "read", url, *QUICK)
    assert "closed" in said or "connection" in said


def test_a_serial_port_that_does_not_exist_is_named() -> None:
    assert "/dev/ttyNOSUCH" in sentence(METER_FAILED, "read", "serial:/dev/ttyNOSUCH", *QUICK)


def test_a_file_that_is_no_serial_port_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert str(path) in sentence(METER_FAILED, "read", f"serial:{path}", *QUICK)


def test_a_serial_port_in_use_is_said() -> None:
    with simulated_meter("--pty") as url, _holding(url.removeprefix("serial:")):
        said = sentence(METER_FAILED, "read", url, *QUICK)
    assert url.removeprefix("serial:") in said
    assert "use" in said


@contextlib.contextmanager
def _holding(path: str) -> Iterator[None]:
    import serial

    with serial.Serial(path, exclusive=True):
        yield


def test_a_port_that_is_taken_is_named_by_the_simulated_meter() -> None:
    with listening() as port:
        said = sentence(METER_FAILED, "simulate", "--tcp", f"127.0.0.1:{port}")
    assert str(port) in said
    assert "use" in said


def test_a_wrong_link_address_leads_to_the_link_address(meter: str) -> None:
    said = sentence(METER_FAILED, "read", meter, "--link-address", "2", *QUICK)
    assert "link address" in said


def test_a_wrong_point_address_leads_to_the_point_address(meter: str) -> None:
    said = sentence(METER_FAILED, "read", meter, "--point-address", "9", *QUICK)
    assert "point" in said


def test_a_wrong_key_leads_to_the_password_and_does_not_show_it(meter: str) -> None:
    said = sentence(METER_FAILED, "read", meter, *QUICK, "--password", "77123")
    assert "password" in said or "key" in said
    assert "77123" not in said


@pytest.mark.parametrize("quirk", ["silent-login", "refuse-login-14"])
def test_a_key_refused_in_another_way_leads_to_the_password_too(quirk: str) -> None:
    with simulated_meter("--tcp", "127.0.0.1:0", "--quirk", quirk) as url:
        said = sentence(METER_FAILED, "read", url, *QUICK, "--password", "77123")
    assert "password" in said or "key" in said
