"""How tests and benchmarks reach iec870ree 0.14.1, which lives in a virtual environment of its own."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).parents[1] / "interop" / "iec870ree_client.py"
# python-dateutil is imported by iec870ree.protocol, but missing from the requirements of its package.
REQUIREMENTS = ("iec870ree==0.14.1", "python-dateutil")

# The objects in a block of three values, by the numbers that the client gives them.
BLOCK_OF_THREE = {1: 1, 2: 3, 3: 6}


class NotInstalled(Exception):
    """No interpreter with iec870ree can be had; the text says why."""


def interpreter(folder: Path) -> str:
    """The interpreter that IEC870REE_PYTHON names, else that of an environment in the folder. Raises NotInstalled."""
    given = os.environ.get("IEC870REE_PYTHON")
    if given is None:
        return str(build(folder))
    if not works(given):
        raise NotInstalled(f"IEC870REE_PYTHON={given} cannot import iec870ree")
    return given


def environment_name() -> str:
    """The folder's name: an environment belongs to one version of Python."""
    return f"iec870ree-{sys.version_info.major}.{sys.version_info.minor}"


def build(folder: Path) -> Path:
    """Makes the environment, or takes the one that an earlier run has made there. Raises NotInstalled."""
    python = folder / "bin" / "python"
    if works(python):
        return python
    try:
        venv.create(folder, clear=True, with_pip=True)
        install = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
        subprocess.run([python, "-m", "pip", *install, *REQUIREMENTS], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise NotInstalled(f"iec870ree cannot be installed: {said.splitlines()[-1]}") from None
    if not works(python):
        raise NotInstalled(f"iec870ree was installed in {folder}, but cannot be imported there")
    return python


def works(python: str | Path) -> bool:
    """This interpreter exists and has the client."""
    try:
        done = subprocess.run([python, "-I", "-c", "import iec870ree.protocol"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def drive(python: str, *arguments: str, stdin: str | None = None, timeout: float = 60) -> Any:
    """What the client prints under its interpreter; when it fails, its own last words are the failure."""
    done = subprocess.run(
        [python, "-I", CLIENT, *arguments], input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
