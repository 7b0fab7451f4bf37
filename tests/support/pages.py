"""What people read beside the code: README.md, CONTRIBUTING.md and docs/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        *(ROOT / name for name in ("README.md", "README.es.md", "CONTRIBUTING.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    )
}
"""The text of each page by its path."""


def blocks(page: str, language: str) -> list[str]:
    """The examples of a page in a language; an empty one finds those without a language."""
    return [
        text for kind, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGES[page], re.DOTALL | re.M) if kind == language
    ]


def section(page: str, title: str) -> str:
    """The text below a heading, up to the next of its kind or above."""
    marks, text = re.search(rf"^(#+) {re.escape(title)}\n(.*)", PAGES[page], re.DOTALL | re.MULTILINE).groups()
    return re.split(rf"^#{{1,{len(marks)}}} ", text, maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str) -> list[list[str]]:
    """The cells of the first table in a text, a list a row, without its head."""
    lines = text[text.index("\n|") + 1 :].partition("\n\n")[0].strip().splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def anchors(page: str) -> set[str]:
    """What a link to a heading of a page is called."""
    titles = re.findall(r"^#+ (.*)", re.sub(r"^```.*?^```", "", PAGES[page], flags=re.DOTALL | re.M), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links() -> Iterator[tuple[str, Path, str]]:
    """Each link that leads to a file: the page, the file, and the heading there."""
    for page, text in PAGES.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not target.startswith("http"):
                path, _, anchor = target.partition("#")
                yield page, ((ROOT / page).parent / path).resolve() if path else ROOT / page, anchor
