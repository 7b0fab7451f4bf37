"""What the service manager says of a unit file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CAN_JUDGE = shutil.which("systemd-analyze") is not None


def judge_unit(text: str, path: Path) -> None:
    """It is written to ``path``, is valid, and leaves the service little; the program itself may be anywhere."""
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    path.write_text(text.replace(start.removeprefix("ExecStart=").split()[0], "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60)
    assert (verified.returncode, path.name in verified.stderr) == (0, False), verified.stderr
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=25", path]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if "unrecognized option" in judged.stderr:
        pytest.skip("this systemd-analyze does not judge files")
    assert judged.returncode == 0, judged.stdout[-200:]
