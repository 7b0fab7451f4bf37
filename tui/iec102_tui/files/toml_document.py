"""A TOML file as it was read: its bytes, its tables, or the sentence that says why it has none."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iec102_tui.files import whole_file
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # texts, in which # means nothing: the quotes that end one may follow quotes of its own
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|(?P<comment>#)",
    re.DOTALL,
)


_AT_LINE = re.compile(r"line ([0-9]+),")  # as the standard library says it
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
        return Document(problem=_("{path} cannot be read: {why}.", path=printable(str(path)), why=reason(error)))


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
        return Document(data, problem=_("{name}, line {line}: this is not UTF-8 text.", name=name, line=line))
    except tomllib.TOMLDecodeError as error:
        line = text.count("\n", 0, zero.start()) + 1 if (zero := _LEADING_ZERO.search(text)) else 0
        at = _AT_LINE.search(str(error))
        if zero and at and int(at[1]) == line:
            return Document(
                data,
                problem=_(
                    "{name}, line {line}: write {key} without leading zeros.", name=name, line=line, key=zero["key"]
                ),
            )
        return Document(
            data, problem=_("{name} is not valid TOML: {error}.", name=name, error=printable(str(error)).rstrip("."))
        )
    except RecursionError:
        return Document(
            data, problem=_("{name} cannot be read: its lists or tables stand too deep in one another.", name=name)
        )


def _without_endless_numbers(text: str) -> str:
    """Text for a number of hundreds of digits, which Python refuses to read: it spoils its own key, not the file."""
    words = _("a number of hundreds of digits")
    return _ENDLESS.sub(lambda found: f'{found[1]}"{words}"', text)


def reason(error: OSError) -> str:
    """What the system says, in lower case so that it can follow a colon."""
    text = why(error)
    return text[:1].lower() + text[1:]


def holds(kind: type, value: object) -> bool:
    """Whether a value of a TOML file is of this type: a whole number is a number too, true and false are none."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
