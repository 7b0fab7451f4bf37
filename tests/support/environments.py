"""Environments of their own for programs that the tests compare with, made once and kept."""

import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path


class NotInstalled(Exception):
    """No interpreter with what is wanted can be had; the text says why."""


def environment_name(what: str) -> str:
    """The folder's name: an environment belongs to one version of Python."""
    return f"{what}-{sys.version_info.major}.{sys.version_info.minor}"


def build(folder: Path, requirements: Sequence[str], module: str) -> Path:
    """Makes the environment, or takes the one that an earlier run has made there. Raises NotInstalled."""
    python = folder / "bin" / "python"
    if works(python, module):
        return python
    try:
        venv.create(folder, clear=True, with_pip=True)
        install = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
        subprocess.run([python, "-m", "pip", *install, *requirements], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise NotInstalled(f"{requirements[0]} cannot be installed: {said.splitlines()[-1]}") from None
    if not works(python, module):
        raise NotInstalled(f"{requirements[0]} was installed in {folder}, but cannot be imported there")
    return python


def works(python: str | Path, module: str) -> bool:
    """This interpreter exists and has the module."""
    try:
        done = subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
