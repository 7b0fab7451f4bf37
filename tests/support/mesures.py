"""How tests reach mesures 3.11.0, the sector's public writer, which lives in a virtual environment of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.environments import NotInstalled, build, works

WRITER = Path(__file__).parents[1] / "interop" / "mesures_writer.py"
MODULE = "mesures.p1d"
# pandas 3 has no inference of the kind that mesures relies on.
REQUIREMENTS = ("mesures==3.11.0", "pandas<3")


def interpreter(folder: Path) -> str:
    """The interpreter that MESURES_PYTHON names, else that of an environment in the folder. Raises NotInstalled."""
    given = os.environ.get("MESURES_PYTHON")
    if given is None:
        return str(build(folder, REQUIREMENTS, MODULE))
    if not works(given, MODULE):
        raise NotInstalled(f"MESURES_PYTHON={given} cannot import mesures")
    return given


def written(python: str, tasks: Sequence[tuple[str, list[dict[str, Any]]]]) -> list[dict[str, str]]:
    """Of each task, a class's name and records, the files by name that the class writes, unpacked."""
    told = json.dumps([{"name": name, "records": records} for name, records in tasks])
    done = subprocess.run([python, "-I", WRITER], input=told, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
