"""How the interop tests reach iec870ree, which lives in an environment of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).parents[1] / "interop" / "iec870ree_client.py"

# The objects in a block of three values, by the numbers that the client gives them.
BLOCK_OF_THREE = {1: 1, 2: 3, 3: 6}


def drive(python: str, *arguments: str, stdin: str | None = None) -> Any:
    """What the client prints under its interpreter; when it fails, its own last words are the failure."""
    done = subprocess.run(
        [python, "-I", CLIENT, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
