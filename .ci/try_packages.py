"""Tries the packages without a network and without an environment: try_packages.py COMMAND FOLDER PYTHON...

COMMAND was installed from the wheel: the one file in FOLDER under each Python, and the .deb, must do the same. The .deb
is installed and removed again, where this runs as root on Debian.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pexpect

METER = "simulated:?seed=7&clock=2026-11-22T10:00:07%2B01:00"
ALONE = ["unshare", "-n", "env", "-i"]
COMMANDS = (
    ("--version",),
    ("read", METER, "--json"),
    ("load-profile", METER, "--from", "2026-11-20", "--to", "2026-11-21"),
    ("archive", "list"),
)
INSTALLED = Path("/usr/bin/iec102-tui")
LEFT = ("/etc/iec102-tui", "/usr/lib/iec102-tui", "/usr/share/doc/iec102-tui", "/var/lib/iec102-tui", str(INSTALLED))
COMPLETION = """
. /usr/share/bash-completion/completions/iec102-tui
COMP_WORDS=(iec102-tui arch) COMP_CWORD=1 COMP_LINE="iec102-tui arch" COMP_POINT=15
compopt() { :; }
_iec102_tui_completion iec102-tui
echo "${COMPREPLY[*]}"
"""


def main() -> None:
    wheel, folder, pythons = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        print("unshare may not be used here: the packages are not tried")
        return
    expected = results([wheel])
    (file,) = folder.glob("*.pyz")
    for python in pythons:
        try_program([python, str(file.absolute())], expected)
    try_starts_at_once(pythons[0], file.absolute(), expected[0])
    if os.geteuid() == 0 and shutil.which("setpriv"):
        try_two_users(pythons[0], file)
    (package,) = folder.glob("*.deb")
    if shutil.which("lintian"):
        output("lintian", "--fail-on", "error,warning", str(package))
        print("lintian has nothing to say")
    try_pages(package)
    if os.geteuid() != 0 or not has_python() or INSTALLED.exists():
        print("the Debian package is not installed here: that needs root, and Debian's own python3 from 3.11")
    else:
        output("dpkg", "-i", str(package))
        try:
            try_program([str(INSTALLED)], expected)
            try_surroundings()
        finally:
            output("dpkg", "-P", "iec102-tui")
        assert not [path for path in LEFT if Path(path).exists()]
        assert "iec102" not in Path("/etc/passwd").read_text()
        print("the Debian package leaves nothing")


def output(*command: str, folder: str | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def results(command: list[str]) -> list[object]:
    """What the commands print in a home of their own."""
    with tempfile.TemporaryDirectory() as home:
        alone = [*ALONE, f"HOME={home}", *command]
        return [comparable(output(*alone, *words, folder=home).replace(home, "~")) for words in COMMANDS]


def comparable(text: str) -> object:
    """All but what this machine's clock says."""
    if not text.startswith("{"):
        return text
    return {key: value for key, value in json.loads(text).items() if key not in ("time", "clock_difference")}


def try_program(command: list[str], expected: list[object]) -> None:
    assert results(command) == expected, command
    with tempfile.TemporaryDirectory() as home:
        alone = [*ALONE, f"HOME={home}", "TERM=xterm-256color", *command, "--demo"]
        child = pexpect.spawn(alone[0], alone[1:], dimensions=(24, 80), cwd=home)
        child.expect("Active imported", timeout=60)
        child.expect("kWh", timeout=30)
        child.send("q")
        child.expect(pexpect.EOF, timeout=30)
        child.close()
        assert child.exitstatus == 0, child.exitstatus
    print("the same as the wheel, and the demo:", *command)


def try_starts_at_once(python: str, file: Path, expected: object) -> None:
    """The first start unpacks the file, and the others wait for it."""
    with tempfile.TemporaryDirectory() as home:
        command = ["env", "-i", f"HOME={home}", python, str(file), "--version"]
        pipe = subprocess.PIPE
        started = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
        ended = [(*each.communicate(), each.returncode) for each in started]
    assert ended == [(expected, "", 0)] * len(started), ended
    print("four first starts at once")


def try_two_users(python: str, file: Path) -> None:
    """Without a home, each has a folder of its own in the one for all."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        own, temporary = Path(folder, file.name), Path(folder, "tmp")
        shutil.copy(file, own)
        temporary.mkdir()
        temporary.chmod(0o1777)
        for number in ("0", "65534"):
            user = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups"]
            output(*user, "env", "-i", "HOME=/nonexistent", f"TMPDIR={temporary}", python, str(own), "--version")
        assert {path.name for path in temporary.iterdir()} == {"iec102-tui-0", "iec102-tui-65534"}
    print("two users without a home")


def try_surroundings() -> None:
    """Units, completion, the byte-compiled files, the user."""
    if shutil.which("systemd-analyze"):
        for path in Path("/usr/lib/systemd/system").glob("iec102-*.service"):
            output("systemd-analyze", "verify", str(path))
    assert output("bash", "--norc", "-c", COMPLETION) == "archive\n"
    assert list(Path("/usr/lib/iec102-tui/iec102_tui").rglob("*.pyc"))
    assert output("id", "-nG", "iec102-tui").split() == ["iec102-tui", "dialout"]
    print("units, completion, bytecode and user of the Debian package are right")


def try_pages(package: Path) -> None:
    """From the package: an image of Debian may leave man pages out when it installs one."""
    with tempfile.TemporaryDirectory() as folder:
        output("dpkg-deb", "-x", str(package), folder)
        pages = sorted(Path(folder, "usr/share/man").rglob("*.gz"))
        assert {page.parent.name for page in pages} == {"man1", "man5"}
        assert {page.parents[1].name for page in pages} == {"man", "es"}
        for page in pages if shutil.which("man") else ():
            command = ["man", "--warnings", "-l", str(page)]
            shown = subprocess.run(command, capture_output=True, text=True, check=True)
            assert "NAME" in shown.stdout or "NOMBRE" in shown.stdout, page
            assert shown.stderr == "", shown.stderr
    print(f"{len(pages)} man pages are shown without a warning")


def has_python() -> bool:
    """Whether dpkg knows a python3 that the package may depend on."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "python3"]
    status, _, version = subprocess.run(query, capture_output=True, text=True, check=False).stdout.partition(" ")
    compared = subprocess.run(["dpkg", "--compare-versions", version or "0", "ge", "3.11"], check=False)
    return status == "installed" and compared.returncode == 0


if __name__ == "__main__":
    main()
