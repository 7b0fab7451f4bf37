"""A TOML file as it was read: its bytes, its tables, or the sentence that says why it has none."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iec102_tui.files import whole_file
from iec102_tui.words.plain_text import printable

_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # texts, in which # means nothing: the quotes that end one may follow quotes of its own
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|(?P<comment>#)",
    re.DOTALL,
)


_LEADING_ZERO = re.compile(r"^[ \t]*(?P<key>[\w-]+)[ \t]*=[ \t]*[+-]?0[0-9_]+[ \t]*(?:#.*)?$", re.MULTILINE | re.ASCII)
_ENDLESS = re.compile(r"(?<=[=\[,])([ \t]*)[+-]?[0-9][0-9_]{400,}(?=[ \t]*(?:[,\]}#]|$))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """``data`` is None where there is no file; ``problem`` a sentence when there is one that cannot be used."""

    data: bytes | None = field(default=None, repr=False)
    tables: dict[str, Any] = field(default_factory=dict, repr=False)
    problem: str | None = None

    @property
    def has_comments(self) -> bool:
        text = "" if self.data is None or self.problem else self.data.decode("utf-8-sig")
        return any(found["comment"] for found in _COMMENT.finditer(text))


def read(path: Path) -> Document:
    """The file as it is now. Never raises for what is in it or for why it cannot be read."""
    try:
        return parse(path, whole_file.read(path))
    except OSError as error:
        return Document(problem=f"{printable(str(path))} cannot be read: {reason(error)}.")


def parse(path: Path, data: bytes | None) -> Document:
    """The content of a file of that name."""
    if data is None:
        return Document()
    name = printable(str(path))
    try:
        text = data.decode("utf-8-sig")  # editors of Windows write the mark in front
        return Document(data, tomllib.loads(_without_endless_numbers(text)))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Document(data, problem=f"{name}, line {line}: this is not UTF-8 text.")
    except tomllib.TOMLDecodeError as error:
        line = text.count("\n", 0, zero.start()) + 1 if (zero := _LEADING_ZERO.search(text)) else 0
        if zero and f"line {line}," in str(error):
            return Document(data, problem=f"{name}, line {line}: write {zero['key']} without leading zeros.")
        return Document(data, problem=f"{name} is not valid TOML: {printable(str(error)).rstrip('.')}.")
    except RecursionError:
        return Document(data, problem=f"{name} cannot be read: its lists or tables stand too deep in one another.")


def _without_endless_numbers(text: str) -> str:
    """Text for a number of hundreds of digits, which Python refuses to read: it spoils its own key, not the file."""
    return _ENDLESS.sub(r'\1"a number of hundreds of digits"', text)


def reason(error: OSError) -> str:
    """What the system says, in lower case so that it can follow a colon."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def holds(kind: type, value: object) -> bool:
    """Whether a value of a TOML file is of this type: a whole number is a number too, true and false are none."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
