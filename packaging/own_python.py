"""The program with a Python of its own, for boxes without one: PyInstaller's folder as .tar.xz."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from vendored import Vendored, epoch, files_of

_START = "from iec102_tui.cli import main\n\nmain()\n"
# Loaded by name, so that PyInstaller does not see that they are needed.
_WHOLE = ("iec102", "iec102_tui", "textual", "textual_plotext", "rich", "tzdata", "platformdirs")
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)(?![\d.])")


def build(contents: Vendored, output: Path, work: Path) -> Path:
    """Writes the archive into ``output``, and prints the oldest glibc that it starts on.

    It is for this machine's processor and system. Needs PyInstaller in the Python that runs this.
    """
    start = work / "iec102_tui_start.py"
    start.write_text(_START, encoding="utf-8")
    made = work / "folder"
    options = [f"--collect-all={name}" for name in _WHOLE]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", "--name=iec102-tui", "--noupx"]
    command += [f"--distpath={made}", f"--workpath={work / 'pyinstaller'}", f"--specpath={work}"]
    command += [f"--paths={contents.folder}", "--copy-metadata=iec102-tui", *options, str(start)]
    environment = {"PYTHONPATH": str(contents.folder), "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(epoch())}
    subprocess.run(command, env=os.environ | environment, check=True)
    name = f"iec102-tui-{contents.version}-{platform.machine()}"
    target = output / f"{name}.tar.xz"
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for path in files_of(made / "iec102-tui"):
            archive.add(path, f"{name}/{path.relative_to(made / 'iec102-tui')}", filter=_plain)
    print(f"{target.name} needs glibc {'.'.join(map(str, oldest_glibc(made)))} or newer")
    return target


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = epoch()
    return entry


def oldest_glibc(folder: Path) -> tuple[int, int]:
    """The highest version of glibc that a program or a library of the folder asks for; (0, 0) where none does."""
    found = {(0, 0)}
    for path in files_of(folder):
        data = path.read_bytes()
        if data.startswith(b"\x7fELF"):
            found |= {(int(major), int(minor)) for major, minor in _GLIBC.findall(data)}
    return max(found)
