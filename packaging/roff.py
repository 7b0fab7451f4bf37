"""Man pages as roff takes them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator


def text(words: str) -> str:
    """As roff takes it: no line of it is a request, and a minus sign can be copied."""
    escaped = (
        words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("~", "\\(ti")
    )
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def heading(words: str) -> str:
    """The head of a section."""
    return f".SH {text(words)}"


def name_line(words: str) -> str:
    """A summary as it stands behind the name of the page: without a full stop, in small letters."""
    words = words.strip().removesuffix(".")
    return words[:1].lower() + words[1:]


def paragraphs(words: str | None) -> Iterator[str]:
    """Paragraphs as click writes them; what begins with \\b stands as it is."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(words or "").strip())):
        if number:
            yield ".PP"
        if paragraph.lstrip().startswith("\b"):
            yield from verbatim(paragraph.lstrip("\b\n"))
        else:
            yield text(" ".join(paragraph.split()))


def entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names with their words below."""
    for name, words in rows:
        name = text(name).replace("|", "|\\:")  # a list of many choices is wider than a line, which may break there
        yield from (".TP", f"\\fB{name}\\fR", text(" ".join(words.split())) or "\\&")


def examples(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Command lines, each below what it does."""
    for line, words in rows:
        yield from (".PP", text(words), *verbatim(line))


def verbatim(words: str) -> Iterator[str]:
    """Lines as they are."""
    yield from (".nf", ".RS 4")
    yield from (text(line) for line in words.rstrip("\n").split("\n"))
    yield from (".RE", ".fi")


def references(pages: Iterable[str]) -> str:
    """Other pages, such as ``iec102-tui(1)``."""
    found = (page.partition("(") for page in pages)
    return ",\n".join(f"\\fB{text(name)}\\fR({section}" for name, _bracket, section in found)
