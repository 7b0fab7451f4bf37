"""The shells themselves at Tab."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from iec102_tui.cli import COMMANDS
from iec102_tui.profiles.location import default_path
from support.program import COMMAND, run

LOADED = """
import os, sys
os.environ.update(_IEC102_TUI_COMPLETE="bash_complete", COMP_LINE=sys.argv[1], COMP_POINT=str(len(sys.argv[1])))
from iec102_tui.cli import cli
from iec102_tui.cli.run import carry_out
carry_out(cli, [])
print("LOADED", *sorted(set(sys.modules) & {"asyncio", "iec102.asdu.catalogue", "iec102_tui.cli.read", "textual"}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the index, which takes a while to make."""
    folder = tmp_path_factory.mktemp("cache")
    run(_IEC102_TUI_COMPLETE="zsh_complete", COMP_WORDS="iec102-tui ", COMP_CWORD="1", XDG_CACHE_HOME=str(folder))
    assert list(folder.rglob("completion.json"))
    return folder


@pytest.fixture(autouse=True)
def _cached(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(made))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program under its own name, in a folder that is on the path, and two meters, one with a difficult name."""
    path = default_path()
    path.parent.mkdir(parents=True)
    path.write_text('[profiles.north]\ntarget = "simulated:"\n[profiles."upper $(ls) west"]\ntarget = "simulated:"\n')
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "iec102-tui"
    command.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    return folder


TYPED = {
    "iec102-tui arch": "<iec102-tui><archive><x>",
    "iec102-tui read nor": "<iec102-tui><read><north><x>",
    "iec102-tui read sim": "<iec102-tui><read><simulated:x>",
    "iec102-tui read upp": "<iec102-tui><read><upper $(ls) west><x>",
    "iec102-tui read x --format=8E": "<iec102-tui><read><x><--format=8Ex>",
    "iec102-tui read x --timezone=Europe/Madr": "<iec102-tui><read><x><--timezone=Europe/Madrid><x>",
    "iec102-tui simulate --fault dro": "<iec102-tui><simulate><--fault><drop=x>",
}
"""What is typed before Tab, and the words of the line when an x is typed behind it."""
SHELLS = {
    "bash": ("bash --norc --noprofile", "bind 'set enable-bracketed-paste off'; bind 'set bell-style none'"),
    "zsh": ("zsh -f", "unset zle_bracketed_paste; autoload -U compinit; compinit -u"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_words(shell: str, program: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not here")
    command, settings = SHELLS[shell]
    (program / "script").write_text(run(_IEC102_TUI_COMPLETE=f"{shell}_source").stdout)
    environment = os.environ | {"PATH": f"{program}:{os.environ['PATH']}", "PS1": "", "TERM": "dumb"}
    child = pexpect.spawn(command, env=environment, encoding="utf-8", timeout=120, dimensions=(24, 200))
    try:
        child.sendline(f"PS1=; {settings}; . {program}/script; echo rea''dy")
        child.expect("\nready")
        for typed, then in TYPED.items():
            # Tab and an x, then Ctrl+A and what makes of the line one that only prints its words.
            child.send(f"{typed}\tx\x01printf '<%s>' \x05\n")
            child.expect("\n((?:<[^\r\n]*>)+)")
            assert child.match.group(1) == then
    finally:
        child.close(force=True)


def test_bash_is_given_only_what_stands_behind_a_colon(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles."a:b"]\ntarget = "simulated:"\n')
    line = f"iec102-tui --profiles {path} profiles show a:"
    done = run(
        _IEC102_TUI_COMPLETE="bash_complete", COMP_LINE=line, COMP_POINT=str(len(line)), COMP_BREAKS=" \t\n\"'><=;|&(:"
    )
    assert done.stdout == "plain,b\n"


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not here")
def test_fish_shows_whole_descriptions(program: Path) -> None:
    def completions(line: str) -> dict[str, str]:
        script = f"{run(_IEC102_TUI_COMPLETE='fish_source').stdout}\ncomplete -C '{line}'"
        environment = os.environ | {"PATH": f"{program}:{os.environ['PATH']}"}
        done = subprocess.run(["fish", "-N", "-c", script], capture_output=True, text=True, check=True, env=environment)
        return dict(text.partition("\t")[::2] for text in done.stdout.splitlines())

    assert completions("iec102-tui ") == COMMANDS
    assert completions("iec102-tui read nor") == {"north": "simulated:"}
    assert completions("iec102-tui read --summ")["--summer-time"].count(",") > 1


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_words_with_them(shell: str) -> None:
    done = run(
        _IEC102_TUI_COMPLETE=f"{shell}_complete",
        COMP_WORDS="iec102-tui --the",
        COMP_CWORD="1" if shell == "zsh" else "--the",
    )
    assert "--theme" in done.stdout
    assert "16 colours" in done.stdout


def test_what_is_asked_for_in_another_way_is_refused() -> None:
    assert run(_IEC102_TUI_COMPLETE="bash_nothing").returncode == 1


@pytest.mark.parametrize("words", ["", "read ", "simulate --quirk ", "gateway --"])
def test_a_completion_loads_no_command(words: str) -> None:
    """Twice the time of `--version` is what it may take at most; loading a command takes three times that."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, f"iec102-tui {words}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED"
