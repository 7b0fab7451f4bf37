"""Text that comes from a file or from a meter, made fit for a sentence on a terminal."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from iec102_tui.words.text import _, spoken

LONGEST = 60
_PORT = re.compile(r":[0-9]{1,5}$")
_WITHIN_VALUE = re.compile(r"(?<=\d) (?=(?:\d{3}|[kMG]?(?:Wh?|VArh?|V|A)|ms|s|min|h|%)(?!\w))")
_LEAST_WIDTH = 10


def printable(said: str) -> str:
    """The text with invisible characters written as escapes, so that none moves the cursor or hides.

    A sentence of the library is said in the language that is spoken.
    """
    text = said if type(said) is str else spoken(said)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def quoted(value: object) -> str:
    """A value of a TOML file as a sentence shows it: text in quotes, the rest as TOML writes it, one short line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _("a table")
    if isinstance(value, list):
        return _("a list")
    text = printable(str(value))
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def shortened(text: str, width: int) -> str:
    """A name or a URL in ``width`` columns at most, ``>`` where something is left out; a port number stays whole."""
    if len(text) <= width:
        return text
    port = _PORT.search(text)
    end = port[0] if port and len(port[0]) < width - 1 else ""
    return f"{text[: width - 1 - len(end)]}>{end}"


def fitted(text: str, width: int) -> str:
    """Exactly so many characters; what is cut ends in an ellipsis, so that no number looks whole that is not."""
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}\N{HORIZONTAL ELLIPSIS}"[:width]


def whole_parts(text: str, width: int) -> str:
    """Exactly so many characters; what is cut, is cut behind a part of the sentence where that leaves most of it."""
    head = text[:width].rpartition(", ")[0]
    if len(text) <= width or len(head) < 2 * width // 3:
        return fitted(text, width)
    return f"{head}\N{HORIZONTAL ELLIPSIS}".ljust(width)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines, at least one; a number is broken neither in itself nor from its unit."""
    joined = _WITHIN_VALUE.sub("\N{NO-BREAK SPACE}", text)
    lines = textwrap.wrap(joined, max(_LEAST_WIDTH, width), break_on_hyphens=False) or [""]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def short_path(path: Path) -> str:
    """With ~ for the user's folder: a row is 80 columns."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)
