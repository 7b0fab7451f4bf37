"""docs/adding.md: what it says is enough, in a copy of the library, and how many files it takes."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "protocol" / "iec102"
ADDING = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")

USE = """
from iec102 import Frame, decode
from iec102.asdu import Exchange
from iec102.asdu.asdu import Asdu
from iec102.asdu.events import Interruption, Interruptions
from iec102.asdu.explain import explain
from iec102.asdu.summary import summary
from iec102.asdu.timetag import TimeTagA
from iec102.gateway import Policy

content = Interruptions((Interruption(TimeTagA(0x1A0B160A00), 300), Interruption(TimeTagA(0), 7)))
frame = Frame(0x08, 1, Asdu(192, 5, record=52, content=content).encode())
assert frame.asdu[1] == 2
assert decode(frame).content == content
assert summary(frame) == "supply interruptions, record 52, 2 interruptions"
assert [field.name for field in explain(frame).leaves()][-6:-2] == ["began", "duration"] * 2
assert explain(frame).at(18).meaning == "300" and not explain(frame).at(18).verified
request = Asdu(191, 5)
assert Exchange(request).receive(decode(frame))
assert Policy().passes(191)
"""


def blocks(section: str) -> list[str]:
    """The examples of a section."""
    text = ADDING.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"```(?:python)?\n(.*?)```", text, re.DOTALL)


def add_a_type(library: Path) -> None:
    """As the section "A type" says."""
    layout, rows = blocks("A type")
    family = library / "asdu" / "events.py"
    family.write_text(f"{family.read_text()}\n\n{layout}")
    catalogue = library / "asdu" / "catalogue.py"
    text = catalogue.read_text().replace("import Events, TimeRange", "import Events, Interruptions, TimeRange")
    catalogue.write_text(text.replace("_ROWS = (\n", "_ROWS = (\n" + rows))


def touched(before: Path, after: Path) -> list[str]:
    """The files that differ, or are on one side only."""
    names = {path.relative_to(root) for root in (before, after) for path in root.rglob("*.py")}
    return sorted(
        str(name)
        for name in names
        if not (before / name).exists()
        or not (after / name).exists()
        or not filecmp.cmp(before / name, after / name, shallow=False)
    )


def test_a_type_touches_the_file_of_its_family_and_the_catalogue(tmp_path: Path) -> None:
    copy = tmp_path / "iec102"
    shutil.copytree(LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__"))
    add_a_type(copy)
    assert touched(LIBRARY, copy) == ["asdu/catalogue.py", "asdu/events.py"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", USE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
