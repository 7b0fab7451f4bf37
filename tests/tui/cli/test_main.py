"""The command line as a whole: help, the log, and how every command ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pexpect
import pytest
from iec102.errors import ConnectFailed, InvalidSetting, KeyAnswerLost, KeyNeeded, NoAnswer
from iec102.sentence import Sentence
from iec102_tui.cli import COMMANDS, cli
from iec102_tui.cli.run import carry_out, located, sentence
from support.program import COMMAND, run, simulated_meter

Program = Callable[..., tuple[int, str, str]]

HELP_OF_EVERYTHING = """
import sys
import click
from iec102_tui.cli import cli
from iec102_tui.cli.run import carry_out

def show(command, path):
    assert carry_out(cli, [*path, "--help"]) == 0, path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            show(command.get_command(context, name), [*path, name])

show(cli, [])
carry_out(cli, ["--version"])
print("LOADED", *sorted({"textual", "rich", "plotext"} & sys.modules.keys()))
"""


# Help


def test_help_of_everything_does_not_load_textual() -> None:
    done = subprocess.run([sys.executable, "-c", HELP_OF_EVERYTHING], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"
    for name in COMMANDS:
        assert f"Usage: iec102-tui {name} " in done.stdout


def test_every_command_says_the_same_in_the_list_and_in_its_own_help() -> None:
    context = click.Context(cli)
    for name, words in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert words.endswith(".")


def test_the_version_is_that_of_the_package(program: Program) -> None:
    status, out, err = program("--version")
    assert (status, err) == (0, "")
    assert out.startswith("iec102-tui ")


def test_python_m_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "iec102_tui", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("iec102-tui ")


# Exit statuses


def ending_with(error: BaseException) -> int:
    def fail() -> None:
        raise error

    return carry_out(click.Command("fail", callback=fail), [])


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NoAnswer("no answer from link address 7"), 1, "No answer from link address 7.\n"),
        (InvalidSetting("timeout 5 ms is out of range"), 2, "Timeout 5 ms is out of range.\n"),
        (click.UsageError("Choose one."), 2, "Choose one.\nTry 'iec102-tui --help'.\n"),
        (FileNotFoundError(2, "No such file or directory", "list.csv"), 1, "list.csv: No such file or directory.\n"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (BrokenPipeError(), 0, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_ends_with_its_status_and_one_sentence(
    error: BaseException, status: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ending_with(error) == status
    assert capfd.readouterr() == ("", said)


def test_a_mistake_of_the_program_is_one_sentence_and_its_place_is_in_the_log(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("iec102_tui.cli.read.connection", fail)
    log = tmp_path / "log"
    status, out, err = program("--log-file", str(log), "read", "simulated:")
    assert (status, out) == (1, "")
    assert err == f"The program failed (ZeroDivisionError); {log} says where.\n"
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no answer", "No answer."),
        ("tcp://host:1: refused", "tcp://host:1: refused."),
        ("/dev/ttyUSB0 is in use", "/dev/ttyUSB0 is in use."),
        ("two\n  lines", "Two lines."),
        ("Which one?", "Which one?"),
        ("colour \x1b[31m", "Colour \\x1b[31m."),
    ],
)
def test_an_error_becomes_a_sentence_on_one_line(text: str, said: str) -> None:
    assert sentence(text) == said


SIMULATE = [*COMMAND, "simulate", "--tcp", "127.0.0.1:0"]


class Started:
    """A program in a process of its own, which is ended when it takes longer than a test may."""

    def __init__(self, *command: str) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self._limit = threading.Timer(20, self.process.kill)
        self._limit.start()

    def __enter__(self) -> "Started":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self._limit.cancel()
        self.process.__exit__(None, None, None)

    def end(self) -> tuple[int, str]:
        """Its exit status and what it has said on standard error."""
        assert self.process.stderr
        said = self.process.stderr.read()
        return self.process.wait(), said


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 130)], ids=lambda value: str(value)
)
@pytest.mark.parametrize(
    "command", [SIMULATE, [*COMMAND, "read", "simulated:", "--watch", "60"]], ids=["simulate", "read"]
)
def test_a_command_that_waits_ends_well(command: list[str], number: signal.Signals, status: int) -> None:
    with Started(*command) as program:
        assert program.stdout.readline()
        program.process.send_signal(number)
        ended, said = program.end()
    assert ended == status
    assert "Traceback" not in said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_command_that_waits_for_its_input_ends_well(number: signal.Signals, status: int) -> None:
    with Started(*COMMAND, "decode", "-") as program:
        program.stdin.write("10 49 01 00 4A 16\n")
        program.stdin.flush()
        assert program.stdout.readline()
        program.process.send_signal(number)
        assert program.end() == (status, "")


def test_under_nohup_a_hang_up_does_nothing() -> None:
    with Started("nohup", *SIMULATE) as program:
        assert program.stdout.readline()
        program.process.send_signal(signal.SIGHUP)
        program.process.send_signal(signal.SIGINT)
        assert program.end()[0] == 130


def test_a_closed_pipe_is_silent() -> None:
    with Started(*COMMAND, "read", "simulated:", "--json", "--watch", "0") as program:
        assert program.stdout.readline()
        program.stdout.close()
        assert program.end() == (0, "Connected to simulated.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "read", "simulated:"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "The output cannot be written: No space left on device.\n"


def closed(shell: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in whose shell something is closed or limited first."""
    return subprocess.run(
        ["sh", "-c", f'{shell}; exec "$@"', "sh", *COMMAND, *command], check=False, capture_output=True, text=True
    )


OUTPUT_CLOSED = "Standard output is closed: let the results go to a file or to a pipe.\n"
DAY = ("--from", "2026-11-01", "--to", "2026-11-02", "--no-archive")


