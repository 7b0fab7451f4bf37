"""What the pages for contributors and for users of the library say holds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import iec102
import pytest
from iec102 import errors
from support.pages import PAGES, ROOT, blocks, section, table
from support.program import simulated_meter

TO_BE_ADDED = {"transport/unix.py", "panes/clock/pane.py"}
"""What docs/adding.md adds as an example."""
TREES = (ROOT / "protocol" / "iec102", ROOT / "tui" / "iec102_tui")
EXAMPLES = blocks("docs/library.md", "python")
METER = "tcp://127.0.0.1:40001"


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(number) for number in range(len(EXAMPLES))])
def test_the_examples_of_the_library_run(example: str) -> None:
    with simulated_meter("--tcp", "127.0.0.1:0") as url:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", example.replace(METER, url)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout
    if "AccessError" in example:
        assert done.stdout.startswith("ask the user: ")


def test_every_public_name_is_in_the_table() -> None:
    rows = table(section("docs/library.md", "What is public"))
    assert sorted(re.findall(r"`(\w+)`", "\n".join(cells[0] for cells in rows))) == sorted(iec102.__all__)


def test_the_table_of_errors_has_each_kind_that_is_nothing_else() -> None:
    shown = {cells[0].strip("`") for cells in table(section("docs/library.md", "Handle errors"))}
    kinds = {each.__name__ for each in errors.Iec102Error.__subclasses__() if each.__module__ == errors.__name__}
    assert shown == kinds - {"RegisterNotAvailable"}


# The architecture


def test_the_tree_is_the_one_that_there_is() -> None:
    shown = {path for path, _words in tree()}
    there = {
        str(folder.relative_to(ROOT))
        for root in TREES
        for folder in (root, *root.rglob("*"))
        if (folder / "__init__.py").exists() or (folder.suffix == ".py" and folder.parent == root)
    }
    there -= {f"{root.relative_to(ROOT)}/__init__.py" for root in TREES}
    folders = {path for path in shown if not path.endswith(".py")}
    assert folders == {path for path in there if not path.endswith(".py")}
    for path in shown:
        assert (ROOT / path).exists(), path
    assert {path for path in there if path.endswith(".py")} <= shown


def tree() -> Iterator[tuple[str, str]]:
    """Each folder and file of the drawn tree with what is said of it; files may stand together in a line."""
    above: list[str] = []
    for line in blocks("docs/architecture.md", "")[0].splitlines():
        if not line.strip():
            continue
        depth = (len(line) - len(line.lstrip())) // 4
        names, _, words = line.strip().partition("  ")
        for name in names.split():
            del above[depth:]
            yield "/".join((*above, name.rstrip("/"))), words
        if names.endswith("/"):
            above.append(names.rstrip("/"))


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/adding.md", "docs/testing.md", "CONTRIBUTING.md"])
def test_what_a_page_names_is_there(page: str) -> None:
    text = re.sub(r"^```.*?^```", "", PAGES[page], flags=re.DOTALL | re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for root in TREES for path in root.rglob("*.py"))
    for name in set(re.findall(r"`([\w./]+\.py|[\w./]+/)`", text)) - TO_BE_ADDED:
        assert any((base / name).exists() for base in (ROOT, *TREES, ROOT / "tests")), name
    for name in set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]*)+)`", text)):
        assert re.search(rf"^(?:class|    class|def) {name}\b|^{name}\b", code, re.MULTILINE), name


def test_the_walks_name_classes_and_functions_that_there_are_where_they_say() -> None:
    walks = PAGES["docs/architecture.md"].partition("## The walk of a frame")[2].partition("## Where to look")[0]
    placed = re.findall(r"`(\w+)`\s+\(`([\w./]+\.py)`", walks)  # a name with its file in brackets behind it
    assert len(placed) > 10
    for name, path in placed:
        code = next((base / path).read_text(encoding="utf-8") for base in (ROOT, *TREES) if (base / path).exists())
        assert re.search(rf"^ *(?:class|def|async def) {name}\b", code, re.MULTILINE), (name, path)
    code = "\n".join(path.read_text(encoding="utf-8") for root in TREES for path in root.rglob("*.py"))
    for name in set(re.findall(r"`([A-Za-z_]+)`", walks)):
        assert re.search(rf"^ *(?:class|def|async def) {name}\b", code, re.MULTILINE), name
