"""How tests and benchmarks reach iec870ree 0.14.1, which lives in a virtual environment of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from support.environments import NotInstalled, build, works

CLIENT = Path(__file__).parents[1] / "interop" / "iec870ree_client.py"
# python-dateutil is imported by iec870ree.protocol, but missing from the requirements of its package.
MODULE = "iec870ree.protocol"
REQUIREMENTS = ("iec870ree==0.14.1", "python-dateutil")

# The objects in a block of three values, by the numbers that the client gives them.
BLOCK_OF_THREE = {1: 1, 2: 3, 3: 6}


def interpreter(folder: Path) -> str:
    """The interpreter that IEC870REE_PYTHON names, else that of an environment in the folder. Raises NotInstalled."""
    given = os.environ.get("IEC870REE_PYTHON")
    if given is None:
        return str(build(folder, REQUIREMENTS, MODULE))
    if not works(given, MODULE):
        raise NotInstalled(f"IEC870REE_PYTHON={given} cannot import iec870ree")
    return given


def drive(python: str, *arguments: str, stdin: str | None = None, timeout: float = 600) -> Any:
    """What the client prints under its interpreter; when it fails, its own last words are the failure."""
    done = subprocess.run(
        [python, "-I", CLIENT, *arguments], input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