@pytest.mark.parametrize(
    "command",
    [
        ("read", "simulated:"),
        ("read", "simulated:", "--json", "--watch", "0"),
        ("load-profile", "simulated:", *DAY),
        ("decode", "10 49 01 00 4A 16"),
        ("check", "simulated:"),
        ("simulate", "--pty"),
        ("profiles", "path"),
        ("--version",),
    ],
    ids=lambda command: " ".join(command[:1]),
)
def test_a_closed_standard_output_is_said(command: tuple[str, ...]) -> None:
    done = closed("exec >&-", *command)
    assert (done.returncode, done.stderr.splitlines(keepends=True)[-1:]) == (1, [OUTPUT_CLOSED])


def test_a_file_needs_no_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    done = closed("exec >&-", "load-profile", "simulated:", *DAY, "-o", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(path.read_text().splitlines()) == 25


def test_where_standard_error_is_closed_too_the_exit_status_says_it() -> None:
    assert closed("exec >&- 2>&-", "read", "simulated:").returncode == 1


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    with simulated_meter("--tcp", "127.0.0.1:0") as url:
        yield url


@pytest.mark.parametrize("limit", [6, 8, 10, 12, 16])
@pytest.mark.parametrize(
    "command",
    [("read", "{}"), ("check", "{}"), ("find", "{}"), ("load-profile", "{}", *DAY[:4], "--archive", "{}/a.sqlite")],
    ids=lambda command: str(command[0]),
)
def test_with_few_descriptors_a_command_works_or_says_so_in_one_sentence(
    limit: int, command: tuple[str, ...], meter: str, tmp_path: Path
) -> None:
    words = (word.format(tmp_path if "sqlite" in word else meter) for word in command)
    done = closed(f"ulimit -n {limit}", *words)
    if done.returncode == 0:
        assert done.stdout
        return
    *progress, said = done.stderr.splitlines()
    assert done.returncode == 1
    assert "his process may not open enough files: allow it more (ulimit -n 64)" in said
    assert len(progress) == (command[0] == "find")


def test_what_the_encoding_lacks_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles."Ω 2"]\ntarget = "tcp://host:1"\n', encoding="utf-8")
    done = run("--profiles", str(path), "profiles", "list", PYTHONIOENCODING="latin-1")
    assert done.stdout == "? 2  tcp://host:1\n"


# The log


def test_every_frame_is_logged_and_the_password_is_not(tmp_path: Path, program: Program) -> None:
    log = tmp_path / "folder" / "log"
    password = 0x41424344
    status, _out, _err = program(
        *("--log-file", str(log), "-vv", "read", f"simulated:?password={password}", "--password", str(password))
    )
    assert status == 0
    text = log.read_text()
    assert "10 49 01 00 4a 16  link status?" in text
    assert "connected" in text
    assert "(may hold the password)" in text
    assert "44 43 42 41" not in text
    assert str(password) not in text


def test_without_more_asked_for_a_good_day_is_not_logged(program: Program) -> None:
    assert program("read", "simulated:")[0] == 0
    assert not Path(os.environ["XDG_STATE_HOME"]).exists()


def test_a_log_file_that_cannot_be_written_is_said(tmp_path: Path, program: Program) -> None:
    (tmp_path / "file").touch()
    status, _out, err = program("--log-file", str(tmp_path / "file" / "log"), "read", "simulated:")
    assert status == 2
    assert str(tmp_path / "file" / "log") in err


def test_a_state_folder_that_cannot_be_written_costs_the_log_alone(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    status, _out, err = program("-vv", "read", "simulated:")
    assert (status, err) == (0, "")


# The monitor


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--demo"], "needs a terminal"),
        ([], "needs a terminal"),
        (["--demo", "--profile", "north"], "choose one"),
        (["--demo", "--last"], "choose one"),
        (["--last"], "No meter was opened here yet"),
        (["--last", "read", "simulated:"], "do not go with a command"),
        (["--demo", "read", "simulated:"], "do not go with a command"),
    ],
)
def test_the_monitor_refuses_in_one_sentence(arguments: list[str], words: str, program: Program) -> None:
    status, out, err = program(*arguments)
    assert (status, out) == (2, "")
    assert words in err.splitlines()[0]


@pytest.mark.parametrize("term", ["dumb", ""])
def test_the_monitor_refuses_a_terminal_that_cannot_move_its_cursor(term: str) -> None:
    said, status = pexpect.run(
        f"{' '.join(COMMAND)} --demo", env={**os.environ, "TERM": term}, withexitstatus=True, timeout=120
    )
    assert status == 2
    assert b"TERM" in said
    assert b"\x1b" not in said


# Completion


def test_the_shell_completes_the_names_of_the_saved_meters(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles.north]\ntarget = "simulated:"\n\n[profiles.south]\ntarget = "simulated:"\n')
    done = run(
        _IEC102_TUI_COMPLETE="bash_complete",
        COMP_WORDS="iec102-tui read s",
        COMP_CWORD="2",
        IEC102_TUI_PROFILES=str(path),
    )
    assert done.stdout.split() == ["plain,south", "plain,serial:", "plain,simulated:"]


def test_what_an_error_is_about_is_told_by_its_fields_and_not_by_its_words() -> None:
    """A profile may be called as a word of a sentence is."""
    unasked = KeyNeeded(Sentence("access.needed", address=1))
    assert located(unasked, "meter") == f"meter: {unasked}"
    refused = ConnectFailed(Sentence("tcp.refused", line="tcp://north:1"))
    assert located(refused, "tcp://north:1") == str(refused)
    assert located(KeyAnswerLost(Sentence("access.answer_lost", error=refused)), "tcp://north:1").startswith("tcp://")
    assert located(refused, "south") == f"south: {refused}"
